"""What becomes of what weighs in the stretches of a letter: where that leaves some doubt, the encoder is asked.

It hears each stretch between the sentences around it, and learned in another way than the weighing. So their log-odds
are added, those of the weighing for less, since it knows words and the encoder sentences; what they come to decides.
How much they count and the lines were set on cases that had taught neither.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import attrgetter
from typing import NamedTuple

from compassion_coach.letter import Letter, Role
from compassion_coach.rules.weighing import Weighed
from compassion_coach.text.folding import fold
from compassion_coach.vocabulary import Level

_MOST_DOUBTS = 200  # of a very long letter the gravest so many are asked about
_BESIDE = 1  # sentences before a stretch and after it that are heard with it: more of them drown what is said quietly
_WEIGHED = 0.5  # what the log-odds of the weighing count beside those of the encoder
_ENOUGH = {"sentence": -1.0, "neighbours": 0.5, "clause": 1.4}
"""What the log-odds of danger as it weighs and as the encoder hears it have to come to together, in a single sentence.

Neighbours often have nothing to do with each other; a clause would have been excused by those around it.
"""
_MORE = 0.65  # of the log of how many sentences a letter has is needed more: each is another chance to be wrong
_MOST = 3.0  # log-odds beyond which the encoder is not asked: it would have to be all but certain, and it takes time
_LONG = 12  # sentences from which on no more is needed: a long letter must not hide a short sentence


class Edge(NamedTuple):
    """A place in the letter (code points) at which a sentence begins or ends. Neighbours have an edge of each."""

    at: int
    begins: bool


def edges_of(start: int, end: int) -> tuple[Edge, Edge]:
    """Return the edges of a stretch."""
    return Edge(start, True), Edge(end, False)


@dataclass(frozen=True, slots=True)
class Weight:
    """How much danger weighs in a stretch `letter.text[start:end]`, and the level that it comes to by itself.

    `edges` are where the sentence or the two neighbours begin and end; `stretch` is one of _ENOUGH.
    """

    edges: tuple[Edge, Edge]
    stretch: str
    weighed: Weighed
    danger: float
    level: Level
    doubtful: bool
    start: int
    end: int
    words: str


def settled(
    letter: Letter, found: Sequence[Weight], certain: Set[Edge] = frozenset()
) -> Iterator[tuple[Weight, Level]]:
    """Yield the stretches that come to some level. Two neighbours do not say again what one of them said.

    `certain` are the edges of sentences in which danger is certain: beside them everything would sound like it, and is
    heard without them.
    """
    chances = sum(not letter.is_scrap(sentence) for sentence in letter.sentences)
    more = _MORE * math.log(min(max(1, chances), _LONG))
    missing = [_ENOUGH[one.stretch] + more - _WEIGHED * _odds(one.danger) for one in found]
    open_ones = [at for at, one in enumerate(found) if one.doubtful and (one.level.is_grave or missing[at] <= _MOST)]
    told = _second_opinion(letter, found, open_ones, certain)
    known: dict[Edge, int] = {}  # the rank that was heard in the sentence that begins or ends here
    for at, one in enumerate(found):
        level = _level(one, told[at], missing[at]) if at in told else one.level
        alone = one.doubtful and one.stretch != "neighbours" and level.is_grave
        if alone or level.rank > max(known.get(edge, 0) for edge in one.edges):
            known |= {edge: max(known.get(edge, 0), level.rank) for edge in one.edges}
            yield one, level


def _second_opinion(
    letter: Letter, found: Sequence[Weight], doubtful: Sequence[int], certain: Set[Edge]
) -> Mapping[int, tuple[float, float]]:
    """Return how much concern and danger to life the encoder hears in the doubtful stretches, by their places.

    Each has a pass of its own: what else is in a pass changes the rounding of int8, and a stretch is to be heard alike
    wherever the same sentences stand around it. Where it cannot be asked, danger is certain: nobody may be left without
    help because a file is broken.
    """
    asked = sorted(doubtful, key=lambda at: -found[at].danger)[:_MOST_DOUBTS]
    if not asked:
        return {}
    try:
        from compassion_coach.embedded.encoder import encoder, shares
        from compassion_coach.embedded.windows import Asked

        told = dict[int, tuple[float, float]]()
        for at in asked:
            before, after = _beside(letter, found[at], certain)
            read = encoder().read([[Asked.whole(text) for text in (*before, found[at].words, *after)]])[0]
            concern, urgent = shares(read[len(before)]["distress"])[0, 2:].tolist()
            told[at] = concern, urgent
        return told
    except Exception:
        return dict.fromkeys(doubtful, (1.0, 0.0))


def _beside(letter: Letter, one: Weight, certain: Set[Edge]) -> tuple[list[str], list[str]]:
    """Return what stands before a stretch and what after it, folded: a greeting and a name say nothing of it."""
    start, end = (edge.at for edge in one.edges)
    first = bisect_right(letter.sentences, start, key=attrgetter("end"))
    last = bisect_left(letter.sentences, end, key=attrgetter("start"))
    both = letter.sentences[max(0, first - _BESIDE) : first], letter.sentences[last : last + _BESIDE]
    heard = [[s for s in some if s.role is Role.BODY and Edge(s.start, True) not in certain] for some in both]
    before, after = ([fold(letter.quote(s)).text for s in some] for some in heard)
    return before, after


def _level(one: Weight, told: tuple[float, float], missing: float) -> Level:
    """Return the level that the encoder leaves or makes of a doubtful stretch, where so much is missing."""
    concern, urgent = told
    if _odds(concern + urgent) < missing:
        return Level.NONE if one.level.is_grave else one.level
    return one.level if one.level.is_grave else (Level.URGENT if urgent > concern else Level.CONCERN)


def _odds(share: float) -> float:
    """Return the log-odds of a share."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))
