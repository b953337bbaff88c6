"""The embedded reader: needs no key and no network. This first form weighs declarative rules.

Every rule in `guardrails/marks/` is evidence for one kind with a confidence. Evidence of one kind adds up as
1 - (1 - a)(1 - b)...; the stronger kind wins a clause, and a sentence whose clauses differ is marked in stretches.
Evidence of no more than LEANING is heard only where nothing stronger speaks.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from compassion_coach.data import names_under
from compassion_coach.folding import Folded, fold
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
    """A run of clauses of one kind within a sentence; offsets into the folded sentence."""

    start: int
    end: int
    kind: Kind
    quality: Quality
    confidence: float


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
            for stretch in _stretches(folded.text):
                start, end = folded.original(stretch.start, stretch.end)
                observations.append(
                    Observation(
                        index, sentence.start + start, sentence.start + end, stretch.quality, stretch.confidence
                    )
                )
        return Reading(self.info, tuple(observations))

    def label(self, sentence: str) -> Label:
        """Return the kind and quality that weigh most in one sentence."""
        return label(sentence)


def label(sentence: str) -> Label:
    """Return the kind and quality that weigh most in one sentence read on its own."""
    folded = fold(sentence)
    scores = _kind_scores(_hits(folded))
    stretches = list(_stretches(folded.text))
    if not stretches:
        return Label(Kind.NEUTRAL, None, _shares(scores, Kind.NEUTRAL))
    # Where a sentence holds two things, what takes the warmth back weighs more than the warmth.
    weighty = max(stretches, key=lambda s: (s.kind is not Kind.WARM, s.confidence))
    return Label(weighty.kind, weighty.quality, _shares(scores, weighty.kind))


def _hits(folded: Folded) -> list[Hit]:
    return list(_bank().hits(folded.text))


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
    raw[winner] = max(raw[winner], *raw.values()) + 0.01
    total = sum(raw.values())
    return {kind: round(value / total, 4) for kind, value in raw.items()}


def _stretches(text: str) -> Iterator[_Stretch]:
    """Yield the marked stretches of a folded sentence: whole where it is of one piece, else clause by clause."""
    hits = list(_bank().hits(text))
    if not hits:
        return
    clauses = _clauses(text)
    verdicts = [_verdict([h for h in hits if a < h.end and h.start < b]) for a, b in clauses]
    kinds = {verdict[0] for verdict in verdicts if verdict}
    if len(kinds) <= 1 or len(clauses) == 1:
        whole = _verdict(hits)
        if whole:
            yield _Stretch(0, len(text.rstrip()), *whole)
        return
    open_stretch: _Stretch | None = None
    for (a, b), verdict in zip(clauses, verdicts, strict=True):
        if open_stretch and (verdict is None or verdict[0] is open_stretch.kind):
            sure = max(open_stretch.confidence, verdict[2] if verdict else 0.0)
            open_stretch = _Stretch(open_stretch.start, b, open_stretch.kind, open_stretch.quality, sure)
        elif verdict:
            if open_stretch:
                yield open_stretch
            open_stretch = _Stretch(a, b, *verdict)
    if open_stretch:
        yield open_stretch


def _verdict(hits: list[Hit]) -> tuple[Kind, Quality, float] | None:
    """Return kind, quality and confidence of the evidence in a clause, or None when it is silent or too unsure."""
    scores = _kind_scores(hits)
    kind = max(scores, key=lambda k: scores[k])
    if kind is Kind.NEUTRAL or scores[kind] < SURE_ENOUGH:
        return None
    best = max((h for h in hits if h.rule.about["kind"] == kind), key=lambda h: float(h.rule.about["confidence"]))
    return kind, Quality(best.rule.about["quality"]), round(scores[kind], 2)


def _clauses(text: str) -> list[tuple[int, int]]:
    cuts = [0, *(m.end() for m in _CLAUSE_BREAK.finditer(text)), len(text)]
    return [(a, b) for a, b in zip(cuts, cuts[1:], strict=False) if text[a:b].strip()]
