"""Find the letters under some paths: files, folders, patterns, archives and tables. One after another, never all.

What cannot be read is found as well, with the reason in plain words; it never stops the rest.
"""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.prescreen.days import day_of, first_in, is_of_time
from compassion_coach.prescreen.finding.inside import COLLECTIONS, found_in, without_faults
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.kept.places import JOURNAL
from compassion_coach.prescreen.sources import Found, Source, apart, client_in, is_passed_over, may_be_a_client, named

_DEEPEST = 100  # folders within folders


def find(paths: Iterable[str], columns: Columns, report: Path | None = None, whose: str = "") -> Iterator[Found]:
    """Yield every letter under some paths, in the order of the paths and then of names; with `whose` all one client's.

    Each file is read once, however many ways lead to it, and nothing in the folder of the report itself. A path that
    is not there is told as what cannot be read.
    """
    for file, client, first in _walked(paths, report):
        source = Source(str(file), file.stem, client)
        yield from without_faults(_in_file(file, source, columns, first), source, file.suffix.lower(), whose)


def check(paths: Iterable[str], whose: str = "") -> None:
    """Raise InputError for a path that is not there, before any other is read; and where folders of one name lie in
    several of them, and nobody says `whose`: they may be one client's, or each of another.
    """
    clients: dict[str, list[str]] = {}
    for given in paths:
        found = _matching(given)
        if not found:
            raise InputError(f"There is no file or folder {given}.")
        clients |= {f"{one}": [] if is_of_time(one.name) or _holds_letters(one) else _folders_in(one) for one in found}
    if not whose:
        apart(clients)


def _folders_in(path: Path) -> list[str]:
    """Return the names of the folders in a folder that may be clients'."""
    with suppress(OSError):
        folders = path.iterdir() if path.is_dir() else ()
        return [one.name for one in folders if one.is_dir() and may_be_a_client(one.name)]
    return []


def named_by_themselves(paths: Iterable[str]) -> int:
    """Return how many files are named and no folder that they lie in, which could tell whose they are."""
    found = (one for given in paths for one in _matching(given))
    return sum(1 for one in found if one.suffix.lower() not in COLLECTIONS and one.is_file())


def count(paths: Iterable[str], columns: Columns, report: Path | None = None) -> int:
    """Return how many letters `find` will yield, those that cannot be read included.

    Only tables and archives are read: a message outside them counts as one, and `find` yields what is attached to it.
    """
    many = 0
    for file, client, _ in _walked(paths, report):
        source, suffix = Source(str(file), file.stem, client), file.suffix.lower()
        inside = without_faults(_in_file(file, source, columns), source, suffix)
        many += sum(1 for _ in inside) if suffix in COLLECTIONS else 1
    return many


def _walked(paths: Iterable[str], report: Path | None) -> Iterator[tuple[Path, str, str]]:
    """Yield the files under some paths with their clients, and with what stands first in the dates beside them."""
    seen: set[tuple[int, int]] = set()
    if report and report.exists():
        there = report.stat()
        seen.add((there.st_dev, there.st_ino))
    roots = [one for path in paths for one in _matching(path) or [Path(path)]]
    for one in roots:
        yield from _files(one, one.parent if len(roots) > 1 and _holds_letters(one) else one, seen)


def _holds_letters(path: Path) -> bool:
    """Whether files lie in a folder itself: among several, such a folder is a client's, and others hold clients'."""
    with suppress(OSError):
        return path.is_dir() and any(one.is_file() and not is_passed_over(one.name) for one in path.iterdir())
    return False


def _matching(given: str) -> list[Path]:
    """Return the paths that a path or a pattern stands for: none where nothing is there.

    A pattern stands for nothing that is passed over in a folder, unless it names it.
    """
    path = Path(given)
    if os.path.lexists(path):
        return [path]
    if not set("*?[") & set(given) or "\0" in given:
        return []
    try:
        found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        return [one for one in found if not any(map(is_passed_over, {*one.parts} - {*path.parts, ".."}))]
    except ValueError:
        raise InputError(f"The pattern {given} is not understood.") from None


def _files(
    path: Path, root: Path, seen: set[tuple[int, int]], first: str = "", depth: int = 0
) -> Iterator[tuple[Path, str, str]]:
    """Yield the files under a path with the client that their folder is named after; a loop of links ends.

    `first` is what stands first in the dates of the folder above, the day or the month; a client's own folders follow
    it. A folder that lies deeper than any letter is yielded itself, and found to be none.
    """
    parts, is_folder = path.relative_to(root).parts, False
    try:
        there = path.stat()
        if (there.st_dev, there.st_ino) in seen:
            return
        seen.add((there.st_dev, there.st_ino))
        is_folder = stat.S_ISDIR(there.st_mode)
        inside = sorted(path.iterdir()) if is_folder and depth < _DEEPEST else None
        if inside and any(one.name == JOURNAL for one in inside):
            return  # the report of another run
    except (OSError, ValueError):  # the latter of a name that holds what no name can; why is told where it is read
        yield path, client_in(parts if is_folder else parts[:-1]), first
        return
    if inside is None:
        yield path, client_in(parts[:-1]), first
        return
    names = [one.name for one in inside if not is_passed_over(one.name)]
    first = first_in(names, first if client_in(parts[:-1]) else "")
    for name in names:
        yield from _files(path / name, root, seen, first, depth + 1)


def _in_file(path: Path, source: Source, columns: Columns, first: str = "") -> Iterator[Found]:
    where, suffix = str(path), path.suffix.lower()
    if "\0" in where:
        why = "No file can be called so: in a list of paths each has a line of its own, without the character NUL."
        yield Found(source, suffix, unread=why)
        return
    there = path.stat()
    if not stat.S_ISREG(there.st_mode):
        why = "This folder cannot be opened." if stat.S_ISDIR(there.st_mode) else "It is no file that can be read."
        yield Found(source, suffix, unread=why)
        return
    source = named(source, path.name, day_of(there.st_mtime), first)
    with path.open("rb") as stream:
        yield from found_in(stream, source, suffix, there.st_size, columns)
