"""Elementary functions that give the same bits on every machine.

The C library's exp and log differ between systems in the last place. Python's decimal arithmetic is correctly
rounded everywhere and fast enough for the few constants that need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

# over twice the digits of a double: a second rounding that goes wrong needs some twenty zeros or nines in a row
_CONTEXT = Context(prec=40)


@lru_cache(maxsize=1024)
def exp(x: float) -> float:
    """e to the power x, rounded correctly."""
    return float(_CONTEXT.exp(Decimal(x)))


def log(x: float) -> float:
    """The natural logarithm of x > 0, rounded correctly."""
    return float(_CONTEXT.ln(Decimal(x)))


@dataclass(frozen=True)
class Function:
    """A function with the same bits everywhere: a constant minus or plus exp(rate * x)."""

    constant: float
    sign: float
    rate: float

    def __call__(self, x: float) -> float:
        """The value at x, rounded correctly but for the last addition."""
        return self.constant + self.sign * exp(self.rate * x)


yearly_probability = Function(constant=1.0, sign=-1.0, rate=-1.0)
"""The probability of at least one event in a year of a Poisson process, from its rate a year: 1 - exp(-rate)."""

monthly_factor = Function(constant=0.0, sign=1.0, rate=-1 / 12)
"""What a month leaves of a quantity that decays at a rate a year: exp(-rate / 12)."""
