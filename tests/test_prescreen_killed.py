"""Runs that are killed, and forgettings: what they leave is known to the next run, which finishes it or removes it."""

import errno
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from reports import ZEBRA, Killed, audit, clients, holding, three_clients

from compassion_coach.__main__ import run
from compassion_coach.errors import InputError
from compassion_coach.prescreen import Options, forget, prescreen, report
from compassion_coach.prescreen.forgotten import spelt_otherwise
from compassion_coach.prescreen.kept.audit import Sent, line_of
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.places import AUDIT, INDEX, JOURNAL, TABLE
from compassion_coach.prescreen.sources import Found, Source

CONTENT = Found(Source("", ""), ".txt", ZEBRA.encode()).content.encode()


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    return three_clients(tmp_path / "letters")


def audited(out: Path) -> list[str]:
    return [line["letter"] for line in audit(out)]


@pytest.mark.parametrize("then", ["forget", "prescreen"])
def test_a_forgetting_that_is_killed_is_finished_by_what_comes_next(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """Wherever it ends: before each file that it removes, and before each that it puts in place."""
    whole = tmp_path / "whole"
    prescreen([str(letters)], whole, Options(keep_text=True))
    shutil.rmtree(letters / "ana")
    at = 0
    is_killed = True
    while is_killed:
        out = tmp_path / f"{at}"
        shutil.copytree(whole, out)
        left = [at]

        def counted(act: Callable[..., object], left: list[int] = left) -> Callable[..., object]:
            def instead(*told: object, **how: object) -> object:
                if left[0] == 0:
                    raise Killed
                left[0] -= 1
                return act(*told, **how)

            return instead

        with monkeypatch.context() as patch:
            for name in ("unlink", "replace"):
                patch.setattr(Path, name, counted(getattr(Path, name)))
            with suppress(Killed):
                forget("ana", out)
                is_killed = False
        if then == "forget" and is_killed:
            assert forget("ana", out) == 1
        elif then == "prescreen":
            prescreen([str(letters)], out, Options(keep_text=True))
        for words in (b"zebra", CONTENT, b">ana<"):
            assert not holding(out, words), (at, words)
        assert clients(out) == ["ben", "cleo"]
        assert len(audited(out)) == 2
        at += 1
    assert at > 10


@pytest.mark.parametrize("then", ["forget", "prescreen"])
def test_a_page_that_the_journal_does_not_know_is_removed(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    """A run that is killed between the page and the journal leaves a whole letter."""
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add", killed)
        with pytest.raises(Killed):
            prescreen([str(letters)], out)
    assert holding(out, b"zebra")
    (out / "letters" / "mine.html").write_text("of somebody's own")
    if then == "forget":
        with pytest.raises(InputError, match="no letter of that client"):
            forget("ana", out)
    else:
        shutil.rmtree(letters / "ana")
        prescreen([str(letters)], out)
    assert not holding(out, b"zebra")
    assert (out / "letters" / "mine.html").exists()


def test_pages_of_letters_that_are_gone_go_whatever_ends_the_run(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal has forgotten them before they are removed."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    shutil.rmtree(letters / "ana")
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "end", killed)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(Killed):
            prescreen([str(letters)], out)
    assert holding(out, b"zebra")
    prescreen([str(letters)], out)
    assert not holding(out, b"zebra")


def test_a_folder_that_was_only_begun_is_a_reports(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is killed before it has a journal is no reason to refuse the next one."""
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "__init__", killed)
        with pytest.raises(Killed):
            prescreen([str(letters)], tmp_path / "out")
    assert prescreen([str(letters)], tmp_path / "out").total == 3


def half(path: Path, line: str) -> None:
    with path.open("a") as stream:
        stream.write(line[:40])
    raise Killed


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("compassion_coach.prescreen.kept.journal.Journal.add", killed),
        ("compassion_coach.prescreen.kept.audit.appended", killed),
        ("compassion_coach.prescreen.kept.audit.appended", half),
        ("compassion_coach.prescreen.kept.journal.Journal.said", killed),
    ],
)
def test_a_letter_is_audited_once_whatever_ends_the_run(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, instead: Callable[..., None]
) -> None:
    """Neither twice nor never, wherever between journal and audit it ends."""
    out = tmp_path / "out"
    prescreen([str(letters / "cleo")], out)
    with monkeypatch.context() as patch:
        patch.setattr(what, instead)
        with pytest.raises(Killed):
            prescreen([str(letters)], out)
    assert prescreen([str(letters)], out).total == 3
    assert len(audited(out)) == len(set(audited(out))) == 3


# Letters that are nobody's


def test_a_letter_without_a_client_is_forgotten_by_its_path_or_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However its path is spelt; the others stay, and its client's page, if it has one, is made anew or goes."""
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "ana").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    (folder / "a.txt").write_text(ZEBRA)
    (folder / "b.txt").write_text("You were like a quince.")
    (folder / "ana" / "first.txt").write_text("You were warm.")
    (folder / "ana" / "second.txt").write_text("You were so ill.")
    (folder / "t.csv").write_text("id,text\n7,You were there.\n7,You were late.\n")
    prescreen(["in"], out, Options(keep_text=True))
    with pytest.raises(InputError, match="no letter of that client"):
        forget("zebra", out)
    assert forget(str(folder / "a.txt"), out) == 1
    assert not holding(out, b"zebra")
    assert not holding(out, CONTENT)
    assert forget("b", out) == 1
    assert not holding(out, b"quince")
    with pytest.raises(InputError, match=r"2 letters are called 7; a path tells which: in/t\.csv#1, in/t\.csv#2"):
        forget("7", out)
    assert forget("in/t.csv", out) == 2
    assert clients(out) == ["ana", "ana"]
    [page] = (out / "clients").iterdir()
    assert forget("./in/ana/second.txt", out) == 1
    assert clients(out) == ["ana"]
    assert len(list((out / "letters").iterdir())) == 1
    assert "first" in page.read_text("utf-8")
    assert "second" not in page.read_text("utf-8")
    assert forget("in/ana/first.txt", out) == 1
    assert not page.exists()


def test_a_letter_whose_name_is_hidden_is_forgotten_by_its_path(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever has the key, from wherever the path is spelt."""
    monkeypatch.chdir(tmp_path)
    prescreen(["letters"], tmp_path / "out", Options(key=b"k" * 32))
    assert forget(str(letters / "ana" / "a.txt"), tmp_path / "out", b"k" * 32) == 1
    assert not holding(tmp_path / "out", b"zebra")


@pytest.mark.parametrize(
    ("name", "many"), [("t.csv", 2), ("x.zip", 3), ("x.zip!ana/a.txt", 1), ("x.zip!t.csv", 2), ("t.csv#2", 1)]
)
def test_a_table_or_an_archive_whose_name_is_hidden_is_forgotten_with_all_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, many: int
) -> None:
    """As one whose name is not; and what stands for a letter tells nothing of where in it the letter lies."""
    monkeypatch.chdir(tmp_path)
    table = "text\nYou were there.\nYou were late.\n"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "t.csv").write_text(table)
    with zipfile.ZipFile("in/x.zip", "w") as archive:
        archive.writestr("ana/a.txt", ZEBRA)
        archive.writestr("t.csv", table)
    prescreen(["in"], tmp_path / "out", Options(key=b"k" * 32))
    assert len(clients(tmp_path / "out")) == 5
    for told in (b".zip", b".csv", b">ana<", b'"ana"'):
        assert not holding(tmp_path / "out", told)
    assert not re.search(r"#\d\b", (tmp_path / "out" / TABLE).read_text("utf-8"))
    assert not re.search(r"file-\w+[!#]", (tmp_path / "out" / INDEX).read_text("utf-8"))
    assert forget(f"in/{name}", tmp_path / "out", b"k" * 32) == many
    assert len(clients(tmp_path / "out")) == 5 - many


def test_forget_has_a_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever asks what it does is not told of options that it does not have."""
    assert run(["prescreen", "forget", "--help"]) == 0
    told = capsys.readouterr().out
    assert "prescreen forget [OPTIONS] CLIENT|PATH|ID" in told
    assert "--engine" not in told
    assert run(["prescreen", "forget", "ana", "--docx"]) == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (["-o", "forget", "forget", "--help"], "prescreen forget [OPTIONS] CLIENT|PATH|ID"),
        (["-h", "forget"], "prescreen forget [OPTIONS] CLIENT|PATH|ID"),
        (["--docx", "forget", "ana", "-o", "forget"], "No such option"),
        (["-j", "2", "forget", "ana"], "No such option"),
        (["forget", "ana", "--nope"], "prescreen forget [OPTIONS] CLIENT|PATH|ID"),
        (["-o", "forget", "forget", "ana", "ben"], "prescreen forget [OPTIONS] CLIENT|PATH|ID"),
        (["-o", "forget", "./forget"], "There is no"),
        (["-o", "forget", "forget", "ana"], "Forgotten: 1 letter."),
        (["--output=forget", "forget", "forget"], "The report in forget holds no letter"),
        (["-o", "forget", "--", "forget", "ana"], "Forgotten: 1 letter."),
        (["forget", "-o", "forget", "ana"], "Forgotten: 1 letter."),
    ],
)
def test_forget_is_the_first_path_wherever_options_stand(
    letters: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: list[str],
    told: str,
) -> None:
    """It has its own help and its own options then; what belongs to an option is no path."""
    monkeypatch.chdir(tmp_path)
    prescreen([str(letters)], tmp_path / "forget")
    done = run(["prescreen", *asked])
    out, err = capsys.readouterr()
    assert told in out + err
    assert (done == 0) is (bool({"-h", "--help"} & {*asked}) or "Forgotten" in told)
    assert sorted(clients(tmp_path / "forget")) == (["ben", "cleo"] if "Forgotten" in told else ["ana", "ben", "cleo"])


# A disk that is full


def full(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


def fill(out: Path) -> None:
    with Journal(out / "journal.sqlite") as journal:
        journal.base.execute("PRAGMA max_page_count = 1")
        for many in range(10_000):
            journal.add_page(f"letters/{many}.html", "ana")


def test_a_forgetting_that_finds_the_disk_full_is_told_and_finished(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no fault of the program's, and something was changed: the same command does the rest."""
    out, asked = tmp_path / "out", ["prescreen", "forget", "ana", "-o", str(tmp_path / "out")]
    prescreen([str(letters)], out, Options(keep_text=True))
    with monkeypatch.context() as patched:
        patched.setattr("compassion_coach.prescreen.forgotten.remove_marked", full)
        assert run(asked) == 2
    told = capsys.readouterr().err
    assert f"{out} could not be written: database or disk is full." in told
    assert "the same command" in told
    assert run(asked) == 0
    assert not holding(out, b"zebra")


def test_what_sqlite_says_of_the_disk_is_an_error_of_the_disk(letters: Path, tmp_path: Path) -> None:
    """Whoever calls from Python catches one kind of error, whichever file could not be written."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    with pytest.raises(OSError, match="full") as told:
        fill(out)
    assert told.value.errno == errno.ENOSPC
    (out / "journal.sqlite-wal").mkdir()
    for act in (lambda: prescreen([str(letters)], out), lambda: forget("ana", out)):
        with pytest.raises(OSError, match="unable to open"):
            act()


# What a report keeps of letters that were changed, or cannot be read


def test_forgetting_after_a_run_that_could_read_nothing_takes_nobody_else_along(letters: Path, tmp_path: Path) -> None:
    """Such a run changes nothing of an earlier report, whatever reads the journal next."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    for letter in letters.rglob("*.txt"):
        letter.write_text("")
    told: list[str] = []
    with pytest.raises(InputError, match="Nothing of it could be read, and the report stays as it was"):
        prescreen([str(letters)], out, complained=lambda _, why: told.append(why))
    assert told == 3 * ["It is empty: there is no letter in it."]
    assert forget("cleo", out) == 1
    assert clients(out) == ["ana", "ben"]
    assert "urgent" in (out / TABLE).read_text("utf-8")


def test_what_could_not_be_read_before_the_first_letter_is_in_the_report(letters: Path, tmp_path: Path) -> None:
    """It is held back only as long as nothing was read."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    for client in ("ana", "cleo"):
        (letters / client / "a.txt").write_text("")
    assert prescreen([str(letters)], out).unopened == 2
    assert {INDEX, JOURNAL} <= holding(out, b"letters/ana/a.txt") == holding(out, b"letters/cleo/a.txt")


def test_a_client_is_forgotten_with_files_that_are_not_there(letters: Path, tmp_path: Path) -> None:
    """A link that leads nowhere lies in somebody's folder as any file does."""
    out = tmp_path / "out"
    (letters / "ana" / "lost.txt").symlink_to(tmp_path / "nowhere.txt")
    assert prescreen([str(letters)], out).unopened == 1
    assert holding(out, b"lost.txt")
    assert forget("ana", out) == 1
    assert not holding(out, b"lost.txt")


def test_a_folder_that_cannot_be_opened_is_its_clients(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is told of it goes with whom it is named after, and is counted as no letter."""
    out, inside = tmp_path / "out", Path.iterdir

    def locked(path: Path) -> Iterator[Path]:
        if path.name == "2026":
            raise PermissionError(13, "Permission denied")
        return inside(path)

    (letters / "ana" / "2026").mkdir()
    (letters / "dora" / "2026").mkdir(parents=True)
    monkeypatch.setattr(Path, "iterdir", locked)
    assert prescreen([str(letters)], out).unopened == 2
    for client, many in (("ana", "1 letter."), ("dora", "no letter, and whatever else was told.")):
        assert holding(out, f"letters/{client}".encode())
        assert run(["prescreen", "forget", client, "-o", str(out)]) == 0
        assert f"Forgotten: {many} The letters themselves" in capsys.readouterr().err
        assert not holding(out, f"letters/{client}".encode())


@pytest.mark.parametrize("name", ["ana", "letters/ana/a.txt"])
def test_what_was_sent_of_a_letter_that_was_changed_is_forgotten_and_told(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The audit names every state of it, and so does who forgets."""
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(report, "line_of", lambda content, sha256, by, _: line_of(content, sha256, by, "far.example"))
        prescreen(["letters"], out)
    (letters / "ana" / "a.txt").write_text("You were warm.")
    prescreen(["letters"], out)
    assert CONTENT.decode() in audited(out)
    told: list[Sent] = []
    assert forget(name, out, told=told.append) >= 1
    assert [(one.letters, one.server) for one in told] == [(1, "far.example")]
    assert not holding(out, CONTENT)
    assert not holding(out, b"letters/ana")
    assert (out / AUDIT).read_text("utf-8").count('"letter"') == 2


def test_who_is_no_longer_in_a_report_is_forgotten_by_the_audit(letters: Path, tmp_path: Path) -> None:
    """Nor does the journal name a folder of hers that had another name."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    (letters / "ana").rename(letters / "anna")
    prescreen([str(letters)], out)
    shutil.rmtree(letters / "anna")
    prescreen([str(letters)], out)
    assert CONTENT.decode() in audited(out)
    assert forget("anna", out) == 0
    assert not holding(out, CONTENT)
    assert not holding(out, b"letters/an")


def test_words_are_kept_no_longer_by_any_reader(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that keeps none leaves none of an earlier one's, whoever read then."""
    out = tmp_path / "out"
    prescreen([str(letters)], out, Options(keep_text=True))
    assert "journal.sqlite" in holding(out, b"zebra")
    monkeypatch.setattr(report, "reader_of", lambda _=None: "another")
    prescreen([str(letters)], out, Options(pages=False))
    assert not holding(out, b"zebra")


def test_a_name_with_other_blanks_may_be_the_same_person(letters: Path, tmp_path: Path) -> None:
    """A cell has its blanks taken off, and what is left of a name in another spelling is told."""
    (letters / "t.csv").write_text('id,text,client\n1,It hurt.,"ana "\n2,It rained.,Ana  \n', "utf-8")
    prescreen([str(letters)], tmp_path / "out")
    assert {name for name in clients(tmp_path / "out") if name.strip().lower() == "ana"} == {"Ana", "ana"}
    assert forget("ana", tmp_path / "out")
    assert spelt_otherwise("ana", tmp_path / "out") == ["Ana"]
    with pytest.raises(InputError, match=r"There are letters of Ana\."):
        forget(str(letters / "ana"), tmp_path / "out")


def test_folders_of_one_name_in_several_folders_are_no_client_unasked(letters: Path, tmp_path: Path) -> None:
    """Each may be another's; the folder above all of them tells, and so does who says whose they are."""
    for name in ("ana", "ben"):
        (letters / name / "journal").mkdir(parents=True, exist_ok=True)
        for file in (letters / name).glob("*.txt"):
            file.rename(letters / name / "journal" / file.name)
    both = [str(letters / "ana"), str(letters / "ben")]
    with pytest.raises(InputError, match="There is a folder journal in"):
        prescreen(both, tmp_path / "out")
    assert prescreen(both, tmp_path / "one", Options(whose="ana")).total
    assert prescreen([str(letters)], tmp_path / "all").total
    assert {"ana", "ben"} <= set(clients(tmp_path / "all"))


def test_a_file_that_could_not_be_opened_is_forgotten_by_its_path(letters: Path, tmp_path: Path) -> None:
    """It is no letter, and what is told of it goes all the same."""
    out = tmp_path / "out"
    (letters / "ana" / "lost.txt").write_text("")
    prescreen([str(letters)], out)
    assert forget(str(letters / "ana" / "lost.txt"), out) == 0
    assert not holding(out, b"lost.txt")
    assert clients(out) == ["ana", "ben", "cleo"]
