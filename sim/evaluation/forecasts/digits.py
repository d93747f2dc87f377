"""Probabilities as a forecast states them: the exact part of the runs, and never a certainty of one outcome."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

from sim.results.intervals import wilson_of
from sim.results.parameter_range import Range
from sim.text.rounding import decimal

Stated = tuple[float, float, float]
"""A probability and its 95 % Wilson interval, low and high."""
StatedRange = tuple[float, float]
"""Low and high."""


def stated(count: int, paths: int) -> Stated:
    """The probability of what came about in `count` of `paths` runs, exactly, with its interval, rounded outward.

    None of the runs is not never: none or all of them is stated as half a run, or all but half a run. The last digit of
    the interval's ends is worth no more than its width.

    >>> stated(76_123, 100_000), stated(1, 100_000), stated(0, 100_000)
    ((0.76123, 0.758, 0.764), (1e-05, 0.0, 6e-05), (5e-06, 0.0, 4e-05))
    """
    low, high = wilson_of(count / paths, paths)
    probability = min(max(count, 0.5), paths - 0.5) / paths
    return probability, *_outward(low, high, decimals(high - low))


def stated_range(over_parameters: Range, count: int, paths: int) -> StatedRange:
    """The central 90 % over parameters of the probability of what came about in `count` of `paths` runs.

    Rounded outward to the last digit of the interval beside it: what chance blurs is not told more finely. Neither does
    it say never or always where none or all of the runs do.

    >>> stated_range(Range(0.4217, 0.9312), 76_123, 100_000), stated_range(Range(0.0, 0.0), 0, 100_000)
    ((0.421, 0.932), (0.0, 1e-05))
    """
    low, high = wilson_of(count / paths, paths)
    half = 0.5 / paths
    return _outward(min(over_parameters.low, 1 - half), max(over_parameters.high, half), decimals(high - low))


def _outward(low: float, high: float, digits: int) -> StatedRange:
    units = 10**digits
    return floor(decimal(low) * units) / units, min(ceil(decimal(high) * units), units) / units


def decimals(width: float) -> int:
    """Decimals of the ends of a 95 % interval that wide: 3 for 0.006, 1 at least."""
    decimals = 1
    while 10.0**-decimals > width:
        decimals += 1
    return decimals


def stated_pmf(counts: Sequence[int], paths: int) -> tuple[float, ...]:
    """The probabilities of a distribution, exactly: 0 is what came about in none of the runs, and nothing else is.

    >>> stated_pmf([0, 1, 99_999], 100_000)
    (0.0, 1e-05, 0.99999)
    """
    if sum(counts) != paths:
        raise ValueError(f"the counts of a distribution sum to the {paths} paths, not to {sum(counts)}")
    return tuple(count / paths for count in counts)
