"""Equation 3: urgency A, the alliance's perception of threat. It jumps with events and fades without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.numerics.arrays import Value


class HistoricalJump(NamedTuple):
    """Something that has happened, and the parameter of [urgency] that says how much urgency jumped with it."""

    year: int
    month: int
    size: str
    title: str


HISTORY = (
    HistoricalJump(2014, 3, "crimea_jump", "annexation of Crimea"),
    HistoricalJump(2022, 2, "invasion_jump", "full-scale invasion of Ukraine"),
    HistoricalJump(2025, 2, "us_warning_jump", "the United States warns that Europe must provide for itself"),
)


def past_urgency(
    year: int, month: int, monthly: Value, sizes: Mapping[str, Value], history: Sequence[HistoricalJump] = HISTORY
) -> Value:
    """A left in a month by what happened up to it, by its `sizes`; `monthly` is what a month leaves of it."""
    factor = np.asarray(monthly, dtype=np.float64)
    left = sum(
        (
            np.asarray(sizes[jump.size], dtype=np.float64) * power(factor, (year - jump.year) * 12 + month - jump.month)
            for jump in history
            if (jump.year, jump.month) <= (year, month)
        ),
        np.zeros_like(factor),
    )
    return left.astype(np.float32) if left.ndim else float(left)


def power(base: NDArray[np.float64], exponent: int) -> NDArray[np.float64]:
    """base ** exponent by multiplication alone: NumPy's power differs between processors."""
    result = np.ones_like(base)
    while exponent:
        if exponent & 1:
            result = result * base
        base, exponent = base * base, exponent >> 1
    return result
