"""Read one letter for a therapist. Each is read by itself, whatever is beside it, so that every way to read many
gives the same.
"""

from contextlib import suppress
from dataclasses import dataclass, replace

from compassion_coach.embedded.here import NOBODY, reading_here
from compassion_coach.errors import CoachError
from compassion_coach.letter import Letter
from compassion_coach.prescreen.kept.places import name_of
from compassion_coach.prescreen.record import Record, record_of
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.comments import commented
from compassion_coach.prescreen.told.pages import letter_page
from compassion_coach.prescreen.words.formats import PLAIN, Text, text_of
from compassion_coach.reading import Reading
from compassion_coach.reflection import Distress
from compassion_coach.screened import Screened, screened


@dataclass(frozen=True, slots=True)
class Work:
    """A letter to be read. With `known` it was read before, and only its page is wanted.

    `content` names its format and bytes: a hash of them. Without `page` only the record is wanted. Where
    names are `hidden` a Word copy does not tell its author's. `found` are its words, where they were taken out before.
    """

    source: Source
    suffix: str
    raw: bytes
    content: str
    known: Record | None = None
    docx: bool = False
    page: bool = True
    hidden: bool = False
    found: Text | None = None

    @property
    def stem(self) -> str:
        """What its page and its copy are called: a name that tells nothing of the client."""
        return name_of(self.source.where, self.content)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter: what was found, its page, its text, and a copy with comments; or why it is unread.

    `asked` is whether a model read it, and `failed` why one that was to read it did not.
    """

    record: Record | None = None
    page: str = ""
    text: str = ""
    copy: bytes = b""
    unread: str | None = None
    asked: bool = False
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that was screened, and the words of its file that were found."""

    start: Screened
    found: Text


def read_one(work: Work) -> Result:
    """Read one letter on this computer. Never raises for what a letter holds."""
    try:
        if work.known:
            return as_result(work, Letter.of(_found(work).text), work.known)
        return read_here(work, ready(work))
    except Exception as error:
        return unread(error)


def ready(work: Work) -> Ready:
    """Return a letter taken out of its file and screened. Raises CoachError where it cannot be.

    Nothing that could send it exists yet, and a broken file keeps none that speaks of danger from being told.
    """
    found = _found(work)
    return Ready(screened(Letter.of(found.text)), found)


def take_out(work: Work) -> Text | Result:
    """Return the words of a letter's file, or why there are none. Never raises for what it holds."""
    try:
        return _found(work)
    except Exception as error:
        return unread(error)


def _found(work: Work) -> Text:
    return work.found or text_of(work.suffix, work.raw)


def read_here(work: Work, one: Ready, *, kept: bool = False) -> Result:
    """Let the embedded reader read. Raises DataError where it is broken, but for a letter that speaks of danger: that
    is told without marks, and read again by a further run. `kept` is whether a model reads others, and not this one.
    """
    plan, broken = one.start.plan, None
    reading = NOBODY
    if plan.readable:
        reading, broken = reading_here(one.start.letter, one.start.distress.level)
    by = "." if reading is NOBODY else ", where the embedded reader read it."
    stayed = f"It stayed on this computer{by}" if kept else None
    record = told_of(one, one.start.distress, reading, plan.unread, stayed, broken)
    return as_result(work, one.start.letter, replace(record, again=record.again or broken is not None))


def told_of(one: Ready, distress: Distress, reading: Reading, *remarks: str | None) -> Record:
    """Return what is known of a letter now, with what its format has to say of it."""
    told = list(filter(None, (*remarks, one.found.remark)))
    record = record_of(one.start.letter, distress, reading, one.start.plan.language, told)
    return replace(record, partly=one.found.unread is not None, again=one.found.again)


def unread(error: Exception) -> Result:
    """Return why a letter is not read: one never stops the rest, and what nobody foresaw might quote it."""
    foreseen = isinstance(error, CoachError)
    return Result(unread=str(error) if foreseen else "It could not be read, by a fault of this program.")


def as_result(work: Work, letter: Letter, record: Record) -> Result:
    """Return a letter that was read with its page, and its copy where one is wanted and can be made."""
    copy = b""
    if work.docx and work.suffix == ".docx":
        with suppress(Exception):  # the letter is read all the same
            copy = commented(work.raw, record, hidden=work.hidden)
    page = letter_page(work.source, letter, record, f"{work.stem}.docx" if copy else None) if work.page else ""
    return Result(record, page, letter.text, copy)


def lost(_work: Work) -> Result:
    """Return what is said of a letter on which a process ended."""
    return Result(unread="Reading it took too long, or ended the program that read it.")


def tame(work: Work) -> bool:
    """Whether no parser of somebody else's reads a letter: whatever is in it, it neither hangs nor ends the program."""
    return work.suffix in PLAIN
