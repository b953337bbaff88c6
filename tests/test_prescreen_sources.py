"""What the name of a file or a folder tells: a day, a month, nobody's name."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.sources import Source, about_in, date_in, date_note, day_of, first_in, is_of_time


def sources_in(folder: Path, *names: str) -> dict[str, Source]:
    """The sources of some letters by where they lie below a folder."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("It hurt.")
    return {str(Path(one.source.where).relative_to(folder)): one.source for one in find([str(folder)], Columns())}


@pytest.mark.parametrize(
    ("beside", "date", "first"),
    [
        ("Letter 13-06-2026 v2.txt", "2026-04-03", "day"), ("letter.txt", "", ""),
        ("06_13_2026.txt", "2026-03-04", "month"),
    ],
)  # fmt: skip
def test_a_date_is_read_as_the_names_beside_it_have_it(tmp_path: Path, beside: str, date: str, first: str) -> None:
    """Where one of them can be read in one way only; the note says so. A client's own folders are read alike."""
    found = sources_in(tmp_path, f"ana/{beside}", "ana/3-4-2026.txt", "ana/notes/3_4_2026.txt", "ben/3-4-2026.txt")
    for name, words in (("ana/3-4-2026.txt", "3-4-2026"), ("ana/notes/3_4_2026.txt", "3_4_2026")):
        assert found[name].date == (date or "2026")
        assert not found[name].of_file
        told = f"was read with the {first} first" if first else "could be two days: only the year is sure"
        assert f"Its date, {words}, {told}" in date_note(found[name])
    assert found["ben/3-4-2026.txt"].date == "2026"  # of another client nothing is known


def test_names_that_contradict_each_other_settle_nothing(tmp_path: Path) -> None:
    """Nor does the folder above them."""
    assert first_in(["13-06-2026", "06-13-2026"], "day") == ""
    assert first_in(["3-4-2026", "2026-03-01", "5-5-2026"], "day") == "day"
    found = sources_in(tmp_path, "ana/13-06-2026.txt", "ana/06-14-2026.txt", "ana/3-4-2026.txt")
    assert found["ana/3-4-2026.txt"].date == "2026"
    assert found["ana/06-14-2026.txt"].date == "2026-06-14"


@pytest.mark.parametrize(
    ("name", "date", "note"),
    [
        ("2026-03 (March)", "2026-03", ""),
        ("March 2026", "2026-03", ""),
        ("ana.2026-03", "2026-03", ""),
        ("letter 2026 March", "2026-03", ""),
        ("born 1980-05-03 letter 2026-03-01", "2026-03-01", "Its name tells more than one date; this is the latest."),
        ("2026-03-01 (1 March 2026)", "2026-03-01", ""),
        ("21.3.26", "", "Its name tells no date that is sure: 21.3.26."),
        ("2026-13-45", "", "Its name tells no date that is sure: 2026-13-45."),
        ("case 2025-2026", "", ""),
        ("2026-001", "", ""),
        ("letter", "", ""),
        ("6.7.2026", "2026-07-06", ""),
    ],
)
def test_what_a_name_tells_of_a_day_is_told_and_no_more(tmp_path: Path, name: str, date: str, note: str) -> None:
    """A month alone is a month; where no day is sure it is the file's, and the note says that there was something."""
    [source] = sources_in(tmp_path, f"ana/{name}.txt").values()
    assert source.of_file == (not date)
    assert date in ("", source.date)
    assert date_note(source) == note


@pytest.mark.parametrize(("zone", "day"), [("XXX-10", "2026-03-02"), ("XXX+10", "2026-03-01")])
def test_a_file_is_of_the_day_that_it_was_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, zone: str, day: str
) -> None:
    """As a folder shows it; archives and e-mails tell such days as well."""
    written = datetime(2026, 3, 1, 18, tzinfo=UTC).timestamp()
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        (tmp_path / "letter.txt").write_text("It hurt.")
        os.utime(tmp_path / "letter.txt", (written, written))
        [found] = find([str(tmp_path)], Columns())
        assert (found.source.date, found.source.of_file) == (day, True)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_row_of_a_table_is_not_dated_by_the_tables_name() -> None:
    """Nor is there a note on it."""
    assert date_note(Source("born 1980-05-03 until 2026-03-01.csv#1", "1", "ana", "2026-03-01")) == ""
    assert about_in("letters") == ""


@pytest.mark.parametrize(
    ("where", "client"),
    [
        ("2026/ana/x.txt", "ana"), ("ana/2026/x.txt", "ana"), ("2026/03/ana/x.txt", "ana"), ("2026/x.txt", ""),
        ("2025-2026/March 2026/ana/x.txt", "ana"), ("2026-05-20/ana/x.txt", "ana"), ("01/x.txt", "01"),
        ("May/x.txt", "May"), ("2026/June/x.txt", "June"), ("ana 2026/x.txt", "ana 2026"), ("x.txt", ""),
        ("1234/x.txt", "1234"),
    ],
)  # fmt: skip
def test_nobody_is_called_after_a_year(tmp_path: Path, where: str, client: str) -> None:
    """A folder of a year, a date, or below a year of a month's number is no client's; "May" and "01" may be."""
    assert sources_in(tmp_path, where)[where].client == client


@pytest.mark.parametrize("name", ["2026", "2025-26", "2026-05", "20260501", "3 May 2026", "28.11.2026"])
def test_what_is_a_time_and_nothing_else(name: str) -> None:
    """And with a name beside it is somebody's."""
    assert is_of_time(name)
    assert not is_of_time(f"{name} ana")


def test_a_letter_in_the_place_of_a_date_is_not_searched() -> None:
    """A column may be named by mistake, and each date in a long text is held against all before it."""
    assert date_in("on 2026-03-01 " + "x" * 1000 + " 2026-05-02") == "2026-03-01"


@pytest.mark.parametrize("seconds", [1e12, 1e18, float("inf"), float("nan"), -1e15])
def test_a_day_of_no_calendar_is_none(seconds: float) -> None:
    """A disk may tell any time."""
    assert day_of(seconds) == ""
    assert day_of(0) == "1970-01-01"
