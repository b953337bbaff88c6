"""Where letters come from, and what they are before anybody reads them: names, days, and bytes."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date

LETTERS = (".txt", ".text", ".md", ".markdown", ".docx", ".odt", ".rtf", ".html", ".htm", ".eml", ".pdf")
"""What a letter may come in."""

EMPTY = "It is empty: there is no letter in it."

_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", "icon\r", "__macosx")
_YEAR, _MONTH, _DAY = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REST = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "t(?:ember)?", "ober", "ember", "ember")
_NAMED = f"(?<![a-z])(?P<named>{'|'.join(f'{month}(?:{rest})?' for month, rest in zip(_MONTHS, _REST, strict=True))})"
_FORMS = tuple(
    re.compile(rf"(?<![\d.]){form}(?!\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}([-_.]?)(?P<month>\d\d)\2(?P<day>\d\d)",  # 2026-11-28, 20261128
        rf"{_YEAR}([-_.]){_MONTH}\2{_DAY}",  # 2026-5-3
        rf"{_DAY}\.{_MONTH}\.{_YEAR}",  # 28.11.2026
        rf"(?P<either>\d{{1,2}})([-/_])(?P<other>\d{{1,2}})\2{_YEAR}",  # 28/11/2026, 11-28-2026, but not 3/4/2026
        rf"{_DAY}(?:st|nd|rd|th)?[ _-]?(?:of )?{_NAMED}\.?,?[ _-]?{_YEAR}",  # 3 May 2026
        rf"{_NAMED}\.?[ _-]?{_DAY}(?:st|nd|rd|th)?,?[ _-]?{_YEAR}",  # May 3, 2026
    )
)
_MOST_MONTHS = 12


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

    @property
    def day(self) -> str:
        """Its date as people are told it, with a sign where only its file tells it."""
        return f"≈ {self.date}" if self.of_file else self.date

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


def is_passed_over(name: str) -> bool:
    """Whether a name is hidden, of a file that is open elsewhere, or the system's own."""
    return name.startswith((".", "~$")) or name.lower() in _OF_THE_SYSTEM


def normal(name: str) -> str:
    """Return a name as it is written down: of one form of Unicode, and what no text can hold spelt out."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "backslashreplace").decode("utf-8"))


def date_in(text: str) -> str:
    """Return the date in a file's name or a cell as `2026-11-28`, or nothing: also where it could be one of two."""
    for found in (found for form in _FORMS for found in form.finditer(text)):
        told = found.groupdict()
        if told.get("either"):
            day, month = sorted((int(told["either"]), int(told["other"])), reverse=True)
            if day <= _MOST_MONTHS and day != month:
                continue
        else:
            day = int(told["day"])
            month = _MONTHS.index(told["named"][:3].lower()) + 1 if told.get("named") else int(told["month"])
        with suppress(ValueError):  # a day of no calendar
            return date(int(told["year"]), month, day).isoformat()
    return ""
