"""What a language model is asked to answer, as a schema, and how an answer is taken in.

A schema in a request is a wish: every answer is validated here, and whatever is wrong with it becomes an
AnswerError that holds none of its words.
"""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from compassion_coach.errors import AnswerError
from compassion_coach.letter import Letter, Role, Sentence
from compassion_coach.reading import Observation, Reading, each_once
from compassion_coach.reflection import ReaderInfo, Usage
from compassion_coach.remarks.quoted import is_denied
from compassion_coach.text.folding import Folded, fold
from compassion_coach.vocabulary import Level, Quality

_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_MOST_FENCES = 8
_ON_A_LETTER = r"\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u200d\ufe0f"  # what joins it, or stands on it
_UNCUT = re.compile(rf"(?:\w|[{_ON_A_LETTER}]|\S(?=[{_ON_A_LETTER}])|(?<=\u200d)\S|(?<=\w)['’](?=\w))+")
_SLACK = 100
_SURE = 0.8  # a model gives no probability that can be trusted; one figure stands for "it said so"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class ObservationAnswer(_Answer):
    """One observation: a sentence number, the part of it that is meant or null, a quality, a note."""

    sentence: int
    excerpt: str | None
    quality: Quality
    note: str


class ReflectionAnswer(_Answer):
    """The whole answer of a model about one letter."""

    observations: list[ObservationAnswer] = Field(max_length=60)
    overall: str
    question: str | None
    distress: Level


@cache
def answer_schema() -> dict[str, Any]:
    """Return the JSON Schema of an answer: no references and no defaults, so that strict servers take it."""
    schema = ReflectionAnswer.model_json_schema()
    definitions = schema.pop("$defs", {})

    def inline(part: Any) -> Any:
        if isinstance(part, dict):
            if "$ref" in part:
                return inline(definitions[part["$ref"].rsplit("/", 1)[-1]])
            return {key: inline(value) for key, value in part.items() if key not in ("title", "description")}
        return [inline(value) for value in part] if isinstance(part, list) else part

    result: dict[str, Any] = inline(schema)
    return result


def reading_from(text: str, letter: Letter, reader: ReaderInfo, usage: Usage) -> Reading:
    """Turn the text of an answer into a reading of the letter.

    Observations about sentences that do not exist, or with an excerpt that the sentence does not hold, are dropped
    and counted; those about the greeting or the signature are left out. Raises AnswerError when the text is not an
    answer of the schema.
    """
    answer = _parsed(text)
    folded = cache(lambda index: fold(letter.quote(letter.sentences[index])))
    located = [_located(told, letter, folded) for told in answer.observations]
    body = [o for o in located if o and letter.sentences[o.sentence].role is Role.BODY]
    return Reading(
        reader=reader,
        observations=each_once(body),
        overall=answer.overall.strip(),
        question=_question(answer.question),
        level=answer.distress,
        dropped=located.count(None),
        usage=usage,
    )


def _question(told: str | None) -> str | None:
    """Return the question, or None; small models spell null out."""
    words = (told or "").strip()
    return None if words.lower() in ("", "null", "none") else words


def _parsed(text: str) -> ReflectionAnswer:
    for candidate in json_in(text):
        try:
            return ReflectionAnswer.model_validate(json.loads(candidate))
        except (ValidationError, ValueError, RecursionError):
            continue
    raise AnswerError("The model's answer was not in the form that was asked for.") from None


def json_in(text: str) -> list[str]:
    """Return the texts within an answer that could be its JSON: bare, fenced, or after a model's thinking."""
    bare = _THOUGHT.split(text)[-1].strip()
    fenced = [part.removeprefix("json").strip() for part in bare.split("```", 2 * _MOST_FENCES)[1::2]]
    first, last = bare.find("{"), bare.rfind("}")
    return [text.strip(), bare, *fenced, *([bare[first : last + 1]] if 0 <= first < last else [])]


def _located(told: ObservationAnswer, letter: Letter, folded: Callable[[int], Folded]) -> Observation | None:
    """Find the stretch that an observation is about, or None when the letter does not hold it."""
    index = told.sentence - 1
    if not 0 <= index < len(letter.sentences) or letter.sentences[index].private:
        return None
    sentence = letter.sentences[index]
    start, end = sentence.start, sentence.end
    excerpt = (told.excerpt or "").strip()
    if len(excerpt) > 2 * (end - start) + _SLACK:  # far longer than its sentence: not worth folding
        return None
    if excerpt:
        whole = re.compile(rf"(?<!\w){re.escape(excerpt)}(?!\w)").search(letter.text, start, end)
        at = whole.start() if whole else letter.text.find(excerpt, start, end)
        if at >= 0:
            start, end = at, at + len(excerpt)
        else:
            wanted = fold(excerpt).text
            at = folded(index).text.find(wanted)
            if at < 0 or not wanted.strip():
                return None
            a, b = folded(index).original(at, at + len(wanted))
            start, end = sentence.start + a, sentence.start + b
        if not letter.has_words(replace(sentence, start=start, end=end)):
            return None
        start, end = _uncut(letter.text, start, end, sentence)
    if is_denied(letter.text, start, sentence.start):
        start = sentence.start
    return Observation(index, start, end, told.quality, _SURE, note=told.note.strip())


def _uncut(text: str, start: int, end: int, sentence: Sentence) -> tuple[int, int]:
    """Return a stretch of a sentence with the whole of the words that it begins and ends in: "kind" is not "unkind"."""
    for run in _UNCUT.finditer(text, sentence.start, sentence.end):
        if run.start() < start < run.end():
            start = run.start()
        if run.start() < end < run.end():
            return start, run.end()
    return start, end
