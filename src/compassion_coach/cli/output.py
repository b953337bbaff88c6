"""Where an answer goes: what can be known of it before a letter is read, and what is left where it fails."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from stat import S_ISDIR
from typing import TYPE_CHECKING

import click

from compassion_coach.cli.aside import aside
from compassion_coach.errors import CoachError, DataError, InputError

if TYPE_CHECKING:
    from compassion_coach.reflection import Reflection

_ITSELF = "The output would replace the letter itself. Any other file name will do."


def why_not_written(output: str | None, form: str, file: str) -> CoachError | None:
    """Return the error that an answer would end in, or None: so much is known before a letter goes anywhere."""
    if form == "docx":
        from compassion_coach.render.docx import needed

        try:
            needed()
        except CoachError as error:
            return error
    if output is None:
        a_screen = form == "docx" and sys.stdout.isatty()
        return InputError("A Word file is not for a terminal: -o read-back.docx gives it a name.") if a_screen else None
    if _is_the_letter(output, file):
        return InputError(_ITSELF)
    there = Path(output)
    try:
        known = there.exists()
        folder = S_ISDIR((there if known else there.parent).stat().st_mode)
    except (OSError, ValueError) as error:
        return _not_written(output, getattr(error, "strerror", None))
    if folder is known:
        return _not_written(output, os.strerror(errno.EISDIR if known else errno.ENOTDIR))
    can = os.access(there if known else there.parent, os.W_OK)
    return None if can else _not_written(output, os.strerror(errno.EACCES))


def why_not_over(output: str | None, text: str) -> CoachError | None:
    """Return the error where an output holds the very letter that was read, which may have come through a pipe."""
    try:
        there = Path(output or "")
        same = there.is_file() and there.read_bytes() == text.encode("utf-8")  # what is no file may have no end
    except (OSError, ValueError):  # it is not there yet, or no file that is read
        return None
    return InputError(_ITSELF) if same else None


def _is_the_letter(output: str, file: str) -> bool:
    """Whether an output is the very file that the letter comes from, by another name or as standard input.

    Of that, some may have been read by another program: then its bytes, by which `why_not_over` knows it, are others.
    """
    try:
        source = os.fstat(sys.stdin.fileno()) if file == "-" else Path(file).stat()
        return os.path.samestat(source, Path(output).stat())
    except (OSError, ValueError):  # one of them is no file yet, or standard input is no file at all
        return False


def _not_written(output: str, why: str | None) -> InputError:
    name = output or "A file without a name"
    return InputError(f"{name} could not be written: {why or 'the name cannot be used'}.")


def write(answer: str | bytes, output: str | None) -> None:
    """Write an answer to a file, or to standard output. Raises InputError where the file cannot be written."""
    if output is None:
        click.echo(answer, nl=False)
        return
    raw = answer.encode("utf-8", "surrogateescape") if isinstance(answer, str) else answer
    try:
        Path(output).write_bytes(raw)
    except OSError as error:
        raise _not_written(output, error.strerror) from None


@contextmanager
def people_named_where_broken() -> Iterator[None]:
    """Name where help is, wherever that is, when the program itself fails with a letter in its hands: nobody knows then
    what is in it.
    """
    try:
        yield
    except (click.ClickException, click.exceptions.Exit, click.Abort, OSError):
        raise
    except Exception as error:
        if not isinstance(error, CoachError) or isinstance(error, DataError):
            from compassion_coach.support import ANYWHERE

            aside(ANYWHERE)
        raise


def bring_people(reflection: "Reflection") -> None:
    """Name people beside an error, where they are needed and the answer with them could not be shown."""
    if reflection.support:
        from compassion_coach.render.layout import region_note
        from compassion_coach.render.terminal import support_lines, window

        lines = [*support_lines(reflection.support, window(sys.stderr)), "", region_note(reflection)]
        click.echo("\n".join(lines).rstrip() + "\n", err=True)
