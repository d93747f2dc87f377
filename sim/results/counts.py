"""What a block leaves behind: whole numbers. Adding them is exact in any order, so blocks merge to the same bits.

Shares are counted on the grid that NATO prints, 0.01 percentage points; money on a grid of 0.01 % of base-year GDP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sim.arguments import COUNTED_PCT
from sim.numerics.streams import STRETCH

CELLS = round(100 * COUNTED_PCT) + 2
"""Cells of a histogram: 0.00 to 20.46, and one for everything above."""

PILLARS = ("core", "related", "total")
GROUPS = ("EUC", "NATO")
"""Europe and Canada, and all: the aggregates beside the allies."""

TALLIES = (*PILLARS, "core_without_late_push")
"""What compliant allies are counted by."""

SPENT = ("core", "total")
"""The pillars that closing on paper lifts: what is reported of them is more than what is spent."""

EXPECTED = ("core", "total", "core_without_late_push", "total_without_late_push")
"""What an ally complies with by its conditional probability: given all of the path but the year's noise of outlays and
whether it closes on paper."""

QUESTIONS = (*EXPECTED, "related", "in_force", "not_yet_due")
"""What is known of an ally with a 95 % interval: by conditional probabilities, the last three by counts."""

CERTAIN = 65_536
"""A conditional probability of one, as summed."""

PARTS_OF_PATH = 32
"""Sums over a stretch are kept in so many parts of a path, or their squares would outgrow 64 bits."""

MOMENTS = ("sum", "square")
"""Over whole stretches of paths: of each stretch's sum, and of its square. From them come the intervals."""

KEEPABLE = ("share_pct", "reported_pct", "spent_pct", "related_pct", "plan_pct", "will", "gdp_usd_bn")
"""State variables whose paths can be kept, float32 (ally, year, path)."""

Counted = NDArray[np.int64]


ARRAYS: dict[str, tuple[str, ...]] = {
    "compliant": ("pillar", "ally", "year"),
    "on_paper": ("pillar", "ally", "year"),
    "in_force": ("ally", "year"),
    "not_yet_due": ("ally", "year"),
    "shares": ("pillar", "ally", "year", "cell"),
    "spent_shares": ("spent", "ally", "year", "cell"),
    "group_shares": ("group", "pillar", "year", "cell"),
    "spent_group_shares": ("group", "spent", "year", "cell"),
    "first_year": ("ally", "step"),
    "kept_from": ("ally", "step"),
    "number": ("tally", "year", "number"),
    "shortfall_usd": ("ally", "year", "cell"),
    "shortfall_usd_m": ("ally", "year"),
    "group_shortfall_usd": ("group", "year", "cell"),
    "group_shortfall_usd_m": ("group", "year"),
    "spent_shortfall_usd": ("ally", "year", "cell"),
    "spent_shortfall_usd_m": ("ally", "year"),
    "spent_group_shortfall_usd": ("group", "year", "cell"),
    "spent_group_shortfall_usd_m": ("group", "year"),
    "expected": ("expected", "ally", "year"),
    "expected_moments": ("moment", "question", "ally", "year"),
    "expected_number_moments": ("moment", "expected", "year"),
    "number_moments": ("moment", "tally", "year", "number"),
    "row_paths": ("row",),
    "row_compliant": ("pillar", "ally", "year", "row"),
    "row_number": ("year", "row", "number"),
}
"""The arrays of a run and their axes: the one list of them, which saving, checking and merging go by."""


def whole_stretches(first: int, paths: int) -> int:
    """How many stretches lie in the paths [first, first + paths) from end to end."""
    return max((first + paths) // STRETCH - -(-first // STRETCH), 0)


def shapes(allies: int, years: int, rows: int = 1) -> dict[str, tuple[int, ...]]:
    """The shape of every array of a run over so many allies, years and rows of parameters."""
    sizes = {
        "pillar": len(PILLARS), "spent": len(SPENT), "group": len(GROUPS), "tally": len(TALLIES), "ally": allies,
        "year": years, "cell": CELLS, "step": years + 2, "number": allies + 1, "row": rows,
        "expected": len(EXPECTED), "question": len(QUESTIONS), "moment": len(MOMENTS),
    }  # fmt: skip
    return {name: tuple(sizes[axis] for axis in axes) for name, axes in ARRAYS.items()}


@dataclass(eq=False)
class Counts:
    """Counts over the paths [first, first + paths).

    `arrays`, int64, with the axes of ARRAYS; a step is the base year, a year simulated, or never:
        compliant: paths that meet the yardstick
        on_paper: of them, those that are there on paper only, by what was closed so in that year
        in_force: paths that meet the core target as a summit or review left it, or need not yet
        not_yet_due: of them, those that do not meet it: their date was put off and has not come
        shares: the reported share, in hundredths of a percentage point
        spent_shares: what is spent of it, as reported without what is closed on paper that year
        group_shares, spent_group_shares: the GDP-weighted average of a group, as reported and spent
        first_year: first year of core compliance; 0 the base year, the last step never
        kept_from: the same, of paths that stayed compliant to the horizon
        number: how many allies comply
        shortfall_usd, shortfall_usd_m: money short of the core target as reported, by cells and summed
        group_shortfall_usd, group_shortfall_usd_m: the same of a group
        spent_shortfall_usd, spent_shortfall_usd_m, spent_group_shortfall_usd, spent_group_shortfall_usd_m: the same of
            what is spent
        expected: sums of conditional probabilities, CERTAIN for one
        expected_moments: of the sums of each whole stretch of paths, in parts of a path, for every question
        expected_number_moments: the same of the number of allies that comply, by conditional probabilities
        number_moments: of the paths of each whole stretch with at least so many allies, counted
        row_paths: paths by the row of parameters they took, behind them those that keep the pledge in earnest
        row_compliant: of them, those that meet the yardstick
        row_number: how many allies meet the core yardstick, by row
    """

    first: int
    paths: int
    arrays: dict[str, Counted]
    kept: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def empty(cls, first: int, paths: int, allies: int, years: int, keep: Sequence[str] = (), rows: int = 1) -> Counts:
        """No path counted yet."""
        arrays = {name: np.zeros(shape, dtype=np.int64) for name, shape in shapes(allies, years, rows).items()}
        return cls(first, paths, arrays, {name: np.zeros((allies, years, paths), dtype=np.float32) for name in keep})

    def merged(self, other: Counts) -> Counts:
        """The counts of two runs of paths that lie side by side.

        Raises:
            ValueError: they do not, or have a stretch of paths together that neither has whole: its moments are lost.
        """
        before, after = (self, other) if self.first < other.first else (other, self)
        named = f"paths {before.first}+{before.paths} and {after.first}+{after.paths}"
        if before.first + before.paths != after.first:
            raise ValueError(f"{named} do not join")
        cut = after.first // STRETCH * STRETCH
        if before.first <= cut < after.first and cut + STRETCH <= after.first + after.paths:
            raise ValueError(f"{named} must join at a multiple of {STRETCH:,}")
        kept = {name: np.concatenate([before.kept[name], after.kept[name]], axis=2) for name in self.kept}
        arrays = {name: array + other.arrays[name] for name, array in self.arrays.items()}
        return Counts(before.first, self.paths + other.paths, arrays, kept)

    def digest(self) -> str:
        """sha256 over every count, histogram and kept path, whatever the machine's byte order."""
        seen = sha256(f"{self.first}|{self.paths}".encode())
        for name in sorted(self.arrays):
            seen.update(f"|{name}|{self.arrays[name].shape}|".encode())
            seen.update(np.ascontiguousarray(self.arrays[name], dtype="<i8").tobytes())
        for name in sorted(self.kept):
            seen.update(f"|{name}|{self.kept[name].shape}|".encode())
            seen.update(np.ascontiguousarray(self.kept[name], dtype="<f4").tobytes())
        return seen.hexdigest()
