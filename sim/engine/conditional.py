"""Compliance of a year as its probability given the path: over the noise of outlays and what is closed on paper.

All else is as drawn: how much of the budget is carried out, the noise of the report, and the related outlays. The
probability of what a path brings has the mean of what is counted and a smaller variance (Rao-Blackwell).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Distributions, LocationScale, Mask, Paths, Prepared
from sim.distributions.quantile_tables import Quantiles
from sim.distributions.survival import Survival, chances_at
from sim.engine.december import CORE, TOTAL, Yardsticks
from sim.kernels import NUMPY, Engine
from sim.kernels.tracing import LookUp
from sim.model.equations.outturn import TINY, noise_needed
from sim.numerics.arrays import MOST_PCT, Array, Value, at, at_least
from sim.numerics.grid import Centi, printed
from sim.numerics.streams import STRETCH
from sim.results.counts import CERTAIN, EXPECTED, SPENT, Counted

Element = TypeVar("Element", bound=np.generic)

PUSHED = 32_768
"""A certainty of closing on paper: as many parts of it as leave its product with another in 32 bits."""

Chances = NDArray[np.int32]
"""A probability per path, CERTAIN for one, int32 (paths,)."""


@dataclass(frozen=True, eq=False, slots=True)
class Open:
    """An ally's December as far as it is drawn: what its noise of outlays and closing on paper are still open to."""

    share_pct: Array  # of the year before
    money_pct: Array  # what the budget comes to
    surprise_pct: Value  # of growth
    noise: Prepared  # of outlays, relative to the share of the year before
    floor_pct: Value
    reporting: Value  # relative noise of the report,
    reporting_of: Prepared  # drawn from this
    target_pct: Value  # where a report that is closed on paper lands,
    excess: Prepared  # so far above it, relative,
    closing: Array | None  # with this probability where it falls short; None: nowhere
    related_pct: Array  # what counts of the security-related


class Conditional:
    """Probabilities of a block's paths, December by December.

    `sums`, int64 (expected, ally, stretch): of one December, over the paths of each stretch, CERTAIN for one.
    """

    def __init__(self, yardsticks: Yardsticks, first: int, paths: int, allies: int, engine: Engine = NUMPY) -> None:
        self._engine = engine
        self._yardsticks, self.stretches = yardsticks, Stretches(first, paths)
        self.sums: Counted = np.zeros((len(EXPECTED), allies, len(self.stretches)), dtype=np.int64)

    def add(self, row: int, iso3: str, december: Open) -> None:
        """An ally's year."""
        core, total = (self._yardsticks.goal(pillar, iso3) for pillar in (CORE, TOTAL))
        found = probabilities(december, core, total, self._engine)
        for index, chances in enumerate(found):
            if index >= len(SPENT) and chances is found[index - len(SPENT)]:  # nothing is closed on paper
                self.sums[index, row] = self.sums[index - len(SPENT), row]
            else:
                self.sums[index, row] = 0 if chances is None else self.stretches.sums(chances)


class Stretches:
    """The stretches of paths that lie in a block; `whole`, bool (stretch,), are those that do so from end to end."""

    def __init__(self, first: int, paths: int) -> None:
        inside = range(-first % STRETCH, paths, STRETCH)
        self._starts = np.unique(np.array([0, *inside], dtype=np.intp))
        self._edges = list(pairwise([*self._starts.tolist(), paths]))
        self.whole = np.array([end - start == STRETCH for start, end in self._edges])

    def __len__(self) -> int:
        return len(self._edges)

    def parts(self, values: NDArray[Element]) -> list[NDArray[Element]]:
        """Values of the paths, stretch by stretch."""
        return [values[start:end] for start, end in self._edges]

    def counts(self, mask: Mask) -> NDArray[np.intp]:
        """On how many paths of each a mask holds."""
        return np.array([np.count_nonzero(part) for part in self.parts(mask)])

    def sums(self, chances: Chances) -> Chances:
        """Of probabilities over each, in 32 bits, which hold so many certainties."""
        return np.add.reduceat(chances, self._starts, dtype=np.int32)


def probabilities(
    december: Open, core: int | None, total: int | None, engine: Engine = NUMPY
) -> tuple[Chances | None, ...]:
    """Of meeting the goals, by EXPECTED; None of a goal that does not bind.

    The goals are in hundredths, as printed. A sum that float32 rounds across the edge of a hundredth is taken as it is.
    """
    reached = Reached(december, engine)
    at_core: tuple[Chances | None, ...] = (None, None)
    at_total = at_core
    if core is not None:
        at_core = reached.with_and_without_push(least_pct(core))
    if total is not None:
        # what the related outlays, which are 0 or more, leave of it; and the total needs the core as well
        most, low = least_pct(total), -np.inf if core is None else least_pct(core)
        least = most - december.related_pct
        at_total = reached.with_and_without_push(least if core is None else at_least(least, low), (low, max(most, low)))
    return at_core[0], at_total[0], at_core[1], at_total[1]


class Reached:
    """How probable it is that the report of a December reaches a share."""

    def __init__(self, december: Open, engine: Engine) -> None:
        self._december, noise = december, survival(december.noise)
        # places in the table of the noise, a share being a share times the slope and the level
        self._noise, self._engine = noise, engine
        self._slope, self._level = engine(in_cells)(
            december.money_pct, december.share_pct, december.reporting, december.surprise_pct, noise.scale, noise.offset
        )
        self._by_number: dict[float, Chances] = {}
        self._closing: NDArray[np.uint32] | None = None
        if december.closing is not None:
            self._closing = (december.closing * PUSHED + np.float32(0.5)).astype(np.int32).view(np.uint32)
        # beyond these some report may be at least, or at most, so much whatever the noise
        floor, (lowest, highest) = december.floor_pct, extremes(december.reporting_of)
        self._floored = (floor if isinstance(floor, float) else np.max(floor)) * (1 + highest)
        self._capped = MOST_PCT * (1 + lowest)

    def with_and_without_push(
        self, least: Value, between: tuple[float, float] | None = None
    ) -> tuple[Chances, Chances]:  # fmt: skip
        """With what is closed on paper, and by what is spent; `least` lies `between` these where they are known."""
        spent, target = self._by_noise(least, between), self._december.target_pct
        if self._closing is None:
            return spent, spent
        missing, closing = (CERTAIN - spent).view(np.uint32), self._closing
        if not np.all(certainly := target >= least):
            excess = survival(self._december.excess)
            perhaps = (target < least) & (least <= target * (1 + excess.most))
            paths = np.flatnonzero(perhaps & (closing > 0))
            if not paths.size and not np.any(certainly):
                return spent, spent
            closing = closing * certainly
            if paths.size:
                # who falls short of the target is pushed, and the excess over it decides whether that suffices
                missing[paths] = CERTAIN - np.maximum(spent[paths], self._at_target(paths))
                closing[paths] = self._closing[paths] * self._arriving(at(least, paths), paths, excess) // CERTAIN
        # whole numbers, in which this is exact: the more is reached without, the more is with
        missing *= closing
        missing += PUSHED // 2
        missing //= PUSHED
        reached = missing.view(np.int32)
        reached += spent
        return reached, spent

    def _by_noise(self, least: Value, between: tuple[float, float] | None = None) -> Chances:
        """By the noise of outlays alone."""
        if not isinstance(least, float):
            return self._looked_up(least, between or (float(np.min(least)), float(np.max(least))))
        if least not in self._by_number:
            self._by_number[least] = self._looked_up(least, (least, least))
        return self._by_number[least]

    def _at_target(self, paths: Paths) -> Chances:
        """Of reaching the target followed, by the noise alone, on some paths."""
        least = least_pct(printed(self._december.target_pct))
        if isinstance(least, float):
            return self._by_noise(least)[paths]
        return self._looked_up(least[paths], (float(np.min(least)), float(np.max(least))), paths)

    def _looked_up(self, least: Value, between: tuple[float, float], paths: Paths | None = None) -> Chances:
        of, slope, level = self._december, self._slope, self._level
        floor, reporting = of.floor_pct, of.reporting
        if paths is not None:
            slope, level, floor, reporting = slope[paths], level[paths], at(floor, paths), at(reporting, paths)
        table = self._noise.chances
        chances = self._engine(by_noise)(LookUp(table), len(table) - 1, slope, level, least)
        # a share is at least the floor and at most 100, whatever the noise
        if between[0] <= self._floored or between[1] > self._capped:
            np.copyto(chances, CERTAIN, where=least <= floor * (1 + reporting))
            np.copyto(chances, 0, where=least > MOST_PCT * (1 + reporting))
        return chances

    def _arriving(self, least: Value, paths: Paths, excess: Survival) -> NDArray[np.uint32]:
        """That the excess over the target reaches a share, on some paths; in all one number where all agree."""
        above = np.atleast_1d(least / at(self._december.target_pct, paths) - 1).astype(np.float32)
        # its size counts: at least so much above, or so much below
        return (excess(above) + CERTAIN - excess(-above)).view(np.uint32)


def in_cells(
    money_pct: Array, share_pct: Array, reporting: Value, surprise_pct: Value, scale: Value, offset: Value
) -> tuple[Array, Array]:
    """A share reported is reached from this cell of a table of the noise of outlays on: slope times it, and level."""
    slope, level = noise_needed(money_pct, share_pct, reporting, surprise_pct)
    slope *= scale
    level *= scale
    return slope, np.subtract(offset, level, out=level)


def by_noise(chances: LookUp, last: int, slope: Array, level: Array, least: Value) -> Chances:
    """How probable the noise makes a report of at least so much."""
    cells = slope * least
    cells += level
    return chances_at(chances, last, cells)


@overload
def least_pct(prints: int) -> float: ...
@overload
def least_pct(prints: Centi) -> Value: ...
def least_pct(prints: int | Centi) -> Value:
    """The least share that prints as so many hundredths."""
    if isinstance(prints, np.ndarray) and prints.ndim:
        return (prints.astype(np.float32) - np.float32(0.5)) * np.float32(0.01)
    return (int(prints) - 0.5) / 100


# all allies have one or two, and each asks every year
@lru_cache(maxsize=4)
def survival(prepared: Prepared) -> Survival:
    """How probable a value of x or more is, CERTAIN for one."""
    if isinstance(prepared, LocationScale):
        return prepared.standardised.survival.moved(prepared.mean, at_least(prepared.sd, TINY))
    if isinstance(prepared, Quantiles):
        return prepared.survival
    assert not isinstance(prepared, Distributions), "a block of variants has no probabilities"
    return Survival.of_number(prepared)


@lru_cache(maxsize=4)
def extremes(prepared: Prepared) -> tuple[float, float]:
    """The least and the most that is drawn."""
    if isinstance(prepared, LocationScale):
        low, high = extremes(prepared.standardised)
        return float(np.min(prepared.mean + prepared.sd * low)), float(np.max(prepared.mean + prepared.sd * high))
    if isinstance(prepared, Quantiles):
        parts = prepared.low, prepared.cells, prepared.high
        return min(float(part.min()) for part in parts), max(float(part.max()) for part in parts)
    assert not isinstance(prepared, Distributions), "a block of variants has no probabilities"
    return prepared, prepared
