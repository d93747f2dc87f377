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

MOSTLY, HALF = 0.75, 0.5
"""Parts of the resistance to being moved that must be the figures' own for the same."""

FEWEST_YEARS = 5
"""Resampling fewer years says nothing: from one year all histories are alike."""


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Of one estimate; points of the unit cube."""

    sd: Floats  # (parameters,)
    low: Floats  # 5 % over resampled histories (parameters,)
    high: Floats  # 95 %
    profiles: Floats  # (parameters, grid): rise of the objective where a parameter is held and the others give way
    part: Floats  # (parameters,): how much of that rise is the figures', not the pull to the middle; 0 to 1
    years: int  # seen

    @property
    def too_few_years(self) -> bool:
        """Whether there are too few years for an interval."""
        return self.years < FEWEST_YEARS

    def verdict(self, place: int) -> str:
        """Whether the figures pin a parameter.

        The interval alone does not tell: where the figures are silent only the pull to the middle speaks, it says the
        same of every history, and the interval shrinks to a point.
        """
        if self.too_few_years:
            return "too few years"
        width, part = float(self.high[place] - self.low[place]), float(self.part[place])
        if width <= PINNED and part >= MOSTLY:
            return "pinned"
        return "partly" if width <= PARTLY and part >= HALF else "not pinned"


def uncertainty(objective: Objective, evidence: Evidence, found: Estimate, seed: int) -> Uncertainty:
    """Block bootstrap by target year, and profiles.

    All cells of a year come or stay away together, since one year's shock is in all of them. Each resampled history
    moves the estimate by one Newton step (the score bootstrap of Kline and Santos 2012): estimating a thousand times
    anew would take days.
    """
    curvature = _curvature(objective, found.point)
    moved = _resampled(objective, evidence, found.point, curvature, seed)
    low, high = np.quantile(moved, (0.05, 0.95), axis=0)
    profiles = _profiles(objective, found, curvature)
    part = figures_part(profiles, found.point, objective.years)
    return Uncertainty(moved.std(axis=0), low, high, profiles, part, objective.years)


def figures_part(profiles: Floats, point: Floats, years: int) -> Floats:
    """How much of each profile's rise is the figures' (parameters,), from `profiles` (parameters, grid); 0 to 1.

    The prior alone would make a parabola around the estimate. For a quadratic objective the part is the diagonal of
    the resolution matrix of inverse theory (Backus and Gilbert 1968): 0 where the estimate is all prior.
    """
    alone = _prior_curvature(years, len(point)) / 2 * ((GRID - point[:, None]) ** 2).sum(axis=1)
    rise = profiles.sum(axis=1)
    part: Floats = np.clip(1 - alone / np.where(rise > 0, rise, alone), 0, 1)
    return part


def _prior_curvature(years: int, size: int) -> float:
    """Second derivative of the prior in each of `size` parameters."""
    return 8 * PRIOR_WEIGHT / years / size


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
    flattest = _prior_curvature(objective.years, size)
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
