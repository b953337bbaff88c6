"""Letters that come by e-mail: the words that were written anew, the day they were sent, and what is attached."""

import re
from collections.abc import Iterator
from datetime import UTC
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from compassion_coach.errors import CoachError
from compassion_coach.prescreen.encoded import mended, text_in, text_told

_MOST_ATTACHED = 50
_QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
_ANNOUNCED = re.compile(  # the line above what is quoted: "On Monday, 2 March, N. wrote:"
    r"^(?:On|Am|Le|El)\b[^\n]{0,200}(?:\n[^\n]{0,100})?\b(?:wrote|schrieb|a écrit|escribió)\s*:[ \t]*\n(?=\s*>)",
    re.MULTILINE,
)
_QUOTATIONS = """
    .//blockquote | .//*[contains(@class, "gmail_quote") and not(blockquote)] |
    .//*[contains(@class, "gmail_signature") or contains(@class, "moz-signature")] |
    .//*[@id = "divRplyFwdMsg"] | .//*[@id = "divRplyFwdMsg" or @id = "appendonsend"]/following-sibling::*
"""  # of Gmail and of Outlook, where they use no block
_SIGNATURE = re.compile(r"^-- \n.*", re.MULTILINE | re.DOTALL)


def message_in(raw: bytes) -> EmailMessage:
    """Parse a message."""
    return message_from_bytes(raw, policy=policy.default)


def body_of(message: EmailMessage) -> tuple[str, str, str | None]:
    """Return the text of a message, what it is (`plain` or `html`), and its encoding where that had to be guessed."""
    body = message.get_body(("plain", "html"))
    raw = None if body is None else body.get_payload(decode=True)
    if body is None or not isinstance(raw, bytes):
        return "", "plain", None
    content, encoding = text_told(raw, body.get_content_charset("utf-8"))
    return content.replace("\r\n", "\n"), body.get_content_subtype(), encoding


def subject_of(message: EmailMessage) -> str:
    """Return what a message is said to be about; nothing where that is not told, or cannot be understood."""
    written = next((value for name, value in message.raw_items() if name.lower() == "subject"), "")
    try:
        told = str(message["subject"]) if written.isascii() else text_in(written.encode("utf-8", "surrogateescape"))[0]
        return " ".join(mended(told).split()) if written else ""
    except (CoachError, TypeError, ValueError, IndexError, LookupError, AttributeError):
        return ""


def mark_quotations(page: Any) -> None:
    """Put `> ` before what an HTML message quotes and its signature, in the tree itself, as plain messages have it.

    What is written between the blocks of a quotation is the writer's.
    """
    import html_text

    for one in page.xpath(_QUOTATIONS):
        lines = html_text.etree_to_text(one).splitlines()
        for part in list(one):
            one.remove(part)
        one.text = None
        for line in filter(None, lines):
            said = one.makeelement("div")
            said.text = f"> {line}"
            one.append(said)


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
