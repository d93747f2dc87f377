"""The grids that things are counted on: shares in hundredths of a percentage point, as NATO prints them; money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Centi = NDArray[np.int32]
"""A share as NATO prints it: 350 is 3.50 % of GDP."""


def printed(share_pct: ArrayLike) -> Centi:
    """A share of 0 or more rounded to two decimals, halves up: 3.495 prints as 350."""
    # in float32, as shares are kept: in double precision the float32 nearest to 3.495 would print as 349
    prints: Centi = (np.multiply(share_pct, 100, dtype=np.float32) + 0.5).astype(np.int32)
    return prints


@lru_cache(maxsize=256)
def _goal(target_pct: float) -> int:
    """A target as printed, computed once: it is compared with every ally's share in every year of every block."""
    return int(printed(target_pct))


def reaches(prints: Centi, target_pct: ArrayLike) -> NDArray[np.bool_]:
    """Where shares as printed reach a target, which is printed too: 3.495 % reaches 3.5 %, and 3.494 % does not."""
    goal = _goal(target_pct) if isinstance(target_pct, float) else printed(target_pct)
    reached: NDArray[np.bool_] = prints >= goal
    return reached


def usd_cell(gdp_usd_bn: float) -> float:
    """Width of a cell of money short, USD billion: a hundredth of a percent of base-year GDP."""
    return gdp_usd_bn / 10_000


@dataclass(frozen=True)
class Grid:
    """Values from 0 on at equal distances, as counted in cells."""

    width: Fraction

    def values(self, cells: ArrayLike, among: int = 1) -> NDArray[np.float64]:
        """What cells, or sums of cells over `among` paths, stand for: the nearest double to the exact number.

        Cell 190 of a grid of hundredths is 1.9; times 0.01 it would be 1.9000000000000001.
        """
        exact: NDArray[Any] = np.asarray(cells).astype(
            object
        )  # whole numbers of any size, which Python divides exactly
        return np.asarray(exact * self.width.numerator / (among * self.width.denominator), dtype=np.float64)


HUNDREDTHS = Grid(Fraction(1, 100))
"""Shares, % of GDP."""

WHOLE = Grid(Fraction(1))
"""Numbers of allies."""


def money_grid(gdp_usd_bn: Iterable[float]) -> Grid:
    """Money short of an ally, or of the members of a group, USD billion: by `usd_cell` of their GDP together."""
    return Grid(sum(Fraction(repr(float(gdp))) for gdp in gdp_usd_bn) / Fraction(10_000))
