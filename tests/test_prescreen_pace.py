"""How fast a server is asked: what its headers say is left, and what it asks for when it is busy."""

import asyncio
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from standin import answer, says, send, standin

from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.ways.model import Model
from compassion_coach.prescreen.ways.pace import Pace, seconds


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def waits(pace: Pace, tokens: float = 1) -> float:
    return round(pace.wait({"requests": 1, "tokens": tokens, "busy": 1}), 3)


@pytest.mark.parametrize(
    ("told", "meant"),
    [("6m0s", 360), ("20ms", 0.02), ("1h2m3.5s", 3723.5), ("12", 12), ("0.25", 0.25), ("1s", 1), ("0s", 0)],
)
def test_stretches_of_time_are_read_as_servers_write_them(told: str, meant: float) -> None:
    """Hours to thousandths, or bare seconds."""
    assert seconds(told) == pytest.approx(meant)


@pytest.mark.parametrize("told", ["", "soon", "-1", "1x", "ms", "1e9", "nan", "1" * 40, "2026-11-28T10:00:00Z"])
def test_what_is_no_stretch_of_time_counts_for_nothing(told: str) -> None:
    """A header that is not understood makes nobody wait."""
    assert seconds(told) is None
    pace = Pace(Clock())
    pace.heard({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": told, "retry-after": told}, 429)
    assert waits(pace) == 0


def test_nothing_left_means_waiting_until_it_begins_anew() -> None:
    """Requests and tokens by themselves; a request that needs more tokens than are left waits as well."""
    clock = Clock()
    pace = Pace(clock)
    pace.heard({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s"}, 200)
    assert waits(pace) == 2
    clock.now += 2
    assert waits(pace) == 0
    pace.heard({"x-ratelimit-remaining-tokens": "500", "x-ratelimit-reset-tokens": "7s"}, 200)
    assert (waits(pace, 400), waits(pace, 501)) == (0, 7)


def test_requests_that_are_on_their_way_are_counted() -> None:
    """With two left a third waits, though no answer came back since."""

    async def three(pace: Pace) -> float:
        begun = time.monotonic()
        for _ in range(3):
            await pace.turn(10)
        return time.monotonic() - begun

    pace = Pace()
    pace.heard({"x-ratelimit-remaining-requests": "2", "x-ratelimit-reset-requests": "150ms"}, 200)
    assert 0.1 < asyncio.run(three(pace)) < 2


@pytest.mark.parametrize(("header", "told"), [("retry-after", "3"), ("retry-after-ms", "3000")])
def test_a_busy_server_is_left_alone_by_everybody(header: str, told: str) -> None:
    """Its time counts for all that wait, and a time beyond reason is cut; an answer that went well asks for none."""
    pace = Pace(Clock())
    pace.heard({header: told}, 200)
    assert waits(pace) == 0
    pace.heard({header: told}, 429)
    assert waits(pace) == 3
    pace.heard({header: "86400000"}, 503)
    assert waits(pace) == 60


def test_a_limit_in_the_headers_is_kept(tmp_path: Path) -> None:
    """A server that takes two requests, and two more .4 s later, refuses none of six letters."""
    folder = tmp_path / "letters"
    folder.mkdir()
    for at in range(6):
        (folder / f"{at}.txt").write_text(f"Dear Ana,\nit was night {at}, and of course you are tired.\n")
    times: list[float] = []
    refused = []

    def limited(handler: BaseHTTPRequestHandler) -> None:
        now = time.monotonic()
        recent = [each for each in times if now - each < 0.3]
        times.append(now)
        if len(recent) >= 2:
            refused.append(now)
            send(429, "{}", retry_after_ms="400")(handler)
        else:
            left = {"x-ratelimit-remaining-requests": str(1 - len(recent)), "x-ratelimit-reset-requests": "400ms"}
            says(answer(), headers=left)(handler)

    with standin(limited) as server:
        summary = prescreen([str(folder)], tmp_path / "out", Options(model=Model("m", server.base_url, "k", at_once=1)))
    assert summary.total == 6
    assert refused == []
    assert times[-1] - times[0] > 0.7
