"""Days, as they are told in the names of files and folders and in the cells of tables, in whatever form."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

_YEAR, _MONTH, _DAY = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>\d{1,2})", r"(?P<day>\d{1,2})"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_REST = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "t(?:ember)?", "ober", "ember", "ember")
_NAMED = f"(?<![a-z])(?P<named>{'|'.join(f'{month}(?:{rest})?' for month, rest in zip(_MONTHS, _REST, strict=True))})"
_BEFORE = r"(?<!\d)(?:(?<!\d\.)|(?=\d{8}))"  # no number goes on there; "v2.20261128" is one, and then a day
_FORMS = tuple(
    re.compile(rf"{_BEFORE}{form}(?!\d)", re.IGNORECASE)
    for form in (
        rf"{_YEAR}([-_.]?)(?P<month>\d\d)\2(?P<day>\d\d)",  # 2026-11-28, 20261128
        rf"{_YEAR}([-_./]){_MONTH}\2{_DAY}",  # 2026-5-3, 2026/05/03
        r"(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<short>[0-4]\d)",  # 03.05.26
        rf"(?P<either>\d{{1,2}})([-/_.])(?P<other>\d{{1,2}})\2{_YEAR}",  # 28.11.2026, 11-28-2026, 3/4/2026
        rf"{_DAY}(?:st|nd|rd|th)?[ _-]?(?:of )?{_NAMED}\.?,?[ _-]?{_YEAR}",  # 3 May 2026
        rf"{_NAMED}\.?[ _-]?{_DAY}(?:st|nd|rd|th)?,?[ _-]?{_YEAR}",  # May 3, 2026
    )
)
_ABOUT = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"{_BEFORE}{_YEAR}[-_.](?P<month>0\d|1[0-2])(?![-_./]?\d)",  # 2026-03
        rf"{_NAMED}\.?,?[ _-]?{_YEAR}(?!\d)",  # March 2026
        rf"(?<!\d){_YEAR}[ _-]?{_NAMED}(?![a-z])",  # 2026 March
    )
)
LIKE_A_DATE = re.compile(r"(?<!\d)(\d{1,4}[-./_]\d{1,2}[-./_]\d{1,4})(?!\d)")
"""Numbers that may be meant for a date, whether they are one or not."""

DAY_FIRST, MONTH_FIRST = "day", "month"
_OF_TIME = re.compile(r"(?:19|20)\d\d(?:[-_ /](?:19|20)?\d\d)?")  # a year, or two
_LONGEST = 300  # characters in which dates are looked for: a name has fewer, and a cell may be a letter
_NUMBER_OF_MONTH = re.compile(r"0[1-9]|1[0-2]")


@dataclass(frozen=True, slots=True)
class Told:
    """A date as it is written: with the day first and with the month first, where either is a day of the calendar.

    Where only one of them is, that settles what is `first`.
    """

    words: str
    days: tuple[str, str]
    dotted: bool = False

    @property
    def first(self) -> str:
        day_first, month_first = self.days
        if day_first == month_first or (day_first and month_first):
            return ""
        return DAY_FIRST if day_first else MONTH_FIRST

    def day(self, first: str) -> str:
        """Return the day that is meant, where that is sure or `first` says it: with dots the day always is first."""
        day_first, month_first = self.days
        if not (day_first and month_first):
            return day_first or month_first
        if day_first == month_first or self.dotted or first == DAY_FIRST:
            return day_first
        return month_first if first == MONTH_FIRST else ""


def date_in(text: str, first: str = "") -> str:
    """Return the date in a file's name or a cell as `2026-11-28`, of several the latest; or nothing.

    One that could be two days is none, unless `first` tells what stands first in it, as `first_in` does.
    """
    return max((told.day(first) for told in told_in(text)), default="")


def first_in(names: Iterable[str], otherwise: str = "") -> str:
    """Return what stands first in the dates of some names, "day" or "month", where one settles it and none the other.

    Where none settles it, it is what it is `otherwise`.
    """
    settled = {told.first for name in names for told in told_in(name)} - {""}
    return otherwise if not settled else settled.pop() if len(settled) == 1 else ""


def about_in(name: str) -> str:
    """Return the month or the year of a name that tells no day that is sure: `2026-03`, `2026`; or nothing."""
    for found in (found for form in _ABOUT for found in form.finditer(name[:_LONGEST])):
        told = found.groupdict()
        month = _month_named(told["named"]) if told.get("named") else int(told["month"])
        if month:
            return f"{told['year']}-{month:02}"
    years = {day[:4] for told in told_in(name) for day in told.days if day}
    return years.pop() if len(years) == 1 else ""


def is_of_time(name: str, above: str = "") -> bool:
    """Whether a folder is named after a year or a date and nobody, or below a year after the number of a month."""
    if _OF_TIME.fullmatch(above) and _NUMBER_OF_MONTH.fullmatch(name):
        return True
    rest = name
    for form in (*_FORMS, *_ABOUT):
        rest = form.sub("", rest)
    return bool(_OF_TIME.fullmatch(name)) or not any(c.isalnum() for c in rest)


def day_of(seconds: float) -> str:
    """Return the day here of a time in seconds since 1970, as `2026-11-28`; nothing for a day of no calendar."""
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(seconds, UTC).astimezone().date().isoformat()
    return ""


def day_on(year: int, month: int, day: int) -> str:
    """Return a day as `2026-11-28`; nothing for one of no calendar."""
    with suppress(ValueError):
        return date(year, month, day).isoformat()
    return ""


def told_in(text: str) -> Iterator[Told]:
    """Yield the dates of a text, each once, however many forms it fits."""
    taken: list[tuple[int, int]] = []
    for found in (found for form in _FORMS for found in form.finditer(text[:_LONGEST])):
        if any(start < found.end() and found.start() < end for start, end in taken):
            continue
        told = found.groupdict()
        year = int(told.get("year") or f"20{told['short']}")
        if told.get("either"):
            either, other = int(told["either"]), int(told["other"])
            days = (day_on(year, other, either), day_on(year, either, other))
        else:
            month = _month_named(told["named"]) if told.get("named") else int(told["month"])
            days = (day_on(year, month, int(told["day"])),) * 2
        if any(days):
            taken.append(found.span())
            yield Told(found[0], days, "." in found[0] and bool(told.get("either")))


def _month_named(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1
