"""Read a compassionate letter to yourself back: where it is warm, where advice or invalidation creeps in.

    from compassion_coach import Coach

    reflection = Coach().reflect(letter)
    for mark in reflection.marks:
        print(mark.quality, mark.quote, mark.note)

Everything named in `__all__` is public; the rest may change.
"""

from typing import TYPE_CHECKING

from compassion_coach._version import __version__

if TYPE_CHECKING:
    from compassion_coach.coach import Coach
    from compassion_coach.errors import (
        AnswerError,
        CoachError,
        DataError,
        InputError,
        KeyRefusedError,
        MissingExtraError,
        ModelError,
        NoKeyError,
        NotSentError,
        RequestRefusedError,
        SettingError,
        UnreachableError,
    )
    from compassion_coach.letter import Letter, Sentence
    from compassion_coach.reflection import Mark, Reflection, Turn
    from compassion_coach.vocabulary import Kind, Level, Quality

_HOMES = {
    "Coach": "coach",
    "AnswerError": "errors",
    "CoachError": "errors",
    "DataError": "errors",
    "InputError": "errors",
    "KeyRefusedError": "errors",
    "MissingExtraError": "errors",
    "ModelError": "errors",
    "NoKeyError": "errors",
    "NotSentError": "errors",
    "RequestRefusedError": "errors",
    "SettingError": "errors",
    "UnreachableError": "errors",
    "Letter": "letter",
    "Sentence": "letter",
    "Mark": "reflection",
    "Reflection": "reflection",
    "Turn": "reflection",
    "Kind": "vocabulary",
    "Level": "vocabulary",
    "Quality": "vocabulary",
}

__all__ = [
    "AnswerError",
    "Coach",
    "CoachError",
    "DataError",
    "InputError",
    "KeyRefusedError",
    "Kind",
    "Letter",
    "Level",
    "Mark",
    "MissingExtraError",
    "ModelError",
    "NoKeyError",
    "NotSentError",
    "Quality",
    "Reflection",
    "RequestRefusedError",
    "Sentence",
    "SettingError",
    "Turn",
    "UnreachableError",
    "__version__",
]


def __dir__() -> list[str]:
    """Name what is public, imported yet or not."""
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import compassion_coach` costs next to nothing."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"compassion_coach.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
