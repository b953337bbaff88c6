"""Remove one person from a report, and what a run that was killed left half written."""

import json
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.prescreen.found import JOURNAL
from compassion_coach.prescreen.journal import Journal
from compassion_coach.prescreen.owned import HALF, written
from compassion_coach.prescreen.pseudonyms import pseudonym
from compassion_coach.prescreen.sources import normal
from compassion_coach.prescreen.together import INDEX, write_together

AUDIT = "audit.jsonl"
"""A line for each letter that was read: when, by whom, and where it was sent."""


def forget(client: str, out: Path, key: bytes | None = None) -> int:
    """Remove all that a report holds of one client, by name or by what stands for it. Returns how many letters it was.

    Raises InputError where the folder holds no report, or the report no such client.
    """
    if not (out / JOURNAL).is_file():
        raise InputError(f"There is no report in {out}.")
    client = normal(client)
    if not client:
        raise InputError("Whose letters are to be forgotten is not told: letters without a client are nobody's.")
    with Journal(out / JOURNAL) as journal:
        sweep(out)
        names = [client, pseudonym("client", client, key)] if key else [client]
        gone = [journal.forget(name) for name in names]
        many = sum(places for places, *_ in gone)
        files = [file for _, some, _ in gone for file in some]
        if not many and not files:
            known = list(filter(None, journal.clients_ever()))
            like = [name for name in known if client.casefold() in name.casefold()]
            near = f" There are letters of {', '.join(like[:5])}." if like else ""
            near = near if known else " None of its letters tells whose it is."
            raise InputError(f"The report in {out} holds no letter of that client.{near}")
        for file in files:
            (out / file).unlink(missing_ok=True)
        contents = {content for *_, some in gone for content in some if not journal.holds(content)}
        if (out / AUDIT).exists():
            lines = [line for line in (out / AUDIT).read_text("utf-8").splitlines() if _letter_in(line) not in contents]
            with written(out / AUDIT) as stream:
                stream.writelines(f"{line}\n" for line in lines)
        write_together(out, journal, pages=(out / INDEX).exists())
    return many


def sweep(out: Path) -> None:
    """Remove what a run that was killed left half written: it holds letters."""
    for place in (out, out / "letters", out / "clients"):
        for path in place.glob(".*") if place.is_dir() else ():
            if HALF.fullmatch(path.name):
                path.unlink(missing_ok=True)


def _letter_in(line: str) -> str | None:
    """Return which letter a line of the audit tells of; None where a killed run left half a line."""
    try:
        return str(json.loads(line).get("letter"))
    except (ValueError, AttributeError):
        return None
