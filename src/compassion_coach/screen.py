"""The distress screen: rules in `guardrails/distress/`, tried on this machine before anything else happens.

Each sentence is screened by itself, so that a long letter cannot hide a short one, and then together with the
sentence after it, for what is said in two breaths. Private passages are screened as well.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby

from compassion_coach.data import names_under
from compassion_coach.folding import fold
from compassion_coach.letter import Letter
from compassion_coach.patterns import Bank, load_rules
from compassion_coach.reflection import Distress, Signal
from compassion_coach.vocabulary import Level

_FEW = 2  # words that make a sentence a scrap
_MANY = 60  # scraps that are read together


def screen(letter: Letter) -> Distress:
    """Return the level of distress in a letter and the stretches that say so. Never raises, never sends anything."""
    found: dict[tuple[int, int, str], tuple[Level, Signal]] = {}
    for start, end in _stretches(letter):
        folded = fold(letter.text[start:end])
        for hit in _bank().hits(folded.text):
            a, b = folded.original(hit.start, hit.end)
            kind, level = hit.rule.about["kind"], Level(hit.rule.about["level"])
            signal = Signal(kind=kind, start=start + a, end=start + b, quote=letter.text[start + a : start + b])
            known = found.get((signal.start, signal.end, kind))
            if known is None or known[0].rank < level.rank:
                found[signal.start, signal.end, kind] = (level, signal)
    level = max((level for level, _ in found.values()), key=lambda level: level.rank, default=Level.NONE)
    signals = sorted((s for at, s in found.values() if at is level), key=lambda s: (s.start, s.end))
    return Distress(level=level, signals=tuple(signals))


def _stretches(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the spans to screen: each sentence, each with its neighbour, and runs of very short ones."""
    for sentence in letter.sentences:
        yield sentence.start, sentence.end
    for first, second in zip(letter.sentences, letter.sentences[1:], strict=False):
        yield first.start, second.end
    for short, run in groupby(letter.sentences, lambda s: len(letter.quote(s).split(None, _FEW)) <= _FEW):
        scraps = list(run) if short else []
        for at in range(0, max(0, len(scraps) - 2), _MANY // 2):  # two of them are neighbours already
            yield scraps[at].start, scraps[at : at + _MANY][-1].end


@cache
def _bank() -> Bank:
    files = names_under("guardrails/distress", ".toml")
    return Bank(rule for file in files for rule in load_rules(file, ["kind", "level"]))
