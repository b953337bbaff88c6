"""What `prescreen` tells whoever runs it: what is new, what is gone, and what does not go together."""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from click import Option
from hypothesis import given, settings
from hypothesis import strategies as st
from reports import rows

from compassion_coach.__main__ import run
from compassion_coach.cli.prescreen import prescreen as command
from compassion_coach.prescreen import Options, forget, prescreen
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.exports import letters_csv, row_of
from compassion_coach.vocabulary import Level


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    root = tmp_path / "ch"
    for client in ("ana", "ben"):
        (root / client).mkdir(parents=True)
        for at in range(2):
            (root / client / f"{at}.txt").write_text(f"Dear {client},\nit was day {at} of the cough.\n")
    return root


def test_letters_that_are_no_longer_in_the_report_are_counted(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A narrower path drops the others; one that was moved, or changed, is not gone."""
    asked = ["-o", str(tmp_path / "out"), "-j", "1"]
    assert run(["prescreen", str(letters), *asked]) == 0
    assert "no longer in the report" not in capsys.readouterr().err
    (letters / "ana" / "0.txt").rename(letters / "ana" / "moved.txt")
    (letters / "ana" / "1.txt").write_text("Dear ana,\nit was another day.\n")
    assert run(["prescreen", str(letters), *asked]) == 0
    assert "no longer in the report" not in capsys.readouterr().err
    assert run(["prescreen", str(letters / "ana"), *asked]) == 0
    assert "2 letters of the last run are no longer in the report." in capsys.readouterr().err
    (letters / "ana" / "moved.txt").unlink()
    assert run(["prescreen", str(letters / "ana"), *asked]) == 0
    assert "1 letter of the last run is no longer in the report." in capsys.readouterr().err


def test_a_letter_is_new_once_however_its_path_is_spelt(letters: Path, tmp_path: Path) -> None:
    """Not when it is found under another name, but when its words are."""
    prescreen(["ch"], tmp_path / "out")
    (letters / "ana" / "2.txt").write_text("Dear ana,\nit was day 2 of the cough.\n")
    prescreen([str(letters)], tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert re.findall(r">([^<]+)</a> <span class=\"new\">", page) == ["2"]


def test_what_is_new_stays_new_when_somebody_is_forgotten(letters: Path, tmp_path: Path) -> None:
    """A letter that nobody has seen would look like one that was seen. After a first run none is called new."""
    out = tmp_path / "out"

    def new() -> list[str]:
        return re.findall(r">([^<]+)</a> <span class=\"new\">", (out / "index.html").read_text("utf-8"))

    prescreen([str(letters)], out)
    forget("ana", out)
    assert new() == []
    (letters / "ben" / "2.txt").write_text("Dear ben,\nI want to kill myself tonight.\n")
    prescreen([str(letters)], out)
    assert sorted(new()) == ["0", "1", "2"]
    forget("ana", out)
    assert new() == ["2"]
    prescreen([str(letters / "ben")], out)
    assert new() == []


def test_what_hides_a_path_is_one_however_it_is_spelt(letters: Path, tmp_path: Path) -> None:
    """The same file has the same name in two reports."""
    told = []
    for number, path in enumerate(("ch", str(letters), "ch/../ch")):
        prescreen([path], tmp_path / f"{number}", Options(key=b"k" * 32))
        lines = (tmp_path / f"{number}" / "marks.jsonl").read_text("utf-8").splitlines()
        told.append(sorted(json.loads(line)["where"] for line in lines))
        told[-1] += sorted((tmp_path / f"{number}" / "letters").iterdir(), key=lambda page: page.name)
        told[-1] = [str(one).replace(str(tmp_path / f"{number}"), "") for one in told[-1]]
    assert len(told[0]) >= 4
    assert told[0] == told[1] == told[2]


def test_copies_within_a_run_were_not_read_before(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A first run knows nothing from before."""
    (letters / "ben" / "copy.txt").write_text((letters / "ana" / "0.txt").read_text())
    for told in ("5 letters: urgent", "5 letters, nothing new in them"):
        assert run(["prescreen", str(letters), "-o", str(tmp_path / "out"), "-j", "1"]) == 0
        assert told in capsys.readouterr().err


OF_A_MODEL = (
    ["--max-tokens", "5"], ["--redact"], ["--at-once", "8"], ["--base-url", "http://localhost:1/v1"], ["--key", "k"],
    ["--max-cost", "1", "--prices", "1", "1"], ["--prices", "1", "1"],
)  # fmt: skip
OF_PAGES = (["--docx"], ["--keep-text"], ["--tables-only"])
HAVE_NO = (
    *((["--engine", "ray"], options, r"The engine ray reads with .* has no .*{}") for options in OF_A_MODEL + OF_PAGES),
    (["--engine", "ray"], ["--model", "m"], r"The engine ray reads with .* has no {}\."),
    *(([], options, r"Only a model makes use of .*{}.*: -m NAME names one\.") for options in OF_A_MODEL),
    (["-m", "m"], ["--jobs", "3"], r"A model reads in one process, and has no {}: --at-once tells"),
    (["-m", "m", "--engine", "openai-batch"], ["--jobs", "3"], r"The engine openai-batch .* has no {}\."),
    (["-m", "m", "--engine", "openai-batch"], ["--at-once", "8"], r"The engine openai-batch .* has no {}\."),
)


@pytest.mark.parametrize(("reader", "options", "told"), HAVE_NO)
def test_no_reader_drops_an_option_in_silence(
    reader: list[str],
    options: list[str],
    told: str,
    letters: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What it does not do is refused before anything is begun."""
    assert run(["prescreen", str(letters), "-o", str(tmp_path / "out"), *reader, *options]) == 2
    assert re.search(told.format(options[0]), capsys.readouterr().err)
    assert not (tmp_path / "out").exists()


def test_each_option_goes_with_every_reader_or_is_refused_by_one() -> None:
    """One that is added later has a place among these as well."""
    refused = {option for _, options, _ in HAVE_NO for option in options if option.startswith("--")}
    others = {"--output", "--text", "--id", "--client", "--date", "--one-client", "--pseudonymise"}
    assert {param.opts[-1] for param in command.params if isinstance(param, Option)} == (
        refused | others | {"--engine", "--address"}
    )


def test_a_key_that_cannot_be_kept_is_no_report_that_cannot_be_written(
    letters: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reason names the place that is meant."""
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    assert run(["prescreen", str(letters), "-o", str(tmp_path / "out"), "--pseudonymise"]) == 2
    told = capsys.readouterr().err
    assert "The key for pseudonyms could not be kept in" in told
    assert str(tmp_path / "out") not in told


def test_where_no_report_was_none_stays_as_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder is said to be empty, and no more."""
    (tmp_path / "none").mkdir()
    assert run(["prescreen", str(tmp_path / "none"), "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == "compassion-coach: There is no letter there.\n"


@given(st.lists(st.text(";\"=+-＝\t\r\n \xa0x,'", max_size=8), min_size=3, max_size=3), st.sampled_from(",;\t"))
@settings(max_examples=300, deadline=None)
def test_no_cell_is_a_formula_however_cells_are_parted(
    tmp_path_factory: pytest.TempPathFactory, told: list[str], parted: str
) -> None:
    """Whatever names and reasons hold: a spreadsheet is told what parts its cells, or guesses."""
    file = tmp_path_factory.getbasetemp() / "t.csv"
    letters_csv(file, [], [(Source(told[0], told[1], told[2]), told[0])])
    with file.open(encoding="utf-8-sig", newline="") as lines:
        cells = [cell.strip() for row in csv.reader(lines, delimiter=parted) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "＝"))]


def test_what_is_said_of_a_date_is_in_the_tables_too() -> None:
    """A page tells that a day is not sure, and so does the row."""
    record = Record(Level.NONE, (), (), (), "en", 3, "a" * 64, remark="It was long.")
    source = Source("letters/ana/3-4-2026.txt", "3-4-2026", "ana", "2026")
    told = row_of(source, record)["remark"]
    assert told.startswith("It was long. ")
    assert "could be two days" in told


def test_files_that_are_named_one_by_one_are_said_to_be_nobodys(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a shell, in a list or by a pattern: no folder tells their client then, and what does is named."""
    files = sorted(str(path) for path in letters.rglob("*.txt"))
    said = "4 files were named one by one, and their letters are no client's. To tell whose they are, name the folder "
    for at, (paths, piped, told) in enumerate([
        (files, "", True), (["-"], "\n".join(files), True), ([f"{letters}/*/*.txt"], "", True),
        ([str(letters)], "", False), ([*files, "--one-client", "ana"], "", False), (files[:1], "", False),
    ]):  # fmt: skip
        monkeypatch.setattr("sys.stdin", io.StringIO(piped))
        assert run(["prescreen", *paths, "-o", str(tmp_path / f"{at}"), "-j", "1"]) == 0
        assert (said in capsys.readouterr().err) == told


def test_a_run_that_is_interrupted_says_that_it_can_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whoever stops it need not wonder whether to begin anew."""

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.txt").write_text("Dear Ann,\nI am sorry it hurt.\n")
    monkeypatch.setattr("compassion_coach.prescreen.prescreen", stopped)
    assert run(["prescreen", str(tmp_path / "a.txt"), "-o", str(tmp_path / "report")]) == 130
    assert "the same command goes on" in capfd.readouterr().err


def test_all_notes_of_a_letter_stand_wherever_it_does(tmp_path: Path) -> None:
    """Of its date, of its encoding and of a letter with the same words: on pages and in tables, for each client's own.

    The first of those with the same words, by their days, has no such note; nor has another client's.
    """
    import pyarrow.parquet as pq

    alike = "Dear Ana,\nit was a long day."
    for name, words in {
        "ana/3-4-2026.txt": "Dear Ana,\nyou were tired.\n", "ana/2026-05-02.txt": alike, "ana/2026-05-01.html": alike,
        "ana/2026-05-03.txt": alike, "ben/2026-01-01.txt": alike, "ben/5-6-2026.txt": alike,
    }.items():  # fmt: skip
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<p>{words.replace(chr(10), '<br>')}</p>" if file.suffix == ".html" else words)
    prescreen(["in"], tmp_path / "out")
    two_days = "Its date, {}, could be two days: only the year is sure."
    told = {
        "ana/3-4-2026": two_days.format("3-4-2026"), "ana/2026-05-01": "",
        "ana/2026-05-02": "The same words as 2026-05-01 of 2026-05-01.",
        "ana/2026-05-03": "The same words as 2026-05-01 of 2026-05-01.", "ben/2026-01-01": "",
        "ben/5-6-2026": f"{two_days.format('5-6-2026')} The same words as 2026-01-01 of 2026-01-01.",
    }  # fmt: skip
    assert {f"{row['client']}/{row['id']}": row["remark"] for row in rows(tmp_path / "out")} == told
    table = pq.read_table(tmp_path / "out" / "letters.parquet").to_pylist()
    assert {f"{row['client']}/{row['id']}": row["remark"] for row in table} == told
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    of_clients = "".join(page.read_text("utf-8") for page in (tmp_path / "out" / "clients").iterdir())
    for page in (re.sub("<[^>]*>", "", one) for one in (index, of_clients)):
        assert page.count("The same words as") == 3
        assert page.count("The same words as 2026-05-01 of 2026-05-01.") == 2
        assert page.count("could be two days: only") == 2
    assert forget("2026-05-01", tmp_path / "out") == 1
    left = {row["id"]: row["remark"] for row in rows(tmp_path / "out") if row["client"] == "ana"}
    assert left["2026-05-02"] == ""
    assert left["2026-05-03"] == "The same words as 2026-05-02 of 2026-05-02."


def test_whoever_looks_for_an_option_finds_it_in_short_lines() -> None:
    """Each option stands in the documentation, and each link within it leads to a heading."""
    page = (Path(__file__).parents[1] / "docs" / "prescreen.md").read_text("utf-8")
    for option in command.params:
        assert not isinstance(option, Option) or re.search(rf"(?<![-\w]){option.opts[-1]}\b", page)
    prose = [line for line in page.replace("```", "\0").split("\0")[::2] for line in line.splitlines()]
    assert max(len(line) for line in prose if not line.startswith("|")) <= 120
    heads = {re.sub(r"[^\w -]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in prose if line[:1] == "#"}
    links = set(re.findall(r"\]\(#([^)]+)\)", page))
    assert len(links) > 10
    assert links <= heads
