"""Tasks done in several processes, in their order, only a few of them ever held. A task that ends a process is lost,
and no other with it; where no process can be begun no task is lost, and that is told.
"""

import faulthandler
import multiprocessing
import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread
from typing import Any, Generic, TypeVar

from compassion_coach.embedded.encoder import alone
from compassion_coach.errors import CoachError

_AHEAD = 4  # tasks that wait for each process
_MOST_JOBS = 61  # each holds some files open, of which a program may have a thousand
LONGEST = 300.0
"""Seconds for one task; a letter of the greatest length takes a few."""

Task = TypeVar("Task")
Done = TypeVar("Done")


_NOT_BEGUN = (
    "No process could be begun to read letters in; what was read before is kept. In a Python script the call has to "
    'stand under `if __name__ == "__main__":`, for each process reads the script first; elsewhere there may be too '
    "little memory or too many processes, and fewer jobs take less: -j 1."
)


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
    process reads in one thread: that many processors are busy. Raises CoachError where no process begins.
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
        pool.close()


class Apart(Generic[Task, Done]):
    """A process beside this one for one task at a time, begun with the first, and a `thread` in which to wait for it.

    What becomes of a task that ends its process, or takes over `longest` seconds, is as in `in_order`.
    """

    def __init__(self, work: Callable[[Task], Done], lost: Callable[[Task], Done], longest: float = LONGEST) -> None:
        self._pool, self._lost = _Pool(work, 1, lost, longest), lost
        self.thread = ThreadPoolExecutor(1)

    def done(self, task: Task) -> Done:
        """Return what came of a task; only to be called in `thread`. Raises CoachError."""
        try:
            self._pool.take(task)
            return self._pool.first()[1]
        except (KeyboardInterrupt, SystemExit):  # of its process alone: here it would end the loop that waits for it
            return self._lost(task)

    def close(self) -> None:
        """Give up the tasks that wait, and end the process when its task is done."""
        self.thread.shutdown(cancel_futures=True)
        self._pool.close()


class _Pool(Generic[Task, Done]):
    """Processes, and the tasks that they were given; each with an executor of its own.

    One of many would begin further processes while it learns that one ended, and then wait for them in vain.
    """

    def __init__(self, work: Callable[[Task], Done], jobs: int, lost: Callable[[Task], Done], longest: float) -> None:
        self._work, self._lost, self._longest = work, lost, longest
        self._executors = [_executor() for _ in range(min(jobs, _MOST_JOBS))]
        self._begun: dict[int, Future[int]] = {}  # what each process says first: without it none began
        self.waiting: deque[tuple[Task, int, Future[Done]]] = deque()

    def _submitted(self, at: int, task: Task) -> Future[Done]:
        try:
            if at not in self._begun:
                self._begun[at] = self._executors[at].submit(os.getpid)
            return self._executors[at].submit(_in_time, self._work, task, self._longest)
        except BrokenProcessPool:  # what was given before ended the process
            self._begin_anew(at)
            return self._submitted(at, task)
        except OSError:  # the system gives none, or it ended while it was told what to do
            raise CoachError(_NOT_BEGUN) from None

    def take(self, task: Task) -> None:
        """Give a task to the process that has the least to do."""
        busy = Counter(at for _, at, future in self.waiting if not future.done())
        at = min(range(len(self._executors)), key=lambda at: busy[at])
        self.waiting.append((task, at, self._submitted(at, task)))

    def first(self) -> tuple[Task, Done]:
        """Wait for the first task and return it with what came of it."""
        task, at, future = self.waiting.popleft()
        try:
            return task, future.result()
        except BrokenProcessPool:
            done = self._by_itself(at, task)
        lost = [place == at and not _went_well(given) for _, place, given in self.waiting]
        self.waiting = deque(
            (one, place, self._submitted(place, one) if again else given)
            for again, (one, place, given) in zip(lost, self.waiting, strict=True)
        )
        return task, done

    def _by_itself(self, at: int, task: Task) -> Done:
        """Do a task that may have ended its process, or only waited for one that did."""
        self._begin_anew(at)
        try:
            return self._submitted(at, task).result()
        except BrokenProcessPool:
            self._begin_anew(at)
            return self._lost(task)

    def _begin_anew(self, at: int) -> None:
        """Put another process in the place of one that ended. Raises CoachError where that had not even begun."""
        self._executors[at].shutdown()
        if (begun := self._begun.pop(at, None)) and not _went_well(begun):
            raise CoachError(_NOT_BEGUN)
        self._executors[at] = _executor()

    def close(self) -> None:
        """Give up the tasks that nobody began, and wait for those that are under way."""
        for executor in self._executors:
            executor.shutdown(cancel_futures=True)


def _executor() -> ProcessPoolExecutor:
    """Return one of one process, which begins with its first task."""
    spawning = multiprocessing.get_context("spawn")  # a fork would copy the reader's threads, half of them dead
    return ProcessPoolExecutor(1, mp_context=spawning, initializer=_begun)


def _begun() -> None:
    """Prepare a process: it reads in one thread, and does not outlive the program that began it."""
    alone()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)


def _went_well(future: Future[Any]) -> bool:
    return future.done() and future.exception() is None


def _in_time(work: Callable[[Task], Done], task: Task, longest: float) -> Done:
    """Do a task, or end this process when its time is over, whatever code it hangs in."""
    with Path(os.devnull).open("w") as nowhere:  # a trace would hold no words, and yet is nobody's to see
        faulthandler.dump_traceback_later(longest, exit=True, file=nowhere)
        try:
            return work(task)
        finally:
            faulthandler.cancel_dump_traceback_later()
