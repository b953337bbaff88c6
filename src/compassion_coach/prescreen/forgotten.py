"""Remove a person, or a letter, from a report, and what a run that was killed left half written or half removed."""

from collections.abc import Callable
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.prescreen.kept.audit import Sent, say, without
from compassion_coach.prescreen.kept.journal import Journal
from compassion_coach.prescreen.kept.leaving import (
    is_marked,
    mark_client,
    mark_places,
    marked,
    places_called,
    places_in,
    remove_marked,
)
from compassion_coach.prescreen.kept.owned import HALF
from compassion_coach.prescreen.kept.places import INDEX, JOURNAL, OF_CLIENTS, OF_LETTERS, PAGE, within
from compassion_coach.prescreen.kept.pseudonyms import absolute, client_under, place_under
from compassion_coach.prescreen.kept.waiting import waits_no_longer
from compassion_coach.prescreen.sources import normal
from compassion_coach.prescreen.told.together import write_together


def forget(name: str, out: Path, key: bytes | None = None, told: Callable[[Sent], None] = lambda _: None) -> int:
    """Remove all that a report holds of one client, or else of one letter. Returns how many letters it was, of which
    there may be none beside files that could not be opened, or that were letters before.

    A client goes by name or by what stands for it, a letter by its path or its id. `told` is called with what had been
    sent to a server, which may still have it. What a run that was killed had begun to forget is forgotten as well.
    Raises InputError where the folder holds no report, the report nothing of that name, or several letters of that id;
    OSError where it cannot be written: the next call, or the next run, goes on.
    """
    if not (out / JOURNAL).is_file():
        raise InputError(f"There is no report in {out}.")
    name = normal(name)
    if not name:
        raise InputError(
            "Whose letters are to be forgotten is not told: letters without a client are nobody's, and go by their "
            "path or id."
        )
    with Journal(out / JOURNAL) as journal:
        many = _marked(name, journal, key)
        recover(out, journal, told)
        if many is None:
            raise InputError(f"The report in {out} holds no letter of that client.{_near(name, journal)}")
    return many


def spelt_otherwise(name: str, out: Path) -> list[str]:
    """Return the clients that a report holds under the same name, but for capitals and blanks: the same, perhaps."""
    with Journal(out / JOURNAL) as journal:
        name = normal(name)
        return [one for one in journal.clients_ever() if one != name and _alike(one) == _alike(name)]


def _alike(name: str) -> str:
    return " ".join(name.split()).casefold()


def recover(out: Path, journal: Journal, told: Callable[[Sent], None] = lambda _: None) -> None:
    """Finish what a run that was killed left in a report: lines that are not said, letters half forgotten, pages that
    the journal does not know, and what was half written. All of these hold letters, or tell of them.
    """
    say(out, journal)
    if is_marked(journal.base):
        files, contents = marked(journal.base)
        for file in files:
            (out / file).unlink(missing_ok=True)
        waits_no_longer(out, contents)
        for sent in without(out, contents):
            told(sent)
        write_together(out, journal, pages=(out / INDEX).exists())
        remove_marked(journal.base)
    for place in (out, out / OF_LETTERS, out / OF_CLIENTS):
        for path in place.iterdir() if place.is_dir() else ():
            page = place != out and PAGE.fullmatch(path.name)
            if HALF.fullmatch(path.name) or (page and journal.stamp_of(within(path)) is None):
                path.unlink(missing_ok=True)


def _marked(name: str, journal: Journal, key: bytes | None) -> int | None:
    """Mark what is to be forgotten and return how many letters it is, or None where there is nothing of that name.

    Raises InputError where several letters have it.
    """
    clients = [name, client_under(name, key)] if key else [name]
    found = [mark_client(journal.base, client) for client in clients]
    if any(letters or others for letters, others in found):
        return sum(letters for letters, _ in found)
    places = sorted({place for one in _spellings(name, key) for place in places_in(journal.base, one)})
    if not places and len(places := places_called(journal.base, name)) > 1:
        raise InputError(f"{len(places)} letters are called {name}; a path tells which: {', '.join(places[:5])}.")
    letters = mark_places(journal.base, places)
    return letters if places else None


def _spellings(name: str, key: bytes | None) -> list[str]:
    """Return the ways in which a report may spell a path: as it was given, from the root, from here, or hidden."""
    here, path = Path.cwd(), absolute(name)
    from_here = [str(Path(path).relative_to(here))] if Path(path).is_relative_to(here) else []
    return [name, path, *from_here, *([place_under(path, key)] if key else [])]


def _near(name: str, journal: Journal) -> str:
    """Say what a name may be meant for that the report does not hold."""
    known = list(filter(None, journal.clients_ever()))
    if not known:
        return " None of its letters tells whose it is: each goes by its path or id."
    last = _alike(Path(name).name)  # a folder's path was given, perhaps
    like = [client for client in known if _alike(name) in _alike(client) or _alike(client) == last]
    return f" There are letters of {', '.join(like[:5])}." if like else ""
