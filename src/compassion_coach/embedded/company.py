"""What may be called kind where danger is near: what keeps company, whatever somebody is in."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache

from compassion_coach.letter import Letter
from compassion_coach.reading import Observation
from compassion_coach.rules.patterns import Bank
from compassion_coach.rules.written import load_rules
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Kind


def fit_beside(
    letter: Letter, observations: Iterable[Observation], told: Sequence[tuple[int, int]]
) -> list[Observation]:
    """Return the observations that can be shown in a letter of which some spans (code points) tell of danger.

    None in a sentence that tells of it, and right beside one only what keeps company: what makes sense of danger or
    permits it is kind in its words alone ("It's alright to be done"), and what looks like a reproach may be part of it.
    """
    starts, ends = [s.start for s in letter.sentences], [s.end for s in letter.sentences]
    telling = {at for start, end in told for at in range(bisect_right(ends, start), bisect_left(starts, end))}
    beside = {near for at in telling for near in (at - 1, at + 1)}
    return [
        one
        for one in observations
        if one.sentence not in telling and (one.sentence not in beside or _is_company(letter, one))
    ]


def _is_company(letter: Letter, one: Observation) -> bool:
    return one.quality.kind is Kind.WARM and keeps_company(fold(letter.text[one.start : one.end]).text)


def keeps_company(folded: str) -> bool:
    """Whether a folded line says no more than sympathy, company or that nobody is to blame.

    `guardrails/beside_danger.toml` says how such lines are worded. Raises DataError where that file is broken.
    """
    return any(_bank().hits(folded))


@cache
def _bank() -> Bank:
    return Bank(load_rules("guardrails/beside_danger.toml", ()))
