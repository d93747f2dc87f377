"""Moments of the alliance's shares: what the method of simulated moments matches, beside the score.

A proper score asks of each ally whether the forecast was good; the moments ask of the alliance whether it moved as the
simulated one does: by how much, how unevenly, who rose.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.evaluation.calibration.parameters import Floats
from sim.numerics.grid import printed, reaches

MOMENTS = (
    "mean change of the share",
    "spread of the changes between allies",
    "allies at 2 %",
    "change per point of distance below 2 %",
    "change per unit of exposure",
)


def moments(shares_pct: NDArray[np.floating], start_pct: Floats, exposure: Floats) -> Floats:
    """The moments over allies, (variant, moments, path).

    `shares_pct` (variant, ally, path) are shares reached, `start_pct` and `exposure` (ally,) those of the origin.
    """
    change = shares_pct - start_pct[:, None]
    below = np.maximum(2.0 - start_pct, 0.0)
    at_two = reaches(printed(shares_pct), 2.0).sum(axis=1)
    return np.stack(
        [change.mean(axis=1), change.std(axis=1), at_two, _slope(change, below), _slope(change, exposure)], axis=1
    )


def _slope(change: NDArray[np.floating], on: Floats) -> Floats:
    """Least squares over allies of the change on one thing."""
    centred = on - on.mean()
    slope: Floats = np.einsum("vap,a->vp", change, centred) / (centred @ centred)
    return slope
