"""Letters read through a provider's batch API: sent together, collected by a later run, known again by their ids.

    first run   calm letters ─ one JSONL file ─ uploaded, a batch made ─ `batches.json` in the report's folder
                the embedded reader reads them meanwhile
    later runs  batches that are done ─ answers ─ Record; what failed is sent anew

The file of requests holds letters: it lies in the report's folder while it is uploaded, and is then removed.
"""

import asyncio
import json
import os
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

from compassion_coach.errors import ModelError, NotSentError, UnreachableError, parted
from compassion_coach.letter import Letter
from compassion_coach.model_answer import reading_from
from compassion_coach.model_client import answer_in, client_for, in_our_words
from compassion_coach.model_reader import requests_for, sent_for
from compassion_coach.prescreen.owned import written
from compassion_coach.prescreen.with_model import Model, read_with
from compassion_coach.prescreen.work import Result, Work
from compassion_coach.prompts import PROMPT_VERSION
from compassion_coach.quiet import quiet
from compassion_coach.reading import Reading
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.vocabulary import Level

BATCHES = "batches.json"
_MOST_REQUESTS = 50_000  # that a provider takes in a file
_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_OVER = {"completed", "failed", "expired", "cancelled"}
Answered = TypeVar("Answered")


@dataclass(slots=True)
class _Post:
    """What came back, what is still on its way, and what is to be sent now."""

    answers: Mapping[str, Any]
    under_way: set[str]
    requests: IO[str]
    queued: list[str] = field(default_factory=list)

    async def ask(self, model: Model, work: Work, letter: Letter, _level: Level) -> Reading:
        """Return the model's reading where its answer came; else see that it is asked. Raises ModelError."""
        sent, put_back = sent_for(letter, model.redact)
        if work.content in self.answers:
            answer = answer_in(json.dumps(self.answers[work.content]).encode())
            usage = Usage(requests=1, prompt_tokens=answer.prompt_tokens, answer_tokens=answer.answer_tokens)
            info = ReaderInfo(name="model", model=model.name, version=f"reflect.{PROMPT_VERSION}")
            return put_back(reading_from(answer.text, sent, info, usage))
        if work.content not in self.under_way:
            if len(self.queued) == _MOST_REQUESTS:
                raise NotSentError("No more letters go into one batch; the same command, run later, sends the rest.")
            request = requests_for(sent, model.name)[0]
            told = {"custom_id": work.content, "method": "POST", "url": _ENDPOINT, "body": request}
            self.requests.write(json.dumps(told) + "\n")
            self.queued.append(work.content)
            self.under_way.add(work.content)
        raise ModelError("The model's answer is under way; the same command, run later, collects it.")


def in_order_batched(model: Model, tasks: Iterable[Work], folder: Path) -> Iterator[tuple[Work, Result]]:
    """Read letters with what batches brought, send the rest, and yield them in their order. Raises ModelError."""
    reader = f"{model.reader}{', redacted' if model.redact else ''}"
    known = [batch for batch in batches_in(folder) if batch["reader"] == reader]
    others = [batch for batch in batches_in(folder) if batch["reader"] != reader]
    answers: dict[str, Any] = {}
    open_ones, failed = known, None
    try:
        answers, open_ones = asyncio.run(_in_our_words(_collected(model, known)))
    except ModelError as error:  # the letters are read here all the same, and nothing is sent twice
        failed = error
    under_way = {content for batch in open_ones for content in batch["contents"]}
    file = folder / f".requests.{os.getpid()}.jsonl"
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as requests:
            post = _Post(answers, under_way, requests)
            for work in tasks:
                yield work, asyncio.run(read_with(model, work, post.ask))
        if post.queued and not failed:
            made = asyncio.run(_in_our_words(_sent(model, file)))
            open_ones.append({"id": made, "reader": reader, "contents": post.queued})
        _keep(folder, [*others, *open_ones])
    finally:
        file.unlink(missing_ok=True)
    if failed:
        raise failed


def batches_in(folder: Path) -> list[dict[str, Any]]:
    """Return the batches that a report waits for: each with its id, and the contents of the letters in it."""
    try:
        told: list[dict[str, Any]] = json.loads((folder / BATCHES).read_text("utf-8"))
    except FileNotFoundError:
        return []
    return told


def _keep(folder: Path, batches: list[dict[str, Any]]) -> None:
    with written(folder / BATCHES) as stream:
        stream.write(json.dumps(batches) + "\n")


async def _collected(model: Model, batches: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the answers of batches that are done, and the batches that are not."""
    import openai

    answers: dict[str, Any] = {}
    open_ones: list[dict[str, Any]] = []
    if not batches:
        return answers, open_ones
    async with client_for(model.base_url, model.key, model.timeout, streams=False) as client:
        for batch in batches:
            try:
                now = await client.batches.retrieve(batch["id"])
            except openai.NotFoundError:  # the provider has forgotten it: its letters are sent anew
                continue
            if now.output_file_id:
                content = await client.files.content(now.output_file_id)
                for line in content.text.split("\n"):
                    with suppress(ValueError, KeyError, TypeError, AttributeError):
                        told = json.loads(line)
                        if told["response"]["status_code"] == 200:
                            answers[str(told["custom_id"])] = told["response"]["body"]
            elif now.status not in _OVER:
                open_ones.append(batch)
    return answers, open_ones


async def _sent(model: Model, file: Path) -> str:
    async with client_for(model.base_url, model.key, model.timeout, streams=False) as client:
        uploaded = await client.files.create(file=("requests.jsonl", file.read_bytes()), purpose="batch")
        made = await client.batches.create(input_file_id=uploaded.id, endpoint=_ENDPOINT, completion_window="24h")
        return str(made.id)


async def _in_our_words(work: Coroutine[Any, Any, Answered]) -> Answered:
    """Do something with the batch API; what goes wrong is told in our words, for a library's may hold a letter."""
    import openai

    try:
        with quiet():
            return await work
    except ModelError:
        raise
    except openai.OpenAIError as error:
        raise parted(in_our_words(error)) from None
    except Exception:
        raise UnreachableError("The batch API answered in a way that could not be used.") from None
