"""One job after the other, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")


class Serial:
    """Computes in the calling process."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def map(self, function: Callable[[Job], Result], jobs: Iterable[Job]) -> Iterator[Result]:
        """The results, in order."""
        yield from map(function, jobs)
