"""Letters in a PDF: sentences go on over lines and pages, and what is printed around them is no word of theirs."""

import io
import logging
from collections.abc import Mapping
from threading import Event, Thread

import mixed_letters
import pytest

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.words.formats import Text, text_of
from compassion_coach.prescreen.words.portable import _silent, between_edges, unwrapped

BELOW = ") Tj 0 -20 Td ("  # the next line of a page that mixed_letters makes


def pdf(*pages: str) -> bytes:
    return mixed_letters.pdf_of("\n".join(page.replace("|", BELOW) for page in pages))


def test_a_sentence_goes_on_over_the_page() -> None:
    """The end of a page is the end of nothing."""
    told = text_of(
        ".pdf", pdf("Dear Ben,|it was a hard spring for you and", "for Tom, and still you went.", "Rest now.")
    )
    assert told.text == "Dear Ben, it was a hard spring for you and for Tom, and still you went.\nRest now."


@pytest.mark.parametrize("many", [2, 3, 5])
def test_what_is_printed_around_a_letter_is_told_and_not_read(many: int) -> None:
    """The day it was printed, its address, a page's number; also where one page lacks them."""
    pages = [
        f"11/29/26, 1:21 PM My letter|You carried box {name} and|did not complain.|file:///a/b.html {at}/{many}"
        for at, name in enumerate("abcde"[:many], 1)
    ]
    found = text_of(".pdf", pdf(*pages))
    assert found.text == "\n".join(f"You carried box {n} and did not complain." for n in "abcde"[:many])
    assert found.remark == "What stands in its page headers or footers was not read."
    numbered = text_of(".pdf", pdf(*(f"You carried box {n} home.|Page {at}" for at, n in enumerate("abcde"[:many], 1))))
    assert numbered.text == "\n".join(f"You carried box {name} home." for name in "abcde"[:many])
    assert numbered.remark is None


def test_a_page_that_a_browser_printed_is_known_by_its_address() -> None:
    """When it was printed stands beside it; without it a day is the letter's, and so is an address by itself."""
    page = "It was a hard week.|11/29/26, 1:21 PM My letter|file:///letters/a.html 1/1"
    assert text_of(".pdf", pdf(page)).text == "It was a hard week."
    for kept in ("3/4/2026, 21:30 I cried.|It was a hard week.", "I read it there:|https://example.org/a"):
        assert text_of(".pdf", pdf(kept)).text.split() == kept.replace("|", " ").split()


def test_danger_at_the_edge_of_pages_is_heard() -> None:
    """A line that repeats is left out, and never unheard."""
    pages = [f"I want to kill myself {at}|You carried box {name} home." for at, name in enumerate("abc", 1)]
    found = text_of(".pdf", pdf(*pages))
    assert "I want to kill myself 1" in found.text
    assert "was read as well" in str(found.remark)


def scanned(raw: bytes, pictures: int, blank: int = 0, *, typed: bool = True) -> bytes:
    """A PDF with pages added that are pictures, and some on which nothing is; its own are pictures unless typed."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    own = [] if typed else list(writer.pages)
    for at, page in enumerate((*own, *(writer.add_blank_page(200, 200) for _ in range(pictures + blank)))):
        image = DecodedStreamObject()
        image.update({NameObject(f"/{name}"): NumberObject(1) for name in ("Width", "Height", "BitsPerComponent")})
        image.update(
            {NameObject("/Subtype"): NameObject("/Image"), NameObject("/ColorSpace"): NameObject("/DeviceGray")}
        )
        image.set_data(b"\0")
        there = DictionaryObject({NameObject("/I"): writer._add_object(image)})
        drawn = {NameObject("/XObject"): there} if at < len(own) + pictures else {}
        page[NameObject("/Resources")] = DictionaryObject({**page.get("/Resources", {}), **drawn})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("pictures", "blank", "told"),
    [
        (1, 0, "1 of its 3 pages is a picture and was not read."), (0, 1, None),
        (2, 1, "2 of its 5 pages are pictures and were not read."),
    ],
)  # fmt: skip
def test_pages_that_are_pictures_are_told(pictures: int, blank: int, told: str | None) -> None:
    """A letter may have been scanned in part; a page on which nothing is needs no word."""
    found = text_of(".pdf", scanned(pdf("It was a hard week.", "You stayed."), pictures, blank))
    assert (" ".join(found.text.split()), found.remark) == ("It was a hard week. You stayed.", told)
    for number in ("", "1", "Page 1 of 1", "- 1 -"):
        with pytest.raises(InputError, match="pictures of pages and no text"):
            text_of(".pdf", scanned(pdf(number), 0, typed=False))


def test_a_picture_with_a_page_number_is_told_beside_a_typed_page() -> None:
    """What a scanner prints on a page is no word of a letter; a typed page with an ornament is no picture."""
    found = text_of(".pdf", scanned(pdf("It was a hard week.", "Page 2 of 3", "3"), 0, typed=False))
    assert (found.text, found.remark) == ("It was a hard week.", "2 of its 3 pages are pictures and were not read.")
    found = text_of(".pdf", pdf("It was a hard week.", "2"))
    assert (found.text, found.remark) == ("It was a hard week.", None)


@pytest.mark.parametrize(
    "pages",
    [
        ["Dear me,\nyou came.", "Dear me,\nyou stayed."],
        ["You came.\nYou are loved.", "You stayed.\nYou are loved.", "You left.\nYou are loved."],
        ["My kind self\nyou came.", "My kind self\nyou stayed."],
        ["We had\n3", "and then\n7"],
    ],
)
def test_what_may_be_a_line_of_the_letter_stays(pages: list[str]) -> None:
    """A greeting, a sentence that returns, two lines that are alike, a number that is no page's."""
    assert between_edges([page.replace("\n3", "\n3 cats").replace("\n7", "\n7.") for page in pages])[1] == []


def test_parted_words_and_ligatures_are_whole() -> None:
    """A soft hyphen is none, a hyphen has no blank after it, and fonts draw two letters as one."""
    assert unwrapped("It is under\xad\nstandable, and self-\ncriticism grew.") == (
        "It is understandable, and self-criticism grew."
    )
    assert unwrapped("It was hard -\nand still you went.") == "It was hard - and still you went."


def filled(raw: bytes, *notes: Mapping[str, object], field: Mapping[str, object] | None = None) -> bytes:
    """A PDF with notes on its first page, which are of a field where one is told."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

    def made(of: Mapping[str, object]) -> DictionaryObject:
        return DictionaryObject({NameObject(f"/{name}"): value(one) for name, one in of.items()})

    def value(one: object) -> object:
        if isinstance(one, int):
            return NumberObject(one)
        if not isinstance(one, str):
            return one
        return NameObject(one) if one.startswith("/") else TextStringObject(one)

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(raw)))
    above = {"Parent": writer._add_object(made(field))} if field else {}
    writer.pages[0][NameObject("/Annots")] = ArrayObject(writer._add_object(made({**note, **above})) for note in notes)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PRINTED = "Write to yourself:"
FIELD, NOTE = {"Subtype": "/Widget", "FT": "/Tx"}, {"Subtype": "/FreeText"}


@pytest.mark.parametrize("said", ["I want to die tonight.", "Dear me,\nyou were so tired.", "Ich bin müde – „still“."])
def test_what_was_typed_into_a_form_or_on_a_page_is_read(said: str) -> None:
    """It may be all that there is; a field that stands in two places is one."""
    letter = f"{PRINTED}\n\n{said}"
    assert text_of(".pdf", filled(pdf(PRINTED), {**FIELD, "V": said.replace("\n", "\r")})) == Text(letter)
    assert text_of(".pdf", filled(pdf(PRINTED), {**NOTE, "Contents": said.replace("\n", "\r\n")})) == Text(letter)
    widget = {"Subtype": "/Widget"}
    assert text_of(".pdf", filled(pdf(PRINTED), widget, widget, field={"FT": "/Tx", "V": said})) == Text(letter)
    assert text_of(".pdf", filled(mixed_letters.scan(), {**FIELD, "V": said})) == Text(said)
    found = text_of(".pdf", filled(scanned(pdf("Page 1"), 0, typed=False), {**NOTE, "Contents": said}))
    assert (found.text, found.remark) == (said, "1 of its 1 pages is a picture and was not read.")


@pytest.mark.parametrize(
    "note",
    [
        {**FIELD}, {**FIELD, "V": " "}, {"Subtype": "/Widget", "FT": "/Btn", "V": "/Yes"}, {"Subtype": "/Link"},
        {"Subtype": "/Text", "Contents": "You always fail."}, {"Subtype": "/Widget", "V": "You always fail."}, {},
    ],
)  # fmt: skip
def test_what_is_no_text_of_a_form_is_not_read(note: dict[str, object]) -> None:
    """A field that nobody filled, a box to tick, a link, somebody's comment."""
    assert text_of(".pdf", filled(pdf(PRINTED), note)) == Text(PRINTED)


def test_what_is_hidden_in_a_form_is_told() -> None:
    """And read where it is danger, as elsewhere; what is shown in another place as well is not hidden."""
    for note in ({**FIELD, "F": 2, "V": "{}"}, {**NOTE, "F": 36, "Contents": "{}"}):
        for said, how in (("You came.", "was not read."), ("I want to die tonight.", "was read as well, for it")):
            hidden = {name: said if one == "{}" else one for name, one in note.items()}
            assert f"its hidden fields or notes {how}" in str(text_of(".pdf", filled(pdf(PRINTED), hidden)).remark)
    places = ({"Subtype": "/Widget"}, {"Subtype": "/Widget", "F": 2})
    for both in (places, places[::-1]):
        found = text_of(".pdf", filled(pdf(PRINTED), *both, field={"FT": "/Tx", "V": "You came."}))
        assert found == Text(f"{PRINTED}\n\nYou came.")


def test_a_form_that_is_broken_takes_no_printed_word_along() -> None:
    """It is told; where nothing is printed that is the reason why nothing could be read."""
    broken = {**FIELD, "V": "You came.", "F": "many"}
    found = text_of(".pdf", filled(pdf(PRINTED), broken))
    assert (found.text, found.remark) == (PRINTED, "What was typed into its fields or on its pages could not be read.")
    with pytest.raises(InputError, match="could not be read"):
        text_of(".pdf", filled(mixed_letters.scan(), broken))


@pytest.mark.parametrize("hyphen", ["-", "\u2010"])
def test_danger_in_a_word_that_a_line_parted_is_heard(hyphen: str) -> None:
    """Nobody can tell whether the hyphen is the word's; it stays where it hides nothing."""
    assert unwrapped(f"I think of sui{hyphen}\ncide, and of self{hyphen}\nharm.", hyphens=False) == (
        f"I think of suicide, and of self{hyphen}harm."
    )
    said = "He stran-|gled me on Friday."
    assert text_of(".pdf", pdf(f"{said}|Page 1")).text == said.replace("-|", "")
    raw = pdf("You were so hard on your half-|brother, and it was a long week.")
    assert text_of(".pdf", raw) == Text(
        "You were so hard on your half-brother, and it was a long week.",
        joined="You were so hard on your halfbrother, and it was a long week.",
    )


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_pdf_that_may_be_read_but_not_printed_is_read(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It needs no password; where what decrypts it is not there, that is told."""
    from pypdf import PdfReader, PdfWriter, _encryption
    from pypdf._crypt_providers import _fallback

    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf("It was a hard week.")))), io.BytesIO()
    writer.encrypt("", "secret", algorithm=algorithm)
    writer.write(out)
    assert text_of(".pdf", out.getvalue()) == Text("It was a hard week.")
    for name in set(vars(_fallback)) & set(vars(_encryption)) - {"CryptBase"}:
        if name.startswith(("Crypt", "aes_")):
            monkeypatch.setattr(_encryption, name, getattr(_fallback, name))
    if algorithm != "RC4-128":
        with pytest.raises(MissingExtraError, match=r"encrypted.*pip install 'compassion-coach\[pdf\]'"):
            text_of(".pdf", out.getvalue())


def test_what_a_program_logs_of_its_own_pdfs_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The library is silent while a letter is read, whatever comes of it, and no longer."""
    logger = logging.getLogger("pypdf")
    logger.setLevel(logging.INFO)
    try:
        text_of(".pdf", pdf("It was a hard week."))
        with pytest.raises(InputError):
            text_of(".pdf", b"%PDF-1.7 none")
        assert not caplog.records
        assert logger.level == logging.INFO
    finally:
        logger.setLevel(logging.NOTSET)


def test_two_letters_at_a_time_leave_the_library_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    """Each thread is silent as long as its own letter is read, whichever ends first."""
    reader = logging.getLogger("pypdf._reader")
    with _silent():
        reader.warning("unheard")
        other = Thread(target=lambda: reader.error("of somebody else's file"))
        other.start()
        other.join()
    entered, left = Event(), Event()

    def longer() -> None:
        with _silent():
            entered.set()
            left.wait(10)
            reader.error("unheard")

    with _silent():
        (beside := Thread(target=longer)).start()
        entered.wait(10)
    reader.error("heard")
    left.set()
    beside.join()
    assert logging.getLogger("pypdf").level == logging.NOTSET
    assert [record.message for record in caplog.records] == ["of somebody else's file", "heard"]
