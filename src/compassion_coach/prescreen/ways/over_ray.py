"""Letters beyond one machine: Ray Data reads them from shared or object storage, actors read them, parts are written.

    paths ─ Ray Data: path, bytes ─ actors, one reader each: work.py ─ rows ─ parts of parquet

Which files there are is found here, for Ray passes over other names in a folder than the local engine does.
A row is what `exports.row_of` makes, so a part holds what the local engine would write of the same letters. Where a
worker dies its letters are read again by another.
"""

import io
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.days import day_of
from compassion_coach.prescreen.finding.inside import READABLE, firsts_in, found_in, unknown, without_faults
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.kept.owned import folder
from compassion_coach.prescreen.kept.pseudonyms import hidden
from compassion_coach.prescreen.record import STANDINGS
from compassion_coach.prescreen.sources import Found, Source, client_in, is_passed_over, named
from compassion_coach.prescreen.told.exports import row_of, table_of, unread_row
from compassion_coach.prescreen.work import Work, read_one

LOST = "lost"
_BATCH = 16  # files that an actor is given at once
_PARTS = 200  # into which many files are parted, and for more readers
_PARTS_OF_EACH = 8  # for each reader, so that none waits long for the last


@dataclass(frozen=True, slots=True)
class Over:
    """How Ray reads: where the cluster is (None: here), and how many actors read; `key` hides clients' names.

    With `whose` all letters are that client's.
    """

    address: str | None = None
    readers: int | None = None
    columns: Columns = field(default_factory=Columns)
    key: bytes | None = None
    whose: str = ""


def over_ray(paths: Sequence[str], out: str, over: Over) -> dict[str, int]:
    """Read letters with Ray and write parts of parquet to a folder, local or in object storage.

    Returns how many letters stand where, and under LOST how many could not be opened. Raises
    MissingExtraError without Ray; InputError where there is no letter, where the folder holds something, or where the
    cluster, the letters or the folder cannot be reached.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingExtraError("The engine ray needs Ray: pip install 'compassion-coach[ray]'") from None
    with _plainly(f"{out} could not be reached."):
        if _holds_something(out):
            raise InputError(f"{out} holds files already; a new folder is better for the rows: -o FOLDER.")
    with _plainly(f"No Ray cluster answered{f' at {over.address}' if over.address else ''}."):
        _begin(over)
    readers = over.readers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    with _plainly("There is no letter there, or the place could not be reached."):
        files = {path: given for given in paths for path, is_file in _inside(given) if is_file}
        read = [{"path": path, "given": given} for path, given in files.items() if _suffix(path) in READABLE]
        if not read:
            raise FileNotFoundError
        places = _places(paths)
        found = ray.data.from_items(
            read, override_num_blocks=min(len(read), max(_PARTS, _PARTS_OF_EACH * readers))
        ).map_batches(_opened, batch_size=_BATCH, batch_format="pyarrow")
        others = ray.data.from_arrow(table_of(_others(files, places, over)))
    rows = found.map_batches(
        _Reader,
        batch_size=_BATCH,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=readers),
        num_cpus=1,
        fn_constructor_args=(over, places),
    )
    rows = rows.union(others)
    if "://" not in out:
        folder(Path(out))
    with _plainly(f"The cluster failed, or {out} could not be written. What was written before lies there."):
        rows.write_parquet(out)
        counted: Counter[str] = Counter()
        for some in ray.data.read_parquet(out, columns=["level", "unread"]).iter_batches(batch_format="pyarrow"):
            for level, unread in zip(some["level"].to_pylist(), some["unread"].to_pylist(), strict=True):
                counted[LOST if unread else level] += 1
    return {name: counted[name] for name in (*STANDINGS, LOST)}


def _begin(over: Over) -> None:
    """Join a cluster, or begin one here; how far it is is shown on a terminal alone."""
    import ray
    import ray.data

    if not ray.is_initialized():
        ray.init(address=over.address, log_to_driver=False, logging_level=logging.ERROR)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = sys.stderr.isatty()


@dataclass(frozen=True, slots=True)
class _Places:
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


@contextmanager
def _plainly(why: str) -> Iterator[None]:
    """Tell in plain words what failed; what a library says of it might hold a key, or a client's name."""
    import pyarrow
    from ray.exceptions import RayError

    try:
        yield
    except (OSError, ValueError, pyarrow.ArrowException, RayError):
        failed = True
    else:
        failed = False
    if failed:
        raise InputError(why)


def _root(given: str, several: bool) -> PurePosixPath:
    """Return the folder below which folders are clients: among several, one that holds files itself is a client's."""
    from pyarrow.fs import FileSelector, FileType

    filesystem, path = _place(given)
    [there] = filesystem.get_file_info([path])
    inside = filesystem.get_file_info(FileSelector(path)) if several and there.type is FileType.Directory else []
    is_one = any(file.type is FileType.File and not is_passed_over(PurePosixPath(file.path).name) for file in inside)
    return PurePosixPath(path).parent if is_one else PurePosixPath(path)


def _inside(given: str) -> Iterator[tuple[str, bool]]:
    """Yield what lies below a path, or a file itself, and whether it is a file; what is passed over is left out.

    Raises OSError where nothing is there.
    """
    from pyarrow.fs import FileSelector, FileType

    filesystem, path = _place(given)
    [there] = filesystem.get_file_info([path])
    is_one = there.type is FileType.File
    for one in [there] if is_one else filesystem.get_file_info(FileSelector(path, recursive=True)):
        if not any(map(is_passed_over, PurePosixPath(one.path).relative_to(path).parts)):
            yield one.path, one.type is FileType.File


def _places(paths: Sequence[str]) -> _Places:
    roots: dict[str, tuple[PurePosixPath, Mapping[PurePosixPath, str]]] = {}
    for given in paths:
        root = _root(given, len(paths) > 1)
        found = firsts_in(PurePosixPath(path).relative_to(root).parts for path, _ in _inside(given))
        firsts = {root.joinpath(*folder): first for folder, first in found.items()}
        roots.setdefault(_place(given)[1], (root, firsts))
    return _Places(roots)


def _others(files: Iterable[str], places: _Places, over: Over) -> Iterator[Mapping[str, Any]]:
    """Yield rows of the files that are none of those that are read."""
    for path in files:
        if (suffix := _suffix(path)) not in READABLE:
            source = places.source(path)
            for found in without_faults(iter([unknown(source, suffix)]), source, suffix, over.whose):
                yield _read(found, over.key)


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()


@cache
def _place(given: str) -> tuple[Any, str]:
    from pyarrow.fs import FileSystem, LocalFileSystem

    filesystem, path = FileSystem.from_uri(given) if "://" in given else (LocalFileSystem(), given)
    return filesystem, path.rstrip("/")


def _holds_something(out: str) -> bool:
    """Whether a folder is there and not empty: rows beside those of another run would be counted twice."""
    from pyarrow.fs import FileSelector

    filesystem, path = _place(out)
    return bool(filesystem.get_file_info(FileSelector(path, allow_not_found=True)))


def _opened(batch: Any) -> Iterator[Any]:
    """Yield files with their bytes, one after another: an archive may be large."""
    import pyarrow as pa

    for path, given in zip(batch["path"].to_pylist(), batch["given"].to_pylist(), strict=True):
        with _place(given)[0].open_input_stream(path) as stream:
            yield pa.table({"path": [path], "bytes": pa.array([stream.read()], pa.large_binary())})


class _Reader:
    """What an actor does: it reads files, whatever is in them. A table or an archive is read by one actor."""

    def __init__(self, over: Over, places: _Places) -> None:
        self._over, self._places = over, places

    def __call__(self, batch: Any) -> Any:
        files = zip(batch["path"].to_pylist(), batch["bytes"].to_pylist(), strict=True)
        return table_of(row for path, raw in files for row in self._rows(path, raw))

    def _rows(self, path: str, raw: bytes) -> Iterator[Mapping[str, Any]]:
        source = self._places.source(path)
        suffix = _suffix(path)
        inside = found_in(io.BytesIO(raw), source, suffix, len(raw), self._over.columns)
        for found in without_faults(inside, source, suffix, self._over.whose):
            yield _read(found, self._over.key)


def _read(found: Found, key: bytes | None) -> Mapping[str, Any]:
    source = found.source if key is None else hidden(found.source, key)
    if found.unread is not None:
        return unread_row(source, found.unread if key is None else found.unnamed or found.unread)
    result = read_one(Work(source, found.suffix, found.raw, "", page=False))
    return row_of(source, result.record) if result.record else unread_row(source, result.unread or "")


def _written_on(path: str) -> str:
    """Return the day that a file was last written, where it lies on a disk."""
    with suppress(OSError):
        return day_of(Path(path).stat().st_mtime)
    return ""
