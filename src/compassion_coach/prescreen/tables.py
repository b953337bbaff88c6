"""Letters in the rows of a table: .jsonl, .csv and .parquet, row by row, with the columns that were chosen."""

import csv
import io
import json
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.encoded import encoding_of

TABLES = (".jsonl", ".csv", ".parquet")
_MOST_CHARACTERS = 1 << 20  # of a cell
_MOST_AGAIN = 100  # rows with quotes that do not close, whose lines are read by themselves: each may reach far
_HEAD = 1 << 16  # bytes that tell the encoding of a table, and what stands between its cells
_NAME = re.compile(r"[A-Za-z_]\w{0,29}")


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what. `text` has to be there, and of the others those that go by another name than here."""

    text: str = "text"
    id: str = "id"
    client: str = "client"
    date: str = "date"

    def missing(self, names: Collection[str]) -> tuple[str, str] | None:
        """Return the first column that has to be there and is not, with what it holds; None where all are."""
        told = ((getattr(self, field.name), field.name, field.default) for field in fields(self))
        return next(
            ((one, what) for one, what, usual in told if one not in names and (what == "text" or one != usual)), None
        )


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

    Raises InputError when a column that has to be there is not, or the table is broken as a whole; MissingExtraError.
    Of a .jsonl file some line has to have it, and a row at its end says where none has.
    """
    if suffix == ".jsonl":
        yield from _lines(stream, columns)
        return
    rows = _parquet(stream, columns) if suffix == ".parquet" else _csv(stream, columns)
    for number, row in enumerate(rows, 1):
        yield number, row if isinstance(row, Row) else row_in(row, columns)


def _lines(stream: Iterable[bytes], columns: Columns) -> Iterator[tuple[int, Row]]:
    number, names = 0, {columns.text}  # that a line has no text is told of each
    for number, line in enumerate(stream, 1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, dict):
            names.update(told)
            yield number, row_in(told, columns)
        else:
            yield number, Row("", unread=f"Line {number} is no JSON object.")
    if missing := columns.missing(names):
        yield number + 1, Row("", unread=f"No line has a {missing[0]}: --{missing[1]} NAME.")


def _csv(stream: Any, columns: Columns) -> Iterator[Mapping[str, Any] | Row]:
    csv.field_size_limit(_MOST_CHARACTERS)
    head = stream.read(_HEAD)
    stream.seek(0)
    encoding = encoding_of(head, whole=len(head) < _HEAD)
    text = io.TextIOWrapper(stream, encoding or "utf-8-sig", errors="surrogateescape", newline="")
    delimiter = _delimiter_of(head.decode(encoding or "utf-8-sig", "replace"), columns)
    try:
        lines = _Lines(text)
        for row in _csv_rows(csv.DictReader(lines, strict=True, delimiter=delimiter), lines, columns):
            yield replace(row_in(row, columns), encoding=encoding) if encoding and not isinstance(row, Row) else row
    finally:
        text.detach()  # or it would close what it did not open


def _delimiter_of(head: str, columns: Columns) -> str:
    """Return what stands between the names of a table, among which the column of texts is."""
    first = head.split("\n", 1)[0].rstrip("\r")
    return next((one for one in ",;\t|" if columns.text in next(csv.reader([first], delimiter=one), [])), ",")


class _Lines:
    """The lines of a table, which can go back to the second line of a row whose quotes did not close."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text = enumerate(text, 1)
        self._again: deque[tuple[int, str]] = deque()
        self._row: list[tuple[int, str]] = []
        self._left = _MOST_AGAIN

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not any(line.strip() for _, line in self._row):
            self._row.clear()  # no row begins with blank lines
        self._row.append(self._again.popleft() if self._again else next(self._text))
        return self._row[-1][1]

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
        names = rows.fieldnames or []
    except csv.Error as error:
        raise InputError(f"Its first line could not be understood: {error}.") from None
    if missing := columns.missing(names):
        raise InputError(_no_column(*missing, names))
    while True:
        lines.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:  # what stands in the lines below is read by itself
            many = lines.back()
            lost = f" {many} lines from there on are lost, and whatever letters they hold." if many > 1 else ""
            yield Row("", unread=f"Near line {lines.first} its quotes or commas do not fit: {error}.{lost}")
            continue
        surplus = row.pop(None, None)
        if surplus is not None:
            yield Row("", unread=f"Near line {lines.first} there are more cells than columns.")
        else:
            yield row


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
    if missing := columns.missing(names):
        raise InputError(_no_column(*missing, names))
    chosen = [name for name in (getattr(columns, field.name) for field in fields(columns)) if name in names]
    for batch in file.iter_batches(batch_size=256, columns=chosen):
        yield from batch.to_pylist()


def _no_column(wanted: str, what: str, names: Sequence[str]) -> str:
    """Say that a column is not there. Where the first line may be a letter and no names, it is not repeated."""
    are_names = bool(names) and all(map(_NAME.fullmatch, names))
    known = f"Its columns are {', '.join(names)}" if are_names else "Its first line names none"
    return f"It has no column {wanted}. {known}: --{what} NAME."


def row_in(told: Mapping[str, Any], columns: Columns) -> Row:
    """Return a row with the columns that were chosen."""
    text = told.get(columns.text)
    if not isinstance(text, str) or _unsaid(text):
        return Row("", unread=f"There is no text in {columns.text}.")
    rest = {name: _cell(told.get(getattr(columns, name))) for name in ("id", "client", "date")}
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
