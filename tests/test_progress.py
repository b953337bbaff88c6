"""The bar of a long run: on a terminal alone, with time left once it is known how many there are."""

import io
import re
import sys
import time

import pytest

from compassion_coach.cli.progress import Progress
from compassion_coach.errors import InputError


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        return True


def shown(terminal: io.StringIO) -> list[str]:
    return [
        line.rstrip() for line in re.split(r"[\r\n]", re.sub(r"\x1b\[[?\d]*[a-zA-Z]", "", terminal.getvalue())) if line
    ]


def test_a_terminal_sees_how_many_how_fast_and_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters that were read, known or could not be read are counted; a complaint stands on a line of its own."""
    monkeypatch.setattr("compassion_coach.cli.progress._PAUSE", 0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with Progress(lambda: 40) as progress:
        time.sleep(0.2)
        progress(1, 1)
        progress.complain("a.pdf", "It is damaged.")
        time.sleep(1.1)
        progress(20, 1)
        progress(38, 1)
    lines = shown(terminal)
    assert "a.pdf: It is damaged." in lines
    assert [line for line in lines if re.search(r"22/40  00:00:0\d  1\d a second$", line)]
    assert "40/40" in lines[-1]


def test_nothing_but_complaints_is_written_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    """In a file or a pipe a bar would be noise, and nobody counts ahead for it."""
    asked: list[int] = []

    def counted() -> int:
        asked.append(1)
        return 2

    with Progress(counted) as progress:
        progress(1, 0)
        progress.complain("a.pdf", "It is damaged.")
    assert capsys.readouterr().err == "a.pdf: It is damaged.\n"
    assert asked == []


def test_a_count_that_fails_only_costs_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading itself says what is wrong with a path."""
    monkeypatch.setattr("compassion_coach.cli.progress._PAUSE", 0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())

    def counted() -> int:
        raise InputError("There is no file or folder x.")

    with Progress(counted) as progress:
        time.sleep(0.2)
        progress(3, 0)
    assert "  3  " in shown(terminal)[-1] + "  "
