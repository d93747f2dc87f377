"""How many paths a precision takes: all that are needed until the widest 95 % interval of a run is narrow enough."""

from __future__ import annotations

from math import ceil, floor
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from sim.arguments import MOST_PATHS
from sim.errors import UsageError
from sim.numerics.streams import STRETCH
from sim.results.counts import Counts
from sim.results.intervals import half_width, paths_needed
from sim.results.record import Description, Record
from sim.results.summary import alliance_line, ally_lines

COARSEST = 50.0
"""Half the width of an interval that says nothing, percentage points."""

FINEST = ceil(half_width(0.5, MOST_PATHS) * 1e6) / 1e4
"""What the most paths are enough for, percentage points."""

FIRST = 16_384
"""Paths from which the number needed is estimated first."""

LEAST_GROWTH, MOST_GROWTH = 1.02, 2
"""From one look to the next: so much that looking costs little, and never twice what would have been enough."""


class Precision:
    """A `StoppingRule`: every probability of a run, of any year, is known to `points` percentage points to either side.

    After 16,384 paths the number needed is estimated from the probability nearest to one half, whose interval is the
    widest. The next look is there, or at twice the paths, and so on until the intervals are narrow enough. Each number
    follows from the counts at the one before, so that a scenario, a seed and a precision always give the same paths.
    The rule looks at widths, not at where a probability lies, and so leaves the intervals their 95 %.
    """

    def __init__(self, points: float, description: Description) -> None:
        """For runs of what `description` describes.

        Raises:
            UsageError: not a number above 0 and at most 50, more than the most paths give, or no probability to know.
        """
        _check(points, description)
        self.precision_points = float(points)
        self.reached_points = 50.0
        """Half the width of the widest interval when it was last looked at."""
        self.most = self._needed(0.5)
        self._description = description

    def wanted(self, counts: Counts | None) -> int:
        """Paths to be computed before the next look; those there are, where they suffice."""
        if counts is None:
            return min(FIRST, self.most)
        widest = self._look(counts)
        if self.reached_points < self.precision_points:
            return counts.paths
        least = _multiple(counts.paths * LEAST_GROWTH)
        return min(max(self._needed(widest), least), MOST_GROWTH * counts.paths, self.most)

    def expected_total(self, counts: Counts) -> int:
        """Paths of the whole run, as it seems."""
        return max(self._needed(self._look(counts)), counts.paths)

    def _needed(self, probability: float) -> int:
        return _multiple(paths_needed(probability, self.precision_points / 100))

    def _look(self, counts: Counts) -> float:
        """The probability with the widest interval; notes how wide it is."""
        found = probabilities(Record(self._description, counts, {}))
        widest = float(found[np.abs(found - 0.5).argmin()])
        self.reached_points = 100 * half_width(widest, counts.paths)
        return widest


def probabilities(record: Record) -> NDArray[np.float64]:
    """Every probability that the page, the JSON document or the compliance table of a run has, of all years: flat.

    They are those of each ally that a target binds (by pillar, as reported and spent only, and as a review left the
    target) and those of the allies that the page counts together. What is left out of a page to save width is here too.
    """
    years, found = record.description.years, []
    for year in years:
        found += [chance for line in ally_lines(record, year) for chance in line.chances.values()]
    found += [many for year in years if (many := alliance_line(record, year).many)]
    return np.array([
        (chance.probability, chance.without_late_push, chance.in_force, chance.not_yet_due) for chance in found
    ]).ravel()  # fmt: skip


def _multiple(paths: float) -> int:
    """The next multiple of 4,096 above: paths go on at none but these."""
    # above, not at: the interval must be narrower than what was asked for
    return STRETCH * (floor(paths / STRETCH) + 1)


def _check(points: float, description: Description) -> None:
    if not isinstance(points, Real) or isinstance(points, bool) or not 0 < points <= COARSEST:
        rule = f"a number of percentage points above 0 and at most {COARSEST:g}"
        raise UsageError(f"precision must be {rule}, not {points!r}; 0.2 takes about 240,000 paths")
    if points < FINEST:
        limit = f"{FINEST:g} percentage points, what the most paths ({MOST_PATHS:,}) give to a probability of one half"
        raise UsageError(f"precision must be at least {limit}, not {points!r}; ask for {FINEST:g} or more")
    if not description.yardsticks:
        why = "the scenario has no target, and so its run no probability"
        raise UsageError(
            f"precision = {float(points):g} means nothing: {why}; add [targets.core], or give a number of paths"
        )
