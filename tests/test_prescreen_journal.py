"""The journal of a report: which file belongs to which letter, and what goes with a letter that is forgotten."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import mixed_letters
import pytest

from compassion_coach.errors import InputError
from compassion_coach.prescreen import Options, kept, prescreen, report, work
from compassion_coach.prescreen.kept.audit import end_of, say
from compassion_coach.prescreen.kept.base import Line
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.leaving import mark_places, marked, remove_marked
from compassion_coach.prescreen.kept.owned import appended
from compassion_coach.prescreen.kept.places import AUDIT, JOURNAL, OF_CLIENTS, OF_LETTERS, TABLE
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.together import write_together
from compassion_coach.prescreen.work import Work, read_one

ANA, BEN = Source("in/ana/a.docx", "a", "ana"), Source("in/ben/b.docx", "b", "ben")
SAME = "0" * 64


@pytest.fixture(scope="module")
def record() -> Record:
    found = read_one(Work(ANA, ".txt", b"You were warm.", SAME)).record
    assert found
    return found


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / JOURNAL) as opened:
        opened.begin("somebody", "2026-11-29", hidden=False)
        yield opened


def test_only_the_files_of_what_is_forgotten_are_marked(journal: Journal, record: Record) -> None:
    """Whatever their names are and whoever has the same words: a copy without a page is its letter's as well."""
    journal.add(ANA, SAME, record, files=["letters/1.docx"])
    journal.add(BEN, SAME, record, files=["letters/2.docx"])
    journal.add_page("clients/3.html", "ana")
    journal.add_page("clients/4.html", "ben")
    mark_places(journal.base, [ANA.where])
    files, contents = marked(journal.base)
    assert sorted(files) == ["clients/3.html", "letters/1.docx"]
    assert contents == set()  # Ben has the same words
    remove_marked(journal.base)
    assert [entry.source for entry in journal.letters()] == [BEN]
    assert journal.stamp_of("letters/2.docx") is not None


def test_files_of_an_earlier_state_of_a_letter_go_with_it(journal: Journal, record: Record) -> None:
    """A run that was killed leaves the page of what a letter was before it was changed."""
    journal.add(ANA, SAME, record, files=["letters/1.html"])
    journal.add(ANA, "1" * 64, record, files=["letters/2.html"])
    journal.add(BEN, "2" * 64, record, files=["letters/3.html"])
    mark_places(journal.base, [ANA.where])
    files, _ = marked(journal.base)
    assert sorted(files) == ["letters/1.html", "letters/2.html"]


def test_a_journal_that_does_not_tell_whose_its_pages_are_is_left_alone(journal: Journal, tmp_path: Path) -> None:
    """One of the version before knows them by their names alone."""
    journal.base.execute("PRAGMA user_version = 3")
    journal.base.close()
    with pytest.raises(InputError, match="no journal of this version"):
        Journal(tmp_path / JOURNAL)


# The files of a letter, in runs


def copies(out: Path) -> list[str]:
    return sorted(path.name for path in (out / OF_LETTERS).glob("*.docx"))


def page(out: Path) -> str:
    [found] = (out / OF_LETTERS).glob("*.html")
    return found.read_text("utf-8")


def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "commented", lambda *_, **__: 1 / 0)
    monkeypatch.setattr(report, "tame", lambda _: True)  # so that it is read in this process


@pytest.fixture
def letter(tmp_path: Path) -> str:
    (tmp_path / "a.docx").write_bytes(mixed_letters.docx_of(mixed_letters.BEN))
    return str(tmp_path / "a.docx")


def test_a_copy_that_cannot_be_made_is_tried_once(letter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its page is there, so no later run of the same reader parses the letter again, nor takes the copy for made."""
    out = tmp_path / "out"
    no_copies(monkeypatch)
    prescreen([letter], out, Options(docx=True))
    assert not copies(out)
    monkeypatch.setattr(report, "_read", lambda tasks, *_: [pytest.fail("it was read again") for _ in tasks])
    assert prescreen([letter], out, Options(docx=True)).known == 1
    assert "with comments" not in page(out)


def test_a_copy_of_another_reader_does_not_stay(letter: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new one cannot be made there is none: the old one has remarks that nobody made of this letter."""
    out = tmp_path / "out"
    prescreen([letter], out, Options(docx=True))
    assert copies(out)
    monkeypatch.setattr(report, "reader_of", lambda _=None: "another")
    no_copies(monkeypatch)
    prescreen([letter], out, Options(docx=True))
    assert not copies(out)
    assert "with comments" not in page(out)


@pytest.mark.parametrize("suffix", ["html", "docx"])
def test_a_file_that_was_taken_away_is_made_anew(letter: str, tmp_path: Path, suffix: str) -> None:
    """A page and a copy alike; whatever else is there stays as it is."""
    out = tmp_path / "out"
    prescreen([letter], out, Options(docx=True))
    [gone] = (out / OF_LETTERS).glob(f"*.{suffix}")
    gone.unlink()
    prescreen([letter], out, Options(docx=True))
    assert gone.exists()
    assert "with comments" in page(out)


def test_files_that_are_not_wanted_go_and_come_back(letter: str, tmp_path: Path) -> None:
    """Without pages neither page nor copy is left, and the tables name none; with them both are there again."""
    out = tmp_path / "out"
    for wanted in (True, False, True):
        prescreen([letter], out, Options(docx=wanted, pages=wanted))
        there = {path.suffix for path in (out / OF_LETTERS).iterdir()}
        assert there == ({".html", ".docx"} if wanted else set())
        assert (".html" in (out / TABLE).read_text("utf-8")) is wanted


def test_many_rows_with_the_same_words_are_written_in_the_time_of_others(journal: Journal, record: Record) -> None:
    """When the words were first found is looked up, and not gathered from all of them."""
    begun = time.process_time()
    for row in range(8000):
        journal.add(Source(f"t.csv#{row}", f"{row}"), SAME, record)
    assert time.process_time() - begun < 8  # seconds
    query = "EXPLAIN QUERY PLAN SELECT min(since) FROM sources WHERE content = ?"
    assert "COVERING INDEX" in str(journal.base.execute(query, (SAME,)).fetchall())


def test_what_could_not_be_opened_is_not_held_against_every_client(
    journal: Journal, record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a hundred clients with a file each that is broken, that would be ten thousand looks; each page has its own."""
    looks: list[object] = []

    class Name(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            looks.append(other)
            return str.__eq__(self, other)

    for at in range(100):
        journal.add(Source(f"{at}/a.txt", "a", f"{at}"), SAME, record)
    unread = [(Source(f"{at}/broken.pdf", "broken", Name(at)), "It is damaged.") for at in range(100)]
    monkeypatch.setattr(journal, "unread", lambda: iter(unread))
    write_together(tmp_path, journal, pages=True)
    assert len(looks) < 1000
    for page in (tmp_path / OF_CLIENTS).iterdir():
        text = page.read_text("utf-8")
        assert [text.split("<h1>")[1].split("<")[0]] == re.findall(r">(\d+)/broken\.pdf ", text)


def test_equal_lines_of_the_audit_are_all_said(journal: Journal, record: Record, tmp_path: Path) -> None:
    """What was read several times in one second; and one that a run was killed after is not said again."""
    for _ in range(2):
        journal.add(ANA, SAME, record, line=Line("{}", end_of(tmp_path)))
        say(tmp_path, journal)
    journal.add(ANA, SAME, record, line=Line("{}", end_of(tmp_path)))
    appended(tmp_path / AUDIT, "{}")
    say(tmp_path, journal)
    assert (tmp_path / AUDIT).read_text("utf-8") == 3 * "{}\n"


def test_nobody_else_writes_to_the_file_of_a_journal() -> None:
    """What is in it stands in its own module, and what is forgotten in one more."""
    written = {path.name for path in Path(kept.__file__).parents[1].rglob("*.py") if ".execute(" in path.read_text()}
    assert written == {"base.py", "journal.py", "leaving.py"}
