"""A letter that was taken in and screened: how every way to read one begins. Nothing that could send it exists yet."""

from dataclasses import dataclass

from compassion_coach.letter import Letter
from compassion_coach.policy import Plan, plan_of
from compassion_coach.reflection import Distress
from compassion_coach.screen import screen


@dataclass(frozen=True, slots=True)
class Screened:
    """A letter, the distress that was heard in it, and what its level allows."""

    letter: Letter
    distress: Distress
    plan: Plan


def screened(text: str) -> Screened:
    """Take in and screen a letter. Raises InputError for a string that is no text; DataError where a file of the
    package is broken, but for a letter that speaks of danger.
    """
    letter = Letter.of(text)
    distress = screen(letter)
    return Screened(letter, distress, plan_of(letter, distress.level))
