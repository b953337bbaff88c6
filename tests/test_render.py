"""Every form shows the same letter and notes, and none lets a letter become markup or steer a terminal."""

import html
import io
import re
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from standin import answer, says, standin

from compassion_coach import Coach, Letter, Reflection
from compassion_coach.errors import MissingExtraError
from compassion_coach.prescreen.record import Sign
from compassion_coach.render.docx import to_docx
from compassion_coach.render.html import to_html
from compassion_coach.render.layout import Cutter, Piece
from compassion_coach.render.markdown import escaped, to_markdown
from compassion_coach.render.terminal import Window, support_lines, to_terminal, window
from compassion_coach.support import people

SNAPSHOTS = Path(__file__).parent / "snapshots"
TEXT = (SNAPSHOTS / "letter.txt").read_text("utf-8")


def reflected(text: str = TEXT, region: str | None = "UK") -> tuple[Letter, Reflection]:
    return Letter.of(text), Coach(region=region).reflect(text)


FORMS = {"terminal": to_terminal, "markdown": to_markdown, "html": to_html}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_every_note_and_remark(form: str) -> None:
    """Notes, overall remark and question are all there."""
    letter, reflection = reflected()
    shown = re.sub(r"\s+", " ", html.unescape(FORMS[form](letter, reflection)).replace("\\", ""))
    assert len(reflection.marks) == 2
    for words in [mark.note for mark in reflection.marks] + [reflection.overall, *reflection.questions]:
        assert words in shown


@pytest.mark.parametrize("form", FORMS)
def test_a_rendered_letter_looks_as_it_did(form: str) -> None:
    """A snapshot of a reflection that is fixed; when it changes on purpose, `make snapshots` and look at it."""
    letter = Letter.of((SNAPSHOTS / "letter.txt").read_text("utf-8"))
    known = Reflection.from_json((SNAPSHOTS / "reflection.json").read_text("utf-8"))
    shown = FORMS[form](letter, known)
    assert shown == (SNAPSHOTS / f"reflection.{form}").read_text("utf-8")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I am sorry it hurts. <!-- coach:off --> It was the third time.", True),
        ("I am sorry it hurts. <!-- coach:off --> It was the third time. <!-- coach:on -->", False),
        ("I am sorry it hurts. <!-- coach:off --> It was the third time. <!-- coach:on --> Rest well.", False),
        ("I am sorry it hurts. <!-- coach:off --> I will kill myself tonight.", False),
    ],
)
def test_a_mark_that_keeps_the_whole_end_back_is_told(form: str, text: str, told: bool) -> None:
    """Somebody may have forgotten to end the passage; where people come forward nothing else is said."""
    shown = re.sub(r"\s+", " ", FORMS[form](*reflected(text)))
    assert ("From coach:off on all was kept back" in shown) is told


def test_html_takes_nothing_of_a_letter_as_markup() -> None:
    """Tags in a letter are words."""
    page = to_html(*reflected())
    assert "<b>call" not in page
    assert "&lt;b&gt;call&lt;/b&gt;" in page


def test_html_is_one_file_without_scripts_or_network() -> None:
    """No script, no address that is fetched, and a policy that says so."""
    page = to_html(*reflected("I wish I was dead."))
    assert "<script" not in page
    assert not re.search(r"(?:\bsrc=|@import|url\()", page)
    assert "default-src 'none'" in page
    assert 'name="viewport"' in page
    assert 'lang="en"' in page


def test_html_marks_have_a_sign_and_a_name_beside_colour() -> None:
    """Each mark links to its note and back, with a sign and the quality in words."""
    letter, reflection = reflected()
    page = to_html(letter, reflection)
    for number, mark in enumerate(reflection.marks, 1):
        assert f'id="mark-{number}"' in page
        assert f'href="#note-{number}"' in page
        assert f'id="note-{number}"' in page
        assert html.escape(mark.quote) in page
    assert "underline dashed" in page
    assert "underline dotted" in page


def test_helplines_can_be_tapped() -> None:
    """Numbers are tel: and sms: links, dialled exactly."""
    page = to_html(*reflected("I am going to kill myself tonight.", "US"))
    assert 'href="tel:988"' in page
    assert 'href="sms:988"' in page
    assert 'href="sms:741741?body=HOME"' in page
    assert page.index("tel:911") < page.index("tel:988")


def test_support_comes_first_everywhere() -> None:
    """People stand above the letter."""
    letter, reflection = reflected("It makes sense that it hurt. I wish I was dead.")
    for form in FORMS.values():
        shown = form(letter, reflection)
        assert shown.index("116 123") < shown.index("It makes sense")


@pytest.mark.parametrize("width", [24, 40, 80])
def test_the_terminal_wraps_to_its_window(width: int) -> None:
    """No line is longer than the window, wide characters counted as two."""
    letter, reflection = reflected("It makes sense that it hurt so much 😢😢😢 after all those many long months. " * 3)
    lines = to_terminal(letter, reflection, Window(width=width)).splitlines()
    assert max(len(line) + line.count("😢") for line in lines) <= width


def test_signs_can_be_read_without_colour_or_unicode() -> None:
    """Without colour there are signs; without Unicode the signs are ASCII."""
    letter, reflection = reflected(TEXT.replace("😢", ""))
    plain = to_terminal(letter, reflection, Window(unicode=False))
    assert plain.isascii()
    assert "* It makes sense" in plain
    assert "^> However" in plain


def test_colour_is_for_terminals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal gets colour unless NO_COLOR says otherwise; a file never."""

    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    assert window(Terminal()).colour
    assert not window(io.StringIO()).colour
    monkeypatch.setenv("NO_COLOR", "1")
    assert not window(Terminal()).colour


def test_a_letter_cannot_steer_the_terminal() -> None:
    """Escape sequences are shown and not obeyed."""
    letter, reflection = reflected("You are here \x1b[2J and I am with you tonight, my dear. \x9b1m")
    shown = to_terminal(letter, reflection)
    assert "\x1b" not in shown
    assert "\x9b" not in shown


def test_markdown_takes_nothing_of_a_letter_as_markup() -> None:
    """Stars, brackets and list signs in a letter are words."""
    assert escaped("*a* [b](c) <d> # e") == r"\*a\* \[b\]\(c\) \<d\> \# e".replace(r"\(", "(").replace(r"\)", ")")
    assert escaped("- a") == r"\- a"
    assert escaped("1. a") == r"1\. a"
    lines = {"---": r"\---", "-": r"\-", "+": r"\+", "1986.": r"1986\.", "2)": r"2\)", "1.5 hours": "1.5 hours"}
    assert {line: escaped(line) for line in lines} == lines


@pytest.mark.parametrize("line", ["* * *", "1.", "---"])
def test_a_paragraph_without_words_is_shown_in_every_form(line: str) -> None:
    """What stands between two paragraphs is part of the letter."""
    letter = Letter.of(f"It makes sense that it hurt.\n\n{line}\n\nI am here.\n")
    reflection = Coach().reflect(letter.text)
    assert f"> {escaped(line)}" in to_markdown(letter, reflection).splitlines()
    assert line in [one.strip() for one in to_terminal(letter, reflection, Window()).splitlines()]
    assert re.search(rf">\s*{re.escape(line)}\s*<", to_html(letter, reflection))
    assert line in [one.text for one in docx.Document(io.BytesIO(to_docx(letter, reflection))).paragraphs]


def test_word_comments_stand_on_the_exact_words() -> None:
    """The document holds the letter unchanged and a comment for each mark."""
    letter, reflection = reflected()
    document = docx.Document(io.BytesIO(to_docx(letter, reflection)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert all(line in text for line in TEXT.split("\n"))
    comments = [comment.text for comment in document.comments]
    assert len(comments) == len(reflection.marks)
    assert all(mark.note in comment for mark, comment in zip(reflection.marks, comments, strict=True))


def test_without_python_docx_the_message_names_the_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The optional part is named with the command that brings it."""
    monkeypatch.setitem(__import__("sys").modules, "docx", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'compassion-coach\[docx\]'"):
        to_docx(*reflected())


def test_pieces_cover_a_span_whatever_the_marks() -> None:
    """Overlapping marks are cut so that nothing is lost or doubled, and each opens and closes once."""
    _, reflection = reflected()
    first = reflection.marks[0]
    marks = [first, replace(first, start=first.start + 5, end=first.end + 5)]
    found = list(Cutter(marks).pieces(0, len(TEXT)))
    assert "".join(TEXT[p.start : p.end] for p in found) == TEXT
    assert sorted(i for p in found for i in p.opens) == [0, 1]
    assert sorted(i for p in found for i in p.closes) == [0, 1]


def pieces_one_by_one(marks: list[Sign], start: int, end: int) -> list[Piece]:
    """What `Cutter` does, looking at every mark for every piece."""
    inside = [(index, mark) for index, mark in enumerate(marks) if mark.start < end and start < mark.end]
    cuts = {start, end} | {at for _, mark in inside for at in (mark.start, mark.end) if start < at < end}
    found = []
    for a, b in pairwise(sorted(cuts)):
        here = [(index, mark) for index, mark in inside if mark.start < b and a < mark.end]
        opens, closes = ([i for i, m in here if m.start >= a], [i for i, m in here if m.end <= b])
        found.append(Piece(a, b, tuple(i for i, _ in here), tuple(opens), tuple(closes)))
    return found


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15))), st.lists(st.integers(0, 60), min_size=2, unique=True)
)
def test_pieces_are_those_of_every_mark_that_is_there(spans: list[tuple[int, int]], edges: list[int]) -> None:
    """Whether marks hold one another, touch, begin together, or are of no length; in span after span."""
    marks = [Sign("", start, start + length) for start, length in sorted(spans)]
    cutter = Cutter(marks)
    for start, end in pairwise(sorted(edges)):
        assert list(cutter.pieces(start, end)) == pieces_one_by_one(marks, start, end)


def test_a_line_with_thousands_of_marks_is_cut_at_once() -> None:
    """Each mark is looked at where it stands, and not for every other."""
    cutter = Cutter([Sign("", at, at + 13) for at in range(0, 32 * 16_000, 32)])
    begun = time.process_time()
    assert len(list(cutter.pieces(0, 32 * 16_000))) == 32_000
    assert time.process_time() - begun < 2  # seconds


def test_helplines_are_links_in_a_terminal_that_shows_them() -> None:
    """On a colour terminal a number can be followed (OSC 8); elsewhere it is plain words with no control codes."""
    support = people("US")
    shown = "\n".join(support_lines(support, Window(colour=True)))
    for where in ("tel:911", "tel:988", "sms:988", "sms:741741?body=HOME", "https://findahelpline.com"):
        assert f"\x1b]8;;{where}\x1b\\" in shown
    assert shown.count("\x1b]8;;\x1b\\") == shown.count("\x1b]8;;") // 2
    plain = "\n".join(support_lines(support, Window()))
    assert "call 988 or text 988" in plain
    assert "\x1b" not in plain


@pytest.mark.parametrize("form", ["html", "markdown", "terminal", "docx"])
def test_whatever_shows_a_letter_shows_its_words_and_obeys_none(form: str) -> None:
    """Spaces that do not break and joined emoji stay; what would steer a screen or turn its direction is taken out."""
    letter, reflection = reflected("I know\u00a0it hurt \U0001f469\u200d\U0001f467.\x1bc \x9b \u202eYou should rest.")
    if form == "docx":
        file = docx.Document(io.BytesIO(to_docx(letter, reflection)))
        shown = "\n".join(paragraph.text for paragraph in file.paragraphs)
    elif form == "terminal":
        shown = to_terminal(letter, reflection, Window(200, colour=False, unicode=True))
    else:
        shown = html.unescape({"html": to_html, "markdown": to_markdown}[form](letter, reflection))
    assert "\U0001f469\u200d\U0001f467" in shown
    assert "knowit" not in shown
    assert not set("\x1b\x9b\u202e") & set(shown)


def test_a_models_name_is_no_order_to_a_word_processor() -> None:
    """A name with a sign that steers is shown without it, in every form of the answer."""
    with standin(says(answer([]))) as server:
        reflection = Coach(model="x\x1b[2J", base_url=server.base_url, key="k").reflect("Dear Ann,\nIt hurt.\n")
    letter = Letter.of("Dear Ann,\nIt hurt.\n")
    assert reflection.reader.name == "model"
    assert to_docx(letter, reflection)
    assert "\x1b" not in to_markdown(letter, reflection) + to_html(letter, reflection)
