"""Find the letters under some paths: files, folders, patterns, archives and tables. One after another, never all.

What cannot be read is found as well, with the reason in plain words; it never stops the rest.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO

from compassion_coach.errors import CoachError, InputError
from compassion_coach.prescreen.mail import attached, date_of
from compassion_coach.prescreen.tables import TABLES, Columns, rows_of

LETTERS = (".txt", ".md", ".docx", ".odt", ".rtf", ".html", ".htm", ".eml", ".pdf")
"""What a letter may come in."""

MOST_BYTES = 32 * 1024 * 1024
"""How large a file that holds one letter may be, packed or not."""

MOST_UNPACKED = 2 * 1024 * 1024 * 1024
"""How many bytes are read from one archive."""

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])(?!\d)")
_EUROPEAN = re.compile(r"(?<![\d.])(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.((?:19|20)\d\d)(?!\d)")  # 28.11.2026
_OF_THE_SYSTEM = ("thumbs.db", "desktop.ini", "icon\r")
_ZIP_ENCRYPTED = 1


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


def find(paths: Iterable[str], columns: Columns, report: Path | None = None) -> Iterator[Found]:
    """Yield every letter under some paths, in the order of the paths and then of names.

    Each file is read once, however many ways lead to it, and nothing in the folder of the report itself. Raises
    InputError for a path that is not there.
    """
    for file, client in _walked(paths, report):
        yield from _in_file(file, client, columns)


def count(paths: Iterable[str], columns: Columns, report: Path | None = None) -> int:
    """Return how many letters `find` will yield, those that cannot be read included. Only tables and archives are read.

    Raises InputError for a path that is not there.
    """
    many = 0
    for file, client in _walked(paths, report):
        one_letter = file.suffix.lower() not in (*TABLES, ".zip")
        many += 1 if one_letter else sum(1 for _ in _in_file(file, client, columns))
    return many


def _walked(paths: Iterable[str], report: Path | None) -> Iterator[tuple[Path, str]]:
    """Yield the files under some paths with their clients."""
    seen: set[tuple[int, int]] = set()
    if report and report.exists():
        there = report.stat()
        seen.add((there.st_dev, there.st_ino))
    for given in paths:
        path = Path(given)
        if not os.path.lexists(path):
            pattern = str(path.relative_to(path.anchor))
            matching = sorted(Path(path.anchor).glob(pattern)) if set("*?[") & set(given) else []
            if not matching:
                raise InputError(f"There is no file or folder {given}.")
        else:
            matching = [path]
        for one in matching:
            yield from _files(one, one, seen)


def _files(path: Path, root: Path, seen: set[tuple[int, int]]) -> Iterator[tuple[Path, str]]:
    """Yield the files under a path with the client that their folder is named after; a loop of links ends."""
    try:
        there = path.stat()
        if (there.st_dev, there.st_ino) in seen:
            return
        seen.add((there.st_dev, there.st_ino))
        inside = sorted(path.iterdir()) if stat.S_ISDIR(there.st_mode) else None
    except OSError:
        yield path, ""  # why it cannot be read is told where it is read
        return
    if inside is None:
        parts = path.relative_to(root).parts
        yield path, parts[0] if len(parts) > 1 else ""
        return
    for one in inside:
        if not one.name.startswith((".", "~$")) and one.name.lower() not in _OF_THE_SYSTEM:
            yield from _files(one, root, seen)


def _in_file(path: Path, client: str, columns: Columns) -> Iterator[Found]:
    where, suffix = str(path), path.suffix.lower()
    source = Source(where, path.stem, client, date_in(path.name))
    try:
        there = path.stat()
        if not stat.S_ISREG(there.st_mode):
            yield Found(source, suffix, unread="It is no file that can be read.")
            return
        source = replace(source, date=source.date or datetime.fromtimestamp(there.st_mtime, UTC).date().isoformat())
        with path.open("rb") as stream:
            yield from found_in(stream, source, suffix, there.st_size, columns)
    except OSError as error:
        yield Found(source, suffix, unread=f"It could not be read: {error.strerror or 'no reason was told'}.")


def found_in(stream: IO[bytes], source: Source, suffix: str, size: int, columns: Columns) -> Iterator[Found]:
    """Yield the letters in a file that is open: one, or those of a table or an archive."""
    if suffix == ".zip":
        yield from _in_archive(stream, source, columns)
    elif suffix in TABLES:
        yield from _in_table(stream, suffix, source, columns)
    else:
        yield from _one(stream, source, suffix, size)


def _one(stream: IO[bytes], source: Source, suffix: str, size: int) -> Iterator[Found]:
    """Yield the letter in a file, and after a message the letters attached to it."""
    if suffix not in LETTERS:
        yield unknown(source, suffix)
        return
    raw = stream.read(MOST_BYTES + 1) if size <= MOST_BYTES else b""
    if size > MOST_BYTES or len(raw) > MOST_BYTES:
        yield Found(source, suffix, unread=f"It is over {MOST_BYTES >> 20} MiB, which is more than one letter takes.")
        return
    if suffix != ".eml":
        yield Found(source, suffix, raw)
        return
    source = replace(source, date=date_in(PurePosixPath(source.where).name) or date_of(raw) or source.date)
    yield Found(source, suffix, raw)
    for name, content in attached(raw):
        path = PurePosixPath(name.replace("\\", "/"))
        one = replace(source, where=f"{source.where}!{path.name}", id=path.stem, date=date_in(path.name) or source.date)
        within = path.suffix.lower()
        yield Found(one, within, content) if within in LETTERS and within != ".eml" else unknown(one, within)


def unknown(source: Source, suffix: str) -> Found:
    """Return what is said of a file that is none of those that are read."""
    better = "; a Word file of before 2007 can be saved as .docx" if suffix == ".doc" else ""
    known = " ".join((*LETTERS, *TABLES, ".zip"))
    return Found(
        source, suffix, unread=f"Files that end in {suffix or 'nothing'} are not read{better}. Read are {known}."
    )


def _in_table(stream: IO[bytes], suffix: str, source: Source, columns: Columns) -> Iterator[Found]:
    """Yield each row of a table as a plain text."""
    try:
        for number, row in rows_of(stream, suffix, columns):
            one = Source(f"{source.where}#{number}", row.id or f"{source.id}-{number}", row.client, row.date)
            yield Found(one, ".txt", row.text.encode("utf-8", "surrogateescape"), row.unread)
    except CoachError as error:
        yield Found(source, suffix, unread=str(error))
    except (ValueError, EOFError, RuntimeError, NotImplementedError):
        yield Found(source, suffix, unread="It is damaged, and what follows in it could not be read.")


def _in_archive(stream: IO[bytes], source: Source, columns: Columns) -> Iterator[Found]:
    """Yield the letters in an archive. Nothing of it is ever written to disk, so its names lead nowhere."""
    left = MOST_UNPACKED
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        yield Found(source, ".zip", unread="It is no archive that can be opened.")
        return
    with archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            name = PurePosixPath(member.filename.replace("\\", "/"))
            suffix = name.suffix.lower()
            hidden = any(part.startswith((".", "__MACOSX", "~$")) and part != ".." for part in name.parts)
            if member.is_dir() or hidden:
                continue
            told = [part for part in name.parts if part not in ("..", "/", ".")]
            client = told[0] if len(told) > 1 else source.client
            date = date_in(name.name) or f"{member.date_time[0]:04}-{member.date_time[1]:02}-{member.date_time[2]:02}"
            one = Source(f"{source.where}!{'/'.join(told)}", name.stem, client, date)
            left -= member.file_size
            if member.flag_bits & _ZIP_ENCRYPTED:
                yield Found(one, suffix, unread="It is locked with a password.")
            elif left < 0:
                yield Found(one, suffix, unread=f"The archive holds over {MOST_UNPACKED >> 30} GiB.")
                return
            else:
                yield from _member(archive, member, one, suffix, columns)


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Source, suffix: str, columns: Columns
) -> Iterator[Found]:
    try:
        with archive.open(member) as inside:
            if suffix in TABLES:
                yield from _in_table(inside, suffix, source, columns)
            else:
                yield from _one(inside, source, suffix, member.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        yield Found(source, suffix, unread="It is damaged, and could not be unpacked.")


def date_in(name: str) -> str:
    """Return the date in a file's name as `2026-11-28`, or nothing."""
    if found := _DATE.search(name):
        return "-".join(found.groups())
    if found := _EUROPEAN.search(name):
        day, month, year = found.groups()
        return f"{year}-{month:>02}-{day:>02}"
    return ""
