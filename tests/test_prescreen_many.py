"""Tasks in several processes: their order, and what becomes of one that ends its process or never ends."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import CancelledError, ProcessPoolExecutor
from contextlib import closing
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from compassion_coach.__main__ import run
from compassion_coach.errors import CoachError
from compassion_coach.prescreen.ways.many import Apart, in_order


def halves(task: int) -> float:
    """Return half of a task; 13 ends the process, as a parser without memory would, and 14 never ends."""
    if task == 13:
        os.kill(os.getpid(), signal.SIGKILL)
    if task == 14:
        time.sleep(60)
    if task == 15:
        raise ValueError("fifteen")
    if task == 16:
        sys.exit(1)
    if task == 17:
        raise KeyboardInterrupt
    return task / 2


def where_done(_task: int) -> str:
    """Return the process."""
    return str(os.getpid())


def gone(_task: int) -> Any:
    return -1.0


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_come_back_in_their_order(jobs: int) -> None:
    """However many do them."""
    assert list(in_order(halves, range(12), jobs, gone)) == [(task, task / 2) for task in range(12)]


def test_one_job_keeps_one_processor_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where tasks are done here, the reader is told to read in one thread, as it is in a process of its own."""
    told: list[str] = []
    monkeypatch.setattr("compassion_coach.prescreen.ways.many.alone", lambda: told.append("alone"))
    assert len(list(in_order(halves, range(2), 1, gone, lambda _: True))) == 2
    assert told == ["alone"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_ends_its_process_costs_no_other(jobs: int) -> None:
    """Nor does one that never ends: both are lost, the rest is done; with one job, in a process beside this one."""
    tasks = [1, 2, 13, 3, 14, 4, 5, 6, 13, 7, 8, 9, 10]
    done = list(in_order(halves, tasks, jobs, gone, tame=lambda task: task < 10, longest=2))
    assert done == [(task, -1.0 if task in (13, 14) else task / 2) for task in tasks]


def test_a_fault_of_the_work_is_told() -> None:
    """An exception is no end of a process."""
    with pytest.raises(ValueError, match="fifteen"):
        list(in_order(halves, [1, 15, 2], 2, gone))


def test_with_one_job_what_is_tame_is_done_here() -> None:
    """And what is not elsewhere, each in its turn."""
    done = [where for _, where in in_order(where_done, range(6), 1, gone, tame=lambda task: task % 3 != 2)]
    here = str(os.getpid())
    assert [where == here for where in done] == [True, True, False, True, True, False]


def test_a_task_that_ends_the_process_beside_this_one_ends_no_other() -> None:
    """Nor does one that never ends, that asks for the end of the program, or that Ctrl-C ended: they are lost."""
    tasks = [1, 13, 2, 14, 3, 16, 4, 17, 5]
    with closing(Apart(halves, gone, longest=2)) as beside:
        done = list(beside.thread.map(beside.done, tasks))
    assert done == [-1.0 if task > 12 else task / 2 for task in tasks]


def test_a_process_beside_this_one_is_closed_with_what_waits_for_it() -> None:
    """What was not begun is given up."""
    beside = Apart(time.sleep, gone)
    first, last = (beside.thread.submit(beside.done, seconds) for seconds in (1, 60))
    while not first.running():
        time.sleep(0.01)
    beside.close()
    assert first.result() is None
    with pytest.raises(CancelledError):
        last.result()


def test_a_process_that_is_begun_while_another_ends_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It hears of nothing and waits for tasks; the run goes on without it."""
    begin = ProcessPoolExecutor._adjust_process_count

    def slowly(pool: ProcessPoolExecutor) -> None:
        for _ in range(500 if pool._processes else 0):
            if pool._broken:
                break
            time.sleep(0.01)
        begin(pool)

    monkeypatch.setattr(ProcessPoolExecutor, "_adjust_process_count", slowly)
    done: list[tuple[int, float]] = []
    run = Thread(target=lambda: done.extend(in_order(halves, iter([13, 2, 4]), 2, gone)), daemon=True)
    run.start()
    run.join(60)
    assert done == [(13, -1.0), (2, 1.0), (4, 2.0)]


def test_more_jobs_than_files_may_be_open_are_no_more_processes() -> None:
    """Each process holds some files open, of which a program may often have a thousand."""
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1000, most))
    try:
        assert list(in_order(halves, iter([2, 4]), 5000, gone)) == [(2, 1.0), (4, 2.0)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))


_UNGUARDED = """
import sys
from pathlib import Path
from compassion_coach.errors import CoachError
from compassion_coach.prescreen import Options, prescreen
try:
    prescreen(["letters"], Path("rep"), {options})
except CoachError as error:
    sys.exit(f"told: {{error}}")
"""


@pytest.mark.parametrize(
    "options", ["Options(jobs=2)", "Options()", "Options(model=__import__('compassion_coach.prescreen.ways.model', "
    "fromlist=['Model']).Model('m', 'http://127.0.0.1:9/v1', 'k'))"],
)  # fmt: skip
def test_a_script_that_every_process_begins_anew_loses_no_letter(tmp_path: Path, options: str) -> None:
    """A process that is spawned runs the script that began it: without its usual guard none ever begins."""
    (tmp_path / "letters").mkdir()
    for name in ("a.html", "b.html", "c.html"):
        (tmp_path / "letters" / name).write_text("<p>Dear Ana, of course you are tired.</p>")
    script = tmp_path / "reads.py"
    script.write_text(_UNGUARDED.format(options=options))
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert ended.returncode == 1
    told = [line for line in ended.stderr.splitlines() if line.startswith("told: No process could be begun")]
    assert 'if __name__ == "__main__":' in told[-1]
    assert not (tmp_path / "rep" / "letters.csv").exists()


def test_a_process_that_cannot_start_is_no_report_that_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the system says of it, a broken pipe or too many processes, the cause is told."""

    def refused(_: BaseProcess) -> None:
        raise BrokenPipeError(32, "Broken pipe")

    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("Dear Ana, of course you are tired.")
    monkeypatch.setattr(multiprocessing.get_context("spawn").Process, "start", refused)
    assert run(["prescreen", "letters", "-j", "2"]) == 2
    told = capsys.readouterr().err
    assert "No process could be begun" in told
    assert "could not be written" not in told


def test_a_process_that_ends_before_its_first_task_ends_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of several processes, nor of the one beside this one."""
    monkeypatch.setattr("compassion_coach.prescreen.ways.many._begun", sys.exit)
    with pytest.raises(CoachError, match="No process could be begun"):
        list(in_order(halves, range(9), 2, gone))
    with closing(Apart(halves, gone)) as beside, pytest.raises(CoachError, match="No process could be begun"):
        beside.thread.submit(beside.done, 1).result()
