"""A number that knows how far single precision may have led it astray, and the functions that plain numbers share.

The equations of the reference model are written for floats and read as the page does. Run on `Bounded`, the same
equations carry with each value a bound of the distance between it and what float32 arithmetic gives: every + - * /
and root adds half a unit of the last place of float32, a plain number that meets a `Bounded` adds what rounding it to
float32 changes, and both are passed on. A comparison whose two sides are nearer to each other than their bounds is a
near-tie: either outcome is right in float32. Near-ties are listed, and each can be turned.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from struct import pack, unpack
from typing import Any

Number = Any
"""A float or a `Bounded`."""

HALF_ULP = 2.0**-24
TINY = 2.0**-149
"""The smallest float32 above 0: the absolute error of what is smaller than float32 can hold in full."""


def single(x: float) -> float:
    """x rounded to float32."""
    return float(unpack("<f", pack("<f", x))[0])


@lru_cache(maxsize=100_000)
def lost(x: float) -> float:
    """At most what rounding a plain number to float32 changes: nothing where float32 holds it."""
    return 0.0 if single(x) == x else abs(x) * HALF_ULP


class NearTies:
    """The comparisons of a path that float32 may have decided the other way, in order; `turned` are to be turned."""

    def __init__(self) -> None:
        self.seen: list[str] = []  # "CZE 2024: 0.5016 and 0.5016": ally, year and the two sides in full
        self.turned: frozenset[int] = frozenset()
        self.place = ""

    def ask(self, answer: bool, one: float, other: float) -> bool:
        """The answer of a near-tie, turned where it is to be."""
        self.seen.append(f"{self.place}: {one!r} and {other!r}")
        return answer != (len(self.seen) - 1 in self.turned)

    @contextmanager
    def turning(self, turned: frozenset[int]) -> Iterator[NearTies]:
        """A fresh list, with some of its entries to be turned."""
        self.seen, self.turned, self.place = [], turned, ""
        yield self
        self.turned = frozenset()


NEAR = NearTies()


class Bounded:
    """A value and a bound of its distance from the float32 that stands for it."""

    __slots__ = ("error", "value")

    def __init__(self, value: float, error: float) -> None:
        self.value = value
        self.error = error

    def __float__(self) -> float:
        return self.value

    def __repr__(self) -> str:
        return f"{self.value!r} -/+ {self.error:.1e}"

    def __add__(self, other: Number) -> Bounded:
        value, error = parts(other)
        return rounded(self.value + value, self.error + error)

    __radd__ = __add__

    def __sub__(self, other: Number) -> Bounded:
        if other is self:  # a number less itself is 0, whatever its error: a share that was set to its target
            return Bounded(0.0, 0.0)
        value, error = parts(other)
        return rounded(self.value - value, self.error + error)

    def __rsub__(self, other: float) -> Bounded:
        return rounded(other - self.value, self.error + lost(other))

    def __mul__(self, other: Number) -> Bounded:
        value, error = parts(other)
        return rounded(self.value * value, abs(self.value) * error + abs(value) * self.error + self.error * error)

    __rmul__ = __mul__

    def __truediv__(self, other: Number) -> Bounded:
        value, error = parts(other)
        return quotient(self.value, self.error, value, error)

    def __rtruediv__(self, other: float) -> Bounded:
        return quotient(other, lost(other), self.value, self.error)

    def __neg__(self) -> Bounded:
        return Bounded(-self.value, self.error)

    def __abs__(self) -> Bounded:
        return Bounded(abs(self.value), self.error)

    def __lt__(self, other: Number) -> bool:
        return self.compared(other, self.value < parts(other)[0])

    def __le__(self, other: Number) -> bool:
        return self.compared(other, self.value <= parts(other)[0])

    def __gt__(self, other: Number) -> bool:
        return self.compared(other, self.value > parts(other)[0])

    def __ge__(self, other: Number) -> bool:
        return self.compared(other, self.value >= parts(other)[0])

    __hash__ = None  # type: ignore[assignment]
    __eq__ = None  # type: ignore[assignment]

    def compared(self, other: Number, answer: bool) -> bool:
        """The answer, unless the two sides are nearer than their bounds: then it is a near-tie."""
        value, error = parts(other)
        doubt = self.error + error
        if other is self or doubt == 0.0 or abs(self.value - value) > doubt:
            return answer
        return NEAR.ask(answer, self.value, value)


def parts(x: Number) -> tuple[float, float]:
    """The value of any number and the bound of its error where it meets float32."""
    if isinstance(x, Bounded):
        return x.value, x.error
    return x, lost(float(x))


def rounded(value: float, error: float) -> Bounded:
    """A result: the error it inherits and that of its own rounding; none of an exact number that float32 can hold."""
    if error == 0.0 and single(value) == value:
        return Bounded(value, 0.0)
    return Bounded(value, error + (abs(value) + error) * HALF_ULP + TINY)


def quotient(over: float, over_error: float, under: float, under_error: float) -> Bounded:
    """A quotient with the errors of both."""
    sure = abs(under) - under_error
    if sure <= 0.0:
        return Bounded(over / under if under else math.inf, math.inf)
    value = over / under
    return rounded(value, (over_error + abs(value) * under_error) / sure)


# The functions that equations need beside + - * /. Each is what it says for floats. Where two branches meet without a
# jump, as in a maximum, being near the edge is no near-tie: the bound covers both.


def bounded(x: Number) -> Bounded:
    """A number that becomes part of the state: float32 from there on."""
    return x if isinstance(x, Bounded) else Bounded(x, lost(x))


def larger(a: Number, b: Number) -> Number:
    """The larger of two."""
    if not (isinstance(a, Bounded) or isinstance(b, Bounded)):
        return max(a, b)
    (one, error), (two, other) = parts(a), parts(b)
    if one - error >= two + other:
        return bounded(a)
    if two - other >= one + error:
        return bounded(b)
    value = max(one, two)
    low, high = max(one - error, two - other), max(one + error, two + other)
    return Bounded(value, max(value - low, high - value))


def smaller(a: Number, b: Number) -> Number:
    """The smaller of two."""
    return -larger(-a, -b) if isinstance(a, Bounded) or isinstance(b, Bounded) else min(a, b)


def by_sign(x: Number, up: Number, down: Number) -> Number:
    """up * x above 0 and down * x below: no jump at 0."""
    if not isinstance(x, Bounded):
        return up * x if x > 0 else down * x
    if abs(x.value) > x.error:
        return up * x if x.value > 0 else down * x
    both = [up * x, down * x]
    taken = both[0 if x.value > 0 else 1]
    apart = max(abs(parts(one)[0] - taken.value) + parts(one)[1] for one in both)
    return Bounded(taken.value, max(apart, taken.error))


def root(x: Number) -> Number:
    """The square root."""
    if not isinstance(x, Bounded):
        return math.sqrt(x)
    value = math.sqrt(x.value)
    low = math.sqrt(max(x.value - x.error, 0.0))
    return rounded(value, max(value - low, math.sqrt(x.value + x.error) - value))


def printed(x: Number) -> int:
    """A share as NATO prints it, in hundredths: floor(100 x + 0.5) in float32."""
    if not isinstance(x, Bounded):
        return hundredths(x)
    taken = hundredths(x.value)
    low, high = hundredths(x.value - x.error), hundredths(x.value + x.error)
    return taken if low == high else Doubtful(taken, low, high, x.value)


def hundredths(x: float) -> int:
    """floor(100 x + 0.5) with float32 after every step."""
    return math.floor(single(single(100.0 * single(x)) + 0.5))


class Doubtful(int):
    """A printed share that may be a hundredth lower or higher."""

    low: int
    high: int
    share: float  # before it was rounded

    def __new__(cls, taken: int, low: int, high: int, share: float) -> Doubtful:
        self = super().__new__(cls, taken)
        self.low, self.high, self.share = low, high, share
        return self


def below(a: int, b: int) -> bool:
    """Whether a printed share lies below another."""
    lows, highs = ([getattr(x, end, x) for x in (a, b)] for end in ("low", "high"))
    sure = highs[0] < lows[1] or lows[0] >= highs[1]
    return int(a) < int(b) if sure else NEAR.ask(int(a) < int(b), *(getattr(x, "share", x / 100) for x in (a, b)))
