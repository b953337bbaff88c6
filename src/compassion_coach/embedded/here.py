"""A letter that is read on this computer, though what reads it be broken: that keeps nobody from help."""

from compassion_coach.embedded.reader import LocalReader
from compassion_coach.errors import DataError
from compassion_coach.letter import Letter
from compassion_coach.reading import Reading
from compassion_coach.reflection import ReaderInfo
from compassion_coach.vocabulary import Level

NOBODY = Reading(ReaderInfo(name="local", model="none", version="none"), ())
"""The reading of a letter that nobody read."""


def reading_here(letter: Letter, level: Level) -> tuple[Reading, str | None]:
    """Let the embedded reader read a letter of this level. Returns its reading; where it is broken see `by_nobody`."""
    try:
        return LocalReader().read(letter), None
    except DataError as error:
        return by_nobody(level, error)


def by_nobody(level: Level, error: DataError) -> tuple[Reading, str]:
    """Return NOBODY, and in plain words why, where a broken file lets nobody read and people come forward all the same.

    Raises the error for a letter that needs nobody.
    """
    if not level.is_grave:
        raise error
    return NOBODY, f"{error} Nothing in this letter was marked."
