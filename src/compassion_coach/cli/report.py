"""What the commands about a report share: where it is, and what is said where it cannot be written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from compassion_coach.errors import InputError

REPORT = click.option(
    "-o", "--output", default="prescreen", show_default=True, metavar="DIR", help="Where the report is, or goes."
)


@contextmanager
def writing(out: Path, meanwhile: str) -> Iterator[None]:
    """Say of a report that it could not be written, and how things stand `meanwhile`. Raises InputError."""
    try:
        yield
    except OSError as error:
        raise InputError(f"{out} could not be written: {error.strerror or error}. {meanwhile}") from None
