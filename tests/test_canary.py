"""A word hidden in the letter and one in the key: whatever goes wrong, neither is found where messages go."""

import asyncio
import io
import json
import logging
import os
import subprocess
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from hostile import BAD_WORDS, FINE, NO_ANSWER, NOTHING_TO_MARK, ODD_BUT_GOOD, seen
from hypothesis import given
from hypothesis import strategies as st
from standin import Reply, answer, fails, says, send, standin

from compassion_coach import Coach
from compassion_coach.__main__ import run
from compassion_coach.errors import AnswerError, CoachError, InputError, KeyRefusedError, SettingError
from compassion_coach.intake import read_letter
from compassion_coach.letter import Letter
from compassion_coach.model.answer import reading_from
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.settings import load

IN_LETTER = "quokkainletter"
IN_KEY = "quokkainkey"
CANARY = "quokka"
LETTER = f"Dear Nell,\nIt makes sense that it hurt, {IN_LETTER}.\nBut you should call her, {IN_LETTER}.\n"


def echoed(status: int, where: str) -> Reply:
    """Give back the key and the letter, in the body, the headers, the reason phrase or a redirect."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        key = handler.headers["authorization"]
        body = json.dumps({"error": {"message": f"{key}: {LETTER}", "code": IN_LETTER, "type": IN_KEY}}).encode()
        handler.send_response(status, f"{key} {IN_LETTER}" if where == "reason" else None)
        if where == "headers":
            for name in ("x-request-id", "location", "www-authenticate", f"x-{IN_LETTER}", "set-cookie", "retry-after"):
                handler.send_header(name, f"{key} {IN_LETTER}")
        handler.send_header("retry-after-ms", "1")
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return reply


ECHOES: dict[str, list[Reply]] = {
    **{
        f"{status} echoed in the {where}": [echoed(status, where)]
        for status in (200, 302, 400, 401, 403, 404, 409, 422, 429, 500)
        for where in ("body", "headers", "reason")
    },
    "the letter for an answer": [says(LETTER)],
    "the letter in broken JSON": [says(answer([seen(IN_LETTER)])[:-9])],
    "the letter as a quality": [says(answer([seen("Warm.", quality=IN_LETTER)]))],
    "the letter as a number": [says(answer([seen("Warm.", IN_LETTER)]))],
    "the letter as a field": [says(FINE.replace('"overall"', f'"{IN_LETTER}": "{IN_LETTER}", "overall"'))],
    "the letter as a finish reason": [says(FINE, finish=IN_LETTER)],
    "the letter in words that trip, and then an error": [says(answer([seen(f"You should {IN_LETTER}.")])), fails(401)],
    "the letter in words that trip, twice": [says(answer([seen(f"You should {IN_LETTER}.")]))],
    "the letter in JSON that is cut": [send(200, f'{{"choices": [{{"message": {{"content": "{IN_LETTER}')],
    "the letter in bytes that are no UTF-8": [send(200, IN_LETTER.encode() + b"\xff")],
}
CASES = {**NO_ANSWER, **ODD_BUT_GOOD, **BAD_WORDS, **NOTHING_TO_MARK, **ECHOES}


def all_that_errors_hold(error: BaseException) -> str:
    """Return every text that an error, and all that it arose from, could show to anybody."""
    found, waiting, met = [], [error], set()
    while waiting:
        one = waiting.pop()
        if id(one) not in met:
            met.add(id(one))
            found += [str(one), repr(one), repr(one.args), repr(vars(one)), repr(getattr(one, "__notes__", ""))]
            found += traceback.format_exception(one, chain=True)
            waiting += [e for e in (one.__cause__, one.__context__) if e is not None]
    return "\n".join(found)


@contextmanager
def everything_said() -> Iterator[io.StringIO]:
    """Collect what every logger says at its most talkative, tracebacks too, and every warning."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in list(logging.root.manager.loggerDict))]
    before = [(logger, logger.level, logger.disabled) for logger in loggers]
    logging.getLogger().addHandler(handler)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            for logger in loggers:
                logger.setLevel(logging.DEBUG)
                logger.disabled = False
            yield said
        finally:
            logging.getLogger().removeHandler(handler)
            for logger, level, disabled in before:
                logger.setLevel(level)
                logger.disabled = disabled
            said.write("".join(str(warning.message) for warning in warned))


def strict(base_url: str | None, key: str = f"sk-{IN_KEY}", awaited: bool = False) -> str:
    """Read strictly; return what an error held, or nothing where there was none.

    Awaited errors are looked at where they arrive: on the plain path another error may take the place of their origin.
    """

    def coach() -> Coach:
        return Coach(model="m", base_url=base_url, key=key, region="UK", timeout=0.7, strict=True)

    async def held() -> str:
        try:
            await coach().areflect(LETTER)
        except CoachError as error:
            return all_that_errors_hold(error)
        return ""

    if awaited:
        return asyncio.run(held())
    try:
        coach().reflect(LETTER)
    except CoachError as error:
        return all_that_errors_hold(error)
    return ""


def fails_strictly(case: str) -> bool:
    usable = ("trip" in case) or ("finish" in case)
    return case in NO_ANSWER or (case in ECHOES and not usable)


@pytest.mark.parametrize("awaited", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_no_server_brings_it_out(case: str, awaited: bool, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither errors, their origins, tracebacks, logs, warnings nor stderr hold a word of the letter or the key."""
    with everything_said() as said, standin(*CASES[case]) as server:
        errors = strict(server.base_url, awaited=awaited)
    assert server.headers
    assert all(IN_KEY in headers["authorization"] for headers in server.headers)
    assert CANARY not in errors
    assert CANARY not in said.getvalue()
    assert CANARY not in capfd.readouterr().err
    assert bool(errors) == fails_strictly(case)


@pytest.mark.parametrize(
    ("base_url", "key"),
    [
        (f"http://user:{IN_KEY}@127.0.0.1:9/v1", "k"),
        ("http://127.0.0.1:9/v1", f"{IN_KEY}\n"),
        ("http://127.0.0.1:9/v1", f"{IN_KEY} {IN_KEY}"),
        ("http://127.0.0.1:9/v1", f"{IN_KEY}é"),
        ("http://127.0.0.1:9/v1", f"{IN_KEY}\ud800"),
        (f"http://[{IN_KEY}/v1", "k"),
        (f"http://127.0.0.1:{IN_KEY}/v1", "k"),
        ("ftp://127.0.0.1/v1", IN_KEY),
        ("http://127.0.0.1:9/v1", IN_KEY),
    ],
)
def test_no_bad_address_or_key_brings_it_out(base_url: str, key: str, capfd: pytest.CaptureFixture[str]) -> None:
    """What no server ever sees stays unsaid as well."""
    with everything_said() as said:
        errors = strict(base_url, key) + strict(base_url, key, awaited=True)
    assert errors
    assert CANARY not in errors + said.getvalue() + capfd.readouterr().err


@pytest.mark.parametrize("key", ["a key", "a\nkey", "clé", "\ud800"])
def test_a_key_that_cannot_be_one_is_refused_before_anything_is_sent(key: str) -> None:
    """The library below would name it in a log."""
    with standin(says(FINE)) as server, pytest.raises(KeyRefusedError, match="no key has"):
        Coach(model="m", base_url=server.base_url, key=key, strict=True).reflect(LETTER)
    assert server.bodies == []


@pytest.mark.parametrize(
    "case", ["500", "truncated JSON", "401 echoed in the body", "the letter for an answer", "429 for an hour"]
)
@pytest.mark.parametrize("more", [[], ["--strict"], ["-f", "json"]])
def test_the_programs_messages_hold_none(case: str, more: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """stderr tells what happened and where the letter went, and no word of it."""
    Path("letter.txt").write_text(LETTER, "utf-8")
    with everything_said() as said, standin(*CASES[case]) as server:
        told = ["-m", "m", "--base-url", server.base_url, "--key", f"sk-{IN_KEY}", "--timeout", "1", *more]
        code = run(["reflect", "letter.txt", *told])
    shown = capfd.readouterr()
    assert code == (3 if "--strict" in more else 0)
    assert CANARY not in shown.err + said.getvalue()
    assert IN_KEY not in shown.out


@pytest.mark.parametrize(
    "raw",
    [
        IN_LETTER.encode() + b"\xff",
        IN_LETTER.encode("utf-16"),
        b"\0\1\2\3" * 9 + IN_LETTER.encode(),
        IN_LETTER.encode() * 20_000,
        b"\x00\xff" + IN_LETTER.encode(),
    ],
)
def test_a_file_that_is_no_letter_is_not_quoted(raw: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither the message nor the error behind it holds what was in the file."""
    Path("letter.txt").write_bytes(raw)
    with pytest.raises(InputError) as caught:
        read_letter("letter.txt")
    assert CANARY not in all_that_errors_hold(caught.value)
    for command in (["reflect", "letter.txt"], ["screen", "letter.txt"], ["label", "letter.txt"]):
        with everything_said() as said:
            run(command)
        assert CANARY not in capfd.readouterr().err + said.getvalue()


@pytest.mark.parametrize(
    "written",
    [
        f'key = "sk-{IN_KEY}',
        f'key = "sk-{IN_KEY}"\nkey = "sk-{IN_KEY}"',
        f'key = ["sk-{IN_KEY}"]',
        f'key = "sk-{IN_KEY}"\ntimeout = "{IN_KEY}"',
        f'key = "sk-{IN_KEY}"\nstrict = "{IN_KEY}"',
        f'key = "sk-{IN_KEY}"\nbase_url = "{IN_KEY}"',
        f'key = "sk-{IN_KEY}"\nkeys = "{IN_KEY}"',
        f'key = "sk-{IN_KEY}\\ud800"',
    ],
)
def test_broken_settings_are_not_quoted(written: str, capfd: pytest.CaptureFixture[str]) -> None:
    """A message names the setting and the file, and not what stands there."""
    Path("letter.txt").write_text(LETTER, "utf-8")
    Path("compassion-coach.toml").write_text(written, "utf-8")
    with pytest.raises(SettingError) as caught:
        load({})
    assert CANARY not in all_that_errors_hold(caught.value)
    with everything_said() as said:
        assert run(["reflect", "letter.txt", "-m", "m"]) == 2
    assert CANARY not in capfd.readouterr().err + said.getvalue()


@pytest.mark.parametrize(
    "place",
    ["screened.screen", "coach.mend", "coach.compose", "remarks.voice.overall", "remarks.mend.find_turns",
     "model.reader.requests_for", "model.reader.reading_from", "render.terminal.to_terminal",
     "embedded.reader.LocalReader.read"],
)  # fmt: skip
def test_a_fault_of_the_program_is_not_quoted(
    place: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An error that holds the whole letter is told by its kind and its line."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(LETTER)

    Path("letter.txt").write_text(LETTER, "utf-8")
    monkeypatch.setattr(f"compassion_coach.{place}", broken)
    if place.startswith("embedded"):
        monkeypatch.setattr("compassion_coach.coach.LocalReader.read", broken)
    with everything_said() as said, standin(says("no" if "embedded" in place else FINE)) as server:
        code = run(["reflect", "letter.txt", "-m", "m", "--base-url", server.base_url, "--key", f"sk-{IN_KEY}"])
    shown = capfd.readouterr().err
    assert code == 70
    assert "RuntimeError at test_canary.py:" in shown
    assert CANARY not in shown + said.getvalue()


@pytest.mark.parametrize("case", ["500", "401 echoed in the headers", "the letter for an answer"])
def test_not_even_a_talkative_client_tells(case: str) -> None:
    """With OPENAI_LOG=debug and Python's development mode, in a process of its own, stderr holds none of it."""
    with standin(*CASES[case]) as server:
        told = ["reflect", "-m", "m", "--base-url", server.base_url, "--timeout", "3"]
        done = subprocess.run(
            [sys.executable, "-X", "dev", "-m", "compassion_coach", *told],
            input=LETTER.encode(),
            capture_output=True,
            env={**os.environ, "OPENAI_LOG": "debug", "OPENAI_API_KEY": f"sk-{IN_KEY}", "PYTHONASYNCIODEBUG": "1"},
            timeout=60,
            check=False,
        )
    assert done.returncode == 0
    assert server.bodies
    assert CANARY.encode() not in done.stderr
    assert b"Traceback" not in done.stderr


@given(
    st.text(max_size=40),
    st.text(max_size=40),
    st.sampled_from(["{}{}{}", '{{"a": "{}{}{}"}}', "```{}{}{}```", "<think>{}{}{}"]),
)
def test_no_answer_that_cannot_be_used_is_quoted(before: str, after: str, wrapped: str) -> None:
    """Whatever stands around it in an answer."""
    usage = Usage(requests=1, prompt_tokens=1, answer_tokens=1)
    with pytest.raises(AnswerError) as caught:
        reading_from(
            wrapped.format(before, IN_LETTER, after),
            Letter.of(LETTER),
            ReaderInfo(name="model", model="m", version="v"),
            usage,
        )
    assert CANARY not in all_that_errors_hold(caught.value)
