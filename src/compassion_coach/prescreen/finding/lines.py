"""The lines of a table: none that is longer than any letter is kept in memory, and rows that are broken are undone.

Their encoding is guessed for the whole table, by the first lines in it that are not ASCII: a row by itself may be too
short to tell.
"""

import io
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, AnyStr, TextIO

from compassion_coach.errors import InputError
from compassion_coach.prescreen.words.encoded import encoding_of

HEAD = 1 << 16
"""How many bytes tell the encoding of a table, and what stands between its cells."""

_MOST_LINE = 8 << 20  # characters of a line, or bytes
_MOST_AGAIN = 100  # rows with quotes that do not close, whose lines are read by themselves: each may reach far

TOO_LONG = f"is over {_MOST_LINE >> 20} MiB, which is more than one letter takes"
"""What is wrong with a line that is longer."""


@contextmanager
def decoded(stream: IO[bytes], encoding: str | None) -> Iterator[TextIO]:
    """Give the text of a table; bytes that are not in its encoding stand in it as what `mended` reads."""
    text = io.TextIOWrapper(stream, encoding or "utf-8-sig", errors="surrogateescape", newline="")
    try:
        yield text
    finally:
        text.detach()  # or it would close what it did not open


def encoding_in(stream: IO[bytes]) -> str | None:
    """Return which encoding a table seems to be in; None for UTF-8, if need be broken in places.

    The table is then at its beginning again. Raises what `encoding_of` does.
    """
    head = stream.read(HEAD)
    stream.seek(0)
    encoding = encoding_of(head, whole=len(head) < HEAD)
    if encoding and encoding.startswith("utf-16"):
        return encoding
    telling = bytearray()
    for line in short(stream):
        if line is not None and not line.isascii():
            telling += line
            if len(telling) >= HEAD:
                break
    stream.seek(0)
    with suppress(InputError):  # a row of many that is no text is told where it is read
        encoding = encoding_of(bytes(telling))
    return encoding


def short(stream: IO[AnyStr]) -> Iterator[AnyStr | None]:
    """Yield the lines of a table, and nothing for one that is longer than any letter: it is not kept in memory."""
    while line := stream.readline(_MOST_LINE):
        ends = is_whole = len(line) < _MOST_LINE or line[-1:] in ("\n", b"\n")
        while not ends:
            rest = stream.readline(_MOST_LINE)
            ends = len(rest) < _MOST_LINE or rest[-1:] in ("\n", b"\n")
        yield line if is_whole else None


class Lines:
    """The lines of a table, which can go back to the second line of a row whose quotes did not close."""

    def __init__(self, text: IO[str]) -> None:
        self._text = enumerate(short(text), 1)
        self._again: deque[tuple[int, str]] = deque()
        self._row: list[tuple[int, str]] = []
        self._left = _MOST_AGAIN

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not any(line.strip() for _, line in self._row):
            self._row.clear()  # no row begins with blank lines
        number, line = self._again.popleft() if self._again else next(self._text)
        if line is None:
            raise InputError(f"Line {number} {TOO_LONG}; what follows was not read.")
        self._row.append((number, line))
        return line

    @property
    def first(self) -> int:
        """The number of the first line of the row, from 1."""
        return self._row[0][0] if self._row else 0

    def begin(self) -> None:
        """Say that a row begins."""
        self._row.clear()

    def back(self) -> int:
        """Go back to the second line of the row, if that was not done too often; return how many lines are lost."""
        many = len(self._row)
        if many > 1 and self._left:
            self._left -= 1
            self._again.extendleft(reversed(self._row[1:]))
            return 1
        return many
