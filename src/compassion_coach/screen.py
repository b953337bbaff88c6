"""The distress screen: rules and weights in `guardrails/`, tried on this machine before anything else happens.

Rules (`guardrails/distress/`) know what is said; the weighing (`guardrails/weighing/`) hears which ideas stand near
each other, and which hints of the rules, where no phrase is certain; the trained encoder is asked where it doubts
(`doubts.py`). Any of them can raise the level; what a rule or words are sure of none lowers.

Each sentence is screened by itself, so that a long letter cannot hide a short one, and then together with the
sentence after it, for what is said in two breaths; and where a whisper of danger is in it, clause by clause, so that a
bus that was late cannot excuse what stands beside it. Private passages are screened as well.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import groupby

from compassion_coach.doubts import Weight, settled
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
    uneasy: dict[int, float] = {}  # how far from calm the sentence is that begins or (inverted) ends here
    certain: set[int] = set()  # where a sentence begins or (inverted) ends in which a rule is sure of danger
    for start, end in stretches(letter):
        ends = (start, ~end)
        together = start in uneasy and ~end in uneasy  # both neighbours were weighed by themselves
        folded = fold(letter.text[start:end])
        hits = list(bank_of("distress").hits(folded.text))
        for hit in (hit for hit in hits if hit.sure):
            a, b = folded.original(hit.start, hit.end)
            level = Level(hit.rule.about["level"])
            if level.is_grave and not together:
                certain |= {*ends}
            yield start + a, start + b, level, hit.rule.about["kind"]
        if not weighing or (together and max(uneasy[at] for at in ends) < _CALM):
            continue
        windows = list(weigh(scale("distress"), folded.text, _told(hits)))
        harmless = cache(partial(bank_of("distress").matches, folded.text))  # all taken back; asked once a stretch
        for weighed in windows:
            uneasy |= {at: max(uneasy.get(at, 0.0), 1 - weighed.shares[Level.NONE]) for at in ends}
            danger = _danger(weighed)
            level = level_of(weighed.shares, scale("distress").enough, together)
            enough = level.is_grave
            doubtful = _DOUBT <= danger < _CERTAIN and (enough or bool(hits) or not harmless())
            doubtful = doubtful and (enough or not (together and certain & {*ends}))  # a rule has said it already
            if doubtful or level is not Level.NONE:
                words = folded.text[weighed.start : weighed.end] if len(windows) > 1 else folded.text  # signs and all
                a, b = (start + at for at in folded.original(weighed.start, weighed.end))
                stretch = "neighbours" if together else "sentence"
                weights.append(Weight(ends, stretch, weighed, danger, level, doubtful, a, b, words))
            if (hits or danger >= _FAINT) and danger < _CERTAIN and not together and (enough or hits or not harmless()):
                weights += _in_clauses(folded, weighed, hits, ends)
    yield from (
        (one.start, one.end, level, _kind(one.weighed, level)) for one, level in settled(letter, weights, certain)
    )


def _in_clauses(folded: Folded, within: Weighed, hits: Sequence[Hit], ends: tuple[int, int]) -> Iterator[Weight]:
    """Yield the clauses in which danger weighs something: what stands beside them can make it light."""
    for a, b in ((within.start + a, within.start + b) for a, b in clauses(folded.text[within.start : within.end])):
        told = _told(hit for hit in hits if a <= hit.start and hit.end <= b)
        for weighed in weigh(scale("distress"), folded.text[a:b], told):
            if (danger := _danger(weighed)) >= _DOUBT:
                start, end = (ends[0] + at for at in folded.original(a, b))
                yield Weight(ends, "clause", weighed, danger, Level.NONE, True, start, end, folded.text[a:b])


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
