"""How often a reader is right on labelled letters, so that any two readers can be compared.

    labelled letters ─ screen (some are kept here) ─ reader.read ─ what each line was marked as ─ figures

A line counts as what most of its marked characters are, and as neutral where nothing is marked: what the writer
would see, whoever reads.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from compassion_coach.errors import AnswerError
from compassion_coach.labelled import LabelledLetter
from compassion_coach.letter import Letter
from compassion_coach.policy import why_kept_here
from compassion_coach.reading import Observation, Reader, Reading
from compassion_coach.reflection import Usage
from compassion_coach.screened import before_sending, screened
from compassion_coach.vocabulary import Kind

_BINS = 10
Bin = tuple[float, float, int]
"""A tenth of confidence: mean confidence, share right, how many."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled line: the kinds that are right, what it was read as, and how sure its mark was, if it has one."""

    right: frozenset[Kind]
    got: Kind
    confidence: float | None

    @property
    def is_right(self) -> bool:
        """Whether what it was read as is one of the kinds that are right."""
        return self.got in self.right

    @property
    def wanted(self) -> Kind:
        """The kind that is right; of two, the one that it was read as, else the first in the order of Kind."""
        return self.got if self.is_right else next(kind for kind in Kind if kind in self.right)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Precision and recall of a kind, and how many lines are of it."""

    precision: float
    recall: float
    of: int

    @property
    def f1(self) -> float:
        """The harmonic mean of both, 0 where both are."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out. `kept_here` letters are none that a model is sent (`policy.py`); `unanswered` ones got none."""

    lines: tuple[Judged, ...]
    letters: int
    kept_here: int
    unanswered: int
    seconds: float
    usage: Usage | None

    @property
    def right(self) -> int:
        """How many lines were read right."""
        return sum(line.is_right for line in self.lines)

    def ratio(self, kind: Kind) -> Ratio:
        """Return precision and recall of a kind."""
        said = [line for line in self.lines if line.got is kind]
        meant = [line for line in self.lines if line.wanted is kind]
        hit = sum(line.is_right for line in said)
        return Ratio(hit / len(said) if said else 0.0, hit / len(meant) if meant else 0.0, len(meant))

    def confusion(self) -> Mapping[tuple[Kind, Kind], int]:
        """Count lines by what they are and what they were read as."""
        return Counter((line.wanted, line.got) for line in self.lines)

    def calibration(self) -> list[Bin]:
        """Return the bins of the lines that have a confidence."""
        return bins_of((line.confidence, line.is_right) for line in self.lines if line.confidence is not None)

    @property
    def calibration_error(self) -> float:
        """How far confidence is from being right (ECE)."""
        return error_of(self.calibration())


def bins_of(sure: Iterable[tuple[float, bool]]) -> list[Bin]:
    """Sort confidences, each with whether it was right, into tenths; a tenth without any has no bin."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, ok in sure:
        bins.setdefault(min(int(confidence * _BINS), _BINS - 1), []).append((confidence, ok))
    return [(sum(c for c, _ in b) / len(b), sum(ok for _, ok in b) / len(b), len(b)) for _, b in sorted(bins.items())]


def error_of(bins: Sequence[Bin]) -> float:
    """Return the expected calibration error: how far confidence is from being right, each bin by its size."""
    return sum(abs(mean - ok) * n for mean, ok, n in bins) / max(1, sum(n for *_, n in bins))


def evaluate(letters: Iterable[LabelledLetter], reader: Reader) -> Evaluation:
    """Let a reader read labelled letters. Where a model's answer cannot be used, the letter is counted and left out.

    Raises ModelError when a model cannot be reached or refuses the key.
    """
    lines: list[Judged] = []
    seen = kept_here = unanswered = 0
    usage: Usage | None = None
    seconds = 0.0
    for labelled in letters:
        letter = Letter.of(labelled.text)
        if reader.info.name == "model" and _stays_here(letter):
            kept_here += 1
            continue
        begun = time.perf_counter()
        try:
            reading = reader.read(letter)
        except AnswerError:
            unanswered += 1
            continue
        finally:
            seconds += time.perf_counter() - begun
        seen += 1
        lines += judged(labelled, reading.observations)
        usage = _both(usage, reading)
    return Evaluation(tuple(lines), seen, kept_here, unanswered, seconds, usage)


def _stays_here(letter: Letter) -> bool:
    """Whether it is no letter that a model is sent."""
    start = before_sending(screened(letter))
    return why_kept_here(start.letter, start.plan) is not None


def judged(labelled: LabelledLetter, observations: Sequence[Observation]) -> list[Judged]:
    """Return what each line of a labelled letter was marked as."""
    found, at = [], 0
    for line in labelled.sentences:
        start, end = at, at + len(line.text)
        at = end + 1
        inside = [(max(0, min(end, o.end) - max(start, o.start)), o) for o in observations]
        inside = [(shared, o) for shared, o in inside if shared]
        sums: Counter[Kind] = Counter()
        for shared, o in inside:
            sums[o.quality.kind] += shared
        # Of two stretches alike in length, what takes warmth back is heard longer.
        kind = max(sums, key=lambda k: (sums[k], k is not Kind.WARM)) if sums else Kind.NEUTRAL
        sure = max((o.confidence for _, o in inside if o.quality.kind is kind), default=None)
        found.append(Judged(line.kinds, kind, sure))
    return found


def _both(usage: Usage | None, reading: Reading) -> Usage | None:
    return usage.plus(reading.usage) if usage and reading.usage else reading.usage or usage
