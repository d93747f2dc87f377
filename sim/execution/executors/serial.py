"""One job after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Serial:
    """Computes in the calling process."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def map(self, function: Callable[[Task], Result], jobs: Iterable[Task]) -> Iterator[Result]:
        """The results, in order."""
        yield from map(function, jobs)
