"""Letters in the rows of a table: .jsonl, .csv and .parquet, row by row, with the columns that were chosen."""

import csv
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from typing import Any, TextIO

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.days import first_in
from compassion_coach.prescreen.finding.lines import HEAD, TOO_LONG, Lines, decoded, encoding_in, short
from compassion_coach.prescreen.sources import EMPTY
from compassion_coach.prescreen.words.encoded import BROKEN, guessed, mended

TABLES = (".jsonl", ".csv", ".parquet")
_MOST_CHARACTERS = 1 << 20  # of a cell
_NAME = re.compile(r"[A-Za-z_]\w{0,29}")
_STRAY = re.compile("[\udc80-\udcff]")  # bytes that are not in the encoding of the table


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

    def twice_in(self, names: Iterable[str]) -> str:
        """Return which of these columns stands twice among some names: nobody knows which is meant. Or nothing."""
        written = list(names)
        return next((name for name in (self.of(field.name) for field in fields(self)) if written.count(name) > 1), "")

    def check(self, names: Collection[str], rest: str = "") -> None:
        """Raise InputError where a column is there twice, or not though it has to be, with `rest` after the latter."""
        if twice := self.twice_in(names):
            raise InputError(f"It has a column {twice} twice, and which is meant is not told: one can be renamed.")
        for what in (field.name for field in fields(self)):
            if self.of(what) not in names and (what == "text" or getattr(self, what) is not None):
                raise InputError(f"It has no column {self.of(what)}. {_columns(names)}: name one with --{what}.{rest}")


@dataclass(frozen=True, slots=True)
class Row:
    """A letter in a table. `unread` says why there is none. `encoding` is told where its text could be read as another
    one: it was guessed for the whole table.
    """

    text: str
    id: str = ""
    client: str = ""
    date: str = ""
    unread: str | None = None
    encoding: str | None = None


def rows_of(stream: Any, suffix: str, columns: Columns) -> Iterator[tuple[int, Row]]:
    """Yield the rows of a table with their numbers, from 1.

    Raises InputError when a column that has to be there is not, or the table is empty, or broken as a whole;
    MissingExtraError. What columns a .jsonl file has is known after its last row, and told then.
    """
    if suffix == ".parquet":
        yield from ((number, row_in(row, columns)) for number, row in enumerate(_parquet(stream, columns), 1))
        return
    encoding = encoding_in(stream)
    head = stream.read(HEAD)
    stream.seek(0)
    with decoded(stream, encoding) as text:
        if suffix == ".jsonl":
            rows = _lines(text, columns)
        else:
            delimiter = _delimiter_of(head.decode(encoding or "utf-8-sig", "replace"), columns)
            rows = enumerate(_csv(text, delimiter, columns), 1)
        for number, row in rows:
            yield number, row if isinstance(row, Row) else row_in(row, columns, encoding)


def first_of(stream: Any, suffix: str, columns: Columns) -> str:
    """Return what stands first in the dates of a table, as `first_in` tells it of those rows that can be read.

    The table is then at its beginning again.
    """
    first = first_in(_dates(stream, suffix, columns))
    stream.seek(0)
    return first


def _dates(stream: Any, suffix: str, columns: Columns) -> Iterator[str]:
    with suppress(Exception):  # why is told where the rows are read
        for _, row in rows_of(stream, suffix, columns):
            yield row.date


class _Object(dict[str, Any]):
    """A JSON object with the names that are written in it: of those that stand twice a dict has the last alone."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.names = [name for name, _ in pairs]


def _lines(text: TextIO, columns: Columns) -> Iterator[tuple[int, Mapping[str, Any] | Row]]:
    names: dict[str, None] = {}  # in their order
    is_empty = True
    for number, line in enumerate(short(text), 1):
        if line is not None and not line.strip():
            continue
        is_empty = False
        if line is None:
            yield number, Row("", unread=f"Line {number} {TOO_LONG}.")
            continue
        try:
            told = json.loads(line.removeprefix("\ufeff"), object_pairs_hook=_Object)
        except (ValueError, RecursionError):
            told = None
        if isinstance(told, _Object):
            names.update(dict.fromkeys(told))
            twice = columns.twice_in(told.names)
            unread = f"Line {number} has {twice} twice, and which is meant is not told."
            yield number, Row("", unread=unread) if twice else told
        else:
            yield number, Row("", unread=f"Line {number} is no JSON object.")
    if is_empty:
        raise InputError(EMPTY)
    if columns.of("text") in names:  # that a line has none is told of each
        columns.check(names, " What it holds was read without.")


@contextmanager
def _large_cells() -> Iterator[None]:
    """Let cells be as large as letters, while one row is taken: the limit is that of the whole process."""
    before = csv.field_size_limit(_MOST_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _csv(text: TextIO, delimiter: str, columns: Columns) -> Iterator[Mapping[str, Any] | Row]:
    lines = Lines(text)
    yield from _csv_rows(csv.DictReader(lines, strict=True, delimiter=delimiter), lines, columns)


def _delimiter_of(head: str, columns: Columns) -> str:
    """Return what stands between the names of a table, among which the column of texts is."""
    first = re.split(r"[\r\n]", head, maxsplit=1)[0]  # a Macintosh may write \r alone
    return next((one for one in ",;\t|" if columns.of("text") in next(csv.reader([first], delimiter=one), [])), ",")


def _csv_rows(rows: "csv.DictReader[str]", lines: Lines, columns: Columns) -> Iterator[Mapping[str, Any] | Row]:
    try:
        with _large_cells():
            names = rows.fieldnames
    except csv.Error as error:
        raise InputError(f"Its first line could not be understood: {_why(error)}.") from None
    if names is None:
        raise InputError(EMPTY)
    columns.check(names)
    while True:
        lines.begin()
        try:
            with _large_cells():
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


def row_in(told: Mapping[str, Any], columns: Columns, encoding: str | None = None) -> Row:
    """Return a row with the columns that were chosen: whose it is is known of one without text as well.

    `encoding` is that of its table, if it is not UTF-8.
    """
    text = told.get(columns.of("text"))
    rest = {name: _cell(told.get(columns.of(name))) for name in ("id", "client", "date")}
    if not isinstance(text, str) or _unsaid(mended(text)):
        return Row("", unread=f"There is no text in {columns.of('text')}.", **rest)
    found = guessed(encoding) if encoding else BROKEN if _STRAY.search(text) else None
    return Row(mended(text), encoding=None if text.isascii() else found, **rest)


def _unsaid(text: str) -> bool:
    """Whether a text holds halves of characters, which JSON can name and nobody can write."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _cell(value: object) -> str:
    return "" if value is None else mended(str(value))
