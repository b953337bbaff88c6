"""What the rules in `guardrails/marks/` say of a folded sentence: evidence for a quality, each with a confidence.

Evidence of no more than LEANING is heard only where nothing stronger speaks. A rule counts once however often it
matches. One that is HARMLESS is so sure of a line's kindness that no reproach is heard in it.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

from compassion_coach.rules.patterns import Hit, bank_of
from compassion_coach.vocabulary import Kind, Quality

LEANING, HARMLESS = 0.65, 0.98


def hits_in(text: str) -> list[Hit]:
    """Return every match of a rule in a folded sentence."""
    return list(bank_of("marks").hits(text))


def evidence(hits: Iterable[Hit], start: int, end: int) -> dict[Quality | None, float]:
    """Return how much speaks for each quality (None: for neutral) in a stretch, in logits: -log(1 - confidence)."""
    rules = list({hit.rule.name: hit.rule for hit in _within(hits, start, end)}.values())
    sure = [rule for rule in rules if rule.about["confidence"] > LEANING]
    found: dict[Quality | None, float] = {}
    for rule in sure or rules:
        quality = None if rule.about["kind"] == Kind.NEUTRAL else Quality(rule.about["quality"])
        found[quality] = found.get(quality, 0.0) - math.log(1.0 - rule.about["confidence"])
    return found


def is_excused(hits: Iterable[Hit], start: int, end: int) -> bool:
    """Whether some rule in a stretch is harmless: then nothing in it is a reproach, whatever the encoder hears."""
    sure = (hit.rule for hit in _within(hits, start, end) if hit.rule.about["confidence"] >= HARMLESS)
    return any(rule.about["kind"] in (Kind.WARM, Kind.NEUTRAL) for rule in sure)


def focus(hits: Sequence[Hit], start: int, end: int, quality: Quality) -> tuple[int, int] | None:
    """Return the words in a stretch that the surest rule of a quality matched, or None where none did.

    What a rule of another quality matched says nothing of this one.
    """
    inside = [hit for hit in _within(hits, start, end) if hit.rule.about.get("quality") == quality]
    if not inside:
        return None
    surest = max(inside, key=lambda hit: float(hit.rule.about["confidence"]))
    return max(start, surest.start), min(end, surest.end)


def _within(hits: Iterable[Hit], start: int, end: int) -> Iterator[Hit]:
    return (hit for hit in hits if start < hit.end and hit.start < end)
