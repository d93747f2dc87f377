"""The two rational links: exactly rounded on every processor, unlike exp and tanh."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
"""One value per path, float32 (paths,)."""

Value = float | Array
"""A number for all paths, or one per path."""


def link(x: Array) -> Array:
    """From (-inf, inf) to (0, 1), close to the logistic function: (1 + x / sqrt(x^2 + 4)) / 2."""
    return (1 + x / np.sqrt(x * x + 4)) * 0.5


def saturate(urgency: Array) -> Array:
    """From [0, inf) to [0, 1), close to 1 - exp(-A): 1 - 1 / (1 + A + A^2/2 + A^3/6)."""
    return 1 - 1 / (1 + urgency * (1 + urgency * (0.5 + urgency * (1 / 6))))
