"""How fast a server may be asked: what its answers say is left to us, and when it begins anew.

Servers tell it in headers, for requests and for tokens by themselves: `x-ratelimit-remaining-requests: 0` and
`x-ratelimit-reset-requests: 1m2.5s`. A server that is asked too much answers 429 and names a time in `retry-after`;
then nobody asks before it is over, and not only the one who was refused.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_LONGEST = 60.0  # seconds; a server that asks for more is tried again all the same, and says so once more
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PARTS = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:h|ms|m|s))+")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
BUSY = (429, 503)
"""What a server answers that is asked too much."""


@dataclass(slots=True)
class Pace:
    """What a server said is left, of requests and of tokens, until when. Of one event loop: nothing is locked."""

    clock: Callable[[], float] = time.monotonic
    _left: dict[str, float] = field(default_factory=dict)
    _until: dict[str, float] = field(default_factory=dict)

    async def turn(self, tokens: int) -> None:
        """Wait until another request, which takes so many tokens, may be made, and count it."""
        needed = {"requests": 1.0, "tokens": float(tokens), "busy": 1.0}
        while (wait := self.wait(needed)) > 0:
            await asyncio.sleep(wait)
        for what, many in needed.items():
            if what in self._left:
                self._left[what] -= many

    def wait(self, needed: Mapping[str, float]) -> float:
        """Return for how many seconds there is not enough left."""
        now = self.clock()
        for what, until in list(self._until.items()):
            if until <= now:
                del self._until[what], self._left[what]
        return max((self._until[what] - now for what in self._until if self._left[what] < needed[what]), default=0.0)

    def heard(self, headers: Mapping[str, str], status: int) -> None:
        """Take in what a response says is left."""
        for what in ("requests", "tokens"):
            left = _number(headers.get(f"x-ratelimit-remaining-{what}", ""))
            reset = seconds(headers.get(f"x-ratelimit-reset-{what}", ""))
            if left is not None and reset is not None:
                self._keep(what, left, reset)
        if status in BUSY and (rest := _rest(headers)) is not None:
            self._keep("busy", 0.0, rest)

    def _keep(self, what: str, left: float, rest: float) -> None:
        self._left[what] = left
        self._until[what] = self.clock() + min(rest, _LONGEST)


def seconds(told: str) -> float | None:
    """Return a stretch of time as servers write it, `6m0s`, `20ms` or `12`, in seconds; None where it is none."""
    if _NUMBER.fullmatch(told):
        return float(told)
    if not _DURATION.fullmatch(told):
        return None
    return sum(float(many) * _UNITS[unit] for many, unit in _PARTS.findall(told))


def _rest(headers: Mapping[str, str]) -> float | None:
    thousandths = _number(headers.get("retry-after-ms", ""))
    return thousandths / 1000 if thousandths is not None else _number(headers.get("retry-after", ""))


def _number(told: str) -> float | None:
    return float(told) if _NUMBER.fullmatch(told) else None
