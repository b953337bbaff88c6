"""Letters read by a language model, several at once. The screen is first: a letter that speaks of danger stays here.

    Work ─ text ─ screen ┬ calm, English ─ the model (a few at a time) ─ Record
                         └ else, or where the model fails ─ the embedded reader ─ Record

Nothing that the model says is shown, only what it marks. Waiting, trying again and obeying a server that asks for time
is the client library's part (two more tries, with jitter, and Retry-After). Where what may be spent is spent, or the
model fails, the embedded reader reads, and a further run asks the model.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from compassion_coach.errors import CoachError, ModelError
from compassion_coach.language import language_of
from compassion_coach.letter import Letter
from compassion_coach.local_reader import LocalReader
from compassion_coach.model_reader import ModelReader, messages_for
from compassion_coach.policy import plan_for
from compassion_coach.prescreen.formats import text_of
from compassion_coach.prescreen.record import record_of
from compassion_coach.prescreen.work import Result, Work, as_result, read_one
from compassion_coach.prompts import PROMPT_VERSION
from compassion_coach.reading import Reading
from compassion_coach.reflection import Distress, Usage
from compassion_coach.screen import screen
from compassion_coach.settings import server_of
from compassion_coach.vocabulary import Level

_CHARACTERS = 4  # of English to a token, roughly
_ANSWER = 700  # tokens of an answer, roughly


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
    system = len(messages_for(Letter.of("x"), "x")[0]["content"])
    prompt = letters * (system // _CHARACTERS + 60) + characters // _CHARACTERS
    return Usage(requests=letters, prompt_tokens=prompt, answer_tokens=letters * _ANSWER)


def in_order_with(model: Model, tasks: Iterable[Work]) -> Iterator[tuple[Work, Result]]:
    """Read letters with a model, a few at once, and yield them in their order."""
    loop = asyncio.new_event_loop()
    used = Usage(requests=0, prompt_tokens=0, answer_tokens=0)
    waiting: deque[tuple[Work, asyncio.Task[tuple[Result, Usage]]]] = deque()
    try:
        for work in tasks:
            while len(waiting) >= model.at_once:
                done, (result, more) = waiting[0][0], loop.run_until_complete(waiting[0][1])
                waiting.popleft()
                used = used.plus(more)
                yield done, result
            ask = _nobody if model.spent(used) else _live
            waiting.append((work, loop.create_task(read_with(model, work, ask))))
        while waiting:
            done, task = waiting.popleft()
            yield done, loop.run_until_complete(task)[0]
    finally:
        loop.run_until_complete(_given_up([task for _, task in waiting]))
        loop.close()


async def _given_up(tasks: Sequence[asyncio.Task[tuple[Result, Usage]]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


Ask = Callable[[Model, Work, Letter, Level], Awaitable[Reading]]
"""How a model comes to read a letter whose level of distress is known. Raises ModelError where it does not."""


async def _live(model: Model, _work: Work, letter: Letter, level: Level) -> Reading:
    asked = (model.name, model.base_url, model.key, model.timeout, level)
    return await ModelReader(*asked, redact=model.redact, again=False).aread(letter)


async def _nobody(_model: Model, _work: Work, _letter: Letter, _level: Level) -> Reading:
    raise ModelError("What may be spent was spent before it.")


async def read_with(model: Model, work: Work, ask: Ask) -> tuple[Result, Usage]:
    """Read one letter: by the model where it may be, else here. Never raises for what a letter holds."""
    nothing = Usage(requests=0, prompt_tokens=0, answer_tokens=0)
    if work.known:
        return read_one(work), nothing
    try:
        found = text_of(work.suffix, work.raw)
        letter = Letter.of(found.text)
        distress, language = screen(letter), language_of(letter.text)
        if not plan_for(distress.level, language).ask_model or not letter.has_words():
            return read_one(work), nothing
        try:
            reading = await ask(model, work, letter, distress.level)
        except ModelError as error:
            reading, why, again = LocalReader().read(letter), f"{error} The embedded reader read this letter.", True
        else:
            (distress, reading, why), again = _graver(letter, distress, reading), False
        record = record_of(letter, distress, reading, language, [said for said in (why, found.remark) if said])
        to = None if ask is _nobody else server_of(model.base_url)
        result = as_result(work, letter, replace(record, again=again), sent_to=to)
    except CoachError as error:
        return Result(unread=str(error)), nothing
    except Exception:  # as in `read_one`
        return Result(unread="It could not be read, by a fault of this program."), nothing
    return result, reading.usage or nothing


def _graver(letter: Letter, distress: Distress, reading: Reading) -> tuple[Distress, Reading, str]:
    """Let a model's opinion raise the level, and never lower it; the embedded reader marks such a letter."""
    if reading.level.rank <= distress.level.rank:
        return distress, reading, ""
    raised = Distress(level=reading.level, signals=distress.signals)
    marked = Reading(reading.reader, LocalReader().read(letter).observations, usage=reading.usage)
    return raised, marked, "The model thinks the distress in it graver than the screen did."
