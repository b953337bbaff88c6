"""Where one thought ends and the next begins among words in a row without any mark.

Each gap is weighed: how often a sentence begins there in letters, by the words around it. Those gaps are cut that weigh
most together; scraps and pieces without end weigh less.
"""

from collections.abc import Iterator, Mapping, Sequence

BASE = "base"
"""The name of what every gap weighs."""

_UNLIKELY = -300  # hundredths of a logit that a gap has to weigh to be looked at: one in twenty is a place
_LACKING = 60  # that it may lack to be cut: a little more than one in three is
_FEWEST, _ENOUGH = 5, 22  # words of a piece
_TOO_FEW, _TOO_MANY = 60, 25  # hundredths of a logit that each word costs that is missing, or too many
_LOOKED_AT = 40  # gaps that a piece may begin at, from where it ends


def cuts(words: Sequence[str], weights: Mapping[str, int]) -> list[int]:
    """Return the words that begin a piece, but for the first: those whose gaps weigh most together."""
    sums = [weights[BASE] + sum(weights.get(one, 0) for one in told) for told in features(words)]
    places = [0, *(at for at, much in enumerate(sums, 1) if much > _UNLIKELY), len(words)]
    best, last = [0], [0]
    for number, end in enumerate(places[1:], 1):
        first = max(0, number - _LOOKED_AT)
        most, begin = max((best[at] - _cost(end - places[at]), at) for at in range(first, number))
        best.append(most + (_LACKING + sums[end - 1] if end < len(words) else 0))
        last.append(begin)
    found, at = list[int](), last[-1]
    while at:
        found.append(places[at])
        at = last[at]
    return found[::-1]


def features(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield what tells of each gap between two words: the two before it, the two after it, and who stand together."""
    around = ["^", *words, "$"]
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        yield f"{b}|", f"|{c}", f"{a} {b}|", f"|{c} {d}", f"{b}|{c}", f"{a} *|", f"|* {d}"


def _cost(words: int) -> int:
    return _TOO_FEW * max(0, _FEWEST - words) + _TOO_MANY * max(0, words - _ENOUGH)
