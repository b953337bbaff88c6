"""What must not happen to a report: letters vanish, words stay behind, names leak, one file ends all."""

import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path

import mixed_letters
import pytest
from reports import ZEBRA, clients, holding, three_clients

from compassion_coach.__main__ import run
from compassion_coach.errors import InputError, KeyRefusedError
from compassion_coach.prescreen import Options, forget, prescreen
from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns, rows_of
from compassion_coach.prescreen.kept import pseudonyms
from compassion_coach.prescreen.ways.model import Model
from compassion_coach.prescreen.words.formats import text_of


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    return three_clients(tmp_path / "letters")


# Letters that vanish


def test_two_runs_at_once_are_refused(letters: Path, tmp_path: Path) -> None:
    """The second would take the first one's letters out of the report."""
    refused: list[int] = []

    def told(_read: int, _known: int) -> None:
        if not refused:
            with pytest.raises(InputError, match="Another run"):
                prescreen([str(letters)], tmp_path / "out")
            with pytest.raises(InputError, match="Another run"):
                forget("ana", tmp_path / "out")
            refused.append(1)

    summary = prescreen([str(letters)], tmp_path / "out", told=told)
    assert refused
    assert summary.total == 3
    assert clients(tmp_path / "out") == ["ana", "ben", "cleo"]


def test_two_of_one_name_are_two_letters(tmp_path: Path) -> None:
    """In an archive and in a message."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name, text in (
            ("ana/l.txt", mixed_letters.URGENT),
            ("ana\\l.txt", ZEBRA),
            ("../ana/l.txt", mixed_letters.CALM),
        ):
            archive.writestr(name, text)
    mail = EmailMessage()
    mail["Subject"] = "letters"
    mail.set_content("two letters")
    for text in (mixed_letters.URGENT, ZEBRA):
        mail.add_attachment(text, filename="letter.txt")
    (tmp_path / "m.eml").write_bytes(mail.as_bytes())
    summary = prescreen([str(tmp_path)], tmp_path / "out")
    assert (summary.total, summary.standings["urgent"]) == (6, 2)


def test_a_run_that_did_not_begin_changes_nothing(letters: Path, tmp_path: Path) -> None:
    """A path that is mistyped is told before anything is read, and nobody's letters leave the report for it."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    with pytest.raises(InputError, match="no file or folder"):
        prescreen([str(letters), str(tmp_path / "typo")], out)
    with pytest.raises(InputError, match="holds names"):
        prescreen([str(letters)], out, Options(key=b"k" * 32))
    forget("ana", out)
    assert clients(out) == ["ben", "cleo"]


def test_a_run_that_came_to_nothing_keeps_the_report(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model without a key, or an empty folder, take nobody's letters away."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    before = (out / "index.html").read_bytes()
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(KeyRefusedError):
        prescreen([str(letters)], out, Options(model=Model("m")))
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no letter"):
        prescreen([str(tmp_path / "empty")], out)
    gone = frozenset({str(tmp_path / "gone.txt")})
    with pytest.raises(InputError, match="stays as it was"):
        prescreen(gone, out, Options(listed=gone))
    (tmp_path / "scan.pdf").write_bytes(b"no page")
    with pytest.raises(InputError, match="stays as it was"):
        prescreen([str(tmp_path / "scan.pdf")], out)
    assert (out / "index.html").read_bytes() == before
    assert clients(out) == ["ana", "ben", "cleo"]
    assert prescreen([str(letters)], out).known == 3


def test_a_path_of_a_list_that_is_not_there_stops_nothing(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list may be of yesterday; what is gone is told with what could not be opened."""
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{letters / 'gone.txt'}\n{letters / 'ben'}\n"))
    assert run(["prescreen", "-", "-o", str(tmp_path / "out"), "-j", "1"]) == 0
    told = capsys.readouterr().err
    assert "gone.txt: It could not be read" in told
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{letters / 'ben'}\n"))
    assert run(["prescreen", "-", str(letters / "mistyped"), "-o", str(tmp_path / "other"), "-j", "1"]) == 2
    assert "1 letter: urgent 1" in told
    assert "gone.txt" in (tmp_path / "out" / "index.html").read_text("utf-8")


def test_a_path_that_no_file_can_have_stops_nothing(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a list has that `find -print0` wrote."""
    ben = letters / "ben"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ben}\0{ben}\n*.txt\0[\n{ben}\n"))
    assert run(["prescreen", "-", "-o", str(tmp_path / "out"), "-j", "1"]) == 0
    told = capsys.readouterr().err
    assert f"{ben}\\0{ben}: No file can be called so" in told
    assert "*.txt\\0[: No file can be called so" in told
    assert "1 letter: urgent 1" in told
    assert "\0" not in told + (tmp_path / "out" / "index.html").read_text("utf-8")


def test_one_quote_loses_no_other_letter() -> None:
    """The lines below a row whose quotes do not close are rows; what is lost at the end is counted."""
    table = 'text,client\nIt hurt.,A\n"never closed,B\nTonight I will die.,C\n"of two\nlines",D\n'
    found = [row for _, row in rows_of(io.BytesIO(table.encode()), ".csv", Columns())]
    assert [row.client for row in found if not row.unread] == ["A", "C", "D"]
    assert [row.unread[:12] for row in found if row.unread] == ["Near line 3 "]
    lines = 250 * '"open "x\n'
    many = [row for _, row in rows_of(io.BytesIO(f'text\n"{lines}'.encode()), ".csv", Columns())]
    assert [bool(row.unread) for row in many] == [True] * 250
    left = [row for _, row in rows_of(io.BytesIO(b"text\n" + 250 * b'"open x\n'), ".csv", Columns())]
    assert len(left) == 100 + 150 / 2
    assert "2 lines from there on are lost" in str(left[-1].unread)
    blank = [row for _, row in rows_of(io.BytesIO(b'text\nIt hurt.\n\n\n"never closed\nIt hurt.\n'), ".csv", Columns())]
    assert [bool(row.unread) for row in blank] == [False, True, False]


def test_a_folder_is_its_clients_however_it_is_named(letters: Path, tmp_path: Path) -> None:
    """Named itself among others, or with an archive in it, a folder's letters are its client's, and forgotten so."""
    each = sorted(letters.iterdir())
    with zipfile.ZipFile(letters / "ana" / "old.zip", "w") as archive:
        archive.writestr("2026/2026-01-02.txt", "It makes sense that you cried about the zebra.")
    (letters / "Thumbs.db").write_bytes(b"x")  # of the system's: no letter, and so the folder is no client's
    (tmp_path / "beside").mkdir()
    for number, paths in enumerate(([letters], each, [letters, tmp_path / "beside"])):
        out = tmp_path / f"out{number}"
        prescreen(list(map(str, paths)), out)
        assert clients(out) == ["ana", "ana", "ben", "cleo"]
        assert forget("ana", out) == 2
        assert not holding(out, b"zebra")


# Words that stay behind


def test_a_letter_that_was_changed_leaves_nothing_of_before(letters: Path, tmp_path: Path) -> None:
    """Neither its page nor, where words are kept, its words."""
    out = tmp_path / "out"
    prescreen([str(letters)], out, Options(keep_text=True))
    assert holding(out, b"zebra")
    (letters / "ana" / "a.txt").write_text("Dear Ana,\nit hurt.\n")
    prescreen([str(letters)], out, Options(keep_text=True))
    assert not holding(out, b"zebra")


@pytest.mark.parametrize("then", ["tables", "empty", "unreadable", "another column"])
def test_a_client_is_forgotten_whatever_came_after(tmp_path: Path, then: str) -> None:
    """After a run without pages, with a letter that can no longer be read, or with another column of clients."""
    table, out = tmp_path / "t.jsonl", tmp_path / "out"
    rows = [{"text": ZEBRA, "client": "ana", "other": "x"}, {"text": mixed_letters.CALM, "client": "ben", "other": "x"}]
    table.write_text("\n".join(map(json.dumps, rows)))
    prescreen([str(table)], out)
    if then == "tables":
        prescreen([str(table)], out, Options(pages=False))
    elif then in ("empty", "unreadable"):
        table.write_text(
            json.dumps({"text": "" if then == "empty" else None, "client": "ana"}) + "\n" + json.dumps(rows[1])
        )
        prescreen([str(table)], out)
    else:
        prescreen([str(table)], out, Options(columns=Columns(client="other")))
    forget("x" if then == "another column" else "ana", out)
    for words in (b"zebra", b">ana<", b", of ana<"):
        assert not holding(out, words)


def test_what_a_killed_run_left_is_swept(letters: Path, tmp_path: Path) -> None:
    """Half a page holds a whole letter."""
    out = tmp_path / "out"
    prescreen([str(letters)], out)
    for name in (".x.html.123", ".requests.jsonl.99"):
        (out / "letters" / name).write_text("zebra")
        (out / name).write_text("zebra")
    (out / "audit.jsonl").write_text((out / "audit.jsonl").read_text() + '{"at": "2026')
    forget("ana", out)
    assert not holding(out, b"zebra")


def test_another_reader_writes_the_page_anew(letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page never shows what another reader found, nor a client that the letter no longer has."""
    out = tmp_path / "out"
    first = prescreen([str(letters)], out)
    [page] = holding(out / "letters", b"zebra")
    (out / "letters" / page).write_text("by another reader")
    monkeypatch.setattr("compassion_coach.prescreen.report.reader_of", lambda _: "another")
    prescreen([str(letters)], out)
    assert "zebra" in (out / "letters" / page).read_text("utf-8")
    assert first.total == 3


def test_a_folder_of_another_version_is_left_alone(letters: Path, tmp_path: Path) -> None:
    """It cannot be understood, so it is neither read nor half forgotten."""
    import sqlite3

    (tmp_path / "out").mkdir()
    base = sqlite3.connect(tmp_path / "out" / "journal.sqlite")
    base.execute("CREATE TABLE findings (content TEXT)")
    base.close()
    for act in (lambda: prescreen([str(letters)], tmp_path / "out"), lambda: forget("ana", tmp_path / "out")):
        with pytest.raises(InputError, match="no journal of this version"):
            act()


# Names that leak


def test_a_first_line_that_is_a_letter_is_not_repeated(tmp_path: Path) -> None:
    """A table without names of columns."""
    (tmp_path / "t.csv").write_text("Ana Miller,2026-01-01,I want the ZEBRA\n")
    told: dict[str, str] = {}
    prescreen([str(tmp_path / "t.csv")], tmp_path / "out", complained=told.__setitem__)
    assert "may be words of a letter" in "".join(told.values())
    assert not holding(tmp_path / "out", b"ZEBRA")


def test_half_a_name_is_no_ending(tmp_path: Path) -> None:
    """`Brief vom 10.01.26 Ana Miller` ends in no kind of file."""
    (tmp_path / "Brief vom 10.01.26 Ana Miller").write_text("x")
    [found] = find([str(tmp_path)], Columns())
    assert "miller" not in (found.unread or "").lower()


@pytest.mark.parametrize("damaged", ["", "zz", "ab" * 8])
def test_a_damaged_key_hides_nothing_and_says_so(damaged: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Half written, it would hide no name, or make other pseudonyms."""
    monkeypatch.setattr(pseudonyms, "config_folder", lambda: tmp_path)
    (tmp_path / pseudonyms.KEY_FILE).write_text(damaged)
    with pytest.raises(InputError, match="damaged"):
        pseudonyms.key()
    (tmp_path / pseudonyms.KEY_FILE).unlink()
    assert len(pseudonyms.key()) == 32
    assert stat.S_IMODE((tmp_path / pseudonyms.KEY_FILE).stat().st_mode) == 0o600


def test_a_word_copy_does_not_tell_its_author_where_names_are_hidden(tmp_path: Path) -> None:
    """The file itself knows who wrote it."""
    from docx import Document

    document = Document()
    document.core_properties.author = "Ana Miller"
    document.add_paragraph("You should ring them.")
    (tmp_path / "in").mkdir()
    document.save(str(tmp_path / "in" / "a.docx"))
    prescreen([str(tmp_path / "in")], tmp_path / "out", Options(docx=True, key=b"k" * 32))
    [copy] = (tmp_path / "out" / "letters").glob("*.docx")
    assert Document(str(copy)).core_properties.author == ""


# One file that ends all


def test_odd_names_and_days_end_nothing(tmp_path: Path) -> None:
    """Bytes that are no UTF-8, a day of no calendar, halves of characters."""
    folder = tmp_path / "in"
    folder.mkdir()
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / name).write_text(ZEBRA)
    (folder / "late.txt").write_text(mixed_letters.CALM)
    with suppress(OSError):  # not every disk knows such a day
        os.utime(folder / "late.txt", (1e12, 1e12))
    (folder / "t.jsonl").write_text('{"text": "Dear Ana, it hurt.", "id": "\\ud800"}\n')
    (folder / "t.csv").write_bytes(b"text,client\nDear Ana it hurt so much,Zo\xeb\n")
    (folder / "z.txt").write_text(mixed_letters.BEN)
    assert prescreen([str(folder)], tmp_path / "out").total == 5


def test_a_pattern_that_is_none_is_told(tmp_path: Path) -> None:
    """Python knows `**` by itself alone."""
    if sys.version_info >= (3, 13):
        pytest.skip("it is understood there")
    with pytest.raises(InputError, match="not understood"):
        list(find([str(tmp_path / "**.txt")], Columns()))


def test_an_emoji_in_rtf_is_one_character() -> None:
    """Word writes it in two halves."""
    assert text_of(".rtf", rb"{\rtf1\ansi\uc0 I am tired \u-10179 \u-8704 }").text == "I am tired 😀"


def test_the_charset_that_a_page_claims_is_not_believed_against_all_reason() -> None:
    """A mail's HTML is decoded once, whatever its own head says; a page that is read as ASCII is no UTF-16."""
    mail = EmailMessage()
    mail.set_content('<meta charset="windows-1252"><p>I don’t know, Zoë</p>', subtype="html")
    assert text_of(".eml", mail.as_bytes()).text == "I don’t know, Zoë"
    assert text_of(".html", b'<meta charset="utf-16"><p>I am tired</p>').text == "I am tired"


def told_of(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_processes_end_with_the_program(tmp_path: Path) -> None:
    """After kill -9 no process is left that holds letters."""
    letters = tmp_path / "letters"
    letters.mkdir()
    for at in range(60):
        (letters / f"{at}.txt").write_text(f"Dear Ana,\nit was day {at}.\n" + "It hurt and you were so tired.\n" * 20)
    out = tmp_path / "out"
    command = [sys.executable, "-m", "compassion_coach", "prescreen", str(letters), "-o", str(out), "-j", "2"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not list((out / "letters").glob("*.html")):
        assert running.poll() is None
        time.sleep(0.02)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not children.exists():
        pytest.skip("there is no /proc here")
    pids = children.read_text().split()
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    for _ in range(100):
        left = [
            pid
            for pid in pids
            if Path(f"/proc/{pid}/cmdline").exists() and b"spawn" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        if not left:
            return
        time.sleep(0.1)
    raise AssertionError(left)


# Files that are somebody else's


def test_no_link_is_followed_and_the_folder_is_the_owners(letters: Path, tmp_path: Path) -> None:
    """A link in place of a table is replaced; a folder that was open to all is not afterwards."""
    out, target = tmp_path / "out", tmp_path / "target"
    out.mkdir(mode=0o755)
    target.write_text("mine")
    prescreen([str(letters)], out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    for name in ("letters.parquet", "letters.csv", f".letters.parquet.{os.getpid()}"):
        (out / name).unlink(missing_ok=True)
        (out / name).symlink_to(target)
    prescreen([str(letters)], out)
    assert target.read_text() == "mine"
    assert not (out / "letters.parquet").is_symlink()


def test_the_report_of_another_run_is_no_letter(letters: Path, tmp_path: Path) -> None:
    """Wherever it lies."""
    prescreen([str(letters)], tmp_path / "first")
    shutil.move(str(tmp_path / "first"), str(letters / "first"))
    assert prescreen([str(letters)], tmp_path / "second").total == 3


def test_names_of_two_forms_of_unicode_are_one(tmp_path: Path) -> None:
    """A Mac writes Zoë in two characters more than others do."""
    (tmp_path / "Zoe\u0308").mkdir()
    (tmp_path / "Zoe\u0308" / "a.txt").write_text(ZEBRA)
    prescreen([str(tmp_path)], tmp_path / "out")
    assert forget("Zo\u00eb", tmp_path / "out") == 1


def test_who_forgets_a_name_is_told_of_its_other_spellings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table spells a client in two ways: nobody may think that all of it is gone."""
    table, out = tmp_path / "a.csv", tmp_path / "out"
    table.write_text("client,text\nAna,It hurts.\nana,It hurt again.\nBen,It hurt too.\n")
    assert run(["prescreen", str(table), "--client", "client", "--text", "text", "-o", str(out)]) == 0
    for name, told in {"ana": "There are letters of Ana as well: not forgotten.", "Ben": None}.items():
        capsys.readouterr()
        assert run(["prescreen", "forget", name, "-o", str(out)]) == 0
        assert capsys.readouterr().err.splitlines()[1:] == ([told] if told else [])


def test_a_name_gives_no_orders_to_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file may be called anything."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "\x1b]0;x\x07.doc").write_text("x")
    run(["prescreen", str(tmp_path / "in"), "-o", str(tmp_path / "out")])
    assert "\x1b" not in capsys.readouterr().err


def test_a_blank_that_stands_for_millions_is_cut() -> None:
    """One element of an OpenDocument file may ask for any number."""
    from odfdo import Document, Element

    document = Document("text")
    document.body.clear()
    document.body.append(Element.from_tag('<text:p>a<text:s text:c="500000000"/>b</text:p>'))
    file = io.BytesIO()
    document.save(file)
    assert len(text_of(".odt", file.getvalue()).text) == 1002


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (r"{\rtf1 I am {\deleted\revauthdel1 not }here.}", "I am here."),
        (r"{\rtf1 I am \deleted not {\b so }\'e9\u8217? sorry\deleted0 here.}", "I am here."),
        (r"{\rtf1 I {\deleted am\par }\plain was {\i{\deleted x}there}.}", "I was there."),
        (r"{\rtf1 The word deleted stays.}", "The word deleted stays."),
    ],
)
def test_what_is_struck_out_of_rich_text_is_not_read(code: str, text: str) -> None:
    """It is no longer what the writer says."""
    assert text_of(".rtf", code.encode()).text == text


def test_a_day_that_only_the_file_tells_is_told_as_that(tmp_path: Path) -> None:
    """A copied folder has one day for all its letters, and nobody is to take it for the letters' own."""
    for name in ("2026-03-01 a.txt", "b.txt"):
        (tmp_path / name).write_text("Dear me, it makes sense that you were tired.", "utf-8")
    sources = {found.source.id: found.source for found in find([str(tmp_path)], Columns())}
    assert (sources["2026-03-01 a"].date, sources["2026-03-01 a"].of_file) == ("2026-03-01", False)
    assert sources["b"].date
    assert sources["b"].of_file
    message = EmailMessage()
    message["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    message.set_content("Dear me, it makes sense.")
    (tmp_path / "c.eml").write_bytes(message.as_bytes())
    [sent] = find([str(tmp_path / "c.eml")], Columns())
    assert (sent.source.date, sent.source.of_file) == ("2026-03-02", False)


def test_nobody_in_particular_is_not_forgotten(tmp_path: Path) -> None:
    """An unset variable in front of `forget` takes no letter away."""
    (tmp_path / "a.txt").write_text("It makes sense that you were tired.", "utf-8")
    prescreen([str(tmp_path / "a.txt")], tmp_path / "out")
    with pytest.raises(InputError, match="Whose"):
        forget("", tmp_path / "out")


def test_folders_within_folders_come_to_an_end(tmp_path: Path) -> None:
    """What lies deeper than any letter is told, and the rest is read."""
    (tmp_path / "a.txt").write_text("It makes sense that you were tired.", "utf-8")
    tmp_path.joinpath(*["d"] * 150).mkdir(parents=True)
    found = list(find([str(tmp_path)], Columns()))
    assert [one.unread is None for one in found] == [True, False]


def test_a_table_as_a_spreadsheet_writes_it(tmp_path: Path) -> None:
    """With semicolons, and in an older encoding: a client's name is the client's name."""
    letter = "Dear me, it makes sense that the café was too much for you after such a week."
    rows = "".join(f"{n};Jörg;{letter}\r\n" for n in range(3))
    (tmp_path / "a.csv").write_bytes(f"id;client;text\r\n{rows}".encode("cp1252"))
    found = list(find([str(tmp_path / "a.csv")], Columns()))
    assert [(one.source.client, one.source.id) for one in found] == [("Jörg", str(n)) for n in range(3)]
    assert text_of(found[0].suffix, found[0].raw).text == letter
    assert found[0].source.unclear == "Its encoding was guessed: cp1252."


def test_words_that_were_kept_are_kept_no_longer_than_asked(tmp_path: Path) -> None:
    """A run without `--keep-text` leaves none in the journal, nor a quote in the tables."""
    (tmp_path / "a.txt").write_text("It makes sense that the quince harvest was too much.", "utf-8")
    prescreen([str(tmp_path / "a.txt")], tmp_path / "out", Options(keep_text=True))
    assert "quince" in (tmp_path / "out" / "marks.jsonl").read_text("utf-8")
    prescreen([str(tmp_path / "a.txt")], tmp_path / "out")
    assert "quince" not in (tmp_path / "out" / "marks.jsonl").read_text("utf-8")
    assert b"quince" not in (tmp_path / "out" / "journal.sqlite").read_bytes()


def test_a_page_links_the_copy_that_is_there(tmp_path: Path) -> None:
    """A run without copies takes the link away with the copy."""
    (tmp_path / "a.docx").write_bytes(mixed_letters.docx_of(mixed_letters.BEN))
    for docx in (True, False):
        prescreen([str(tmp_path / "a.docx")], tmp_path / "out", Options(docx=docx))
        [page] = (tmp_path / "out" / "letters").glob("*.html")
        assert ('.docx">with comments' in page.read_text("utf-8")) is docx


def test_a_run_that_came_to_nothing_binds_nobody(tmp_path: Path) -> None:
    """Names can still be hidden where none was told."""
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError):
        prescreen([str(tmp_path / "in")], tmp_path / "out")
    (tmp_path / "in" / "a.txt").write_text("It makes sense.", "utf-8")
    assert prescreen([str(tmp_path / "in")], tmp_path / "out", Options(key=b"k" * 32)).total == 1


def test_a_column_that_was_named_has_to_be_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Ten thousand letters are not read as nobody's because a name was mistyped; a usual column may be missing.

    Unless it was named: whoever writes `--client client` means it.
    """
    csv, lines = b"text,who\nIt hurt.,Ana\n", b'{"text": "It hurt."}\n{"text": "It hurt.", "who": "Ana"}\n'
    (tmp_path / "t.csv").write_bytes(csv)
    for suffix, raw in ((".csv", csv), (".jsonl", lines)):
        assert [row.client for _, row in rows_of(io.BytesIO(raw), suffix, Columns(client="who"))][-1] == "Ana"
        assert not [row.unread for _, row in rows_of(io.BytesIO(raw), suffix, Columns()) if row.unread]
    assert run(["prescreen", str(tmp_path / "t.csv"), "-o", str(tmp_path / "a"), "--client", "client"]) == 2
    told = capsys.readouterr().err
    assert "It has no column client. Its columns are text, who: name one with --client." in told
    assert run(["prescreen", str(tmp_path / "t.csv"), "-o", str(tmp_path / "b"), "-j", "1"]) == 0


def test_a_column_that_no_line_has_is_told_of_the_file(tmp_path: Path) -> None:
    """Lines are read one by one, so those of a .jsonl file are read without it, and no line is named that is none."""
    table = tmp_path / "t.jsonl"
    for written, columns, told in (
        ('{"text": "It hurt."}\n{"text": "It hurt.", "who": "Ana"}\n', Columns(date="day"), {
            "t.jsonl": "It has no column day. Its columns are text, who: name one with --date. "
            "What it holds was read without."
        }),
        ('{"text": "It hurt.", "day": ""}\n', Columns(date="day"), {}),
        ('{"words": "It hurt."}\n', Columns(date="day"), {"t.jsonl#1": "There is no text in text."}),
        ("none\n", Columns(date="day"), {"t.jsonl#1": "Line 1 is no JSON object."}),
        ("", Columns(date="day"), {"t.jsonl": "It is empty: there is no letter in it."}),
        ("\n", Columns(), {"t.jsonl": "It is empty: there is no letter in it."}),
    ):  # fmt: skip
        table.write_text(written)
        found = list(find([str(table)], columns))
        assert {Path(one.source.where).name: one.unread for one in found if one.unread} == told
        assert sum(1 for one in found if not one.unread) == written.count('"text"')
    (tmp_path / "t.csv").write_text("")
    assert [one.unread for one in find([str(tmp_path / "t.csv")], Columns())] == [
        "It is empty: there is no letter in it."
    ]


def test_a_letter_is_not_said_to_be_two_peoples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A column that tells whose each is, and one person whose all are: one of the two is a mistake."""
    (tmp_path / "t.csv").write_text("text,who\nIt hurt.,Ana\n")
    out = tmp_path / "out"
    for engine in ("local", "ray"):
        command = ["prescreen", str(tmp_path / "t.csv"), "-o", str(out), "--engine", engine, "--one-client", "Ben"]
        assert run([*command, "--client", "who"]) == 2
        assert "--one-client" in capsys.readouterr().err
    assert not out.exists()
    assert run([*command[:4], "--one-client", "Ben", "-j", "1"]) == 0
    assert clients(out) == ["Ben"]


@pytest.mark.parametrize("engine", ["local", "openai-batch"])
def test_without_a_key_nothing_is_begun(
    engine: str, letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not even the folder of the report."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "COMPASSION_COACH_KEY", "COMPASSION_COACH_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    out = tmp_path / "out"
    assert run(["prescreen", str(letters), "-o", str(out), "-m", "m", "--engine", engine]) == 3
    assert "No key for the model was given" in capsys.readouterr().err
    assert not out.exists()
