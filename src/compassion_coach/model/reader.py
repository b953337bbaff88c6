"""The model reader: one question a letter to a language model behind an OpenAI-compatible API.

What a server fails to answer is sent up to twice more, and what it refuses in up to two plainer forms. Where the
model's words trip rails it is asked once more (`reask.py`), in the time that is left.
"""

import json
import secrets
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from compassion_coach.errors import ModelError
from compassion_coach.letter import Letter
from compassion_coach.model.answer import answer_schema, reading_from
from compassion_coach.model.reask import Place, ask_again, places_to_mend, with_second_words
from compassion_coach.prompts import PROMPT_VERSION, render
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.text.shown import seen
from compassion_coach.vocabulary import DESCRIPTIONS, Level, Quality

if TYPE_CHECKING:
    from openai import AsyncOpenAI

MOST_ANSWER_TOKENS = 4000
_Read = TypeVar("_Read")
PutBack = Callable[[Reading], Reading]


class ModelReader:
    """Asks a language model to read a letter. The answer is validated here; its words are judged by the guard.

    `timeout` bounds both questions together, in seconds. `level` is what the screen made of the letter.
    With `redact` the model is sent a letter with placeholders; what it answers is put back before it is returned.
    With `second_opinion` it is told what the embedded reader marked. Without `again` it is never asked once more:
    where its words are not shown they need no mending. `client` is one that `client_for` made, which many
    readers use; without it each request opens a connection.
    """

    def __init__(
        self,
        model: str,
        base_url: str | None = None,
        key: str | None = None,
        timeout: float = 60.0,
        level: Level = Level.NONE,
        *,
        redact: bool = False,
        second_opinion: bool = False,
        again: bool = True,
        client: "AsyncOpenAI | None" = None,
    ) -> None:
        self._client = client
        self.redact, self.second_opinion, self.again = redact, second_opinion, again
        self.model, self.base_url, self._key, self.timeout, self.level = model, base_url, key, timeout, level
        self.info = ReaderInfo(name="model", model=model, version=f"reflect.{PROMPT_VERSION}")

    def read(self, letter: Letter) -> Reading:
        """Return what `aread` returns, also where an event loop is already running (a notebook, say)."""
        return now(self.aread(letter))

    async def aread(self, letter: Letter) -> Reading:
        """Return what the model sees in a letter. Raises ModelError when it gives nothing that can be used."""
        import asyncio

        begun = time.monotonic()
        if self.redact or self.second_opinion:
            ready = await asyncio.to_thread(self._ready, letter)
        else:  # next to no work; a thread of its own might have to be waited for
            ready = self._ready(letter)
        sent, put_back, requests = ready
        text, usage = await self._asked(requests, self.timeout)
        reading, places = await asyncio.to_thread(self._taken_in, text, usage, sent, put_back, letter)
        spent = time.monotonic() - begun
        if not places or spent > self.timeout / 2:  # a second answer takes about as long as the first
            return reading
        again = ask_again(requests[usage.requests - 1 :], places)  # in the form that the server took
        more = Usage(requests=1, prompt_tokens=0, answer_tokens=0)
        try:
            text, more = await self._asked(again, self.timeout - spent)
            second, _ = await asyncio.to_thread(self._taken_in, text, more, sent, put_back, None)
            reading = with_second_words(reading, second)
        except ModelError:  # vetted words will do
            pass
        return replace(reading, usage=usage.plus(more))

    def asks(self, letter: Letter) -> list[dict[str, Any]]:
        """Return the request that reading a letter begins with. Raises ModelError where details cannot be taken out."""
        _, _, requests = self._ready(letter)
        return requests[:1]

    def _ready(self, letter: Letter) -> tuple[Letter, PutBack, list[dict[str, Any]]]:
        sent, put_back = sent_for(letter, self.redact)
        return sent, put_back, requests_for(sent, self.model, opinion=opinion_on(sent) if self.second_opinion else ())

    async def _asked(self, requests: Sequence[Mapping[str, Any]], timeout: float) -> tuple[str, Usage]:
        from compassion_coach.model.client import complete

        answer, made = await complete(requests, self.base_url, self._key, timeout, self._client)
        return answer.text, Usage(requests=made, prompt_tokens=answer.prompt_tokens, answer_tokens=answer.answer_tokens)

    def _taken_in(
        self, text: str, usage: Usage, sent: Letter, put_back: PutBack, letter: Letter | None
    ) -> tuple[Reading, Sequence[Place]]:
        """Return the reading in an answer, and the places in it to ask about again, where the letter is given."""
        reading = put_back(reading_from(text, sent, self.info, usage))
        return reading, places_to_mend(letter, reading, self.level) if letter and self.again else ()


def now(reading: Coroutine[Any, Any, _Read]) -> _Read:
    """Wait for a reading, say, in any thread, with or without a running event loop."""
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        running = False
    else:
        running = True
    if not running:  # not within `except`: the errors of a reading arise from nothing
        return asyncio.run(reading)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, reading).result()


def sent_for(letter: Letter, redact: bool) -> tuple[Letter, PutBack]:
    """Return the letter as a model sees it, and what makes a reading of that one a reading of the original.

    Raises MissingExtraError or ModelError when details are to be taken out and cannot be: then nothing may be sent.
    """
    return _redacted(letter) if redact else (letter, lambda reading: reading)


@lru_cache(1)  # before it is said that a letter goes, and when it goes; the last letter stays in memory
def _redacted(letter: Letter) -> tuple[Letter, PutBack]:
    from compassion_coach.model.redact import redact

    redacted = redact(letter)
    return redacted.letter, redacted.put_back


def requests_for(
    letter: Letter,
    model: str,
    marker: Callable[[], str] = lambda: secrets.token_hex(8),
    opinion: Sequence[Observation] = (),
) -> list[dict[str, Any]]:
    """Return the request for a letter, and the plainer ones for servers that do not take it, as they are sent.

    `opinion` is what another reader marked in the same letter.

    First with a JSON schema; then without the settings that some models refuse; then with neither.
    """
    chosen = marker_for(letter, marker)
    plain = {"model": model, "messages": messages_for(letter, chosen, opinion)}
    schema = {"type": "json_schema", "json_schema": {"name": "reflection", "strict": True, "schema": answer_schema()}}
    settings = {"temperature": 0, "seed": 1, "max_tokens": MOST_ANSWER_TOKENS}
    return [{**plain, "response_format": schema, **settings}, {**plain, "response_format": schema}, plain]


def marker_for(letter: Letter, marker: Callable[[], str]) -> str:
    """Return a marker that the letter does not hold."""
    while (chosen := marker()) in letter.text:
        pass
    return chosen


def plain_words(text: str) -> str:
    """Return a stretch of a letter on one line, without what nobody sees."""
    return " ".join(seen(text).split())


def opinion_on(letter: Letter) -> Sequence[Observation]:
    """Return what the embedded reader marks in a letter."""
    from compassion_coach.embedded.reader import LocalReader

    return LocalReader().read(letter).observations


def messages_for(letter: Letter, marker: str, opinion: Sequence[Observation] = ()) -> list[dict[str, str]]:
    """Return the messages: the fixed system prompt first, the numbered letter last between random markers."""
    numbered = [
        {"number": number, "text": plain_words(letter.quote(sentence))}
        for number, sentence in enumerate(letter.sentences, 1)
        if not sentence.private
    ]
    told = render(_prompt("letter"), {"sentences": numbered, "marker": marker})
    if opinion:
        marks = [_as_told(letter, one) for one in opinion]
        told += render(_prompt("opinion"), {"marks": marks})
    return [{"role": "system", "content": system_prompt()}, {"role": "user", "content": told}]


def _as_told(letter: Letter, one: Observation) -> dict[str, object]:
    """Return a mark for a second opinion: numbers and names alone, for the letter's words stand between markers."""
    sentence = letter.sentences[one.sentence]
    part = (one.start, one.end) != (sentence.start, sentence.end)
    return {"number": one.sentence + 1, "quality": one.quality, "kind": one.quality.kind, "part": part}


@cache
def system_prompt() -> str:
    """Return the system prompt, the same for every letter, so that providers can cache it."""
    values = {
        "qualities": [(q.value, q.kind.value, DESCRIPTIONS[q]) for q in Quality],
        "schema": json.dumps(answer_schema(), separators=(",", ":")),
    }
    return render(_prompt("system"), values)


def _prompt(part: str) -> str:
    return f"reflect.{PROMPT_VERSION}.{part}.jinja"
