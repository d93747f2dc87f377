"""Joint counts of scenarios over the same paths: whole numbers, so blocks merge to the same bits in any order."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.path_outcomes import PathOutcomes
from sim.distributions.quantile_tables import kept
from sim.engine.block import Job
from sim.engine.recorder import in_parts
from sim.results.counts import TALLIES, Counted
from sim.scenario.schema import Scenario

HALF_WORD = 20
"""Bits of the lower part of a difference whose square is taken in two parts: a square of money overflows 64 bits."""


@dataclass(frozen=True)
class PairedJob(Job):
    """Paths of several scenarios under one seed: `scenario` is the first, `others` are set beside it."""

    others: tuple[Scenario, ...] = ()
    years: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class PairedCounts:
    """Counts over the paths [first, first + paths).

    met (scenario, tally, ally, year), int64: paths on which the ally complies
    both (other, tally, ally, year), int64: paths on which it complies in the first scenario and in the other
    sums (scenario, measure, year), Python integers: sums of the alliance's figures
    squares (other, measure, year), Python integers: sums of the squared differences to the first
    expected (scenario, tally, ally, year), int64: sums of the probabilities to comply, CERTAIN for one

    Of whole stretches of paths, first their sums, then the squares of these:
    moments (scenario, moment, tally, ally, year), int64: of `expected`, in parts of a path
    difference_moments (other, moment, tally, ally, year), int64: of its difference to the first scenario, likewise
    figure_moments (other, moment, measure, year), Python integers: of the differences of the alliance's figures; of
        numbers of allies, of those expected, in parts of a path
    """

    first: int
    paths: int
    met: Counted
    both: Counted
    sums: NDArray[np.object_]
    squares: NDArray[np.object_]
    expected: Counted
    moments: Counted
    difference_moments: Counted
    figure_moments: NDArray[np.object_]

    def merged(self, after: PairedCounts) -> PairedCounts:
        """The counts of two stretches of paths; `after` begins where this one ends."""
        if self.first + self.paths != after.first:
            raise ValueError(f"paths {self.first}+{self.paths} and {after.first}+{after.paths} do not join")
        added = {name: getattr(self, name) + getattr(after, name) for name in ARRAYS}
        return PairedCounts(self.first, self.paths + after.paths, **added)


ARRAYS = tuple(field.name for field in fields(PairedCounts) if field.name not in ("first", "paths"))
"""What is counted, which adds up."""


def run_together(job: PairedJob) -> PairedCounts:
    """Run a job block by block; memory is that of one block of two scenarios."""
    kept().update(job.evaluated)
    total: PairedCounts | None = None
    end = job.first + job.paths
    for first in range(job.first, end, job.block):
        counts = _block(job, first, min(job.block, end - first))
        total = counts if total is None else total.merged(counts)
    assert total is not None
    return total


def _block(job: PairedJob, first: int, paths: int) -> PairedCounts:
    base = PathOutcomes(job.scenario, job.seed, first, paths, job.years)
    kept: dict[str, list[NDArray[Any]]] = {name: [] for name in ARRAYS}
    _add_side(base, kept)
    for scenario in job.others:
        other = PathOutcomes(scenario, job.seed, first, paths, job.years)
        _add_side(other, kept)
        kept["both"].append(_paths(base.met & other.met))
        kept["squares"].append(_square_sums(other.figures - base.figures))
        kept["difference_moments"].append(_moments(_by_stretch(other) - _by_stretch(base)))
        kept["figure_moments"].append(_moments(_figures_by_stretch(other) - _figures_by_stretch(base)))
    return PairedCounts(first, paths, **{name: np.stack(each) for name, each in kept.items()})


def _add_side(side: PathOutcomes, kept: dict[str, list[NDArray[Any]]]) -> None:
    """What is counted of a scenario by itself."""
    kept["met"].append(_paths(side.met))
    kept["sums"].append(_totals(side.figures))
    kept["expected"].append(side.expected.sum(axis=-1))
    kept["moments"].append(_moments(_by_stretch(side)))


def _by_stretch(side: PathOutcomes) -> Counted:
    """What is expected in whole stretches, in parts of a path: (tally, ally, year, stretch)."""
    return in_parts(side.expected[..., side.stretches.whole])


def _figures_by_stretch(side: PathOutcomes) -> NDArray[np.object_]:
    """Of whole stretches the alliance's figures, of numbers of allies the expected ones: (measure, year, stretch)."""
    by_path = np.moveaxis(side.figures, -1, 0)
    sums = np.stack([part.sum(axis=0) for part in side.stretches.parts(by_path)], axis=-1)
    sums[: len(TALLIES)] = in_parts(side.expected.sum(axis=1))
    found: NDArray[np.object_] = sums[..., side.stretches.whole].astype(object)
    return found


def _moments(of_stretches: NDArray[Any]) -> NDArray[Any]:
    """The sums over the stretches, and those of the squares."""
    moments: NDArray[Any] = np.stack([of_stretches.sum(axis=-1), (of_stretches**2).sum(axis=-1)])
    return moments


def _paths(packed: NDArray[np.uint8]) -> Counted:
    """How many paths are marked, over the last axis."""
    marked: Counted = np.bitwise_count(packed).sum(axis=-1, dtype=np.int64)
    return marked


def _totals(figures: Counted) -> NDArray[np.object_]:
    """Sums over the paths as Python integers, which never overflow."""
    totals: NDArray[np.object_] = figures.sum(axis=-1).astype(object)
    return totals


def _square_sums(differences: Counted) -> NDArray[np.object_]:
    """Sums of squares over the paths, exact: (h 2^k + l)^2 in three sums, each within 64 bits."""
    size = np.abs(differences)
    high, low = size >> HALF_WORD, size & ((1 << HALF_WORD) - 1)
    parts: list[Any] = [_totals(one * other) for one, other in ((high, high), (high, low), (low, low))]
    squares: NDArray[np.object_] = parts[0] * (1 << 2 * HALF_WORD) + parts[1] * (1 << HALF_WORD + 1) + parts[2]
    return squares
