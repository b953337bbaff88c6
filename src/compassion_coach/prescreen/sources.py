"""Where letters come from, and what they are before anybody reads them: names, days, and bytes."""

import re
import unicodedata
from dataclasses import dataclass, replace

LETTERS = (".txt", ".md", ".docx", ".odt", ".rtf", ".html", ".htm", ".eml", ".pdf")
"""What a letter may come in."""

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_EUROPEAN = re.compile(r"(?<![\d.])(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.((?:19|20)\d\d)(?!\d)")  # 28.11.2026


@dataclass(frozen=True, slots=True)
class Source:
    """Where a letter comes from. `where` is its path, and in an archive or a table what stands after it.

    Its date is one that it tells, in its name, a header or a column; or only the day its file was written (`of_file`).
    """

    where: str
    id: str
    client: str = ""
    date: str = ""
    of_file: bool = False

    def dated(self, told: str, written: str = "") -> "Source":
        """Return it with the date that it tells, if any; else with the day its file was written, if that is known."""
        if told:
            return replace(self, date=told, of_file=False)
        return replace(self, date=written, of_file=True) if written else self


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
