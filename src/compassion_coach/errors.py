"""Every error that this package raises, in one tree.

    CoachError
    ├── InputError          what was given cannot be read (missing, empty, binary, too long), or the answer not written
    ├── SettingError        an option, variable or settings file says something that is not understood
    ├── DataError           a file of the package itself is broken: a rule, a phrase, a helpline, a weight
    ├── MissingExtraError   an optional part is not installed; the message names the command that installs it
    └── ModelError          the language model gave nothing that can be shown
        ├── UnreachableError    no connection, a time limit, or a server that failed each time it was asked
        ├── KeyRefusedError     the server did not accept the key
        │   └── NoKeyError          there is no key, or none that can be sent, and so nothing was sent
        ├── RequestRefusedError the server did not take the request, in none of the forms that were tried
        ├── NotSentError        the letter was not sent: personal details stayed in it, or enough was spent
        └── AnswerError         an answer came and cannot be used: refused, cut short, empty, malformed

A message says what happened and what can be done about it, in plain words. No message holds a word
of a letter, nor a key; errors from libraries that might are not even kept as `__context__` (see `parted`).
"""

from typing import TypeVar

AnError = TypeVar("AnError", bound=BaseException)


def parted(error: AnError) -> AnError:
    """Return an error without those that it arose from: theirs may hold a letter, an answer or a key."""
    error.__cause__ = error.__context__ = None
    return error


class CoachError(Exception):
    """The root: `except CoachError` catches whatever this package raises on purpose."""


class InputError(CoachError):
    """What was given cannot be read, or the answer not written where it was to go."""


class SettingError(CoachError):
    """A setting is unknown or has a value that is not understood."""


class DataError(CoachError):
    """A file under `prompts/`, `guardrails/` or `weights/` cannot be used as it stands."""


class MissingExtraError(CoachError):
    """An optional dependency is missing."""


class ModelError(CoachError):
    """The language model gave nothing that can be shown. `sent` is whether the letter may have reached its server."""

    sent = True


class UnreachableError(ModelError):
    """The server could not be reached, took too long, or failed every time."""


class KeyRefusedError(ModelError):
    """The server did not accept the key."""


class NoKeyError(KeyRefusedError):
    """There is no key that could be sent."""

    sent = False


class RequestRefusedError(ModelError):
    """The server did not take the request as it was made; a plainer one may be taken."""


class NotSentError(ModelError):
    """The letter was not sent to the server."""

    sent = False


class AnswerError(ModelError):
    """An answer came, and it cannot be used."""
