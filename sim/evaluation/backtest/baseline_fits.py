"""Two small models fitted by least squares to all allies and years known at an origin.

Sums are rounded once (fsum), so the order of the allies moves no bit of a fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]

LARGEST_THETA = 0.95
"""The moving average is sought within this; beyond 1 it could not be inverted."""


@dataclass(frozen=True)
class Adjustment:
    """Each year closes `pull` of the distance to the target, 0 to 1; errors of standard deviation `error_pct`."""

    pull: float
    error_pct: float


def fit_adjustment(distances: Floats, changes: Floats) -> Adjustment:
    """Least squares without a constant: change (ally, step) = pull * distance (ally, step) to the target before it."""
    square = _sum(distances**2)
    pull = min(max(_sum(distances * changes) / square, 0.0), 1.0) if square > 0 else 0.0
    return Adjustment(pull, _spread(changes - pull * distances))


@dataclass(frozen=True, eq=False)
class MovingAverage:
    """change(t) = innovation(t) + theta * innovation(t - 1); innovations of standard deviation `error_pct`."""

    theta: float
    error_pct: float
    last: Floats
    """Each ally's innovation of the last year, percentage points (ally,)."""


def fit_moving_average(changes: Floats) -> MovingAverage:
    """Conditional least squares, theta and error common to all allies; changes (ally, step), two steps or more.

    The innovation before the first change is taken as 0. With normal errors this is the conditional likelihood too.
    """

    def misfit(theta: float) -> float:
        return _sum(innovations(changes, theta) ** 2)

    found = minimize_scalar(misfit, bounds=(-LARGEST_THETA, LARGEST_THETA), method="bounded", options={"xatol": 1e-7})
    theta = round(float(found.x), 4)  # an optimiser's last places differ between versions of SciPy
    innovation = innovations(changes, theta)
    return MovingAverage(theta, _spread(innovation), innovation[:, -1])


def innovations(changes: Floats, theta: float) -> Floats:
    """What each change (ally, step) brought that the one before did not foretell."""
    found = np.empty_like(changes)
    previous = np.zeros(len(changes))
    for step in range(changes.shape[1]):
        previous = found[:, step] = changes[:, step] - theta * previous
    return found


def _spread(errors: Floats) -> float:
    """Standard deviation around 0, one degree of freedom spent on the coefficient."""
    return sqrt(_sum(errors**2) / max(errors.size - 1, 1))


def _sum(values: Floats) -> float:
    return fsum(values.ravel().tolist())
