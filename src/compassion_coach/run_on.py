"""Where one thought ends and the next begins in a text whose writer set no full stops.

A sentence is cut where more than MOST words stand in a row without any mark, and all along where it has more than
ENDLESS words, as one of commas alone has; one that ends in a mark of its own may have a few more. Each gap is weighed:
how often a sentence begins there in letters, by the words around it (`guardrails/run_on.tsv`, made by
`training/run_on.py`). Those gaps are cut that weigh most together; scraps and pieces without end weigh less.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise, zip_longest

from compassion_coach.data import read_text
from compassion_coach.errors import DataError

WEIGHTS = "guardrails/run_on.tsv"
"""What each feature of a gap weighs, in hundredths of a logit."""

BASE = "base"
"""The name there of what every gap weighs."""

MOST = 25
"""Words in a row without a mark: of 24,700 sentences in the letters of the corpus nine have more."""

ENDLESS, ENDED = 45, 70
"""Words of a sentence, and of one that ends in a mark: of those in the corpus none has more."""

_MARKS = re.compile(r"[.!?…,;:()\[\]{}<>\"“”„«»|/—]|(?<!\S)[-–*•]+(?!\S)")
_WORD = re.compile(r"\S+")
_PAUSED = re.compile(r"[,;:…)\]—–-][\"”’']*$")
_INNER = re.compile(r"[^\W_](?:.*[^\W_])?", re.DOTALL)
_ENDS = re.compile(r"[.!?…][\"”’')\]]*$")
_UNLIKELY = -300  # hundredths of a logit that a gap has to weigh to be looked at: one in twenty is a place
_LACKING = 60  # that it may lack to be cut: a little more than one in three is
_PAUSE = 200  # that a gap has more where the writer paused, and less elsewhere in a sentence with pauses
_FEWEST, _ENOUGH = 5, 22  # words of a piece
_TOO_FEW, _TOO_MANY = 60, 25  # hundredths of a logit that each word costs that is missing, or too many
_LOOKED_AT = 40  # gaps that a piece may begin at, from where it ends


def thoughts(sentence: str) -> list[int]:
    """Return where in a sentence a thought begins (code points), beside its beginning: most often nowhere."""
    words = [(a, b) for a, b in words_in(sentence) if plain(sentence[a:b])]  # a sign follows the word before it
    spaced = sum(b - a == 1 for a, b in words) * 2 > len(words)  # s p a c e d  l e t t e r s are no words
    if len(words) <= MOST or spaced or not is_known():
        return []
    if len(words) > (ENDED if _ENDS.search(sentence.rstrip()) else ENDLESS):
        return [words[at][0] for at in _cut(sentence, words)]
    found = list[int]()
    edges = [0, *(at for mark in _MARKS.finditer(sentence) for at in mark.span()), len(sentence)]
    for start, end in pairwise(edges):
        row = [(a, b) for a, b in words if start <= a and b <= end]
        if len(row) > MOST:
            found += (row[at][0] for at in _cut(sentence, row))
    return found


def _cut(sentence: str, words: Sequence[tuple[int, int]]) -> list[int]:
    written = [sentence[a:b] for a, b in words]
    paused = [_PAUSED.search(word) is not None for word in written]
    after = [_PAUSE if pause else -_PAUSE for pause in paused] if any(paused[:-1]) else ()
    return cuts([plain(word) for word in written], _weights(), after)


def words_in(text: str) -> list[tuple[int, int]]:
    """Return the spans of what lies between blanks in a text (code points, half-open)."""
    return [word.span() for word in _WORD.finditer(text)]


def plain(word: str) -> str:
    """Return a word as it is weighed: in small letters, without signs around it."""
    inner = _INNER.search(word)
    return inner[0].lower().replace("’", "'") if inner else ""


def plain_words(text: str) -> list[str]:
    """Return the words of a text as they are weighed; signs that stand alone are none."""
    return [word for word in map(plain, text.split()) if word]


def cuts(words: Sequence[str], weights: Mapping[str, int], after: Sequence[int] = ()) -> list[int]:
    """Return the words that begin a piece, but for the first: those whose gaps weigh most together.

    `after` says what the gap after each word weighs besides, in hundredths of a logit.
    """
    weighed = (weights[BASE] + sum(weights.get(one, 0) for one in told) for told in features(words))
    sums = [much + more for much, more in zip_longest(weighed, after[:-1], fillvalue=0)]
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


def is_known() -> bool:
    """Whether the weights are there and whole. Where they are not, a text without marks is one sentence."""
    return BASE in _weights()


@cache
def _weights() -> Mapping[str, int]:
    """Return what is known, or nothing where the file is broken: a letter that nobody can cut is still screened."""
    try:
        lines = (line.rpartition("\t") for line in read_text(WEIGHTS).splitlines())
        return {name: int(much) for name, _, much in lines}
    except (DataError, ValueError):
        return {}
