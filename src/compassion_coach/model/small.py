"""The route for small models: the embedded reader says what each line is, and the model finds words for it.

Models of one or two billion parameters label letters poorly and write a fair sentence. So each marked line is sent by
itself, with what it does, and one note is asked for. Nothing else of the letter leaves the machine. The overall remark
and the question are vetted words.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import AnswerError, ModelError
from compassion_coach.letter import Letter
from compassion_coach.model.answer import json_in
from compassion_coach.model.reader import PutBack, marker_for, now, plain_words, sent_for
from compassion_coach.policy import STAYS_HERE
from compassion_coach.prompts import PROMPT_VERSION, render
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.vocabulary import DESCRIPTIONS, Level

MOST_NOTE_TOKENS = 120
MOST_NOTES = 24  # of a long letter the first so many marks are spoken of by the model
_SCHEMA = {
    "type": "object",
    "properties": {"note": {"type": "string"}},
    "required": ["note"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model is asked about a letter: `sent`, as it may leave the machine, and the marks in it.

    `put_back` makes a reading of `sent` one of the letter. `why_not` says why nothing is asked, or is None.
    """

    sent: Letter
    put_back: PutBack
    marked: Reading
    why_not: str | None


@lru_cache(1)  # asked for before it is said that lines go, and when they go; the last letter stays in memory
def asked_about(letter: Letter, redact: bool) -> Asked:
    """Return what a model is asked about a letter, as the embedded reader marks it. Raises what `sent_for` raises."""
    sent, put_back = sent_for(letter, redact)
    marked = LocalReader().read(sent)
    why_not = None if marked.observations else "No line of it was marked, so there is nothing to ask."
    return Asked(sent, put_back, marked, why_not if marked.level is Level.NONE else STAYS_HERE)


class SmallModelReader:
    """Asks a small language model for one note a marked line. Its words are judged by the guard like any model's.

    `timeout` bounds all questions together, in seconds: lines that there is no time for keep vetted notes.
    """

    def __init__(
        self, model: str, base_url: str | None = None, key: str | None = None, timeout: float = 60.0, *,
        redact: bool = False,
    ) -> None:  # fmt: skip
        self.redact = redact
        self.model, self.base_url, self._key, self.timeout = model, base_url, key, timeout
        self.info = ReaderInfo(name="model", model=model, version=f"note.{PROMPT_VERSION}+{LocalReader().info.version}")

    def read(self, letter: Letter) -> Reading:
        """Return what `aread` returns, also where an event loop is already running."""
        return now(self.aread(letter))

    async def aread(self, letter: Letter) -> Reading:
        """Return the embedded reader's marks with the model's notes. Raises ModelError when not one could be had."""
        import asyncio

        from compassion_coach.model.client import Answer, complete

        begun = time.monotonic()
        asked, notes = await asyncio.to_thread(self._ready, letter)
        if asked.why_not:
            return asked.put_back(asked.marked)
        seen = list(asked.marked.observations)
        spent = Usage(requests=0, prompt_tokens=0, answer_tokens=0)
        form = 0  # the first form of a request that the server took is kept to
        failed: ModelError | None = None
        for at, requests in enumerate(notes):
            left = self.timeout - (time.monotonic() - begun)
            try:
                answer, made = await complete(requests[form:], self.base_url, self._key, max(left, 0.001))
            except AnswerError as error:  # of this line; the next may do better
                failed, made, answer = error, 1, Answer("", 0, 0)
            except ModelError as error:
                failed = error
                break
            form += made - 1
            spent = spent.plus(
                Usage(requests=made, prompt_tokens=answer.prompt_tokens, answer_tokens=answer.answer_tokens)
            )
            seen[at] = replace(seen[at], note=_note_in(answer.text))
        if failed and all(one.note is None for one in seen):
            failed.sent = failed.sent or spent.requests > 0  # what failed last may not be what was sent
            raise failed
        return replace(asked.put_back(Reading(self.info, tuple(seen))), usage=spent)

    def asks(self, letter: Letter) -> list[dict[str, Any]]:
        """Return the request for each note, in the form that is tried first."""
        _, notes = self._ready(letter)
        return [forms[0] for forms in notes]

    def _ready(self, letter: Letter) -> tuple[Asked, list[list[dict[str, Any]]]]:
        asked = asked_about(letter, self.redact)
        marks = () if asked.why_not else asked.marked.observations
        return asked, list(note_requests(asked.sent, marks, self.model))


def note_requests(
    letter: Letter, seen: Sequence[Observation], model: str, marker: Callable[[], str] = lambda: secrets.token_hex(8)
) -> Iterator[list[dict[str, Any]]]:
    """Yield for each mark, up to MOST_NOTES, its request and the plainer ones for servers that do not take it."""
    schema = {"type": "json_schema", "json_schema": {"name": "note", "strict": True, "schema": _SCHEMA}}
    settings = {"temperature": 0, "seed": 1, "max_tokens": MOST_NOTE_TOKENS}
    for one in seen[:MOST_NOTES]:
        words = plain_words(letter.text[one.start : one.end])
        plain = {"model": model, "messages": _messages(words, one, marker_for(letter, marker))}
        yield [{**plain, "response_format": schema, **settings}, {**plain, "response_format": schema}, plain]


def _messages(words: str, one: Observation, marker: str) -> list[dict[str, str]]:
    values = {"words": words, "marker": marker, "kind": one.quality.kind, "meaning": DESCRIPTIONS[one.quality]}
    return [
        {"role": "system", "content": render(f"note.{PROMPT_VERSION}.system.jinja", {})},
        {"role": "user", "content": render(f"note.{PROMPT_VERSION}.line.jinja", values)},
    ]


def _note_in(text: str) -> str | None:
    """Return the note in an answer, or None, which asks for vetted words."""
    for candidate in json_in(text):
        try:
            told = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict) and isinstance(told.get("note"), str) and told["note"].strip():
            return str(told["note"]).strip()
    return None
