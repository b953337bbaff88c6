"""The letters in a file that is open: itself, those of a table or an archive, those attached to a message.

What cannot be read is told as well, with the reason in plain words; it never stops the rest.
"""

import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath
from typing import IO

from compassion_coach.errors import CoachError
from compassion_coach.prescreen.days import date_in, day_on, first_in
from compassion_coach.prescreen.finding.members import members_of, parts_of, shared_in
from compassion_coach.prescreen.finding.tables import TABLES, Columns, first_of, rows_of
from compassion_coach.prescreen.sources import LETTERS, Found, Source, client_in, dated_by, named, normal
from compassion_coach.prescreen.words.encoded import guess_told
from compassion_coach.prescreen.words.mail import attached, date_of, is_tangled
from compassion_coach.prescreen.words.packed import saved_on

COLLECTIONS = (*TABLES, ".zip")
"""What may hold several letters."""

READABLE = (*LETTERS, *COLLECTIONS)
"""What files that are read end in."""

MOST_BYTES = 32 * 1024 * 1024
"""How large a file that holds one letter may be, packed or not."""

MOST_UNPACKED = 2 * 1024 * 1024 * 1024
"""How many bytes are read from one archive."""

_ENDING = re.compile(r"\.[a-z0-9]{1,5}")  # what is longer may be half a name
_ZIP_ENCRYPTED = 1
_UNNAMED = "Something in this table could not be read; why was told when it was tried, for that may tell names."
_DEEPEST = 5  # messages within messages
_OF_PICTURES = "; a program that recognises text (OCR) can make a .txt or .pdf of a picture"
_BETTER = {
    ".doc": "; a Word file of before 2007 can be saved as .docx",
    ".pages": "; Pages can export it as .docx",
    ".msg": "; Outlook can save the message as .txt or .html",
    ".xlsx": "; the table can be saved as .csv",
    ".xls": "; the table can be saved as .csv",
    ".ods": "; the table can be saved as .csv",
    ".numbers": "; the table can be exported as .csv",
    ".tsv": "; the table can be saved as .csv",
    ".json": "; a list of letters can be saved as .jsonl, an object a line",
    ".mbox": "; the messages can be saved as .eml, one a file",
    ".odg": "; it can be exported as .pdf",
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff", ".gif", ".webp"), _OF_PICTURES),
}  # what is kept in other formats, and how to have it in one that is read


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
    if suffix == ".eml":
        yield from _message(raw, source.dated(date_in(PurePosixPath(source.where).name) or date_of(raw)), 1)
    else:
        dated = source.date and not source.of_file
        yield Found(source if dated else source.dated("", saved_on(raw)), suffix, raw)


def _message(raw: bytes, source: Source, depth: int) -> Iterator[Found]:
    """Yield a message and the letters attached to it, those of messages attached to it as well."""
    yield Found(source, ".eml", raw)
    names = Counter[str]()
    parts = None
    with suppress(Exception):  # headers are wrong in every way there is
        parts = None if is_tangled(raw) else list(attached(raw))
    if parts is None:
        yield Found(replace(source, where=f"{source.where}!?"), "", unread="What is attached could not be read.")
        return
    for name, content in parts:
        path = PurePosixPath(name.replace("\\", "/"))
        where = f"{source.where}!{_once(path.name, names)}"
        one = replace(source, where=where, id=path.stem).dated(date_in(path.name))
        within = path.suffix.lower()
        if content is None:
            yield Found(one, "", unread="So many attachments of one message are not read.")
        elif within == ".eml" and depth == _DEEPEST:
            yield Found(one, within, unread=f"Of messages within messages {_DEEPEST} are opened.")
        elif within == ".eml":
            yield from _message(content, one.dated(date_in(path.name) or date_of(content)), depth + 1)
        else:
            yield Found(one, within, content) if within in LETTERS else unknown(one, within)


def _once(name: str, names: Counter[str]) -> str:
    """Return a name that none before it has, as it is written down: an archive may hold two of one name."""
    name = free = normal(name)
    many = max(names[name], 1)
    while names[free]:
        many += 1
        free = f"{name} ({many})"
    names[name] = many  # where the next of this name begins to look
    names[free] = max(names[free], 1)
    return free


def unknown(source: Source, suffix: str) -> Found:
    """Return what is said of a file that is none of those that are read."""
    unnamed = "Files of this kind"  # an ending may be half a name
    kind = f"Files that end in {suffix}" if _ENDING.fullmatch(suffix) else unnamed
    if suffix in COLLECTIONS:
        return Found(source, suffix, unread="A table or an archive is not read where it lies in another file.")
    told = f"are not read{_BETTER.get(suffix, '')}. Read are {' '.join(READABLE)}."
    return Found(source, suffix, unread=f"{kind} {told}", unnamed=f"{unnamed} {told}")


def _in_table(stream: IO[bytes], suffix: str, source: Source, columns: Columns) -> Iterator[Found]:
    """Yield each row of a table as a plain text: where it names no client it is of the client whose folder it is in."""
    first = first_of(stream, suffix, columns)
    try:
        for number, row in rows_of(stream, suffix, columns):
            where, client = f"{source.where}#{number}", " ".join(row.client.split()) or source.client
            name = " ".join(row.id.split()) or f"{source.id}-{number}"
            one = dated_by(Source(where, name, client), row.date, first)
            one = replace(one, unclear=" ".join(filter(None, (row.encoding and guess_told(row.encoding), one.unclear))))
            unnamed = row.unread and row.unread.replace(f" in {columns.of('text')}.", " in it.")
            yield Found(one, ".txt", row.text.encode(), row.unread, unnamed)
    except CoachError as error:
        yield Found(source, suffix, unread=str(error), unnamed=_UNNAMED)
    except (ValueError, EOFError, RuntimeError):
        yield Found(source, suffix, unread="It is damaged, and what follows in it could not be read.")


def _in_archive(stream: IO[bytes], source: Source, columns: Columns) -> Iterator[Found]:
    """Yield the letters in an archive. Nothing of it is ever written to disk, so its names lead nowhere."""
    left = MOST_UNPACKED
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError, RuntimeError):  # the last: of a version that zipfile does not know
        yield Found(source, ".zip", unread="It is no archive that can be opened.")
        return
    names = Counter[str]()
    above = (source.client,) if source.client else ()
    with archive:
        inside = [name.parts for member, name in members_of(archive) if not member.is_dir() and not _leads_out(name)]
        shared = 0 if source.client else shared_in(inside)
        firsts = firsts_in(((*above, *parts_of(name)) for _, name in members_of(archive)), shared)
        for member, name in members_of(archive):
            if member.is_dir():
                continue
            suffix, parts = name.suffix.lower(), parts_of(name)
            client = source.client or ("" if _leads_out(name) else client_in(parts[:-1], shared))
            one = Source(f"{source.where}!{_once('/'.join(parts), names)}", name.stem, client)
            saved, first = day_on(*member.date_time[:3]), firsts.get((*above, *parts[:-1]), "")
            one = named(one, name.name, saved, first)
            most = math.inf if suffix in TABLES else MOST_BYTES if suffix in LETTERS else -1
            takes = member.file_size if member.file_size <= most else 0  # what is not read takes nothing
            if member.flag_bits & _ZIP_ENCRYPTED:
                yield Found(one, suffix, unread="It is locked with a password.")
            elif takes > left:
                yield Found(one, suffix, unread=f"Of one archive {MOST_UNPACKED >> 30} GiB are read, and no more.")
            else:
                left -= takes
                yield from _member(archive, member, one, suffix, columns)


def _leads_out(name: PurePosixPath) -> bool:
    """Whether the name of a member leads out of its archive: no folder of its is a client's."""
    return len(parts_of(name)) < len(name.parts)


def firsts_in(paths: Iterable[Sequence[str]], shared: int = 0) -> dict[tuple[str, ...], str]:
    """Return what stands first in the dates of the folders that some paths lie in, where `first_in` tells it.

    Paths and folders are given in their parts; a client's own folders follow the one above. `shared` is as `client_in`
    has it.
    """
    names: dict[tuple[str, ...], list[str]] = {}
    for *folders, name in filter(None, paths):
        names.setdefault(tuple(folders), []).append(name)
    firsts: dict[tuple[str, ...], str] = {}
    for folder in sorted(names, key=len):
        above = firsts.get(folder[:-1], "") if client_in(folder[:-1], shared) else ""
        if first := first_in(names[folder], above):
            firsts[folder] = first
    return firsts


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: Source, suffix: str, columns: Columns
) -> Iterator[Found]:
    try:
        with archive.open(member) as inside:
            if suffix in TABLES:
                yield from _in_table(inside, suffix, source, columns)
            else:
                yield from _one(inside, source, suffix, member.file_size)
    except Exception:  # archives are broken in every way there is, and the next member may be whole
        yield Found(source, suffix, unread="It is damaged, and could not be unpacked.")


def without_faults(found: Iterator[Found], source: Source, suffix: str, whose: str = "") -> Iterator[Found]:
    """Yield what is found in a file, with names that can be written down; of whatever fails the reason is yielded.

    With `whose` all of it is that client's, whatever folder or column says.
    """
    while True:
        try:
            one = next(found)
        except StopIteration:
            return
        except OSError as error:
            why = f"It could not be read: {error.strerror or 'no reason was told'}."
            yield Found(_written(source, whose), suffix, unread=why)
            return
        except Exception:  # a date of no calendar, an unknown way of packing: nobody foresees all
            why = "It is damaged, and what follows in it could not be read."
            yield Found(_written(source, whose), suffix, unread=why)
            return
        yield replace(one, source=_written(one.source, whose))


def _written(source: Source, whose: str) -> Source:
    where, id_, client, date = map(normal, (source.where, source.id, whose or source.client, source.date))
    return replace(source, where=where, id=id_, client=client, date=date)
