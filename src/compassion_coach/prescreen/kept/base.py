"""The SQLite file of a report: made for its owner alone, open to one run at a time, and without what was removed."""

import errno
import os
import sqlite3
from pathlib import Path
from typing import NamedTuple, NoReturn

from compassion_coach.errors import InputError

_VERSION = 5
_SCHEMA = """
CREATE TABLE IF NOT EXISTS findings (
    content TEXT NOT NULL, reader TEXT NOT NULL, standing INTEGER NOT NULL, record TEXT NOT NULL, text TEXT,
    PRIMARY KEY (content, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    place TEXT PRIMARY KEY, id TEXT NOT NULL, client TEXT NOT NULL, date TEXT NOT NULL, of_file INTEGER NOT NULL,
    unclear TEXT NOT NULL, content TEXT, page TEXT, unread TEXT, run INTEGER NOT NULL, since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_client ON sources (client, date);
CREATE INDEX IF NOT EXISTS by_content ON sources (content, since);
CREATE TABLE IF NOT EXISTS contents (
    content TEXT NOT NULL, place TEXT NOT NULL, client TEXT NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (content, place)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_place ON contents (place);
CREATE TABLE IF NOT EXISTS pages (
    file TEXT PRIMARY KEY, place TEXT NOT NULL, client TEXT NOT NULL, stamp TEXT NOT NULL, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, reader TEXT NOT NULL, hidden INTEGER NOT NULL, begun TEXT NOT NULL, ended TEXT
);
CREATE TABLE IF NOT EXISTS unsaid (line TEXT NOT NULL, begins INTEGER NOT NULL);
"""
ORPHANS = "DELETE FROM findings WHERE content NOT IN (SELECT content FROM sources WHERE content IS NOT NULL)"
"""Removes what was found in letters that no place holds any more."""

_LETTERS = """
SELECT place, id, client, date, of_file, unclear, page, record, text, since, first_value(place) OVER (
    PARTITION BY client, json_extract(record, '$.sha256')
    ORDER BY length(date) < 7, date, rtrim(place, '0123456789'), length(place), place
) FROM sources JOIN findings USING (content) WHERE run >= ? AND reader = ?
"""
_UNREAD = "SELECT place, id, client, date, of_file, unclear, unread FROM sources WHERE run >= ? AND unread IS NOT NULL"
_BY_PLACE = "rtrim(place, '0123456789'), length(place), place"  # rows of a table by their numbers
_BY_DAY = f"length(date) < 7, date, {_BY_PLACE}"  # last those without a date, or with a year alone
UNREAD = f"{_UNREAD} ORDER BY {_BY_PLACE}"
"""Asks for what could not be read in a run."""


def letters_of(*, one: bool) -> str:
    """Return what asks for the letters of a run that a reader read, or of one client's among them, each with the place
    of the first of its client's with the same words. SQLite sorts them, on disk where they are many.
    """
    whose, order = ("AND client = ?", _BY_DAY) if one else ("", f"standing, date DESC, client, {_BY_PLACE}")
    return f"{_LETTERS} {whose} ORDER BY {order}"


class Line(NamedTuple):
    """A line of the audit, and where in it that begins, in bytes: an equal one may stand before it."""

    line: str
    begins: int


def opened(file: Path) -> sqlite3.Connection:
    """Open a journal, made where there is none.

    Raises InputError where another run has it, or the file is none of ours, and OSError where the disk fails.
    """
    os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    base = sqlite3.connect(file, isolation_level=None, timeout=0.2)
    try:
        base.execute("PRAGMA locking_mode = EXCLUSIVE")
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = NORMAL")
        base.execute("PRAGMA secure_delete = ON")
        [version], [tables] = (
            base.execute(query).fetchone() for query in ("PRAGMA user_version", "SELECT count(*) FROM sqlite_master")
        )
        if tables and version != _VERSION:
            raise sqlite3.DatabaseError
        base.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
        base.execute("SELECT max(run) FROM runs").fetchone()  # one that is damaged says so now
    except sqlite3.DatabaseError as error:
        base.close()
        _refused(file, error)
    return base


def _refused(file: Path, error: sqlite3.DatabaseError) -> NoReturn:
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise InputError(f"Another run is writing to {file.parent}; a second one can begin when it has ended.")
    if isinstance(error, sqlite3.OperationalError):
        raise of_the_disk(error) from None
    raise InputError(f"{file} is no journal of this version of the program; another folder will do.")


def of_the_disk(error: sqlite3.OperationalError) -> OSError:
    """Return what went wrong in the file of a journal as what it is: the disk is full, or it cannot be written."""
    is_full = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL
    return OSError(errno.ENOSPC if is_full else errno.EIO, str(error))


def shrink(base: sqlite3.Connection) -> None:
    """Write the file anew, so that nothing that was removed can be found in it."""
    base.execute("VACUUM")
    base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
