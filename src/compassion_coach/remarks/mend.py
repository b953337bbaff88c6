"""Judge every word that a model wrote, and put vetted words where it may not be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from compassion_coach.embedded.company import fit_beside
from compassion_coach.letter import Letter
from compassion_coach.policy import Plan
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import Action, GuardEntry, Signal, Turn
from compassion_coach.remarks import voice
from compassion_coach.remarks.guard import Shape, judge
from compassion_coach.remarks.quoted import WORD
from compassion_coach.text.folding import fold
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


def mend(letter: Letter, reading: Reading, plan: Plan, signals: Sequence[Signal] = ()) -> Words:
    """Return what may be shown. Where a model gave no words, repeats itself or may not be heard, vetted ones stand.

    Where only what is warm may be shown, it is what is fit beside the `signals` of danger (`company.py`).
    """
    entries = [GuardEntry(rail="verbatim", where="observations", action="dropped")] * reading.dropped
    entries += reading.stopped
    if not plan.show_marks:
        return Words((), (), (), "", (), tuple(entries))
    shown = list(reading.observations)
    if plan.only_warm:
        told = [(one.start, one.end) for one in signals]
        shown = [one for one in fit_beside(letter, shown, told) if _surely_warm(one)]
    shown.sort(key=lambda o: (o.start, o.end))
    scene = voice.Scene(letter, tuple(shown), () if plan.only_warm else find_turns(letter, shown))
    notes = voice.notes(scene, in_danger=plan.only_warm)
    said: set[str] = set()
    for index, seen in enumerate(shown):
        where = f"marks[{index}].note"
        words = _standing(letter, (seen.note, seen.again), Shape.NOTE, where, entries)
        if words and _heard(words) in said:
            entries.append(GuardEntry(rail="repeated", where=where, action="replaced"))
        elif words:
            notes[index] = words
            said.add(_heard(words))
    if plan.only_warm:
        return Words(scene.observations, tuple(notes), (), voice.warm_only(scene), (), tuple(entries))
    overall, question = voice.overall(scene), voice.question(scene)
    own = (reading.overall, reading.overall_again)
    overall = _standing(letter, own, Shape.OVERALL, "overall", entries) or overall
    own = (reading.question, reading.question_again)
    question = _standing(letter, own, Shape.QUESTION, "questions[0]", entries) or question
    questions = (question,) if question and plan.level is Level.NONE else ()
    return Words(scene.observations, tuple(notes), scene.turns, overall, questions, tuple(entries))


def _surely_warm(seen: Observation) -> bool:
    """Whether a line may be shown as kind to somebody in distress: a cold line called kind would hurt there most."""
    return seen.quality.kind is Kind.WARM and seen.confidence >= _SURE


def _heard(words: str) -> str:
    """Return a note without what makes no other note of it: case, signs, blanks."""
    return " ".join(WORD.findall(fold(words).text))


def _standing(
    letter: Letter, own: tuple[str | None, str | None], shape: Shape, where: str, entries: list[GuardEntry]
) -> str | None:
    """Return a model's first words, or its second, whichever passed; else None.

    The rails that its first words tripped are entered, with whose words stand in their place.
    """
    first, second = own
    if first is None:
        return None
    judgement = judge(first, letter, shape)
    if judgement.passed:
        return first
    mended = bool(second) and judge(second or "", letter, shape).passed
    action: Action = "asked_again" if mended else "replaced"
    rails = dict.fromkeys(finding.rail for finding in judgement.findings)
    entries += [GuardEntry(rail=rail, where=where, action=action) for rail in rails]
    return second if mended else None
