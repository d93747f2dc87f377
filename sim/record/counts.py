"""What a block leaves behind: whole numbers. Adding them is exact in any order, so blocks merge to the same bits.

Shares are counted on the grid that NATO prints, 0.01 percentage points; money on a grid of 0.01 % of base-year GDP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

CELLS = 2_048
"""Cells of a histogram: 0.00 to 20.46, and one for everything above."""

PILLARS = ("core", "related", "total")
GROUPS = ("EUC", "NATO")
"""Europe and Canada, and all: the aggregates beside the allies."""

TALLIES = (*PILLARS, "core_without_late_push")
"""What compliant allies are counted by."""

KEEPABLE = ("share_pct", "reported_pct", "related_pct", "plan_pct", "will", "gdp_usd_bn")
"""State variables whose paths can be kept, float32 (ally, year, path)."""

Counted = NDArray[np.int64]


@dataclass(eq=False)
class Counts:
    """Counts over the paths [first, first + paths).

    `arrays`, int64:
        compliant (pillar, ally, year): paths that meet the yardstick
        on_paper (pillar, ally, year): of them, those that a late push of that year alone brought there
        in_force (ally, year): paths that meet the core target as a summit or review left it
        shares (pillar, ally, year, cell): the reported share, in hundredths of a percentage point
        group_shares (group, pillar, year, cell): the GDP-weighted average of a group
        first_year (ally, step): first year of core compliance; 0 the base year, the last step never
        kept_from (ally, step): the same, of paths that stayed compliant to the horizon
        number (tally, year, allies): how many allies comply
        shortfall_usd (ally, year, cell), shortfall_usd_m (ally, year): money short of the core target
        group_shortfall_usd, group_shortfall_usd_m: the same of a group
    """

    first: int
    paths: int
    arrays: dict[str, Counted]
    kept: dict[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def empty(cls, first: int, paths: int, allies: int, years: int, keep: Sequence[str] = ()) -> Counts:
        """No path counted yet."""
        shapes: dict[str, tuple[int, ...]] = {
            "compliant": (len(PILLARS), allies, years),
            "on_paper": (len(PILLARS), allies, years),
            "in_force": (allies, years),
            "shares": (len(PILLARS), allies, years, CELLS),
            "group_shares": (len(GROUPS), len(PILLARS), years, CELLS),
            "first_year": (allies, years + 2),
            "kept_from": (allies, years + 2),
            "number": (len(TALLIES), years, allies + 1),
            "shortfall_usd": (allies, years, CELLS),
            "shortfall_usd_m": (allies, years),
            "group_shortfall_usd": (len(GROUPS), years, CELLS),
            "group_shortfall_usd_m": (len(GROUPS), years),
        }
        arrays = {name: np.zeros(shape, dtype=np.int64) for name, shape in shapes.items()}
        return cls(first, paths, arrays, {name: np.zeros((allies, years, paths), dtype=np.float32) for name in keep})

    def merged(self, other: Counts) -> Counts:
        """The counts of two stretches of paths that lie side by side."""
        before, after = (self, other) if self.first < other.first else (other, self)
        if before.first + before.paths != after.first:
            raise ValueError(f"paths {before.first}+{before.paths} and {after.first}+{after.paths} do not join")
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
