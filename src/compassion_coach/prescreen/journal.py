"""What was read already, on disk: an SQLite file in the report's folder. A run that was stopped goes on where it was.

    findings   the content of a letter (a hash of it) and who read it → what was found: places and names, no words
    sources    where letters were found → the content, or why there is none
    pages      files of the report → whose they are, and what they were made of
    runs       when the program ran, who read, and whether names were hidden

Every letter is written down by itself when its page is there, so whatever ends a run loses no letter that was done.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import NoReturn

from compassion_coach.errors import InputError
from compassion_coach.prescreen.record import STANDINGS, Record
from compassion_coach.prescreen.sources import Source

_VERSION = 3
_SCHEMA = """
CREATE TABLE IF NOT EXISTS findings (
    content TEXT NOT NULL, reader TEXT NOT NULL, standing INTEGER NOT NULL, record TEXT NOT NULL, text TEXT,
    PRIMARY KEY (content, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    place TEXT PRIMARY KEY, id TEXT NOT NULL, client TEXT NOT NULL, date TEXT NOT NULL,
    of_file INTEGER NOT NULL, content TEXT, page TEXT, unread TEXT, run INTEGER NOT NULL, since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_client ON sources (client, date);
CREATE TABLE IF NOT EXISTS pages (
    file TEXT PRIMARY KEY, client TEXT NOT NULL, stamp TEXT NOT NULL, run INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    run INTEGER PRIMARY KEY, reader TEXT NOT NULL, hidden INTEGER NOT NULL, begun TEXT NOT NULL, ended TEXT
);
"""
_LETTERS = """
SELECT place, id, client, date, of_file, page, record, text, since FROM sources JOIN findings USING (content)
WHERE run >= ? AND reader = ?
"""
_ORPHANS = "DELETE FROM findings WHERE content NOT IN (SELECT content FROM sources WHERE content IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter of this run: where it comes from, the name of its page, and what was found in it.

    It is `new` where no earlier run that came to its end has seen it.
    """

    source: Source
    page: str
    record: Record
    text: str | None = None
    new: bool = False


class Journal(AbstractContextManager["Journal"]):
    """The journal of a report, which nobody else can open while it is open: of the last run that came to its end, or of
    the one that `begin` begins.
    """

    def __init__(self, file: Path) -> None:
        """Open a journal. Raises InputError where another run has it, or the file is none of ours."""
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        self._base = sqlite3.connect(file, isolation_level=None, timeout=0.2)
        try:
            self._base.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("PRAGMA secure_delete = ON")
            version, tables = self._one("PRAGMA user_version"), self._one("SELECT count(*) FROM sqlite_master")
            if not tables:
                self._base.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_VERSION}; COMMIT;")
            elif version != _VERSION:
                raise sqlite3.DatabaseError
            last = self._base.execute(
                "SELECT run, reader FROM runs WHERE ended IS NOT NULL ORDER BY run DESC LIMIT 1"
            ).fetchone()
        except sqlite3.DatabaseError as error:
            self._base.close()
            self._refused(file, error)
        self.run: int = last[0] if last else 0
        self.reader: str = last[1] if last else ""
        self.before = 0  # the last run that ended before the one that was begun

    def _one(self, query: str) -> int:
        return int(self._base.execute(query).fetchone()[0])

    @staticmethod
    def _refused(file: Path, error: sqlite3.DatabaseError) -> NoReturn:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise InputError(f"Another run is writing to {file.parent}; a second one can begin when it has ended.")
        if isinstance(error, sqlite3.OperationalError):
            raise error
        raise InputError(f"{file} is no journal of this version of the program; another folder will do.")

    def begin(self, reader: str, begun: str, *, hidden: bool) -> None:
        """Begin a run. Raises InputError where an earlier one told names that are to be hidden now, or hid them."""
        if self._base.execute(
            "SELECT 1 FROM runs WHERE hidden != ? AND (ended IS NOT NULL OR run IN (SELECT run FROM sources))",
            (hidden,),
        ).fetchone():
            told = "holds names from" if hidden else "hides the names of"
            raise InputError(f"The report {told} an earlier run; a new folder keeps them apart: -o FOLDER.")
        self.before = self.run
        added = self._base.execute("INSERT INTO runs (reader, hidden, begun) VALUES (?, ?, ?)", (reader, hidden, begun))
        self.run, self.reader = int(added.lastrowid or 0), reader

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def found_in(self, content: str) -> Record | None:
        """Return what was found in a content before, by this reader."""
        row = self._base.execute(
            "SELECT record FROM findings WHERE content = ? AND reader = ?", (content, self.reader)
        ).fetchone()
        return Record.from_json(row[0]) if row else None

    def add(
        self,
        source: Source,
        content: str,
        record: Record,
        files: Sequence[str] = (),
        stamp: str = "",
        text: str | None = None,
    ) -> None:
        """Write down a letter that is done, with its files in the report and what those were made of.

        Its text only where that was asked for. A page is the file that ends in .html.
        """
        page = next((PurePosixPath(file).name for file in files if file.endswith(".html")), "")
        with self._base:
            self._base.execute("BEGIN")
            self._base.execute(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET standing = excluded.standing, record = excluded.record, "
                "text = excluded.text",
                (content, self.reader, STANDINGS.index(record.standing), record.to_json(), text),
            )
            self._source(source, content, page, None)
            for file in files:
                self.add_page(file, source.client, stamp)

    def add_unread(self, source: Source, why: str) -> None:
        """Write down what could not be read, and why."""
        self._source(source, None, None, why)

    def _source(self, source: Source, content: str | None, page: str | None, unread: str | None) -> None:
        self._base.execute(
            "INSERT INTO sources VALUES (?1, ?2, ?3, ?4, ?9, ?5, ?6, ?7, ?8, ?8) ON CONFLICT DO UPDATE SET id = ?2, "
            "client = ?3, date = ?4, of_file = ?9, page = ?6, unread = ?7, run = ?8, content = ?5, "
            "since = CASE WHEN content IS ?5 THEN since ELSE ?8 END",
            (source.where, source.id, source.client, source.date, content, page, unread, self.run, source.of_file),
        )

    def letters(self, client: str | None = None) -> Iterator[Entry]:
        """Yield the letters of this run: the gravest first, and of those the newest; or those of one client by date."""
        known, order = (self.run, self.reader), "ORDER BY standing, date DESC, client, place"
        if client is None:
            rows = self._base.execute(f"{_LETTERS} {order}", known)
        else:
            rows = self._base.execute(f"{_LETTERS} AND client = ? ORDER BY date, place", (*known, client))
        for place, name, owner, date, of_file, page, record, text, since in rows:
            new = 0 < self.before < since
            yield Entry(Source(place, name, owner, date, bool(of_file)), page, Record.from_json(record), text, new)

    def clients(self) -> list[str]:
        """Return the clients of this run, those without a name left out."""
        rows = self._base.execute(
            "SELECT DISTINCT client FROM sources "
            "WHERE run >= ? AND client != '' AND content IS NOT NULL ORDER BY client", (self.run,)
        )  # fmt: skip
        return [client for (client,) in rows]

    def stamp_of(self, file: str) -> str | None:
        """Return what a page was made of, as it was told to `add_page`."""
        row = self._base.execute("SELECT stamp FROM pages WHERE file = ?", (file,)).fetchone()
        return row[0] if row else None

    def add_page(self, file: str, client: str, stamp: str = "") -> None:
        """Write down a file of this run: its name within the report, whose it is, and what it was made of."""
        self._base.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?)", (file, client, stamp, self.run))

    def clients_ever(self) -> list[str]:
        """Return the clients of all runs."""
        return [client for (client,) in self._base.execute("SELECT DISTINCT client FROM sources ORDER BY client")]

    def unread(self) -> Iterator[tuple[Source, str]]:
        """Yield what could not be read in this run, with the reason."""
        rows = self._base.execute(
            "SELECT place, id, client, date, of_file, unread FROM sources "
            "WHERE run >= ? AND unread IS NOT NULL ORDER BY place", (self.run,)
        )  # fmt: skip
        yield from ((Source(a, b, c, d, bool(of_file)), why) for a, b, c, d, of_file, why in rows)

    def standings(self) -> dict[str, int]:
        """Return how many letters of this run stand where, the gravest first."""
        rows = self._base.execute(
            "SELECT standing, count(*) FROM sources JOIN findings USING (content) WHERE run >= ? AND reader = ? "
            "GROUP BY standing",
            (self.run, self.reader),
        )
        counted = dict(rows.fetchall())
        return {name: counted.get(at, 0) for at, name in enumerate(STANDINGS)}

    def forget(self, client: str) -> tuple[int, list[str], list[str]]:
        """Remove everything about one client, of every run. Returns how many places it was, their files and contents.

        A content that is somebody else's as well stays theirs.
        """
        with self._base:
            self._base.execute("BEGIN")
            gone = self._base.execute("SELECT content FROM sources WHERE client = ?", (client,)).fetchall()
            files = self._base.execute("SELECT file FROM pages WHERE client = ?", (client,)).fetchall()
            self._base.execute("DELETE FROM sources WHERE client = ?", (client,))
            self._base.execute("DELETE FROM pages WHERE client = ?", (client,))
            self._base.execute(_ORPHANS)
        self._shrink()
        return len(gone), [file for (file,) in files], [content for (content,) in gone if content]

    def tidy(self) -> list[str]:
        """Remove what this run did not find again: places, findings, and pages. Returns the files of those pages."""
        with self._base:
            self._base.execute("BEGIN")
            files = self._base.execute("SELECT file FROM pages WHERE run < ?", (self.run,)).fetchall()
            self._base.execute("DELETE FROM pages WHERE run < ?", (self.run,))
            gone = self._base.execute("DELETE FROM sources WHERE run < ?", (self.run,)).rowcount
            gone += self._base.execute(_ORPHANS).rowcount
        if gone:
            self._shrink()
        return [file for (file,) in files]

    def _shrink(self) -> None:
        self._base.execute("VACUUM")
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def holds(self, content: str) -> bool:
        """Whether a content is still known of some place."""
        return self._base.execute("SELECT 1 FROM sources WHERE content = ?", (content,)).fetchone() is not None

    def end(self, ended: str) -> None:
        """Write down that the run came to its end."""
        self._base.execute("UPDATE runs SET ended = ? WHERE run = ?", (ended, self.run))
