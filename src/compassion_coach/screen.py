"""The distress screen: rules and weights in `guardrails/`, tried on this machine before anything else happens.

Rules (`guardrails/distress/`) know what is said; the weighing (`guardrails/weighing/`) hears which ideas stand near
each other where no rule knows the phrase. Either can raise the level and neither can lower it.

Each sentence is screened by itself, so that a long letter cannot hide a short one, and then together with the
sentence after it, for what is said in two breaths. Private passages are screened as well.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby

from compassion_coach.data import names_under
from compassion_coach.folding import fold
from compassion_coach.letter import Letter
from compassion_coach.patterns import Bank, Rule, load_rules
from compassion_coach.reflection import Distress, Signal
from compassion_coach.vocabulary import Level
from compassion_coach.weighing import weigh

_FEW = 2  # words that make a sentence a scrap
_MANY = 60  # scraps that are read together


def screen(letter: Letter, *, weighing: bool = True) -> Distress:
    """Return the level of distress in a letter and the stretches that say so. Never raises, never sends anything.

    `weighing=False` asks the rules alone.
    """
    found: dict[tuple[int, int, str], tuple[Level, Signal]] = {}
    for start, end, level, kind in (*_by_rules(letter), *(_by_weight(letter) if weighing else ())):
        known = found.get((start, end, kind))
        if known is None or known[0].rank < level.rank:
            found[start, end, kind] = (level, Signal(kind=kind, start=start, end=end, quote=letter.text[start:end]))
    level = max((level for level, _ in found.values()), key=lambda level: level.rank, default=Level.NONE)
    signals = sorted((s for at, s in found.values() if at is level), key=lambda s: (s.start, s.end))
    return Distress(level=level, signals=tuple(signals))


def _by_rules(letter: Letter) -> Iterator[tuple[int, int, Level, str]]:
    """Yield the spans that a rule speaks of, with its level and kind."""
    for start, end in _stretches(letter):
        folded = fold(letter.text[start:end])
        for hit in _bank().hits(folded.text):
            a, b = folded.original(hit.start, hit.end)
            yield start + a, start + b, Level(hit.rule.about["level"]), hit.rule.about["kind"]


def _by_weight(letter: Letter) -> Iterator[tuple[int, int, Level, str]]:
    """Yield the stretches in which danger or tenderness weighs enough, whatever the phrase."""
    for start, end in _breaths(letter):
        folded = fold(letter.text[start:end])
        weighed = weigh(folded.text)
        if weighed:
            a, b = folded.original(weighed.start, weighed.end)
            yield start + a, start + b, weighed.level, weighed.kind


def _breaths(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the spans to weigh: each sentence, and with it the next where a line ended and not a sentence."""
    for sentence in letter.sentences:
        yield sentence.start, sentence.end
    for first, second in zip(letter.sentences, letter.sentences[1:], strict=False):
        if letter.text[first.end - 1].isalnum() and not letter.text[first.end : second.start].strip():
            yield first.start, second.end
    yield from _scraps(letter)


def _stretches(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the spans to screen: each sentence, each with its neighbour, and runs of very short ones."""
    for sentence in letter.sentences:
        yield sentence.start, sentence.end
    for first, second in zip(letter.sentences, letter.sentences[1:], strict=False):
        if not letter.text[first.end : second.start].strip():  # the marks of a kept-back passage are not the writer's
            yield first.start, second.end
    yield from _scraps(letter)


def _scraps(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield runs of very short sentences, such as words set one to a line."""
    for short, run in groupby(letter.sentences, lambda s: len(letter.quote(s).split(None, _FEW)) <= _FEW):
        scraps = list(run) if short else []
        for at in range(0, max(0, len(scraps) - 2), _MANY // 2):  # two of them are neighbours already
            yield scraps[at].start, scraps[at : at + _MANY][-1].end


@cache
def _bank() -> Bank:
    return Bank(rules())


def rules() -> tuple[Rule, ...]:
    """Return the rules of the screen, with their examples."""
    files = names_under("guardrails/distress", ".toml")
    return tuple(rule for file in files for rule in load_rules(file, ["kind", "level"]))
