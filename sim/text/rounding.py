"""The one rule by which figures are rounded: of the decimal a number is written as, and halves go up, as NATO prints.

A double stands for the shortest decimal that names it, so that 2.25 is two and a quarter and 0.285 is 57 of 200, not
the binary fractions next to them.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal


def decimal(value: float) -> Decimal:
    """The number that a double, or a number of NumPy's, is written as."""
    return Decimal(repr(float(value)))


def nearest(value: float | Decimal, step: int | Decimal = 1) -> Decimal:
    """The multiple of `step` nearest to a value; between two of them the one further from 0."""
    return _multiple(value, step, ROUND_HALF_UP)


def floor_to(value: float | Decimal, step: int | Decimal = 1) -> Decimal:
    """The largest multiple of `step` that is not above a value."""
    return _multiple(value, step, ROUND_FLOOR)


def ceil_to(value: float | Decimal, step: int | Decimal = 1) -> Decimal:
    """The smallest multiple of `step` that is not below a value."""
    return _multiple(value, step, ROUND_CEILING)


def text(value: float | Decimal, decimals: int) -> str:
    """A value with so many decimals: "2.3" of 2.25."""
    return f"{nearest(value, Decimal(1).scaleb(-decimals)):,.{decimals}f}"


def _multiple(value: float | Decimal, step: int | Decimal, rounding: str) -> Decimal:
    exact, by = value if isinstance(value, Decimal) else decimal(value), Decimal(step)
    return (exact / by).to_integral_value(rounding) * by
