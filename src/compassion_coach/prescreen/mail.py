"""Letters that come by e-mail: the words that were written anew, the day they were sent, and what is attached."""

import re
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

from compassion_coach.prescreen.encoded import text_told

_MOST_ATTACHED = 50
_QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
_ANNOUNCED = re.compile(  # the line above what is quoted: "On Monday, 2 March, N. wrote:"
    r"^(?:On|Am|Le|El)\b[^\n]{0,200}(?:\n[^\n]{0,100})?\b(?:wrote|schrieb|a écrit|escribió)\s*:[ \t]*\n(?=\s*>)",
    re.MULTILINE,
)
_SIGNATURE = re.compile(r"^-- \n.*", re.MULTILINE | re.DOTALL)


def message_in(raw: bytes) -> EmailMessage:
    """Parse a message."""
    return message_from_bytes(raw, policy=policy.default)


def body_of(message: EmailMessage) -> tuple[str, str, str | None] | None:
    """Return the text of a message, what it is (`plain` or `html`), and its encoding where that had to be guessed.

    None where there is no text.
    """
    body = message.get_body(("plain", "html"))
    if body is None:
        return None
    raw = body.get_payload(decode=True)
    content, encoding = text_told(raw if isinstance(raw, bytes) else b"", body.get_content_charset("utf-8"))
    return content.replace("\r\n", "\n"), body.get_content_subtype(), encoding


def own_words(text: str) -> str:
    """Leave out what a plain message quotes and the signature below `-- `, unless nothing else would be left."""
    own = _QUOTED.sub("", _ANNOUNCED.sub("", _SIGNATURE.sub("", text)))
    return own if own.strip() else text


def date_of(raw: bytes) -> str:
    """Return the day on which a message says it was sent, `2026-11-28`, or nothing."""
    try:
        told = parsedate_to_datetime(str(message_in(raw)["date"]))
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).date().isoformat()
    except (TypeError, ValueError, IndexError, LookupError):
        return ""


def attached(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each attachment, the first fifty."""
    try:
        parts = list(message_in(raw).iter_attachments())[:_MOST_ATTACHED]
    except (TypeError, ValueError, AttributeError, LookupError):
        return
    for part in parts:
        name, content = part.get_filename(), part.get_payload(decode=True)
        if name and isinstance(content, bytes):
            yield name, content
