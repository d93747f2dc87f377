"""Equation 3: urgency A, the alliance's perception of threat. It jumps with events and fades without them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.numerics.arrays import Value

HISTORY: tuple[tuple[int, int, float, str], ...] = (
    (2014, 3, 0.35, "annexation of Crimea"),
    (2022, 2, 1.0, "full-scale invasion of Ukraine"),
    (2025, 2, 0.7, "the United States warns that Europe must provide for itself"),
)
"""What has happened: year, month, jump, title. The same in every scenario; sizes are judgement."""


def past_urgency(
    year: int, month: int, monthly: Value, history: Sequence[tuple[int, int, float, str]] = HISTORY
) -> Value:
    """A left in a month by what happened up to it; `monthly` is what a month leaves of it."""
    factor = np.asarray(monthly, dtype=np.float64)
    left = sum(
        (
            jump * power(factor, (year - then) * 12 + month - that)
            for then, that, jump, _ in history
            if (then, that) <= (year, month)
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
