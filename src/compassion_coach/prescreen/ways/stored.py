"""Where letters lie in shared or object storage, and whose they are, before any is read: pyarrow knows the addresses.

What the local engine finds in a folder is found here as well (`finding/found.py`): no hidden files, no other report,
and folders are clients.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from compassion_coach.prescreen.days import day_of, is_of_time
from compassion_coach.prescreen.finding.inside import firsts_in
from compassion_coach.prescreen.kept.places import JOURNAL
from compassion_coach.prescreen.sources import Source, apart, client_in, is_passed_over, may_be_a_client, named


@dataclass(frozen=True, slots=True)
class Places:
    """What is known of where letters lie, before any is read.

    `roots` are the paths that were asked for, each with the folder below which folders are clients, and with what
    stands first in the dates of a folder, where names in it settle that. A letter is the first's that leads to it.
    """

    roots: Mapping[str, tuple[PurePosixPath, Mapping[PurePosixPath, str]]]

    def source(self, path: str) -> Source:
        """Return where a letter comes from, whose it is, and of which day, by its path."""
        name = PurePosixPath(path)
        leading = (found for given, found in self.roots.items() if name.is_relative_to(given))
        root, firsts = next(leading, (name.parent, {}))
        source = Source(path, name.stem, client_in(name.relative_to(root).parts[:-1]))
        return named(source, name.name, _written_on(path), firsts.get(name.parent, ""))


def places(paths: Sequence[str], whose: str = "") -> tuple[Places, dict[str, str]]:
    """Return what is known of paths, each a file or a folder, here or behind an address; and the files that lie there,
    each with the first of the paths that lead to it. Each path is listed once: a store may take long.

    Raises OSError where nothing is there; InputError where folders of one name lie in several and nobody says `whose`.
    """
    roots: dict[str, tuple[PurePosixPath, Mapping[PurePosixPath, str]]] = {}
    clients: dict[str, list[str]] = {}
    files: dict[str, str] = {}
    for given in paths:
        top, root = PurePosixPath(place(given)[1]), _root(given, len(paths) > 1)
        there = {PurePosixPath(path): path if is_file else None for path, is_file in _inside(given)}
        firsts = firsts_in(path.relative_to(root).parts for path in there)
        roots.setdefault(f"{top}", (root, {root.joinpath(*folder): first for folder, first in firsts.items()}))
        if root == top and not is_of_time(top.name):
            below = (path.relative_to(top).parts for path, file in there.items() if file)
            clients[given] = list(dict.fromkeys(parts[0] for parts in below if len(parts) > 1))
        for file in filter(None, there.values()):
            files.setdefault(file, given)
    if not whose:
        apart({given: filter(may_be_a_client, names) for given, names in clients.items()})
    return Places(roots), files


def _root(given: str, several: bool) -> PurePosixPath:
    """Return the folder below which folders are clients: among several, one that holds files itself is a client's."""
    from pyarrow.fs import FileSelector, FileType

    filesystem, path = place(given)
    [there] = filesystem.get_file_info([path])
    inside = filesystem.get_file_info(FileSelector(path)) if several and there.type is FileType.Directory else []
    is_one = any(file.type is FileType.File and not is_passed_over(PurePosixPath(file.path).name) for file in inside)
    return PurePosixPath(path).parent if is_one else PurePosixPath(path)


def _inside(given: str) -> Iterator[tuple[str, bool]]:
    """Yield what lies below a path, or a file itself, and whether it is a file; what is passed over is left out,
    and so is another report.

    Raises OSError where nothing is there.
    """
    from pyarrow.fs import FileSelector, FileType

    filesystem, path = place(given)
    [there] = filesystem.get_file_info([path])
    is_one = there.type is FileType.File
    found = [there] if is_one else filesystem.get_file_info(FileSelector(path, recursive=True))
    each = {PurePosixPath(one.path): one for one in found}
    reports = {name.parent for name in each if name.name == JOURNAL}
    for name, one in each.items():
        hidden = any(map(is_passed_over, name.relative_to(path).parts))
        if not (hidden or not reports.isdisjoint((name, *name.parents))):
            yield one.path, one.type is FileType.File


def suffix_of(path: str) -> str:
    """Return the suffix of a path, which says what it is."""
    return PurePosixPath(path).suffix.lower()


@cache
def place(given: str) -> tuple[Any, str]:
    """Return the file system that a path or an address is of, and the path in it."""
    from pyarrow.fs import FileSystem, LocalFileSystem

    filesystem, path = FileSystem.from_uri(given) if "://" in given else (LocalFileSystem(), given)
    return filesystem, path.rstrip("/")


def holds_something(out: str) -> bool:
    """Whether a folder is there and not empty: rows beside those of another run would be counted twice."""
    from pyarrow.fs import FileSelector

    filesystem, path = place(out)
    return bool(filesystem.get_file_info(FileSelector(path, allow_not_found=True)))


def _written_on(path: str) -> str:
    """Return the day that a file was last written, where it lies on a disk."""
    with suppress(OSError):
        return day_of(Path(path).stat().st_mtime)
    return ""
