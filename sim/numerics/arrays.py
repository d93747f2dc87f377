"""The two rational links, exactly rounded on every processor unlike exp and tanh; values of a block and their parts."""

from __future__ import annotations

from functools import lru_cache
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
"""One value per path, float32 (paths,)."""

Value = float | Array
"""A number for all paths, or one for each."""

Bound = Value | np.float32
"""A Value, or a number in single precision as Arrays are: beside one it leaves it what it is."""

Element = TypeVar("Element", bound=np.generic)


_INFINITE = np.float32(np.inf)

MOST_PCT = np.float32(100)
"""No share of GDP is larger; only absurd parameters come near."""

MOST_GDP_USD_BN = np.float32(1e7)
"""The ceiling of an ally's GDP, three hundred times that of the United States; it keeps absurd growth finite."""

LEAST_GDP_USD_BN = np.float32(1e-3)


def broadcast(value: Value, size: int) -> Array:
    """A new array (size,) of a number, or a copy of an array."""
    filled = np.empty(size, dtype=np.float32)
    filled[:] = value
    return filled


@overload
def at(value: float, paths: NDArray[np.intp]) -> float: ...
@overload
def at(value: NDArray[Element], paths: NDArray[np.intp]) -> NDArray[Element]: ...
@overload
def at(value: Value, paths: NDArray[np.intp]) -> Value: ...
def at(value: object, paths: NDArray[np.intp]) -> object:
    """What a value is on some paths: itself where all paths agree."""
    return value[paths] if isinstance(value, np.ndarray) and value.ndim else value


def select(mask: NDArray[np.bool_], yes: Value, no: Value) -> Array:
    """`yes` where the mask holds, `no` elsewhere, float32 (paths,).

    NumPy's where takes six times as long: the processor guesses at every path which one comes, and of a mask of chance
    it guesses wrong. Here the bits of both are combined.
    """
    ones = mask.view(np.int8).astype(np.int32)
    np.negative(ones, out=ones)  # all bits where the mask holds
    one, other = (np.asarray(value, dtype=np.float32).view(np.int32) for value in (yes, no))
    ones &= one ^ other
    ones ^= other
    chosen: Array = ones.view(np.float32)
    return chosen


def positive(x: Array) -> Array:
    """max(x, 0)."""
    part: Array = np.maximum(x, _zeros(x.shape[-1:]))
    return part


@overload
def at_most(x: Array, ceiling: Bound) -> Array: ...
@overload
def at_most(x: Value, ceiling: Bound) -> Value: ...
def at_most(x: Value, ceiling: Bound) -> Value:
    """min(x, ceiling)."""
    return np.minimum(x, ceiling) if isinstance(ceiling, np.ndarray) else clip(x, -_INFINITE, ceiling)


@overload
def at_least(x: Array, floor: Bound) -> Array: ...
@overload
def at_least(x: Value, floor: Bound) -> Value: ...
def at_least(x: Value, floor: Bound) -> Value:
    """max(x, floor)."""
    return clip(x, floor, _INFINITE)


@overload
def clip(x: Array, low: Bound, high: Bound) -> Array: ...
@overload
def clip(x: Value, low: Bound, high: Bound) -> Value: ...
def clip(x: Value, low: Bound, high: Bound) -> Value:
    """min(max(x, low), high).

    NumPy's clip takes a third of the time of its maximum and minimum where the bounds are numbers, and four times as
    long where they are arrays.
    """
    if isinstance(low, np.ndarray) and isinstance(high, np.ndarray):
        return np.minimum(np.maximum(x, low), high)
    return x.clip(low, high) if isinstance(x, np.ndarray) else np.clip(x, low, high)


@lru_cache(maxsize=4)
def _zeros(shape: tuple[int, ...]) -> Array:
    """Zeros to compare with: an array beside an array is four times as fast as beside a number."""
    zeros: Array = np.zeros(shape, dtype=np.float32)
    zeros.flags.writeable = False
    return zeros


def link(x: Array) -> Array:
    """From (-inf, inf) to (0, 1), close to the logistic function: (1 + x / sqrt(x^2 + 4)) / 2."""
    # in place: one new array, where one expression would make six
    linked: Array = x * x
    linked += 4
    np.sqrt(linked, out=linked)
    np.divide(x, linked, out=linked)
    linked += 1
    linked *= 0.5
    return linked


def saturate(urgency: Array) -> Array:
    """From [0, inf) to [0, 1), close to 1 - exp(-A): 1 - 1 / (1 + A + A^2/2 + A^3/6)."""
    saturated: Array = 1 - 1 / (1 + urgency * (1 + urgency * (0.5 + urgency * (1 / 6))))
    return saturated
