"""Where a person is needed, nothing that could send a letter is ever made."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compassion_coach import Coach, Reflection
from compassion_coach.__main__ import run

URGENT = "Dear me,\nIt makes sense.\nI am going to end my life tonight.\n"
CONCERN = "Dear me,\nIt makes sense.\nI wish I was dead.\n"
HIDDEN = "Dear me,\nIt makes sense.\n<!-- coach:off -->I wish I was dead.<!-- coach:on -->\nYou should rest.\n"
CALM = "Dear me,\nIt makes sense.\n"
SENDERS = [
    "openai.OpenAI.__init__",
    "openai.AsyncOpenAI.__init__",
    "httpx2.Client.__init__",
    "httpx2.AsyncClient.__init__",
    "httpx2.HTTPTransport.__init__",
    "httpx2.AsyncHTTPTransport.__init__",
    "httpx2.HTTPTransport.handle_request",
    "httpx2.AsyncHTTPTransport.handle_async_request",
    "socket.socket.connect",
    "socket.socket.connect_ex",
    "socket.getaddrinfo",
    "compassion_coach.model.reader.ModelReader.__init__",
]


class Sent(BaseException):
    """No `except Exception` catches it."""


@pytest.fixture
def nothing_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make whatever could carry a letter fail at its first use."""

    def fail(*_: object, **__: object) -> None:
        raise Sent

    for name in SENDERS:
        monkeypatch.setattr(name, fail)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-hush")


def coach() -> Coach:
    return Coach(model="m", base_url="http://127.0.0.1:9/v1", key="k", region="UK")


def by_reflect(text: str) -> Reflection:
    return coach().reflect(text)


def by_areflect(text: str) -> Reflection:
    return asyncio.run(coach().areflect(text))


@pytest.mark.usefixtures("nothing_sends")
@pytest.mark.parametrize("read", [by_reflect, by_areflect])
@pytest.mark.parametrize(("text", "level"), [(URGENT, "urgent"), (CONCERN, "concern"), (HIDDEN, "concern")])
def test_in_distress_no_client_is_made(read, text: str, level: str) -> None:  # type: ignore[no-untyped-def]
    """The embedded reader answers and people come forward, awaited or not."""
    reflection = read(text)
    assert (reflection.distress.level, reflection.reader.name) == (level, "local")
    assert reflection.support


@pytest.mark.usefixtures("nothing_sends")
@pytest.mark.parametrize("text", [URGENT, CONCERN, HIDDEN])
@pytest.mark.parametrize("more", [[], ["--strict"], ["--dry-run"], ["--base-url", "http://127.0.0.1:9/v1"]])
def test_in_distress_the_program_makes_none(text: str, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With -m as without; and it does not say that the letter goes anywhere."""
    Path("letter.txt").write_text(text, "utf-8")
    assert run(["reflect", "letter.txt", "-m", "m", "--key", "k", "--region", "UK", *more]) == 0
    told = capsys.readouterr()
    assert "goes to" not in told.err
    assert "Nothing would be sent" in told.out if "--dry-run" in more else "116 123" in told.out


@pytest.mark.usefixtures("nothing_sends")
@pytest.mark.parametrize("read", [by_reflect, by_areflect])
def test_a_calm_letter_would_have_been_caught(read) -> None:  # type: ignore[no-untyped-def]
    """The trap of these tests does spring."""
    with pytest.raises(Sent):
        read(CALM)


@pytest.mark.usefixtures("nothing_sends")
def test_without_a_model_nothing_is_made_for_any_letter() -> None:
    """A key in the environment alone sends nothing."""
    assert Coach(region="UK").reflect(CALM).reader.name == "local"


def test_a_run_leaves_nothing_behind(tmp_path: Path) -> None:
    """No library below keeps a name for the machine, or counts for its makers what was done."""
    home = tmp_path / "home"
    home.mkdir()
    around = {"HOME": str(home), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "compassion_coach", "reflect"]
    done = subprocess.run(command, input=CALM, env=around, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "warm" in done.stdout
    assert list(home.rglob("*")) == []
