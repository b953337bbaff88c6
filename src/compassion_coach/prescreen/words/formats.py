"""The text of a letter, whatever it was written in. Each format is read by a library that is kept for it.

Only words are taken: no pictures, no macros, no links are followed, nothing is fetched.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.intake import MOST_BYTES as MOST_TEXT
from compassion_coach.letter import Letter
from compassion_coach.prescreen.sources import EMPTY
from compassion_coach.prescreen.words.encoded import text_in, text_told
from compassion_coach.prescreen.words.mail import bodies_of, is_said_in, message_in, other_bodies_of, subject_of
from compassion_coach.prescreen.words.opendocument import texts_of_opendocument
from compassion_coach.prescreen.words.portable import texts_of_portable
from compassion_coach.prescreen.words.quotations import mark_quotations, may_quote, own_words, written_anew
from compassion_coach.prescreen.words.rich_text import BESIDE, HIDDEN, NOTES, OWN, text_of_rich
from compassion_coach.prescreen.words.web import texts_of_page
from compassion_coach.prescreen.words.word import (
    document_of,
    hidden_words,
    inserted_in,
    notes_of,
    text_of_document,
    words_asked_for,
    words_beside,
)
from compassion_coach.screen import screen

PLAIN = (".txt", ".text", ".md", ".markdown")
"""Formats that no parser is needed for."""
_SUBJECT, _QUOTED, _UNSEEN = "subject", "quotations or signature", "hidden or struck out text or form fields"
_OTHER = "other form (HTML or plain)"
_INSERTED = "What was inserted into it from another file could not be read."
_KINDS = {
    "text/html": ".html", "application/xhtml+xml": ".html", "text/plain": ".txt", "text/rtf": ".rtf",
    "application/rtf": ".rtf", "message/rfc822": ".eml",
}  # fmt: skip
_EXTRAS = {
    ".docx": ("python-docx", "docx"),
    ".odt": ("odfdo", "odt"),
    ".rtf": ("striprtf", "rtf"),
    ".html": ("html-text", "html"),
    ".htm": ("html-text", "html"),
    ".eml": ("html-text", "html"),
    ".pdf": ("pypdf", "pdf"),
}


def _beside(place: str, *, is_read: bool) -> str:
    return f"What stands in {place} {'was read as well, for it speaks of danger' if is_read else 'was not read'}."


OF_EVERY_MAIL = frozenset(
    _beside(f"its {place}", is_read=False) for place in (_SUBJECT, _QUOTED, f"{_SUBJECT}, {_QUOTED}")
)
"""What a remark says of any mail, for each has a subject, and most have quotations."""


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a letter. `encoding` is told where it had to be guessed.

    Where a file has more words, `place` names where they stand, and `whole` is the letter with them. `joined` is the
    letter without hyphens at the ends of lines. `doubt` says what else the words that are read may be, or what is no
    words.
    """

    text: str
    encoding: str | None = None
    place: str | None = None
    whole: str | None = None
    doubt: str | None = None
    joined: str | None = None

    @property
    def remark(self) -> str | None:
        """What a reader of the report has to know of how the words were found."""
        guessed = f"Its encoding was guessed: {self.encoding}." if self.encoding else None
        beside = _beside(self.place, is_read=self.text == self.whole) if self.place else None
        return " ".join(said for said in (guessed, beside, self.doubt) if said) or None


def text_of(suffix: str, raw: bytes) -> Text:
    """Return the words of a letter. Raises InputError with the reason in plain words, or MissingExtraError."""
    if not raw.strip():
        raise InputError(EMPTY)
    try:
        found = _READERS[suffix](raw)
    except (InputError, MissingExtraError):
        raise
    except ImportError:
        library, extra = _EXTRAS[suffix]
        raise MissingExtraError(f"A {suffix} file needs {library}: pip install 'compassion-coach[{extra}]'") from None
    except Exception:  # parsers fail in every way there is, and what they say may quote the letter
        found = None
    if found is None:
        raise InputError("It is damaged, or not what its name says, and could not be read.")
    if len(found.text.encode("utf-8", "surrogatepass")) > MOST_TEXT:
        raise InputError(f"Its text is over {MOST_TEXT >> 10} KiB, which is more than one letter may be.")
    for more in filter(None, (found.joined, found.whole)):
        if _is_danger_left_out(found.text, more):
            found = replace(found, text=more)
    if not found.text.strip("\ufeff\x00 \t\r\n\f\v") or found.text.isspace():
        empty = f"It is empty but for {found.place}, and that was not read." if found.place else None
        raise InputError(" ".join(filter(None, (empty, found.doubt))) or EMPTY)
    return found


def _is_danger_left_out(text: str, whole: str) -> bool:
    """Whether a letter speaks of graver danger with what is not its writer's, or not where letters stand."""
    own, all_of_it = (screen(Letter.of(one)).level for one in (text, whole))
    return all_of_it.is_grave and all_of_it.rank > own.rank


def _plain(raw: bytes) -> Text:
    return Text(*text_in(raw))


def _text(own: str, beside: Mapping[str, str], encoding: str | None = None) -> Text:
    """Return a letter beside which words may stand in some places."""
    told = {place: words for place, words in beside.items() if words.strip()}
    if not told:
        return Text(own, encoding)
    return Text(own, encoding, f"its {', '.join(told)}", "\n\n".join([own, *told.values()]))


def _docx(raw: bytes) -> Text:
    document = document_of(raw)
    inserted = [_inserted(kind, part) for kind, part in inserted_in(document)]
    read = [one for one in inserted if one]
    own = _apart(text_of_document(document), *(one.text for one in read), notes_of(document))
    hidden = [hidden_words(document), *(one.whole.removeprefix(one.text).strip() for one in read if one.whole)]
    places = {
        "header or footer": words_beside(document),
        "hidden text": "\n".join(filter(None, hidden)),
        "fields that were not filled in": words_asked_for(document),
    }
    encoding = next((one.encoding for one in read if one.encoding), None)
    return replace(_text(own, places, encoding), doubt=None if len(read) == len(inserted) else _INSERTED)


def _inserted(kind: str, raw: bytes) -> Text | None:
    """Return what a file says that stands within another; nothing where it cannot be read, or no words are found."""
    try:
        found = _READERS[_KINDS[kind]](raw)
    except Exception:  # what is around it is read all the same
        return None
    return found if (found.whole or found.text).strip() else None


def _odt(raw: bytes) -> Text:
    own, beside = texts_of_opendocument(raw)
    return _text(own, {"header or footer": beside})


def _rtf(raw: bytes) -> Text:
    own = _apart(text_of_rich(raw, OWN), text_of_rich(raw, NOTES))
    return _text(own, {"header or footer": text_of_rich(raw, BESIDE), "hidden text": text_of_rich(raw, HIDDEN)})


def _html(raw: bytes) -> Text:
    declared = re.search(rb"charset=[\"']?([\w-]+)", raw[:2048])
    name = declared[1].decode("ascii").lower() if declared else "utf-8-sig"
    if name.startswith(("utf-16", "utf-32")):
        name = "utf-8-sig"  # who can read this in ASCII has no UTF-16 before them, whatever it says
    page, encoding = text_told(raw, name)
    own, unseen = texts_of_page(page)
    return _text(own, {_UNSEEN: unseen}, encoding)


def _eml(raw: bytes) -> Text:
    message = message_in(raw)
    bodies = bodies_of(message)
    pages = [texts_of_page(said, mark_quotations) if kind == "html" else (said, "") for said, kind, _ in bodies]
    if not written_anew(*(said for said, _ in pages)):  # all of it was passed on, and is the letter
        pages = [texts_of_page(said) if kind == "html" else (said, "") for said, kind, _ in bodies]
    subject, content = subject_of(message), "\n".join(said for said, _ in pages)
    own, unseen = own_words(*(said for said, _ in pages)), "\n".join(filter(None, (unseen for _, unseen in pages)))
    other, unknown = _other_forms(message, content)
    places = {_SUBJECT: subject, _QUOTED: own != content, _UNSEEN: unseen, _OTHER: other}
    beside = ", ".join(place for place, holds in places.items() if holds)
    whole = "\n\n".join(filter(None, (subject, content, unseen, other)))
    encoding = next((encoding for _, _, encoding in bodies if encoding), None)
    quoted = "It may hold a quoted mail, which was read as its writer's own words." if may_quote(own) else ""
    doubt = " ".join(filter(None, (quoted, unknown))) or None
    return Text(own, encoding, f"its {beside}" if beside else None, whole if beside else None, doubt)


def _other_forms(message: EmailMessage, content: str) -> tuple[str, str]:
    """Return what other forms of a message say that its `content` does not, and what is told where nobody knows."""
    forms: list[str] = []
    for said, kind, _ in other_bodies_of(message):
        try:
            forms += texts_of_page(said) if kind == "html" else [said]
        except Exception:  # the plain words are read all the same, without html-text or where no parser can go on
            return "", f"Its {_OTHER} could not be compared with what was read."
    return "\n\n".join(form for form in forms if not is_said_in(form, content)), ""


def _pdf(raw: bytes) -> Text:
    own, joined, beside, told = texts_of_portable(raw)
    return replace(_text(own, beside), joined=joined if joined != own else None, doubt=told)


def _apart(*texts: str) -> str:
    """Return some texts as one, those left out in which nothing stands."""
    return "\n\n".join([texts[0], *(text for text in texts[1:] if text.strip())])


_READERS: dict[str, Callable[[bytes], Text]] = {
    **dict.fromkeys(PLAIN, _plain), ".docx": _docx, ".odt": _odt, ".rtf": _rtf, ".html": _html, ".htm": _html,
    ".eml": _eml, ".pdf": _pdf,
}  # fmt: skip
