"""The grid that shares are counted on: hundredths of a percentage point, as NATO prints them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Centi = NDArray[np.int32]
"""A share as NATO prints it: 350 is 3.50 % of GDP."""


def printed(share_pct: ArrayLike) -> Centi:
    """A share of 0 or more rounded to two decimals, halves up: 3.495 prints as 350."""
    return (np.asarray(share_pct, dtype=np.float32) * 100 + 0.5).astype(np.int32)


def usd_cell(gdp_usd_bn: float) -> float:
    """Width of a cell of money short, USD billion: a hundredth of a percent of base-year GDP."""
    return gdp_usd_bn / 10_000
