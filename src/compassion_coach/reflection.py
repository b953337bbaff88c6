"""The values that a reflection is made of: frozen, and closed to fields that do not belong.

Offsets are code points into the letter, half-open; `start_utf16` and `end_utf16` count the same places in
UTF-16 units. `quote` is always the letter between the offsets. `schema_version` changes with the shape.
"""

import json
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeAlias

from compassion_coach.text.shown import spelt
from compassion_coach.vocabulary import Kind, Level, Quality

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MarkKind: TypeAlias = Literal[Kind.WARM, Kind.ADVICE, Kind.INVALIDATION]
Action: TypeAlias = Literal["replaced", "asked_again", "dropped"]


class Within:
    """Bounds of a number, which pydantic asks for where it validates."""

    def __init__(self, **bounds: int) -> None:
        self._bounds = bounds

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Return the schema of the number with its bounds."""
        return {**handler(source), **self._bounds}


Count: TypeAlias = Annotated[int, Within(ge=0)]
Share: TypeAlias = Annotated[float, Within(ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Value:
    """The base of every value here. Where JSON is read, no error shows the input, which may be somebody's letter."""

    __pydantic_config__: ClassVar = {"extra": "forbid", "hide_input_in_errors": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Span(Value):
    """A stretch of the letter and its exact words."""

    start: Count
    end: Count
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Value):
    """One stretch of the letter joined to one quality. `sentence` counts the letter's sentences from 0."""

    sentence: Count
    start: Count
    end: Count
    start_utf16: Count
    end_utf16: Count
    quote: str
    kind: MarkKind
    quality: Quality
    confidence: Share
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn(Value):
    """Warmth taken back by what follows it. `warm` and `undone_by` are indexes into the marks, from 0."""

    warm: Count
    pivot: Span
    undone_by: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal(Value):
    """A stretch that made the distress screen speak."""

    kind: str
    start: Count
    end: Count
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Distress(Value):
    """What the distress screen found, on this machine alone."""

    level: Level
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Support(Value):
    """Words and people to turn to. `region` is None when it is unknown; no country is then assumed."""

    message: str
    helplines: tuple[Helpline, ...]
    region: str | None
    region_is_guess: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderInfo(Value):
    """Who read the letter: the embedded reader (`local`) or a language model."""

    name: Literal["local", "model"]
    model: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardEntry(Value):
    """Which rail tripped, where in the reflection, and what was done. Never the words that tripped it."""

    rail: str
    where: str
    action: Action


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflection(Value):
    """A letter read back.

    `sent_to` is the server that it was sent to, or marked lines of it, whoever read it in the end.
    """

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
    sent_to: str | None = None

    def to_json(self, indent: int | None = 2) -> str:
        """Return the reflection as JSON, in the shape that `compassion-coach schema` describes."""
        apart = (",", ": ") if indent else (",", ":")
        return spelt(json.dumps(as_json(self), indent=indent, ensure_ascii=False, separators=apart))

    @classmethod
    def from_json(cls, text: str | bytes) -> "Reflection":
        """Return the reflection that some JSON tells. Raises ValueError where it is none; no error shows the input."""
        return _adapter().validate_json(text)


def as_json(value: Any) -> Any:
    """Return a value of this module as what JSON is made of: dictionaries, lists, strings and numbers."""
    if is_dataclass(value):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    return [as_json(one) for one in value] if isinstance(value, tuple) else value


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a reflection."""
    return _adapter().json_schema(mode="serialization")


@cache
def _adapter() -> "TypeAdapter[Reflection]":
    """Return what validates: pydantic, which takes longer to import than a letter to be read, and is seldom needed."""
    from pydantic import TypeAdapter

    return TypeAdapter(Reflection)
