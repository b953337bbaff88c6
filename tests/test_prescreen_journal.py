"""The journal of a report: which file belongs to which letter, and what goes with a letter that is forgotten."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from compassion_coach.errors import InputError
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.leaving import mark_places, marked, remove_marked
from compassion_coach.prescreen.kept.places import JOURNAL
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
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
