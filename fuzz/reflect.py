"""Fuzz the path of a letter: `make fuzz`. Whatever the bytes, what is promised of every letter must hold.

An input is a letter and what a model answered about it, joined by a byte that no UTF-8 has. A broken promise ends
the run and leaves its input in `out/fuzz`; `python fuzz/reflect.py FILE` plays it again.
"""

import json
import sys

import atheris

with atheris.instrument_imports(include=["compassion_coach"]):
    from compassion_coach import Coach, Reflection
    from compassion_coach.errors import AnswerError
    from compassion_coach.letter import Letter
    from compassion_coach.model.answer import reading_from
    from compassion_coach.reflection import ReaderInfo, Usage
    from compassion_coach.remarks.guard import Shape, Verdict, judge
    from compassion_coach.screen import screen
from compassion_coach.screened import screened

MODEL = ReaderInfo(name="model", model="m", version="v")
USAGE = Usage(requests=1, prompt_tokens=1, answer_tokens=1)
COACH = Coach(region="UK")


def held(promise: bool, name: str) -> None:
    """Raise where a promise is broken, also when Python runs without its asserts."""
    if not promise:
        raise AssertionError(name)


def true_to(letter: Letter, reflection: Reflection) -> None:
    """Hold a reflection to its letter."""
    text = letter.text
    units = text.encode("utf-16-le")
    spans = [(s.start, s.end, s.quote) for s in reflection.distress.signals]
    spans += [(m.start, m.end, m.quote) for m in reflection.marks]
    spans += [(t.pivot.start, t.pivot.end, t.pivot.quote) for t in reflection.turns]
    held(all(text[start:end] == quote for start, end, quote in spans), "a quote is the letter at its offsets")
    for mark in reflection.marks:
        counted = units[2 * mark.start_utf16 : 2 * mark.end_utf16].decode("utf-16-le")
        held(counted == mark.quote != "", "a mark is the same words in UTF-16, and some")
        held(not letter.sentences[mark.sentence].private, "nothing that was kept back is marked")
    held(all(t.warm < t.undone_by < len(reflection.marks) for t in reflection.turns), "a turn joins two marks")
    held(reflection.letter_sha256 == letter.sha256, "the hash is the letter's")
    held(Reflection.from_json(reflection.to_json()) == reflection, "a reflection survives its JSON")


def in_every_field(words: str) -> str:
    """Return a well-formed answer that says the words wherever it says anything."""
    qualities = ("understandable", "should", "cold")
    seen = [{"sentence": n, "excerpt": words[:n], "quality": q, "note": words} for n, q in enumerate(qualities, 1)]
    return json.dumps({"observations": seen, "overall": words, "question": words, "distress": "none"})


def try_one(data: bytes) -> None:
    """Read one letter back, with the embedded reader and with the answer of a model."""
    told, _, answered = data.partition(b"\xff")
    text, answer = (part.decode("utf-8", "replace") for part in (told, answered))
    letter = Letter.of(text)
    at = 0
    for sentence in letter.sentences:
        held(at <= sentence.start < sentence.end <= len(text), "sentences stand in order and apart")
        at = sentence.end
    level = screen(letter).level
    true_to(letter, COACH.reflect(text))
    for shape in Shape:
        held(judge(answer, letter, shape).verdict is not Verdict.UNJUDGED, "every text can be judged")
    start = screened(Letter.of(text))
    try:
        reading = reading_from(answer, letter, MODEL, USAGE)
    except AnswerError:  # words that are no answer are put into every field of one
        reading = reading_from(in_every_field(answer), letter, MODEL, USAGE)
    reflection = COACH._end(start, reading, None, sent=True)
    true_to(letter, reflection)
    held(reflection.distress.level.rank >= level.rank, "a model lowers no level")
    said = {seen.note for seen in reading.observations} | {reading.overall, reading.question}
    shown = [(reflection.overall, Shape.OVERALL), *((q, Shape.QUESTION) for q in reflection.questions)]
    shown += [(mark.note, Shape.NOTE) for mark in reflection.marks]
    stopped = [words for words, shape in shown if words in said and words and not judge(words, letter, shape).passed]
    held(not stopped, "no words of a model are shown that a rail stops")


if __name__ == "__main__":
    atheris.Setup(sys.argv, try_one)
    atheris.Fuzz()
