"""From sentences to what the encoder reads: their word pieces, in windows of neighbours.

A window holds several sentences, so each is read with those around it and costs no more than its own words. What the
pieces of a word are is remembered: most words of a letter are in others as well.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from compassion_coach.remembered import Remembered

_LONGEST = 96  # word pieces of a sentence that are read
_MOST_CHARACTERS = 4096  # of a sentence that are looked at for them
_WINDOW = 224  # word pieces of a window
_NEIGHBOURS = 16  # sentences of a window
_BATCH = 640  # word pieces of a pass, with the padding


@dataclass(frozen=True, slots=True)
class Asked:
    """A folded sentence, and the spans of it that are asked about: code points, half-open."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @classmethod
    def whole(cls, text: str) -> "Asked":
        """Ask about a sentence as a whole."""
        return cls(text, ((0, len(text)),))


@dataclass(frozen=True, slots=True)
class Pieces:
    """The word pieces of a sentence, and for each span asked which of them it holds."""

    ids: Sequence[int]
    spans: Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences that are read together; of those before `first` nothing is asked: they are company."""

    sentences: Sequence[int]
    first: int
    length: int


class Words:
    """Tells the word pieces of folded sentences. Made once for a tokenizer, which parts at every blank."""

    def __init__(self, tokens: Any) -> None:
        self._tokens = tokens
        self._remembered = Remembered(self._parted)

    def __contains__(self, word: str) -> bool:
        """Whether a word is a piece by itself."""
        return self._tokens.token_to_id(word) is not None

    def pieces(self, asked: Asked, blank: int) -> Pieces:
        """Return the pieces of a sentence, or `blank` for one that has none, and which of them each span holds.

        A span that begins or ends inside a piece holds it; none is empty.
        """
        ids: list[int] = []
        starts: list[int] = []
        ends: list[int] = []
        at, only_whole = 0, len(asked.spans) == 1 and asked.spans[0] == (0, len(asked.text))
        for word in asked.text[:_MOST_CHARACTERS].split(" "):
            parted, offsets = self._remembered[word]
            ids += parted
            if not only_whole:
                starts += [at + start for start, _ in offsets]
                ends += [at + end for _, end in offsets]
                at += len(word) + 1
        if not ids:
            return Pieces([blank], [(0, 1)] * len(asked.spans))
        del ids[_LONGEST:], starts[_LONGEST:], ends[_LONGEST:]
        if only_whole:
            return Pieces(ids, [(0, len(ids))])
        firsts = (min(bisect_right(ends, start), len(ids) - 1) for start, _ in asked.spans)
        spans = [(a, max(a + 1, bisect_left(starts, end))) for a, (_, end) in zip(firsts, asked.spans, strict=True)]
        return Pieces(ids, spans)

    def _parted(self, word: str) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
        encoding = self._tokens.encode(word, add_special_tokens=False)
        return tuple(encoding.ids), tuple(encoding.offsets)


def spans_of(window: Sequence[Pieces]) -> Iterator[tuple[int, int]]:
    """Yield the spans of a window's sentences, counted in its row: the opening and a separator a sentence count too."""
    at = 1
    for sentence in window:
        yield from ((at + start, at + end) for start, end in sentence.spans)
        at += len(sentence.ids) + 1


def windows(text: Sequence[Pieces]) -> Iterator[Window]:
    """Part a text into windows. But for the first, each opens with the last sentence of the one before, for company."""
    at = 0
    while at < len(text):
        first = max(0, at - 1)
        chosen, length = [first], len(text[first].ids)
        for i in range(first + 1, len(text)):
            length += len(text[i].ids) + 1
            if i > at and (length > _WINDOW or len(chosen) == _NEIGHBOURS):
                length -= len(text[i].ids) + 1
                break
            chosen.append(i)
        yield Window(chosen, at - first, length + 2)
        at = chosen[-1] + 1


def batches(those: Sequence[tuple[int, Window]]) -> Iterator[list[tuple[int, Window]]]:
    """Put windows of like length together."""
    batch: list[tuple[int, Window]] = []
    for one in sorted(those, key=lambda one: one[1].length):
        if batch and one[1].length * (len(batch) + 1) > _BATCH:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch
