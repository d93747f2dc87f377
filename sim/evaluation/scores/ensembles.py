"""What every score of an ensemble asks of its arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Counted = NDArray[np.int64]


def matched(ensemble: ArrayLike, observed: ArrayLike) -> tuple[NDArray[Any], NDArray[Any]]:
    """The ensemble (..., members) and what was observed (...), both in the ensemble's own precision.

    A share of 2.35 in float32 is not 2.35 in float64: unless both are rounded alike, a point forecast never meets what
    it foresaw. Whole numbers are compared as float64.

    Raises:
        ValueError: no member, shapes that do not belong together, or a value that is not a number: a case without an
            observation is left out before, for no comparison with it would be true.
    """
    members, seen = np.asarray(ensemble), np.asarray(observed)
    if members.ndim == 0 or members.shape[-1] == 0:
        raise ValueError(f"an ensemble has at least one member on its last axis, not the shape {members.shape}")
    if members.shape[:-1] != seen.shape:
        raise ValueError(f"an ensemble {members.shape} needs observations {members.shape[:-1]}, not {seen.shape}")
    if np.isnan(members).any() or np.isnan(seen).any():
        raise ValueError("an ensemble or an observation holds nan; leave that case out")
    precision = members.dtype if np.issubdtype(members.dtype, np.floating) else np.dtype(np.float64)
    return members.astype(precision, copy=False), seen.astype(precision, copy=False)
