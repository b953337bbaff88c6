"""A letter that was taken in and screened: how every way to read one begins. Nothing that could send it exists yet."""

from dataclasses import dataclass

from compassion_coach.embedded.agreed import heard
from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import DataError
from compassion_coach.letter import Letter
from compassion_coach.policy import Plan, plan_for, plan_of, why_kept_here
from compassion_coach.reading import Reading
from compassion_coach.reflection import Distress
from compassion_coach.screen import screen


@dataclass(frozen=True, slots=True)
class Screened:
    """A letter, the distress that was heard in it, and what its level allows.

    `own` is the embedded reader's reading, where it had to be asked before a model may be.
    """

    letter: Letter
    distress: Distress
    plan: Plan
    own: Reading | None = None


def screened(letter: Letter) -> Screened:
    """Screen a letter. Raises DataError where a file of the package is broken, but for a letter that is known to speak
    of danger.
    """
    distress = screen(letter)
    return Screened(letter, distress, plan_of(letter, distress.level))


def before_sending(start: Screened) -> Screened:
    """Return a letter as far as it may be sent: the embedded reader hears danger that the screen did not, and a letter
    in which it does stays here. Where it is broken the screen tells alone; all that it doubts counts as danger then.
    """
    if why_kept_here(start.letter, start.plan):
        return start
    try:
        own = LocalReader().read(start.letter)
    except DataError:
        return start
    distress = heard(start.letter, start.distress, own)
    return Screened(start.letter, distress, plan_for(distress.level, start.plan.language), own)
