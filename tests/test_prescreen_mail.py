"""Letters that come by e-mail: whose words they are, when they were sent, and what is attached."""

import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import mixed_letters
import pytest

from compassion_coach.prescreen.finding.found import find
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.sources import Found, Source
from compassion_coach.prescreen.words import mail
from compassion_coach.prescreen.words.formats import Text, text_of
from compassion_coach.prescreen.words.mail import date_of, message_in, subject_of
from compassion_coach.prescreen.words.quotations import own_words
from compassion_coach.prescreen.work import Work, read_one
from compassion_coach.vocabulary import Level


def message(text: str, **headers: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"Subject": "my letter", **headers}.items():
        made[name] = value
    made.set_content(text)
    return made


def inline(content: bytes, kind: str, subtype: str, **rest: Any) -> EmailMessage:
    made = EmailMessage()
    made.set_content(content, kind, subtype, disposition="inline", **rest)
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
    assert text_of(".eml", message("Dear Ana,\nit hurt.\n", Subject="").as_bytes()).remark is None
    for hidden in (
        "Here is my letter:\n> I want to kill myself tonight.\n",
        "It hurt.\n-- \nI will kill myself tonight.\n",
    ):
        found = text_of(".eml", message(hidden).as_bytes())
        assert "kill myself tonight" in found.text
        assert "was read as well" in str(found.remark)


def test_a_subject_that_speaks_of_danger_is_read() -> None:
    """Somebody may say it there and nowhere else; another subject is told, and is not the letter."""
    calm = text_of(".eml", message("hi\n").as_bytes())
    assert (calm.text.strip(), calm.remark) == ("hi", "What stands in its subject was not read.")
    for body in ("hi\n", "\n", "It is all so hopeless, and nothing will ever get better.\n"):
        found = text_of(".eml", message(body, Subject="I am going to kill myself tonight").as_bytes())
        assert found.text.split() == ["I", "am", "going", "to", "kill", "myself", "tonight", *body.split()]
        assert found.remark == "What stands in its subject was read as well, for it speaks of danger."
        record = read_one(Work(Source("x", "x"), ".eml", message(body, Subject=found.text[:33]).as_bytes(), "c")).record
        assert record
        assert record.level is Level.URGENT
    both = text_of(".eml", message("It hurt.\n> You were tired.\n").as_bytes())
    assert both.remark == "What stands in its subject, quotations or signature was not read."


@pytest.mark.parametrize(
    "written",
    [
        "I’ve said goodbye to everyone".encode(), "I’ve said goodbye to everyone".encode("cp1252"),
        b"=?utf-8?q?I=E2=80=99ve_said?=\n =?utf-8?q?_goodbye_to_everyone?=",
        b"=?iso-8859-1?q?I=92ve_said_goodbye_to_everyone?=",
    ],
)  # fmt: skip
def test_a_subject_is_read_however_it_is_written(written: bytes) -> None:
    """Encoded as it should be, or as it came."""
    assert subject_of(message_in(b"Subject: " + written + b"\n\nhi\n")) == "I’ve said goodbye to everyone"
    assert subject_of(message_in(b"From: x\n\nhi\n")) == ""
    assert text_of(".eml", b"\nhi\n").text == "hi\n"  # nor any other header


QUOTING = {
    "gmail": '<div dir="ltr">{own}</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Nov 2026 at 09:12, '
    'Dr X &lt;<a href="mailto:x@example.org">x@example.org</a>&gt; wrote:<br></div><blockquote class="gmail_quote">'
    "<div>{quoted}</div></blockquote></div>",
    "gmail, answered between": '<div class="gmail_quote"><div class="gmail_attr">On Mon, 2 Nov, Dr X wrote:<br></div>'
    '<blockquote class="gmail_quote">{quoted}</blockquote><div>{own}</div><blockquote>More.</blockquote></div>',
    "gmail, forwarded": '<p>{own}</p><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message'
    "</div><p>{quoted}</p></div>",
    "apple": '<p>{own}</p><blockquote type="cite"><div>On 2 Nov 2026, Dr X wrote:</div><p>{quoted}</p><blockquote>'
    "<p>Older.</p></blockquote></blockquote>",
    "outlook": '<div>{own}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>From:</b> Dr X</div>'
    "<div>{quoted}</div>",
    "signature": '<p>{own}</p><div class="gmail_signature"><p>{quoted}</p></div>',
}


@pytest.mark.parametrize("page", QUOTING.values(), ids=QUOTING)
def test_what_is_quoted_in_a_page_is_not_the_letter(page: str) -> None:
    """Neither what programs mark as quoted nor the line above it; where it speaks of danger it is read, whole."""
    own, calm = "It was a <b>hard</b> week.", "You should write &gt; five minutes."
    made = message("", Subject="")
    made.set_content(page.format(own=own, quoted=calm), subtype="html")
    found = text_of(".eml", made.as_bytes())
    assert found.text.split() == ["It", "was", "a", "hard", "week."]
    assert found.remark == "What stands in its quotations or signature was not read."
    made.set_content(page.format(own=own, quoted="I want to <b>kill</b> myself tonight."), subtype="html")
    found = text_of(".eml", made.as_bytes())
    assert "It was a hard week." in found.text
    assert "> I want to kill myself tonight." in found.text
    assert "was read as well" in str(found.remark)
    made.set_content(page.format(own="", quoted=calm), subtype="html")
    assert "You should write > five minutes." in text_of(".eml", made.as_bytes()).text  # nothing else is in it


def test_a_quotation_in_a_letter_is_the_letters() -> None:
    """A page that is no message may quote whom it likes."""
    page = b"<p>You wrote:</p><blockquote>I am enough.</blockquote>"
    assert text_of(".html", page) == Text("You wrote:\n\nI am enough.")


def test_a_message_is_dated_by_its_header(tmp_path: Path) -> None:
    """The file's own day is when it was saved; a date in its name is what somebody chose."""
    raw = message("Dear Ana,\nit hurt.\n", Date="Tue, 15 Sep 2026 23:30:00 -0500").as_bytes()
    (tmp_path / "mail.eml").write_bytes(raw)
    (tmp_path / "2026-01-02.eml").write_bytes(raw)
    assert {where: one.source.date for where, one in found_in(tmp_path).items()} == {
        "mail.eml": "2026-09-15", "2026-01-02.eml": "2026-01-02",
    }  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        "", "soon", "Tue, 99 Sep 2026", "=?utf-8?q?x?=", "Mon, 1 Jan 99999999999999999999 10:00:00 +0000",
        "Mon, 1 Jan 2026 10:00:00 +999999999999999",
    ],
)  # fmt: skip
def test_a_date_that_is_none_is_not_believed(told: str) -> None:
    """The file's day stands then."""
    assert date_of(f"Date: {told}\n\nx\n".encode()) == date_of(b"\nx\n") == ""
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


def test_what_stands_below_a_picture_is_read(tmp_path: Path) -> None:
    """Some programs part a text where a picture stands in it; the picture is listed."""
    made = message("Dear Ana,\nit was a hard week.\n-- \nAna\n", Subject="")
    made.make_mixed()
    made.attach(inline(b"\x89PNG", "image", "png", filename="pic.png"))
    made.attach(inline(b"I will kill myself tonight.\n", "text", "plain"))
    made.attach(inline("<p>You are not alone.</p>".encode("utf-16"), "text", "html"))
    found = text_of(".eml", made.as_bytes())
    assert found.text.split("\n") == [
        "Dear Ana,", "it was a hard week.", "", "I will kill myself tonight.", "", "You are not alone.",
    ]  # fmt: skip
    assert found.remark == ("What stands in its quotations or signature was not read.")
    (tmp_path / "mail.eml").write_bytes(made.as_bytes())
    assert found_in(tmp_path).keys() == {"mail.eml", "mail.eml!pic.png"}


def test_of_the_same_text_in_two_forms_one_is_read(tmp_path: Path) -> None:
    """The plain one, unless it is blank; a picture in the other is listed."""
    for plain, read in (("You were tired.\n", "You were tired."), (" \n", "It hurt."), ("", "It hurt.")):
        made = message(plain, Subject="")
        made.add_alternative("<p>It hurt.</p>", subtype="html")
        made.get_payload(1).add_related(b"\xff\xd8", "image", "jpeg", cid="<a>")  # type: ignore[union-attr]
        assert text_of(".eml", made.as_bytes()).text.strip() == read
        (tmp_path / "mail.eml").write_bytes(made.as_bytes())
        found = found_in(tmp_path)
        assert found.keys() == {"mail.eml", "mail.eml!part 1.jpg"}
        assert "are not read" in str(found["mail.eml!part 1.jpg"].unread)


def in_two_forms(plain: str, page: str) -> bytes:
    made = message(plain, Subject="")
    made.add_alternative(page, subtype="html")
    return made.as_bytes()


@pytest.mark.parametrize(
    "more", ["<p>{}</p>", '<p>It hurt.</p><div style="display:none">{}</div>', "It hurt. <b>{}</b>"]
)
def test_what_only_one_of_two_forms_says_is_told(more: str) -> None:
    """And read where it is danger: the plain form may say no more than that there is another."""
    for plain in ("This message is in HTML. Please use a program that shows it.\n", "It hurt.\n"):
        found = text_of(".eml", in_two_forms(plain, more.format("You were so tired.")))
        assert (found.text, found.remark) == (
            plain, "What stands in its other form (HTML or plain) was not read.",
        )  # fmt: skip
        found = text_of(".eml", in_two_forms(plain, more.format("I want to kill myself tonight.")))
        assert found.text.startswith(plain)
        assert "I want to kill myself tonight." in found.text
        assert found.remark == (
            "What stands in its other form (HTML or plain) was read as well, for it speaks of danger."
        )


def test_a_plain_form_that_only_points_to_the_other_is_not_the_letter() -> None:
    """It is told beside it; what the other only quotes makes it no longer, nor does a program's style."""
    stub, letter = "This message is in HTML. Please use a program that shows it.\n", 8 * "You were so tired. "
    found = text_of(".eml", in_two_forms(stub, f"<p>{letter}</p>"))
    assert (found.text, found.remark) == (
        letter.strip(), "What stands in its other form (HTML or plain) was not read.",
    )  # fmt: skip
    found = text_of(".eml", in_two_forms("I want to die tonight.\n", f"<p>{letter}</p>"))
    assert letter.strip() in found.text
    assert "I want to die tonight." in found.text
    for more in (f"<blockquote>{letter}</blockquote>", f"<style>{letter}</style>", f"<p hidden>{letter}</p>"):
        assert text_of(".eml", in_two_forms("It hurt.\n", f"<p>It hurt.</p>{more}")).text == "It hurt.\n"
    deep = f"<p>{letter}</p>{5000 * '<div>'}"
    assert text_of(".eml", in_two_forms("It hurt.\n", deep)).text == "It hurt.\n"


@pytest.mark.parametrize(
    ("plain", "page"),
    [
        ("It was a hard week, and\nyou stayed.\n", "<div>It was a <b>hard</b> week,<br>and you&nbsp;stayed.</div>"),
        ("It was a *hard* week.\n\n- you stayed\n", "<p>It was a <b>hard</b> week.</p><ul><li>you stayed</li></ul>"),
        ("It was hard:\n\n   1. you don't\n", "<p>It was hard:</p><ol><li>you don’t</li></ol>"),
        ("See this <https://example.org/a?b=1> page.\n[image: sun.png]\n", '<p>See <a href="x">this</a> page.</p>'),
        ("x@example.org<mailto:x@example.org>\n[cid:1@2]", '<a href="mailto:x@example.org">x@example.org</a>'),
        ("It hurt.\n\nOn Mon, X wrote:\n> You <b@c.de>\n> came.\n", "It hurt.<p>On Mon, X wrote:<blockquote>You "
         "&lt;b@c.de&gt; came.</blockquote>"),
        ("It hurt.\n", "<style>p {color: red}</style><p>It hurt.</p><script>x</script>"),
        ("It hurt.\n", "<p><img></p>"),
    ],
)  # fmt: skip
def test_two_forms_that_say_the_same_are_one_letter(plain: str, page: str) -> None:
    """Programs put marks, numbers and addresses into the plain form; these are no words of the letter."""
    raw = in_two_forms(plain, page)
    assert text_of(".eml", raw) == text_of(".eml", message(plain, Subject="").as_bytes())


def test_a_message_that_is_attached_is_read(tmp_path: Path) -> None:
    """Forwarded as a message or as a file, within each other, each with its own day and its own letters."""
    inner = message("From here on it hurt.\n", Date="Tue, 15 Sep 2026 12:00:00 +0000")
    inner.add_attachment("You were so tired.", filename="letter.txt")
    middle = message("one more\n")
    middle.add_attachment(inner)
    outer = message("see below\n", Date="Thu, 17 Sep 2026 12:00:00 +0000")
    outer.add_attachment(middle)
    outer.add_attachment(inner.as_bytes(), maintype="application", subtype="octet-stream", filename="x.eml")
    outer.add_attachment("It was a hard week.", disposition="attachment")  # without a name
    (tmp_path / "mail.eml").write_bytes(outer.as_bytes())
    found = found_in(tmp_path)
    assert {where: (one.source.date, one.unread) for where, one in found.items()} == {
        "mail.eml": ("2026-09-17", None),
        "mail.eml!message 1.eml": ("2026-09-17", None),
        "mail.eml!message 1.eml!message 1.eml": ("2026-09-15", None),
        "mail.eml!message 1.eml!message 1.eml!letter.txt": ("2026-09-15", None),
        "mail.eml!x.eml": ("2026-09-15", None),
        "mail.eml!x.eml!letter.txt": ("2026-09-15", None),
        "mail.eml!part 3.txt": ("2026-09-17", None),
    }
    for where in ("mail.eml!message 1.eml!message 1.eml", "mail.eml!x.eml"):
        assert text_of(".eml", found[where].raw).text == "From here on it hurt.\n"


def test_what_of_a_message_is_not_opened_is_told(tmp_path: Path) -> None:
    """Messages within messages within messages, and more attachments than anybody sends."""
    made = message("It hurt.\n")
    for _ in range(6):
        outer = message("see below\n")
        outer.add_attachment(made)
        made = outer
    (tmp_path / "deep.eml").write_bytes(made.as_bytes())
    [unread] = [one for one in found_in(tmp_path).values() if one.unread]
    assert unread.unread == "Of messages within messages 5 are opened."
    (tmp_path / "deep.eml").unlink()
    many = message("It hurt.\n")
    for number in range(52):
        many.add_attachment("You were tired.", filename=f"{number}.txt")
    (tmp_path / "many.eml").write_bytes(many.as_bytes())
    found = found_in(tmp_path)
    assert len([one for one in found.values() if not one.unread]) == 51
    assert found["many.eml!2 more"].unread == "So many attachments of one message are not read."


def nested(deep: int, text: bytes) -> bytes:
    """A message of parts within parts."""
    parts = "".join(f"Content-Type: multipart/mixed; boundary=b{at}\n\n--b{at}\n" for at in range(deep))
    return f"Date: Tue, 15 Sep 2026 12:00:00 +0000\n{parts}\n".encode() + text


def test_what_would_take_minutes_to_take_apart_is_not_while_letters_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message itself is read where a limit of time holds; its day is in its header, and the rest is found."""
    for name, raw in {"lines": nested(200, b"x\n" * 200_000), "long": nested(200, bytes(10_000_000))}.items():
        (tmp_path / f"{name}.eml").write_bytes(raw)
    (tmp_path / "z.txt").write_text("It hurt.")
    monkeypatch.setattr(mail, "_parts", None)  # nothing is taken apart
    found = {where: (one.source.date, one.unread) for where, one in found_in(tmp_path).items()}
    assert found.pop("z.txt")[1] is None
    assert found == {
        "lines.eml": ("2026-09-15", None), "lines.eml!?": ("2026-09-15", "What is attached could not be read."),
        "long.eml": ("2026-09-15", None), "long.eml!?": ("2026-09-15", "What is attached could not be read."),
    }  # fmt: skip


def test_the_day_of_a_message_does_not_hang_on_what_follows_its_header() -> None:
    """However deep its parts lie within each other."""
    assert date_of(nested(2000, b"It hurt.\n")) == "2026-09-15"


def test_what_people_send_is_taken_apart() -> None:
    """A mail that was passed on ten times, with a letter as large as any that is read; and drawn lines."""
    assert not mail.is_tangled(nested(20, b"x" * 76 + b"\r\n") + (b"x" * 76 + b"\r\n") * 400_000)
    assert not mail.is_tangled(b"".join(b"--- %d ---\nIt hurt.\n" % at for at in range(1000)))
    assert not mail.is_tangled(b"")


def test_a_message_of_one_part_is_its_text_or_what_is_attached(tmp_path: Path) -> None:
    """A name makes no attachment of the only text there is; a message may be nothing but a letter in Word."""
    named = b'Content-Type: text/plain; name="letter.txt"\n\nIt hurt.\n'
    assert text_of(".eml", named).text == "It hurt.\n"
    alone = EmailMessage()
    alone.set_content(b"{\\rtf1 It hurt.}", maintype="application", subtype="rtf", filename="letter.rtf")
    (tmp_path / "alone.eml").write_bytes(alone.as_bytes())
    assert found_in(tmp_path).keys() == {"alone.eml", "alone.eml!letter.rtf"}


def test_a_mail_of_a_page_names_the_command_that_installs_its_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no fault of the program; a plain mail needs none."""
    monkeypatch.setitem(sys.modules, "html_text", None)
    page = Work(Source("x", "x"), ".eml", b"Content-Type: text/html\n\n<p>It hurt.</p>", "c")
    assert "pip install 'compassion-coach[html]'" in str(read_one(page).unread)
    assert read_one(Work(Source("x", "x"), ".eml", message("It hurt.\n").as_bytes(), "c")).record
    both = text_of(".eml", in_two_forms("It hurt.\n", "<p>It hurt.</p>"))
    assert (both.text, both.remark) == (
        "It hurt.\n", "Its other form (HTML or plain) could not be compared with what was read. "
        "To read it: pip install 'compassion-coach[html]', or all that letters need: 'compassion-coach[prescreen]'",
    )  # fmt: skip
