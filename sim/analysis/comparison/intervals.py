"""Intervals of differences between scenarios on common random numbers: from pairs, never from two runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from sim.results.counts import whole_stretches
from sim.results.intervals import Z95, method, reach_of_mean

PSEUDO = 2
"""Paths added to those counted, one for each sign of the difference."""


def paired(total: int, squares: int, paths: int) -> tuple[float, float]:
    """The 95 % interval of the mean of whole-numbered differences, path by path: low and high, unit of the difference.

    `total` and `squares` are the sums of the differences and of their squares over the paths. Of compliance a path's
    difference is -1, 0 or 1, so `total` is the paths compliant in the second scenario only less those in the first
    only, and `squares` is both together: the paths that comply in both or in neither say nothing.

    It is Wald's interval with one path more in either discordant cell (Bonett and Price 2012, Journal of Educational
    and Behavioral Statistics 37, 479-488), which Fagerland, Lydersen and Laake (2014, Statistics in Medicine 33,
    2850-2875) recommend for paired probabilities. Chosen before Newcombe's score interval, which has no width where
    probabilities are one half and no path is discordant, and before Agresti and Min (2005), who add half a path and
    cover less when discordant paths are few, as they are on common random numbers. It holds for any whole-numbered
    difference: the added paths differ by one unit, so that no finite run says that two scenarios never differ.
    Exchanging the scenarios turns it over exactly. Monte Carlo error only.
    """
    count = paths + PSEUDO
    centre = total / count
    half = Z95 * sqrt(max(0.0, (squares + PSEUDO) / count - centre * centre) / count)
    mean = total / paths
    return min(centre - half, mean), max(centre + half, mean)


def of_difference(
    difference: float, total: int, squares: int, moments: Sequence[int], paths: int, parts: int = 1
) -> tuple[float, float]:
    """The 95 % interval of an expected difference: low and high, its unit.

    It comes from the differences of whole stretches, which are independent of one another: `moments` are the sum of
    these, and of their squares, in so many parts of its unit. Of few stretches, or where none differs from another, it
    is that of the differences path by path, `paired`, as wide about the expected one.
    """
    mean = total / paths
    if method(paths) == "stretches" and moments[1] * whole_stretches(0, paths) > moments[0] ** 2:
        of_one = max(0.0, squares / paths - mean**2)
        reach = float(reach_of_mean(of_one, moments, paths, parts))
        return difference - reach, difference + reach
    low, high = paired(total, squares, paths)
    return low + (difference - mean), high + (difference - mean)
