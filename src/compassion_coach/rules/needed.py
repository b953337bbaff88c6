"""Which words a pattern cannot do without, so that only those patterns are compiled and tried whose words are there.

`make ready` works the words out and writes them beside the rules (`ready.py`). A pattern of which no words are known is
always tried. That holds for folded texts, in which no two blanks stand in a row: words that have two are left out.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

from compassion_coach.remembered import Remembered

EDGE = "¦"
"""Before or after a word that has to begin or end there. Like the two below it is in no pattern, and JSON spells each
as it is, which is read the faster."""
CELL, LINE = "·", "¶"

_IN_WORD = re.compile(r"\w", re.ASCII)
_LONGEST = 64  # characters of a piece of text that may be a word


class _Word(NamedTuple):
    """A word that patterns need: a bit for each of those whose first set it is in, and for each of its further sets.

    `bare` is the word without the marks of its edges.
    """

    word: str
    bare: str
    patterns: int
    sets: int


class _Held(NamedTuple):
    """What a piece of text holds: the patterns and the further sets of the words that stand in it, as `_Word` has them.

    `before` and `after` are lines of the words of which it holds one part of several, by the character that the piece
    beside it has at the seam; None where it holds no such part, which is most often so.
    """

    patterns: int
    sets: int
    before: Mapping[str, Sequence[str]] | None
    after: Mapping[str, Sequence[str]] | None


class Needed:
    """Tells which patterns may match a text. A pattern has sets of words, and can match only where a word of each is.

    Patterns have numbers, and so have the sets beside the first of each: `also` tells these further sets of a pattern,
    and `places` where it stands in the sequence that `needed` was given. `unknown` are the places of patterns that
    have no words, and may match anywhere. `words` has lines of words, each under its rarest part: a part is what lies
    between two blanks of a word, with those blanks. Sets of numbers are held as the bits of one.
    """

    def __init__(
        self,
        words: Mapping[str, str],
        also: Sequence[Collection[int]],
        places: Sequence[Sequence[int]],
        unknown: Iterable[int],
    ) -> None:
        self.unknown = tuple(unknown)
        self._words, self._also, self._places = words, [*map(_bits, also)], places
        self._in_line = cache(lambda line: tuple(_words(line)))
        self._longest = max(map(len, words), default=0)
        self._remembered = Remembered(self._held)

    def likely(self, text: str) -> list[int]:
        """Return the places of the patterns that may match in a folded text, in order.

        What the piece between two blanks holds is remembered: the next sentence has most of them as well.
        """
        pieces = text.split(" ")
        patterns = sets = 0
        lines = dict[str, None]()
        last = ""
        for piece, following in zip(pieces, [*pieces[1:], ""], strict=True):
            held = self._remembered[piece]
            patterns |= held.patterns
            sets |= held.sets
            if held.before and last in held.before:
                lines |= dict.fromkeys(held.before[last])
            if held.after and following[:1] in held.after:
                lines |= dict.fromkeys(held.after[following[:1]])
            last = piece[-1:]
        for word in (word for line in lines for word in self._in_line(line)):
            if word.bare in text:
                patterns |= word.patterns
                sets |= word.sets
        likely, missing = [*self.unknown], ~sets
        while patterns:
            number = patterns.bit_length() - 1
            patterns ^= 1 << number
            if not self._also[number] & missing:
                likely += self._places[number]
        likely.sort()
        return likely

    def _held(self, piece: str) -> _Held:
        padded = f" {piece} "  # at an end of the text there is no blank: what needs one there is tried in vain
        patterns, sets = 0, 0
        before, after = dict[str, list[str]](), dict[str, list[str]]()
        for line in (line for part in set(self._parts(padded)) for line in self._words[part].split(LINE)):
            seam, _, words = line.partition(CELL)
            if seam:
                if seam[-1] == piece[:1]:
                    before.setdefault(seam[0], []).append(words)
                if seam[0] == piece[-1:]:
                    after.setdefault(seam[-1], []).append(words)
                continue
            for word in self._in_line(words):
                if stands(word.word, padded):
                    patterns |= word.patterns
                    sets |= word.sets
        return _Held(patterns, sets, before or None, after or None)

    def _parts(self, text: str) -> Iterator[str]:
        """Yield the parts of words that are in a text, some more than once."""
        every, too_long = range(1, self._longest + 1), len(text) > _LONGEST
        for at in range(len(text)):
            for size in self._sizes.get(text[at : at + 2], (1,)) if too_long else every[: len(text) - at]:
                if (part := text[at : at + size]) in self._words:
                    yield part

    @cached_property
    def _sizes(self) -> Mapping[str, Collection[int]]:
        """How long the parts are that begin with two characters, which pays for pieces that are no words."""
        sizes = dict[str, set[int]]()
        for part in self._words:
            sizes.setdefault(part[:2], {1}).add(len(part))
        return sizes


def stands(word: str, text: str) -> bool:
    """Whether a word that patterns need is in a text, with its edges, if it has to have any."""
    bare = word.strip(EDGE)
    at = text.find(bare)
    while at >= 0:
        end = at + len(bare)
        begins = word[0] != EDGE or not _IN_WORD.match(text[at - 1 : at])
        if begins and (word[-1] != EDGE or not _IN_WORD.match(text, end)):
            return True
        at = text.find(bare, at + 1)
    return False


def everywhere(patterns: Sequence[str]) -> Needed:
    """Return that nothing is known of what patterns need."""
    return Needed({}, (), (), range(len(patterns)))


def needed(made: Mapping[str, Any], patterns: Sequence[str]) -> Needed:
    """Return what patterns need, as it was `made` ready: `texts` begins with the patterns that need any words."""
    at: dict[str, list[int]] = {text: [] for text in made["texts"][: len(made["also"])]}
    unknown: list[int] = []
    for place, pattern in enumerate(patterns):
        at.get(pattern, unknown).append(place)
    return Needed(made["words"], made["also"], [*at.values()], unknown)


def _words(line: str) -> Iterator[_Word]:
    cells = line.split(CELL)
    for word, numbers, sets in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
        yield _Word(word, word.strip(EDGE), _bits(map(int, numbers.split())), _bits(map(int, sets.split())))


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)
