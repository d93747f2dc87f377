"""Shares, money and counts as text: two digits of what is simulated, the publisher's of what is published."""

from __future__ import annotations

from decimal import Decimal
from math import inf

from sim.arguments import COUNTED_PCT
from sim.text.rounding import ceil_to, decimal, floor_to, nearest
from sim.text.rounding import text as rounded_text


def quantity(value: float, low: float, high: float, *, least: float) -> tuple[str, str, str]:
    """A size of 0 or more and its 95 % interval, rounded outward: two digits, fewer where it is wide; `least`, a
    power of ten, is the last place shown.

    ("1.7", "1.6", "1.8"), ("40", "30", "50"), ("<0.01", "0.00", "0.01").
    """
    wide = _magnitude((decimal(high) - decimal(low)) / 10)
    digit = max(decimal(value).adjusted() - 1 if value > 0 else -99, wide, decimal(least).adjusted())
    step, decimals = Decimal(1).scaleb(digit), max(0, -digit)
    ends = nearest(value, step), floor_to(low, step), ceil_to(high, step)
    whole, lowest, highest = (f"{end:.{decimals}f}" for end in ends)
    return f"<{step:.{decimals}f}" if ends[0] == 0 else whole, lowest, highest


def _magnitude(width: Decimal) -> int:
    """The place of the smallest power of ten that is no smaller."""
    return -99 if width <= 0 else width.adjusted() + (width != Decimal(1).scaleb(width.adjusted()))


def share(pct: float) -> str:
    """A simulated share, % of GDP, with two digits: "3.2", "12"; ">20" where it lies above what is counted."""
    return f">{COUNTED_PCT:.0f}" if pct == inf else rounded_text(pct, 1 if pct < 9.95 else 0)


def published_share(pct: float) -> str:
    """A published share, % of GDP, as NATO prints it: "2.05"."""
    return rounded_text(pct, 2)


def added(pct: float) -> str:
    """What comes on top of a share, percentage points: "0.12", "<0.01", "0"."""
    return rounded_text(pct, 2) if pct >= 0.005 else "<0.01" if pct > 0 else "0"


def mean_share(pct: float, above: float) -> str:
    """A mean of simulated shares; "≥14" where a part of the runs lies above what is counted."""
    return f"{'≥' if above else ''}{share(pct)}"


def span(low: float, high: float, to: str = "–") -> str:
    """From one simulated share to another: "4.7–7.2"; ">20" where both lie above what is counted."""
    return share(low) if low == inf else f"{share(low)}{to}{share(high)}"


TENTHS_BELOW = 10
"""Of fewer allies an expected number has a tenth: as a whole number it would say nothing of one or two of them."""


def number(expected: float, of: int, *, tenths: bool = False) -> str:
    """An expected number of allies: "13", "<1"; with a tenth of few allies, or where `tenths` asks for it: "0.4"."""
    step = Decimal("0.1") if tenths or of < TENTHS_BELOW else Decimal(1)
    rounded = nearest(expected, step)
    if rounded <= 0:
        return f"<{step}"
    if rounded >= of and expected < of:
        return f">{of - step}"
    return f"{rounded:.{1 if step < 1 else 0}f}"


def whole(count: float) -> str:
    """A quantile of a number of allies, which is a number that some run has: "0", "13"."""
    return f"{count:.0f}"


def target(pct: float) -> str:
    """A target, % of GDP, as agreed: "3.5", "2"."""
    return f"{pct:g}"


def money(usd_bn: float) -> str:
    """An amount of USD billion with two digits: "1.4", "38", "310", "<0.1"."""
    if usd_bn < 0.05:
        return "<0.1"
    if usd_bn < 9.95:
        return rounded_text(usd_bn, 1)
    return rounded_text(nearest(usd_bn, Decimal(1).scaleb(nearest(usd_bn).adjusted() - 1)), 0)
