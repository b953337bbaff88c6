"""Put a reflection together from what was screened, read and judged."""

from typing import cast

from compassion_coach.letter import Letter
from compassion_coach.policy import Plan
from compassion_coach.reading import Observation, Reading
from compassion_coach.reflection import Distress, Mark, MarkKind, Reflection
from compassion_coach.remarks.mend import Words
from compassion_coach.support import support_for, support_unread


def compose(
    letter: Letter,
    *,
    distress: Distress,
    plan: Plan,
    reading: Reading,
    words: Words,
    degraded: str | None,
    sent_to: str | None,
    region: str | None,
) -> Reflection:
    """Return the reflection. Every quote is cut from the letter here, at its offsets, so none can be wrong."""
    support = support_for(distress, region)
    if support is None and plan.unread:
        support = support_unread(region, readable=plan.readable)
    return Reflection(
        letter_sha256=letter.sha256,
        language=plan.language,
        reader=reading.reader,
        marks=tuple(_mark(letter, o, n) for o, n in zip(words.observations, words.notes, strict=True)),
        turns=words.turns,
        overall=words.overall,
        questions=words.questions,
        distress=distress,
        support=support,
        guard=words.guard,
        degraded=degraded,
        sent_to=sent_to,
    )


def _mark(letter: Letter, seen: Observation, note: str) -> Mark:
    return Mark(
        sentence=seen.sentence,
        start=seen.start,
        end=seen.end,
        start_utf16=letter.utf16(seen.start),
        end_utf16=letter.utf16(seen.end),
        quote=letter.text[seen.start : seen.end],
        kind=cast("MarkKind", seen.quality.kind),
        quality=seen.quality,
        confidence=seen.confidence,
        note=note,
    )
