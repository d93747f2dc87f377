"""Intervals of a probability estimated from simulated paths, and quantiles of a histogram."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from sim.numerics.grid import Grid

Z95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


def wilson(successes: NDArray[np.int64], paths: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95 % interval of a probability (Wilson 1927): low and high, shaped as `successes`.

    It covers the Monte Carlo error alone: what another seed would change. It says nothing of the assumptions.
    """
    p = successes / paths
    centre = p + Z95**2 / (2 * paths)
    half = Z95 * np.sqrt(p * (1 - p) / paths + (Z95 / (2 * paths)) ** 2)
    scale = 1 + Z95**2 / paths
    return np.clip((centre - half) / scale, 0, p), np.clip((centre + half) / scale, p, 1)


def wilson_of(probability: float, paths: int) -> tuple[float, float]:
    """The same of one probability, which some whole number of the paths makes.

    >>> low, high = wilson_of(0.83, 10_000)
    >>> print(f"{low:.4f} to {high:.4f}")
    0.8225 to 0.8372
    """
    low, high = wilson(np.array(round(probability * paths), dtype=np.int64), paths)
    return float(low), float(high)


def half_width(probability: float, paths: int) -> float:
    """Half the width of that interval, 0 to 1, for a share of the paths: widest at one half."""
    variance = probability * (1 - probability)
    return Z95 * sqrt(variance * paths + Z95**2 / 4) / (paths + Z95**2)


def paths_needed(probability: float, half: float) -> float:
    """The number of paths, not whole, at which the interval of such a share is `half` to either side (0 to 1)."""
    variance = probability * (1 - probability)
    return Z95**2 * ((variance + sqrt(variance**2 + half**2 * (1 - 4 * variance))) / (2 * half**2) - 1)


def quantile(histogram: NDArray[np.int64], level: float, grid: Grid, *, open_end: bool = False) -> NDArray[np.float64]:
    """The smallest value of the grid with at least `level` of the paths at or below it, over the last axis.

    A level is the decimal it is written as: 0.95 is nineteen twentieths, of any number of paths. The value is exact to
    half a cell, as the shares are counted as NATO prints them. With `open_end` the last cell holds all that lies above
    the grid: a quantile there is infinite, since nothing else is known of it.
    """
    below, part = histogram.cumsum(axis=-1), Fraction(repr(float(level)))
    needed = -(-below[..., -1:] * part.numerator // part.denominator)
    cells = (below < needed).sum(axis=-1)
    values: NDArray[np.float64] = np.where(open_end & (cells == histogram.shape[-1] - 1), np.inf, grid.values(cells))
    return values[()]  # a number, not an array, of one histogram


def above(histogram: NDArray[np.int64]) -> NDArray[np.float64]:
    """The part of the paths, 0 to 1, in the last cell of a histogram, which holds all that lies above its grid."""
    parts: NDArray[np.float64] = histogram[..., -1] / histogram.sum(axis=-1)
    return parts


def average(histogram: NDArray[np.int64], grid: Grid) -> NDArray[np.float64]:
    """The mean of a histogram over its last axis, which counts the same number of paths everywhere.

    A lower bound where `above` has a part of it.
    """
    cells = np.arange(histogram.shape[-1], dtype=np.int64)
    paths = int(histogram.reshape(-1, histogram.shape[-1])[0].sum())
    return grid.values((histogram * cells).sum(axis=-1), paths)
