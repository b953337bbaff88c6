"""The values that a reflection is made of: frozen, and closed to fields that do not belong.

Offsets are code points into the letter, half-open; `start_utf16` and `end_utf16` count the same places in
UTF-16 units. `quote` is always the letter between the offsets. `schema_version` changes with the shape.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from compassion_coach.vocabulary import Kind, Level, Quality

MarkKind = Literal[Kind.WARM, Kind.ADVICE, Kind.INVALIDATION]
Action = Literal["replaced", "asked_again", "dropped"]


class Value(BaseModel):
    """The base of every value here. No error shows the input, which may be somebody's letter."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Span(Value):
    """A stretch of the letter and its exact words."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str


class Mark(Value):
    """One stretch of the letter joined to one quality. `sentence` counts the letter's sentences from 0."""

    sentence: int = Field(ge=0)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    start_utf16: int = Field(ge=0)
    end_utf16: int = Field(ge=0)
    quote: str
    kind: MarkKind
    quality: Quality
    confidence: float = Field(ge=0, le=1)
    note: str


class Turn(Value):
    """Warmth taken back by what follows it. `warm` and `undone_by` are indexes into the marks, from 0."""

    warm: int = Field(ge=0)
    pivot: Span
    undone_by: int = Field(ge=0)


class Signal(Value):
    """A stretch that made the distress screen speak."""

    kind: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str


class Distress(Value):
    """What the distress screen found, on this machine alone."""

    level: Level
    signals: tuple[Signal, ...] = ()


class Helpline(Value):
    """A service with people in it. `number` is what is dialled or texted, exactly; `keyword` is texted to it."""

    region: str
    service: str
    number: str
    method: Literal["call", "text", "call or text", "web"]
    keyword: str | None = None
    hours: str
    languages: tuple[str, ...]
    emergency: bool = False
    url: str | None = None
    source: str
    verified_on: str


class Support(Value):
    """Words and people to turn to. `region` is None when it is unknown; no country is then assumed."""

    message: str
    helplines: tuple[Helpline, ...]
    region: str | None
    region_is_guess: bool


class ReaderInfo(Value):
    """Who read the letter: the embedded reader (`local`) or a language model."""

    name: Literal["local", "model"]
    model: str
    version: str


class GuardEntry(Value):
    """Which rail tripped, where in the reflection, and what was done. Never the words that tripped it."""

    rail: str
    where: str
    action: Action


class Usage(Value):
    """What a model counted: tokens of the prompt and of the answer, and the requests that were made."""

    requests: int
    prompt_tokens: int
    answer_tokens: int

    def plus(self, more: "Usage") -> "Usage":
        """Return both together."""
        return Usage(
            requests=self.requests + more.requests,
            prompt_tokens=self.prompt_tokens + more.prompt_tokens,
            answer_tokens=self.answer_tokens + more.answer_tokens,
        )


class Reflection(Value):
    """A letter read back."""

    schema_version: Literal[1] = 1
    letter_sha256: str
    language: str
    reader: ReaderInfo
    marks: tuple[Mark, ...] = ()
    turns: tuple[Turn, ...] = ()
    overall: str = ""
    questions: tuple[str, ...] = ()
    distress: Distress
    support: Support | None = None
    guard: tuple[GuardEntry, ...] = ()
    degraded: str | None = None

    def to_json(self, indent: int | None = 2) -> str:
        """Return the reflection as JSON, in the shape that `compassion-coach schema` describes."""
        return self.model_dump_json(indent=indent)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a reflection."""
    return Reflection.model_json_schema(mode="serialization")
