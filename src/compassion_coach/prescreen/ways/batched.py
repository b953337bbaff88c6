"""Letters read through a provider's batch API: sent together, collected by a later run, known again by their ids.

    first run   calm letters ─ one JSONL file ─ uploaded, a batch made ─ `batches.json` in the report's folder
                the embedded reader reads them meanwhile
    later runs  batches that are done ─ answers ─ Record; what failed is sent anew

The file of requests holds letters: it lies in the report's folder while it is uploaded, and is then removed.
"""

import asyncio
import json
import secrets
from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Literal, TypeVar

from compassion_coach.errors import ModelError, NotSentError, UnreachableError, parted
from compassion_coach.letter import Letter
from compassion_coach.model.answer import reading_from
from compassion_coach.model.client import answer_in, client_for, in_our_words
from compassion_coach.model.quiet import quiet
from compassion_coach.model.reader import requests_for, sent_for
from compassion_coach.prescreen.kept.audit import line_of, said_once
from compassion_coach.prescreen.kept.owned import begun, half
from compassion_coach.prescreen.kept.places import REQUESTS
from compassion_coach.prescreen.kept.waiting import UNDER_WAY, Batch, batches_in, keep
from compassion_coach.prescreen.ways.many import Apart
from compassion_coach.prescreen.ways.model import NOTHING, Model, expected
from compassion_coach.prescreen.ways.reading import Beside, read_with
from compassion_coach.prescreen.work import Result, Work, lost, take_out
from compassion_coach.prompts import PROMPT_VERSION
from compassion_coach.reading import Reading
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.vocabulary import Level

_MOST_REQUESTS, _MOST_BYTES = 50_000, 200_000_000  # that a provider takes in a file
_MARK = "compassion_coach"  # under which a batch's mark is among what the provider keeps with it
_PAGE = 100  # batches that are listed at once
_ENDPOINT: Literal["/v1/chat/completions"] = "/v1/chat/completions"
_OVER = {"completed", "failed", "expired", "cancelled"}
Answered = TypeVar("Answered")


@dataclass(slots=True)
class _Post:
    """What came back, what is still on its way, and what is to be sent now: `queued` has each letter's own hash.

    With `failed`, which is why nothing could be collected, nothing is sent.
    """

    answers: Mapping[str, Any]
    under_way: set[str]
    requests: IO[bytes]
    failed: ModelError | None = None
    queued: dict[str, str] = field(default_factory=dict)
    expected: Usage = NOTHING
    bytes: int = 0

    async def ask(self, model: Model, work: Work, letter: Letter, _level: Level) -> Reading:
        """Return the model's reading where its answer came; else see that it is asked. Raises ModelError."""
        sent, put_back = sent_for(letter, model.redact)
        if work.content in self.answers:
            answer = answer_in(json.dumps(self.answers[work.content]).encode())
            usage = Usage(requests=1, prompt_tokens=answer.prompt_tokens, answer_tokens=answer.answer_tokens)
            info = ReaderInfo(name="model", model=model.name, version=f"reflect.{PROMPT_VERSION}")
            return put_back(reading_from(answer.text, sent, info, usage))
        if work.content not in self.under_way:
            if self.failed:
                raise NotSentError(str(self.failed))
            self._queue(model, work, letter, sent)
        raise NotSentError(UNDER_WAY)

    def _queue(self, model: Model, work: Work, letter: Letter, sent: Letter) -> None:
        if model.spent(self.expected):
            raise NotSentError("What may be spent was spent before it.")
        request = requests_for(sent, model.name)[0]
        told = {"custom_id": work.content, "method": "POST", "url": _ENDPOINT, "body": request}
        line = f"{json.dumps(told)}\n".encode()
        if len(self.queued) == _MOST_REQUESTS or self.bytes + len(line) > _MOST_BYTES:
            raise NotSentError("No more letters go into one batch; the same command, run later, sends the rest.")
        self.requests.write(line)
        self.queued[work.content] = letter.sha256
        self.under_way.add(work.content)
        self.bytes += len(line)
        self.expected = self.expected.plus(expected(1, len(letter.text)))


def in_order_batched(model: Model, tasks: Iterable[Work], folder: Path) -> Iterator[tuple[Work, Result]]:
    """Read letters with what batches brought, send the rest, and yield them in their order.

    Raises ModelError, and InputError where what a report waits for cannot be read.
    """
    known = asked_of(model, folder)
    others = [batch for batch in batches_in(folder) if batch not in known]
    answers: dict[str, Any] = {}
    open_ones, failed = known, None
    try:
        answers, open_ones = asyncio.run(_in_our_words(_collected(model, known)))
    except ModelError as error:  # the letters are read here all the same, and nothing is sent twice
        failed = error
    under_way = {content for batch in open_ones for content in batch.contents}
    file = half(folder / REQUESTS)
    beside: Beside = Apart(take_out, lost)
    try:
        with begun(file) as requests:
            post = _Post(answers, under_way, requests, failed)
            for work in tasks:
                result = asyncio.run(read_with(model, work, post.ask, beside))
                yield work, result
        keep(folder, [*others, *open_ones])
        if post.queued:
            made = Batch("", _reader(model), list(post.queued), mark=secrets.token_hex(8))
            by = model.reader, model.server
            told = [line_of(content, sha256, *by) for content, sha256 in post.queued.items()]
            asyncio.run(_in_our_words(_sent(model, file, folder, made, [*others, *open_ones], told)))
    finally:
        file.unlink(missing_ok=True)
        beside.close()
    if failed:
        raise failed


def asked_of(model: Model, folder: Path) -> list[Batch]:
    """Return the batches that a report waits for and this model reads. Raises InputError."""
    return [batch for batch in batches_in(folder) if batch.reader == _reader(model)]


def _reader(model: Model) -> str:
    return f"{model.reader}{', redacted' if model.redact else ''}"


async def _collected(model: Model, batches: list[Batch]) -> tuple[dict[str, Any], list[Batch]]:
    """Return the answers of batches that are done, and the batches that are not."""
    import openai

    answers: dict[str, Any] = {}
    open_ones: list[Batch] = []
    if not batches:
        return answers, open_ones
    async with client_for(model.base_url, model.key, model.timeout, streams=False) as client:
        for batch in batches:
            try:
                name = batch.id or await _id_of(client, batch.mark)
                if not name:  # it was never made: its letters are sent anew
                    continue
                now = await client.batches.retrieve(name)
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
                open_ones.append(replace(batch, id=name))
    return answers, open_ones


async def _id_of(client: Any, mark: str) -> str:
    """Return the id of the batch that a mark was given to, if it was made. Raises what the client's library does."""
    async for batch in client.batches.list(limit=_PAGE):
        if (batch.metadata or {}).get(_MARK) == mark:
            return str(batch.id)
    return ""


async def _sent(
    model: Model, file: Path, folder: Path, made: Batch, others: Sequence[Batch], told: Sequence[str]
) -> None:
    """Upload a file of requests and have a batch made of it. Each step is written down before it is done."""
    async with client_for(
        model.base_url, model.key, model.timeout, streams=False, leaves=said_once(folder, told)
    ) as client:
        uploaded = await client.files.create(file=(REQUESTS, file.read_bytes()), purpose="batch")
        keep(folder, [*others, made])
        batch = await client.batches.create(
            input_file_id=uploaded.id, endpoint=_ENDPOINT, completion_window="24h", metadata={_MARK: made.mark}
        )
        keep(folder, [*others, replace(made, id=str(batch.id))])


async def _in_our_words(work: Coroutine[Any, Any, Answered]) -> Answered:
    """Do something with the batch API; what goes wrong is told in our words, for a library's may hold a letter."""
    import openai

    try:
        with quiet():
            return await work
    except (ModelError, OSError):  # the latter of the report's own files: the network's are the library's
        raise
    except openai.OpenAIError as error:
        raise parted(in_our_words(error)) from None
    except Exception:
        raise UnreachableError("The batch API answered in a way that could not be used.") from None
