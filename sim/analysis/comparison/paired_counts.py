"""Joint counts of scenarios over the same paths: whole numbers, so blocks merge to the same bits in any order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.analysis.comparison.path_outcomes import PathOutcomes
from sim.distributions.quantile_tables import kept
from sim.engine.block import Job
from sim.results.counts import Counted
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
    """

    first: int
    paths: int
    met: Counted
    both: Counted
    sums: NDArray[np.object_]
    squares: NDArray[np.object_]

    def merged(self, after: PairedCounts) -> PairedCounts:
        """The counts of two stretches of paths; `after` begins where this one ends."""
        if self.first + self.paths != after.first:
            raise ValueError(f"paths {self.first}+{self.paths} and {after.first}+{after.paths} do not join")
        return PairedCounts(
            self.first, self.paths + after.paths, self.met + after.met, self.both + after.both,
            self.sums + after.sums, self.squares + after.squares,
        )  # fmt: skip


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
    met, sums = [_paths(base.met)], [_totals(base.figures)]
    both, squares = [], []
    for scenario in job.others:
        other = PathOutcomes(scenario, job.seed, first, paths, job.years)
        met.append(_paths(other.met))
        sums.append(_totals(other.figures))
        both.append(_paths(base.met & other.met))
        squares.append(_square_sums(other.figures - base.figures))
    return PairedCounts(first, paths, np.stack(met), np.stack(both), np.stack(sums), np.stack(squares))


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
