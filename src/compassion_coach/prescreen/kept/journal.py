"""What was read already, on disk: an SQLite file in the report's folder. A run that was stopped goes on where it was.

    findings   the content of a letter (a hash of it) and who read it → what was found: places and names, no words
    sources    where letters were found → the content, or why there is none
    contents   what was ever to be read at which place, and whose it was: by this the lines of the audit are known
    pages      files of the report → the place of their letter, whose they are, and what they were made of
    runs       when the program ran, who read, and whether names were hidden
    unsaid     the line of the audit that is about to be written

Every letter is written down by itself when its page is there, so whatever ends a run loses no letter that was done.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import OperationalError
from types import TracebackType

from compassion_coach.errors import InputError
from compassion_coach.prescreen.kept.base import ORPHANS, UNREAD, Line, letters_of, of_the_disk, opened, shrink
from compassion_coach.prescreen.kept.places import page_of
from compassion_coach.prescreen.record import STANDINGS, Record
from compassion_coach.prescreen.sources import Source


@dataclass(frozen=True, slots=True)
class Entry:
    """A letter of this run: where it comes from, the name of its page, and what was found in it.

    It is `new` where no earlier run that came to its end has seen it. `same` is the first of its client's letters with
    the same words, where it is another.
    """

    source: Source
    page: str
    record: Record
    text: str | None = None
    new: bool = False
    same: Source | None = None


class Journal(AbstractContextManager["Journal"]):
    """The journal of a report, which nobody else can open while it is open: of the last run that came to its end, or of
    the one that `begin` begins.
    """

    def __init__(self, file: Path) -> None:
        """Open a journal. Raises what `opened` does."""
        self.base = opened(file)
        ended = "SELECT run, reader FROM runs WHERE ended IS NOT NULL ORDER BY run DESC LIMIT 2"
        last, before = [*self.base.execute(ended), (0, ""), (0, "")][:2]
        self.run, self.reader = int(last[0]), str(last[1])
        self.before = int(before[0])  # the last run that ended before this one: what it has not seen is new

    def begin(self, reader: str, begun: str, *, hidden: bool) -> None:
        """Begin a run. Raises InputError where an earlier one told names that are to be hidden now, or hid them."""
        if self.base.execute(
            "SELECT 1 FROM runs WHERE hidden != ? AND (ended IS NOT NULL OR run IN (SELECT run FROM sources "
            "UNION SELECT run FROM contents))", (hidden,),
        ).fetchone():  # fmt: skip
            told = "holds names from" if hidden else "hides the names of"
            raise InputError(f"The report {told} an earlier run; a new folder keeps them apart: -o FOLDER.")
        self.before = self.run
        added = self.base.execute("INSERT INTO runs (reader, hidden, begun) VALUES (?, ?, ?)", (reader, hidden, begun))
        self.run, self.reader = int(added.lastrowid or 0), reader

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the journal. Raises OSError in place of what SQLite says of a disk that is full, or fails."""
        self.base.close()
        if isinstance(error, OperationalError):
            raise of_the_disk(error) from None

    def holds(self, place: str) -> bool:
        """Whether this run has written down what lies at a place."""
        query = "SELECT 1 FROM sources WHERE place = ? AND run = ?"
        return self.base.execute(query, (place, self.run)).fetchone() is not None

    def found_in(self, content: str, reader: str | None = None) -> Record | None:
        """Return what was found in a content before, by this reader or by the one that is named."""
        row = self.base.execute(
            "SELECT record FROM findings WHERE content = ? AND reader = ?", (content, reader or self.reader)
        ).fetchone()
        return Record.from_json(row[0]) if row else None

    def add(
        self,
        source: Source,
        content: str,
        record: Record,
        *,
        files: Sequence[str] = (),
        stamp: str = "",
        text: str | None = None,
        line: Line | None = None,
    ) -> None:
        """Write down a letter that is done, with its files in the report and what those were made of.

        Its text only where that was asked for. `line` is what the audit is to say of it: `unsaid` tells it until
        `said`.
        """
        with self.base:
            self.base.execute("BEGIN")
            self.base.execute(
                "INSERT INTO findings VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET standing = excluded.standing, record = excluded.record, "
                "text = excluded.text",
                (content, self.reader, STANDINGS.index(record.standing), record.to_json(), text),
            )
            self._source(source, content, page_of(files), None)
            for file in files:
                self.add_page(file, source.client, source.where, stamp)
            if line:
                self.base.execute("INSERT INTO unsaid VALUES (?, ?)", line)

    def found_again(self, source: Source, content: str, files: Sequence[str] = ()) -> None:
        """Write down that a letter which this reader knows lies there, with those of its files that are as they were.

        A text that an earlier run kept of it is kept no longer.
        """
        with self.base:
            self.base.execute("BEGIN")
            self.base.execute(
                "UPDATE findings SET text = NULL WHERE content = ? AND reader = ? AND text IS NOT NULL",
                (content, self.reader),
            )
            self._source(source, content, page_of(files), None)
            self.base.executemany("UPDATE pages SET run = ? WHERE file = ?", ((self.run, file) for file in files))

    def unsaid(self) -> list[Line]:
        """Return the lines that the audit may lack: one, where a run was killed between journal and audit."""
        return [Line(*row) for row in self.base.execute("SELECT line, begins FROM unsaid")]

    def said(self) -> None:
        """Write down that the audit has all lines."""
        self.base.execute("DELETE FROM unsaid")

    def add_unread(self, source: Source, why: str) -> None:
        """Write down what could not be read, and why."""
        self._source(source, None, None, why)

    def _source(self, source: Source, content: str | None, page: str | None, unread: str | None) -> None:
        since = self.since(content) or self.run  # a letter that lies elsewhere now is no new one
        self.base.execute(
            "INSERT INTO sources VALUES (?1, ?2, ?3, ?4, ?9, ?11, ?5, ?6, ?7, ?8, ?10) ON CONFLICT DO UPDATE SET "
            "id = ?2, client = ?3, date = ?4, of_file = ?9, unclear = ?11, page = ?6, unread = ?7, run = ?8, "
            "content = ?5, since = CASE WHEN content IS ?5 THEN since ELSE ?10 END",
            (source.where, source.id, source.client, source.date, content, page, unread, self.run, source.of_file,
             since, source.unclear),
        )  # fmt: skip
        if content is not None:
            self.expect(source, content)

    def expect(self, source: Source, content: str) -> None:
        """Write down what is read, where, and whose it is: by this what was sent is known before it is done."""
        told = (content, source.where, source.client, self.run)
        self.base.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?)", told)

    def since(self, content: str | None) -> int | None:
        """Return the first run that found a content, of those that still know it."""
        found = self.base.execute("SELECT min(since) FROM sources WHERE content = ?", (content,)).fetchone()[0]
        return None if found is None else int(found)

    def letters(self, client: str | None = None) -> Iterator[Entry]:
        """Yield the letters of this run, the gravest and newest first; or one client's by date, of no month last."""
        asked = () if client is None else (client,)
        rows = self.base.execute(letters_of(one=bool(asked)), (self.run, self.reader, *asked))
        for *told, page, record, text, since, first in rows:
            source = _told(*told)
            same = None if first == source.where else self._source_at(first)
            yield Entry(source, page, Record.from_json(record), text, 0 < self.before < since, same)

    def _source_at(self, place: str) -> Source:
        told = "SELECT place, id, client, date, of_file, unclear FROM sources WHERE place = ?"
        return _told(*self.base.execute(told, (place,)).fetchone())

    def clients(self) -> list[str]:
        """Return the clients of this run, those without a name left out."""
        rows = self.base.execute(
            "SELECT DISTINCT client FROM sources "
            "WHERE run >= ? AND client != '' AND content IS NOT NULL ORDER BY client", (self.run,)
        )  # fmt: skip
        return [client for (client,) in rows]

    def stamp_of(self, file: str) -> str | None:
        """Return what a page was made of, as it was told to `add_page`."""
        row = self.base.execute("SELECT stamp FROM pages WHERE file = ?", (file,)).fetchone()
        return row[0] if row else None

    def add_page(self, file: str, client: str, place: str = "", stamp: str = "") -> None:
        """Write down a file of this run: its name within the report, whose it is, where its letter lies if it is of
        one, and what it was made of.
        """
        row = (file, place, client, stamp, self.run)
        self.base.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?)", row)

    def remake(self, file: str) -> None:
        """Write down that a page which is known is about to be another: whatever ends the program, it is made anew."""
        self.base.execute("UPDATE pages SET stamp = '' WHERE file = ? AND stamp != ''", (file,))

    def clients_ever(self) -> list[str]:
        """Return the clients of all runs."""
        return [client for (client,) in self.base.execute("SELECT DISTINCT client FROM sources ORDER BY client")]

    def unread(self) -> Iterator[tuple[Source, str]]:
        """Yield what could not be read in this run, with the reason."""
        rows = self.base.execute(UNREAD, (self.run,))
        yield from ((_told(*told), why) for *told, why in rows)

    def standings(self) -> dict[str, int]:
        """Return how many letters of this run stand where, the gravest first."""
        rows = self.base.execute(
            "SELECT standing, count(*) FROM sources JOIN findings USING (content) WHERE run >= ? AND reader = ? "
            "GROUP BY standing",
            (self.run, self.reader),
        )
        counted = dict(rows.fetchall())
        return {name: counted.get(at, 0) for at, name in enumerate(STANDINGS)}

    def tidy(self, *, keep_text: bool = False) -> tuple[list[str], int]:
        """Remove what this run did not find again, places, findings, and pages; and the texts that any reader's run
        kept, unless they are to be kept.

        Returns the files of those pages, and how many letters it found nowhere.
        """
        with self.base:
            self.base.execute("BEGIN")
            [missed] = self.base.execute(
                "SELECT count(*) FROM (SELECT content FROM sources WHERE run < ?1 AND content IS NOT NULL "
                "EXCEPT SELECT content FROM sources WHERE run = ?1)", (self.run,)
            ).fetchone()  # fmt: skip
            files = self.base.execute("SELECT file FROM pages WHERE run < ?", (self.run,)).fetchall()
            self.base.execute("DELETE FROM pages WHERE run < ?", (self.run,))
            gone = self.base.execute("DELETE FROM sources WHERE run < ?", (self.run,)).rowcount
            gone += self.base.execute(ORPHANS).rowcount
            if not keep_text:
                gone += self.base.execute("UPDATE findings SET text = NULL WHERE text IS NOT NULL").rowcount
        if gone:
            shrink(self.base)
        return [file for (file,) in files], int(missed)

    def end(self, ended: str) -> None:
        """Write down that the run came to its end."""
        self.base.execute("UPDATE runs SET ended = ? WHERE run = ?", (ended, self.run))


def _told(place: str, name: str, client: str, date: str, of_file: int, unclear: str) -> Source:
    return Source(place, name, client, date, bool(of_file), unclear)
