"""Letters in the rows of a table: .jsonl, .csv and .parquet, row by row, with the columns that were chosen."""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import IO, Any, AnyStr

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.sources import EMPTY
from compassion_coach.prescreen.words.encoded import encoding_of

TABLES = (".jsonl", ".csv", ".parquet")
_MOST_CHARACTERS = 1 << 20  # of a cell
_MOST_LINE = 8 << 20  # characters of a line, or bytes
_TOO_LONG = f"is over {_MOST_LINE >> 20} MiB, which is more than one letter takes"
_MOST_AGAIN = 100  # rows with quotes that do not close, whose lines are read by themselves: each may reach far
_HEAD = 1 << 16  # bytes that tell the encoding of a table, and what stands between its cells
_NAME = re.compile(r"[A-Za-z_]\w{0,29}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what. One that is named has to be there; one that is not (None) goes by the name it has here.

    Of the latter only `text` has to be there.
    """

    text: str | None = None
    id: str | None = None
    client: str | None = None
    date: str | None = None

    def of(self, what: str) -> str:
        """Return the name of a column by what it holds: `text`, `id`, `client` or `date`."""
        named = getattr(self, what)
        return what if named is None else str(named)

    def check(self, names: Collection[str], rest: str = "") -> None:
        """Raise InputError where a column that has to be there is not among some names, with `rest` after it."""
        for what in (field.name for field in fields(self)):
            if self.of(what) not in names and (what == "text" or getattr(self, what) is not None):
                raise InputError(f"It has no column {self.of(what)}. {_columns(names)}: name one with --{what}.{rest}")


@dataclass(frozen=True, slots=True)
class Row:
    """A letter in a table. `unread` says why there is none. `encoding` is what its text was written in."""

    text: str
    id: str = ""
    client: str = ""
    date: str = ""
    unread: str | None = None
    encoding: str = "utf-8"


def rows_of(stream: Any, suffix: str, columns: Columns) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a table with their numbers, from 1.

    Raises InputError when a column that has to be there is not, or the table is empty, or broken as a whole;
    MissingExtraError. What columns a .jsonl file has is known after its last row, and told then.
    """
    if suffix == ".jsonl":
        yield from _lines(stream, columns)
        return
    rows = _parquet(stream, columns) if suffix == ".parquet" else _csv(stream, columns)
    for number, row in enumerate(rows, 1):
        yield number, row if isinstance(row, Row) else row_in(row, columns)


def _short(stream: IO[AnyStr]) -> Iterator[AnyStr | None]:
    """Yield the lines of a table, and nothing for one that is longer than any letter: it is not kept in memory."""
    while line := stream.readline(_MOST_LINE):
        ends = is_whole = len(line) < _MOST_LINE or line[-1:] in ("\n", b"\n")
        while not ends:
            rest = stream.readline(_MOST_LINE)
            ends = len(rest) < _MOST_LINE or rest[-1:] in ("\n", b"\n")
        yield line if is_whole else None


def _lines(stream: IO[bytes], columns: Columns) -> Iterator[tuple[int, Row]]:
    names: dict[str, None] = {}  # in their order
    is_empty = True
    for number, line in enumerate(_short(stream), 1):
        if line is not None and not line.strip():
            continue
        is_empty = False
        if line is None:
            yield number, Row("", unread=f"Line {number} {_TOO_LONG}.")
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict):
            names.update(dict.fromkeys(told))
            yield number, row_in(told, columns)
        else:
            yield number, Row("", unread=f"Line {number} is no JSON object.")
    if is_empty:
        raise InputError(EMPTY)
    if columns.of("text") in names:  # that a line has none is told of each
        columns.check(names, " What it holds was read without.")


def _csv(stream: Any, columns: Columns) -> Iterator[Mapping[str, Any] | Row]:
    csv.field_size_limit(_MOST_CHARACTERS)
    head = stream.read(_HEAD)
    stream.seek(0)
    encoding = encoding_of(head, whole=len(head) < _HEAD)
    written = "utf-16" if encoding and encoding.startswith("utf-16") else encoding  # a row has a mark of its own
    text = io.TextIOWrapper(stream, encoding or "utf-8-sig", errors="surrogateescape", newline="")
    delimiter = _delimiter_of(head.decode(encoding or "utf-8-sig", "replace"), columns)
    try:
        lines = _Lines(text)
        for row in _csv_rows(csv.DictReader(lines, strict=True, delimiter=delimiter), lines, columns):
            yield replace(row_in(row, columns), encoding=written) if written and not isinstance(row, Row) else row
    finally:
        text.detach()  # or it would close what it did not open


def _delimiter_of(head: str, columns: Columns) -> str:
    """Return what stands between the names of a table, among which the column of texts is."""
    first = head.split("\n", 1)[0].rstrip("\r")
    return next((one for one in ",;\t|" if columns.of("text") in next(csv.reader([first], delimiter=one), [])), ",")


class _Lines:
    """The lines of a table, which can go back to the second line of a row whose quotes did not close."""

    def __init__(self, text: IO[str]) -> None:
        self._text = enumerate(_short(text), 1)
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
            raise InputError(f"Line {number} {_TOO_LONG}; what follows was not read.")
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


def _csv_rows(rows: "csv.DictReader[str]", lines: _Lines, columns: Columns) -> Iterator[Mapping[str, Any] | Row]:
    try:
        names = rows.fieldnames
    except csv.Error as error:
        raise InputError(f"Its first line could not be understood: {_why(error)}.") from None
    if names is None:
        raise InputError(EMPTY)
    columns.check(names)
    while True:
        lines.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:  # what stands in the lines below is read by itself
            many = lines.back()
            lost = f" {many} lines from there on are lost, and whatever letters they hold." if many > 1 else ""
            yield Row("", unread=f"Near line {lines.first} {_why(error)}.{lost}")
            continue
        surplus = row.pop(None, None)
        if surplus is not None:
            yield Row("", unread=f"Near line {lines.first} there are more cells than columns.")
        else:
            yield row


def _why(error: csv.Error) -> str:
    """Say what a row is wrong with: the words of the parser are for programmers."""
    if "limit" in str(error):
        return f"a cell is over {_MOST_CHARACTERS >> 20} MiB, which is more than one letter takes"
    return "its quotes do not close" if "end of data" in str(error) else "its quotes or commas do not fit"


def _parquet(stream: Any, columns: Columns) -> Iterator[Mapping[str, Any]]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError("A .parquet file needs pyarrow: pip install 'compassion-coach[parquet]'") from None
    try:
        file = pyarrow.parquet.ParquetFile(stream)
        names = file.schema_arrow.names
    except (pyarrow.ArrowException, OSError, ValueError):
        raise InputError("It is no parquet file that can be opened.") from None
    columns.check(names)
    chosen = [name for name in (columns.of(field.name) for field in fields(columns)) if name in names]
    for batch in file.iter_batches(batch_size=256, columns=chosen):
        yield from batch.to_pylist()


def _columns(names: Collection[str]) -> str:
    """Say which columns there are."""
    if names and all(map(_NAME.fullmatch, names)):
        return f"Its columns are {', '.join(names)}"
    return "Its columns are not told here, for they may be words of a letter"  # where the first line names none


def row_in(told: Mapping[str, Any], columns: Columns) -> Row:
    """Return a row with the columns that were chosen: whose it is is known of one without text as well."""
    text = told.get(columns.of("text"))
    rest = {name: _cell(told.get(columns.of(name))) for name in ("id", "client", "date")}
    if not isinstance(text, str) or _unsaid(text):
        return Row("", unread=f"There is no text in {columns.of('text')}.", **rest)
    return Row(text, **rest)


def _unsaid(text: str) -> bool:
    """Whether a text holds halves of characters, which JSON can name and nobody can write."""
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return True
    return False


def _cell(value: object) -> str:
    return "" if value is None else str(value)
