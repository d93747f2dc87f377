"""Timing by turns, A B A B ..., and of each turn the ratio, so that a busy machine is as unkind to A as to B.

Figures of one core are processor time of the thread, which waiting does not lengthen; those about workers and start-up
are time on the wall. Said is the median, and in brackets the smallest and the largest of all turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

PROCESSOR, WALL = time.thread_time, time.perf_counter


@dataclass(frozen=True)
class Work:
    """Something to time; `done` looks at what it leaves and says whether all of it was done, outside the clock."""

    run: Callable[[], Any]
    done: Callable[[Any], bool]
    units: int = 1  # paths, mostly: times are seconds for one


@dataclass(frozen=True)
class Spread:
    """The median of some turns, the smallest and the largest."""

    middle: float
    low: float
    high: float

    def text(self, factor: float = 1.0, unit: str = "") -> str:
        """`0.412 (0.398–0.431)`, each times `factor`."""
        middle, low, high = (figure(value * factor) for value in (self.middle, self.low, self.high))
        return f"{middle}{unit}" if low == high else f"{middle}{unit} ({low}–{high})"

    def kept(self) -> list[float]:
        """For figures.json."""
        return [self.middle, self.low, self.high]


def in_turns(works: Mapping[str, Work], turns: int, clock: Callable[[], float] = PROCESSOR) -> dict[str, list[float]]:
    """Seconds for one unit of each work, turn by turn, after one turn that does not count.

    Raises:
        AssertionError: something was not done.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(-1, turns):
        for name, work in works.items():
            start = clock()
            left = work.run()
            took = clock() - start
            assert work.done(left), f"{name} has not done its work"
            if turn >= 0:
                seconds[name].append(took / work.units)
    return seconds


def spread(values: Iterable[float]) -> Spread:
    """Of some turns."""
    found = list(values)
    return Spread(median(found), min(found), max(found))


def ratio(above: Sequence[float], below: Sequence[float]) -> Spread:
    """Of what was measured in the same turns."""
    return spread(a / b for a, b in zip(above, below, strict=True))


def slope(sizes: Sequence[float], values: Sequence[float]) -> float:
    """Of the straight line through the logarithms: 1 where twice as much takes twice as long."""
    return float(np.polyfit(np.log(sizes), np.log(values), 1)[0])


def offset(sizes: Sequence[float], values: Sequence[float]) -> float:
    """What a straight line leaves at size 0: least squares of the relative errors."""
    weights = 1 / np.asarray(values)
    return float(np.polyfit(np.asarray(sizes), np.asarray(values), 1, w=weights)[1])


def figure(value: float) -> str:
    """Three digits that count, thousands apart."""
    if value == 0:
        return "0"
    digits = 2 - int(np.floor(np.log10(abs(value))))
    return f"{round(value, digits):,.{max(digits, 0)}f}"
