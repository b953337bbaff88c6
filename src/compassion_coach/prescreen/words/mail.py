"""Letters that come by e-mail: the words that were written anew, the day they were sent, and what is attached."""

import re
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from mimetypes import guess_extension
from typing import NamedTuple

from compassion_coach.errors import CoachError
from compassion_coach.prescreen.words.encoded import mended, text_in, text_told
from compassion_coach.prescreen.words.quotations import mark_quotations, own_words
from compassion_coach.prescreen.words.web import texts_of_page

_MOST_ATTACHED = 50
_MOST_COMPARED = 30_000_000  # lines with marks of parts, some seconds
_LINE = 64  # bytes; one that is longer takes as long as several
_MARK = re.compile(rb"(?:^|[\r\n])--([^\r\n]*)")
_FEW = 20  # words, of which no form of a message has to have more than another
_MESSAGES = ("message/rfc822", "message/global")
_TEXTS = ("text/plain", "text/html")
_WORD = re.compile(r"[^\W\d_]+")
_BESIDE_WORDS = re.compile(r"<?\b(?:https?://|mailto:|tel:)[^\s<>]*>?|\[(?:image|cid):[^\]]*\]")  # in plain forms


def message_in(raw: bytes) -> EmailMessage:
    """Parse a message."""
    return message_from_bytes(raw, policy=policy.default)


def subject_of(message: EmailMessage) -> str:
    """Return what a message is said to be about; nothing where that is not told, or cannot be understood."""
    written = next((value for name, value in message.raw_items() if name.lower() == "subject"), "")
    try:
        told = str(message["subject"]) if written.isascii() else text_in(written.encode("utf-8", "surrogateescape"))[0]
        return " ".join(mended(told).split()) if written else ""
    except (CoachError, TypeError, ValueError, IndexError, LookupError, AttributeError):
        return ""


def date_of(raw: bytes) -> str:
    """Return the day on which a message says it was sent, `2026-11-28`, or nothing. Only its header is read."""
    try:
        told = parsedate_to_datetime(str(BytesHeaderParser(policy=compat32).parsebytes(raw)["date"]))
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).date().isoformat()
    except (TypeError, ValueError, LookupError, OverflowError):
        return ""


def bodies_of(message: EmailMessage) -> list[tuple[str, str, str | None]]:
    """Return the texts that a message consists of, in their order: around a picture there are two.

    With each what it is (`plain` or `html`), and its encoding where that had to be guessed.
    """
    return [_content(part) for part in _parts(message, weighed=True).texts]


def other_bodies_of(message: EmailMessage) -> list[tuple[str, str, str | None]]:
    """Return, in the same way, the texts of a message that stand in it in another form as well, which was taken."""
    return [_content(part) for part in _parts(message, weighed=True).others]


def is_said_in(form: str, text: str) -> bool:
    """Whether all words of one form of a text stand in another, which may have marks, numbers and links around them."""
    return _words(form).strip() == "" or _words(form) in _words(text)


def is_tangled(raw: bytes) -> bool:
    """Whether to take a message apart might take minutes: each line is held against the mark of every part around it.

    How many parts are around which line is not known before, so it is asked how many there could be.
    """
    lines = max(raw.count(b"\n") + raw.count(b"\r"), len(raw) // _LINE, 1)
    marks: set[bytes] = set()
    for found in _MARK.finditer(raw):
        marks.add(found[1])
        if lines * len(marks) > _MOST_COMPARED:
            return True
    return False


def attached(raw: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Yield the name and the bytes of each attachment, the first fifty; then what the rest is called, and none.

    A message in it is called an .eml, and what has no name is called by its kind.
    """
    parts = _parts(message_in(raw)).attached
    for number, part in enumerate(parts[:_MOST_ATTACHED], 1):
        kind = part.get_content_type()
        inner = part.get_payload(0) if kind in _MESSAGES and part.is_multipart() else None
        content = inner.as_bytes(policy=compat32) if isinstance(inner, Message) else part.get_payload(decode=True)
        ending = ".eml" if inner else guess_extension(kind) or ""
        name = _name_of(part) or f"{'message' if inner else 'part'} {number}{ending}"
        yield name if not inner or name.lower().endswith(ending) else f"{name}{ending}", _bytes(content)
    if len(parts) > _MOST_ATTACHED:
        yield f"{len(parts) - _MOST_ATTACHED} more", None


class _Parts(NamedTuple):
    """The parts of a message, each in its order: its text, what is attached to it, and other forms of its text."""

    texts: list[Message]
    attached: list[Message]
    others: list[Message]


def _parts(message: Message, *, whole: bool = True, weighed: bool = False) -> _Parts:
    """Return the parts of a message.

    Of the same text in several forms the plain one is taken, unless it is blank or, where that is weighed, has under
    half the words of another, to which it then only points; what else comes with those is attached.
    """
    kind = message.get_content_type()
    if not message.is_multipart() or message.get_content_maintype() == "message":
        is_attached = not whole and (message.get_content_disposition() == "attachment" or _name_of(message))
        return _Parts([message], [], []) if kind in _TEXTS and not is_attached else _Parts([], [message], [])
    inside = [_parts(part, whole=False, weighed=weighed) for part in message.get_payload() if isinstance(part, Message)]
    rest, others = (
        [one for parts in inside for one in parts.attached],
        [one for parts in inside for one in parts.others],
    )
    if kind != "multipart/alternative":
        return _Parts([text for parts in inside for text in parts.texts], rest, others)
    said = [parts.texts for parts in inside if any(_content(part)[0].strip() for part in parts.texts)]
    plain = [text for text in said if all(part.get_content_type() == "text/plain" for part in text)]
    taken = next(iter([*plain, *said]), [])
    if weighed and plain and len(said) > 1:
        least = max(_FEW, 2 * _many_words(taken))
        taken = next((text for text in said if text is not taken and _many_words(text) > least), taken)
    return _Parts(taken, rest, [*others, *(part for text in said if text is not taken for part in text)])


def _content(part: Message) -> tuple[str, str, str | None]:
    content, encoding = text_told(_bytes(part.get_payload(decode=True)), str(part.get_content_charset("utf-8")))
    return content.replace("\r\n", "\n"), part.get_content_subtype(), encoding


def _many_words(parts: list[Message]) -> int:
    """Return how many words of its writer a text has; none where it is HTML that cannot be read."""
    said = [_content(part) for part in parts]
    try:
        texts = [texts_of_page(text, mark_quotations)[0] if kind == "html" else text for text, kind, _ in said]
    except Exception:  # the plain words are read all the same, without html-text or where no parser can go on
        return 0
    return len(_words(own_words(*texts)).split())


def _words(text: str) -> str:
    return f" {' '.join(_WORD.findall(_BESIDE_WORDS.sub(' ', text.casefold())))} "


def _name_of(part: Message) -> str:
    try:
        return part.get_filename() or ""
    except (TypeError, ValueError, AttributeError, LookupError):
        return ""


def _bytes(content: object) -> bytes:
    return content if isinstance(content, bytes) else b""
