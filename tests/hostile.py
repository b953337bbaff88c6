"""Every way in which a model's server is known to misbehave, by name; each is a list of replies for `standin`."""

import gzip
import json
import time
from http.server import BaseHTTPRequestHandler

from standin import Reply, answer, cut_off, drips, fails, hangs, says, send

ADVICE = "You should try a warm bath, and remember that you could call her instead."
REWRITTEN = 'It could read: "Dear Nell, of course it hurt. I am here, and we can call her together whenever you like."'
GERMAN = "Du solltest dich ausruhen, und dann wird alles wieder gut werden, meine Liebe."
TOO_DEEP = 100_000


def seen(note: str, sentence: object = 2, quality: str = "understandable", **more: object) -> dict[str, object]:
    return {"sentence": sentence, "excerpt": None, "quality": quality, "note": note, **more}


FINE = answer([seen("The hurt is given a reason.")])


def everywhere(words: str) -> Reply:
    """Say these words in every field that takes words."""
    return says(answer([seen(words), seen(words, 3, "should")], overall=words, question=words))


def endless(status: int) -> Reply:
    """Send megabytes until the client hangs up."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("content-type", "application/json")
        handler.send_header("retry-after-ms", "1")
        handler.send_header("transfer-encoding", "chunked")
        handler.end_headers()
        until = time.monotonic() + 20
        while time.monotonic() < until:
            handler.wfile.write(b"100000\r\n" + b" " * 0x100000 + b"\r\n")

    return reply


def bomb(status: int) -> Reply:
    """Send 200 MB of blanks in 200 KB of gzip."""
    packed = gzip.compress(b" " * 200_000_000, 9)
    return send(status, packed, content_encoding="gzip", retry_after_ms="1")


def headers(count: int, length: int) -> Reply:
    """Answer well, behind a flood of headers."""
    return send(200, completion({"message": MESSAGE}), **{f"x_flood_{n}": "x" * length for n in range(count)})


def header_that_never_ends() -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-flood: ")
        until = time.monotonic() + 20
        while time.monotonic() < until:
            handler.wfile.write(b"x" * 65_536)

    return reply


def not_http() -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n")
        handler.close_connection = True

    return reply


def completion(choice: object, usage: object = None) -> str:
    return json.dumps({"choices": [choice], "usage": usage})


MESSAGE = {"role": "assistant", "content": FINE}

NO_ANSWER: dict[str, list[Reply]] = {
    "429 for an hour": [send(429, "{}", retry_after="3600")],
    "429 for a minute": [send(429, "{}", retry_after="60")],
    "429": [fails(429)],
    "500": [fails(500)],
    "503 and a retry that is no number": [send(503, "{}", retry_after="soon", retry_after_ms="1")],
    "500 and told to retry for ever": [send(500, "{}", x_should_retry="true", retry_after_ms="1")],
    "401": [fails(401)],
    "an error that never ends": [endless(400)],
    "a server error that never ends": [endless(500)],
    "a bomb in an error": [bomb(500)],
    "silence": [hangs(9)],
    "a byte a second": [drips(9)],
    "a cut stream": [cut_off()],
    "an endless answer": [endless(200)],
    "ten megabytes": [says(" " * 10_000_000 + FINE)],
    "a bomb": [bomb(200)],
    "gzip that is none": [send(200, FINE, content_encoding="gzip")],
    "no choices": [send(200, '{"choices": []}')],
    "choices that are a number": [send(200, '{"choices": 7}')],
    "null": [send(200, "null")],
    "no content": [says(None)],
    "content that is a list": [send(200, completion({"message": {"content": [1, 2]}}))],
    "a refusal": [says(None, refusal="I cannot help with that.")],
    "a refusal in content": [says("I'm sorry, but I can't help with that.")],
    "content_filter": [says(FINE, finish="content_filter")],
    "length": [says(FINE, finish="length")],
    "thinking without end": [says("<think>" * 100_000)],
    "fences without end": [says("```" + " " * 900_000)],
    "truncated JSON": [says(FINE[:-30])],
    "a wrong quality": [says(answer([seen("Warm.", quality="brilliant")]))],
    "a wrong level": [says(answer(distress="catastrophic"))],
    "extra fields": [says(answer([seen("Warm.", grade="A")]))],
    "a missing field": [says('{"observations": [], "overall": ""}')],
    "a number too long to read": [says(FINE.replace('"sentence": 2', '"sentence": ' + "9" * 5000))],
    "infinity": [says(FINE.replace('"sentence": 2', '"sentence": 1e999'))],
    "a depth beyond reading": [send(200, "[" * TOO_DEEP)],
    "a depth beyond reading in content": [says('{"observations": ' + "[" * TOO_DEEP)],
    "a hundred observations": [says(answer([seen("The hurt is given a reason.")] * 100))],
    "a web page": [send(200, "<html><body>Please log in</body></html>", "text/html")],
    "bytes that are no UTF-8": [send(200, FINE.encode("utf-16"))],
    "half a character": [send(200, b'{"choices": [{"message": {"content": "\xff\xfe"}}]}')],
    "a stream nobody asked for": [
        send(200, f"data: {completion({'delta': MESSAGE})}\n\ndata: [DONE]\n\n", "text/event-stream")
    ],
    "a flood of headers": [headers(5000, 100)],
    "a header that never ends": [header_that_never_ends()],
    "another protocol": [not_http()],
    "no body": [send(204, "")],
}  # fmt: skip

ODD_BUT_GOOD: dict[str, list[Reply]] = {
    "thinking first": [says(f"<think>Hm, {{not json}}.</think>\n{FINE}")],
    "fenced": [says(f"Here:\n```json\n{FINE}\n```\nI hope it helps.")],
    "a wrong content type": [send(200, completion({"message": MESSAGE}), "text/plain")],
    "counts that are no counts": [send(200, completion({"message": MESSAGE}, {"prompt_tokens": "many"}))],
    "endless counts": [send(200, completion({"message": MESSAGE}, {"prompt_tokens": 1e999}))],
    "usage that is a list": [send(200, completion({"message": MESSAGE}, [1]))],
    "a number as a text": [says(FINE.replace('"sentence": 2', '"sentence": "2"'))],
    "a small flood of headers": [headers(50, 100)],
}

BAD_WORDS: dict[str, list[Reply]] = {
    "advice in every field": [everywhere(ADVICE)],
    "a rewritten letter as the note": [everywhere(REWRITTEN)],
    "another language": [everywhere(GERMAN)],
    "half a character in every field": [everywhere("The hurt \ud800 is met.")],
    "control characters in every field": [everywhere("The hurt\x1b]0;x\x07 is\x00 met.")],
    "right-to-left tricks in every field": [everywhere("The hurt \u202eis met.")],
    "markup in every field": [everywhere("<script>alert(1)</script>")],
    "a very long text in every field": [everywhere("The hurt is met. " * 5000)],
    "nothing in every field": [everywhere("")],
}

NOTHING_TO_MARK: dict[str, list[Reply]] = {
    "sentences that are not there": [says(answer([seen("Warm.", n) for n in (0, -1, 99, 10**300)]))],
    "an excerpt without end": [says(answer([seen("Warm.", excerpt="it hurt " * 100_000)]))],
    "half a character as the excerpt": [says(answer([seen("Warm.", excerpt="\ud800")]))],
}
