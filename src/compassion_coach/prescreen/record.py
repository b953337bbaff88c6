"""What is known of a letter after it was read for a therapist: places and names of qualities, and none of its words."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from compassion_coach.embedded.company import fit_beside
from compassion_coach.embedded.language import MANY
from compassion_coach.letter import Letter
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import Distress
from compassion_coach.screen import screen, signal_of
from compassion_coach.turns import find_turns
from compassion_coach.vocabulary import Kind, Level, Quality

if TYPE_CHECKING:
    from pydantic import TypeAdapter

STANDINGS = ("urgent", "concern", "unread", "tender", "none")
"""How letters are sorted: the gravest first, and those that could not be read before the calm ones."""


_SPOKEN = {
    "self_harm": "hurting oneself", "psychosis": "voices", "medical": "a body that needs help",
    "eating": "not eating", "substance": "drink or drugs", "harm_to_others": "harm to somebody else",
    "abuse": "danger from somebody", "assault": "an attack", "flashback": "memories that come back",
    "overwhelm": "too much at once", "dissociation": "numbness",
    "fear_of_compassion": "fear of warmth",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """A stretch of the letter (code points, half-open) and what it is heard as."""

    sentence: int
    start: int
    end: int
    quality: Quality
    confidence: float


@dataclass(frozen=True, slots=True)
class Sign:
    """A stretch of the letter that made the distress screen speak."""

    kind: str
    start: int
    end: int

    @property
    def spoken(self) -> str:
        """Its kind as people say it, and not as a diagnosis."""
        return _SPOKEN.get(self.kind, self.kind.replace("_", " "))


@dataclass(frozen=True, slots=True)
class Record:
    """What was found in a letter. `turns` are pairs of indexes into `marks`: the warm one, and what takes it back.

    `remark` says in plain words what a reader of the report has to know: another language, a guessed encoding.
    Where it is told `partly`, nobody could read some of its file; `kept_back` sentences are their writer's alone.
    With `again` a further run reads the letter again, since who was to read it, or some of it, could not.
    """

    level: Level
    signs: tuple[Sign, ...]
    marks: tuple[Seen, ...]
    turns: tuple[tuple[int, int], ...]
    language: str
    sentences: int
    sha256: str
    remark: str = ""
    again: bool = False
    partly: bool = False
    kept_back: int = 0

    @property
    def grave(self) -> bool:
        """Whether the letter speaks of danger. Then warm words in it can be part of that ("rest now")."""
        return self.level.is_grave

    @property
    def unheard(self) -> bool:
        """Whether nobody here looked for marks: for the language that all of it is in, or because its writer kept all
        of it back. Of one partly in English the rest was read.
        """
        return self.language not in ("en", "und", MANY) or 0 < self.sentences == self.kept_back

    @property
    def standing(self) -> str:
        """Where the letter stands among others: its level, or "unread" where nobody here could read all of it."""
        read = self.language in ("en", "und") and not self.partly
        return self.level.value if self.grave or read else "unread"

    @property
    def caution(self) -> str:
        """What stands for the qualities of a letter that are not told: ! where it speaks of danger, ? where nobody here
        could read it, or some of it; nothing for any other letter.
        """
        return "!" if self.grave else "?" if self.standing == "unread" else ""

    @property
    def turned(self) -> frozenset[int]:
        """The indexes of the marks that take warmth back."""
        return frozenset(undone for _, undone in self.turns)

    def count(self, kind: Kind) -> int:
        """Return how many marks are of a kind."""
        return sum(mark.quality.kind is kind for mark in self.marks)

    @property
    def qualities(self) -> tuple[Quality, ...]:
        """The qualities that are in the letter, in the order of the handout's list."""
        there = {mark.quality for mark in self.marks}
        return tuple(quality for quality in Quality if quality in there)

    def to_json(self) -> str:
        """Return the record as JSON on one line."""
        return _as_json().dump_json(self).decode()

    @classmethod
    def from_json(cls, text: str) -> "Record":
        """Return what `to_json` wrote."""
        return _as_json().validate_json(text)


@cache
def _as_json() -> "TypeAdapter[Record]":
    """Return what reads and writes a record: pydantic, which whoever only asks for a report's options does not need."""
    from pydantic import TypeAdapter

    return TypeAdapter(Record)


def record_of(
    letter: Letter, distress: Distress, reading: Reading, language: str, remarks: Sequence[str] = ()
) -> Record:
    """Put together what the screen and a reader found in a letter.

    In a letter that speaks of danger no stretch that tells of it is a mark: neither what made the screen speak, nor a
    sentence that makes it speak by itself; and what looks like a reproach right beside those is none.
    """
    level = max(distress.level, reading.level, key=lambda level: level.rank)  # a reader may raise, and never lower it
    grave = level.is_grave
    heard = [signal_of(letter, letter.sentences[index]) for index in reading.endangered]
    signs = _merged([Sign(signal.kind, signal.start, signal.end) for signal in (*distress.signals, *heard)])
    if grave:
        signs = _merged([*signs, *_alone(letter)])
    seen = list(reading.observations)
    if grave:
        fit = {*fit_beside(letter, seen, [(sign.start, sign.end) for sign in signs])}
        seen = [one for one in _beside(signs, seen) if one.quality.kind is Kind.WARM or one in fit]
    turns = find_turns(letter, seen)
    said = [sentence for sentence in letter.sentences if letter.has_words(sentence)]
    kept_back = sum(sentence.private for sentence in said)
    return Record(
        level=level,
        signs=tuple(signs),
        marks=tuple(Seen(one.sentence, one.start, one.end, one.quality, one.confidence) for one in seen),
        turns=tuple((turn.warm, turn.undone_by) for turn in turns),
        language=language,
        sentences=len(said),
        sha256=letter.sha256,
        remark=" ".join([*remarks, *_kept_back(kept_back, len(said))]),
        kept_back=kept_back,
    )


def _kept_back(many: int, of: int) -> Iterator[str]:
    """Yield what is told of a letter with passages between `coach:off` and `coach:on`."""
    if many:
        are = "was" if many == 1 else "were"
        yield f"{many} of its {of} sentences {are} kept back by the writer, and not read for marks."


def _alone(letter: Letter) -> Iterator[Sign]:
    """Yield the sentences that speak of danger by themselves; beside graver ones the screen does not name them."""
    for sentence in letter.sentences:
        distress = screen(Letter.of(letter.quote(sentence)))
        if distress.level.is_grave and distress.signals:
            yield Sign(distress.signals[0].kind, sentence.start, sentence.end)


def _beside(signs: Sequence[Sign], observations: Sequence[Observation]) -> list[Observation]:
    """Return the observations in which none of some signs stands; the signs are in the order of the letter."""
    starts, reach = [sign.start for sign in signs], [0, *accumulate((sign.end for sign in signs), max)]
    return [one for one in observations if reach[bisect_left(starts, one.end)] <= one.start]


def _merged(signs: Sequence[Sign]) -> list[Sign]:
    """Return signs of the same kind that touch as one, in the order of the letter."""
    found: list[Sign] = []
    last: dict[str, int] = {}  # where the last of each kind stands: those before it end too early for any that follows
    for sign in sorted(signs, key=lambda one: (one.start, one.end)):
        at = last.get(sign.kind)
        if at is None or found[at].end < sign.start:
            last[sign.kind] = len(found)
            found.append(sign)
        else:
            found[at] = replace(found[at], end=max(found[at].end, sign.end))
    return found
