"""What each level of distress allows: what is sent, what is read, what is shown."""

from dataclasses import dataclass

from compassion_coach.data import read_toml
from compassion_coach.vocabulary import Level


@dataclass(frozen=True, slots=True)
class Plan:
    """What may happen with a letter.

    `unread` says in plain words why nothing can be read, or is None. `only_warm` shows warm marks and nothing else.
    """

    level: Level
    language: str
    ask_model: bool
    show_marks: bool
    only_warm: bool
    unread: str | None


def plan_for(level: Level, language: str) -> Plan:
    """Return what a level allows.

    `urgent`: nothing leaves the machine, and nothing is said of the writing. `concern`: nothing leaves the machine,
    and only what is warm is shown. `tender` and `none`: the reflection, by a model where one was chosen.
    """
    unread = None if language in ("en", "und") else _cannot_read(language)
    calm = level in (Level.NONE, Level.TENDER)
    return Plan(
        level=level,
        language=language,
        ask_model=calm and unread is None,
        show_marks=level is not Level.URGENT and unread is None,
        only_warm=level is Level.CONCERN,
        unread=unread,
    )


def _cannot_read(language: str) -> str:
    name = read_toml("guardrails/languages.toml")["names"].get(language, "a language other than English")
    return f"This letter seems to be in {name}, and this program reads English only, so nothing in it was marked."
