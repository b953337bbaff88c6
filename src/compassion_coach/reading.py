"""What a reader hands on: the Protocol that the embedded reader and the model reader both fulfil."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from compassion_coach.letter import Letter
from compassion_coach.reflection import GuardEntry, ReaderInfo, Usage
from compassion_coach.vocabulary import Level, Quality


@dataclass(frozen=True, slots=True)
class Observation:
    """A stretch of the letter that does one thing: `letter.text[start:end]`, in code points, half-open.

    `focus` spans the words that made it so, where they are known. `note` holds a model's words about it, not yet
    judged; None asks for vetted words. `again` holds its words from a second answer, likewise.
    """

    sentence: int
    start: int
    end: int
    quality: Quality
    confidence: float
    focus: tuple[int, int] | None = None
    note: str | None = None
    again: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a reader saw. Words of a model are raw here: nothing of them is shown before the guard passed it.

    `level` is the reader's own opinion of the distress, and `endangered` the sentences in which it is sure of danger.
    `dropped` counts observations whose excerpt the letter does not hold, and `stopped` tells what else was left out of
    what a model answered. What ends in `again` comes from a second answer, where the first had words that may not be
    shown.
    """

    reader: ReaderInfo
    observations: tuple[Observation, ...]
    overall: str | None = None
    question: str | None = None
    overall_again: str | None = None
    question_again: str | None = None
    level: Level = Level.NONE
    endangered: tuple[int, ...] = ()
    dropped: int = 0
    stopped: tuple[GuardEntry, ...] = ()
    usage: Usage | None = None

    @property
    def asked(self) -> bool:
        """Whether a model was asked anything."""
        return self.usage is not None and self.usage.requests > 0


def each_once(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """Return observations in their order; of those that say the same of the same stretch only the first."""
    first: dict[tuple[int, int, Quality], Observation] = {}
    for one in observations:
        first.setdefault((one.start, one.end, one.quality), one)
    return tuple(first.values())


class Reader(Protocol):
    """Reads a letter."""

    @property
    def info(self) -> ReaderInfo:
        """Who reads."""

    def read(self, letter: Letter) -> Reading:
        """Return what is seen in a letter. Raises ModelError, or DataError where files are broken."""

    async def aread(self, letter: Letter) -> Reading:
        """Return what `read` returns, without keeping an event loop waiting."""
