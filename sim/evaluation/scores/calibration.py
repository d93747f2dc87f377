"""Whether forecast distributions mean what they say: where the outcome falls in the ensemble."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.evaluation.scores.ensembles import Bools, Counted, Floats, matched


def randomised_pit(ensemble: ArrayLike, observed: ArrayLike, uniform: ArrayLike) -> Floats:
    """The probability integral transform of each case, float64 (...) in [0, 1]; uniform if forecasts are calibrated.

    (members below + u (members equal + 1)) / (members + 1), with u from `uniform` (...) in [0, 1]. The outcome counts
    as one more member, and ties are broken at random; so the value is exactly uniform wherever outcome and members are
    draws of one distribution, also with mass points (a floor, printed decimals, a point forecast) and few members.
    """
    members, seen = matched(ensemble, observed)
    chance = np.asarray(uniform, dtype=np.float64)
    if chance.shape != seen.shape or not ((chance >= 0) & (chance <= 1)).all():
        raise ValueError(f"one number between 0 and 1 for each of the {seen.shape} cases")
    below = (members < seen[..., np.newaxis]).sum(axis=-1)
    equal = (members == seen[..., np.newaxis]).sum(axis=-1)
    pit: Floats = (below + chance * (equal + 1)) / (members.shape[-1] + 1)
    return pit


def coverage(ensemble: ArrayLike, observed: ArrayLike, level: float) -> Bools:
    """True where the outcome lies in the central interval of `level`, its ends included: bool (...).

    The ends are the quantiles (1 - level) / 2 and (1 + level) / 2, interpolated at i / (members + 1) (Weibull;
    Hyndman and Fan's type 6): between the i-th and the j-th of m members lies a further draw of the same distribution
    with probability (j - i) / (m + 1), so a calibrated ensemble covers `level` also where members are few. Mass points
    at an end raise that. Beyond the outermost members the interval ends with them.
    """
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level}")
    members, seen = matched(ensemble, observed)
    low, high = np.quantile(members, [(1 - level) / 2, (1 + level) / 2], axis=-1, method="weibull")
    inside: Bools = (low <= seen) & (seen <= high)
    return inside


def pit_histogram(pit: ArrayLike, bins: int = 10) -> Counted:
    """How many values fall into each of `bins` equal parts of [0, 1], int64 (bins,); the last part holds 1."""
    values = np.asarray(pit, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("a probability integral transform lies between 0 and 1")
    edges = np.arange(1, bins) / bins  # each the number that it is written as; 3 * 0.1 would lie above 0.3
    return np.bincount(np.searchsorted(edges, values, side="right").ravel(), minlength=bins).astype(np.int64)
