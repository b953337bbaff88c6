"""Read one letter for a therapist. Each is read by itself, whatever is beside it, so that every way to read many
gives the same.
"""

from contextlib import suppress
from dataclasses import dataclass

from compassion_coach.embedded.language import language_in
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import CoachError
from compassion_coach.letter import Letter
from compassion_coach.policy import plan_for
from compassion_coach.prescreen.kept.places import name_of
from compassion_coach.prescreen.record import Record, record_of
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.comments import commented
from compassion_coach.prescreen.told.pages import letter_page
from compassion_coach.prescreen.words.formats import PLAIN, text_of
from compassion_coach.reading import Reading
from compassion_coach.screen import screen


@dataclass(frozen=True, slots=True)
class Work:
    """A letter to be read. With `known` it was read before, and only its page is wanted.

    `content` names its format and bytes: a hash of them. Without `page` only the record is wanted. Where
    names are `hidden` a Word copy does not tell its author's.
    """

    source: Source
    suffix: str
    raw: bytes
    content: str
    known: Record | None = None
    docx: bool = False
    page: bool = True
    hidden: bool = False

    @property
    def stem(self) -> str:
        """What its page and its copy are called: a name that tells nothing of the client."""
        return name_of(self.source.where, self.content)


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter: what was found, its page, its text, and a copy with comments; or why it is unread.

    `sent_to` is the server that it was sent to now, if any. `asked` is whether a model read it, and `failed` why one
    that was to read it did not.
    """

    record: Record | None = None
    page: str = ""
    text: str = ""
    copy: bytes = b""
    unread: str | None = None
    sent_to: str | None = None
    asked: bool = False
    failed: str = ""


def read_one(work: Work) -> Result:
    """Read one letter. Never raises for what a letter holds."""
    try:
        found = text_of(work.suffix, work.raw)
        letter = Letter.of(found.text)
        return as_result(work, letter, work.known or _record(letter, found.remark))
    except CoachError as error:
        return Result(unread=str(error))
    except Exception:  # one letter never stops the rest, and what went wrong might quote it
        return Result(unread="It could not be read, by a fault of this program.")


def as_result(work: Work, letter: Letter, record: Record) -> Result:
    """Return a letter that was read with its page, and its copy where one is wanted and can be made."""
    copy = b""
    if work.docx and work.suffix == ".docx":
        with suppress(Exception):  # the letter is read all the same
            copy = commented(work.raw, record, hidden=work.hidden)
    page = letter_page(work.source, letter, record, f"{work.stem}.docx" if copy else None) if work.page else ""
    return Result(record, page, letter.text, copy)


def _record(letter: Letter, remark: str | None) -> Record:
    distress, language = screen(letter), language_in(letter)
    plan, reader = plan_for(distress.level, language), LocalReader()
    reading = reader.read(letter) if plan.readable else Reading(reader.info, ())
    return record_of(letter, distress, reading, language, [said for said in (plan.unread, remark) if said])


def lost(_work: Work) -> Result:
    """Return what is said of a letter on which a process ended."""
    return Result(unread="Reading it took too long, or ended the program that read it.")


def tame(work: Work) -> bool:
    """Whether no parser of somebody else's reads a letter: whatever is in it, it neither hangs nor ends the program."""
    return work.suffix in PLAIN
