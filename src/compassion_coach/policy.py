"""What each level of distress allows: what is sent, what is read, what is shown."""

from dataclasses import dataclass

from compassion_coach.data import read_toml
from compassion_coach.embedded.language import MANY, language_in
from compassion_coach.errors import DataError
from compassion_coach.letter import Letter
from compassion_coach.vocabulary import Level

STAYS_HERE = "A letter with this much distress stays on this computer; people come forward."
"""What is said of a letter whose level lets no model read it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What may happen with a letter.

    `unread` says in plain words what cannot be read, or is None; `readable` is whether something can. `only_warm`
    shows warm marks and nothing else.
    """

    level: Level
    language: str
    ask_model: bool
    show_marks: bool
    only_warm: bool
    readable: bool
    unread: str | None


def plan_for(level: Level, language: str) -> Plan:
    """Return what a level allows.

    `urgent`: nothing leaves the machine, and nothing is said of the writing. `concern`: nothing leaves the machine,
    and only what is warm is shown. `tender` and `none`: the reflection, by a model where one was chosen.
    """
    unread = None if language in ("en", "und") else _cannot_read(language)
    readable = unread is None or language == MANY
    return Plan(
        level=level,
        language=language,
        ask_model=not level.is_grave and unread is None,
        show_marks=level is not Level.URGENT and readable,
        only_warm=level is Level.CONCERN,
        readable=readable,
        unread=unread,
    )


def plan_of(letter: Letter, level: Level) -> Plan:
    """Return what may happen with a letter that the screen heard this level in.

    Raises DataError where what tells its language is broken, but for a letter that speaks of danger.
    """
    try:
        language = language_in(letter)
    except DataError:
        if not level.is_grave:
            raise
        language = "und"  # that nobody can tell it keeps nobody from help
    return plan_for(level, language)


def why_kept_here(letter: Letter, plan: Plan) -> str | None:
    """Say in plain words why a letter is sent to no model, whoever asks, or return None where it may be."""
    if plan.unread or not plan.ask_model:
        return plan.unread or STAYS_HERE
    return None if any(not s.private and letter.has_words(s) for s in letter.sentences) else "It has no words to send."


def _cannot_read(language: str) -> str:
    if language == MANY:
        return (
            "Some of this letter seems not to be in English, which is all that this program reads; it passed that over."
        )
    name = read_toml("guardrails/languages.toml")["names"].get(language, "a language other than English")
    return f"This letter seems to be in {name}, and this program reads English only, so nothing in it was marked."
