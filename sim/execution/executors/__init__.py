"""Where blocks are computed: one file per executor. This catalogue is the whole list."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, Self, TypeVar

from sim.errors import UsageError
from sim.execution.executors.processes import Processes
from sim.execution.executors.serial import Serial
from sim.worker import can_have_workers

Task = TypeVar("Task")
Result = TypeVar("Result")


class Executor(Protocol):
    """Computes a function of each job; the results come in the order of the jobs, a few at a time.

    As a context manager it keeps what it needs between calls of `map`.
    """

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def map(self, function: Callable[[Task], Result], jobs: Iterable[Task]) -> Iterator[Result]:
        """The results, in order."""


EXECUTORS: dict[str, Callable[[int], Executor]] = {
    "serial": lambda _: Serial(),
    "processes": Processes,
}


def cores() -> int:
    """Processors this process may use; one where it may start no other processes."""
    if not can_have_workers():
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def choose(name: str, workers: int) -> Executor:
    """An executor by its name.

    Raises:
        UsageError: no such executor.
    """
    if name not in EXECUTORS:
        raise UsageError(f"no executor {name!r}; there are auto, {', '.join(EXECUTORS)}")
    return EXECUTORS[name](workers)
