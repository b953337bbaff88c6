"""`compassion-coach prescreen forget`: a client, or a letter, is removed from a report."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compassion_coach.cli.report import REPORT, writing
from compassion_coach.cli.told import letters
from compassion_coach.text.shown import harmless

if TYPE_CHECKING:
    from compassion_coach.prescreen.kept.audit import Sent


class Prescreen(click.Command):
    """The command `prescreen`; where its first path is the word forget it is another one, with a help of its own."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if "forget" in args:  # which may be an option's, or a path after others; a folder of that name is ./forget
            asked = {"resilient_parsing": True, "ignore_unknown_options": True, "allow_interspersed_args": False}
            paths = super().make_context("", list(args), parent, **asked).params.get("paths") or ()
            if paths[:1] == ("forget",):  # what stands from there on is not parsed yet
                rest = [*args[: len(args) - len(paths)], *paths[1:]]
                return forget.make_context(f"{info_name} forget", rest, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command()
@click.argument("name", metavar="CLIENT|PATH|ID")
@REPORT
def forget(name: str, output: str) -> int:
    """Remove everything about one client from a report, or about one letter, by its path or its id.

    The letters themselves stay where they are. What had been sent to a model's server is told: this does not remove it
    there.
    """
    from compassion_coach.prescreen import forget as run
    from compassion_coach.prescreen.forgotten import spelt_otherwise
    from compassion_coach.prescreen.kept.pseudonyms import known_key

    key = known_key()
    with writing(Path(output), "Some of it may still be there: the same command, run again, removes it."):
        many = run(name, Path(output), key, _tell_sent)
        others = spelt_otherwise(name, Path(output))
    forgotten = letters(many) if many else "no letter, and whatever else was told"
    click.echo(f"Forgotten: {forgotten}. The letters themselves are where they were.", err=True)
    if others:
        click.echo(f"There are letters of {', '.join(map(harmless, others))} as well: not forgotten.", err=True)
    return 0


def _tell_sent(sent: "Sent") -> None:
    days = sent.first if sent.first == sent.last else f"{sent.first} to {sent.last}"
    told = f"{letters(sent.letters)} had been sent to {sent.server} on {days}"
    click.echo(f"{told}: what is kept there, this does not remove.", err=True)
