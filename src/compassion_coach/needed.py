"""Which words a pattern cannot do without, so that only those patterns are compiled and tried whose words are there.

`make needed` works the words out and writes them to `guardrails/needed/`, one file for a family of rules. A pattern
that its file does not know is always tried: a file that is behind costs time, and never a match.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import NamedTuple

from compassion_coach.data import OnDemand, read_text

EDGE = "\b"
"""Before or after a word that has to begin or end there, as in patterns."""

_IN_WORD = re.compile(r"\w", re.ASCII)
_AT_HAND = 1 << 13  # pieces of text of which is known what they hold: most words of a letter are in others as well
_LONGEST = 64  # characters of such a piece


class _Word(NamedTuple):
    """A word that each of these patterns needs, with what else it needs as bits; and the further sets of words that
    it is in, as bits as well. `seam` is where it reaches over a blank: the character before, the blank, the one after.
    """

    word: str
    bare: str
    seam: str
    needs: Mapping[int, int]
    sets: int


class _Held(NamedTuple):
    """What a piece of text holds: for these patterns and sets a word for certain; and it may be part of longer words,
    which are told by their seams and by themselves.
    """

    needs: Mapping[int, int]
    sets: int
    longer: Mapping[str, Mapping[str, _Word]]


class Needed:
    """What some patterns need. Patterns are told apart by their place in the sequence that `needed` was given.

    A pattern can match where one of its words is and one of each of the sets that `also` names as bits. `words` holds
    lines of words under the rarest of their parts: what lies between two blanks, with those of the blanks that are in
    the word. The file counts its patterns: `places` are the places of each. What is in `unknown` can match anywhere.
    """

    def __init__(
        self,
        words: Mapping[str, str],
        also: Mapping[int, int],
        places: Sequence[Sequence[int]],
        unknown: Iterable[int],
    ) -> None:
        self.unknown = tuple(unknown)
        self._words, self._places = words, places
        self._under = cache(lambda part: tuple(_words(part, words[part], also)))
        self._longest = max(map(len, words), default=0)
        self._remembered = lru_cache(_AT_HAND)(self._held)

    def likely(self, text: str) -> list[int]:
        """Return the places of the patterns that may match in a text, in order.

        What the piece between two blanks holds is remembered: the next sentence has most of them as well.
        """
        pieces = text.split(" ")
        seams = [f"{before[-1:]} {after[:1]}" for before, after in pairwise(pieces)]
        needs, sets, longer = dict[int, int](), 0, dict[str, _Word]()
        for piece, *around in zip(pieces, ["", *seams], [*seams, ""], strict=True):
            held = self._remembered(piece) if len(piece) <= _LONGEST else self._held(piece)
            needs |= held.needs
            sets |= held.sets
            if held.longer:
                for seam in around:
                    longer |= held.longer.get(seam, {})
        for word in longer.values():
            if word.bare in text:
                needs |= word.needs
                sets |= word.sets
        likely = [*self.unknown]
        for number, also in needs.items():
            if sets & also == also:
                likely += self._places[number]
        likely.sort()
        return likely

    def _held(self, piece: str) -> _Held:
        padded = f" {piece} "  # at an end of the text there is no blank: what needs one there is tried in vain
        needs, sets, longer = dict[int, int](), 0, dict[str, dict[str, _Word]]()
        parts = {padded[a:b] for a in range(len(padded)) for b in range(a + 1, min(a + self._longest, len(padded)) + 1)}
        for word in (word for part in parts & self._words.keys() for word in self._under(part)):
            if word.seam:
                longer.setdefault(word.seam, {})[word.word] = word
            elif stands(word.word, padded):
                needs |= word.needs
                sets |= word.sets
        return _Held(needs, sets, longer)


def parts_of(bare: str) -> list[tuple[str, str]]:
    """Return the parts of a word, and where the word reaches over a blank beside each, if it does."""
    cuts = [at for at in range(1, len(bare) - 1) if bare[at] == " "]
    ends = [(0, len(bare))] if not cuts else [*zip([0, *cuts], [*(cut + 1 for cut in cuts), len(bare)], strict=True)]
    seams = [bare[cut - 1 : cut + 2] for cut in cuts]
    return [(bare[a:b], seam) for (a, b), seam in zip(ends, [*seams, *seams[-1:]] or [""], strict=True)]


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
    return Needed({}, {}, (), range(len(patterns)))


def needed(file: str, patterns: Sequence[str]) -> Needed:
    """Return what patterns need, as a file in `guardrails/needed/` tells it. Raises DataError where it is missing."""
    told = json.loads(read_text(file))
    at: dict[str, list[int]] = {digest: [] for digest in told["patterns"]}
    unknown: list[int] = []
    for place, pattern in enumerate(patterns):
        at.get(digest_of(pattern), unknown).append(place)
    words: Mapping[str, str] = told["words"]
    also = OnDemand(lambda: dict(enumerate(told["also"])), _bits)
    return Needed(words, also, [*at.values()], unknown)


def _words(part: str, line: str, also: Mapping[int, int]) -> Iterator[_Word]:
    cells = line.split("\t")
    for word, numbers, sets in zip(cells[::3], cells[1::3], cells[2::3], strict=True):
        bare = word.strip(EDGE)
        yield _Word(
            word, bare, dict(parts_of(bare))[part], {int(n): also[int(n)] for n in numbers.split()}, _bits(sets)
        )


def _bits(cell: str) -> int:
    return sum(1 << int(number) for number in cell.split())


def digest_of(pattern: str) -> str:
    """Return the name that a pattern has in a file of needed words: any change to the pattern is another name."""
    return blake2b(pattern.encode(), digest_size=6).hexdigest()
