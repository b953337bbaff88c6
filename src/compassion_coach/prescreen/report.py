"""Read letters into a report: the way of a folder of letters, on one page.

    paths ─ finding/found.py ─→ Found (bytes) ─ known to kept/journal.py? ── work.py: text → screen, read → Record, page
                                   │                                                          │
                                   └── could not be read: why ───────────┐                    │
                                                                         └→ kept/journal.py ←─┘   letter by letter
                                                                                   │
                            told/together.py: index.html, clients/, letters.csv, marks.jsonl, letters.parquet

A folder holds one report, for its owner's eyes alone. `letters/` has a page for each letter, named after its place
and content; `audit.jsonl` a line for each letter that was read, and where it was sent.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count, islice
from pathlib import Path

from compassion_coach.errors import InputError, ModelError
from compassion_coach.prescreen.finding.found import check, find
from compassion_coach.prescreen.forgotten import recover
from compassion_coach.prescreen.kept.audit import end_of, line_of, now, said_before, say
from compassion_coach.prescreen.kept.base import Line
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.laid import lay, made
from compassion_coach.prescreen.kept.owned import check_ours, folder
from compassion_coach.prescreen.kept.places import JOURNAL, OF_LETTERS, name_of
from compassion_coach.prescreen.kept.pseudonyms import absolute, hidden
from compassion_coach.prescreen.options import Options, Summary, reader_of
from compassion_coach.prescreen.record import Record
from compassion_coach.prescreen.sources import Found, Source
from compassion_coach.prescreen.told.together import write_together
from compassion_coach.prescreen.ways.many import in_order
from compassion_coach.prescreen.work import Result, Work, lost, read_one, tame


@dataclass(slots=True)
class _Run:
    """A run under way: where things go, and what was counted so far."""

    out: Path
    journal: Journal
    reader: str
    options: Options
    told: Callable[[int, int], None]
    complained: Callable[[str, str], None]
    read: int = 0
    known: int = 0
    copies: int = 0
    sent: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    tried: set[str] = field(default_factory=set)  # contents that failed: no copy of theirs is tried as well
    all_found: bool = False
    places: dict[str, str] = field(default_factory=dict)  # of letters under way whose names are hidden
    held: list[tuple[Source, str]] = field(default_factory=list)  # what could not be read, before any letter was

    def tasks(self, found: Iterable[Found]) -> Iterator[Work]:
        """Yield what is to be done with each letter; what cannot be read is written down at once."""
        for one in found:
            source = self._named(one.source)
            self.places[source.where] = one.source.where
            if one.unread is not None:
                self.unread(source, one.unread, one.unnamed)
                continue
            content = one.content
            known = self.journal.found_in(content)
            known = None if known and known.again and content not in self.tried else known
            how = self.options
            work = Work(source, one.suffix, one.raw, content, known, how.docx, how.pages, how.key is not None)
            files = self._made(work)
            if files is None:
                if how.model and known is None:
                    self.journal.expect(source, content)
                yield work
            else:
                self.found_again(work, files)
        self.all_found = True

    def found_again(self, work: Work, files: list[str]) -> None:
        """Write down that a letter which is known lies there, with its files, which are as they were."""
        self.copies += self._is_copy(work)
        self.journal.found_again(work.source, work.content, files)
        self._count(work)

    def done(self, work: Work, result: Result) -> None:
        """Write a letter's page, and then write down that it is done."""
        if result.record is None:
            self.unread(work.source, result.unread or "")
            return
        files, stamp = lay(self.out, self.journal, work.stem, result.page, result.copy), self._stamp(work)
        self.copies += self._is_copy(work)
        text, line = result.text if self.options.keep_text else None, self._line(work, result.record, result)
        self.journal.add(work.source, work.content, result.record, files=files, stamp=stamp, text=text, line=line)
        if line:
            say(self.out, self.journal)
        if result.failed:
            self.failed[result.failed] += 1
            self.tried.add(work.content)
        self._count(work)

    def _is_copy(self, work: Work) -> bool:
        """Whether the words of a letter that is known came first in this run, at another place."""
        return work.known is not None and self.journal.since(work.content) == self.journal.run

    def _count(self, work: Work) -> None:
        """Count a letter that is written down, and tell of it."""
        self.places.pop(work.source.where, None)
        self._write_held()
        self.read, self.known = self.read + (work.known is None), self.known + (work.known is not None)
        self.told(self.read, self.known)

    def unread(self, source: Source, why: str, unnamed: str | None = None) -> None:
        """Say why something could not be read, and write it down once a letter was: without any, a report stays."""
        self.held.append((source, unnamed if unnamed and self.options.key is not None else why))
        self.complained(self.places.get(source.where, source.where), why)
        if self.read + self.known or not self.journal.before:
            self._write_held()

    def _write_held(self) -> None:
        for source, why in self.held:
            self.journal.add_unread(source, why)
            self.places.pop(source.where, None)
        self.held.clear()

    def _line(self, work: Work, record: Record, result: Result) -> Line | None:
        """Return what the audit says of a letter; nothing where nobody read it now who had not read it before."""
        waits = record.again and self.journal.found_in(work.content)
        if work.known or waits or (result.asked and not self.options.batch):  # that was said when it was sent
            return None
        by = self.reader if self.options.model is None or result.asked else reader_of()
        return Line(line_of(work.content, record.sha256, by, None), end_of(self.out))

    def _named(self, source: Source) -> Source:
        """Return a source under the names that it has in the report, where no other letter of this run has its place.

        What hides a path is one, however it is spelt; and two paths may be one when they are written down.
        """
        places = chain([source.where], (f"{source.where} ({many})" for many in count(2)))
        named = (replace(source, where=place) for place in places)
        if (key := self.options.key) is not None:
            named = (hidden(replace(one, where=absolute(one.where)), key) for one in named)
        return next(one for one in named if one.where not in self.places and not self.journal.holds(one.where))

    def _made(self, work: Work) -> list[str] | None:
        """Return the files of a letter that is known where they are as they are wanted; else None."""
        if work.known is None or self.options.keep_text:
            return None
        return made(self.out, self.journal, work.stem, self._stamp(work)) if work.page else []

    def _stamp(self, work: Work) -> str:
        """Return what a page is made of, besides the letter."""
        return name_of(self.reader, f"{work.source}", f"{work.docx}")


def prescreen(
    paths: Iterable[str],
    out: Path,
    options: Options | None = None,
    told: Callable[[int, int], None] = lambda _read, _known: None,
    complained: Callable[[str, str], None] = lambda _where, _why: None,
) -> Summary:
    """Read every letter under some paths and write the report into a folder. A second run goes on where one stopped.

    `told` is called after each letter with how many were read and how many were known; `complained` with the place
    and the reason of what cannot be read. With one job and no model the embedded reader of this process takes one
    thread from then on, unless it has read before.

    Raises InputError where a path is not there, where no letter was found, where nothing could be read and an earlier
    report would be lost, or where the folder holds something else; OSError where it cannot be written; DataError where
    the reader's own files are missing; ModelError where a model cannot be asked; CoachError where no process begins.
    """
    options, paths = options or Options(), list(paths)
    reader = reader_of(options.model)
    check((path for path in paths if path not in options.listed), options.whose)
    check_ours(out)
    found = find(paths, options.columns, out, options.whose)
    first = list(islice(found, 1))
    if not first:
        stays = ", and the report stays as it was" if (out / JOURNAL).exists() else ""
        raise InputError(f"There is no letter there{stays}.")
    failed: ModelError | None = None
    with Journal(folder(out) / JOURNAL) as journal:  # before anything else: by it a report's folder is known
        folder(out / OF_LETTERS)
        recover(out, journal)
        journal.begin(reader, now(), hidden=options.key is not None)
        run = _Run(out, journal, reader, options, told, complained)
        tasks = run.tasks(chain(first, found))
        try:
            for work, result in _read(tasks, run):
                run.done(work, result)
        except ModelError as error:
            if not run.all_found:
                raise
            failed = error  # what was read here is told all the same
        if journal.before and not run.read + run.known:
            raise InputError("Nothing of it could be read, and the report stays as it was.")
        write_together(out, journal, pages=options.pages)
        unopened = sum(1 for _ in journal.unread())
        files, missed = journal.tidy(keep_text=options.keep_text)
        for file in files:
            (out / file).unlink(missing_ok=True)
        journal.end(now())
        summary = Summary(
            journal.standings(), run.read, run.known, unopened, run.copies, dict(run.failed), missed, run.sent
        )
    if failed:
        raise failed
    return summary


def _read(tasks: Iterator[Work], run: _Run) -> Iterator[tuple[Work, Result]]:
    options = run.options
    if options.model is None:
        return in_order(read_one, tasks, options.jobs, lost, tame)
    if options.batch:
        from compassion_coach.prescreen.ways.batched import in_order_batched

        return in_order_batched(options.model, tasks, run.out)
    from compassion_coach.prescreen.ways.with_model import in_order_with

    say_of = said_before(run.out, run.reader, options.model.server)

    def leaves(content: str, sha256: str) -> None:
        say_of(content, sha256)
        run.sent += 1

    return in_order_with(options.model, tasks, leaves)
