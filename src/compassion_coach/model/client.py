"""The wire: one chat completion from an OpenAI-compatible server, bounded in time and size.

The body is read and parsed here, so that a malformed answer ends in an AnswerError and not inside a library that
might quote it. A letter goes to the server that was named, and to no other: redirects are not followed, and a proxy
carries only what is encrypted for that server. What the client library takes from the environment and would send along
(OPENAI_CUSTOM_HEADERS, an organization, a project, facts about this computer) stays here.
"""

import asyncio
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from compassion_coach.address import is_here, resolved
from compassion_coach.errors import (
    AnswerError,
    KeyRefusedError,
    ModelError,
    NoKeyError,
    RequestRefusedError,
    UnreachableError,
    parted,
)
from compassion_coach.model.quiet import quiet

if TYPE_CHECKING:
    from ssl import SSLContext

    from httpx2 import Request, Response
    from openai import AsyncOpenAI

NO_KEY = "No key for the model was given: --key, COMPASSION_COACH_KEY or OPENAI_API_KEY tells it."
MOST_BYTES = 1 << 20
RETRIES = 2
_KEY = re.compile(r"[!-~]+")
_NEEDED = frozenset({
    "accept", "accept-encoding", "connection", "content-length", "content-type", "transfer-encoding",
    "x-stainless-raw-response",  # where the library looks for what it was asked for
})  # fmt: skip
_MOST_TOKENS = 10**9


@dataclass(frozen=True, slots=True)
class Answer:
    """The text of a model's answer, and the tokens that the server counted."""

    text: str
    prompt_tokens: int
    answer_tokens: int


async def complete(
    requests: Sequence[Mapping[str, Any]],
    base_url: str | None,
    key: str | None,
    timeout: float,
    client: "AsyncOpenAI | None" = None,
) -> tuple[Answer, int]:
    """Send the first request, and each plainer one after it when the server does not take the one before.

    Returns the answer and how many requests were made. `timeout` bounds all of it, in seconds. With `client`, one of
    `client_for`, its connections are used and left open. Raises ModelError.
    """
    gone = Event()  # what a server that somebody shares was sent before is not known
    failed: ModelError = AnswerError("No request was made.")
    try:
        made = client
        if made is None:  # to import the library and to read certificates takes long: no event loop waits for it
            made = await asyncio.to_thread(client_for, base_url, key, timeout, leaves=gone.set)
        async with asyncio.timeout(timeout), nullcontext(made) if client else made as sender:
            with quiet():
                for number, request in enumerate(requests, 1):
                    try:
                        return await _ask(sender, request), number
                    except RequestRefusedError:
                        if number == len(requests):
                            raise
    except ModelError as error:
        failed = error
    except Exception as error:
        failed = _ended(error, timeout, asked=client is not None or gone.is_set())
    raise parted(failed)  # not within `except`, which would keep what it arose from


def _ended(error: Exception, timeout: float, *, asked: bool) -> ModelError:
    """Return the error of ours for whatever went wrong. `asked` is whether any byte of a request went to the server."""
    import openai

    if isinstance(error, TimeoutError | openai.APITimeoutError):
        ours: ModelError = UnreachableError(f"The model did not answer within {timeout:g} seconds.")
    elif isinstance(error, openai.OpenAIError):
        ours = in_our_words(error)
    elif asked:  # whatever a broken server made a library do, its words are not repeated
        ours = AnswerError("The model's server answered in a way that could not be read.")
    else:
        ours = UnreachableError("The model's server could not be asked.")
    ours.sent = ours.sent and asked
    return ours


def client_for(
    base_url: str | None,
    key: str | None,
    timeout: float,
    *,
    streams: bool = True,
    heard: "Callable[[Mapping[str, str], int], None]" = lambda _headers, _status: None,
    leaves: "Callable[[], None]" = lambda: None,
) -> "AsyncOpenAI":
    """Return a client for a server. Raises NoKeyError where there is no key, or none that can be sent.

    Errors of requests whose answers are streams are closed unread; other requests have to read theirs. `heard` is
    called with the headers and the status of each response, those included that are tried again; `leaves` before the
    first byte of a request is written.
    """
    import httpx2
    import openai

    key = key or ("none" if base_url else os.environ.get("OPENAI_API_KEY"))
    if not key:
        raise NoKeyError(NO_KEY)
    if not _KEY.fullmatch(key):  # the library that refuses it would write it into its log
        raise NoKeyError("The key holds a blank or a character that no key has.")

    async def answered(response: "Response") -> None:
        """Close an error unread, for its body may be endless; wait no longer than there is time."""
        heard(response.headers, response.status_code)
        if streams and not response.is_success:
            await response.aclose()
            wait = response.headers.get("retry-after", "")
            if wait.isdecimal() and len(wait) < 10 and int(wait) >= timeout:
                response.headers["x-should-retry"] = "false"

    async def prepared(request: "Request") -> None:
        """Send what a request needs and the key that was given, whatever else the library put in."""

        async def trace(event: str, _told: Mapping[str, Any]) -> None:
            if event.endswith("send_request_headers.started"):
                leaves()

        request.extensions["trace"] = trace
        own = {"host": request.url.netloc.decode("ascii"), "user-agent": f"AsyncOpenAI/Python {openai.__version__}"}
        if not request.url.userinfo:  # a name and a password in the address are what was given for its server
            own["authorization"] = f"Bearer {key}"
        for name in {*request.headers} - _NEEDED - {"authorization"}:
            del request.headers[name]
        request.headers.update(own)

    hooks: dict[str, list[Callable[..., Any]]] = {"request": [prepared], "response": [answered]}
    transport = httpx2.AsyncClient(timeout=timeout, event_hooks=hooks, **way_to(base_url))
    return openai.AsyncOpenAI(
        base_url=base_url, api_key=key, timeout=timeout, max_retries=RETRIES, http_client=transport
    )


def way_to(base_url: str | None) -> dict[str, Any]:
    """Return what a client of httpx2 is told of the way to a server.

    A proxy of the environment may stand on it where it sees no more than the server's name: over plain http it would
    read letter and key, and on this computer none is needed.
    """
    parts = urlsplit(resolved(base_url) or "https:")
    encrypted = parts.scheme == "https"
    return {
        "follow_redirects": False,
        "verify": _certificates(encrypted=encrypted),
        "trust_env": encrypted and not is_here(parts.hostname),
    }


@cache
def _certificates(encrypted: bool) -> "SSLContext":
    """Return whom to trust. Reading the certificates takes longer than all else here: once, and only for https."""
    import ssl

    import httpx2

    return httpx2.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


async def _ask(client: "AsyncOpenAI", request: Mapping[str, Any]) -> Answer:
    import openai

    body = bytearray()
    try:
        async with client.chat.completions.with_streaming_response.create(**request) as response:
            async for chunk in response.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    raise AnswerError("The model's answer was far too long.")
    except (openai.BadRequestError, openai.UnprocessableEntityError):
        raise RequestRefusedError("The model's server did not accept the request.") from None
    return answer_in(bytes(body))


def answer_in(body: bytes) -> Answer:
    """Take the answer out of a chat completion. Raises AnswerError where there is none that can be used."""
    try:
        completion = json.loads(body)
        choice = completion["choices"][0]
        message, reason = choice["message"], choice.get("finish_reason")
        text, refusal = message.get("content"), message.get("refusal")
        told = completion.get("usage")
        usage = told if isinstance(told, dict) else {}
        counted = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise AnswerError("The model's server sent no answer.") from None
    if refusal or reason == "content_filter":
        raise AnswerError("The model declined to answer.")
    if reason == "length":
        raise AnswerError("The model's answer was cut short.")
    if not isinstance(text, str) or not text.strip():
        raise AnswerError("The model's answer was empty.")
    return Answer(text, *counted)


def _count(told: object) -> int:
    """Return a count of tokens as a server told it, or 0 for what is no such count."""
    return told if isinstance(told, int) and 0 <= told <= _MOST_TOKENS else 0


def in_our_words(error: Exception) -> ModelError:
    """Return the error of ours for one of the client library, with none of its text."""
    import openai

    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return KeyRefusedError("The model's server did not accept the key.")
    if isinstance(error, openai.NotFoundError):
        return UnreachableError("The model's server does not know this model or address.")
    if isinstance(error, openai.RateLimitError):
        return UnreachableError("The model's server is busy, or its allowance is used up.")
    if isinstance(error, openai.InternalServerError):
        return UnreachableError("The model's server failed each time it was asked.")
    if isinstance(error, openai.APIConnectionError):
        return UnreachableError("The model's server could not be reached.")
    return AnswerError("The model's server answered in a way that could not be used.")
