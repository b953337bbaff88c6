"""Tables of any size: a line that no letter is takes no memory, and what is wrong is told in plain words."""

import csv
import io
import json
from pathlib import Path
from typing import IO

import mixed_letters
import pytest
from mixed_letters import zip_of
from reports import rows as reported

from compassion_coach.__main__ import run
from compassion_coach.errors import InputError
from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns, Row, rows_of


class Endless(io.RawIOBase):
    """A file of 128 MiB without an end of a line; it tells how much was asked for at once."""

    def __init__(self, head: bytes, tail: bytes, size: int = 1 << 27) -> None:
        self._whole = head, tail, size
        self.most = self.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, at: int, whence: int = 0) -> int:
        self._head, self._tail, self._left = self._whole
        return at

    def read(self, size: int = -1) -> bytes:
        self.most = max(self.most, size if size >= 0 else 1 << 62)
        return self.readline(size)

    def read1(self, size: int = -1) -> bytes:
        return self.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        asked = 1 << 62 if size is None or size < 0 else size
        self.most = max(self.most, asked)
        if self._head:
            head, self._head = self._head[:asked], self._head[asked:]
            return head
        if self._left:
            many = min(self._left, asked, 1 << 25)
            self._left -= many
            return b"x" * many
        tail, self._tail = self._tail, b""
        return tail


def stream(endless: Endless) -> IO[bytes]:
    return endless  # type: ignore[return-value]


def test_an_endless_line_is_told_and_not_kept() -> None:
    """The lines around it are read."""
    endless = Endless(b'{"text": "It hurt."}\n', b"\n")
    rows = [row for _, row in rows_of(stream(endless), ".jsonl", Columns())]
    assert [(row.text, row.unread) for row in rows] == [
        ("It hurt.", None), ("", "Line 2 is over 8 MiB, which is more than one letter takes."),
    ]  # fmt: skip
    assert endless.most <= 1 << 23


def test_a_table_of_one_endless_line_is_told_and_not_kept() -> None:
    """Where a line has no end nobody knows what follows."""
    endless = Endless(b"id,text\n", b"")
    with pytest.raises(InputError, match="Line 2 is over 8 MiB, which is more than one letter takes; what follows"):
        list(rows_of(stream(endless), ".csv", Columns()))
    assert endless.most <= 1 << 23


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (f"id,text{'x' * (1 << 20)}\n", "Its first line could not be understood: a cell is over 1 MiB, which"),
        (
            f"id,text\na,{'x' * ((1 << 20) + 1)}\n",
            "Near line 2 a cell is over 1 MiB, which is more than one letter takes.",
        ),
        ('id,text\na,"b"c\n', "Near line 2 its quotes or commas do not fit."),
        ('id,text\na,"b\n', "Near line 2 its quotes do not close."),
    ],
)
def test_what_is_wrong_with_a_table_is_told_in_plain_words(table: str, told: str, tmp_path: Path) -> None:
    """Not in those of the parser."""
    (tmp_path / "t.csv").write_text(table)
    [found] = find([str(tmp_path)], Columns())
    assert str(found.unread).startswith(told)
    assert "field" not in str(found.unread)


def test_a_programs_own_tables_keep_their_limit() -> None:
    """How large a cell may be is told to the whole process: between two rows it is as it was, and after a fault."""
    before = csv.field_size_limit()
    table = f"text\n{'x' * (before + 1)}\nIt hurt.\n{'x' * ((1 << 20) + 1)}\n".encode()
    found = []
    for _, row in rows_of(io.BytesIO(table), ".csv", Columns()):
        assert csv.field_size_limit() == before
        found.append(row.unread is None)
    assert found == [True, True, False]
    assert csv.field_size_limit() == before


def test_a_row_that_names_nobody_is_of_the_client_whose_folder_it_lies_in(tmp_path: Path) -> None:
    """In an archive as well, also where the row cannot be read; and it is forgotten with them."""
    table = "date,text,client\n2026-01-01,It hurt.,\n2026-01-02,It was hard.,ben\n2026-01-03,,\n"
    (tmp_path / "letters" / "ana").mkdir(parents=True)
    (tmp_path / "letters" / "ana" / "diary.csv").write_text(table)
    (tmp_path / "letters" / "more.zip").write_bytes(zip_of({"ana/notes.csv": table.encode()}))
    found = list(find([str(tmp_path / "letters")], Columns()))
    assert [one.source.client for one in found] == ["ana", "ben", "ana"] * 2
    out = str(tmp_path / "out")
    assert run(["prescreen", str(tmp_path / "letters"), "-o", out]) == 0
    assert run(["prescreen", "forget", "ana", "-o", out]) == 0
    rest = (tmp_path / "out" / "letters.csv").read_text("utf-8")
    assert [name in rest for name in (",ana,", "diary-1", "diary-3", "notes-1", "diary-2", "notes-2")] == [
        False, False, False, False, True, True,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("settles", "date"),
    [("13/04/2026", "2026-04-03"), ("04/13/2026", "2026-03-04"), ("", "2026"), ("13/04/2026 04/13/2026", "2026")],
)
def test_a_date_in_a_table_is_read_as_its_other_rows_have_it(settles: str, date: str, tmp_path: Path) -> None:
    """In every kind of table, packed or not, however late the row that settles it; a month alone is a month."""
    dates = {"03/04/2026": date, "March 2026": "2026-03", "2026-03": "2026-03", "x" * 300 + "2026-03": "", "": ""}
    written = [{"text": "It hurt.", "date": one} for one in (*dates, settles)]
    table = "".join(f"{one['text']},{one['date']}\n" for one in written)
    tables = {
        "a.csv": f"text,date\n{table}".encode(), "a.parquet": mixed_letters.parquet_of(written),
        "a.jsonl": "\n".join(map(json.dumps, written)).encode(),
    }  # fmt: skip
    (tmp_path / "packed.zip").write_bytes(zip_of(tables))
    for name, raw in tables.items():
        (tmp_path / name).write_bytes(raw)
    found = [one.source for one in find([str(tmp_path)], Columns())]
    assert [one.date for one in found if not one.where.endswith("#6")] == [*dates.values()] * 6


def test_a_date_that_is_not_understood_is_told_in_the_report(tmp_path: Path) -> None:
    """Beside its letter, and not beside one without a date."""
    (tmp_path / "t.csv").write_text("text,date\nIt hurt.,03/04/26\nIt was hard.,2026-04-03\nIt was a week.,\n")
    prescreen([str(tmp_path / "t.csv")], tmp_path / "out", Options(jobs=1))
    told = {row["where"].rpartition("#")[2]: row["remark"] for row in reported(tmp_path / "out")}
    assert told == {"1": "Its date, 03/04/26, was not understood.", "2": "", "3": ""}


def test_a_date_that_was_mended_is_told_no_longer(tmp_path: Path) -> None:
    """The letter is known by its words, and not read again; what is said of its date is said of its row."""
    for date in ("03/04/26", "2026-04-03"):
        (tmp_path / "t.csv").write_text(f"text,date\nIt hurt.,{date}\n")
        summary = prescreen([str(tmp_path / "t.csv")], tmp_path / "out", Options(jobs=1))
    assert (summary.read, summary.known) == (0, 1)
    [row] = reported(tmp_path / "out")
    [page] = (tmp_path / "out" / "letters").glob("*.html")
    assert (row["date"], row["remark"]) == ("2026-04-03", "")
    assert "03/04/26" not in page.read_text() + (tmp_path / "out" / "index.html").read_text()


def test_a_table_that_breaks_off_settles_its_dates_by_what_is_whole(tmp_path: Path) -> None:
    """What is wrong is told once, after the rows before it."""
    table = f"text,date\nIt hurt.,3/4/2026\nIt hurt.,13/4/2026\n{'x' * (9 << 20)}\n"
    (tmp_path / "a.csv").write_text(table)
    (tmp_path / "b.zip").write_bytes(zip_of({"a.csv": table.encode()}))
    found = list(find([str(tmp_path)], Columns()))
    assert [(one.source.date, one.unread is None) for one in found if one.suffix == ".txt"] == [
        ("2026-04-03", True), ("2026-04-13", True),
    ] * 2  # fmt: skip
    assert [str(one.unread)[:6] for one in found if one.suffix == ".csv"] == ["Line 4"] * 2


def rows(table: bytes, suffix: str, columns: Columns | None = None) -> list[Row]:
    return [row for _, row in rows_of(io.BytesIO(table), suffix, columns or Columns())]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("apart", [",", ";"])
def test_a_line_may_end_as_any_computer_ends_it(end: str, apart: str) -> None:
    """A Macintosh has its own way."""
    table = end.join((f"id{apart}text", f"a{apart}It hurt.", f'b{apart}"Two{end}lines."', ""))
    assert [(row.id, row.text) for row in rows(table.encode(), ".csv")] == [("a", "It hurt."), ("b", f"Two{end}lines.")]


def test_a_table_that_has_a_column_twice_is_refused() -> None:
    """One of the two letters in each row would be lost; of a column that nobody asked for nothing is."""
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays([["It hurt."], ["It was hard."]], names=["text"] * 2), file)
    written = b"text,id,text\nIt hurt.,a,It was hard.\n"
    for table, suffix in ((written, ".csv"), (file.getvalue(), ".parquet")):
        with pytest.raises(InputError, match=r"^It has a column text twice, and which is meant is not told"):
            rows(table, suffix)
    table = b"text,letter,note,note\nIt hurt.,It was a hard week.,a,b\n"
    assert [row.text for row in rows(table, ".csv")] == ["It hurt."]
    with pytest.raises(InputError, match="a column note twice"):
        rows(table, ".csv", Columns("letter", client="note"))


def test_a_line_that_names_a_column_twice_is_told() -> None:
    """The others are read; what stands deeper in it is no column."""
    lines = (
        b'{"text": "I will kill myself.", "text": "It hurt."}\n{"text": "It hurt.", "date": "x", "date": "y"}\n'
        b'{"text": "It hurt.", "note": 1, "note": 2, "client": {"text": 1, "text": 2}}\n{"text": "It hurt."}\n'
    )
    assert [(row.text, row.client, row.unread) for row in rows(lines, ".jsonl")] == [
        ("", "", "Line 1 has text twice, and which is meant is not told."),
        ("", "", "Line 2 has date twice, and which is meant is not told."),
        ("It hurt.", "{'text': 2}", None),
        ("It hurt.", "", None),
    ]
