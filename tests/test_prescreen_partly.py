"""Letters of which nobody read all: pictures, parts that no library was there for, passages their writers keep."""

import io
import sys
import zlib
from email.message import EmailMessage
from pathlib import Path

import pytest
from docx import Document
from reports import Killed, table

from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.places import OF_LETTERS
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.words.formats import text_of
from compassion_coach.prescreen.work import Work, read_one

FEW, MANY = "It was a hard week.", "You were tired and you stayed with it, and nobody saw how much that took. " * 5


def in_word(text: str, pictures: int = 1) -> bytes:
    document, file = Document(), io.BytesIO()
    document.add_paragraph(text)
    for grey in range(pictures):
        document.add_picture(io.BytesIO(png(grey)))
    document.save(file)
    return file.getvalue()


def png(grey: int) -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    size = (1).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    dot = chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes([0, grey]))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + dot


def test_beside_a_picture_few_words_may_not_be_all_of_a_letter() -> None:
    """A photograph of a page of handwriting is told; with many words it is told, and no more."""
    few, many = (read_one(Work(Source("x", "x"), ".docx", in_word(text), "c")).record for text in (FEW, MANY))
    assert few
    assert many
    assert (few.standing, many.standing) == ("unread", "none")
    assert "It holds a picture, which was not read; a program that recognises text (OCR)" in few.remark
    assert many.remark == "It holds a picture, which was not read."
    assert "It holds 2 pictures, which were not read" in str(text_of(".docx", in_word(FEW, 2)).remark)
    alone = read_one(Work(Source("x", "x"), ".docx", in_word(""), "c"))
    assert "OCR" in str(alone.unread)


def test_pictures_of_a_page_are_told() -> None:
    """As in Word."""
    found = text_of(".html", b"<p>It was a hard week.</p><img src='a.jpg'><IMG src='b.jpg'>")
    assert found.unread
    assert "2 pictures" in found.unread
    none = b"<p title='<img>'>It was a hard week.</p><!-- <img src='a.jpg'> --><script>x = '<img>'</script>"
    assert text_of(".html", none).remark is None


def test_what_a_library_was_missing_for_is_read_when_it_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail whose plain words only point at its page: it does not stay calm because it was read once without."""
    mail = EmailMessage()
    mail.set_content("Please view this message in HTML.")
    mail.add_alternative("<p>I am going to kill myself tonight.</p>", subtype="html")
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "a.eml").write_bytes(mail.as_bytes())
    out = tmp_path / "out"
    monkeypatch.setattr("compassion_coach.prescreen.report.tame", lambda _: True)  # in this process
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "html_text", None)
        prescreen([str(tmp_path / "ana")], out)
        [row] = table(out)
        assert (row["level"], "pip install 'compassion-coach[html]'" in row["remark"]) == ("unread", True)
    prescreen([str(tmp_path / "ana")], out)
    [row] = table(out)
    assert row["level"] == "urgent"


def test_what_its_writer_kept_back_is_told_and_not_counted() -> None:
    """Somebody's own passages are screened and no more; of a letter that is all kept back nothing is told."""
    some = "It makes sense.\n<!-- coach:off -->\nYou are useless.\n<!-- coach:on -->\n"
    record = read_one(Work(Source("x", "x"), ".txt", some.encode(), "c")).record
    assert record
    assert (record.unheard, record.remark) == (
        False, "1 of its 2 sentences was kept back by the writer, and not read for marks.",
    )  # fmt: skip
    whole = read_one(Work(Source("x", "x"), ".txt", b"<!-- coach:off -->\nYou are useless. Go away.\n", "c"))
    assert whole.record
    assert whole.record.unheard
    assert "Nobody has looked for them in this letter." in whole.page


def test_a_page_that_was_made_as_the_program_ended_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One with a link to a Word copy does not outlive the copy."""
    (tmp_path / "ana").mkdir()
    (tmp_path / "ana" / "a.docx").write_bytes(in_word(MANY, 0))
    out = tmp_path / "out"
    prescreen([str(tmp_path / "ana")], out)

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as ended:
        ended.setattr(Journal, "add", killed)
        with pytest.raises(Killed):
            prescreen([str(tmp_path / "ana")], out, Options(docx=True))
    prescreen([str(tmp_path / "ana")], out)
    [page] = (out / OF_LETTERS).glob("*.html")
    assert "Word copy" not in page.read_text("utf-8")
