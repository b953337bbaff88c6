"""What was read already, on disk: an SQLite file in the report's folder. A run that was stopped goes on where it was.

    findings   the content of a letter (a hash of it) and who read it → what was found: places and names, no words
    sources    where letters were found, each time the program ran → the content, or why there is none

Every letter is written down by itself when its page is there, so whatever ends a run loses no letter that was done.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from compassion_coach.errors import InputError
from compassion_coach.prescreen.found import Source
from compassion_coach.prescreen.record import STANDINGS, Record

_SCHEMA = """
CREATE TABLE IF NOT EXISTS findings (
    content TEXT NOT NULL, reader TEXT NOT NULL, standing INTEGER NOT NULL, record TEXT NOT NULL, text TEXT,
    PRIMARY KEY (content, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sources (
    place TEXT PRIMARY KEY, id TEXT NOT NULL, client TEXT NOT NULL, date TEXT NOT NULL,
    content TEXT, page TEXT, unread TEXT, run INTEGER NOT NULL, since INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_client ON sources (client, date);
CREATE TABLE IF NOT EXISTS runs (run INTEGER PRIMARY KEY, reader TEXT NOT NULL, begun TEXT NOT NULL, ended TEXT);
"""
_LETTERS = """
SELECT place, id, client, date, page, record, text, since FROM sources JOIN findings USING (content)
WHERE run = ? AND reader = ?
"""


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
    """The journal of one run. Made when the run begins; raises InputError where the file is none of ours."""

    def __init__(self, file: Path, reader: str | None = None, begun: str = "") -> None:
        """Open a journal for a run of a reader that begins now; without a reader for the last run that is in it."""
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
        self._base = sqlite3.connect(file, isolation_level=None)
        try:
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute("PRAGMA secure_delete = ON")
            self._base.executescript(_SCHEMA)
            if "since" not in {row[1] for row in self._base.execute("PRAGMA table_info(sources)")}:
                self._base.execute("ALTER TABLE sources ADD COLUMN since INTEGER NOT NULL DEFAULT 0")
            if reader:
                self._base.execute("INSERT INTO runs (reader, begun) VALUES (?, ?)", (reader, begun))
            last = self._base.execute("SELECT run, reader FROM runs ORDER BY run DESC LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            self._base.close()
            raise
        except sqlite3.DatabaseError:
            self._base.close()
            raise InputError(f"{file} is no journal of this program; another folder will do.") from None
        self.run: int = last[0] if last else 0
        # the last run before this that came to its end
        ended = "SELECT max(run) FROM runs WHERE ended IS NOT NULL AND run < ?"
        self._before: int = (
            self._base.execute(ended, (self.run,)).fetchone()[0] or 0
        )  # the last run that came to an end
        self.reader: str = last[1] if last else ""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._base.close()

    def found_in(self, content: str) -> Record | None:
        """Return what was found in a content before, by this reader."""
        row = self._base.execute(
            "SELECT record FROM findings WHERE content = ? AND reader = ?", (content, self.reader)
        ).fetchone()
        return Record.from_json(row[0]) if row else None

    def add(self, source: Source, content: str, page: str, record: Record, text: str | None = None) -> None:
        """Write down a letter that is done, with its text only where that was asked for."""
        with self._base:
            self._base.execute("BEGIN")
            self._base.execute(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET standing = excluded.standing, record = excluded.record, "
                "text = coalesce(excluded.text, text)",
                (content, self.reader, STANDINGS.index(record.standing), record.to_json(), text),
            )
            self._source(source, content, page, None)

    def add_unread(self, source: Source, why: str) -> None:
        """Write down what could not be read, and why."""
        self._source(source, None, None, why)

    def _source(self, source: Source, content: str | None, page: str | None, unread: str | None) -> None:
        self._base.execute(
            "INSERT INTO sources VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) ON CONFLICT DO UPDATE SET id = ?2, "
            "client = ?3, date = ?4, page = ?6, unread = ?7, run = ?8, content = ?5, "
            "since = CASE WHEN content IS ?5 THEN since ELSE ?8 END",
            (source.where, source.id, source.client, source.date, content, page, unread, self.run),
        )

    def letters(self, client: str | None = None) -> Iterator[Entry]:
        """Yield the letters of this run: the gravest first, and of those the newest; or those of one client by date."""
        if client is None:
            rows = self._base.execute(
                f"{_LETTERS} ORDER BY standing, date DESC, client, place", (self.run, self.reader)
            )
        else:
            rows = self._base.execute(
                f"{_LETTERS} AND client = ? ORDER BY date, place", (self.run, self.reader, client)
            )
        for place, name, whose, date, page, record, text, since in rows:
            new = 0 < self._before < since
            yield Entry(Source(place, name, whose, date), page, Record.from_json(record), text, new)

    def clients(self) -> list[str]:
        """Return the clients of this run, those without a name left out."""
        rows = self._base.execute(
            "SELECT DISTINCT client FROM sources "
            "WHERE run = ? AND client != '' AND content IS NOT NULL ORDER BY client",
            (self.run,),
        )
        return [client for (client,) in rows]

    def clients_ever(self) -> list[str]:
        """Return the clients of all runs."""
        return [client for (client,) in self._base.execute("SELECT DISTINCT client FROM sources ORDER BY client")]

    def unread(self) -> Iterator[tuple[str, str]]:
        """Yield what could not be read in this run, with the reason."""
        yield from self._base.execute(
            "SELECT place, unread FROM sources WHERE run = ? AND unread IS NOT NULL ORDER BY place", (self.run,)
        )

    def standings(self) -> dict[str, int]:
        """Return how many letters of this run stand where, the gravest first."""
        rows = self._base.execute(
            "SELECT standing, count(*) FROM sources JOIN findings USING (content) WHERE run = ? AND reader = ? "
            "GROUP BY standing",
            (self.run, self.reader),
        )
        counted = dict(rows.fetchall())
        return {name: counted.get(at, 0) for at, name in enumerate(STANDINGS)}

    def forget(self, client: str) -> list[tuple[str, str]]:
        """Remove everything about one client, of every run. Returns content and page of each letter of theirs."""
        with self._base:
            self._base.execute("BEGIN")
            gone = self._base.execute("SELECT content, page FROM sources WHERE client = ?", (client,)).fetchall()
            self._base.execute(
                "DELETE FROM findings WHERE content IN (SELECT content FROM sources WHERE client = ?) "
                "AND content NOT IN (SELECT content FROM sources WHERE client != ? AND content IS NOT NULL)",
                (client, client),
            )
            self._base.execute("DELETE FROM sources WHERE client = ?", (client,))
        self._base.execute("VACUUM")
        self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return [(content, page) for content, page in gone if content]

    def holds(self, content: str) -> bool:
        """Whether a content is still known of some place."""
        return self._base.execute("SELECT 1 FROM sources WHERE content = ?", (content,)).fetchone() is not None

    def end(self, ended: str) -> None:
        """Write down that the run came to its end."""
        self._base.execute("UPDATE runs SET ended = ? WHERE run = ?", (ended, self.run))
