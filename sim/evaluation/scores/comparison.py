"""How sure a mean score is, and the difference of two: cases of one target year are not independent."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from sim.evaluation.scores.ensembles import Floats

FEWEST_ORIGINS = 4
"""Below this a test of equal accuracy says nothing."""


class Interval(NamedTuple):
    """A mean, the ends of its interval, its standard error and the number of blocks it rests on."""

    mean: float
    low: float
    high: float
    standard_error: float
    blocks: int


class DieboldMariano(NamedTuple):
    """A test of equal accuracy; `statistic` and `p_value` are nan where `reason` says why there is none."""

    mean_difference: float
    """Mean of loss - baseline loss: below 0 the forecast beats its baseline."""
    statistic: float
    p_value: float
    origins: int
    reason: str = ""


def block_standard_error(values: ArrayLike, blocks: ArrayLike) -> float:
    """The standard error of the mean of `values` (cases,), where cases with one label in `blocks` (cases,) depend.

    From the totals of the blocks' deviations e_b = sum over the block of (value - mean), the mean being a ratio of
    totals: sqrt(B / (B - 1) * sum e_b**2) / cases (Cochran 1977, 2.11; also the cluster-robust error of a mean). Blocks
    may differ in size and are taken to be independent of each other. nan for fewer than two blocks.
    """
    found, deviations = _block_totals(values, blocks)
    count = len(deviations)
    if count < 2:
        return np.nan
    return float(np.sqrt(count / (count - 1) * (deviations**2).sum()) / len(found))


def block_interval(values: ArrayLike, blocks: ArrayLike, level: float = 0.95) -> Interval:
    """The mean of `values` (cases,) and its interval by Student's t with (blocks - 1) degrees of freedom.

    Not a bootstrap: with about ten blocks the percentile interval of resampled blocks is too narrow (Cameron, Gelbach
    and Miller 2008), and it would need random numbers. Blocks of very unequal size leave this one somewhat too narrow,
    too. Its ends are nan for fewer than two blocks.
    """
    if not 0 < level < 1:
        raise ValueError(f"the level of an interval lies between 0 and 1, not at {level}")
    found, deviations = _block_totals(values, blocks)
    mean, error, count = float(found.mean()), block_standard_error(values, blocks), len(deviations)
    half = float(stdtrit(count - 1, (1 + level) / 2)) * error if count > 1 else np.nan
    return Interval(mean, mean - half, mean + half, error, count)


def diebold_mariano(
    loss: ArrayLike, baseline_loss: ArrayLike, lags: int, kernel: Literal["rectangular", "bartlett"] = "rectangular"
) -> DieboldMariano:
    """The test of equal accuracy of Diebold and Mariano (1995), with the correction of Harvey and others (1997).

    loss and baseline_loss (origins,): mean losses of consecutive origins, in their order. `lags` is h - 1 for
    forecasts h years ahead: that far do their errors overlap. The variance of the mean difference is
    (g_0 + 2 sum of w_k g_k) / n with autocovariances g_k up to `lags`; w_k = 1 (rectangular, as both papers have it) or
    1 - k / (lags + 1) (Bartlett; Newey and West 1987), which is never negative but too small for true overlap. The
    statistic is multiplied by sqrt((n + 1 - 2 h + h (h - 1) / n) / n) and compared, on both sides, with Student's t of
    n - 1 degrees of freedom.
    """
    ours, theirs = np.asarray(loss, dtype=np.float64), np.asarray(baseline_loss, dtype=np.float64)
    if ours.ndim != 1 or ours.shape != theirs.shape:
        raise ValueError(f"two series (origins,) of one length, not {ours.shape} and {theirs.shape}")
    if not (np.isfinite(ours).all() and np.isfinite(theirs).all()):
        raise ValueError("a loss is a number")
    if lags < 0 or kernel not in ("rectangular", "bartlett"):
        raise ValueError(f"lags are 0 or more and kernels rectangular or bartlett, not {lags} and {kernel!r}")
    count, ahead = len(ours), lags + 1
    difference = ours - theirs
    mean = float(difference.mean()) if count else np.nan
    if count < FEWEST_ORIGINS:
        return DieboldMariano(mean, np.nan, np.nan, count, f"fewer than {FEWEST_ORIGINS} origins")
    if count <= ahead:
        return DieboldMariano(mean, np.nan, np.nan, count, f"{count} origins for forecasts {ahead} years ahead")
    variance = _variance_of_mean(difference, lags, kernel)
    if not variance > 1e-24 * float((difference**2).mean()):  # what rounding leaves of equal differences
        return DieboldMariano(mean, np.nan, np.nan, count, "the variance of the difference is not positive")
    correction = (count + 1 - 2 * ahead + ahead * (ahead - 1) / count) / count
    statistic = float(mean * np.sqrt(correction / variance))
    return DieboldMariano(mean, statistic, float(2 * stdtr(count - 1, -abs(statistic))), count)


def _variance_of_mean(series: Floats, lags: int, kernel: str) -> float:
    count, centred = len(series), series - series.mean()
    total = float(centred @ centred)
    for lag in range(1, lags + 1):
        weight = 1.0 if kernel == "rectangular" else 1 - lag / (lags + 1)
        total += 2 * weight * float(centred[lag:] @ centred[:-lag])
    return total / count**2


def _block_totals(values: ArrayLike, blocks: ArrayLike) -> tuple[Floats, Floats]:
    """The values as float64 (cases,), and each block's total deviation from their mean (blocks,)."""
    found, labels = np.asarray(values, dtype=np.float64), np.asarray(blocks)
    if found.ndim != 1 or found.shape != labels.shape or not found.size:
        raise ValueError(f"values and their blocks (cases,), at least one, not {found.shape} and {labels.shape}")
    if not np.isfinite(found).all():
        raise ValueError("a value is a number")
    _, inverse = np.unique(labels, return_inverse=True)
    return found, np.bincount(inverse, weights=found - found.mean()).astype(np.float64)
