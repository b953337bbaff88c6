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
from compassion_coach.prescreen.words.encoded import guess_told, text_in, text_told, to_install
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
    pictures_in,
    text_of_document,
    words_asked_for,
    words_beside,
)
from compassion_coach.screen import screen

PLAIN = (".txt", ".text", ".md", ".markdown")
"""Formats that no parser is needed for."""
_SUBJECT, _QUOTED, _UNSEEN = "subject", "quotations or signature", "hidden or struck out text or form fields"
_OTHER = "other form (HTML or plain)"
_FEW_WORDS = 50  # beside pictures: of fewer the letter may be in them
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
    words; `unread` what of the file nobody read, which may be some of the letter, and `again` whether that could be
    read with what is to be installed.
    """

    text: str
    encoding: str | None = None
    place: str | None = None
    whole: str | None = None
    doubt: str | None = None
    joined: str | None = None
    unread: str | None = None
    again: bool = False

    @property
    def remark(self) -> str | None:
        """What a reader of the report has to know of how the words were found."""
        guessed = guess_told(self.encoding) if self.encoding else None
        beside = _beside(self.place, is_read=self.text == self.whole) if self.place else None
        return " ".join(said for said in (guessed, beside, self.doubt, self.unread) if said) or None


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
        raise MissingExtraError(f"A {suffix} file needs {library}: {to_install(extra)}") from None
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
        raise InputError(" ".join(filter(None, (empty, found.doubt, found.unread))) or EMPTY)
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
    own = _apart(text_of_document(document), *(one.text for one in inserted), notes_of(document))
    hidden = [hidden_words(document), *(one.whole.removeprefix(one.text).strip() for one in inserted if one.whole)]
    places = {
        "header or footer": words_beside(document),
        "hidden text": "\n".join(filter(None, hidden)),
        "fields that were not filled in": words_asked_for(document),
    }
    encoding = next((one.encoding for one in inserted if one.encoding), None)
    unread = next((one.unread for one in inserted if one.unread), None)
    found = replace(_text(own, places, encoding), unread=unread, again=any(one.again for one in inserted))
    return _with_pictures(found, pictures_in(document))


def _inserted(kind: str, raw: bytes) -> Text:
    """Return what a file says that stands within another, or that it cannot be read; so also where it says nothing."""
    try:
        found = _READERS[_KINDS[kind]](raw)
    except ImportError:
        return Text("", unread=f"{_INSERTED} {_to_read(_KINDS[kind])}", again=True)
    except Exception:  # what is around it is read all the same
        return Text("", unread=_INSERTED)
    return found if (found.whole or found.text).strip() else Text("", unread=_INSERTED)


def _to_read(suffix: str) -> str:
    return f"To read it: {to_install(_EXTRAS[suffix][1])}"


def _with_pictures(found: Text, many: int) -> Text:
    """Return a text beside which pictures stand: with few words the letter itself may be one, written by hand."""
    if not many:
        return found
    holds = "It holds a picture, which was not read" if many == 1 else f"It holds {many} pictures, which were not read"
    if len(found.text.split()) >= _FEW_WORDS:
        return replace(found, doubt=" ".join(filter(None, (found.doubt, f"{holds}."))))
    said = f"{holds}; a program that recognises text (OCR) can tell what is written there."
    return replace(found, unread=" ".join(filter(None, (found.unread, said))))


def _odt(raw: bytes) -> Text:
    own, beside, pictures = texts_of_opendocument(raw)
    return _with_pictures(_text(own, {"header or footer": beside}), pictures)


def _rtf(raw: bytes) -> Text:
    own = _apart(text_of_rich(raw, OWN), text_of_rich(raw, NOTES))
    return _text(own, {"header or footer": text_of_rich(raw, BESIDE), "hidden text": text_of_rich(raw, HIDDEN)})


def _html(raw: bytes) -> Text:
    declared = re.search(rb"charset=[\"']?([\w-]+)", raw[:2048])
    name = declared[1].decode("ascii").lower() if declared else "utf-8-sig"
    if name.startswith(("utf-16", "utf-32")):
        name = "utf-8-sig"  # who can read this in ASCII has no UTF-16 before them, whatever it says
    page, encoding = text_told(raw, name)
    texts = texts_of_page(page)
    return _with_pictures(_text(texts.own, {_UNSEEN: texts.unseen}, encoding), texts.pictures)


def _eml(raw: bytes) -> Text:
    message = message_in(raw)
    bodies = bodies_of(message)
    pages = [texts_of_page(said, mark_quotations)[:2] if kind == "html" else (said, "") for said, kind, _ in bodies]
    if not written_anew(*(said for said, _ in pages)):  # all of it was passed on, and is the letter
        pages = [texts_of_page(said)[:2] if kind == "html" else (said, "") for said, kind, _ in bodies]
    subject, content = subject_of(message), "\n".join(said for said, _ in pages)
    own, unseen = own_words(*(said for said, _ in pages)), "\n".join(filter(None, (unseen for _, unseen in pages)))
    other, unread, again = _other_forms(message, content)
    places = {_SUBJECT: subject, _QUOTED: own != content, _UNSEEN: unseen, _OTHER: other}
    beside = ", ".join(place for place, holds in places.items() if holds)
    whole = "\n\n".join(filter(None, (subject, content, unseen, other)))
    encoding = next((encoding for _, _, encoding in bodies if encoding), None)
    quoted = "It may hold a quoted mail, which was read as its writer's own words." if may_quote(own) else None
    found = Text(own, encoding, doubt=quoted, unread=unread, again=again)
    return replace(found, place=f"its {beside}", whole=whole) if beside else found


def _other_forms(message: EmailMessage, content: str) -> tuple[str, str | None, bool]:
    """Return what other forms of a message say that its `content` does not; else what is told where nobody knows, and
    whether it could be known with what is to be installed.
    """
    forms: list[str] = []
    unread = f"Its {_OTHER} could not be compared with what was read."
    for said, kind, _ in other_bodies_of(message):
        try:
            forms += texts_of_page(said)[:2] if kind == "html" else [said]
        except ImportError:
            return "", f"{unread} {_to_read('.html')}", True
        except Exception:  # the plain words are read all the same where no parser can go on
            return "", unread, False
    return "\n\n".join(form for form in forms if not is_said_in(form, content)), None, False


def _pdf(raw: bytes) -> Text:
    own, joined, beside, told = texts_of_portable(raw)
    return replace(_text(own, beside), joined=joined if joined != own else None, unread=told)


def _apart(*texts: str) -> str:
    """Return some texts as one, those left out in which nothing stands."""
    return "\n\n".join([texts[0], *(text for text in texts[1:] if text.strip())])


_READERS: dict[str, Callable[[bytes], Text]] = {
    **dict.fromkeys(PLAIN, _plain), ".docx": _docx, ".odt": _odt, ".rtf": _rtf, ".html": _html, ".htm": _html,
    ".eml": _eml, ".pdf": _pdf,
}  # fmt: skip
