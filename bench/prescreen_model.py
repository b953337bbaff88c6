"""Pre-screening with a model: `python bench/prescreen_model.py [LETTERS]`, with a server on this machine for a model.

The server answers each request after a while, as a model does. Prints letters a second of `prescreen -m`, beside a bare
asyncio loop that sends the same requests with the same client library, as many at once, and does nothing else.
"""

import asyncio
import json
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from openai import AsyncOpenAI

from compassion_coach.letter import Letter
from compassion_coach.model.reader import requests_for
from compassion_coach.screen import screen
from prescreen import letters

AT_ONCE, SECONDS = 16, 0.5
REPLY: dict[str, object] = {
    "observations": [],
    "overall": "The warmth lives in the opening lines.",
    "question": None,
    "distress": "none",
}


def serve(port: int) -> None:
    """Answer every request on a port after SECONDS, for ever."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": json.dumps(REPLY)}}
    usage = {"prompt_tokens": 900, "completion_tokens": 80, "total_tokens": 980}
    body = {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    raw = json.dumps(body).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(raw)}\r\n\r\n".encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                told = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(told.split(b"content-length:")[1].split(b"\r\n")[0]))
                await asyncio.sleep(SECONDS)
                writer.write(head + raw)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def forever() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", port) as server:
            await server.serve_forever()

    asyncio.run(forever())


async def bare(port: int, texts: list[str]) -> float:
    """Return the seconds that a bare loop takes to send the requests for some letters."""
    requests = [requests_for(Letter.of(text), "m")[0] for text in texts]
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(client: AsyncOpenAI, request: dict[str, object]) -> None:
        async with slots:
            await client.chat.completions.create(**request)  # type: ignore[call-overload]

    begun = time.perf_counter()
    async with AsyncOpenAI(base_url=f"http://127.0.0.1:{port}/v1", api_key="k") as client:
        await asyncio.gather(*(one(client, request) for request in requests))
    return time.perf_counter() - begun


def main(many: int) -> None:
    texts = [text for text in letters(2 * many) if not screen(Letter.of(text)).level.is_grave][:many]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    server.start()
    time.sleep(1)
    with tempfile.TemporaryDirectory() as where:
        folder = Path(where) / "letters"
        folder.mkdir()
        for at, text in enumerate(texts):
            (folder / f"{at:06}.txt").write_text(text)
        alone = len(texts) / asyncio.run(bare(port, texts))
        command = [sys.executable, "-m", "compassion_coach", "prescreen", str(folder), "-o", f"{where}/out"]
        begun = time.perf_counter()
        told = subprocess.run(
            [*command, "-m", "m", "--base-url", f"http://127.0.0.1:{port}/v1", "--key", "k", "--at-once", str(AT_ONCE)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        ours = len(texts) / (time.perf_counter() - begun)
        sent = Path(where, "out", "audit.jsonl").read_text("utf-8").count('"127.0.0.1"')
    print(f"{len(texts)} letters, a server that takes {SECONDS} s, {AT_ONCE} at once; {told.stderr.splitlines()[-1]}")
    print(f"a bare asyncio loop                      {alone:8.1f} letters a second")
    print(
        f"prescreen -m, {sent} sent                 {ours:8.1f}  ({ours / alone:.0%} of it, start and tables counted)"
    )
    server.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
