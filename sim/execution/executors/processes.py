"""Jobs in worker processes of this machine."""

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from multiprocessing.connection import wait
from typing import Any, Self, TypeVar

from sim.errors import RunError
from sim.worker import BEAT, Worker

MOST_ON_WINDOWS = 61
"""Windows waits for no more processes at once than these."""

PATIENCE = 10.0
"""Seconds of silence after which somebody is told that a worker does not answer."""

Task = TypeVar("Task")
Result = TypeVar("Result")


class Processes:
    """A pool of workers; at most two jobs per worker are under way, so memory stays flat.

    Each call of `map` starts workers and ends them. As a context manager it keeps them for all calls inside: starting
    one takes a second.
    """

    def __init__(self, workers: int) -> None:
        self.workers = min(workers, MOST_ON_WINDOWS) if sys.platform == "win32" else workers
        self._free: list[Worker] = []
        self._busy: dict[Worker, int] = {}  # with the number of its job
        self._answers: dict[int, tuple[bool, Any]] = {}
        self._unwanted: set[int] = set()
        self._given = 0
        self._kept = False

    def __enter__(self) -> Self:
        self._kept = True
        return self

    def __exit__(self, *_: object) -> None:
        self._kept = False
        for worker in self._free:
            worker.let_go()
        for worker in self._busy:  # nobody wants what they compute
            worker.kill()
        for worker in self._free:
            worker.join()
        self._free, self._busy = [], {}
        self._answers.clear()
        self._unwanted.clear()

    def map(self, function: Callable[[Task], Result], jobs: Iterable[Task]) -> Iterator[Result]:
        """The results, in order.

        Raises:
            RunError: a worker could not be started, or ended before its work was done.
        """
        if not self._kept:
            with self:
                yield from self.map(function, jobs)
            return
        coming, more = iter(jobs), True
        under_way: deque[int] = deque()
        try:
            while more or under_way:
                # two a worker, for answers that wait for an earlier one are under way too, and nobody shall idle
                while more and len(under_way) < 2 * self.workers and self._has_room():
                    for job in coming:
                        under_way.append(self._give(function, job))
                        break
                    else:
                        more = False
                if under_way and under_way[0] in self._answers:
                    succeeded, outcome = self._answers.pop(under_way.popleft())
                    if not succeeded:
                        raise outcome
                    yield outcome
                elif under_way or more:
                    self._listen()
        finally:
            self._unwanted.update(number for number in under_way if self._answers.pop(number, None) is None)

    def _has_room(self) -> bool:
        """Whether a worker is free, or may be started."""
        return bool(self._free) or len(self._busy) < self.workers

    def _give(self, function: Callable[[Any], Any], job: object) -> int:
        """Hand a job to a worker: the job's number."""
        worker = self._free.pop() if self._free else Worker()
        number, self._given = self._given, self._given + 1
        self._busy[worker] = number
        try:
            worker.give(function, job)
        except RunError as error:
            self._end(error)
        return number

    def _listen(self) -> None:
        """Take what the workers say, for a second at most."""
        asked = time.monotonic()
        by_pipe = {worker.pipe: worker for worker in self._busy}
        for pipe in wait(list(by_pipe), BEAT):
            worker = by_pipe[pipe]  # type: ignore[index]  # wait returns what it was given
            try:
                answer = worker.answer()
            except RunError as error:
                self._end(error)
                return
            if answer is not None:
                number = self._busy.pop(worker)
                self._free.append(worker)
                if number in self._unwanted:
                    self._unwanted.remove(number)
                else:
                    self._answers[number] = answer
        if time.monotonic() - asked > 2 * BEAT:  # this process itself was stopped, or the machine slept
            for worker in self._busy:
                worker.heard = time.monotonic()
        self._tell_of_silence()

    def _tell_of_silence(self) -> None:
        """Say of which workers nothing was heard for long, once: they may go on some day, so that the run waits."""
        silent = [w for w in self._busy if time.monotonic() - w.heard > PATIENCE and not w.warned]
        for worker in silent:
            worker.warned = True
        if silent:
            numbers = " ".join(str(worker.pid) for worker in silent)
            logging.getLogger(__name__).warning(
                "No sign of life from worker process %s for %d seconds: stopped, or the machine has no time for it. "
                "The run waits. `kill -CONT %s` lets a stopped one go on; Ctrl-C ends the run.",
                numbers.replace(" ", ", "), PATIENCE, numbers,
            )  # fmt: skip

    def _end(self, error: RunError) -> None:
        """One has ended, so that its job is lost: end all, and answer all jobs with that."""
        for worker, number in self._busy.items():
            worker.kill()
            if number not in self._unwanted:
                self._answers[number] = (False, error)
        for worker in self._free:
            worker.kill()
        self._free, self._busy = [], {}
        self._unwanted.clear()
