"""Mails that were answered: what somebody else wrote before is not the letter, whichever program put it there."""

import time
from email.message import EmailMessage

import html_text
import pytest

from compassion_coach.prescreen.words.formats import text_of
from compassion_coach.prescreen.words.quotations import mark_quotations, may_quote, own_words
from compassion_coach.prescreen.words.web import texts_of_page

OWN = "Dear me,\n\nit was a hard week, and you kept going.\n\n"
CALM, GRAVE = "You should write for five minutes.\n", "I want to kill myself tonight.\n"
HEADERS = {
    "outlook": "-----Original Message-----\nFrom: Dr X\nSent: Thursday, July 2, 2026 9:00 AM\nTo: Fay\nSubject: hi\n\n",
    "outlook mobile": "________________________________\nFrom: Dr X <x@example.org>\nSent: Thursday\nTo: Fay\n\n",
    "outlook without a line": "From: Dr X\nSent: Thursday, July 2, 2026 9:00 AM\nTo: Fay\nSubject: a letter\n\n",
    "outlook, wrapped": "From: Dr X <x@example.org>\nTo: Fay Somebody; Another Person; Somebody Else;\n"
    "A Third Person\nSubject: a letter\n\n",
    "bold": "*From:* Dr X <x@example.org>\n*Sent:* Thursday, July 2, 2026 9:00 AM\n*Subject:* a letter\n\n",
    "German": "Von: T <t@example.org>\nGesendet: Donnerstag, 2. Juli 2026 09:00\nAn: Fay\nBetreff: dein Brief\n\n",
    "German, with a line": "-----Ursprüngliche Nachricht-----\nVon: T\nGesendet: Donnerstag, 2. Juli 2026\n\n",
    "French": "De : T <t@example.org>\nEnvoyé : jeudi 2 juillet 2026 09:00\nÀ : Fay\nObjet : ta lettre\n\n",
    "Spanish": "De: T <t@example.org>\nEnviado el: jueves, 2 de julio de 2026 9:00\nPara: Fay\nAsunto: carta\n\n",
    "Italian": "Da: T <t@example.org>\nInviato: giovedì 2 luglio 2026 09:00\nA: Fay\nOggetto: lettera\n\n",
    "Dutch": "Van: T\nVerzonden: donderdag 2 juli 2026 9:00\nAan: Fay\nOnderwerp: je brief\n\n",
    "Swedish": "Från: T\nSkickat: den 2 juli 2026 09:00\nTill: Fay\nÄmne: ditt brev\n\n",
    "Polish": "Od: T\nWysłano: 2 lipca 2026 09:00\nDo: Fay\nTemat: list\n\n",
    "Finnish": "Lähettäjä: T\nLähetetty: 2. heinäkuuta 2026 9:00\nVastaanottaja: Fay\nAihe: kirje\n\n",
    "Danish": "Fra: T\nSendt: 2. juli 2026 09:00\nTil: Fay\nEmne: dit brev\n\n",
    "Portuguese": "De: T\nEnviado: quinta-feira, 2 de julho de 2026 09:00\nPara: Fay\nAssunto: carta\n\n",
    "thunderbird": "-------- Forwarded Message --------\nSubject: hi\nDate: Thu, 2 Jul 2026\nFrom: Dr X\nTo: Fay\n\n",
    "gmail": "---------- Forwarded message ---------\nFrom: Dr X <x@example.org>\nDate: Thu, 2 Jul 2026\nTo: Fay\n\n",
    "apple": "Begin forwarded message:\n\nFrom: Dr X\nSubject: hi\nDate: 2 July 2026 at 09:00:00 BST\nTo: Fay\n\n",
    "yahoo": "    On Thursday, 2 July 2026 at 09:00:00 BST, T <t@example.org> wrote:  \n \n",
    "German, announced": "Am Do., 2. Juli 2026 um 09:00 Uhr schrieb T <t@example.org>:\n\n",
}  # fmt: skip


def mail(text: str, subtype: str = "plain") -> bytes:
    made = EmailMessage()
    made.set_content(text, subtype=subtype)
    return made.as_bytes()


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_what_stands_below_a_header_is_not_the_letter(header: str) -> None:
    """The header and all below it are told and left out; what speaks of danger there is read."""
    found = text_of(".eml", mail(OWN + header + CALM))
    assert found.text.split() == OWN.split()
    assert found.remark == "What stands in its quotations or signature was not read."
    assert GRAVE in text_of(".eml", mail(OWN + header + GRAVE)).text
    page = "".join(f"<p>{line}</p>" for line in (OWN + header + CALM).replace("<", "&lt;").split("\n\n"))
    found = text_of(".eml", mail(page.replace("\n", "<br>"), "html"))
    assert found.text.split() == OWN.split()


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_what_is_passed_on_whole_is_the_letter_without_its_header(header: str) -> None:
    """Somebody sends a letter on that was written elsewhere: who wrote when is no sentence of it."""
    assert own_words(header + OWN).strip() == OWN.strip()
    assert text_of(".eml", mail(header + OWN)).text.strip() == OWN.strip()


def test_a_page_that_is_passed_on_whole_has_no_signs_of_a_quotation() -> None:
    """Gmail puts all of it into a block; nothing new stands above it."""
    page = (
        '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Fay '
        "&lt;f@x.org&gt;<br>Date: Thu, 2 Jul 2026<br>To: Fay<br></div><p>It was a hard week.</p></div>"
    )
    assert text_of(".eml", mail(page, "html")).text.strip() == "It was a hard week."


def test_quotations_in_quotations_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long thread quotes itself two hundred deep: each line is told once, and what is new stands."""
    asked, told = list[object](), html_text.etree_to_text

    def counted(tree: object) -> str:
        asked.append(tree)
        return str(told(tree))

    monkeypatch.setattr("html_text.etree_to_text", counted)
    page = f"<p>It was a hard week.</p>{'<blockquote>' * 200}{'<p>Older.</p>' * 300}{'</blockquote>' * 200}"
    assert texts_of_page(page, mark_quotations)[0].split("\n\n") == [
        "It was a hard week.",
        "\n".join(["> Older."] * 300),
    ]
    assert len(asked) == 3, "the quotation, the page, and what of it is unseen"


def test_desktop_outlook_marks_a_quotation_by_a_line_alone() -> None:
    """Its header is known by what it says."""
    page = (
        '<div class="WordSection1"><p class="MsoNormal">It was a hard week.</p><div><div style="border:none;border-top:'
        'solid #E1E1E1 1.0pt"><p><b>From:</b> T &lt;t@e.org&gt;<br><b>Sent:</b> Thursday, July 2, 2026 9:00 AM<br>'
        "<b>To:</b> Fay</p></div></div><p>You should write more.</p></div>"
    )
    assert text_of(".eml", mail(page, "html")).text.split() == ["It", "was", "a", "hard", "week."]


@pytest.mark.parametrize(
    ("text", "is_doubtful"),
    [
        ("Here is my letter.\n\nFrom: my kind self\nTo: me\n\nYou were so tired.\n", True),
        ("Hello,\n\n-----Original Message-----\nYou were so tired.\n", True),
        ("Hello,\n\nOn 2 July 2026 at 9:00 my mother wrote:\nYou were so tired.\n", True),
        ("On the way home I cried.\nThen ben@example.org wrote:\nYou were so tired.\n", False),
        ("From: my kind self\nTo: me\n\nYou were so tired.\n", False),
        ("Dear me,\nDate: unknown\nYou were so tired.\n", False),
        ("On the whole I wrote:\nmy own line\n", False),
        ("I counted.\n____________________\nYou were so tired.\n", False),
    ],
)
def test_what_may_be_a_quotation_is_read_and_told(text: str, is_doubtful: bool) -> None:
    """A letter may be headed as a mail is, so what is not sure stays."""
    found = text_of(".eml", mail(text))
    assert found.text == text
    assert may_quote(text) is is_doubtful
    told = "It may hold a quoted mail, which was read as its writer's own words."
    assert found.remark == (told if is_doubtful else None)


def test_what_is_written_below_marked_lines_is_the_letter() -> None:
    """Where the lines of a quotation are marked, only these go, and the header above them."""
    for header in HEADERS.values():
        assert own_words(f"{OWN}{header}> Did it help?\n> Tell me.\nIt did.\n").split() == [*OWN.split(), "It", "did."]


def test_a_long_mail_of_headers_takes_no_time() -> None:
    """Whatever somebody sends."""
    begun = time.perf_counter()
    own_words("On a day\n" * 5000 + "From: x\n" * 5000 + "----- Original Message\n" * 5000)
    assert time.perf_counter() - begun < 5
