"""The embedded reader: needs no key and no network. This first form weighs declarative rules.

Every rule in `guardrails/marks/` is evidence for one kind with a confidence. Evidence of one kind adds up as
1 - (1 - a)(1 - b)...; the stronger kind wins a clause, and a sentence whose clauses differ is marked in stretches.
Evidence of no more than LEANING is heard only where nothing stronger speaks.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from compassion_coach.data import names_under
from compassion_coach.folding import fold
from compassion_coach.letter import Letter, Role
from compassion_coach.patterns import Bank, Hit, load_rules
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.vocabulary import Kind, Quality

VERSION = "rules-1"
SURE_ENOUGH = 0.5
LEANING = 0.65
_CLAUSE_BREAK = re.compile(
    r"(?:,|;|:| -+|\.\.+|\()\s*(?=(?:but|however|yet|though|although|still|then again|and then|so|anyway|just|please|"
    r"you should|you must|you need|you ought|you have to|why|maybe|at least|even so|i suppose|i guess)\b)"
    r"|;\s+| -+ |(?:\s)(?=(?:but|however)\b)"
)


@dataclass(frozen=True, slots=True)
class Label:
    """What the reader makes of one sentence on its own. `scores` holds a probability for each kind, summing to 1."""

    kind: Kind
    quality: Quality | None
    scores: dict[Kind, float]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A run of clauses of one kind; offsets into the folded sentence. `focus` is what the surest rule matched."""

    start: int
    end: int
    kind: Kind
    quality: Quality
    confidence: float
    focus: tuple[int, int]


class LocalReader:
    """Reads a letter with rules alone."""

    info = ReaderInfo(name="local", model="rules", version=VERSION)

    async def aread(self, letter: Letter) -> Reading:
        """Return what `read` returns."""
        return self.read(letter)

    def read(self, letter: Letter) -> Reading:
        """Return what the rules see in a letter, sentence by sentence. Private sentences are not read."""
        observations: list[Observation] = []
        for index, sentence in enumerate(letter.sentences):
            if sentence.private or sentence.role is not Role.BODY or not letter.has_words(sentence):
                continue
            folded = fold(letter.quote(sentence))
            for stretch in _stretches(folded.text, list(_bank().hits(folded.text))):
                start, end = (sentence.start + at for at in folded.original(stretch.start, stretch.end))
                a, b = (sentence.start + at for at in folded.original(*stretch.focus))
                seen = Observation(index, start, end, stretch.quality, stretch.confidence, focus=(a, b))
                observations.append(seen)
        return Reading(self.info, tuple(observations))


def label(sentence: str) -> Label:
    """Return the kind and quality that weigh most in one sentence read on its own."""
    folded = fold(sentence)
    hits = list(_bank().hits(folded.text))
    scores = _kind_scores(hits)
    stretches = _stretches(folded.text, hits)
    if not stretches:
        return Label(Kind.NEUTRAL, None, _shares(scores, Kind.NEUTRAL))
    # Where a sentence holds two things, what takes the warmth back weighs more than the warmth.
    weighty = max(stretches, key=lambda s: (s.kind is not Kind.WARM, s.confidence))
    return Label(weighty.kind, weighty.quality, _shares(scores, weighty.kind))


@cache
def _bank() -> Bank:
    files = names_under("guardrails/marks", ".toml")
    return Bank(rule for file in files for rule in load_rules(file, ["kind", "quality", "confidence"]))


def _kind_scores(hits: Iterable[Hit]) -> dict[Kind, float]:
    """Add up the evidence for each kind; a rule counts once however often it matches."""
    doubt = dict.fromkeys(Kind, 1.0)
    rules = list({hit.rule.name: hit.rule for hit in hits}.values())
    sure = [rule for rule in rules if rule.about["confidence"] > LEANING]
    for rule in sure or rules:
        doubt[Kind(rule.about["kind"])] *= 1.0 - rule.about["confidence"]
    return {kind: 1.0 - left for kind, left in doubt.items()}


def _shares(scores: dict[Kind, float], winner: Kind) -> dict[Kind, float]:
    """Turn evidence into shares that sum to 1 and agree with the winner."""
    left = 1.0 - max(scores.values())
    raw = {kind: score + (left if kind is Kind.NEUTRAL else 0.0) for kind, score in scores.items()}
    raw[winner] = max(raw.values()) + 0.01
    total = sum(raw.values())
    return {kind: round(value / total, 4) for kind, value in raw.items()}


def _stretches(text: str, hits: list[Hit]) -> list[_Stretch]:
    """Return the marked stretches of a folded sentence: whole where it is of one piece, else clause by clause."""
    clauses = _clauses(text)
    found = [s for a, b in clauses if (s := _stretch(a, b, [h for h in hits if a < h.end and h.start < b]))]
    if len({stretch.kind for stretch in found}) <= 1:
        whole = _stretch(0, len(text), hits)
        return [whole] if whole else []
    joined = found[:1]
    for stretch in found[1:]:
        if stretch.kind is joined[-1].kind:
            surest = max(joined[-1], stretch, key=lambda s: s.confidence)
            joined[-1] = replace(surest, start=joined[-1].start, end=stretch.end)
        else:
            joined.append(stretch)
    # What stands unmarked before, between and after belongs to the stretch that it leads up to, or else to the last.
    starts = [0, *(stretch.end for stretch in joined[:-1])]
    ends = [*(stretch.end for stretch in joined[:-1]), len(text)]
    return [replace(s, start=a, end=b) for s, a, b in zip(joined, starts, ends, strict=True)]


def _stretch(start: int, end: int, hits: list[Hit]) -> _Stretch | None:
    """Return a clause with what its evidence says, or None when it is silent or too unsure."""
    scores = _kind_scores(hits)
    kind = max(scores, key=lambda k: scores[k])
    if kind is Kind.NEUTRAL or scores[kind] < SURE_ENOUGH:
        return None
    surest = max((h for h in hits if h.rule.about["kind"] == kind), key=lambda h: float(h.rule.about["confidence"]))
    focus = (max(start, surest.start), min(end, surest.end))
    # Many leanings together are still a leaning.
    confidence = scores[kind] if surest.rule.about["confidence"] > LEANING else min(scores[kind], LEANING)
    return _Stretch(start, end, kind, Quality(surest.rule.about["quality"]), round(confidence, 2), focus)


def _clauses(text: str) -> list[tuple[int, int]]:
    """Cut a folded sentence where a new clause begins that may take another tone; a lone "However," is no clause."""
    cuts = [0]
    for found in _CLAUSE_BREAK.finditer(text):
        if len(text[cuts[-1] : found.end()].split()) > 1 and text[found.end() :].strip():
            cuts.append(found.end())
    return list(pairwise([*cuts, len(text)]))
