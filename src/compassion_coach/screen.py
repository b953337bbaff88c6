"""The distress screen: rules and weights in `guardrails/`, tried on this machine before anything else happens.

Rules (`guardrails/distress/`) know what is said; the weighing (`guardrails/weighing/`) hears which ideas stand near
each other, and which hints of the rules, where no phrase is certain; the trained encoder is asked where it doubts
(`doubts.py`). Any of them can raise the level; what a rule or words are sure of none lowers.

Each sentence is screened by itself, so that a long letter cannot hide a short one, and then together with the
sentence after it, for what is said in two breaths; and where a whisper of danger is in it, clause by clause, so that a
bus that was late cannot excuse what stands beside it. Private passages are screened as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import groupby

from compassion_coach.doubts import Edge, Weight, edges_of, settled
from compassion_coach.letter import Letter, Sentence
from compassion_coach.reflection import Distress, Signal
from compassion_coach.rules.patterns import Hit, bank_of
from compassion_coach.rules.weighing import Weighed, kinds, scale, weigh
from compassion_coach.text.clauses import clauses
from compassion_coach.text.folding import Folded, fold
from compassion_coach.vocabulary import Level

_MANY = 60  # scraps that are read together
_DOUBT = 0.02  # a share of danger from which the encoder is asked as well
_CERTAIN = 0.999  # a share of danger from which nobody is asked
_FAINT = 0.005  # a share of danger from which a sentence is weighed clause by clause
_CALM = 0.05  # a share of anything but `none` below which a sentence is calm, and not weighed with its neighbour
_UNKNOWN = "suicide"  # the kind of danger that words know nothing of: its support is said of any


def screen(letter: Letter, *, weighing: bool = True) -> Distress:
    """Return the level of distress in a letter and the stretches that say so. Never sends anything.

    `weighing=False` asks the rules alone, and of them only what they are sure of. Raises DataError where the rules or
    their weights are missing, and never for what a letter holds.
    """
    found: dict[tuple[int, int, str], tuple[Level, Signal]] = {}
    for start, end, level, kind in _found(letter, weighing):
        known = found.get((start, end, kind))
        if known is None or known[0].rank < level.rank:
            found[start, end, kind] = (level, Signal(kind=kind, start=start, end=end, quote=letter.text[start:end]))
    level = max((level for level, _ in found.values()), key=lambda level: level.rank, default=Level.NONE)
    signals = sorted((s for at, s in found.values() if at is level), key=lambda s: (s.start, s.end))
    return Distress(level=level, signals=tuple(signals))


def _found(letter: Letter, weighing: bool) -> Iterator[tuple[int, int, Level, str]]:
    """Yield the spans that a rule is sure of, and the stretches in which danger or tenderness weighs enough."""
    weights: list[Weight] = []
    uneasy: dict[Edge, float] = {}  # how far from calm the sentence is that begins or ends here
    certain: set[Edge] = set()  # where a sentence begins or ends in which a rule is sure of danger
    for start, end in stretches(letter):
        edges = edges_of(start, end)
        together = all(edge in uneasy for edge in edges)  # both neighbours were weighed by themselves
        folded = fold(letter.text[start:end])
        hits = list(bank_of("distress").hits(folded.text))
        for hit in (hit for hit in hits if hit.sure):
            a, b = folded.original(hit.start, hit.end)
            level = Level(hit.rule.about["level"])
            if level.is_grave and not together:
                certain |= {*edges}
            yield start + a, start + b, level, hit.rule.about["kind"]
        if not weighing or (together and max(uneasy[edge] for edge in edges) < _CALM):
            continue
        windows = list(weigh(scale("distress"), folded.text, _told(hits)))
        unease = max((1 - weighed.shares[Level.NONE] for weighed in windows), default=None)
        if unease is not None:
            uneasy |= {edge: max(uneasy.get(edge, 0.0), unease) for edge in edges}
        kind = "neighbours" if together else "sentence"
        weights += _weighing(_Stretch(edges, kind, folded, hits), windows, said=together and bool(certain & {*edges}))
    yield from (
        (one.start, one.end, level, _kind(one.weighed, level)) for one, level in settled(letter, weights, certain)
    )


@dataclass(frozen=True, slots=True)
class _Stretch:
    """What is screened at once: a sentence or two neighbours, as `kind` says, with what rules found in them."""

    edges: tuple[Edge, Edge]
    kind: str
    folded: Folded
    hits: Sequence[Hit]


def _weighing(stretch: _Stretch, windows: Sequence[Weighed], *, said: bool) -> Iterator[Weight]:
    """Yield what weighs anything in a stretch, and in the clauses of a sentence in which danger may weigh.

    Nothing weighs where all that rules would find is harmless. Neighbours of which a rule has `said` so are no doubt.
    """
    folded, hits, together = stretch.folded, stretch.hits, stretch.kind == "neighbours"
    harmless = cache(partial(bank_of("distress").matches, folded.text))  # all taken back; asked once a stretch
    for weighed in windows:
        danger = _danger(weighed)
        level = level_of(weighed.shares, scale("distress").enough, together)
        heard = bool(hits) or danger >= _FAINT
        may_be = heard and danger < _CERTAIN and (level.is_grave or bool(hits) or not harmless())
        doubtful = may_be and danger >= _DOUBT and (level.is_grave or not said)
        if doubtful or level is not Level.NONE:
            words = folded.text[weighed.start : weighed.end] if len(windows) > 1 else folded.text  # signs and all
            a, b = (stretch.edges[0].at + at for at in folded.original(weighed.start, weighed.end))
            yield Weight(stretch.edges, stretch.kind, weighed, danger, level, doubtful, a, b, words)
        if may_be and not together:
            yield from _in_clauses(stretch, weighed)


def _in_clauses(stretch: _Stretch, within: Weighed) -> Iterator[Weight]:
    """Yield the clauses in which danger weighs something: what stands beside them can make it light."""
    text, begun = stretch.folded.text, stretch.edges[0].at
    for a, b in ((within.start + a, within.start + b) for a, b in clauses(text[within.start : within.end])):
        told = _told(hit for hit in stretch.hits if a <= hit.start and hit.end <= b)
        for weighed in weigh(scale("distress"), text[a:b], told):
            if (danger := _danger(weighed)) >= _DOUBT:
                start, end = (begun + at for at in stretch.folded.original(a, b))
                yield Weight(stretch.edges, "clause", weighed, danger, Level.NONE, True, start, end, text[a:b])


def _danger(weighed: Weighed) -> float:
    return weighed.shares[Level.CONCERN] + weighed.shares[Level.URGENT]


def told(text: str) -> set[str]:
    """Return what the rules say of a folded stretch, sure or not, as the weighing hears it: rules and their levels."""
    return _told(bank_of("distress").hits(text))


def takes_back(text: str) -> bool:
    """Whether some rule would match a folded stretch and all are taken back: it is known to be harmless."""
    bank = bank_of("distress")
    return bank.matches(text) and not any(bank.hits(text))


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


def signal_of(letter: Letter, sentence: Sentence) -> Signal:
    """Return a sentence in which somebody else heard danger as a signal, of the kind that its words weigh most of."""
    text = fold(letter.quote(sentence)).text
    kind = next((_kind(weighed, Level.CONCERN) for weighed in weigh(scale("distress"), text, told(text))), _UNKNOWN)
    return Signal(kind=kind, start=sentence.start, end=sentence.end, quote=letter.quote(sentence))


def _kind(weighed: Weighed, level: Level) -> str:
    """Return the kind that fits best, of those that are tender or of those that are grave."""
    sums = kinds(scale("distress"), weighed)
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
    for short, run in groupby(letter.sentences, letter.is_scrap):
        scraps = list(run) if short else []
        for at in range(0, max(0, len(scraps) - 2), _MANY // 2):  # two of them are neighbours already
            yield scraps[at].start, scraps[at : at + _MANY][-1].end


@cache
def _kinds(level: Level) -> frozenset[str]:
    return frozenset(rule.about["kind"] for rule in bank_of("distress").rules if rule.about["level"] == level)
