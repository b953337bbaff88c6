"""What is said beside an answer, on stderr: nothing in it steers a terminal, whatever named it."""

import click

from compassion_coach.text.shown import harmless


def aside(told: str) -> None:
    """Say something on stderr. File names and settings of a folder may hold orders to a terminal."""
    click.echo(harmless(told), err=True)


def complain(told: object) -> None:
    """Say on stderr what went wrong, after the program's name."""
    aside(f"compassion-coach: {told}")
