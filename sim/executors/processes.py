"""Jobs in worker processes of this machine, spawned (never forked), so that they start from plain data."""

from __future__ import annotations

import signal
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Self, TypeVar

from sim.errors import RunError

MOST_ON_WINDOWS = 61
"""Windows waits for no more processes at once than these."""

Job = TypeVar("Job")
Result = TypeVar("Result")


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Processes:
    """A pool of worker processes; at most two jobs per worker are under way, so memory stays flat.

    Each call of `map` starts a pool and ends it. As a context manager it keeps one pool for all calls inside: starting
    one takes a second.
    """

    def __init__(self, workers: int) -> None:
        self.workers = min(workers, MOST_ON_WINDOWS) if sys.platform == "win32" else workers
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        self._pool = ProcessPoolExecutor(self.workers, get_context("spawn"), _leave_interrupts_to_the_parent)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._pool is not None
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = None

    def map(self, function: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
        """The results, in order.

        Raises:
            RunError: a worker died, or a script started workers without guarding its main part.
        """
        if self._pool is None:
            with self:
                yield from self.map(function, jobs)
            return
        waiting: deque[Future[Result]] = deque()
        try:
            for job in jobs:
                waiting.append(self._pool.submit(function, job))
                if len(waiting) >= 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool as error:
            raise RunError(
                "a worker process ended before its work was done: out of memory, or a script that calls sim.simulate "
                'outside `if __name__ == "__main__":`. Use executor="serial", or guard the script\'s main part.'
            ) from error
