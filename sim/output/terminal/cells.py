"""Cells that the tables of several pages have."""

from __future__ import annotations

from sim.results.intervals import wilson_of
from sim.text.probabilities import percent


def percent_of(probability: float, paths: int) -> str:
    """A probability counted on so many runs, as whole percent with no more digits than they carry.

    >>> percent_of(0.83, 10_000), percent_of(0.83, 100), percent_of(0, 10_000)
    ('83', '~80', '<1')
    """
    return percent(probability, *wilson_of(probability, paths))
