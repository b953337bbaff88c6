"""The distress screen: rules and weights in `guardrails/`, tried on this machine before anything else happens.

Rules (`guardrails/distress/`) know what is said; the weighing (`guardrails/weighing/`) hears which ideas stand near
each other, and which hints of the rules, where no phrase is certain; the trained encoder hears each sentence in its
letter, and what it hears is added to what weighs. What a rule is sure of stands.

Each sentence is screened by itself, so that a long letter cannot hide a short one, and then together with the
sentence after it, for what is said in two breaths. Private passages are screened as well.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from compassion_coach.folding import fold
from compassion_coach.letter import Letter, Sentence
from compassion_coach.patterns import Hit, bank_of, rules_of
from compassion_coach.reflection import Distress, Signal
from compassion_coach.vocabulary import Level
from compassion_coach.weighing import Weighed, kinds, scale, weigh

_FEW = 2  # words that make a sentence a scrap
_MANY = 60  # scraps that are read together
_DOUBT = 0.05  # a share of danger that counts where the encoder cannot be asked
_UNSURE = 0.15  # a share of danger from which a stretch is heard by itself as well
_MOST_DOUBTS = 100  # of a very long letter the gravest so many are heard by themselves as well
_SUREST = 0.005  # neither the weighing nor the encoder is believed to be surer than this
_CALM = 0.05  # a share of anything but `none` below which a sentence is calm, and not weighed with its neighbour
_SILENT = 0.005  # and below which no rule says more of both: in 2,786 cases none did


Found = tuple[int, int, Level, str]
"""A stretch of a letter (code points, half-open), the level that it speaks for, and the kind."""


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A stretch `letter.text[start:end]`, how much danger weighs in it, and the level that it comes to by itself.

    It may be of two neighbours `together`. `text` is what stands there, folded.
    """

    start: int
    end: int
    danger: float
    level: Level
    weighed: Weighed
    together: bool
    text: str

    @property
    def known(self) -> bool:
        """Whether a rule knows it to be harmless."""
        return bank_of("distress").takes_back(self.text)

    def kind(self, level: Level) -> str:
        """What it is about, as far as words tell."""
        return _kind(kinds(scale("distress"), self.weighed), level)


def screen(letter: Letter, *, weighing: bool = True) -> Distress:
    """Return the level of distress in a letter and the stretches that say so. Never raises, never sends anything.

    `weighing=False` asks the rules alone, and of them only what they are sure of.
    """
    found: dict[tuple[int, int, str], tuple[Level, Signal]] = {}
    for start, end, level, kind in _found(letter, weighing):
        known = found.get((start, end, kind))
        if known is None or known[0].rank < level.rank:
            found[start, end, kind] = (level, Signal(kind=kind, start=start, end=end, quote=letter.text[start:end]))
    level = max((level for level, _ in found.values()), key=lambda level: level.rank, default=Level.NONE)
    signals = sorted((s for at, s in found.values() if at is level), key=lambda s: (s.start, s.end))
    return Distress(level=level, signals=tuple(signals))


def _found(letter: Letter, weighing: bool) -> Iterator[Found]:
    """Yield the spans that a rule is sure of, the stretches in which tenderness weighs enough, and those in danger."""
    weights: list[_Weighed] = []
    heard: dict[int, int] = {}  # the rank that was heard in the stretch that begins or ends here
    uneasy: dict[int, float] = {}  # and how far from calm it was
    for start, end in stretches(letter):
        together = start in uneasy and ~end in uneasy  # both neighbours were weighed by themselves
        unease = max(uneasy[start], uneasy[~end]) if together else 1.0
        if unease < _SILENT:
            continue
        folded = fold(letter.text[start:end])
        hits = list(bank_of("distress").hits(folded.text))
        for hit in (hit for hit in hits if hit.sure):
            a, b = folded.original(hit.start, hit.end)
            yield start + a, start + b, Level(hit.rule.about["level"]), hit.rule.about["kind"]
        if not weighing or unease < _CALM:
            continue
        windows = list(weigh(scale("distress"), folded.text, _told(hits)))
        for weighed in windows:
            uneasy[start] = uneasy[~end] = 1 - weighed.shares[Level.NONE]
            level = level_of(weighed.shares, scale("distress").enough, together)
            said = max(heard.get(start, 0), heard.get(~end, 0))  # by one of two neighbours, and not said again
            a, b = (start + at for at in folded.original(weighed.start, weighed.end))
            if level is Level.TENDER and level.rank > said:
                yield a, b, level, _kind(kinds(scale("distress"), weighed), level)
            enough = level.rank >= Level.CONCERN.rank
            if level.rank > said if enough else not together and said < Level.CONCERN.rank:
                danger = weighed.shares[Level.CONCERN] + weighed.shares[Level.URGENT]
                text = folded.text[weighed.start : weighed.end] if len(windows) > 1 else folded.text
                weights.append(_Weighed(a, b, danger, level, weighed, together, text))
            heard[start] = heard[~end] = max(level.rank, said)
    if weighing:
        yield from _in_danger(letter, weights)


def _in_danger(letter: Letter, weights: Sequence[_Weighed]) -> Iterator[Found]:
    """Yield the stretches in which danger is heard: the log-odds of the encoder and of the weighing, added.

    What a rule knows to be harmless, and two neighbours together, need more. Where the encoder cannot be asked all that
    weighs something counts.
    """
    sentences = [sentence for sentence in letter.sentences if letter.has_words(sentence)]
    try:
        lines, dangers, by_itself = _heard(letter, sentences, weights)
    except Exception:  # nobody may be left without help because a file is broken
        for one in weights:
            if one.level.rank >= Level.CONCERN.rank or (one.danger >= _DOUBT and not one.known):
                level = max(one.level, Level.CONCERN, key=lambda level: level.rank)
                yield one.start, one.end, level, one.kind(level)
        return
    ends = [sentence.end for sentence in sentences]
    for at, one in enumerate(weights):
        first = bisect_right(ends, one.start)
        inside = dangers[first : bisect_left(ends, one.end, first) + 1] + by_itself.get(at, [])
        concern, urgent = max(inside, key=sum, default=(1.0, 0.0))
        sums = _log_odds(concern + urgent) + _log_odds(one.danger)
        line = lines["enough"] + lines["together"] * one.together
        if sums >= line + lines["known"] or (sums >= line and not one.known):
            level = one.level
            if level.rank < Level.CONCERN.rank:
                level = Level.URGENT if urgent > concern else Level.CONCERN
            yield one.start, one.end, level, one.kind(level)


def _heard(
    letter: Letter, sentences: Sequence[Sentence], weights: Sequence[_Weighed]
) -> tuple[Mapping[str, float], list[list[float]], dict[int, list[list[float]]]]:
    """Return the encoder's lines and the shares of concern and of danger to life that it hears: in each sentence, and
    in the gravest stretches that weigh something, by themselves, so that no company hides them.
    """
    import numpy as np

    from compassion_coach.encoder import Asked, encoder, shares
    from compassion_coach.opinion import heard

    def dangers(rows: Sequence[Mapping[str, Any]]) -> list[list[float]]:
        logits = np.array([row["distress"][0] for row in rows]).reshape(len(rows), len(Level))
        told: list[list[float]] = shares(logits)[:, -2:].tolist()
        return told

    inside = dangers(heard(tuple(fold(letter.quote(sentence)).text for sentence in sentences)))
    doubtful = [at for at, one in enumerate(weights) if one.danger >= _UNSURE and not one.together]
    gravest = sorted(doubtful, key=lambda at: -weights[at].danger)[:_MOST_DOUBTS]
    alone = dangers([rows[0] for rows in encoder().read([[Asked.whole(weights[at].text)] for at in gravest])])
    return encoder().card["distress"], inside, {at: [one] for at, one in zip(gravest, alone, strict=True)}


def _log_odds(share: float) -> float:
    share = min(max(share, _SUREST), 1 - _SUREST)
    return math.log(share / (1 - share))


def told(text: str) -> set[str]:
    """Return what the rules say of a folded stretch, sure or not, as the weighing hears it: rules and their levels."""
    return _told(bank_of("distress").hits(text))


def _told(hits: Iterable[Hit]) -> set[str]:
    return {hint for hit in hits for hint in (hit.rule.name, f"!{hit.rule.about['level']}")}


def level_of(shares: Mapping[str, float], enough: Mapping[str, float], together: bool = False) -> Level:
    """Return the level that the shares of the four levels come to, where so much of each is enough.

    Two neighbours `together` need more of danger: a letter has many neighbours that have nothing to do with each other.
    """
    concern, urgent = shares[Level.CONCERN], shares[Level.URGENT]
    if concern + urgent >= enough["together" if together else "danger"]:
        return Level.URGENT if urgent > concern and urgent >= enough["urgent"] else Level.CONCERN
    return Level.TENDER if shares[Level.TENDER] >= enough["tender"] else Level.NONE


def _kind(sums: Mapping[str, float], level: Level) -> str:
    fitting = [kind for kind in sums if (kind in _kinds(Level.TENDER)) == (level is Level.TENDER)]
    return max(fitting, key=lambda kind: sums[kind])


def stretches(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the spans to screen: runs of very short sentences, each sentence, and each with its neighbour."""
    yield from _scraps(letter)
    for sentence in letter.sentences:
        yield sentence.start, sentence.end
    for first, second in zip(letter.sentences, letter.sentences[1:], strict=False):
        if not letter.text[first.end : second.start].strip():  # the marks of a kept-back passage are not the writer's
            yield first.start, second.end


def _scraps(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield runs of very short sentences, such as words set one to a line."""
    for short, run in groupby(letter.sentences, lambda s: len(letter.quote(s).split(None, _FEW)) <= _FEW):
        scraps = list(run) if short else []
        for at in range(0, max(0, len(scraps) - 2), _MANY // 2):  # two of them are neighbours already
            yield scraps[at].start, scraps[at : at + _MANY][-1].end


@cache
def _kinds(level: Level) -> frozenset[str]:
    return frozenset(rule.about["kind"] for rule in rules_of("distress") if rule.about["level"] == level)
