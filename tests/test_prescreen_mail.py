"""Letters that come by e-mail: whose words they are, when they were sent, and what is attached."""

from email.message import EmailMessage
from pathlib import Path

import mixed_letters
import pytest

from compassion_coach.prescreen.formats import text_of
from compassion_coach.prescreen.found import find
from compassion_coach.prescreen.mail import date_of, own_words
from compassion_coach.prescreen.sources import Found
from compassion_coach.prescreen.tables import Columns


def message(text: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "my letter"
    for name, value in headers.items():
        made[name] = value
    made.set_content(text)
    return made


def found_in(folder: Path) -> dict[str, Found]:
    return {one.source.where.removeprefix(f"{folder}/"): one for one in find([str(folder)], Columns())}


def test_what_is_quoted_is_not_the_letter() -> None:
    """Neither the therapist's lines nor the line above them, nor a signature; a message of nothing else is kept."""
    text = (
        "Dear Ana,\nit was a hard week.\n\nOn Mon, 2 Nov 2026 at 09:12, Dr X <x@example.org>\nwrote:\n"
        "> You should write for five minutes.\n>> and more\n-- \nAna, sent from my phone\n"
    )
    assert own_words(text).split() == ["Dear", "Ana,", "it", "was", "a", "hard", "week."]
    assert own_words("> all of it is quoted\n") == "> all of it is quoted\n"
    assert own_words("On the whole I wrote:\nmy own line\n") == "On the whole I wrote:\nmy own line\n"
    raw = message(text).as_bytes()
    assert "five minutes" not in text_of(".eml", raw).text
    assert "was not read" in str(text_of(".eml", raw).remark)
    assert text_of(".eml", message("Dear Ana,\nit hurt.\n").as_bytes()).remark is None
    for hidden in (
        "Here is my letter:\n> I want to kill myself tonight.\n",
        "It hurt.\n-- \nI will kill myself tonight.\n",
    ):
        found = text_of(".eml", message(hidden).as_bytes())
        assert "kill myself tonight" in found.text
        assert "was read as well" in str(found.remark)


def test_a_message_is_dated_by_its_header(tmp_path: Path) -> None:
    """The file's own day is when it was saved; a date in its name is what somebody chose."""
    raw = message("Dear Ana,\nit hurt.\n", Date="Tue, 15 Sep 2026 23:30:00 -0500").as_bytes()
    (tmp_path / "mail.eml").write_bytes(raw)
    (tmp_path / "2026-01-02.eml").write_bytes(raw)
    assert {where: one.source.date for where, one in found_in(tmp_path).items()} == {
        "mail.eml": "2026-09-15", "2026-01-02.eml": "2026-01-02",
    }  # fmt: skip


@pytest.mark.parametrize("told", ["", "soon", "Tue, 99 Sep 2026", "=?utf-8?q?x?="])
def test_a_date_that_is_none_is_not_believed(told: str) -> None:
    """The file's day stands then."""
    assert date_of(message("x", **({"Date": told} if told else {})).as_bytes()) == ""
    assert date_of(b"\xff\x00") == ""


def test_letters_that_are_attached_are_read(tmp_path: Path) -> None:
    """A Word letter in a mail is a letter; a picture is listed; a name leads nowhere."""
    made = message("here is my letter\n", Date="Tue, 15 Sep 2026 23:30:00 -0500")
    word = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    docx = mixed_letters.docx_of(mixed_letters.BEN)
    made.add_attachment(docx, maintype="application", subtype=word, filename="../../letter.docx")
    made.add_attachment(b"x", maintype="image", subtype="jpeg", filename="page.jpg")
    (tmp_path / "mail.eml").write_bytes(made.as_bytes())
    found = found_in(tmp_path)
    assert found.keys() == {"mail.eml", "mail.eml!letter.docx", "mail.eml!page.jpg"}
    assert found["mail.eml!letter.docx"].raw == docx
    assert found["mail.eml!letter.docx"].source.date == "2026-09-15"
    assert found["mail.eml!page.jpg"].unread
