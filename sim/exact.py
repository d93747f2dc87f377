"""Elementary functions that give the same bits on every machine.

The C library's exp and log differ between systems in the last place. Python's decimal arithmetic is correctly
rounded everywhere and fast enough for the few constants that need it.
"""

from __future__ import annotations

from decimal import Context, Decimal

_CONTEXT = Context(prec=40)


def exp(x: float) -> float:
    """e to the power x, rounded correctly."""
    return float(_CONTEXT.exp(Decimal(x)))


def log(x: float) -> float:
    """The natural logarithm of x > 0, rounded correctly."""
    return float(_CONTEXT.ln(Decimal(x)))


def yearly_probability(rate: float) -> float:
    """The probability of at least one event in a year of a Poisson process with `rate` events a year."""
    return 1.0 - exp(-rate)
