"""Judge every word that a model wrote, and put vetted words where it may not be shown."""

from dataclasses import dataclass

from compassion_coach import voice
from compassion_coach.guard import Shape, judge
from compassion_coach.letter import Letter
from compassion_coach.policy import Plan
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import Action, GuardEntry, Turn
from compassion_coach.turns import find_turns
from compassion_coach.vocabulary import Kind, Level

_SURE = 0.7


@dataclass(frozen=True, slots=True)
class Words:
    """All that will be shown of a reading, every word of it vetted or judged."""

    observations: tuple[Observation, ...]
    notes: tuple[str, ...]
    turns: tuple[Turn, ...]
    overall: str
    questions: tuple[str, ...]
    guard: tuple[GuardEntry, ...]


def mend(letter: Letter, reading: Reading, plan: Plan) -> Words:
    """Return what may be shown. Vetted words stand wherever a model gave none or the guard stopped its own."""
    entries = [GuardEntry(rail="verbatim", where="observations", action="dropped")] * reading.dropped
    if not plan.show_marks:
        return Words((), (), (), "", (), tuple(entries))
    shown = [o for o in reading.observations if not plan.only_warm or _surely_warm(o)]
    shown.sort(key=lambda o: (o.start, o.end))
    notes = voice.notes(letter, shown)
    for index, seen in enumerate(shown):
        if seen.note is not None and _may_stand(letter, seen.note, Shape.NOTE, f"marks[{index}].note", entries):
            notes[index] = seen.note
    if plan.only_warm:
        return Words(tuple(shown), tuple(notes), (), voice.warm_only(letter, shown), (), tuple(entries))
    scene = voice.Scene(letter, tuple(shown), find_turns(letter, shown))
    overall, question = voice.overall(scene), voice.question(scene)
    if reading.overall is not None and _may_stand(letter, reading.overall, Shape.OVERALL, "overall", entries):
        overall = reading.overall
    if reading.question and _may_stand(letter, reading.question, Shape.QUESTION, "questions[0]", entries):
        question = reading.question
    questions = (question,) if question and plan.level is Level.NONE else ()
    return Words(tuple(shown), tuple(notes), scene.turns, overall, questions, tuple(entries))


def _surely_warm(seen: Observation) -> bool:
    """Whether a line may be shown as kind to somebody in distress: a cold line called kind would hurt there most."""
    return seen.quality.kind is Kind.WARM and seen.confidence >= _SURE


def _may_stand(letter: Letter, text: str, shape: Shape, where: str, entries: list[GuardEntry]) -> bool:
    """Whether a model's words passed; if not, the rails that tripped are entered as replaced."""
    judgement = judge(text, letter, shape)
    action: Action = "replaced"
    rails = dict.fromkeys(finding.rail for finding in judgement.findings)
    entries += [GuardEntry(rail=rail, where=where, action=action) for rail in rails]
    return judgement.passed
