"""The estimate: where the objective is smallest, found from two starts by a quasi-Newton search."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats import qmc

from sim.evaluation.calibration.evidence import TOGETHER
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import MIDDLE, Floats
from sim.model.estimated import ESTIMATED

SEARCH = {"maxiter": 25, "ftol": 1e-4}
"""A gain of a ten-thousandth of the score at the middle is none."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """Where a search ended."""

    point: Floats  # (parameters,) of the unit cube
    value: float  # of the objective
    distance: float  # without the prior, in the unit of the middle: below 1 the figures were learned from


def spread_out(count: int) -> Floats:
    """The first points of Sobol's sequence in the unit cube, (count, parameters); the very first is a corner.

    Made in another thread: an interrupt reaches the main thread only, and SciPy swallows one that comes while it reads
    its table of directions, and goes on with half a table.
    """
    with ThreadPoolExecutor(1) as thread:
        points: Floats = thread.submit(lambda: qmc.Sobol(len(ESTIMATED), scramble=False).random(count)).result()
    return points


def estimate(objective: Objective) -> Estimate:
    """The smallest value found from the middle of the ranges and from the best of a screen of spread-out points."""
    screen = spread_out(TOGETHER)[1:]
    best = screen[np.argmin(objective.values(screen))]
    bounds = [(0.0, 1.0)] * len(ESTIMATED)
    found = [
        minimize(objective.with_gradient, start, jac=True, method="L-BFGS-B", bounds=bounds, options=SEARCH)
        for start in (MIDDLE, best)
    ]
    winner = min(found, key=lambda result: float(result.fun))
    point: Floats = np.asarray(winner.x)
    return Estimate(point, float(winner.fun), float(winner.fun) - float(objective.prior(point[None])[0]))
