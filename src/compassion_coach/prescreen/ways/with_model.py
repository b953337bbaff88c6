"""Letters read by a language model, several at once, each as `reading.py` has it.

Requests go from one thread and letters are looked at in others, so that no request waits for them. How fast a server
may be asked is for `pace.py`; trying again is the client library's part (two more tries, with jitter). Where what may
be spent is spent, or the model fails, the embedded reader reads, and a further run asks the model. A server that failed
for several letters in a row as it will for any other, which is not there or refuses the key, is asked no more.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass, replace
from threading import Thread

from compassion_coach.errors import ModelError, NotSentError
from compassion_coach.letter import Letter
from compassion_coach.model.client import client_for
from compassion_coach.model.reader import ModelReader, sent_for
from compassion_coach.prescreen.ways.many import LONGEST, Apart
from compassion_coach.prescreen.ways.model import NOTHING, Model, expected
from compassion_coach.prescreen.ways.pace import BUSY, Pace
from compassion_coach.prescreen.ways.reading import Ask, Beside, read_with
from compassion_coach.prescreen.work import Result, Work, lost, take_out
from compassion_coach.reading import Reading
from compassion_coach.vocabulary import Level

_AHEAD = 4  # letters under way for each that is sent at once, so that a slow answer keeps none of the others waiting
_HERE = 2  # letters that are screened, or whose marks are compared, on this computer at once
_IN_A_ROW = 8  # letters for which a server failed for good, before it is asked no more
_REFUSED = (401, 403, 404)
_Waiting = Future[tuple[Work, Result]]
Leaves = Callable[[str, str], None]
"""What is called with a letter's content and hash right before its first byte is sent. Raises NotSentError where it may
not be.
"""


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
    waiting: deque[_Waiting] = deque()
    under_way: dict[str, _Waiting] = {}  # the last letter of each content
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


def _first(waiting: deque[_Waiting], under_way: dict[str, _Waiting]) -> tuple[Work, Result]:
    """Wait for the first letter, and return it with what came of it."""
    work, result = waiting[0].result()
    if under_way[work.content] is waiting.popleft():
        del under_way[work.content]
    return work, result


async def _read_after(
    before: _Waiting | None, model: Model, work: Work, ask: Ask, beside: Beside
) -> tuple[Work, Result]:
    """Read a letter when it is known what came of one with the same words, if one is under way."""
    if before:
        _, result = await asyncio.wrap_future(before)
        work = replace(work, known=result.record)
    return work, await read_with(model, work, ask, beside)


@dataclass(slots=True)
class _Way:
    """How far a letter came: whether it left, what the server last answered, and why it may not leave."""

    content: str
    sha256: str
    left: bool = False
    status: int = 0
    unsaid: NotSentError | None = None

    @property
    def is_closed(self) -> bool:
        """Whether no other letter will come further: no connection, no answer, a refused key, no such model, a server's
        fault. What a busy server refuses it may take later.
        """
        if not self.left:
            return self.unsaid is None
        return self.status in (0, *_REFUSED) or (self.status >= 500 and self.status not in BUSY)


_way: ContextVar[_Way] = ContextVar("way_of_a_letter")  # of the letter that is sent in this task


class _Sender:
    """Sends letters over the same connections: only so many at once, as fast as the server likes, while it may."""

    def __init__(self, model: Model, leaves: Leaves) -> None:
        self._used, self._leaves, self._closed = NOTHING, leaves, 0
        self._slots, self._pace = asyncio.Semaphore(model.at_once), Pace()
        to = model.base_url, model.key, model.timeout
        self._client = client_for(*to, heard=self._heard, leaves=self._left)

    def _heard(self, headers: Mapping[str, str], status: int) -> None:
        _way.get().status = status
        self._pace.heard(headers, status)

    def _left(self) -> None:
        """Say once of a letter that it leaves. Raises NotSentError where that cannot be said."""
        way = _way.get()
        if not way.left:
            try:
                self._leaves(way.content, way.sha256)
            except NotSentError as error:
                way.unsaid = error
                raise
            way.left = True

    async def ask(self, model: Model, work: Work, letter: Letter, level: Level) -> Reading:
        """Return the model's reading. Raises ModelError, and NotSentError where nothing more may be spent."""
        sent, put_back = await asyncio.to_thread(sent_for, letter, model.redact)  # a second, for a long letter
        async with self._slots:
            if model.spent(self._used):
                raise NotSentError("What may be spent was spent before it.")
            if self._closed >= _IN_A_ROW:
                raise NotSentError(f"After {_IN_A_ROW} letters in a row that failed no more were sent.")
            about = expected(1, len(letter.text))
            await self._pace.turn(about.prompt_tokens + about.answer_tokens)
            asked = (model.name, model.base_url, model.key, model.timeout, level)
            reader = ModelReader(*asked, again=False, client=self._client)
            way = _Way(work.content, letter.sha256)
            _way.set(way)
            try:
                reading = put_back(await reader.aread(sent))
            except ModelError as error:
                if way.unsaid:
                    raise way.unsaid from None
                self._closed = self._closed + 1 if way.is_closed else 0
                if way.left and not isinstance(error, NotSentError):
                    self._used = self._used.plus(about)  # what an answer cost that could not be used, nobody tells
                raise
            self._closed = 0
            told = reading.usage
            self._used = self._used.plus(told if told and told.prompt_tokens + told.answer_tokens else about)
            return reading

    async def close(self) -> None:
        """Wait for letters that were given up, and close the connections."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.close()
