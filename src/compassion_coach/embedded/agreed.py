"""A model's marks beside the embedded reader's: where one hears warmth and the other its opposite, nothing is said.

The rails judge what a model writes, and cannot see a ♥ on words that condemn. So the embedded reader reads along, and
where it would mark the opposite, whoever is right, the model's mark is left out: silence is better than a wrong
reproach, and than blame that is called kind. GUARDRAILS.md says what that costs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from compassion_coach.embedded.here import reading_here
from compassion_coach.embedded.reader import LocalReader, labels
from compassion_coach.letter import Letter
from compassion_coach.reading import Observation, Reading, each_once
from compassion_coach.reflection import Distress, GuardEntry, Signal
from compassion_coach.screen import signal_of
from compassion_coach.vocabulary import Kind

_RAIL = "agreement"


def settled(
    letter: Letter, distress: Distress, reading: Reading, own: Reading | None = None, *, compared: bool = True
) -> tuple[Distress, Reading, str | None]:
    """Return what stands when a letter was screened and read: its distress, its marks, and why nobody marked it.

    Where a reader makes the letter a grave one, which no model reads, the embedded reader's marks stand, or nobody's
    where it is broken; else a model's, as far as they are `agreed` with its `own` reading. Those that were the embedded
    reader's are not to be `compared`. Raises DataError as `agreed` does.
    """
    known, distress = distress.level, heard(letter, distress, reading)
    if distress.level.is_grave and not known.is_grave:
        return distress, *reading_here(letter, distress.level)
    if compared and reading.reader.name == "model":
        reading = agreed(letter, reading, own)
    return distress, reading, None


def heard(letter: Letter, distress: Distress, reading: Reading) -> Distress:
    """Return the distress of a letter with what a reader heard of it besides.

    It may raise the level and never lower it; the sentences in which it is sure of danger are signals then.
    """
    raised = reading.level.rank > distress.level.rank
    if not raised and not (reading.endangered and reading.level is distress.level):
        return distress
    signals = [signal_of(letter, letter.sentences[index]) for index in reading.endangered]
    return Distress(level=reading.level, signals=tuple(_with(distress.signals, signals)))


def agreed(letter: Letter, reading: Reading, own: Reading | None = None) -> Reading:
    """Return a model's reading without the marks that the embedded reader contradicts; `stopped` tells of each.

    `own` is its reading of the letter, where that is there already.

    What the model said of the whole letter was said of those marks too, and goes with them. A ♥ on words that are cold
    by themselves is for the sentence that they were cut from, and is put on all of it. Raises DataError where the
    embedded reader is broken: marks that nobody compared could not be judged, and its own reading raises the same.
    """
    if not reading.observations:
        return reading
    seen = each_once(_whole(letter, reading.observations))
    here = (own or LocalReader().read(letter)).observations
    kept = tuple(one for one in seen if not _contradicted(one, [o for o in here if o.sentence == one.sentence]))
    if len(kept) == len(seen):
        return replace(reading, observations=kept)
    dropped = [GuardEntry(rail=_RAIL, where="observations", action="dropped")] * (len(seen) - len(kept))
    said = {"overall": reading.overall, "questions[0]": reading.question}
    replaced = [GuardEntry(rail=_RAIL, where=where, action="replaced") for where, words in said.items() if words]
    return replace(reading, observations=kept, overall=None, question=None, stopped=(*dropped, *replaced))


def _with(signals: Sequence[Signal], heard: Sequence[Signal]) -> list[Signal]:
    """Return signals in the order of the letter with those that were heard besides, where none stands already."""
    more = [one for one in heard if not any(one.start < s.end and s.start < one.end for s in signals)]
    return sorted((*signals, *more), key=lambda one: (one.start, one.end))


def _whole(letter: Letter, observations: Sequence[Observation]) -> Iterator[Observation]:
    """Yield observations; one of warmth, cut from words without which it is cold, over its sentence."""
    cut = [one for one in observations if one.quality.kind is Kind.WARM and _is_part(letter, one)]
    alone = dict(zip(cut, labels([letter.text[one.start : one.end] for one in cut]), strict=True))
    for one in observations:
        sentence = letter.sentences[one.sentence]
        cold = one in alone and alone[one].kind in (Kind.ADVICE, Kind.INVALIDATION)
        yield replace(one, start=sentence.start, end=sentence.end) if cold else one


def _is_part(letter: Letter, one: Observation) -> bool:
    sentence = letter.sentences[one.sentence]
    return (one.start, one.end) != (sentence.start, sentence.end)


def _contradicted(seen: Observation, own: Sequence[Observation]) -> bool:
    """Whether the embedded reader's own marks in a sentence say the opposite of a model's.

    Where it hears anything cold in the sentence, a ♥ stands on what it hears as warm alone, for a clipped excerpt can
    leave out what made it cold.
    """
    here = {o.quality.kind is Kind.WARM for o in own if o.start < seen.end and seen.start < o.end}
    if seen.quality.kind is Kind.WARM:
        return here != {True} and any(o.quality.kind is not Kind.WARM for o in own)
    return here == {True}
