"""Every probability of a run with its 95 % interval, of all years, straight from the record's counts.

Core and total are conditional probabilities averaged over the paths (Rao and Blackwell): of each path, the probability
of complying given all of it but the year's noise of outlays and whether it closes on paper. They scatter less than the
share of the paths that comply, and have the same expectation. Everything else is that share.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.results.counts import CERTAIN, EXPECTED, PARTS_OF_PATH, PILLARS, QUESTIONS, TALLIES, Counts
from sim.results.intervals import Floats, interval, reach_of_mean

Counted = NDArray[np.int64]


class Estimates(NamedTuple):
    """Probabilities and their 95 % intervals, three arrays of one shape."""

    probability: Floats
    low: Floats
    high: Floats

    def at(self, *index: int | slice | list[int]) -> Estimates:
        """Those at an index of the arrays."""
        return Estimates(*(figures[index] for figures in self))


def of_allies(counts: Counts, question: str) -> Estimates:
    """One of QUESTIONS, of every ally in every year: (ally, year). Zero where no yardstick binds the ally."""
    moments = counts.arrays["expected_moments"][:, QUESTIONS.index(question)]
    if question in EXPECTED:
        probability = counts.arrays["expected"][EXPECTED.index(question)] / (CERTAIN * counts.paths)
    else:
        probability = _counted(counts, question) / counts.paths
    return Estimates(probability, *interval(probability, moments, counts.paths, PARTS_OF_PATH))


def _counted(counts: Counts, question: str) -> Counted:
    """On how many paths the answer is yes: (ally, year)."""
    if question == "in_force":
        as_left: Counted = counts.arrays["in_force"] - counts.arrays["not_yet_due"]
        return as_left
    return counts.arrays["compliant"][PILLARS.index(question)] if question in PILLARS else counts.arrays[question]


def none(counts: Counts, shape: tuple[int, ...] = ()) -> Estimates:
    """Of what comes true on no path."""
    probability = np.zeros(shape)
    return Estimates(probability, *interval(probability, np.zeros((2, *shape), dtype=np.int64), counts.paths))


def in_force(counts: Counts) -> Estimates:
    """Of meeting the core target as a summit or review left it: (ally, year).

    Where none moved it on any path that makes a difference, it is that of the core target as it is.
    """
    unmoved = _counted(counts, "in_force") == _counted(counts, "core")
    both = zip(of_allies(counts, "core"), of_allies(counts, "in_force"), strict=True)
    return Estimates(*(np.where(unmoved, core, moved) for core, moved in both))


def at_least(counts: Counts, tally: str) -> Estimates:
    """That at least so many allies comply, by one of TALLIES: (year, number)."""
    index = TALLIES.index(tally)
    probability = counts.arrays["number"][index, :, ::-1].cumsum(axis=-1)[:, ::-1] / counts.paths
    return Estimates(probability, *interval(probability, counts.arrays["number_moments"][:, index], counts.paths))


def expected_number(counts: Counts, tally: str) -> Floats:
    """How many allies comply on average, by one of TALLIES: (year,); the sum of the probabilities of each."""
    if tally in EXPECTED:
        whole, one = counts.arrays["expected"][EXPECTED.index(tally)].sum(axis=0), CERTAIN
    else:
        number = counts.arrays["number"][TALLIES.index(tally)]
        whole, one = number @ np.arange(number.shape[-1]), 1
    mean: Floats = whole / (one * counts.paths)
    return mean


def reach_of_expected_number(counts: Counts, tally: str) -> Floats:
    """How far the 95 % interval of the expected number by one of EXPECTED that is a tally reaches: (year,)."""
    number = counts.arrays["number"][TALLIES.index(tally)] / counts.paths
    allies = np.arange(number.shape[-1])
    # that of a counted path: more than that of a conditional expectation
    variance = np.maximum(0, number @ allies**2 - (number @ allies) ** 2)
    moments = counts.arrays["expected_number_moments"][:, EXPECTED.index(tally)]
    return reach_of_mean(variance, moments, counts.paths, PARTS_OF_PATH)
