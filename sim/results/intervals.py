"""Intervals of what is estimated from simulated paths, and quantiles of a histogram.

All the draws of a stretch of paths are spread evenly together, so its paths are not independent of one another; whole
stretches are. Intervals come from how the sums over them differ: Wilson's (1927), with the effective number of paths in
place of the number, as of proportions in surveys whose units are drawn in clusters (Korn and Graubard 1998, Survey
Methodology 24, 193-201; in Wilson's form Kott 2017, Survey Methodology 43, 235-240), and Student's t in place of the
normal quantile, since the variance is estimated. Few stretches tell no variance: then paths are taken for independent,
which is conservative, as they are drawn so evenly that they scatter less.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.numerics.grid import Grid
from sim.numerics.streams import STRETCH
from sim.results.counts import whole_stretches

Z95 = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""

LEAST_STRETCHES = 8
"""Fewer tell too little of a variance."""

Floats = NDArray[np.float64]
Moments = NDArray[np.int64] | Sequence[int]
"""Sums over whole stretches of paths: of each stretch's sum, and of its square."""


def method(paths: int) -> Literal["stretches", "wilson"]:
    """What the intervals of a run of so many paths come from: its stretches, or Wilson's formula for independent paths.

    >>> method(32_768), method(32_752)
    ('stretches', 'wilson')
    """
    return "wilson" if whole_stretches(0, paths) < LEAST_STRETCHES else "stretches"


def students_t(freedom: int) -> float:
    """97.5 % quantile of Student's t, right to 3 in 100,000 from 7 degrees of freedom on.

    Its expansion about the normal quantile (Abramowitz and Stegun 1964, 26.7.5): loading SciPy takes longer than many a
    run.

    >>> print(f"{students_t(7):.3f}, {students_t(24):.3f}")
    2.365, 2.064
    """
    terms = (
        Z95,
        (Z95**3 + Z95) / 4,
        (5 * Z95**5 + 16 * Z95**3 + 3 * Z95) / 96,
        (3 * Z95**7 + 19 * Z95**5 + 17 * Z95**3 - 15 * Z95) / 384,
        (79 * Z95**9 + 776 * Z95**7 + 1_482 * Z95**5 - 1_920 * Z95**3 - 945 * Z95) / 92_160,
    )
    return float(sum(term / freedom**power for power, term in enumerate(terms)))


def variance_of_sum(moments: Moments, stretches: int, parts: int = 1) -> Floats:
    """The variance of a sum over so many stretches, estimated from those of each stretch and their squares.

    `moments` (2, ...): both added up, in so many parts of a path; the variance is in squared paths.
    """
    sums, squares = abs(moments[0]), moments[1]
    near = sums // stretches
    # about a whole number near the mean, where nothing cancels: exact in 64 bits
    rest, about = sums - near * stretches, squares - 2 * near * sums + near * near * stretches
    variance: Floats = (about - rest * rest / stretches) * (stretches / (stretches - 1) / parts**2)
    return variance


def interval(probability: Floats, moments: Moments, paths: int, parts: int = 1) -> tuple[Floats, Floats]:
    """The 95 % interval of a probability: low and high, shaped as it; `moments` as `variance_of_sum` has them.

    It covers the Monte Carlo error alone: what another seed would change. It says nothing of the assumptions. Paths
    behind the last whole stretch count as independent; where no spread is to be seen, all do.
    """
    stretches = whole_stretches(0, paths)
    if stretches < LEAST_STRETCHES:
        return _score(probability, paths, Z95)
    of_one, seen = probability * (1 - probability), variance_of_sum(moments, stretches, parts)
    variance = seen + (paths - stretches * STRETCH) * of_one
    known = (seen > 0) & (of_one > 0)
    effective = np.where(known, of_one * paths**2 / np.where(known, variance, 1), paths)
    return _score(probability, effective, students_t(stretches - 1))


def reach_of_mean(variance_of_one: Floats | float, moments: Moments, paths: int, parts: int = 1) -> Floats:
    """How far the 95 % interval of a mean reaches to either side, given the variance of one path by itself."""
    stretches = whole_stretches(0, paths)
    if stretches < LEAST_STRETCHES:
        return Z95 * np.sqrt(variance_of_one / paths)
    variance = variance_of_sum(moments, stretches, parts) + (paths - stretches * STRETCH) * variance_of_one
    return students_t(stretches - 1) * np.sqrt(variance) / paths


def _score(probability: Floats, paths: int | Floats, quantile: float) -> tuple[Floats, Floats]:
    """The probabilities no further from `probability` than `quantile` standard errors of their own."""
    centre = probability + quantile**2 / (2 * paths)
    half = quantile * np.sqrt(probability * (1 - probability) / paths + (quantile / (2 * paths)) ** 2)
    scale = 1 + quantile**2 / paths
    return np.clip((centre - half) / scale, 0, probability), np.clip((centre + half) / scale, probability, 1)


def wilson(successes: NDArray[np.int64], paths: int) -> tuple[Floats, Floats]:
    """The 95 % interval of a probability counted on independent paths (Wilson 1927): low and high, as `successes`."""
    return _score(successes / paths, paths, Z95)


def wilson_of(probability: float, paths: int) -> tuple[float, float]:
    """The same of one probability, which some whole number of the paths makes.

    >>> low, high = wilson_of(0.83, 10_000)
    >>> print(f"{low:.4f} to {high:.4f}")
    0.8225 to 0.8372
    """
    low, high = wilson(np.array(round(probability * paths), dtype=np.int64), paths)
    return float(low), float(high)


def half_width(paths: int) -> float:
    """Half the width of Wilson's interval of one half, 0 to 1: the widest of so many independent paths."""
    return Z95 / (2 * sqrt(paths + Z95**2))


def paths_needed(half: float) -> float:
    """The number of independent paths, not whole, at which that interval is `half` to either side (0 to 1)."""
    return Z95**2 * (1 / (4 * half**2) - 1)


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
