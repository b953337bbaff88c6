"""Pre-screening over Ray, on two nodes of this machine: the same rows as the local engine, whoever dies."""

import os
import signal
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mixed_letters
import pytest
from reports import TELLING

from compassion_coach.errors import InputError
from compassion_coach.prescreen import Options, prescreen
from compassion_coach.prescreen.ways.over_ray import LOST, Over, over_ray

ray = pytest.importorskip("ray")

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # Ray leaves files and sockets open, and warns of its own future
]
LETTERS = 120


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    nodes = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    nodes.add_node(num_cpus=1)
    ray.init(address=nodes.address, log_to_driver=False, logging_level="ERROR")
    yield nodes
    ray.shutdown()
    nodes.shutdown()


def table(path: Path) -> list[dict[str, object]]:
    import pyarrow.dataset

    rows: list[dict[str, object]] = pyarrow.dataset.dataset(str(path)).to_table().to_pylist()
    return sorted(rows, key=lambda row: str(row["where"]))


def workers() -> list[int]:
    """The processes in which actors read."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if each.read_bytes().startswith(b"ray::MapWorker"):
                found.append(int(each.parent.name))
        except OSError:
            continue
    return found


def test_ray_gives_what_the_local_engine_gives(cluster: object, tmp_path: Path) -> None:
    """Every format, and what cannot be read: the same rows, also behind pseudonyms."""
    letters = tmp_path / "letters"
    mixed_letters.mixed_folder(letters)
    for name, key in (("named", None), ("hidden", b"k" * 32)):
        prescreen([str(letters)], tmp_path / name, Options(key=key))
        rows = over_ray([str(letters)], str(tmp_path / f"ray-{name}"), Over(readers=2, key=key))
        local = table(tmp_path / name / "letters.parquet")
        assert sum(rows.values()) == len(local)
        assert rows["urgent"] == sum(row["level"] == "urgent" for row in local) > 0
        assert any(row["marks"] for row in local)
        assert table(tmp_path / f"ray-{name}") == local
        assert stat.S_IMODE((tmp_path / f"ray-{name}").stat().st_mode) == 0o700


def test_folders_named_one_by_one_are_their_clients(cluster: object, tmp_path: Path) -> None:
    """As they are where one machine reads them."""
    for client in ("ana", "ben"):
        (tmp_path / "letters" / client).mkdir(parents=True)
        (tmp_path / "letters" / client / "2026-01-02.txt").write_text(f"Dear {client},\nit hurt.\n")
    paths = [str(folder) for folder in sorted((tmp_path / "letters").iterdir())]
    prescreen(paths, tmp_path / "local")
    over_ray(paths, str(tmp_path / "ray"), Over(readers=1))
    local = table(tmp_path / "local" / "letters.parquet")
    assert [row["client"] for row in local] == ["ana", "ben"]
    assert table(tmp_path / "ray") == local
    group = tmp_path / "group"
    (group / "cleo").mkdir(parents=True)
    (group / "cleo" / "2026-01-02.txt").write_text("Dear Cleo,\nit hurt.\n")
    (group / "Thumbs.db").write_text("a system's own")
    mixed = [*paths[:1], str(group)]
    prescreen(mixed, tmp_path / "local-mixed")
    over_ray(mixed, str(tmp_path / "ray-mixed"), Over(readers=1))
    local = table(tmp_path / "local-mixed" / "letters.parquet")
    assert {row["client"] for row in local} == {"ana", "cleo"}
    assert table(tmp_path / "ray-mixed") == local


def test_a_letter_that_is_named_twice_is_of_the_client_of_the_first(cluster: object, tmp_path: Path) -> None:
    """By itself and by its folder, or by a folder and one within it, in whichever order."""
    letters = tmp_path / "letters"
    for name in ("ana/2026-01-02.txt", "ana/13-06-2026.txt", "ana/old/3-4-2026.txt", "loose.txt"):
        (letters / name).parent.mkdir(parents=True, exist_ok=True)
        (letters / name).write_text("Dear Ana,\nit hurt.\n")
    by_itself, folder = str(letters / "ana" / "2026-01-02.txt"), str(letters)
    clients = []
    for at, paths in enumerate(([folder, by_itself], [by_itself, folder], [folder, f"{letters}/ana"],
                                [f"{letters}/ana/old", f"{letters}/ana"])):  # fmt: skip
        prescreen(paths, tmp_path / f"local{at}")
        over_ray(paths, str(tmp_path / f"ray{at}"), Over(readers=1))
        rows = table(tmp_path / f"ray{at}")
        assert rows == table(tmp_path / f"local{at}" / "letters.parquet")
        clients.append({str(row["where"]): row["client"] for row in rows}[by_itself])
    assert clients == ["letters", "", "letters", "ana"]


def test_names_tell_ray_what_they_tell_the_local_engine(cluster: object, tmp_path: Path) -> None:
    """Nobody is called after a year; a month is a date; names settle for others beside and below what comes first."""
    letters = {**TELLING, "ben/4 May 2026.bin": ("ben", "2026-05-04")}
    for name in letters:
        (tmp_path / "letters" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "letters" / name).write_text("Dear me,\nit hurt.\n")
    (tmp_path / "letters" / "box.zip").write_bytes(mixed_letters.zip_of({"2026/cleo/March 2026.txt": b"It hurt."}))
    prescreen([str(tmp_path / "letters")], tmp_path / "local")
    over_ray([str(tmp_path / "letters")], str(tmp_path / "ray"), Over(readers=1))
    rows = table(tmp_path / "ray")
    assert rows == table(tmp_path / "local" / "letters.parquet")
    assert [(row["client"], row["date"]) for row in rows] == [*letters.values(), ("cleo", "2026-03")]


def test_no_letter_is_passed_over_that_the_local_engine_reads(cluster: object, tmp_path: Path) -> None:
    """A name may begin with any sign, and hold any; what is thrown away, or open elsewhere, is no letter."""
    text = "Dear Ana,\nI want to die.\n"
    for name in (
        "_old/letter.txt", "_d.txt", "ana/_x.doc", "ana/100%, really? #1; a:b.txt", "ana/a\tb.txt", ".trash/a.txt",
        "ana/~$open.docx", "ana/.trash/b.txt",
    ):  # fmt: skip
        (tmp_path / "letters" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "letters" / name).write_text(text)
    for name, paths in (("all", ["."]), ("some", ["ana", "ana", "_d.txt"])):
        given = [str(tmp_path / "letters" / one) for one in paths]
        prescreen(given, tmp_path / f"local-{name}")
        counted = over_ray(given, str(tmp_path / f"ray-{name}"), Over(readers=1))
        rows = table(tmp_path / f"ray-{name}")
        assert rows == table(tmp_path / f"local-{name}" / "letters.parquet")
        assert (counted["concern"] + counted["urgent"], counted[LOST]) == (len(rows) - 1, 1)
        assert len(rows) == {"all": 5, "some": 4}[name]


def test_a_worker_that_dies_loses_nothing(cluster: object, tmp_path: Path) -> None:
    """Killed in the middle of a run, its letters are read by another."""
    letters = tmp_path / "letters"
    letters.mkdir()
    for at in range(LETTERS):
        (letters / f"2026-01-01-{at:03}.txt").write_text(
            "Dear Ana,\n" + f"it was day {at} of the cough, and it hurt.\n" * 40
        )
    killed = []

    def kill() -> None:
        for _ in range(600):
            for pid in workers():
                time.sleep(1.5)
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
                return
            time.sleep(0.1)

    thread = threading.Thread(target=kill)
    thread.start()
    over_ray([str(letters)], str(tmp_path / "ray"), Over(readers=1))
    thread.join()
    assert killed
    prescreen([str(letters)], tmp_path / "out")
    assert table(tmp_path / "ray") == table(tmp_path / "out" / "letters.parquet")


def test_an_empty_folder_is_said_to_be_empty(cluster: object, tmp_path: Path) -> None:
    """No rows are no success."""
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "x.bin").write_bytes(b"?")
    with pytest.raises(InputError, match="no letter"):
        over_ray([str(tmp_path / "none")], str(tmp_path / "out"), Over())


def test_rows_are_never_counted_twice(cluster: object, tmp_path: Path) -> None:
    """A folder that holds the rows of another run, or anything else, is left as it is."""
    (tmp_path / "a.txt").write_text("Dear Ana,\nit hurt.\n")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("x")
    with pytest.raises(InputError, match="holds files already"):
        over_ray([str(tmp_path / "a.txt")], str(tmp_path / "out"), Over())
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_what_cannot_be_reached_is_told_in_plain_words(cluster: object, tmp_path: Path) -> None:
    """Letters or a folder in a storage that nobody knows."""
    (tmp_path / "a.txt").write_text("Dear Ana,\nit hurt.\n")
    with pytest.raises(InputError, match="could not be reached"):
        over_ray(["nowhere://clinic/letters"], str(tmp_path / "out"), Over())
    with pytest.raises(InputError, match="could not be reached"):
        over_ray([str(tmp_path / "a.txt")], "nowhere://clinic/read", Over())
