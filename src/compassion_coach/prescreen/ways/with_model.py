"""Letters read by a language model, several at once. The screen is first: a letter that speaks of danger stays here.

    Work ─ text ─ screen ┬ calm, English ─ the model (a few at a time) ─ settled ─ Record
                         └ else, or where the model fails ─ the embedded reader ─ Record

A file that needs a parser of somebody else's is opened in a process beside this one, which alone it may end.
Nothing that the model says is shown, only what it marks. Requests go from one thread and letters are looked at in
others, so that no request waits for them. How fast a server may be asked is for `pace.py`; trying again is the client
library's part (two more tries, with jitter). Where what may be spent is spent, or the model fails, the embedded reader
reads, and a further run asks the model.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Thread

from compassion_coach.embedded.agreed import settled
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import ModelError, NotSentError, SettingError
from compassion_coach.letter import Letter
from compassion_coach.model.client import client_for
from compassion_coach.model.reader import ModelReader, sent_for, system_prompt
from compassion_coach.policy import why_kept_here
from compassion_coach.prescreen.ways.many import LONGEST, Apart
from compassion_coach.prescreen.ways.pace import Pace
from compassion_coach.prescreen.words.formats import Text
from compassion_coach.prescreen.work import (
    Ready,
    Result,
    Work,
    as_result,
    lost,
    read_here,
    read_one,
    ready,
    take_out,
    tame,
    told_of,
    unread,
)
from compassion_coach.prompts import PROMPT_VERSION
from compassion_coach.reading import Reading
from compassion_coach.reflection import Usage
from compassion_coach.vocabulary import Level

_CHARACTERS = 4  # of English to a token, roughly
_ANSWER = 700  # tokens of an answer, roughly
_AHEAD = 4  # letters under way for each that is sent at once, so that a slow answer keeps none of the others waiting
_HERE = 2  # letters that are screened, or whose marks are compared, on this computer at once
_Reading = Future[tuple[Work, Result]]
Leaves = Callable[[str, str], None]
"""What is called with a letter's content and hash right before it is sent. Raises NotSentError where it may not be."""
NOTHING = Usage(requests=0, prompt_tokens=0, answer_tokens=0)


@dataclass(frozen=True, slots=True)
class Model:
    """A model behind an OpenAI-compatible API, how many letters it is sent at once, and what may be spent.

    `prices` are those of a million tokens of prompt and of answer; `most_cost` needs them.
    """

    name: str
    base_url: str | None = None
    key: str | None = field(default=None, repr=False)
    timeout: float = 60.0
    redact: bool = False
    at_once: int = 8
    most_tokens: int | None = None
    prices: tuple[float, float] = (0.0, 0.0)
    most_cost: float | None = None

    def __post_init__(self) -> None:
        """Raise SettingError for an allowance that could never be spent."""
        is_told = min(self.prices) >= 0 and sum(self.prices) > 0  # not so where one is no number
        if self.most_cost is not None and not (is_told and self.most_cost >= 0):
            raise SettingError("most_cost needs prices, of a million tokens of prompt and of answer.")

    def check(self) -> None:
        """Raise MissingExtraError where what `redact` needs is not there: told once, and not of each letter."""
        if self.redact:
            with suppress(ModelError):
                sent_for(Letter.of("Dear Nell,\nI rang Anna today.\n"), redact=True)

    @property
    def reader(self) -> str:
        """Who reads, as the journal tells readers apart."""
        return f"{self.name}, prompt {PROMPT_VERSION}"

    def cost(self, usage: Usage) -> float:
        """Return what tokens cost."""
        return (usage.prompt_tokens * self.prices[0] + usage.answer_tokens * self.prices[1]) / 1e6

    def spent(self, usage: Usage) -> bool:
        """Whether no further letter may be sent."""
        tokens = usage.prompt_tokens + usage.answer_tokens
        return (self.most_tokens is not None and tokens >= self.most_tokens) or (
            self.most_cost is not None and self.cost(usage) >= self.most_cost
        )


def expected(letters: int, characters: int) -> Usage:
    """Return roughly what reading some letters will take, before it is begun."""
    prompt = letters * (len(system_prompt()) // _CHARACTERS + 60) + characters // _CHARACTERS
    return Usage(requests=letters, prompt_tokens=prompt, answer_tokens=letters * _ANSWER)


def in_order_with(
    model: Model, tasks: Iterable[Work], leaves: Leaves = lambda *_: None, longest: float = LONGEST
) -> Iterator[tuple[Work, Result]]:
    """Read letters with a model, a few at once, and yield them in their order. Raises KeyRefusedError without a key.

    A copy waits for what comes of the same words before it, and is yielded as known: they are sent once. A file that
    ends the process in which it is opened, or takes over `longest` seconds there, is lost, and no other with it.
    Whoever stops the wait for an answer is first given what is done.
    """
    sender = _Sender(model, leaves)
    beside: Beside = Apart(take_out, lost, longest)
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(_HERE))
    thread = Thread(target=loop.run_forever, daemon=True)
    waiting: deque[_Reading] = deque()
    under_way: dict[str, _Reading] = {}  # the last letter of each content
    thread.start()
    try:
        for work in tasks:
            reading = _read_after(under_way.get(work.content), model, work, sender.ask, beside)
            under_way[work.content] = asyncio.run_coroutine_threadsafe(reading, loop)
            waiting.append(under_way[work.content])
            if len(waiting) > _AHEAD * model.at_once:
                yield _first(waiting, under_way)
        while waiting:
            yield _first(waiting, under_way)
    except KeyboardInterrupt:
        yield from (future.result() for future in waiting if future.done())
        raise
    finally:
        for future in waiting:
            future.cancel()
        asyncio.run_coroutine_threadsafe(sender.close(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        beside.close()


def _first(waiting: deque[_Reading], under_way: dict[str, _Reading]) -> tuple[Work, Result]:
    """Wait for the first letter, and return it with what came of it."""
    work, result = waiting[0].result()
    if under_way[work.content] is waiting.popleft():
        del under_way[work.content]
    return work, result


async def _read_after(
    before: _Reading | None, model: Model, work: Work, ask: "Ask", beside: "Beside"
) -> tuple[Work, Result]:
    """Read a letter when it is known what came of one with the same words, if one is under way."""
    if before:
        _, result = await asyncio.wrap_future(before)
        work = replace(work, known=result.record)
    return work, await read_with(model, work, ask, beside)


Ask = Callable[[Model, Work, Letter, Level], Awaitable[Reading]]
"""How a model comes to read a letter whose level of distress is known. Raises ModelError where it does not."""
Beside = Apart[Work, Text | Result]
"""Where files that are not tame are opened: what comes of one is its words, or why there are none."""


class _Sender:
    """Sends letters over the same connections: only so many at once, as fast as the server likes, while it may."""

    def __init__(self, model: Model, leaves: Leaves) -> None:
        self._used, self._leaves = NOTHING, leaves
        self._slots, self._pace = asyncio.Semaphore(model.at_once), Pace()
        self._client = client_for(model.base_url, model.key, model.timeout, heard=self._pace.heard)

    async def ask(self, model: Model, work: Work, letter: Letter, level: Level) -> Reading:
        """Return the model's reading. Raises ModelError, and NotSentError where nothing more may be spent."""
        sent, put_back = await asyncio.to_thread(sent_for, letter, model.redact)  # a second, for a long letter
        async with self._slots:
            if model.spent(self._used):
                raise NotSentError("What may be spent was spent before it.")
            about = expected(1, len(letter.text))
            await self._pace.turn(about.prompt_tokens + about.answer_tokens)
            asked = (model.name, model.base_url, model.key, model.timeout, level)
            reader = ModelReader(*asked, again=False, client=self._client)
            self._leaves(work.content, letter.sha256)
            try:
                reading = put_back(await reader.aread(sent))
            except NotSentError:
                raise
            except ModelError:  # what an answer cost that could not be used, nobody tells
                self._used = self._used.plus(about)
                raise
            told = reading.usage
            self._used = self._used.plus(told if told and told.prompt_tokens + told.answer_tokens else about)
            return reading

    async def close(self) -> None:
        """Wait for letters that were given up, and close the connections."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()


async def read_with(model: Model, work: Work, ask: Ask, beside: Beside) -> Result:
    """Read one letter: by the model where it may be, else here. Never raises for what a letter holds."""
    try:
        if not tame(work):
            found = await asyncio.get_running_loop().run_in_executor(beside.thread, beside.done, work)
            if isinstance(found, Result):
                return found
            work = replace(work, found=found)
        one = await asyncio.to_thread(_prepared, work)
        if isinstance(one, Result):
            return one
        try:
            answer: Reading | ModelError = await ask(model, work, one.letter, one.distress.level)
        except ModelError as error:
            answer = error
        return await asyncio.to_thread(_finished, work, one, answer)
    except Exception as error:
        return unread(error)


def _prepared(work: Work) -> Ready | Result:
    """Return a letter that the model may be asked of, or what became of one that it may not."""
    if work.known:
        return read_one(work)
    one = ready(work)
    return read_here(work, one, kept=True) if why_kept_here(one.letter, one.plan) else one


def _finished(work: Work, one: Ready, answer: Reading | ModelError) -> Result:
    letter, distress, broken = one.letter, one.distress, None
    failed = str(answer) if isinstance(answer, ModelError) else ""
    if isinstance(answer, ModelError):
        reading, why = LocalReader().read(letter), f"{answer} The embedded reader read this letter."
    else:
        distress, reading, broken = settled(letter, distress, answer)
        why = "" if distress is one.distress else "The model thinks the distress in it graver than the screen did."
    record = told_of(work, one, distress, reading, why, broken)
    result = as_result(work, letter, replace(record, again=record.again or bool(failed or broken)))
    return replace(result, asked=not failed, failed=failed)
