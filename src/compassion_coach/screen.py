"""The distress screen: rules and weights in `guardrails/`, tried on this machine before anything else happens.

Rules (`guardrails/distress/`) know what is said; the weighing (`guardrails/weighing/`) hears which ideas stand near
each other, and which hints of the rules, where no phrase is certain; the trained encoder hears each sentence in its
letter. Any of them can raise the level; the encoder settles what the weighing doubts; what a rule is sure of stands.

Each sentence is screened by itself, so that a long letter cannot hide a short one, and then together with the
sentence after it, for what is said in two breaths. Private passages are screened as well.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from compassion_coach.folding import fold
from compassion_coach.letter import Letter
from compassion_coach.patterns import Hit, bank_of, covered, overlaps, rules_of
from compassion_coach.reflection import Distress, Signal
from compassion_coach.vocabulary import Level
from compassion_coach.weighing import Weighed, kinds, scale, weigh

_FEW = 2  # words that make a sentence a scrap
_MANY = 60  # scraps that are read together
_DOUBT = 0.05  # a share of danger from which the encoder is asked as well
_CERTAIN = 0.98  # a share of danger from which nobody is asked
_CALM = 0.05  # a share of anything but `none` below which a sentence is calm, and not weighed with its neighbour
_SILENT = 0.005  # and below which no rule says more of both: in 2,786 cases none did


Found = tuple[int, int, Level, str]
"""A stretch of a letter (code points, half-open), the level that it speaks for, and the kind."""


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A stretch `letter.text[start:end]` in which danger weighs something, and its level where that is enough."""

    start: int
    end: int
    level: Level | None
    kind: str


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
    """Yield the spans that a rule is sure of, the stretches in which danger or tenderness weighs enough, and what the
    encoder hears danger in; where what weighs leaves some doubt, one way or the other, it gives a second opinion.
    """
    doubts: list[_Doubt] = []
    known: list[tuple[int, int]] = []  # where danger was found, or may be
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
            level = Level(hit.rule.about["level"])
            known += [(start + a, start + b)] if level.rank >= Level.CONCERN.rank else []
            yield start + a, start + b, level, hit.rule.about["kind"]
        if not weighing or unease < _CALM:
            continue
        for weighed in weigh(scale("distress"), folded.text, _told(hits)):
            uneasy[start] = uneasy[~end] = 1 - weighed.shares[Level.NONE]
            level = level_of(weighed.shares, scale("distress").enough, together)
            danger = weighed.shares[Level.CONCERN] + weighed.shares[Level.URGENT]
            a, b = (start + at for at in folded.original(weighed.start, weighed.end))
            enough = level.rank >= Level.CONCERN.rank
            known += [(a, b)] if enough else []
            doubtful = _DOUBT <= danger < _CERTAIN and not together
            if doubtful and (enough or not bank_of("distress").takes_back(folded.text)):
                kind = _kind(kinds(scale("distress"), weighed), level if enough else Level.CONCERN)
                doubts.append(_Doubt(a, b, level if enough else None, kind))
            if level.rank > max(heard.get(start, 0), heard.get(~end, 0)):  # not again what one of two neighbours said
                heard[start] = heard[~end] = level.rank
                if not (doubtful and enough):
                    yield a, b, level, _kind(kinds(scale("distress"), weighed), level)
    if weighing:
        yield from _second_opinion(letter, doubts, known)


def _second_opinion(letter: Letter, doubts: Sequence[_Doubt], known: Sequence[tuple[int, int]]) -> Iterator[Found]:
    """Yield those doubtful stretches that the encoder leaves or makes so, and others in which it alone hears danger.

    Where too little weighs it has to hear danger; where enough does, that there is none; where nothing does it has to
    be surest. Where it cannot be asked, all that is in doubt counts.
    """
    sentences = letter.sentences
    texts = tuple(fold(letter.quote(sentence)).text for sentence in sentences)
    try:
        import numpy as np

        from compassion_coach.encoder import encoder, shares
        from compassion_coach.opinion import heard

        lines = encoder().card["distress"]
        logits = np.array([row["distress"][0] for row in heard(texts)]).reshape(len(texts), len(Level))
        dangers = shares(logits)[:, -2:].tolist()
    except Exception:  # nobody may be left without help because a file is broken
        yield from ((doubt.start, doubt.end, doubt.level or Level.CONCERN, doubt.kind) for doubt in doubts)
        return
    ends = [sentence.end for sentence in sentences]
    for doubt in doubts:
        first = bisect_right(ends, doubt.start)
        inside = dangers[first : bisect_left(ends, doubt.end, first) + 1]
        concern, urgent = max(inside, key=sum, default=(1.0, 0.0))
        if concern + urgent >= lines["none" if doubt.level else "enough"]:
            yield doubt.start, doubt.end, doubt.level or _graver(concern, urgent), doubt.kind
    spoken_for = covered(known)
    for sentence, text, (concern, urgent) in zip(sentences, texts, dangers, strict=True):
        if overlaps(spoken_for, sentence.start, sentence.end):
            continue
        if concern + urgent >= lines["alone"] and not bank_of("distress").takes_back(text):
            level = _graver(concern, urgent)
            yield sentence.start, sentence.end, level, _kind(_kinds_in(text), level)


def _graver(concern: float, urgent: float) -> Level:
    return Level.URGENT if urgent > concern else Level.CONCERN


def _kinds_in(text: str) -> Mapping[str, float]:
    """Return how much each kind weighs in a folded text, also where hardly a word of it is known."""
    weighed = next(weigh(scale("distress"), text, told(text)), Weighed({}, set(), 0, 0))
    return kinds(scale("distress"), weighed)


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
