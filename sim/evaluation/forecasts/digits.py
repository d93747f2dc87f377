"""Probabilities with the digits that their number of paths carries, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from sim.results.intervals import wilson_of
from sim.text.rounding import decimal

Stated = tuple[float, float, float]
"""A probability and its 95 % Wilson interval, low and high."""


def stated(count: int, paths: int) -> Stated:
    """The probability of what came about in `count` of `paths` runs, with its interval, both rounded.

    The last digit is worth no more than the interval's width, so a number of so few digits lies inside it: where the
    nearest does not, the next one is stated. The interval's ends are rounded outward. None of the runs is not never:
    the probability stays one unit of the last digit from 0 and 1.
    """
    low, high = wilson_of(count / paths, paths)
    units = 10 ** decimals(high - low)
    least, most = decimal(low) * units, decimal(high) * units
    nearest = floor(Fraction(count, paths) * units + Fraction(1, 2))
    inside = min(max(nearest, ceil(least)), floor(most))
    middle = min(max(inside, 1), units - 1)
    return middle / units, max(floor(least), 0) / units, min(ceil(most), units) / units


def decimals(width: float) -> int:
    """Decimals of a probability whose 95 % interval is that wide: 3 for 0.006, 1 at least."""
    decimals = 1
    while 10.0**-decimals > width:
        decimals += 1
    return decimals


def stated_pmf(counts: Sequence[int], paths: int) -> tuple[float, ...]:
    """The probabilities of a distribution, all with the decimals that the widest interval carries; they sum to 1.

    Largest remainders are rounded up, the first among equals. A 0 is less than one unit of the last digit.
    """
    if sum(counts) != paths:
        raise ValueError(f"the counts of a distribution sum to the {paths} paths, not to {sum(counts)}")
    units = 10 ** min(decimals(high - low) for low, high in (wilson_of(count / paths, paths) for count in counts))
    whole = [count * units // paths for count in counts]
    by_remainder = sorted(range(len(counts)), key=lambda index: (-(counts[index] * units % paths), index))
    for index in by_remainder[: units - sum(whole)]:
        whole[index] += 1
    return tuple(number / units for number in whole)
