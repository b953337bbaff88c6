"""The model reader: one request a letter to a language model behind an OpenAI-compatible API."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from compassion_coach.letter import Letter
from compassion_coach.model_answer import answer_schema, reading_from
from compassion_coach.prompts import PROMPT_VERSION, render
from compassion_coach.reading import Reading
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.vocabulary import DESCRIPTIONS, Quality

MOST_ANSWER_TOKENS = 4000
# What nobody sees in a letter is not read to a model either: hidden characters can spell orders, or turn words round.
_UNSEEN: dict[int, str | None] = dict.fromkeys(
    [0xAD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xE0000, 0xE01F0)]
)
_UNSEEN.update(dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], " "))


class ModelReader:
    """Asks a language model to read a letter. The answer is validated here; its words are judged by the guard."""

    def __init__(self, model: str, base_url: str | None = None, key: str | None = None, timeout: float = 60.0) -> None:
        self.model, self.base_url, self._key, self.timeout = model, base_url, key, timeout
        self.info = ReaderInfo(name="model", model=model, version=f"reflect.{PROMPT_VERSION}")

    def read(self, letter: Letter) -> Reading:
        """Return what `aread` returns, also where an event loop is already running (a notebook, say)."""
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(self.aread(letter))
        with ThreadPoolExecutor(1) as beside:
            return beside.submit(asyncio.run, self.aread(letter)).result()

    async def aread(self, letter: Letter) -> Reading:
        """Return what the model sees in a letter. Raises ModelError when it gives nothing that can be used."""
        from compassion_coach.model_client import complete

        answer, requests = await complete(requests_for(letter, self.model), self.base_url, self._key, self.timeout)
        usage = Usage(requests=requests, prompt_tokens=answer.prompt_tokens, answer_tokens=answer.answer_tokens)
        return reading_from(answer.text, letter, self.info, usage)


def requests_for(
    letter: Letter, model: str, marker: Callable[[], str] = lambda: secrets.token_hex(8)
) -> list[dict[str, Any]]:
    """Return the request for a letter, and the plainer ones for servers that do not take it, as they are sent.

    First with a JSON schema; then without the settings that some models refuse; then with neither.
    """
    while (chosen := marker()) in letter.text:
        pass  # a marker that the letter holds marks nothing
    plain = {"model": model, "messages": messages_for(letter, chosen)}
    schema = {"type": "json_schema", "json_schema": {"name": "reflection", "strict": True, "schema": answer_schema()}}
    settings = {"temperature": 0, "seed": 1, "max_tokens": MOST_ANSWER_TOKENS}
    return [{**plain, "response_format": schema, **settings}, {**plain, "response_format": schema}, plain]


def messages_for(letter: Letter, marker: str) -> list[dict[str, str]]:
    """Return the messages: the fixed system prompt first, the numbered letter last between random markers."""
    numbered = [
        {"number": number, "text": " ".join(letter.quote(sentence).translate(_UNSEEN).split())}
        for number, sentence in enumerate(letter.sentences, 1)
        if not sentence.private
    ]
    return [
        {"role": "system", "content": system_prompt()},
        {"role": "user", "content": render(_prompt("letter"), {"sentences": numbered, "marker": marker})},
    ]


def system_prompt() -> str:
    """Return the system prompt, the same for every letter, so that providers can cache it."""
    values = {
        "qualities": [(q.value, q.kind.value, DESCRIPTIONS[q]) for q in Quality],
        "schema": json.dumps(answer_schema(), separators=(",", ":")),
    }
    return render(_prompt("system"), values)


def _prompt(part: str) -> str:
    return f"reflect.{PROMPT_VERSION}.{part}.jinja"
