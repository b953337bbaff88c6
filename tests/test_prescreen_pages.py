"""The pages of a report as a therapist meets them: sorted, printed, on a phone, and read aloud."""

import json
import re
import subprocess
from datetime import date, timedelta
from html import escape, unescape
from pathlib import Path

import mixed_letters
import pytest
from reports import CHROMIUM, browser

from compassion_coach.prescreen import prescreen
from compassion_coach.prescreen.kept.journal import Entry
from compassion_coach.prescreen.record import STANDINGS, Record, Seen
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.pages import client_page
from compassion_coach.prescreen.work import Work, read_one
from compassion_coach.vocabulary import Level, Quality

CALM, TAKEN_BACK = (
    "Dear Ana,\nit was a long day.\n",
    "Dear Ana,\nOf course that hurt, but you should be over it by now.\n",
)
URGENT = "Dear Ben,\nI want to kill myself tonight and I have the pills.\n"


def report_of(tmp_path: Path, letters: dict[str, str]) -> Path:
    """The report on some letters: what is in them by where they lie."""
    for name, text in letters.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(text, "utf-8")
    prescreen([str(tmp_path / "in")], tmp_path / "out")
    return tmp_path / "out"


def index_of(tmp_path: Path, letters: dict[str, str]) -> str:
    """The table of all letters, and what stands around it."""
    return (report_of(tmp_path, letters) / "index.html").read_text("utf-8")


def seen(tmp_path: Path, page: str, script: str) -> str:
    """What a page is after a script in a browser."""
    (tmp_path / "page.html").write_text(page.replace("</body>", f"<script>{script}</script></body>"), "utf-8")
    command = [*CHROMIUM, "--dump-dom", f"file://{tmp_path / 'page.html'}"]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


@browser
def test_the_table_sorts_in_a_browser(tmp_path: Path) -> None:
    """A click on a heading sorts by it, another one the other way round, with no server."""
    mixed_letters.mixed_folder(tmp_path / "in")
    page = index_of(tmp_path, {})
    for clicks, turned in ((1, False), (2, True)):
        shown = seen(tmp_path, page, "document.querySelectorAll('th button')[2].click();" * clicks)
        body = shown.split("<tbody>")[1].split("</tbody>")[0]
        clients = [re.sub("<[^>]*>", "", row.split("</td>")[2]) for row in body.split("<tr>")[1:]]
        assert len(clients) == 24
        assert clients == sorted(clients, reverse=turned)


@browser
def test_letters_that_are_alike_in_a_column_stay_with_the_gravest_first(tmp_path: Path) -> None:
    """Whichever way a column is sorted, and what it was sorted by is told to whoever does not see the arrow."""
    page = index_of(
        tmp_path,
        {
            "a/2026-01-01.txt": CALM, "a/2026-01-02.txt": URGENT, "a/2026-01-03.txt": URGENT,
            "a/2026-01-04.txt": TAKEN_BACK, "a/2026-01-05.txt": CALM,
        },
    )  # fmt: skip
    alike = ["2026-01-03", "2026-01-02", "2026-01-05", "2026-01-01"]
    for clicks, days, told in ((1, ["2026-01-04", *alike], "descending"), (2, [*alike, "2026-01-04"], "ascending")):
        shown = seen(tmp_path, page, "[...document.querySelectorAll('th button')].at(-1).click();" * clicks)
        body = shown.split("<tbody>")[1].split("</tbody>")[0]
        assert re.findall(r'data-sort="(2026-[^"]+)"', body) == days
        assert f"Sorted by Turns, {told}" in shown


@browser
@pytest.mark.parametrize("place", ["index.html", "clients/*.html"])
def test_the_heads_of_a_table_stand_on_every_printed_page(tmp_path: Path, place: str) -> None:
    """Sixty letters take several pages; numbers without a head say nothing, and no column of them is cut off."""
    from pypdf import PdfReader

    out = report_of(tmp_path, {f"zoe/2026-{at // 28 + 1:02}-{at % 28 + 1:02}.txt": CALM for at in range(60)})
    [page] = out.glob(place)
    command = [*CHROMIUM, f"--print-to-pdf={tmp_path / 'page.pdf'}", f"file://{page}"]
    subprocess.run(command, capture_output=True, check=True, timeout=60)
    sheets = [sheet.extract_text() for sheet in PdfReader(tmp_path / "page.pdf").pages]
    full = [sheet for sheet in sheets if sheet.count("2026-") > 5]
    assert len(full) > 1
    assert all("Turns" in sheet or "standing back" in sheet for sheet in full)
    assert sum(sheet.count("2026-03-04") for sheet in sheets) >= 2
    assert all(f"2026-{at // 28 + 1:02}-{at % 28 + 1:02}" in "".join(sheets) for at in range(60))


def printed(tmp_path: Path, page: str) -> list[str]:
    """The words on each sheet of a page that is printed."""
    from pypdf import PdfReader

    (tmp_path / "page.html").write_text(page, "utf-8")
    at = f"--print-to-pdf={tmp_path / 'page.pdf'}", f"file://{tmp_path / 'page.html'}"
    subprocess.run([*CHROMIUM, "--no-pdf-header-footer", *at], capture_output=True, check=True, timeout=60)
    return [sheet.extract_text() for sheet in PdfReader(tmp_path / "page.pdf").pages]


@browser
@pytest.mark.parametrize(("many", "warm"), [(80, 12), (80, 6), (70, 4)])
def test_a_drawing_begins_where_there_is_room_and_no_heading_is_alone(tmp_path: Path, many: int, warm: int) -> None:
    """A drawing of many rows would leave a page empty but for its legend, were it only printed whole."""
    page = client_page("zoe", [letter_on(at, warm) for at in range(many)])
    sheets = [sheet.split() for sheet in printed(tmp_path, page)]
    assert sheets[0].count("2026") >= 2  # the year stands below each row of the drawing
    assert not [sheet for sheet in sheets if sheet[-1] in ("Letters", "letter", "qualities.")]


def letter_on(day: int, warm: int) -> Entry:
    """A letter with a few marks, so many days after the first of a year."""
    told = f"{date(2026, 1, 1) + timedelta(day)}"
    kinds = (*[Quality.ADVICE] * 3, *[Quality.UNDERSTANDABLE] * warm, *[Quality.CONDEMNING] * 3)
    marks = tuple(Seen(at, at, at + 1, one, 1.0) for at, one in enumerate(kinds))
    record = Record(Level.NONE, (), marks, (), "en", len(marks), told)
    return Entry(Source(f"zoe/{told}.txt", told, "zoe", told), f"{told}.html", record)


def test_the_legend_says_where_no_dashed_line_is_drawn() -> None:
    """The day of a file may be that of a copy, so no weeks are counted from it, nor are they where none is told."""
    days = [Source("a", "a", "zoe", "2026-01-03"), Source("b", "b", "zoe", "2026-12-01", of_file=True)]
    page = client_page("zoe", [Entry(day, "x.html", letter_on(0, 1).record) for day in days])
    assert 'class="gap"' not in page
    assert "over four weeks are a dashed line, unless one of the two days has a ≈ or is not told" in page


@browser
def test_on_paper_the_gravest_is_the_darkest(tmp_path: Path) -> None:
    """In colour and in grey, whatever the screen looks like: what needs a person today is seen first."""
    pills = "".join(f'<span class="level {one}">x</span>' for one in STANDINGS)
    style = index_of(tmp_path, {"ana/a.txt": CALM}).split("<style>")[1].split("</style>")[0]
    style = style.replace("@media screen and", "@media print and").replace("prefers-color-scheme: dark", "width > 1px")
    style = style.replace("@media print {", "@media all {")
    script = """document.body.dataset.told = JSON.stringify([...document.querySelectorAll(".level")].map(one => {
        const { backgroundColor, color, borderWidth, printColorAdjust } = getComputedStyle(one);
        return [backgroundColor, color, borderWidth, printColorAdjust]; }));"""
    shown = seen(tmp_path, f"<html><head><style>{style}</style></head><body>{pills}</body></html>", script)
    told = json.loads(unescape(re.findall(r'data-told="([^"]+)"', shown)[-1]))
    grey = [sum(map(int, re.findall(r"\d+", ground)[:3])) if "rgba" not in ground else 765 for ground, *_ in told]
    urgent, *others = grey
    assert urgent < 300 < 500 < min(others)
    assert told[0][1:] == ["rgb(255, 255, 255)", "2px", "exact"]


def test_ordinary_sorrow_is_not_said_to_be_none(tmp_path: Path) -> None:
    """A letter that speaks of no danger may be full of it: what was not heard is named, and that it says little."""
    page = index_of(tmp_path, {"ana/a.txt": "Dear Ana,\nI am so sad and so tired today, and I miss her.\n"})
    assert '<span class="level none">no danger heard</span>' in page
    assert "there may be much sorrow" in page
    for file in tmp_path.glob("out/**/*.html"):
        assert "no distress" not in file.read_text("utf-8")


@browser
def test_on_a_phone_each_letter_can_be_reached(tmp_path: Path) -> None:
    """Its link is on the screen; what is wider scrolls by itself, can be focused, and is named. No name is too long."""
    name = "Zoë Längst-Aloysius von und zu Irgendwo, verylongnamewithoutspaces_abcdefghijklmnopqrstuvwxyz_1234567890"
    out = report_of(tmp_path, {f"{name}/2026-01-02.txt": URGENT, "zoe/a letter of a long name.txt": CALM})
    measure = """
        const frame = document.createElement("iframe"); frame.style = "border: 0; width: {wide}px";
        frame.srcdoc = document.body.dataset.page; frame.onload = () => {{
        const there = frame.contentDocument, right = one => one.getBoundingClientRect().right;
        document.body.dataset.right = Math.max(...[...there.querySelectorAll("{what}")].map(right));
        document.body.dataset.whole = there.documentElement.scrollWidth; }}; document.body.append(frame);
    """
    for wide, what in ((375, "td.where a"), (1280, "td, th")):
        page = (out / "index.html").read_text("utf-8")
        held = f'<html><body data-page="{escape(page)}"></body></html>'
        shown = seen(tmp_path, held, measure.format(wide=wide, what=what))
        assert 0 < float(re.findall(r'data-right="([^"]+)"', shown)[-1]) <= wide
        assert 0 < float(re.findall(r'data-whole="([^"]+)"', shown)[-1]) <= wide
    for file in (out / "index.html", *(out / "clients").iterdir()):
        for box in re.findall(r'<div class="(?:table|drawn)"[^>]*>', file.read_text("utf-8")):
            assert re.search(r' tabindex="0" role="region" aria-label(?:ledby)?="[^"]+"', box)


def test_letters_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """By whose they are, what they were written in, the folder they lie in, and the row of a table."""
    day = "2026-05-20"
    names = (f"ana/{day}.txt", f"ana/{day}.md", f"ana/notes/{day}.txt", f"ben/{day}.txt")
    page = index_of(
        tmp_path, {**dict.fromkeys(names, CALM), "t.csv": "id,text,client\n7,It hurt.,eve\n7,It rained.,eve\n"}
    )
    told = re.findall(r'<a href="letters/[^"]+" aria-label="([^"]+)"', page)
    assert sorted(told) == sorted([
        f"{day}, .txt, of ana", f"{day}, .md, of ana", f"{day}, in notes, .txt, of ana", f"{day}, .txt, of ben",
        "7, t.csv#1, of eve", "7, t.csv#2, of eve",
    ])  # fmt: skip
    seen_by_all = re.findall(r'<span class="place">([^<]+)</span>', page)
    assert sorted(seen_by_all) == sorted([".txt", ".md", "in notes, .txt", ".txt", "t.csv#1", "t.csv#2"])


def test_a_letter_of_nobody_is_told_without_the_path_to_its_folder(tmp_path: Path) -> None:
    """However the folder was named, from the root as well: its letters are told by what differs in them."""
    page = index_of(tmp_path, {"first.txt": CALM, "2026/second.md": CALM})
    told = re.findall(r'<a href="letters/[^"]+" aria-label="([^"]+)"', page)
    assert sorted(told) == ["first, .txt", "second, .md"]


def test_a_row_whose_name_stands_in_that_of_its_table_is_told_where_it_lies(tmp_path: Path) -> None:
    """The number of a row, a letter or a part of a date may stand anywhere: only a file called so is not told twice."""
    names = ("2", "26", "a", "4.2026-all")
    text = "\n".join(["id,text,client", *(f"{name},It was {name} o'clock.,eve" for name in names)])
    page = index_of(tmp_path, {"2026-all.csv": text, "2.csv": text, "eve/a/2.26.txt": CALM, "eve/a!/a.txt": CALM})
    told = re.findall(r'<a href="letters/[^"]+" aria-label="([^"]+), of eve"', page)
    assert sorted(told) == sorted([
        "2, 2026-all.csv#1", "26, 2026-all.csv#2", "a, 2026-all.csv#3", "4.2026-all, 2026-all.csv#4",
        "2, .csv#1", "26, 2.csv#2", "a, 2.csv#3", "4.2026-all, 2.csv#4", "2.26, in a, .txt", "a, in a!, .txt",
    ])  # fmt: skip


def test_letters_without_a_date_are_told_apart_in_their_order(tmp_path: Path) -> None:
    """Rows of a table go by what they are called, and the second stands before the tenth: seen, drawn and heard."""
    names = [f"letter {at}" for at in range(1, 13)]
    rows = [f"{name},It was a long day.,ana" for name in names] + [f"{at},,ben" for at in range(12)]
    out = report_of(tmp_path, {"t.csv": "\n".join(["id,text,client", *rows])})
    index, client = (next(out.glob(page)).read_text("utf-8") for page in ("index.html", "clients/*"))
    [qualities] = re.findall(r'<table class="qualities".*?</table>', client, re.DOTALL)
    heads = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', qualities)
    for links in (index, client.split('<table class="qualities"')[0], qualities):
        assert re.findall(r'<a href="[./]*letters/[^"]+" aria-label="([^"]+)"', links) == [
            f"{name}, t.csv#{at}, of ana" for at, name in enumerate(names, 1)
        ]
    assert [re.sub("<[^>]*>", "", head) for head in heads] == [f"{n} t.csv#{at}" for at, n in enumerate(names, 1)]
    assert re.findall(r"<title>(letter \d+): ", client) == names
    assert 'aria-label="12 letters, days not known: ' in client
    assert re.findall(r"t\.csv#(\d+), of ", index.split('id="unread"')[1]) == [f"{at}" for at in range(13, 25)]


def test_a_letters_page_tells_whose_it_is_and_a_clients_page_what_to_know(tmp_path: Path) -> None:
    """Among many open pages; and the note of a letter stands on all pages that name it."""
    out = report_of(tmp_path, {"ana/13-06-2026.txt": CALM, "ana/3-4-2026.txt": CALM})
    pages = [page.read_text("utf-8") for page in (out / "letters").iterdir()]
    assert {re.findall("<title>(.*)</title>", page)[0] for page in pages} == {"13-06-2026, ana", "3-4-2026, ana"}
    [client] = (out / "clients").iterdir()
    for page in (next(page for page in pages if "<title>3" in page), client.read_text("utf-8")):
        assert "Its date, 3-4-2026, was read with the day first" in page
    assert '<td class="day">2026-04-03</td>' in client.read_text("utf-8")


def test_grief_is_drawn_calmly(tmp_path: Path) -> None:
    """Not as danger is; and where the sentence is warm as well, its full stop is not left by itself."""
    text = "Dear me,\nI miss Mum so much that I feel numb and far away, as if behind glass.\n"
    for words, kind, sign in ((text, "tender", "~"), (URGENT, "distress", "!")):
        result = read_one(Work(Source("x.txt", "x"), ".txt", words.encode(), "c"))
        assert result.record
        assert result.record.signs
        marks = re.findall(r'<mark[^>]* class="([^"]+)">([^<]+)</mark>', result.page)
        assert [one for classes, one in marks if kind in classes.split()]
        assert {"tender", "distress"} & {each for classes, _ in marks for each in classes.split()} == {kind}
        assert f'<span class="sign" aria-hidden="true">{sign}</span> may ' in result.page
        assert all(any(c.isalnum() for c in words) for _, words in marks)
        assert re.search(rf'<sup role="img" aria-label="mark \d+: [a-z ]+">{sign}\d+</sup>', result.page)


def test_what_holds_for_every_mail_is_said_once(tmp_path: Path) -> None:
    """That its subject was not read is on its own page; in the table it would drown the notes that matter."""
    mail = "Subject: {}\nDate: Tue, 15 Sep 2026 10:00:00 +0000\n\nDear Ana,\nit was a long day.\n{}"
    page = index_of(
        tmp_path,
        {
            "ana/a.eml": mail.format("my letter", ""),
                "ana/b.eml": mail.format("Re", "Then it rained.\n> You should write.\n"),
            "ana/c.eml": mail.format("I am going to kill myself tonight", ""),
            "ana/d.txt": "Liebe Ana, es tut mir so leid.",
            "ana/e.eml": "Subject: x\nContent-Type: text/html\n\n<p>It was long.<s>It was short.</s></p>",
        },
    )  # fmt: skip
    notes = re.findall(r'<div class="note">([^<]+)</div>', page)
    assert len(notes) == 3
    assert notes[0] == "What stands in its subject was read as well, for it speaks of danger."
    assert "German" in notes[1]
    assert notes[2] == "What stands in its subject, hidden or struck out text or form fields was not read."
    assert page.count("are read without their subject") == 1
    letters = [one.read_text("utf-8") for one in (tmp_path / "out" / "letters").iterdir()]
    assert sum("was not read.</dd>" in one for one in letters) == 3


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("ana/x.txt", "ben/x.txt"), ""), (("ana/x.txt",), "is the first folder below the one that was named. "),
        (("ana/x.txt", "ben/x.txt", "x.txt"), "named, and some letters lie in none. "), (("x.txt",), "was named. "),
    ],
)  # fmt: skip
def test_how_to_say_whose_letters_are_is_told_where_that_may_be_wrong(
    tmp_path: Path, names: tuple[str, ...], told: str
) -> None:
    """A folder of one client's may hold others that are taken for clients."""
    page = index_of(tmp_path, dict.fromkeys(names, CALM))
    assert ("--one-client NAME" in page) == bool(told)
    assert told in page


def test_what_could_not_be_opened_stands_before_what_words_mean(tmp_path: Path) -> None:
    """Nobody has read it, so it comes right below the letters."""
    page = index_of(tmp_path, {"ana/x.txt": CALM, "ana/y.bin": "y"})
    assert page.index("</tbody>") < page.index('id="unread"') < page.index('<h2 id="clients">')
    assert page.index('id="unread"') < page.index("What the words mean")


def test_tables_are_told_to_whoever_hears_them(tmp_path: Path) -> None:
    """Each head says what it heads; no sign and no place is explained to the mouse alone."""
    out = report_of(tmp_path, {"ana/x.txt": CALM, "ana/2026-01-02.txt": URGENT, "y.bin": "y"})
    for page in (out / "index.html", *(out / "clients").iterdir()):
        text = page.read_text("utf-8")
        heads = re.findall(r"<th\b[^>]*>", text)
        assert heads
        assert all('scope="' in head for head in heads)
        assert 'title="' not in text
        assert 'role="img" aria-label="the day its file was written:">≈</span>' in text
    assert text.count('role="listitem" aria-label="') == 2


def test_the_words_of_a_table_are_nobodys_jargon(tmp_path: Path) -> None:
    """What the screen heard may be what the letter is about; a column of "Missing" would be one of missing letters."""
    out = report_of(tmp_path, {"ana/x.txt": CALM, "ana/2026-01-02.txt": URGENT})
    for page in (out / "index.html", *(out / "clients").iterdir(), *(out / "letters").iterdir()):
        text = page.read_text("utf-8")
        assert ">Missing<" not in text
        assert "the screen speak" not in text
        assert ("needs a person today</span>" in text) == ("may be about suicide" in text)
    assert "may be about suicide" in (out / "index.html").read_text("utf-8")
    assert ">Lacks warmth<" in (out / "index.html").read_text("utf-8")
