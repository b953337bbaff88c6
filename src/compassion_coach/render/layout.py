"""What every form of a reflection shares: the letter cut at its marks, and the names and signs of what is marked."""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Protocol

from compassion_coach.letter import Letter
from compassion_coach.reflection import Helpline, Reflection
from compassion_coach.text.shown import harmless
from compassion_coach.vocabulary import Kind, Level, Quality

SIGNS = {Kind.WARM: "♥", Kind.ADVICE: "→", Kind.INVALIDATION: "○"}
TURN_SIGN = "↷"
KIND_NAMES = {Kind.WARM: "warm", Kind.ADVICE: "telling", Kind.INVALIDATION: "warmth missing"}
QUALITY_NAMES = {
    Quality.ACKNOWLEDGING: "acknowledging",
    Quality.UNDERSTANDABLE: "understandable",
    Quality.COMMON_HUMANITY: "not alone",
    Quality.STANDING_BACK: "standing back",
    Quality.COURAGE: "courage",
    Quality.FEELINGS: "compassion for feelings",
    Quality.SELF_CRITICISM: "the critic understood",
    Quality.DILEMMA: "both sides held",
    Quality.LOST_JOY: "lost joy mourned",
    Quality.ENCOURAGING_STEP: "a step offered",
    Quality.KIND_WISH: "a kind wish",
    Quality.SHOULD: "a should",
    Quality.ADVICE: "advice",
    Quality.DISMISSING: "made small",
    Quality.CONDEMNING: "blame",
    Quality.COLD: "from a distance",
    Quality.SUGARY: "brightness first",
}


class Stretch(Protocol):
    """Anything that begins and ends somewhere in a letter (code points, half-open): a mark, for one."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the letter under the same marks. `opens` and `closes` are the marks that begin and end with it."""

    start: int
    end: int
    marks: tuple[int, ...]
    opens: tuple[int, ...]
    closes: tuple[int, ...]


class Cutter:
    """Cuts spans of a letter at the edges of marks that stand in the letter's order; made once for all spans."""

    def __init__(self, marks: Sequence[Stretch]) -> None:
        self._marks = marks
        self._starts = [mark.start for mark in marks]
        self._reach = list(accumulate((mark.end for mark in marks), max))

    def pieces(self, start: int, end: int) -> Iterator[Piece]:
        """Yield the pieces of a span (code points, half-open), cut wherever a mark begins or ends."""
        near = range(bisect_right(self._reach, start), bisect_left(self._starts, end))
        inside = [(index, self._marks[index]) for index in near if start < self._marks[index].end]
        cuts = {start, end}
        for _, mark in inside:
            cuts.update(at for at in (mark.start, mark.end) if start < at < end)
        ahead = deque(inside)
        here: list[tuple[int, Stretch]] = []
        for a, b in pairwise(sorted(cuts)):
            while ahead and ahead[0][1].start < b:
                here.append(ahead.popleft())
            here = [(index, m) for index, m in here if a < m.end]
            yield Piece(
                a,
                b,
                tuple(index for index, _ in here),
                tuple(index for index, m in here if m.start >= a),
                tuple(index for index, m in here if m.end <= b),
            )


def spans_in(letter: Letter, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the sentences that begin within a paragraph; of one without any, such as "***", its own."""
    first = bisect_left(letter.sentences, start, key=lambda sentence: sentence.start)
    last = bisect_left(letter.sentences, end, key=lambda sentence: sentence.start)
    return [(sentence.start, sentence.end) for sentence in letter.sentences[first:last]] or [(start, end)]


def paragraphs(letter: Letter) -> Iterator[tuple[int, int]]:
    """Yield the spans of the letter between blank lines, without the line end after each."""
    at, start, end = 0, None, 0
    for line in letter.text.splitlines(keepends=True):
        if line.strip():
            start = at if start is None else start
            end = at + len(line.rstrip())
        elif start is not None:
            yield start, end
            start = None
        at += len(line)
    if start is not None:
        yield start, end


def letter_is_shown(reflection: Reflection) -> bool:
    """Whether the letter is read back at all: not where people come forward instead, nor where it cannot be read."""
    return bool(reflection.overall) and reflection.distress.level is not Level.URGENT


def turned_by(reflection: Reflection) -> dict[int, str]:
    """Return the pivot's words for each mark that takes warmth back."""
    return {turn.undone_by: turn.pivot.quote for turn in reflection.turns}


def who_read(letter: Letter, reflection: Reflection) -> str:
    """Say plainly who read the letter, where it went, and that its end was kept back where a mark holds to there."""
    last = letter.sentences[-1] if letter.sentences else None
    held = letter_is_shown(reflection) and last and last.private and not letter.text[last.end :].strip()
    return _who_read(reflection) + (" From coach:off on all was kept back, for no coach:on follows." if held else "")


def _who_read(reflection: Reflection) -> str:
    if reflection.reader.name == "model":
        name = harmless(reflection.reader.model)
        return f"Read by the model {name}; each of its words was checked before it was shown."
    urgent = reflection.distress.level is Level.URGENT
    if reflection.sent_to:
        read = "Screened" if urgent else "Read by the embedded reader"
        sent = f"after it was sent to the model at {reflection.sent_to}"
        return f"{read} on this computer, {sent}. Nothing was kept here."
    if urgent:
        return "Screened on this computer alone. Nothing was sent or kept."
    return "Read on this computer by the embedded reader. Nothing was sent or kept."


def dialled(line: Helpline) -> str:
    """Say how a helpline is reached: "call 116 123", "text HOME to 741741", "call or text 988"."""
    if line.method == "web":
        return line.number
    if line.method == "text":
        return f"text {line.keyword} to {line.number}" if line.keyword else f"text {line.number}"
    return f"{line.method} {line.number}"


def ways_to_reach(line: Helpline) -> list[tuple[str, str]]:
    """Return each way to reach a helpline with where a tap on it leads: a call, a text message or a page."""
    digits = "".join(c for c in line.number if c.isdigit())
    if line.method == "web" or not digits:
        return [(dialled(line), line.url or "")]
    body = f"?body={line.keyword}" if line.keyword else ""
    ways = {"call": (f"call {line.number}", f"tel:{digits}"), "text": (f"text {line.number}", f"sms:{digits}{body}")}
    if line.method == "call or text":
        return list(ways.values())
    return [(dialled(line), ways[line.method][1])]


def particulars(line: Helpline) -> str:
    """Say when a helpline is open, and in which languages where that is not English alone: "24/7 · en, fr"."""
    languages = ", ".join(line.languages) if line.languages not in (("en",), ("local",)) else ""
    return " · ".join(part for part in (line.hours, languages) if part)


def region_note(reflection: Reflection) -> str:
    """Say how the region is known, where that matters to the reader of the helplines."""
    support = reflection.support
    if support is None or not support.helplines:
        return ""
    if support.region is None:
        return "The country is not known here, so no country's numbers are shown."
    if support.region_is_guess:
        return f"The country ({support.region}) is a guess from this computer's language settings."
    return ""
