"""How sure an estimate is, and which parameters the figures do not pin."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from sim.evaluation.calibration.estimate import Estimate, spread_out
from sim.evaluation.calibration.evidence import Evidence
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import Floats
from sim.model.estimated import ESTIMATED
from sim.numerics.streams import Streams

REPLICATES = 1_024
"""Histories resampled."""

GRID: Floats = np.linspace(0, 1, 5)
"""Where in its range each parameter is held for its profile."""

REACH = 0.1
"""Of a range: the step that second derivatives are taken with."""

PINNED, PARTLY = 0.45, 0.7
"""Widths of a 90 % interval, as parts of the range, up to which a parameter counts as pinned or partly pinned.

With no figures at all it is 0.9.
"""


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Of one estimate; points of the unit cube."""

    resampled: Floats  # (replicates, parameters)
    profiles: Floats | None  # (parameters, grid): rise of the objective with a parameter held and the others giving way

    @property
    def low(self) -> Floats:
        """5 % quantile of each parameter (parameters,)."""
        return np.asarray(np.quantile(self.resampled, 0.05, axis=0))

    @property
    def high(self) -> Floats:
        """95 % quantile of each parameter (parameters,)."""
        return np.asarray(np.quantile(self.resampled, 0.95, axis=0))

    def verdict(self, index: int) -> str:
        """Whether the figures pin a parameter."""
        width = float(self.high[index] - self.low[index])
        return "pinned" if width <= PINNED else "partly" if width <= PARTLY else "not pinned"


def from_the_ranges(seed: int) -> Uncertainty:
    """Before any figure is seen: uniform over the ranges."""
    return Uncertainty(_middles(seed), None)


def uncertainty(
    objective: Objective, evidence: Evidence, found: Estimate, seed: int, *, profiles: bool = True
) -> Uncertainty:
    """Block bootstrap by target year with a prior drawn anew for each replicate, and profiles.

    All cells of a year come or stay away together, since one year's shock is in all of them. The middle that the prior
    pulls to is drawn from the range (randomised maximum a posteriori), so a parameter that the figures say nothing of
    keeps the whole range. Each replicate moves the estimate by one Newton step (the score bootstrap of Kline and
    Santos 2012): estimating a thousand times anew would take days.
    """
    curvature, slopes = _derivatives(objective, found.point)
    resampled = _resampled(objective, evidence, found.point, curvature, slopes, seed)
    return Uncertainty(resampled, _profiles(objective, found, curvature) if profiles else None)


def _derivatives(objective: Objective, point: Floats) -> tuple[Floats, Floats]:
    """Second derivatives of the objective (parameters, parameters), and the slope of each cell (cells, parameters).

    By differences around the point, moved inside the ranges where it stands at an edge. No direction is taken to be
    flatter than the prior.
    """
    size = len(point)
    steps = np.eye(size) * REACH
    centre = np.clip(point, REACH, 1 - REACH)
    pairs = list(combinations(range(size), 2))
    ends = [centre[None], centre + steps, centre - steps]
    ends += [np.array([centre + sign * (steps[i] + steps[j]) for i, j in pairs]) for sign in (1, -1)]
    cells = objective.distance(np.concatenate(ends)) / objective.unit
    values = cells @ objective.weights
    middle, up, down = values[0], values[1 : size + 1], values[size + 1 : 2 * size + 1]
    both, neither = np.split(values[2 * size + 1 :], 2)
    raw = np.diag(up - 2 * middle + down)
    for index, (i, j) in enumerate(pairs):
        raw[i, j] = raw[j, i] = (both[index] + neither[index] - up[i] - down[i] - up[j] - down[j] + 2 * middle) / 2
    known, vectors = np.linalg.eigh(raw / REACH**2)
    curvature = (vectors * np.maximum(known, 0)) @ vectors.T + objective.prior_precision * np.eye(size)
    slopes = (cells[1 : size + 1] - cells[size + 1 : 2 * size + 1]).T / (2 * REACH)
    return curvature, slopes


def _resampled(
    objective: Objective, evidence: Evidence, point: Floats, curvature: Floats, slopes: Floats, seed: int
) -> Floats:
    """The estimate on each resampled history, (replicates, parameters)."""
    years = np.array([year for _, year in evidence.cells])
    known = np.unique(years)
    streams, middles = Streams(seed, 0, len(known)), _middles(seed)
    moved = []
    for replicate in range(REPLICATES):
        words = streams.uint16("calibration/years", period=replicate + 1)[: len(known)]
        times = np.bincount((words.astype(np.int64) * len(known)) >> 16, minlength=len(known))
        weights = objective.weights * times[np.searchsorted(known, years)]
        pull = slopes.T @ (weights / weights.sum() - objective.weights)
        pull -= objective.prior_precision * (middles[replicate] - 0.5)
        moved.append(point - np.linalg.solve(curvature, pull))
    return np.clip(np.array(moved), 0, 1)


def _middles(seed: int) -> Floats:
    """Points spread evenly over the unit cube, (replicates, parameters): Sobol's, moved as one by the seed.

    Any first 2**n of them are even too, so that a few draws of a parameter have the mean of its range.
    """
    words = Streams(seed, 0, len(ESTIMATED)).uint16("calibration/ranges")
    points: Floats = (spread_out(REPLICATES) + (words + 0.5) / 65_536) % 1
    return points


def _profiles(objective: Objective, found: Estimate, curvature: Floats) -> Floats:
    """Each parameter held on a grid, the others moved to where the curvature says; the objective itself is computed."""
    size = len(found.point)
    points = []
    for index in range(size):
        rest = np.arange(size) != index
        answer = np.linalg.solve(curvature[np.ix_(rest, rest)], curvature[rest, index])
        for held in GRID:
            point = found.point.copy()
            point[rest] -= answer * (held - found.point[index])
            point[index] = held
            points.append(np.clip(point, 0, 1))
    values = objective.values(np.array(points)).reshape(size, len(GRID))
    rise: Floats = np.maximum(values - found.value, 0)
    return rise
