"""The one re-ask: where a model's words tripped rails, it is told which rails, and may find other words once.

It is told the places and the rails, never its own failed words, so the context stays that of the first request and
a fixed list. Its second words are raw like the first: `mend.py` judges them, and vetted words stand where they fail.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from compassion_coach.data import read_toml
from compassion_coach.letter import Letter
from compassion_coach.prompts import PROMPT_VERSION, render
from compassion_coach.reading import Reading
from compassion_coach.remarks.guard import NO_RAIL, Shape, Verdict, judge
from compassion_coach.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Place:
    """A part of an answer whose words may not be shown, in words for the model, and the rails that tripped there."""

    where: str
    rails: tuple[str, ...]


def places_to_mend(letter: Letter, reading: Reading, level: Level) -> tuple[Place, ...]:
    """Return where a model's words tripped rails. `level` is the screen's.

    None where the words will not be shown anyway: of a letter that stays on this machine from now on, and the
    question to somebody tender. None either for what could not be judged, which other words would not change.
    """
    highest = max(level, reading.level, key=lambda one: one.rank)
    if highest.is_grave:
        return ()
    judged = ((where, judge(words, letter, shape)) for where, words, shape in _words(reading, highest))
    return tuple(
        Place(where, tuple(dict.fromkeys(one.rail for one in judgement.findings if one.rail != NO_RAIL)))
        for where, judgement in judged
        if judgement.verdict is Verdict.TRIPPED
    )


def _words(reading: Reading, level: Level) -> Iterator[tuple[str, str, Shape]]:
    for seen in reading.observations:
        if seen.note is not None:
            yield f"note about sentence {seen.sentence + 1} ({seen.quality})", seen.note, Shape.NOTE
    if reading.overall is not None:
        yield "overall", reading.overall, Shape.OVERALL
    if reading.question and level is Level.NONE:
        yield "question", reading.question, Shape.QUESTION


def ask_again(requests: Sequence[Mapping[str, Any]], places: Sequence[Place]) -> list[dict[str, Any]]:
    """Return the same requests, each with the list of places and rails after the letter."""
    meanings = read_toml(f"prompts/reflect.{PROMPT_VERSION}.rails.toml")
    named = dict.fromkeys(rail for place in places for rail in place.rails)
    values = {"places": places, "rails": [(rail, meanings[rail]) for rail in named]}
    told = render(f"reflect.{PROMPT_VERSION}.again.jinja", values)
    return [{**request, "messages": _with(request["messages"], told)} for request in requests]


def _with(messages: Sequence[Mapping[str, str]], told: str) -> list[dict[str, str]]:
    *before, letter = messages
    return [*map(dict, before), {**letter, "content": f"{letter['content']}\n\n{told}"}]


def with_second_words(reading: Reading, second: Reading) -> Reading:
    """Return the first reading with the second words beside its own, for the same stretch or the same sentence.

    What was seen stays what it was. A second opinion of the distress may raise the level and never lower it.
    """
    exact = {(o.start, o.end, o.quality): _said(o.note) for o in second.observations}
    near = {(o.sentence, o.quality): _said(o.note) for o in second.observations}
    return replace(
        reading,
        observations=tuple(
            replace(o, again=exact.get((o.start, o.end, o.quality)) or near.get((o.sentence, o.quality)))
            for o in reading.observations
        ),
        overall_again=_said(second.overall),
        question_again=_said(second.question),
        level=max(reading.level, second.level, key=lambda level: level.rank),
    )


def _said(words: str | None) -> str | None:
    """Return words that say something. Small models copy the rails out of the list: those are no words of theirs."""
    rails = read_toml("guardrails/rails.toml")["messages"]
    return words if words and not set(re.findall(r"\w+", words.lower())) <= rails.keys() else None
