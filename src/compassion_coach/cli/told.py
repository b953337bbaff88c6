"""What `prescreen` says on the way: what will be sent, what was read, and what waits."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from compassion_coach.prescreen import Options, Summary
    from compassion_coach.prescreen.ways.model import Model

_MOST_REASONS = 3


def tell(summary: "Summary") -> None:
    """Say what a run did, and what a model did not."""
    from compassion_coach.prescreen.kept.waiting import UNDER_WAY

    known, before = "", summary.known - summary.copies
    if before:
        of_them = f"{before} of them with words that were read before"
        known = f", {of_them if summary.read else 'nothing new in them'}"
    click.echo(counted(summary.standings, summary.unopened, known), err=True)
    if summary.missed:
        are = "is" if summary.missed == 1 else "are"
        click.echo(f"{letters(summary.missed)} of the last run {are} no longer in the report.", err=True)
    failed = {why: many for why, many in summary.failed.items() if why != UNDER_WAY}
    if failed:
        many, why = letters(sum(failed.values())), " ".join(sorted(failed)[:_MOST_REASONS])
        told = "read here, and asked about by the next run"
        click.echo(f"The model could not be asked about {many}: {told}. {why}", err=True)


def counted(standings: Mapping[str, int], lost: int, known: str = "") -> str:
    """Return in a sentence how many letters stand where."""
    told = ", ".join(f"{standing} {many}" for standing, many in standings.items())
    return f"{letters(sum(standings.values()))}{known}: {told}. {lost} could not be opened."


def letters(many: int) -> str:
    """Return a number of letters in words."""
    return "1 letter" if many == 1 else f"{many} letters"


def tell_nobodys(listed: list[str], whose: str) -> None:
    """Say that files which were named one by one are no client's, unless it is told whose they are."""
    from compassion_coach.prescreen.finding.found import named_by_themselves

    if not whose and (many := named_by_themselves(listed)) > 1:
        click.echo(
            f"{many} files were named one by one, and their letters are no client's. To tell whose they are, name the "
            "folder above the clients' folders instead; --one-client NAME says that all are one client's.",
            err=True,
        )


def tell_waiting(output: Path) -> None:
    """Say which batches a report waits for."""
    from compassion_coach.prescreen.kept.waiting import batches_in

    for each in batches_in(output):
        many = len(each.contents)
        name = f"batch {each.id}" if each.id else "a batch that was not confirmed"
        wait = "waits" if many == 1 else "wait"
        click.echo(f"{letters(many)} {wait} for {name}: the same command, run later, collects it.", err=True)


def announce(model: "Model", listed: list[str], out: Path, how: "Options") -> int:
    """Say where letters go, and roughly what it will take, before the first is sent. Returns how many at most."""
    from compassion_coach.prescreen.ways.ahead import to_send
    from compassion_coach.prescreen.ways.model import expected

    sizes, where = to_send(listed, out, how), f"the model {model.name} at {model.server}"
    if not sizes:
        click.echo(f"No letter is to be sent to {where}.", err=True)
        return 0
    usage = expected(len(sizes), sum(sizes))
    cost = f", about {model.cost(usage):.2f} at these prices" if any(model.prices) else ""
    click.echo(
        f"At most {letters(len(sizes))} to send to {where}, for those that speak of danger, and those not in English, "
        f"stay here: at most about {usage.prompt_tokens + usage.answer_tokens:,} tokens{cost}.",
        err=True,
    )
    return len(sizes)


def tell_sent(model: "Model", many: int) -> None:
    """Say how many letters left, once they did."""
    were = "No letter was" if not many else "1 letter was" if many == 1 else f"{many} letters were"
    click.echo(f"{were} sent to the model {model.name} at {model.server}.", err=True)
