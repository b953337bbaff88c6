"""Names in archives, and what is said of files that are not read."""

import io
import unicodedata
import zipfile
from contextlib import nullcontext
from pathlib import Path

import mixed_letters
import pytest
from mixed_letters import zip_of
from reports import TELLING

from compassion_coach.prescreen.finding import inside
from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns


def archive_of(name: str, *, encoding: str) -> bytes:
    """An archive whose one member's name is in an encoding that it does not tell."""
    placeholder = "x" * len(name.encode(encoding))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(placeholder, "It was a hard week.")
    return file.getvalue().replace(placeholder.encode(), name.encode(encoding))


@pytest.mark.parametrize(
    ("name", "encoding", "client", "place"),
    [
        ("Jörg/2026-01-04.txt", "utf-8", "Jörg", "Jörg/2026-01-04.txt"),
        ("Jörg/2026-01-04.txt", "cp437", "Jörg", "Jörg/2026-01-04.txt"),
        ("анна/а.txt", "utf-8", "анна", "анна/а.txt"),
        ("ana/a.txt", "ascii", "ana", "ana/a.txt"),
        (r"ana\a.txt", "ascii", "ana", "ana/a.txt"),
        ("./ana/a.txt", "ascii", "ana", "ana/a.txt"),
        (r"C:\win\system\a.txt", "ascii", "", "win/system/a.txt"),
        ("../../evil/a.txt", "ascii", "", "evil/a.txt"),
        ("ana/../ben/a.txt", "ascii", "", "ana/ben/a.txt"),
        ("/root/a.txt", "ascii", "", "root/a.txt"),
    ],
)
def test_a_name_in_an_archive_is_read_as_it_was_written(
    name: str, encoding: str, client: str, place: str, tmp_path: Path
) -> None:
    """In UTF-8 where it is that; and a name that leads out of the archive names nobody's folder."""
    (tmp_path / "a.zip").write_bytes(archive_of(name, encoding=encoding))
    [found] = find([str(tmp_path)], Columns())
    assert (found.source.client, found.source.where) == (client, f"{tmp_path}/a.zip!{place}")
    assert found.raw == b"It was a hard week."


@pytest.mark.parametrize("owner", ["", "eve/"])
def test_an_archive_is_read_as_a_folder_is(owner: str, tmp_path: Path) -> None:
    """Nobody is called after a year, a month is a date, and a name settles for those beside and below what is first."""
    letters = {"2026/March 2026.txt": ("", "2026-03"), **TELLING}
    for name in letters:
        (tmp_path / "open" / owner / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "open" / owner / name).write_text("It hurt.")
    (tmp_path / "packed" / owner).mkdir(parents=True)
    (tmp_path / "packed" / owner / "a.zip").write_bytes(zip_of(dict.fromkeys(letters, b"It hurt.")))
    for place in ("open", "packed"):
        found = [one.source for one in find([str(tmp_path / place)], Columns())]
        assert [(one.client, one.date) for one in sorted(found, key=lambda one: one.where)] == [
            (owner.strip("/") or client, date) for client, date in letters.values()
        ]
        assert not [one for one in found if one.of_file]


@pytest.mark.parametrize(
    "letters",
    [
        {"letters/ana/1.txt": "ana", "letters/ben/2026/2.txt": "ben", "letters/2026/3.txt": ""},
        {"letters/ana/1.txt": "ana"}, {"all/letters/ana/2026/1.txt": "ana"},
        {"2026/03/ana/1.txt": "ana", "2026/03/ben/2.txt": "ben"},
        {"letters/2026/ana/1.txt": "ana", "letters/2026/ben/2.txt": "ben"},
        {"ana/2026/1.txt": "ana", "ana/2027/2.txt": "ana"}, {"ana/1.txt": "ana", "ana/notes/2.txt": "ana"},
        {"2026/03/1.txt": "", "2026/04/2.txt": ""}, {"1.txt": ""},
        {"letters/ana/1.txt": "ana", "letters/ben/2.txt": "ben", "../away/3.txt": ""},
    ],
)  # fmt: skip
def test_a_folder_around_all_others_in_an_archive_is_no_clients(letters: dict[str, str], tmp_path: Path) -> None:
    """A computer that packs a folder packs it as one; a letter that lies in it itself makes it a client's."""
    (tmp_path / "a.zip").write_bytes(zip_of(dict.fromkeys(letters, b"It hurt.")))
    found = {one.source.where.partition("!")[2]: one.source.client for one in find([str(tmp_path)], Columns())}
    assert found == {name.removeprefix("../"): client for name, client in letters.items()}


def test_what_settles_dates_in_a_folder_around_all_settles_none_of_a_clients(tmp_path: Path) -> None:
    """One client is not read by what another's folder is called."""
    names = {"letters/13-06-2026/ana/3-4-2026.txt": "2026", "letters/ben/3-4-2026.txt": "2026"}
    (tmp_path / "a.zip").write_bytes(zip_of(dict.fromkeys((*names, "letters/13-06-2026/"), b"It hurt.")))
    assert {one.source.date for one in find([str(tmp_path)], Columns())} == {"2026"}


def test_a_day_of_no_calendar_in_an_archive_is_none(tmp_path: Path) -> None:
    """Programs that write no time leave one of month 0 and day 0."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.txt", (1980, 0, 0, 0, 0, 0)), "It hurt.")
    [found] = find([str(tmp_path)], Columns())
    assert (found.source.date, found.source.of_file) == ("", False)


@pytest.mark.parametrize(
    ("suffix", "better"),
    [
        (".doc", ".docx"),
        (".pages", ".docx"),
        (".msg", ".txt"),
        (".xlsx", ".csv"),
        (".xls", ".csv"),
        (".numbers", ".csv"),
    ],
)
def test_how_to_have_a_letter_in_a_format_that_is_read_is_told(suffix: str, better: str, tmp_path: Path) -> None:
    """Before the list of all."""
    (tmp_path / f"letter{suffix}").write_bytes(b"?")
    [found] = find([str(tmp_path)], Columns())
    assert better in str(found.unread).partition(" Read are ")[0]


def test_every_member_of_an_archive_has_a_place_of_its_own(tmp_path: Path) -> None:
    """Also where one is called what another of two would be called, and where two names are written down as one."""
    names = ("a.txt", "a.txt", "a.txt (2)", "José.txt", unicodedata.normalize("NFD", "José.txt"), "a.txt")
    assert names[3] != names[4]
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in names:
            with pytest.warns(UserWarning, match="Duplicate") if name in archive.namelist() else nullcontext():
                archive.writestr(name, "It was a hard week.")
    told = [[one.source.where for one in find([str(tmp_path)], Columns())] for _ in range(2)]
    assert told[0] == told[1]
    assert len(set(told[0])) == len(names)
    assert {where.partition("!")[2] for where in told[0]} == {
        "a.txt", "a.txt (2)", "a.txt (3)", "a.txt (2) (2)", "José.txt", "José.txt (2)",
    }  # fmt: skip


def test_a_broken_member_keeps_no_other_from_being_read(tmp_path: Path) -> None:
    """Whatever is raised where it is opened; here its name is no UTF-8 where it is told for the second time."""
    whole = mixed_letters.zip_of({"ä.txt": b"It hurt.", "ö.txt": b"It was a hard week."})
    (tmp_path / "a.zip").write_bytes(whole.replace("ä".encode(), b"\xff\xff", 1))
    broken, other = find([str(tmp_path)], Columns())
    assert (broken.source.id, broken.unread) == ("ä", "It is damaged, and could not be unpacked.")
    assert (other.source.id, other.raw) == ("ö", b"It was a hard week.")


def test_what_is_not_read_of_an_archive_hides_nothing_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what is read there is a most, and each member that goes beyond it is told; what is smaller is read."""
    monkeypatch.setattr(inside, "MOST_UNPACKED", 100)
    monkeypatch.setattr(inside, "MOST_BYTES", 60)
    sizes = {"a.mp4": 500, "b.txt": 70, "c.csv": 200, "d.txt": 50, "e.txt": 60, "f.mp4": 1, "g.txt": 50, "h.txt": 1}
    (tmp_path / "a.zip").write_bytes(zip_of({name: bytes(size) for name, size in sizes.items()}))
    found = {one.source.where.partition("!")[2]: one.unread for one in find([str(tmp_path)], Columns())}
    assert found.keys() == sizes.keys()
    assert [name for name, why in found.items() if why is None] == ["d.txt", "g.txt"]
    assert [name for name, why in found.items() if str(why).startswith("Of one archive")] == ["c.csv", "e.txt", "h.txt"]


def test_a_text_by_another_ending_is_a_text(tmp_path: Path) -> None:
    """Some programs write .markdown, some .text."""
    for suffix in (".markdown", ".text"):
        (tmp_path / f"letter{suffix}").write_bytes(b"It was a hard week.")
    assert [found.unread for found in find([str(tmp_path)], Columns())] == [None, None]
