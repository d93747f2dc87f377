"""The continuous ranked probability score (Matheson and Winkler 1976), in the unit of the forecast quantity."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.evaluation.scores.ensembles import Floats, matched


def crps(ensemble: ArrayLike, observed: ArrayLike) -> Floats:
    """CRPS of each ensemble (..., members) against what was observed (...): float64 (...), 0 or more, small is good.

    mean |X - y| - 1/2 mean |X - X'| over all members**2 pairs (Gneiting and Raftery 2007, eq. 21): the score of the
    empirical distribution itself. For one member it is the absolute error. The mean over pairs follows from the order
    statistics: 1/2 mean |X - X'| = sum of (2 i - m - 1) x_(i) / m**2, so a sort is all it costs.
    """
    members, seen = matched(ensemble, observed)
    errors = members.astype(np.float64)  # the one copy: the size of the ensemble, whatever its shape
    errors -= seen[..., np.newaxis]
    errors.sort(axis=-1)
    count = errors.shape[-1]
    spread = errors @ ((2.0 * np.arange(1, count + 1) - count - 1) / count**2)
    np.abs(errors, out=errors)
    score: Floats = errors.mean(axis=-1) - spread
    return score


def absolute_error_of_median(ensemble: ArrayLike, observed: ArrayLike) -> Floats:
    """|median - y| of each ensemble (..., members): float64 (...). The midpoint of an even number of members."""
    members, seen = matched(ensemble, observed)
    error: Floats = np.abs(np.median(members.astype(np.float64), axis=-1) - seen)
    return error
