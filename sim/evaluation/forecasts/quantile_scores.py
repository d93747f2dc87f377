"""Scores of a distribution known by its quantiles, in the unit of the quantity. Small is good.

`levels` (levels,) and `quantiles` (..., levels) rise together; `observed` (...) is what came.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def pinball(levels: ArrayLike, quantiles: ArrayLike, observed: ArrayLike) -> Floats:
    """The loss of every quantile (..., levels): level (y - q) where y lies above q, (1 - level) (q - y) below.

    Koenker and Bassett 1978: its mean is smallest at the true quantile.
    """
    at, q, y = _matched(levels, quantiles, observed)
    above = y[..., np.newaxis] - q
    loss: Floats = np.where(above >= 0, at * above, (at - 1) * above)
    return loss


def weighted_interval_score(levels: ArrayLike, quantiles: ArrayLike, observed: ArrayLike) -> Floats:
    """Twice the mean pinball loss (...): the CRPS of what quantiles tell (Bracher et al. 2021, PLoS Comput. Biol. 17).

    For a median with central intervals it is the mean of their interval scores, weighted by half their 1 - level. With
    ever more levels, evenly spaced, it becomes the CRPS.
    """
    score: Floats = 2 * pinball(levels, quantiles, observed).mean(axis=-1)
    return score


def interval_score(low: ArrayLike, high: ArrayLike, observed: ArrayLike, coverage: float) -> Floats:
    """Width of the central interval, and 2 / (1 - coverage) times the distance by which it is missed (...).

    Gneiting and Raftery 2007, eq. 43.
    """
    if not 0 < coverage < 1:
        raise ValueError(f"the coverage of an interval lies between 0 and 1, not at {coverage}")
    bottom, top, y = (np.asarray(array, dtype=np.float64) for array in (low, high, observed))
    missed = np.maximum(bottom - y, 0) + np.maximum(y - top, 0)
    score: Floats = top - bottom + 2 / (1 - coverage) * missed
    return score


def central(levels: Sequence[float], quantiles: ArrayLike, coverage: float) -> tuple[Floats, Floats]:
    """The ends (...) of the central interval of `coverage`: the quantiles at (1 - coverage) / 2 and its mirror.

    Raises:
        ValueError: those levels are not among the levels.
    """
    part = Fraction(repr(float(coverage)))
    ends = (float((1 - part) / 2), float((1 + part) / 2))
    if not set(ends) <= set(levels):
        raise ValueError(f"the levels have no central interval of {coverage}")
    low, high = (np.asarray(quantiles, dtype=np.float64)[..., levels.index(end)] for end in ends)
    return low, high


def covered(levels: Sequence[float], quantiles: ArrayLike, observed: ArrayLike, coverage: float) -> Bools:
    """True (...) where what came lies in the central interval of `coverage`, its ends included."""
    low, high = central(levels, quantiles, coverage)
    y = np.asarray(observed, dtype=np.float64)
    inside: Bools = (low <= y) & (y <= high)
    return inside


def _matched(levels: ArrayLike, quantiles: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats, Floats]:
    at, q, y = (np.asarray(array, dtype=np.float64) for array in (levels, quantiles, observed))
    if at.ndim != 1 or q.shape != (*y.shape, at.size):
        raise ValueError(f"levels {at.shape} and outcomes {y.shape} need quantiles to match, not {q.shape}")
    if not ((at > 0) & (at < 1)).all() or (np.diff(at) <= 0).any():
        raise ValueError("levels lie between 0 and 1 and rise")
    return at, q, y
