"""Where letters come from, and what they are before anybody reads them: names, days, and bytes."""

import re
import unicodedata
from dataclasses import dataclass

LETTERS = (".txt", ".md", ".docx", ".odt", ".rtf", ".html", ".htm", ".eml", ".pdf")
"""What a letter may come in."""

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_EUROPEAN = re.compile(r"(?<![\d.])(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.((?:19|20)\d\d)(?!\d)")  # 28.11.2026


@dataclass(frozen=True, slots=True)
class Source:
    """Where a letter comes from. `where` is its path, and in an archive or a table what stands after it."""

    where: str
    id: str
    client: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A letter as it lies there, not yet understood: its bytes, and the suffix that says what they are.

    `unread` says why there are none.
    """

    source: Source
    suffix: str
    raw: bytes = b""
    unread: str | None = None


def normal(name: str) -> str:
    """Return a name as it is written down: of one form of Unicode, and what no text can hold spelt out."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "backslashreplace").decode("utf-8"))


def date_in(name: str) -> str:
    """Return the date in a file's name as `2026-11-28`, or nothing."""
    if found := _DATE.search(name):
        return "-".join(found.groups())
    if found := _EUROPEAN.search(name):
        day, month, year = found.groups()
        return f"{year}-{month:>02}-{day:>02}"
    return ""
