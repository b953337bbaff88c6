"""How far a long run is, on a terminal: how many of how many, how fast, and how long it will take."""

import sys
import time
from collections.abc import Callable
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

import click

from compassion_coach.errors import CoachError
from compassion_coach.text.shown import harmless

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

_PAUSE = 0.2  # seconds between two pictures


class Progress:
    """A bar on standard error, where that is a terminal; elsewhere nothing but what could not be read is told.

    `counted` says how many letters there are; it is asked beside the reading, and until then there is no time left.
    """

    def __init__(self, counted: Callable[[], int]) -> None:
        self._counted = counted
        self._done = self._unread = 0
        self._bar: ProgressBar[str] = click.progressbar(
            (_ for _ in ""),
            file=sys.stderr,
            show_pos=True,
            show_percent=False,
            show_eta=True,
            width=24,
            item_show_func=lambda rate: rate,
            hidden=not sys.stderr.isatty(),
        )

    def __enter__(self) -> "Progress":
        self._begun = self._shown_at = time.monotonic()
        self._bar.__enter__()
        if not self._bar.hidden:
            Thread(target=self._count, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._show()
        self._bar.__exit__(kind, error, trace)

    def _count(self) -> None:
        try:
            self._bar.length = self._counted()
        except (CoachError, OSError, RecursionError):  # where the letters are read, that is told
            return

    def __call__(self, read: int, known: int) -> None:
        """Say how many letters were read and how many were known."""
        self._done = read + known
        now = time.monotonic()
        if now - self._shown_at > _PAUSE:
            self._shown_at = now
            self._show(f"{read / (now - self._begun):.0f} a second")

    def _show(self, rate: str | None = None) -> None:
        self._bar.update(self._done + self._unread - self._bar.pos, rate)

    def complain(self, where: str, why: str) -> None:
        """Say what could not be read, and why."""
        self._unread += 1
        if not self._bar.hidden:
            click.echo("\r\x1b[K", err=True, nl=False)
        click.echo(f"{' '.join(harmless(where).split())}: {why}", err=True)  # a name may hold orders to a terminal
