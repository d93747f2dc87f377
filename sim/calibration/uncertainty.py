"""How sure an estimate is, and which parameters the figures do not pin."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.calibration.estimate import Estimate
from sim.calibration.evidence import Evidence
from sim.calibration.objective import PRIOR_WEIGHT, STEP, Objective
from sim.calibration.parameters import Floats
from sim.streams import Streams

REPLICATES = 1_000
"""Histories resampled."""

GRID: Floats = np.linspace(0, 1, 5)
"""Where in its range each parameter is held for its profile."""

PINNED, PARTLY = 0.4, 0.7
"""Widths of a 90 % interval, as parts of the range, up to which a parameter counts as pinned or partly pinned."""


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Of one estimate; points of the unit cube."""

    sd: Floats  # (parameters,)
    low: Floats  # 5 % over resampled histories (parameters,)
    high: Floats  # 95 %
    profiles: Floats  # (parameters, grid): rise of the objective where a parameter is held and the others give way

    def verdict(self, place: int) -> str:
        """Whether the figures pin a parameter."""
        width = float(self.high[place] - self.low[place])
        return "pinned" if width <= PINNED else "partly" if width <= PARTLY else "not pinned"


def uncertainty(objective: Objective, evidence: Evidence, found: Estimate, seed: int) -> Uncertainty:
    """Block bootstrap by target year, and profiles.

    All cells of a year come or stay away together, since one year's shock is in all of them. Each resampled history
    moves the estimate by one Newton step (the score bootstrap of Kline and Santos 2012): estimating a thousand times
    anew would take days.
    """
    curvature = _curvature(objective, found.point)
    moved = _resampled(objective, evidence, found.point, curvature, seed)
    low, high = np.quantile(moved, (0.05, 0.95), axis=0)
    return Uncertainty(moved.std(axis=0), low, high, _profiles(objective, found, curvature))


def _curvature(objective: Objective, point: Floats) -> Floats:
    """Second derivatives of the objective (parameters, parameters), no flatter in any direction than the prior."""
    size = len(point)
    rows = []
    for place in range(size):
        step = np.zeros(size)
        step[place] = 2 * STEP
        ends = np.clip(point + step, 0, 1), np.clip(point - step, 0, 1)
        slopes = [objective.with_gradient(end)[1] for end in ends]
        rows.append((slopes[0] - slopes[1]) / (ends[0][place] - ends[1][place]))
    raw = np.array(rows)
    values, vectors = np.linalg.eigh((raw + raw.T) / 2)
    flattest = 8 * PRIOR_WEIGHT / objective.years / size
    curvature: Floats = (vectors * np.maximum(values, flattest)) @ vectors.T
    return curvature


def _resampled(objective: Objective, evidence: Evidence, point: Floats, curvature: Floats, seed: int) -> Floats:
    """The estimate on each resampled history, (replicates, parameters)."""
    years = np.array([year for _, year in evidence.cells])
    known = np.unique(years)
    slopes = objective.cell_gradients(point)
    streams = Streams(seed, 0, len(known))
    moved = []
    for replicate in range(1, REPLICATES + 1):
        words = streams.words("calibration/years", period=replicate)
        times = np.bincount((words.astype(np.int64) * len(known)) >> 16, minlength=len(known))
        weights = objective.weights * times[np.searchsorted(known, years)]
        weights = weights / weights.sum()
        moved.append(point - np.linalg.solve(curvature, slopes.T @ (weights - objective.weights)))
    return np.clip(np.array(moved), 0, 1)


def _profiles(objective: Objective, found: Estimate, curvature: Floats) -> Floats:
    """Each parameter held on a grid, the others moved to where the curvature says; the objective itself is computed."""
    size = len(found.point)
    points = []
    for place in range(size):
        rest = np.arange(size) != place
        answer = np.linalg.solve(curvature[np.ix_(rest, rest)], curvature[rest, place])
        for held in GRID:
            point = found.point.copy()
            point[rest] -= answer * (held - found.point[place])
            point[place] = held
            points.append(np.clip(point, 0, 1))
    values = objective.values(np.array(points)).reshape(size, len(GRID))
    rise: Floats = np.maximum(values - found.value, 0)
    return rise
