"""A server on this machine that stands in for a model's, and misbehaves as it is told to."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any

Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Standin:
    """The server: where it is, and the bodies that it was sent."""

    port: int
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextmanager
def standin(*replies: Reply, port: int = 0) -> Iterator[Standin]:
    """Answer the first request with the first reply, and so on; the last reply answers all that follow."""
    waiting = list(replies)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length", 0)))
            server.bodies.append(json.loads(raw))
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = waiting.pop(0) if len(waiting) > 1 else waiting[0]
            try:
                reply(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def do_GET(self) -> None:
            waiting[0](self)

        def log_message(self, *_: object) -> None:
            return

    http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    http.daemon_threads = True
    server = Standin(http.server_address[1])
    thread = threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()


def send(status: int, body: str | bytes, content_type: str = "application/json", **headers: str) -> Reply:
    """Reply with this status and body."""
    raw = body.encode() if isinstance(body, str) else body

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", content_type)
        handler.send_header("content-length", str(len(raw)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(raw)

    return reply


def says(
    content: str | None,
    finish: str = "stop",
    headers: Mapping[str, str] = MappingProxyType({}),
    *,
    usage: bool = True,
    **message: object,
) -> Reply:
    """Reply with a chat completion that says this; without `usage` it does not tell what it took."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    took = {"prompt_tokens": 900, "completion_tokens": 80, "total_tokens": 980} if usage else None
    body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": took}
    return send(200, json.dumps(body), **headers)


def fails(status: int) -> Reply:
    """Reply with an error of this status, at once to be tried again."""
    return send(status, json.dumps({"error": {"message": "no", "type": "x"}}), retry_after_ms="1")


def hangs(seconds: float) -> Reply:
    """Say nothing for a while, and then close."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return reply


def drips(seconds: float) -> Reply:
    """Send a byte now and then, for so many seconds."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", "100000")
        handler.end_headers()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
        handler.close_connection = True

    return reply


def cut_off() -> Reply:
    """Promise more than is sent, and hang up."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", "5000")
        handler.end_headers()
        handler.wfile.write(b'{"choices": [')
        handler.wfile.flush()
        handler.close_connection = True

    return reply


def answer(observations: Sequence[Mapping[str, object]] | None = None, **changes: object) -> str:
    """Return the JSON of a well-formed answer."""
    told: dict[str, object] = {
        "observations": observations if observations is not None else [],
        "overall": "The warmth lives in the opening lines.",
        "question": None,
        "distress": "none",
    }
    return json.dumps({**told, **changes})
