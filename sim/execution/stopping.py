"""How many paths a precision takes: all that are needed until the widest 95 % interval of a run is narrow enough."""

from __future__ import annotations

from math import ceil, floor
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from sim.arguments import MOST_PATHS
from sim.errors import UsageError
from sim.numerics.streams import STRETCH
from sim.results import probabilities
from sim.results.counts import PILLARS, SPENT, Counts
from sim.results.intervals import LEAST_STRETCHES, half_width, method, paths_needed
from sim.results.record import Description
from sim.results.summary import many_of

COARSEST = 50.0
"""Half the width of an interval that says nothing, percentage points."""

FINEST = ceil(half_width(MOST_PATHS) * 1e6) / 1e4
"""What the most paths are enough for, percentage points."""

FIRST = LEAST_STRETCHES * STRETCH
"""Paths from which the number needed is estimated first: as many as intervals by stretches take."""

STEP = 16
"""A run of less than eight stretches has a multiple of so many paths."""

LEAST_GROWTH, MOST_GROWTH = 1.02, 1.5
"""From one look to the next: so much that looking costs little, and no further than a rough estimate is good for."""


class Precision:
    """A `StoppingRule`: every probability of a run, of any year, is known to `points` percentage points to either side.

    After 8 stretches of 4,096 paths the number needed is estimated from the widest interval, whose width falls with the
    square root of the paths. The next look is there, or at half as many paths again, and so on until the intervals are
    narrow enough; always after whole stretches. A run for which fewer paths suffice has as many as a probability of one
    half takes. Each number follows from the counts at the one before, so that a scenario, a seed and a precision always
    give the same paths. The rule looks at widths, not at where a probability lies, and so leaves the intervals nearly
    their 95 %: of the one that it waits for, which is narrow by chance when it ends, at least 92.
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
        independent = paths_needed(self.precision_points / 100)
        few = method(floor(independent)) == "wilson"
        self.most = _above(independent, STEP if few else STRETCH)
        """What suffices of independent paths: a run has more only where chance made an interval wider than theirs."""
        self._description = description

    def wanted(self, counts: Counts | None) -> int:
        """Paths to be computed before the next look; those there are, where they suffice."""
        if counts is None:
            return min(FIRST, self.most)
        needed = self._needed(counts)
        if self._suffices():
            return counts.paths
        least, furthest = (_above(counts.paths * growth, STRETCH) for growth in (LEAST_GROWTH, MOST_GROWTH))
        return min(max(needed, least), furthest, self._most_after(counts))

    def expected_total(self, counts: Counts) -> int:
        """Paths of the whole run, as it seems."""
        needed = self._needed(counts)
        return counts.paths if self._suffices() else min(needed, self._most_after(counts))

    def _needed(self, counts: Counts) -> int:
        """Paths at which the widest interval would be narrow enough; notes how wide it is."""
        self.reached_points = 100 * float(half_widths(counts, self._description).max())
        return _above(counts.paths * (self.reached_points / self.precision_points) ** 2, STRETCH)

    def _suffices(self) -> bool:
        return self.reached_points < self.precision_points

    def _most_after(self, counts: Counts) -> int:
        return self.most if counts.paths < self.most else MOST_PATHS


def half_widths(counts: Counts, description: Description) -> NDArray[np.float64]:
    """Half the width, 0 to 1, of every interval that the page, the JSON document and the compliance table have: flat.

    Of all years: of each ally that a target binds (by pillar, as reported and spent only, and as a review left the
    target), and of the allies that the page counts together. What is left out of a page to save width is here too.
    """
    found: list[probabilities.Estimates] = []
    for pillar in PILLARS:
        bound = {entry.iso3 for entry in description.bound(pillar)}
        rows = [index for index, entry in enumerate(description.allies) if entry.iso3 in bound]
        estimates = [probabilities.of_allies(counts, pillar)]
        if pillar in SPENT:
            estimates.append(probabilities.of_allies(counts, f"{pillar}_without_late_push"))
        if pillar == "core":
            estimates += [probabilities.in_force(counts), probabilities.of_allies(counts, "not_yet_due")]
        found += [each.at(rows) for each in estimates]
    if allies := len(description.bound("core")):
        tallies = ("core", "core_without_late_push")
        found += [probabilities.at_least(counts, tally).at(slice(None), many_of(allies)) for tally in tallies]
    return np.concatenate([(each.high - each.low).ravel() / 2 for each in found])


def _above(paths: float, step: int) -> int:
    """The next multiple of `step`: above, not at, for the interval must be narrower than what was asked for."""
    return step * (floor(paths / step) + 1)


def _check(points: float, description: Description) -> None:
    if not isinstance(points, Real) or isinstance(points, bool) or not 0 < points <= COARSEST:
        rule = f"a number of percentage points above 0 and at most {COARSEST:g}"
        raise UsageError(f"precision must be {rule}, not {points!r}; 0.2 takes at most about 240,000 paths")
    if points < FINEST:
        limit = f"{FINEST:g} percentage points, what the most paths ({MOST_PATHS:,}) give to a probability of one half"
        raise UsageError(f"precision must be at least {limit}, not {points!r}; ask for {FINEST:g} or more")
    if not description.yardsticks:
        why = "the scenario has no target, and so its run no probability"
        raise UsageError(
            f"precision = {float(points):g} means nothing: {why}; add [targets.core], or give a number of paths"
        )
