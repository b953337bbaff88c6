"""Find the letters under some paths: files, folders, patterns, archives and tables. One after another, never all.

What cannot be read is found as well, with the reason in plain words; it never stops the rest.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from compassion_coach.errors import InputError
from compassion_coach.prescreen.finding.inside import found_in, told
from compassion_coach.prescreen.finding.tables import TABLES, Columns
from compassion_coach.prescreen.kept.places import JOURNAL
from compassion_coach.prescreen.sources import (
    Found,
    Source,
    about_in,
    date_in,
    first_in,
    is_of_time,
    is_passed_over,
)

_DEEPEST = 100  # folders within folders


def find(paths: Iterable[str], columns: Columns, report: Path | None = None, whose: str = "") -> Iterator[Found]:
    """Yield every letter under some paths, in the order of the paths and then of names; with `whose` all one client's.

    Each file is read once, however many ways lead to it, and nothing in the folder of the report itself. A path that
    is not there is told as what cannot be read.
    """
    for file, client, first in _walked(paths, report):
        source = Source(str(file), file.stem, client)
        yield from told(_in_file(file, client, columns, first), source, file.suffix.lower(), whose)


def check(paths: Iterable[str]) -> None:
    """Raise InputError for a path that is not there, before any other is read."""
    for given in paths:
        if not _matching(given):
            raise InputError(f"There is no file or folder {given}.")


def count(paths: Iterable[str], columns: Columns, report: Path | None = None) -> int:
    """Return how many letters `find` will yield, those that cannot be read included.

    Only tables and archives are read.
    """
    many = 0
    for file, client, _ in _walked(paths, report):
        one_letter = file.suffix.lower() not in (*TABLES, ".zip")
        source = Source(str(file), file.stem, client)
        many += 1 if one_letter else sum(1 for _ in told(_in_file(file, client, columns), source, ""))
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
    """Return the paths that a path or a pattern stands for: none where nothing is there."""
    path = Path(given)
    if os.path.lexists(path):
        return [path]
    try:
        pattern = str(path.relative_to(path.anchor))
        return sorted(Path(path.anchor).glob(pattern)) if set("*?[") & set(given) else []
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
    except OSError:  # why it cannot be read is told where it is read
        yield path, _client(parts if is_folder else parts[:-1]), first
        return
    if inside is None:
        yield path, _client(parts[:-1]), first
        return
    names = [one.name for one in inside if not is_passed_over(one.name)]
    first = first_in(names, first if _client(parts[:-1]) else "")
    for name in names:
        yield from _files(path / name, root, seen, first, depth + 1)


def _client(folders: Sequence[str]) -> str:
    """Return the first of some folders, each within the one before, that is not named after a year or a date."""
    return next((one for above, one in pairwise(["", *folders]) if not is_of_time(one, above)), "")


def _in_file(path: Path, client: str, columns: Columns, first: str = "") -> Iterator[Found]:
    where, suffix = str(path), path.suffix.lower()
    source = Source(where, path.stem, client)
    there = path.stat()
    if not stat.S_ISREG(there.st_mode):
        why = "This folder cannot be opened." if stat.S_ISDIR(there.st_mode) else "It is no file that can be read."
        yield Found(source, suffix, unread=why)
        return
    with suppress(ValueError, OverflowError):  # a day of no calendar is none
        source = source.dated("", datetime.fromtimestamp(there.st_mtime, UTC).date().isoformat())
    source = source.dated(date_in(path.name, first) or about_in(path.name))
    with path.open("rb") as stream:
        yield from found_in(stream, source, suffix, there.st_size, columns)
