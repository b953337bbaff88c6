"""Word and OpenDocument letters: what their writer sees, where a program writes it in a way of its own."""

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from compassion_coach.errors import InputError
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.comments import commented
from compassion_coach.prescreen.words.formats import text_of
from compassion_coach.prescreen.work import Work, read_one
from compassion_coach.vocabulary import Level

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f"{nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006' "
    f"xmlns:e='http://schemas.microsoft.com/office/word/2015/wordml/symex' xmlns:r='{RELATIONS}'"
)
EMOJI = (
    "<mc:AlternateContent><mc:Choice Requires='e'><e:symEx e:font='Segoe UI Emoji' e:char='1F60A'/></mc:Choice>"
    "<mc:Fallback><w:t>\U0001f60a</w:t></mc:Fallback></mc:AlternateContent>"
)
PAGE = b"<html><body><p>I want to die tonight.</p><p style='display:none'>You always fail.</p></body></html>"
ARCHIVE = (
    b'MIME-Version: 1.0\nContent-Type: multipart/related; type="text/html"; boundary="b"\n\n--b\n'
    b'Content-Type: text/html; charset="utf-8"\nContent-Transfer-Encoding: quoted-printable\n'
    b"Content-Location: file:///C:/fake/document.html\n\n<p>I want to =\ndie tonight.</p>\n--b--\n"
)


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def word(*inside: str) -> bytes:
    """A Word letter of one paragraph between two plain ones, or of whatever else stands in a body."""
    document = Document()
    document.add_paragraph("Dear Ann,")
    for one in inside:
        end = len(document.element.body) - 1
        document.element.body.insert(end, parse_xml(re.sub(r"^<([\w:]+)", rf"<\1 {NAMES}", one)))
    return saved(document)


def with_inserted(kind: str, content: bytes, *before: str) -> bytes:
    """A Word letter that shows a file of another format, as those made of web pages do."""
    document = Document()
    for words in before:
        document.add_paragraph(words)
    part = Part(PackURI("/word/chunk.bin"), kind, content, document.part.package)
    name = document.part.relate_to(part, f"{RELATIONS}/aFChunk")
    document.element.body.insert(len(before), parse_xml(f"<w:altChunk {NAMES} r:id='{name}'/>"))
    return saved(document)


def open_document(*inside: str) -> bytes:
    from odfdo import Document as OpenDocument
    from odfdo import Element

    document = OpenDocument("text")
    document.body.clear()
    for one in inside:
        document.body.append(Element.from_tag(one))
    return saved(document)


def read(raw: bytes) -> Record:
    record = read_one(Work(Source("x", "x"), ".docx", raw, "c")).record
    assert record
    return record


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f"<w:p><w:r><w:t>hello </w:t>{EMOJI}<w:t> you</w:t></w:r></w:p>", "hello \U0001f60a you"),
        (
            "<w:p><w:r><w:t>a</w:t></w:r><mc:AlternateContent><mc:Choice Requires='e'><w:r><w:t>b</w:t></w:r>"
            "</mc:Choice><mc:Fallback><w:r><w:t>z</w:t></w:r></mc:Fallback></mc:AlternateContent><w:r><w:t>c</w:t></w:r></w:p>",
            "abc",
        ),
        (
            "<w:p><w:r><w:t>a</w:t></w:r><mc:AlternateContent><mc:Choice Requires='e'><w:r><e:symEx e:char='1'/></w:r>"
            "</mc:Choice><mc:Fallback><w:r><w:t>b</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>",
            "ab",
        ),
        (
            "<w:p><w:r><w:ruby><w:rt><w:r><w:t>how</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>what</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r></w:p>",
            "what",
        ),
    ],
)
def test_of_what_is_written_in_two_ways_one_is_read(inside: str, text: str) -> None:
    """Words that stand in a file twice, for programs that know less, are read once, and an emoji is not lost."""
    assert text_of(".docx", word(inside)).text == f"Dear Ann,\n{text}"


def test_alternatives_stay_whole_in_a_copy() -> None:
    """A comment that begins or ends within what cannot be parted takes all of it; the others stand where they did."""
    raw = word(f"<w:p><w:r>{EMOJI.replace('</w:t>', ' It hurts.</w:t>')}<w:t> You must ring them.</w:t></w:r></w:p>")
    record, text = read(raw), text_of(".docx", raw).text
    stretches = [(text.index("It hurts"), text.index(" You")), (text.index("You must"), len(text))]
    marks = tuple(replace(record.marks[0], start=start, end=end) for start, end in stretches)
    copy = commented(raw, replace(record, marks=marks, signs=()))
    assert text_of(".docx", copy).text == text
    inside = zipfile.ZipFile(io.BytesIO(copy)).read("word/document.xml").decode()
    assert inside.count("symEx ") == 1
    parts = re.findall(r"<w:commentRangeStart[^>]*>(.*?)<w:commentRangeEnd", inside, re.DOTALL)
    assert ["".join(re.findall(r"<w:t(?: [^<>]*)?>([^<>]*)</w:t>", part)) for part in parts] == [
        "\U0001f60a It hurts.",
        "You must ring them.",
    ]


def test_a_note_that_is_said_to_be_normal_is_read() -> None:
    """So it is in files of some programs, while others leave that out."""
    document = Document()
    document.add_paragraph("Dear Ann,")
    notes = (
        f"<w:footnotes {NAMES}><w:footnote w:type='separator'><w:p><w:r><w:t>no</w:t></w:r></w:p></w:footnote>"
        "<w:footnote w:type='normal'><w:p><w:r><w:t>I want to die tonight.</w:t></w:r></w:p></w:footnote></w:footnotes>"
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, f"{RELATIONS}/footnotes")
    assert text_of(".docx", saved(document)).text == "Dear Ann,\n\nI want to die tonight."


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("text/html", PAGE), ("application/xhtml+xml", PAGE), ("message/rfc822", ARCHIVE),
        ("text/plain", b"I want to die tonight."), ("application/rtf", rb"{\rtf1 I want to die tonight.}"),
    ],
)  # fmt: skip
def test_a_page_within_a_word_letter_is_read(kind: str, content: bytes) -> None:
    """What is made of web pages may have no other words; what such a page hides is told."""
    raw = with_inserted(kind, content, "Dear Ann,")
    found = text_of(".docx", raw)
    assert found.text == "Dear Ann,\n\nI want to die tonight."
    assert found.remark == ("What stands in its hidden text was not read." if content is PAGE else None)
    assert read(raw).level is Level.URGENT
    assert commented(raw, read(raw))
    assert text_of(".docx", with_inserted(kind, content)).text.strip() == "I want to die tonight."


@pytest.mark.parametrize(
    ("kind", "content"),
    [("application/x", b"?"), ("text/rtf", b"no RTF"), ("message/rfc822", b"Content-Type: image/png\n\n?")],
)
def test_a_file_within_a_word_letter_that_cannot_be_read_is_told(kind: str, content: bytes) -> None:
    """A letter that holds nothing else is not said to be empty."""
    found = text_of(".docx", with_inserted(kind, content, "Dear Ann,"))
    assert (found.text, found.remark) == ("Dear Ann,", "What was inserted into it from another file could not be read.")
    with pytest.raises(InputError, match=r"^What was inserted into it from another file could not be read\.$"):
        text_of(".docx", with_inserted(kind, content))


@pytest.mark.parametrize(
    ("style", "of_paragraph", "direct", "is_hidden"),
    [
        ("hides", "", "", True), ("from hides", "", "", True), ("shows", "", "", False), ("plain", "", "", False),
        ("", "P hides", "", True), ("", "P from hides", "", True), ("hides", "P hides", "", False),
        ("hides", "", "<w:vanish w:val='0'/>", False), ("plain", "", "<w:vanish/>", True),
        ("of itself", "", "", False), ("nowhere", "", "", False),
    ],
)  # fmt: skip
def test_words_that_a_style_hides_are_hidden(style: str, of_paragraph: str, direct: str, is_hidden: bool) -> None:
    """By itself or by a style that it is based on; of two that hide each takes the other back, as Word does it."""
    document = Document()
    for begin, kind in (("", WD_STYLE_TYPE.CHARACTER), ("P ", WD_STYLE_TYPE.PARAGRAPH)):
        styles = {
            name: document.styles.add_style(begin + name, kind)
            for name in ("hides", "from hides", "shows", "plain", "of itself")
        }
        styles["hides"].font.hidden, styles["shows"].font.hidden = True, False
        styles["from hides"].base_style = styles["shows"].base_style = styles["hides"]
        styles["of itself"].base_style = styles["of itself"]
    document.add_paragraph("Dear Ann,")
    names = {one.name: one.style_id for one in document.styles}
    run = f"<w:r><w:rPr><w:rStyle w:val='{names.get(style, style)}'/>{direct}</w:rPr><w:t>You always fail.</w:t></w:r>"
    looks = f"<w:pPr><w:pStyle w:val='{names.get(of_paragraph, of_paragraph)}'/></w:pPr>"
    document.element.body.insert(1, parse_xml(f"<w:p {NAMES}>{looks if of_paragraph else ''}{run}</w:p>"))
    found = text_of(".docx", saved(document))
    assert found.text == ("Dear Ann,\n" if is_hidden else "Dear Ann,\nYou always fail.")
    assert found.remark == ("What stands in its hidden text was not read." if is_hidden else None)
    assert commented(saved(document), read(saved(document)))


def test_words_that_the_usual_style_hides_are_hidden() -> None:
    """It is that of each paragraph that names none; where they speak of danger they are read."""
    document = Document()
    document.styles["Normal"].font.hidden = True
    document.add_paragraph("I want to die tonight.")
    document.add_paragraph("Dear Ann,").runs[0].font.hidden = False
    found = text_of(".docx", saved(document))
    assert found.text == "\nDear Ann,\n\nI want to die tonight."
    assert found.remark == "What stands in its hidden text was read as well, for it speaks of danger."


def test_hidden_words_of_a_note_or_a_footer_are_told() -> None:
    """Wherever they stand, danger in them is heard."""
    document = Document()
    document.add_paragraph("Dear Ann,")
    document.sections[0].footer.paragraphs[0].add_run("I want to die tonight.").font.hidden = True
    assert text_of(".docx", saved(document)).text == "Dear Ann,\n\nI want to die tonight."


@pytest.mark.parametrize(
    "control",
    [
        "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:p><w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent><w:r><w:t>{}</w:t></w:r></w:sdtContent></w:sdt></w:p>",
    ],
)
def test_what_an_untouched_control_asks_for_is_not_its_writers(control: str) -> None:
    """It is told, and where it speaks of danger it is read, for some program may have filled it in."""
    asked = "Click or tap here to enter text."
    found = text_of(".docx", word(control.format("<w:showingPlcHdr/>", asked)))
    assert (found.text, found.remark) == (
        "Dear Ann,\n",
        "What stands in its fields that were not filled in was not read.",
    )
    for said in ("", "<w:showingPlcHdr w:val='0'/>"):
        assert text_of(".docx", word(control.format(said, asked))).text == f"Dear Ann,\n{asked}"
    danger = text_of(".docx", word(control.format("<w:showingPlcHdr/>", "I want to die tonight.")))
    assert danger.text == "Dear Ann,\n\n\nI want to die tonight."


def test_what_an_open_document_says_of_its_words_is_not_read() -> None:
    """Neither what a picture shows, nor how a word is pronounced, nor a program; what stands behind those is."""
    picture = "<draw:image><office:binary-data>YWJj</office:binary-data></draw:image><svg:title>x</svg:title>"
    raw = open_document(
        f"<text:p>Dear <draw:frame>{picture}<svg:desc>y</svg:desc></draw:frame>Ann,</text:p>",
        "<text:p>you <text:script script:language='JavaScript'>alert(1)</text:script>were</text:p>",
        "<text:p><text:ruby><text:ruby-base>so</text:ruby-base><text:ruby-text>z</text:ruby-text></text:ruby></text:p>",
    )
    assert text_of(".odt", raw).text == "Dear Ann,\nyou were\nso"
