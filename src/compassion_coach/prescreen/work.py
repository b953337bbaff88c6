"""Read letters for a therapist, one by one, in this process or in several. Each is read by itself, whatever is beside
it, so that every way to do it gives the same.
"""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from compassion_coach.encoder import alone
from compassion_coach.errors import CoachError
from compassion_coach.language import language_of
from compassion_coach.letter import Letter
from compassion_coach.local_reader import LocalReader
from compassion_coach.policy import plan_for
from compassion_coach.prescreen.comments import commented
from compassion_coach.prescreen.formats import text_of
from compassion_coach.prescreen.found import Source
from compassion_coach.prescreen.pages import letter_page
from compassion_coach.prescreen.record import Record, record_of
from compassion_coach.reading import Reading
from compassion_coach.screen import screen

_AHEAD = 4  # letters that wait for each process: their bytes are all that is held
Task = TypeVar("Task")
Done = TypeVar("Done")


@dataclass(frozen=True, slots=True)
class Work:
    """A letter to be read. With `known` it was read before, and only its page is wanted.

    `content` names its format and bytes: a hash of them.
    """

    source: Source
    suffix: str
    raw: bytes
    content: str
    known: Record | None = None
    docx: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter: what was found, its page, its text, and a copy with comments; or why it is unread.

    `sent_to` is the server that it was sent to, if any.
    """

    record: Record | None = None
    page: str = ""
    text: str = ""
    copy: bytes = b""
    unread: str | None = None
    sent_to: str | None = None


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


def as_result(work: Work, letter: Letter, record: Record, sent_to: str | None = None) -> Result:
    """Return a letter that was read with its page, and its copy where one is wanted and can be made."""
    copy = b""
    if work.docx and work.suffix == ".docx":
        with suppress(Exception):  # the letter is read all the same
            copy = commented(work.raw, record)
    return Result(record, letter_page(work.source, letter, record), letter.text, copy, sent_to=sent_to)


def _record(letter: Letter, remark: str | None) -> Record:
    distress, language = screen(letter), language_of(letter.text)
    why_not = plan_for(distress.level, language).unread
    reader = LocalReader()
    reading = Reading(reader.info, ()) if why_not else reader.read(letter)
    return record_of(letter, distress, reading, language, [said for said in (why_not, remark) if said])


def in_order(work: Callable[[Task], Done], tasks: Iterable[Task], jobs: int) -> Iterator[tuple[Task, Done]]:
    """Do tasks in so many processes and yield them in their order; only a few are ever held."""
    if jobs == 1:
        for task in tasks:
            yield task, work(task)
        return
    spawning = multiprocessing.get_context("spawn")  # a fork would copy the threads of the reader, half of them dead
    with ProcessPoolExecutor(jobs, mp_context=spawning, initializer=alone) as pool:
        waiting: deque[tuple[Task, Future[Done]]] = deque()
        for task in tasks:
            waiting.append((task, pool.submit(work, task)))
            if len(waiting) >= _AHEAD * jobs:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
