"""Letters beyond one machine: Ray Data reads them from shared or object storage, actors read them, parts are written.

    paths ─ Ray Data: path, bytes ─ actors, one reader each: work.py ─ rows ─ parts of parquet

Which files there are `stored.py` finds, for Ray passes over other names in a folder than the local engine does.
A row is what `exports.row_of` makes, so a part holds what the local engine would write of the same letters. Where a
worker dies its letters are read again by another.
"""

import io
import logging
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from compassion_coach.errors import InputError, MissingExtraError
from compassion_coach.prescreen.finding.inside import READABLE, found_in, unknown, without_faults
from compassion_coach.prescreen.finding.tables import Columns
from compassion_coach.prescreen.kept.owned import folder
from compassion_coach.prescreen.kept.pseudonyms import absolute, hidden
from compassion_coach.prescreen.record import STANDINGS
from compassion_coach.prescreen.sources import Found
from compassion_coach.prescreen.told.exports import row_of, table_of, unread_row
from compassion_coach.prescreen.ways.stored import Places, holds_something, place, places, suffix_of
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
    MissingExtraError without Ray; InputError where there is no letter, where the folder holds something, where folders
    of one name lie in several, or where the cluster, the letters or the folder cannot be reached.
    """
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingExtraError("The engine ray needs Ray: pip install 'compassion-coach[ray]'") from None
    with _plainly(f"{out} could not be reached."):
        if holds_something(out):
            raise InputError(f"{out} holds files already; a new folder is better for the rows: -o FOLDER.")
    with _plainly(f"No Ray cluster answered{f' at {over.address}' if over.address else ''}."):
        _begin(over)
    readers = over.readers or max(1, int(ray.cluster_resources().get("CPU", 1)))
    if over.key is not None:  # what hides a place on this computer is one, however it is spelt
        paths = [path if "://" in path else absolute(path) for path in paths]
    with _plainly("There is no letter there, or the place could not be reached."):
        known, files = places(paths, over.whose)
        read = [{"path": path, "given": given} for path, given in files.items() if suffix_of(path) in READABLE]
        if not read:
            raise FileNotFoundError
        found = ray.data.from_items(
            read, override_num_blocks=min(len(read), max(_PARTS, _PARTS_OF_EACH * readers))
        ).map_batches(_opened, batch_size=_BATCH, batch_format="pyarrow")
        others = ray.data.from_arrow(table_of(_others(files, known, over)))
    rows = found.map_batches(
        _Reader,
        batch_size=_BATCH,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=readers),
        num_cpus=1,
        fn_constructor_args=(over, known),
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


def _others(files: Iterable[str], places: Places, over: Over) -> Iterator[Mapping[str, Any]]:
    """Yield rows of the files that are none of those that are read."""
    for path in files:
        if (suffix := suffix_of(path)) not in READABLE:
            source = places.source(path)
            for found in without_faults(iter([unknown(source, suffix)]), source, suffix, over.whose):
                yield _read(found, over.key)


def _opened(batch: Any) -> Iterator[Any]:
    """Yield files with their bytes, one after another: an archive may be large."""
    import pyarrow as pa

    for path, given in zip(batch["path"].to_pylist(), batch["given"].to_pylist(), strict=True):
        with place(given)[0].open_input_stream(path) as stream:
            yield pa.table({"path": [path], "bytes": pa.array([stream.read()], pa.large_binary())})


class _Reader:
    """What an actor does: it reads files, whatever is in them. A table or an archive is read by one actor."""

    def __init__(self, over: Over, places: Places) -> None:
        self._over, self._places = over, places

    def __call__(self, batch: Any) -> Any:
        files = zip(batch["path"].to_pylist(), batch["bytes"].to_pylist(), strict=True)
        return table_of(row for path, raw in files for row in self._rows(path, raw))

    def _rows(self, path: str, raw: bytes) -> Iterator[Mapping[str, Any]]:
        source = self._places.source(path)
        suffix = suffix_of(path)
        inside = found_in(io.BytesIO(raw), source, suffix, len(raw), self._over.columns)
        for found in without_faults(inside, source, suffix, self._over.whose):
            yield _read(found, self._over.key)


def _read(found: Found, key: bytes | None) -> Mapping[str, Any]:
    source = found.source if key is None else hidden(found.source, key)
    if found.unread is not None:
        return unread_row(source, found.unread if key is None else found.unnamed or found.unread)
    result = read_one(Work(source, found.suffix, found.raw, "", page=False))
    return row_of(source, result.record) if result.record else unread_row(source, result.unread or "")
