"""What is told of all letters together, once they are there: the table, a page for each client, files for programs."""

from collections.abc import Sequence
from pathlib import Path

from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.owned import folder, written
from compassion_coach.prescreen.kept.places import INDEX, MARKS, OF_CLIENTS, PARQUET, TABLE, within
from compassion_coach.prescreen.sources import Source
from compassion_coach.prescreen.told.exports import letters_csv, letters_parquet, marks_jsonl
from compassion_coach.prescreen.told.pages import client_name, client_page, index_page


def write_together(out: Path, journal: Journal, *, pages: bool) -> None:
    """Write what a journal knows into the report's folder. Without `pages` only the files for programs."""
    unread = list(journal.unread())
    if pages:
        _pages(out, journal, unread)
    else:
        (out / INDEX).unlink(missing_ok=True)  # one of an earlier run would tell what is no longer so
    letters_csv(out / TABLE, journal.letters(), unread)
    marks_jsonl(out / MARKS, journal.letters())
    letters_parquet(out / PARQUET, journal.letters(), unread)


def _pages(out: Path, journal: Journal, unread: Sequence[tuple[Source, str]]) -> None:
    clients = [(client, client_name(client)) for client in journal.clients()]
    beside = folder(out / OF_CLIENTS)
    theirs: dict[str, list[tuple[Source, str]]] = {}
    for source, why in unread:
        theirs.setdefault(source.client, []).append((source, why))
    for client, name in clients:
        with written(beside / name) as stream:
            stream.write(client_page(client, list(journal.letters(client)), theirs.get(client, ())))
        journal.add_page(within(beside / name), client)
    with written(out / INDEX) as stream:
        for part in index_page(journal.letters(), journal.standings(), clients, unread, journal.reader):
            stream.write(part)
