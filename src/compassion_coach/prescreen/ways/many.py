"""Tasks done in several processes, in their order, only a few of them ever held. A task that ends a process is lost,
and no other with it.
"""

import faulthandler
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Generic, TypeVar

from compassion_coach.embedded.encoder import alone

_AHEAD = 4  # tasks that wait for each process
_MOST_JOBS = 61  # more Windows does not wait for
LONGEST = 300.0
"""Seconds for one task; a letter of the greatest length takes a few."""

Task = TypeVar("Task")
Done = TypeVar("Done")


def in_order(
    work: Callable[[Task], Done],
    tasks: Iterable[Task],
    jobs: int,
    lost: Callable[[Task], Done],
    tame: Callable[[Task], bool] = lambda _: False,
    longest: float = LONGEST,
) -> Iterator[tuple[Task, Done]]:
    """Do tasks in so many processes and yield them in their order.

    A task that ends its process, or takes over `longest` seconds, is tried once more by itself and then is `lost`.
    With one job, tasks that are `tame` and do nothing of the kind are done here, and a process is for the others. A
    process reads in one thread: that many processors are busy.
    """
    if jobs == 1:
        alone()
    pool = _Pool(work, jobs, lost, longest)
    try:
        for task in tasks:
            if jobs == 1 and tame(task):
                while pool.waiting:
                    yield pool.first()
                yield task, work(task)
                continue
            pool.take(task)
            if len(pool.waiting) >= _AHEAD * jobs:
                yield pool.first()
        while pool.waiting:
            yield pool.first()
    finally:
        pool.executor.shutdown(cancel_futures=True)


class Apart(Generic[Task, Done]):
    """A process beside this one for one task at a time, begun with the first, and a `thread` in which to wait for it.

    What becomes of a task that ends its process, or takes over `longest` seconds, is as in `in_order`.
    """

    def __init__(self, work: Callable[[Task], Done], lost: Callable[[Task], Done], longest: float = LONGEST) -> None:
        self._pool, self._lost = _Pool(work, 1, lost, longest), lost
        self.thread = ThreadPoolExecutor(1)

    def done(self, task: Task) -> Done:
        """Return what came of a task; only to be called in `thread`."""
        try:
            self._pool.take(task)
            return self._pool.first()[1]
        except (KeyboardInterrupt, SystemExit):  # of its process alone: here it would end the loop that waits for it
            return self._lost(task)

    def close(self) -> None:
        """Give up the tasks that wait, and end the process when its task is done."""
        self.thread.shutdown(cancel_futures=True)
        self._pool.executor.shutdown()


class _Pool(Generic[Task, Done]):
    """Processes, and the tasks that they were given."""

    def __init__(self, work: Callable[[Task], Done], jobs: int, lost: Callable[[Task], Done], longest: float) -> None:
        self._work, self._jobs, self._lost, self._longest = work, jobs, lost, longest
        self.executor = self._begun()
        self.waiting: deque[tuple[Task, Future[Done]]] = deque()

    def _begun(self) -> ProcessPoolExecutor:
        spawning = multiprocessing.get_context("spawn")  # a fork would copy the reader's threads, half of them dead
        return ProcessPoolExecutor(min(self._jobs, _MOST_JOBS), mp_context=spawning, initializer=_begun)

    def _submitted(self, task: Task) -> Future[Done]:
        try:
            return self.executor.submit(_in_time, self._work, task, self._longest)
        except BrokenProcessPool:  # what was given before ended a process
            self.executor = self._begun()
            return self._submitted(task)

    def take(self, task: Task) -> None:
        """Give a task to whichever process is free first."""
        self.waiting.append((task, self._submitted(task)))

    def first(self) -> tuple[Task, Done]:
        """Wait for the first task and return it with what came of it."""
        task, future = self.waiting.popleft()
        try:
            return task, future.result()
        except BrokenProcessPool:
            done = self._by_itself(task)
        self.waiting = deque((one, given if _went_well(given) else self._submitted(one)) for one, given in self.waiting)
        return task, done

    def _by_itself(self, task: Task) -> Done:
        """Do a task that may have ended a process, or was only beside one that did."""
        self.executor.shutdown()
        self.executor = self._begun()
        try:
            return self._submitted(task).result()
        except BrokenProcessPool:
            self.executor.shutdown()
            self.executor = self._begun()
            return self._lost(task)


def _begun() -> None:
    """Prepare a process: it reads in one thread, and does not outlive the program that began it."""
    alone()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)


def _went_well(future: Future[Done]) -> bool:
    return future.done() and future.exception() is None


def _in_time(work: Callable[[Task], Done], task: Task, longest: float) -> Done:
    """Do a task, or end this process when its time is over, whatever code it hangs in."""
    with Path(os.devnull).open("w") as nowhere:  # a trace would hold no words, and yet is nobody's to see
        faulthandler.dump_traceback_later(longest, exit=True, file=nowhere)
        try:
            return work(task)
        finally:
            faulthandler.cancel_dump_traceback_later()
