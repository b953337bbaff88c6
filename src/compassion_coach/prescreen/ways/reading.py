"""Read one letter with a model, however that is asked: the screen is first, and what speaks of danger stays here.

    Work ─ text ─ screen ┬ calm, English ─ the model ─ settled ─ Record
                         └ else, or where the model fails ─ the embedded reader ─ Record

A file that needs a parser of somebody else's is opened in a process beside this one, which alone it may end.
Nothing that the model says is shown, only what it marks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from compassion_coach.embedded.agreed import settled
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import CoachError, ModelError
from compassion_coach.letter import Letter
from compassion_coach.policy import why_kept_here
from compassion_coach.prescreen.ways.many import Apart
from compassion_coach.prescreen.ways.model import Model
from compassion_coach.prescreen.words.formats import Text
from compassion_coach.prescreen.work import (
    Ready,
    Result,
    Work,
    as_result,
    read_here,
    read_one,
    ready,
    tame,
    told_of,
    unread,
)
from compassion_coach.reading import Reading
from compassion_coach.screened import before_sending
from compassion_coach.vocabulary import Level

Ask = Callable[[Model, Work, Letter, Level], Awaitable[Reading]]
"""How a model comes to read a letter whose level of distress is known. Raises ModelError where it does not."""
Beside = Apart[Work, Text | Result]
"""Where files that are not tame are opened: what comes of one is its words, or why there are none."""


async def read_with(model: Model, work: Work, ask: Ask, beside: Beside) -> Result:
    """Read one letter: by the model where it may be, else here. Never raises for what a letter holds.

    Raises CoachError where no process can be begun beside this one.
    """
    opened = work if tame(work) else await _opened(work, beside)
    if isinstance(opened, Result):
        return opened
    work = opened
    try:
        one = await asyncio.to_thread(_prepared, work)
        if isinstance(one, Result):
            return one
        try:
            answer: Reading | ModelError = await ask(model, work, one.start.letter, one.start.distress.level)
        except ModelError as error:
            answer = error
        return await asyncio.to_thread(_finished, work, one, answer)
    except Exception as error:
        return unread(error)


async def _opened(work: Work, beside: Beside) -> Work | Result:
    """Return a letter with the words of its file, or what became of it. Raises CoachError where no process begins."""
    try:
        found = await asyncio.get_running_loop().run_in_executor(beside.thread, beside.done, work)
    except CoachError:  # none of a letter's: those are what came of it
        raise
    except Exception as error:
        return unread(error)
    return found if isinstance(found, Result) else replace(work, found=found)


def _prepared(work: Work) -> Ready | Result:
    """Return a letter that the model may be asked of, or what became of one that it may not."""
    if work.known:
        return read_one(work)
    one = ready(work)
    one = replace(one, start=before_sending(one.start))
    return read_here(work, one, kept=True) if why_kept_here(one.start.letter, one.start.plan) else one


def _finished(work: Work, one: Ready, answer: Reading | ModelError) -> Result:
    letter, heard, broken = one.start.letter, one.start.distress, None
    distress = heard
    failed = str(answer) if isinstance(answer, ModelError) else ""
    if isinstance(answer, ModelError):
        reading, why = LocalReader().read(letter), f"{answer} The embedded reader read this letter."
    else:
        distress, reading, broken = settled(letter, distress, answer, one.start.own)
        why = "" if distress is heard else "The model thinks the distress in it graver than the screen did."
    record = told_of(one, distress, reading, why, broken)
    result = as_result(work, letter, replace(record, again=record.again or bool(failed or broken)))
    return replace(result, asked=not failed, failed=failed)
