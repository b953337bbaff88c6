"""Where letters come from, and what they are before anybody reads them: names, days, and bytes."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise
from pathlib import PurePosixPath

from compassion_coach.errors import InputError
from compassion_coach.prescreen.days import (
    DAY_FIRST,
    LIKE_A_DATE,
    MONTH_FIRST,
    about_in,
    date_in,
    is_of_time,
    told_in,
)

LETTERS = (".txt", ".text", ".md", ".markdown", ".docx", ".odt", ".rtf", ".html", ".htm", ".eml", ".pdf")
"""What a letter may come in."""

EMPTY = "It is empty: there is no letter in it."

_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", "icon\r", "__macosx")
_NUMBERS = re.compile(r"[\d./:TZ -]{4,30}")
_IN_TABLE = re.compile(r"#\d+$")


@dataclass(frozen=True, slots=True)
class Source:
    """Where a letter comes from. `where` is its path, and in an archive or a table what stands after it.

    Its date is one that it tells, in its name, a header or a column; or only the day its file was written (`of_file`).
    `unclear` says what of a date was not understood, and which encoding was guessed for its table.
    """

    where: str
    id: str
    client: str = ""
    date: str = ""
    of_file: bool = False
    unclear: str = ""

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

    `unread` says why there are none, and `unnamed` says it where names are hidden, if the reason tells any.
    """

    source: Source
    suffix: str
    raw: bytes = b""
    unread: str | None = None
    unnamed: str | None = None

    @property
    def content(self) -> str:
        """What it is known by, wherever it lies: a hash of its format and bytes."""
        return sha256(self.suffix.encode() + b"\0" + self.raw).hexdigest()


def is_passed_over(name: str) -> bool:
    """Whether a name is hidden, of a file that is open elsewhere, or the system's own."""
    return name.startswith((".", "~$")) or name.lower() in _OF_THE_SYSTEM


def normal(name: str) -> str:
    """Return a name as it is written down: of one form of Unicode, and what no text can hold spelt out."""
    return unicodedata.normalize("NFC", name.encode("utf-8", "backslashreplace").decode("utf-8")).replace("\0", r"\0")


def client_in(folders: Sequence[str], shared: int = 0) -> str:
    """Return the first of some folders, each within the one before, that is not named after a year or a date.

    The first `shared` of them are known to be no client's.
    """
    each = list(pairwise(["", *folders]))[shared:]
    return next((one for above, one in each if not is_of_time(one, above)), "")


def may_be_a_client(folder: str) -> bool:
    """Whether a folder may be called after a client."""
    return not (is_passed_over(folder) or is_of_time(folder))


def apart(clients: Mapping[str, Iterable[str]]) -> None:
    """Raise InputError where folders of one name lie in several folders: they may be one client's, or each another's.

    `clients` are the names of the folders in each that may be clients'.
    """
    within: dict[str, str] = {}
    for root, name in ((root, name) for root, names in clients.items() for name in names):
        if within.setdefault(name, root) != root:
            raise InputError(
                f"There is a folder {name} in {within[name]} and in {root}: one client's, or two's? Named by the "
                f"folder above them ({root.rstrip('/').rpartition('/')[0] or '.'}), each of them is a client's; "
                "--one-client NAME says that all are one's."
            )


def named(source: Source, name: str, written: str, first: str = "") -> Source:
    """Return a source with the date that its name tells, if only a month's; else that of the folder right above it,
    where that is a date; else the day it was written, if known.

    `first` is what stands first in dates beside it, as `first_in` tells it.
    """
    above = PurePosixPath(source.where.rsplit("!", 1)[-1]).parent.name
    folder = above if is_of_time(above) else ""
    return source.dated(date_in(name, first) or about_in(name) or date_in(folder, first) or about_in(folder), written)


def dated_by(source: Source, cell: str, first: str) -> Source:
    """Return a source with the date that a cell of its table tells, or with what is said where that is none."""
    told = date_in(cell, first) or about_in(cell)
    if told or not cell.strip():
        return source.dated(told)
    which = f", {cell.strip()}," if _NUMBERS.fullmatch(cell.strip()) else ""  # what has words may be a letter
    return replace(source, unclear=f"Its date{which} was not understood.")


def notes_of(source: Source, same: Source | None = None) -> str:
    """Say what there is to know of a letter's date and its table, and of which other it has the `same` words."""
    words = f"The same words as {same.id}{f' of {same.day}' if same.date else ''}." if same else ""
    return " ".join(filter(None, (source.unclear, date_note(source), words)))


def date_note(source: Source) -> str:
    """Say how a letter's date was made out of the name of its file, where that is not plain; else nothing."""
    name = source.where.rsplit("/", 1)[-1].rsplit("!", 1)[-1]
    if source.of_file:
        like = LIKE_A_DATE.search(name)
        return f"Its name tells no date that is sure: {like[0]}." if like else ""
    told = [] if _IN_TABLE.search(name) else list(told_in(name))
    if len({one.day("") or one.words for one in told}) > 1 and any(source.date in one.days for one in told):
        return "Its name tells more than one date; this is the latest."
    for one in (one for one in told if not one.day("")):
        if source.date in one.days:
            first = DAY_FIRST if source.date == one.days[0] else MONTH_FIRST
            return f"Its date, {one.words}, was read with the {first} first, as in other names beside it."
        if source.date == one.days[0][:4]:
            return f"Its date, {one.words}, could be two days: only the year is sure."
    return ""
