"""Pre-screening: a folder of letters in, a report out; nothing is read twice, and nobody else can read it."""

import csv
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import mixed_letters
import pytest
from reports import audit, clients, rows, table

from compassion_coach.__main__ import run
from compassion_coach.embedded.here import NOBODY
from compassion_coach.errors import DataError, InputError
from compassion_coach.letter import Letter
from compassion_coach.prescreen import Options, forget, prescreen
from compassion_coach.prescreen import work as work_module
from compassion_coach.prescreen.days import date_in
from compassion_coach.prescreen.finding.found import check, count, find
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.kept.journal import Entry
from compassion_coach.prescreen.record import Record, record_of
from compassion_coach.prescreen.sources import EMPTY, LETTERS, Source
from compassion_coach.prescreen.told.pages import WARM_QUALITIES, client_page, letter_page
from compassion_coach.prescreen.words.formats import text_of
from compassion_coach.prescreen.words.portable import unwrapped
from compassion_coach.prescreen.work import Work, read_one
from compassion_coach.reading import Observation, Reading
from compassion_coach.screen import screen
from compassion_coach.screened import screened
from compassion_coach.vocabulary import Level, Quality

UNREAD = {
    "empty.txt": "empty", "blank.txt": "empty", "binary.txt": "binary", "broken.docx": "damaged",
    "old.docx": "before 2007", "notrtf.rtf": "RTF", "scan.pdf": "pictures", "locked.pdf": "password",
    "bad.csv#1": "quotes", "nocolumn.csv": "--text", "rows.jsonl#2": "JSON", "rows.jsonl#3": "no text",
    "rows.jsonl#4": "no text", "table.csv#4": "empty", "box.zip!eve/x.bin": "not read",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("letters")
    mixed_letters.mixed_folder(root)
    return root


@pytest.fixture(scope="module")
def report(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "report"
    prescreen([str(folder)], out, Options(docx=True))
    return out


def everything(out: Path) -> dict[str, bytes]:
    """What a report tells, but for the times in it."""
    names = ("*.html", "letters/*", "clients/*", "letters.csv", "marks.jsonl")
    return {str(path.relative_to(out)): path.read_bytes() for name in names for path in out.glob(name)}


def test_every_letter_is_read_and_the_gravest_comes_first(folder: Path, report: Path) -> None:
    """Thirty files become the letters in them; the one that speaks of danger stands first, then the unread one."""
    found = rows(report)
    wheres = {Path(row["where"]).relative_to(folder).as_posix() for row in found}
    assert len(list(folder.rglob("*.*"))) == 30
    assert len(found) == len(wheres) == 24
    assert [row["level"] for row in found] == ["urgent", "unread", *["none"] * 22]
    assert found[0]["where"].endswith("ben/2026-06-04.html")
    assert found[1]["where"].endswith("french.txt")
    assert "French" in found[1]["remark"]
    assert "box.zip!etc/evil.txt" in wheres


def test_what_cannot_be_read_is_listed_with_its_reason(folder: Path, tmp_path: Path) -> None:
    """One bad file never stops the rest; each is named with why."""
    told: dict[str, str] = {}
    prescreen([str(folder)], tmp_path / "out", complained=told.__setitem__)
    short = {Path(where).relative_to(folder).as_posix(): why for where, why in told.items()}
    assert short.keys() == UNREAD.keys()
    for where, why in UNREAD.items():
        assert why in short[where], where
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert all(where in page for where in UNREAD)


def test_what_cannot_be_read_is_in_the_table(folder: Path, report: Path) -> None:
    """It stands below the letters, without a level, with its reason: who counts rows loses nothing."""
    others = table(report)[len(rows(report)) :]
    assert {Path(row["where"]).relative_to(folder).as_posix() for row in others} == UNREAD.keys()
    assert all(row["unread"] and not row["level"] and not row["page"] for row in others)


def test_formats_give_the_same_words() -> None:
    """A letter has the words that it has, whatever it was written in."""
    for suffix, raw in {
        ".txt": mixed_letters.BEN.encode(), ".docx": mixed_letters.docx_of(mixed_letters.BEN),
        ".odt": mixed_letters.odt_of(mixed_letters.BEN), ".pdf": mixed_letters.pdf_of(mixed_letters.BEN),
        ".html": "".join(f"<p>{line}</p>" for line in mixed_letters.BEN.splitlines()).encode(),
        ".eml": b"MIME-Version: 1.0\nContent-Type: text/plain\n\n" + mixed_letters.BEN.encode(),
        ".rtf": ("{\\rtf1 " + mixed_letters.BEN.replace("\n", "\\par ") + "}").encode(),
    }.items():  # fmt: skip
        assert text_of(suffix, raw).text.split() == mixed_letters.BEN.split(), suffix


@pytest.mark.parametrize("suffix", LETTERS)
@pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 50, b"PK\x03\x04" + bytes(40), b"%PDF-1.4", b"{\\rtf", b"<p>"])
def test_no_file_breaks_the_reading(suffix: str, raw: bytes) -> None:
    """Whatever lies in a file, the answer is a letter or a reason."""
    result = read_one(Work(Source("x", "x"), suffix, raw, "c"))
    assert (result.record is None) == bool(result.unread)


@pytest.mark.parametrize(
    "page",
    [
        "Walking on eggshells would tire|anyone. You were|right to go.",
        "Dear Ana,/It was a hard week for you and for Tom./You kept going.",
        "I know that this spring was so heavy for|Tom and you, and still you went.//Love",
        "",
    ],
)
def test_lines_of_a_page_are_joined_where_they_were_full(page: str) -> None:
    """A PDF knows lines and no sentences: a line goes on where it was full, or the next begins in lower case."""
    assert unwrapped(page.replace("|", "\n").replace("/", "\n")) == page.replace("|", " ").replace("/", "\n")


@pytest.mark.parametrize("suffix", LETTERS)
@pytest.mark.parametrize("raw", [b"", b" \r\n"])
def test_a_file_without_a_byte_is_said_to_be_empty(suffix: str, raw: bytes) -> None:
    """Whatever its name says: nothing in it is damaged."""
    assert read_one(Work(Source("x", "x"), suffix, raw, "c")).unread == EMPTY


def test_a_missing_parser_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each format is an extra of its own."""
    for suffix, module, extra in (
        (".docx", "docx", "docx"), (".odt", "odfdo", "odt"), (".rtf", "striprtf.striprtf", "rtf"),
        (".html", "html_text", "html"), (".pdf", "pypdf", "pdf"), (".txt", "charset_normalizer", "encodings"),
    ):  # fmt: skip
        monkeypatch.setitem(sys.modules, module, None)
        result = read_one(Work(Source("x", "x"), suffix, "тихо".encode("cp1251"), "c"))
        assert f"pip install 'compassion-coach[{extra}]'" in str(result.unread), suffix
        assert "'compassion-coach[prescreen]'" in str(result.unread)  # one for all kinds


def test_a_second_run_does_no_work(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters that were read are not read again, and the report is the same."""
    first = prescreen([str(folder)], tmp_path / "out")
    before = everything(tmp_path / "out")
    monkeypatch.setattr(work_module, "screened", lambda _: pytest.fail("a letter was read twice"))
    second = prescreen([str(folder)], tmp_path / "out")
    assert (first.read, first.known, second.read, second.known) == (23, 1, 0, 24)  # one letter is there twice
    assert everything(tmp_path / "out") == before


def test_two_processes_give_the_same_as_one(folder: Path, report: Path, tmp_path: Path) -> None:
    """Every page and table, byte for byte."""
    prescreen([str(folder)], tmp_path / "out", Options(jobs=2, docx=True))
    a, b = everything(tmp_path / "out"), everything(report)
    assert a.keys() == b.keys()
    assert {name for name in a if a[name] != b[name] and not name.endswith(".docx")} == set()  # a .docx holds the time


def test_a_run_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    """After kill -9 nothing that was done is lost or done again, and the report is as if it had not been killed."""
    letters, out, whole = tmp_path / "letters", tmp_path / "out", tmp_path / "whole"
    letters.mkdir()
    for at in range(150):
        (letters / f"{at:03}.txt").write_text(f"Dear Ana,\nit was day {at} of the cough, and you were worn out.\n")
    command = [sys.executable, "-m", "compassion_coach", "prescreen", str(letters), "-o", str(out), "-j", "1"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while len(list((out / "letters").glob("*.html"))) < 5:
        assert running.poll() is None
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    summary = prescreen([str(letters)], out)
    assert summary.total == 150
    assert 4 <= summary.known < 150
    assert summary.read == 150 - summary.known
    prescreen([str(letters)], whole)
    assert everything(out) == everything(whole)


def test_only_the_owner_can_read_a_report(report: Path) -> None:
    """Files are 0600 and folders 0700."""
    for path in (report, *report.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_journal_holds_no_words_unless_asked(folder: Path, report: Path, tmp_path: Path) -> None:
    """Places and qualities are kept; words only with `keep_text`, and then marks are quoted exactly."""
    words = b"it still wakes you at four"
    assert all(words not in path.read_bytes() for path in report.glob("journal*"))
    assert words not in (report / "marks.jsonl").read_bytes()
    prescreen([str(folder)], tmp_path / "out", Options(keep_text=True))
    told = [json.loads(line) for line in (tmp_path / "out" / "marks.jsonl").read_text("utf-8").splitlines()]
    [quote] = {mark["quote"] for mark in told if mark["where"].endswith("ben/2026-03-01.docx") and mark["start"] == 10}
    assert mixed_letters.BEN[10 : 10 + len(quote)] == quote


def test_a_client_is_forgotten(folder: Path, tmp_path: Path) -> None:
    """Everything about one person goes: journal, pages, tables and the lines that say what was read."""
    out = tmp_path / "out"
    prescreen([str(folder)], out, Options(keep_text=True))
    assert forget("ben", out) == 6
    assert not [path for path in out.rglob("*") if path.is_file() and b"pills" in path.read_bytes()]
    assert "ben" not in {row["client"] for row in rows(out)}
    assert len(audit(out)) == 23 - 5  # one is another's as well
    with pytest.raises(InputError, match="no letter of that client"):
        forget("ben", out)
    with pytest.raises(InputError, match="no report"):
        forget("ben", tmp_path / "elsewhere")
    prescreen([str(folder / "ben")], tmp_path / "one")
    with pytest.raises(InputError, match="tells whose it is"):
        forget("ben", tmp_path / "one")


def test_tables_alone_can_be_written(folder: Path, report: Path, tmp_path: Path) -> None:
    """No pages: the same rows and marks; pages come when they are asked for, without reading anything anew."""
    out = tmp_path / "out"
    run(["prescreen", str(folder), "-o", str(out), "--tables-only", "-j", "1"])
    assert {path.name for path in out.iterdir()} == {
        "letters", "letters.csv", "marks.jsonl", "letters.parquet", "journal.sqlite", "audit.jsonl",
    }  # fmt: skip
    assert not list((out / "letters").iterdir())
    assert (out / "marks.jsonl").read_text() == (report / "marks.jsonl").read_text()
    again = prescreen([str(folder)], out)
    assert again.read == 0
    assert len(list((out / "letters").iterdir())) == again.total
    prescreen([str(folder)], out, Options(pages=False))
    assert not (out / "index.html").exists()


def test_names_of_an_earlier_run_are_not_left_beside_pseudonyms(folder: Path, tmp_path: Path) -> None:
    """Whoever hides names would hand the folder on."""
    prescreen([str(folder)], tmp_path / "out")
    with pytest.raises(InputError, match="holds names from"):
        prescreen([str(folder)], tmp_path / "out", Options(key=b"k" * 32))


def test_pseudonyms_hide_names_and_stay_the_same(folder: Path, tmp_path: Path) -> None:
    """Neither clients nor files are named anywhere in a report; a key gives the same names each time."""
    for name in ("a", "b"):
        prescreen([str(folder)], tmp_path / name, Options(key=b"k" * 32))
    prescreen([str(folder)], tmp_path / "c", Options(key=b"x" * 32))
    one, two, three = ([row["client"] for row in rows(tmp_path / name)] for name in "abc")
    assert one == two
    assert not set(one) & set(three) - {""}
    names = [str(folder).encode(), b"french.txt", b'"ben"', b">ben<"]
    for path in (tmp_path / "a").rglob("*"):
        assert not path.is_file() or not [name for name in names if name in path.read_bytes()], path
    assert forget("ben", tmp_path / "a", b"k" * 32) == 6


def test_reasons_tell_no_names_where_names_are_hidden(tmp_path: Path) -> None:
    """A file may end in a name, and a table may have a column for each client: only who runs it is told."""
    folder, told = tmp_path / "in", list[str]()
    folder.mkdir()
    (folder / "Anna.Smith").write_text("You were there.")
    (folder / "old.doc").write_text("You were there.")
    (folder / "t.csv").write_text("date,Ana_Jones,ben\n2026-01-02,You were there.,You were late.\n")
    (folder / "u.csv").write_text('Ana_Smith\nYou were there.\n" "\n')
    (folder / "v.jsonl").write_text('{"Ana_Smith": 1}\n{"Ana_Smith": "You were late."}\n')
    how = Options(Columns(text="Ana_Smith"), key=b"k" * 32)
    assert prescreen([str(folder)], tmp_path / "out", how, complained=lambda _, why: told.append(why)).total == 2
    for name in ("that end in .smith are", "columns are date, Ana_Jones, ben", "no text in Ana_Smith"):
        assert any(name in why for why in told), told
    for path in (tmp_path / "out").rglob("*"):
        raw = path.read_bytes().lower() if path.is_file() else b""
        assert not [name for name in (b"smith", b"jones", b", ben") if name in raw], path
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Files of this kind are not read; a Word file of before 2007 can be saved as .docx." in index
    assert "There is no text in it." in index


def test_a_spreadsheet_runs_nothing(report: Path) -> None:
    """A cell that begins as a formula does is text."""
    with (report / "letters.csv").open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell for row in csv.reader(lines) for cell in row]
    assert "'=cmd" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("name", ["x;=1+1;  @SUM(1)", 'x;"=1+1"', "x;\xa0=1", 'x; " "\xa0"-1'])
def test_a_spreadsheet_that_parts_cells_at_semicolons_runs_nothing_either(tmp_path: Path, name: str) -> None:
    """As in countries where a comma is the decimal point; spaces and quotes before a formula do not hide it."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / f"{name}.txt").write_text("Dear me,\nit makes sense that it hurt.\n")
    prescreen([str(tmp_path / "in")], tmp_path / "out")
    with (tmp_path / "out" / "letters.csv").open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell.strip() for row in csv.reader(lines, delimiter=";") for cell in row]
    assert len(cells) > 2
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_spreadsheet_reads_every_name_as_it_is_written(report: Path) -> None:
    """A double click opens a table in the code page of the computer, unless a mark at its beginning tells UTF-8."""
    assert (report / "letters.csv").read_bytes().startswith(b"\xef\xbb\xbfid,client,")
    assert not (report / "marks.jsonl").read_bytes().startswith(b"\xef")


def test_pages_run_no_script_of_a_letter(tmp_path: Path) -> None:
    """What a letter or a file is called is text on every page."""
    letters = tmp_path / "<b>letters"
    letters.mkdir()
    (letters / "<img src=x onerror=alert(1)>.txt").write_text("Dear <script>alert(2)</script>,\nyou are not alone.\n")
    prescreen([str(letters)], tmp_path / "out")
    for path in (tmp_path / "out").rglob("*.html"):
        page = path.read_text("utf-8")
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>" not in page


def read_as_warm(text: str) -> Record:
    """What is known of a letter of which a reader calls every sentence warm."""
    letter = Letter.of(text)
    warm = (Observation(at, one.start, one.end, Quality.KIND_WISH, 0.9) for at, one in enumerate(letter.sentences))
    return record_of(letter, screen(letter), Reading(NOBODY.reader, tuple(warm)), "en")


def test_a_sentence_that_tells_of_danger_is_no_mark() -> None:
    """At a level that asks for a person, no stretch that the screen heard is called warm or anything else."""
    record = read_as_warm(mixed_letters.URGENT)
    assert record.level is Level.URGENT
    assert record.signs
    left = [mixed_letters.URGENT[mark.start : mark.end] for mark in record.marks]
    assert any("you are still here" in words for words in left)
    assert not [words for words in left if "kill myself" in words]
    for sign in record.signs:
        assert not [mark for mark in record.marks if mark.start < sign.end and sign.start < mark.end]
    calm = read_as_warm(mixed_letters.CALM)
    assert len(calm.marks) == len(Letter.of(mixed_letters.CALM).sentences)


@pytest.mark.parametrize(
    ("broken", "remark", "read"),
    [
        ("embedded.language._small_words", "", 1),
        ("embedded.opinion.encoder", "A file is broken. Nothing in this letter was marked.", 2),
    ],
)
def test_a_broken_installation_keeps_nobody_from_help(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str, remark: str, read: int
) -> None:
    """A letter that speaks of danger is told as that, and read again where nobody marked it; a calm one waits."""

    def fails() -> None:
        raise DataError("A file is broken.")

    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "urgent.txt").write_text(mixed_letters.URGENT + "I am so sorry that it hurts.\n")
    (folder / "calm.txt").write_text(mixed_letters.CALM)
    told: dict[str, str] = {}
    with monkeypatch.context() as patched:
        patched.setattr(f"compassion_coach.{broken}", fails)
        summary = prescreen([str(folder)], out, Options(jobs=1), complained=told.__setitem__)
    assert (summary.standings["urgent"], summary.unopened, summary.failed) == (1, 1, {})
    assert {Path(where).name: why for where, why in told.items()} == {"calm.txt": "A file is broken."}
    [row] = [row for row in rows(out) if row["level"] == "urgent"]
    assert row["remark"] == remark
    mended = prescreen([str(folder)], out, Options(jobs=1))
    assert (mended.read, mended.unopened) == (read, 0)
    assert not [row for row in rows(out) if "broken" in row["remark"]]


def test_a_sentence_that_speaks_of_danger_by_itself_is_never_warm() -> None:
    """Beside a graver one the screen does not name it; it is told as a sign, and signs that touch are one."""
    text = (
        "Dear Ben,\nI want to kill myself tonight and I have the pills.\n"
        "The children would be better off without you, my love.\nI am so sorry that it hurts.\n"
    )
    letter = Letter.of(text)
    record = read_as_warm(text)
    assert record.grave
    spoken = [text[sign.start : sign.end] for sign in record.signs]
    assert any("better off" in words for words in spoken)
    left = [text[mark.start : mark.end] for mark in record.marks]
    assert "I am so sorry that it hurts." in left
    assert not [words for words in left if "better off" in words]
    for one, other in pairwise(sorted(record.signs, key=lambda sign: (sign.kind, sign.start))):
        assert one.kind != other.kind or one.end < other.start
    page = letter_page(Source("x", "x"), letter, record)
    assert "Read it whole" in page
    assert 'class="grave"' in page


def test_a_record_survives_the_journal() -> None:
    """What is written is what is read."""
    record = read_one(Work(Source("x", "x"), ".txt", mixed_letters.BEN.encode(), "c")).record
    assert record
    assert record.turns
    assert Record.from_json(record.to_json()) == record


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("2026-03-01.txt", "2026-03-01"),
        ("letter 20260301 b", "2026-03-01"),
        ("12345678901", ""),
        ("Emine 30.8.2026", "2026-08-30"),
        ("3.11.2025 b", "2025-11-03"),
        ("1.2.3.2026", ""),
        ("2026-13-01", ""),
        ("2026-06-31", ""),
        ("2026-5-3", "2026-05-03"),
        ("2026-07-02T10:00:00Z", "2026-07-02"),
        ("3 May 2026", "2026-05-03"),
        ("May 3rd, 2026", "2026-05-03"),
        ("28/11/2026", "2026-11-28"),
        ("11/28/2026", "2026-11-28"),
        ("3/4/2026", ""),  # March or April
        ("Spring 2026", ""),
        ("28-11-2026", "2026-11-28"),
        ("3-4-2026", ""),
        ("15 Sept 2026", "2026-09-15"),
        ("3 Marie 2026", ""),
        ("session-2-julia-2026", ""),
        ("12 decisions 2026", ""),
        ("Omar 3 2026", ""),
        ("06.25.2026", "2026-06-25"),
        ("born 1980-05-03 letter 2026-03-01", "2026-03-01"),
        ("2026-03-01 again 2025-12-24", "2026-03-01"),
        ("3-4-2026 scanned 2026-05-01", "2026-05-01"),
        ("ana.2026-11-28.txt", "2026-11-28"),
        ("Brief.28.11.2026.docx", "2026-11-28"),
        ("v2.20261128", "2026-11-28"),
        ("v2.28.11.2026", ""),
        ("28.11.2026_12_05", "2026-11-28"),
    ],
)
def test_dates_are_read_from_names(name: str, date: str) -> None:
    """A date that a name holds is the letter's."""
    assert date_in(name) == date


def test_what_nobody_could_read_is_not_described_as_empty() -> None:
    """The page of a letter in another language says that nobody looked, and its client's page marks it as such."""
    source = Source("wei/2026-03-04.txt", "2026-03-04", "wei", "2026-03-04")
    result = read_one(Work(source, ".txt", "Liebe Wei, heute war ein schwerer Tag und ich bin müde.".encode(), "c"))
    assert result.record
    assert result.record.standing == "unread"
    assert "Nobody has looked" in result.page
    assert "<details>" not in result.page
    page = client_page("wei", [Entry(source, "x.html", result.record)])
    assert "●" not in page
    assert page.count('<td class="there">?</td>') == len(WARM_QUALITIES)
    assert "2026-03-04: not read" in page


def test_what_was_read_in_part_is_told_as_far_as_that_goes(tmp_path: Path) -> None:
    """Nobody says of a letter in two languages that nobody looked, nor counts what nobody looked for in another."""
    (tmp_path / "in" / "wei").mkdir(parents=True)
    texts = {
        "2026-01-02": "Dear Wei,\nof course you are tired.\nIch habe dich so lieb, und es tut mir weh.\n",
        "2026-01-03": "Liebe Wei, heute war ein schwerer Tag und ich bin müde.\n",
        "2026-01-04": "Liebe Wei, es tut mir so weh, dass du müde bist. I want to kill myself.\n",
    }
    for day, text in texts.items():
        (tmp_path / "in" / "wei" / f"{day}.txt").write_text(text, "utf-8")
    prescreen([str(tmp_path / "in")], tmp_path / "out")
    found = {row["id"]: (row["language"], row["level"], row["warm"]) for row in rows(tmp_path / "out")}
    assert found == {
        "2026-01-02": ("mul", "unread", "1"), "2026-01-03": ("de", "unread", "0"), "2026-01-04": ("de", "concern", "0"),
    }  # fmt: skip
    pages = {
        re.findall("<h1>.*?(20[-0-9]+)", page)[0]: page for page in map(_read, (tmp_path / "out/letters").iterdir())
    }
    assert "<p>In what was read of it: " in pages["2026-01-02"]
    assert "Nobody has looked" in pages["2026-01-03"]
    [page] = map(_read, (tmp_path / "out" / "clients").iterdir())
    assert "2026-01-02: 1 warm, 0 telling, 0 where warmth is missing, 0 turns, some of it not read<" in page
    assert "2026-01-03: not read<" in page
    assert "2026-01-04: not read, danger<" in page
    there = [re.findall('<td class="there">(.?)</td>', row) for row in page.split("<tbody>")[2].split("<tr>")[1:]]
    assert [sorted(set(row)) for row in there] == [["?", "●"], ["?"], ["!"]]
    counted = re.findall(r'<td class="number[^"]*">(\d*)</td>', page)
    assert counted == ["1", "0", "0", "0", *[""] * 8]


def _read(page: Path) -> str:
    return page.read_text("utf-8")


def test_a_client_leads_to_their_page(report: Path, folder: Path, tmp_path: Path) -> None:
    """From the table and from each of their letters; a name that has no page leads nowhere."""
    prescreen([str(folder)], tmp_path / "hidden", Options(key=b"k" * 32))
    for out, named in ((report, "ben"), (tmp_path / "hidden", "client-")):
        page = (out / "index.html").read_text("utf-8")
        table = page.split("<tbody>")[1].split("</tbody>")[0]
        led = re.findall(r'<td><a href="(clients/[0-9a-f]{20}\.html)">([^<]+)</a></td>', table)
        assert len(led) == len([row for row in rows(out) if row["client"]])
        assert any(name.startswith(named) for _, name in led)
        for href, name in led:
            assert f"<h1>{name}</h1>" in (out / href).read_text("utf-8")
        pages = {row["page"]: row["client"] for row in rows(out)}
        for letter, client in pages.items():
            links = re.findall(
                r'<dd><a href="\.\./(clients/[^"]+)">([^<]+)</a></dd>', (out / "letters" / letter).read_text()
            )
            assert links == [led for led in {*led} if led[1] == client]
    (tmp_path / "in" / "eve").mkdir(parents=True)
    (tmp_path / "in" / "eve" / "x.bin").write_bytes(b"x")
    (tmp_path / "in" / "a.txt").write_text("You were tired.")
    prescreen([str(tmp_path / "in")], tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert ", of eve</td>" in page
    assert "clients/" not in page


def test_a_date_is_not_broken_in_two() -> None:
    """Where a line is too short for a name, its date stays whole."""
    source = Source("in/<b> 28.11.2026.txt", "<b> 28.11.2026", "ana", "2026-11-28")
    result = read_one(Work(source, ".txt", b"Dear Ana, it hurt.", "c"))
    assert result.record
    for page in (result.page, client_page("ana", [Entry(source, "x.html", result.record)])):
        assert '&lt;b&gt; <span class="day">28.11.2026</span>' in page
        assert ".day { white-space: nowrap; }" in page


def test_what_is_not_in_a_letter_is_no_list_of_failings() -> None:
    """It can be opened, describes what the handout listens for, and is closed at first and on paper."""
    page = read_one(Work(Source("x", "x"), ".txt", b"It makes sense that you are so tired.", "c")).page
    marks, closed = re.findall("<details><summary>([^<]+)</summary>(.*?)</details>", page)
    assert (marks[0], marks[1].count("<li>")) == ("What the marks in this letter mean", 1)
    assert closed[0] == "What else the handout listens for"
    assert 0 < closed[1].count("<li>") < len(WARM_QUALITIES)
    assert "@media print { details:not([open]) { display: none; }" in page


def test_a_letter_of_danger_leads_to_its_first_place() -> None:
    """One sentence in a long letter is found at once, and the letter is seen in the picture over time."""
    long = "\n".join(["You were there for me."] * 40 + [mixed_letters.URGENT.splitlines()[2]])
    source = Source("x.txt", "x", "ben", "2026-03-04")
    result = read_one(Work(source, ".txt", long.encode(), "c"))
    assert result.record
    assert (result.page.count('href="#first"'), result.page.count('id="first"')) == (1, 1)
    assert ">!" in client_page("ben", [Entry(source, "x.html", result.record)])


def test_letters_are_counted_before_they_are_read(folder: Path) -> None:
    """As many as will be found, in tables and archives as well."""
    assert count([str(folder)], Columns()) == sum(1 for _ in find([str(folder)], Columns()))


def test_no_file_is_passed_over_in_silence(tmp_path: Path) -> None:
    """An old Word file or a picture of a page may hold a letter that speaks of danger."""
    for name in ("a.doc", "b.pages", "photo.jpg", "noending", ".hidden", "~$lock.docx", "Thumbs.db"):
        (tmp_path / name).write_bytes(b"x")
    found = {Path(one.source.where).name: one.unread for one in find([str(tmp_path)], Columns())}
    assert found.keys() == {"a.doc", "b.pages", "photo.jpg", "noending"}
    assert "saved as .docx" in (found["a.doc"] or "")


def test_a_pattern_stands_for_what_a_folder_would_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing hidden or the system's own, unless the pattern names it."""
    for name in ("gl/a.txt", "gl/.DS_Store", "gl/.trash/b.txt", "gl/Thumbs.db", "gl/ana/c.txt", ".own/d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("It hurt.")
    monkeypatch.chdir(tmp_path)
    for given in ("gl/*", "gl/**/*.txt", f"{tmp_path}/gl/*", "gl/../gl/*"):
        assert {Path(one.source.where).name for one in find([given], Columns())} == {"a.txt", "c.txt"}, given
    for given in (".own/*", f"{tmp_path}/.own/*"):
        assert [Path(one.source.where).name for one in find([given], Columns())] == ["d.txt"]
    with pytest.raises(InputError, match="There is no file"):
        check(["gl/.D*"])


def test_letters_that_are_new_are_told(tmp_path: Path) -> None:
    """Not in the first run, where all are; afterwards those that no run had seen, or that were changed since."""
    letters, out = tmp_path / "letters", tmp_path / "out"
    letters.mkdir()
    for name in ("old", "changed"):
        (letters / f"{name}.txt").write_text(f"Dear Ana,\nit hurt, and {name} is a word.\n")
    prescreen([str(letters)], out)
    assert 'class="new"' not in (out / "index.html").read_text("utf-8").replace(".new", "")
    (letters / "changed.txt").write_text("Dear Ana,\nit hurt much more.\n")
    (letters / "added.txt").write_text("Dear Ana,\nit hurt again.\n")
    prescreen([str(letters)], out)
    told = re.findall(r">([a-z]+)</a> <span class=\"new\">", (out / "index.html").read_text("utf-8"))
    assert sorted(told) == ["added", "changed"]
    prescreen([str(letters)], out)
    assert 'span class="new"' not in (out / "index.html").read_text("utf-8")


def test_of_letters_that_stand_alike_the_newest_is_first(tmp_path: Path) -> None:
    """A letter of yesterday before one of last year."""
    for name in ("2025-01-01", "2026-11-27", "2026-03-01"):
        (tmp_path / f"{name}.txt").write_text(f"Dear Ana,\nit hurt on {name}.\n")
    prescreen([str(tmp_path)], tmp_path / "out")
    assert [row["date"] for row in rows(tmp_path / "out")] == ["2026-11-27", "2026-03-01", "2025-01-01"]


def test_links_that_go_round_end(tmp_path: Path) -> None:
    """A folder that holds itself is read once."""
    (tmp_path / "a.txt").write_text("you are not alone")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "again.txt").symlink_to(tmp_path / "a.txt")
    assert [Path(one.source.where).name for one in find([str(tmp_path)], Columns())] == ["a.txt"]


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Permission is a reason like others."""
    (tmp_path / "a.txt").write_text("you are not alone")

    def refused(*_: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)  # root may read everything
    assert [one.unread for one in find([str(tmp_path)], Columns())] == ["It could not be read: Permission denied."]


def test_large_and_bursting_files_are_left(tmp_path: Path) -> None:
    """A gigabyte is not read into memory, nor what unpacks to one."""
    with (tmp_path / "large.txt").open("wb") as file:
        file.truncate(1 << 30)
    (tmp_path / "bomb.zip").write_bytes(mixed_letters.zip_of({"bomb.txt": bytes(40 << 20)}))
    (tmp_path / "bomb.docx").write_bytes(mixed_letters.zip_of({"word/document.xml": bytes(80 << 20)}))
    told: dict[str, str] = {}
    prescreen([str(tmp_path)], tmp_path / "out", complained=told.__setitem__)
    assert {Path(where).name: "MiB" in why for where, why in told.items()} == {
        "large.txt": True, "bomb.zip!bomb.txt": True, "bomb.docx": True,
    }  # fmt: skip


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path: Path) -> None:
    """Where no more can be written the program says so, and the next run goes on."""
    letters = tmp_path / "letters"
    letters.mkdir()
    for at in range(3):
        (letters / f"{at}.txt").write_text(
            f"Dear Ana,\nit was day {at}, and you were tired.\n" + 400 * "You slept badly.\n"
        )
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000));"
        "from compassion_coach.__main__ import run; sys.exit(run(sys.argv[1:]))"
    )
    asked = ["prescreen", str(letters), "-o", str(tmp_path / "out"), "-j", "1"]
    done = subprocess.run([sys.executable, "-c", limited, *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "could not be written" in done.stderr
    assert not [
        path for path in (tmp_path / "out").rglob("*.html") if not path.read_text().rstrip().endswith("</html>")
    ]
    assert prescreen([str(letters)], tmp_path / "out").total == 3


def test_a_folder_with_other_files_is_left_alone(folder: Path, tmp_path: Path) -> None:
    """A report never lands among somebody's own files; an empty folder of letters is said to be empty."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(InputError, match="other files"):
        prescreen([str(folder)], tmp_path)
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="no letter"):
        prescreen([str(tmp_path / "none")], tmp_path / "out")
    with pytest.raises(InputError, match="no file or folder"):
        prescreen([str(tmp_path / "nowhere")], tmp_path / "out2")


def test_the_command_says_where_the_report_is(folder: Path, tmp_path: Path) -> None:
    """stdout holds the report's place alone; a list of paths may come from standard input."""
    listed = "\n".join(str(path) for path in sorted(folder.rglob("*.txt"))) + "\n"
    done = subprocess.run(
        [sys.executable, "-m", "compassion_coach", "prescreen", "-", "-o", str(tmp_path / "out"), "-j", "1"],
        input=listed, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout == f"{tmp_path / 'out' / 'index.html'}\n"
    assert "empty.txt: It is empty" in done.stderr


def test_a_run_that_found_nothing_new_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And one that read something says how much of the rest it knew."""
    letters, command = tmp_path / "in", ["prescreen", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-j", "1"]
    letters.mkdir()
    for added, told in (
        (("a.txt", "b.txt"), "2 letters: urgent 0"),
        ((), "2 letters, nothing new in them: urgent 0"),
        (("c.txt",), "3 letters, 2 of them with words that were read before: urgent 0"),
    ):
        for name in added:
            (letters / name).write_text(f"Dear Ana,\n{name} was a long day.\n")
        assert run(command) == 0
        assert told in capsys.readouterr().err


def test_letters_of_one_id_are_two_letters(tmp_path: Path) -> None:
    """An id that comes twice, and a name that two folders hold, take nothing away."""
    (tmp_path / "in" / "a").mkdir(parents=True)
    (tmp_path / "in" / "b").mkdir()
    for name, text in (("a/x.txt", "You were tired."), ("b/x.txt", "You were cold.")):
        (tmp_path / "in" / name).write_text(text)
    (tmp_path / "in" / "t.csv").write_text("id,text\n7,You are not alone.\n7,I am with you.\n")
    assert prescreen([str(tmp_path / "in")], tmp_path / "out").total == 4
    assert sorted(row["id"] for row in rows(tmp_path / "out")) == ["7", "7", "x", "x"]
    assert len(list((tmp_path / "out" / "letters").glob("*.html"))) == 4


@pytest.mark.parametrize("hides", [False, True])
def test_letters_whose_paths_are_written_alike_are_two_letters(tmp_path: Path, hides: bool) -> None:
    """Two forms of Unicode, a row and a file that is called like it: none takes another's place, in any run."""
    letters, out = tmp_path / "letters", tmp_path / "out"
    decomposed = unicodedata.normalize("NFD", "José")
    for name, text in (("José", mixed_letters.CALM), (decomposed, mixed_letters.URGENT)):
        (letters / name).mkdir(parents=True)
        (letters / name / "2026-01-10.txt").write_text(text)
        (letters / name / "old.doc").write_text(text)
    (letters / "t.csv").write_text("text\nIt was a hard week.\n")
    (letters / "t.csv#1").write_text("no letter")
    seen = []
    for _ in range(2):
        done = prescreen([str(letters)], out, Options(key=b"k" if hides else None))
        assert (done.standings["urgent"], done.standings["none"], done.unopened) == (1, 2, 3)
        seen.append(sorted(row["where"] for row in rows(out)))
        assert len(list((out / "letters").glob("*.html"))) == 3
    assert seen[0] == seen[1]
    assert hides or [where.removeprefix(f"{letters}/") for where in seen[0]] == [
        "José/2026-01-10.txt", "José/2026-01-10.txt (2)", "t.csv#1",
    ]  # fmt: skip


def test_a_fault_in_one_letter_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody foresaw is a reason like others; a copy that cannot be made takes no letter away."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("You were tired.")
    (tmp_path / "in" / "b.txt").write_text("You were cold.")
    told: dict[str, str] = {}
    monkeypatch.setattr(work_module, "screened", lambda letter: 1 / 0 if "tired" in letter.text else screened(letter))
    summary = prescreen([str(tmp_path / "in")], tmp_path / "out", complained=told.__setitem__)
    assert summary.total == 1
    assert [why for why in told.values() if "fault of this program" in why]
    work = Work(Source("x", "x"), ".docx", mixed_letters.docx_of(mixed_letters.BEN), "c", docx=True)
    assert read_one(work).copy
    monkeypatch.setattr(work_module, "commented", lambda *_, **__: 1 / 0)
    result = read_one(work)
    assert result.record
    assert not result.copy
    assert ".docx" not in result.page


def test_a_table_that_breaks_in_the_middle_is_told(tmp_path: Path) -> None:
    """The end of a parquet file may be whole where its rows are not."""
    raw = bytearray(mixed_letters.parquet_of([{"text": "You are not alone."}]))
    raw[4:40] = bytes(36)
    (tmp_path / "t.parquet").write_bytes(raw)
    (tmp_path / "a.txt").write_text("You were tired.")
    told: dict[str, str] = {}
    prescreen([str(tmp_path / "*.parquet"), str(tmp_path)], tmp_path / "out", complained=told.__setitem__)
    assert [Path(where).name for where in told] == ["t.parquet"]


def test_a_report_among_the_letters_is_not_read(tmp_path: Path) -> None:
    """A report may lie in the folder of the letters: its own pages and tables are no letters."""
    (tmp_path / "a.txt").write_text("You were tired.")
    for _ in range(2):
        assert prescreen([str(tmp_path)], tmp_path / "prescreen", Options(keep_text=True)).total == 1


def test_all_letters_can_be_one_clients(tmp_path: Path) -> None:
    """The folder of one person, or a list of files, tells nobody's name: it can be said, and the picture is there."""
    for day in ("01", "02"):
        (tmp_path / "ana" / "more").mkdir(parents=True, exist_ok=True)
        (tmp_path / "ana" / f"2026-01-{day}.txt").write_text("Dear Ana,\nOf course that hurt.\n")
    (tmp_path / "ana" / "more" / "2026-01-03.txt").write_text("Dear Ana,\nYou should rest.\n")
    (tmp_path / "ana" / "t.csv").write_text("text,client\nIt hurt.,somebody\n")
    (tmp_path / "ana" / "x.bin").write_bytes(b"x")
    out = tmp_path / "out"
    assert run(["prescreen", str(tmp_path / "ana"), "-o", str(out), "--one-client", "Ana"]) == 0
    assert clients(out) == ["Ana"] * 4
    [page] = (out / "clients").iterdir()
    assert "2026-01-03" in page.read_text("utf-8")
    assert "x.bin" in page.read_text("utf-8")
    assert run(["prescreen", "forget", "Ana", "-o", str(out)]) == 0
