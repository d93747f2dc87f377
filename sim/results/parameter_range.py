"""How far a result differs between the rows of parameters it was drawn over, apart from Monte Carlo error.

Each row has few paths, so what is counted in it scatters more than its probability does. The part of the variance that
chance alone makes is subtracted, and the rows are drawn together by as much: their mean and variance are then unbiased
for those of the probabilities (a constrained estimate after Louis 1984).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAST_PATHS = 4
"""Paths a row on average below which nothing is said: the variance of chance would drown that of the rows."""

Floats = NDArray[np.float64]


class Range(NamedTuple):
    """The central 90 % over the rows of parameters, and always the probability or mean itself."""

    low: float
    high: float


def of_probability(met: NDArray[np.int64], paths: NDArray[np.int64], probability: float) -> Range | None:
    """The range of `probability` from the paths of each row and those of them where it came true, both (rows,).

    None where there is one row, or too few paths to tell the rows from chance.
    """
    taken = paths > 0
    met, paths = met[taken], paths[taken]
    pairs = paths * (paths - 1)
    if not _enough(paths):
        return None
    mean = met.sum() / paths.sum()
    # two paths of a row both meet it with the square of its probability
    between = float((met * (met - 1)).sum() / pairs.sum() - mean**2)
    return _range(met / paths, paths, between, probability)


def of_mean(histograms: NDArray[np.int64], expected: float) -> Range | None:
    """The range of a mean, such as the `expected` number of allies, from a histogram of each row (rows, numbers).

    None as for a probability.
    """
    paths = histograms.sum(axis=-1)
    taken = paths > 1  # one path says nothing of its row's variance
    histograms, paths = histograms[taken], paths[taken]
    if not _enough(paths):
        return None
    numbers = np.arange(histograms.shape[-1])
    means = (histograms * numbers).sum(axis=-1) / paths
    squares = (histograms * numbers**2).sum(axis=-1)
    of_chance = (squares - paths * means**2) / (paths - 1) / paths
    mean = float(np.average(means, weights=paths))
    between = float(np.average((means - mean) ** 2 - of_chance, weights=paths))
    return _range(means, paths, between, expected)


def _enough(paths: NDArray[np.int64]) -> bool:
    return len(paths) > 1 and int(paths.sum()) >= LEAST_PATHS * len(paths)


def _range(values: Floats, paths: NDArray[np.int64], between: float, shown: float) -> Range:
    """The rows' values drawn together to the variance `between`, and their quantiles by paths; `shown` lies within."""
    mean = float(np.average(values, weights=paths))
    seen = float(np.average((values - mean) ** 2, weights=paths))
    shrunk = mean + (values - mean) * (np.sqrt(min(1.0, max(0.0, between) / seen)) if seen > 0 else 0.0)
    order = np.argsort(shrunk, kind="stable")
    below = paths[order].cumsum() / paths.sum()
    low, high = (float(shrunk[order][np.searchsorted(below, level)]) for level in (0.05, 0.95))
    # a few rows that make a rare outcome lie beyond nineteen of twenty: nobody takes a range without its probability
    return Range(min(low, shown), max(high, shown))
