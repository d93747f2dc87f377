"""Equations 1, 7, 8 and 10: where the share starts, what was spent, what is reported, the late push, the total."""

from __future__ import annotations

import numpy as np

from sim.distributions.draws import Mask
from sim.numerics.arrays import MOST_PCT, Array, Value, at_least, clip, positive
from sim.numerics.grid import printed, reaches

TINY = np.float32(1e-6)
"""What is divided by at least."""


def base_year(published_pct: float, error: Value) -> Value:
    """s of the base year: the published share and its relative error, 0 where the figure is no estimate."""
    return published_pct * (1 + error)


def budgeted(share_pct: Array, plan_pct: Array, execution: Value) -> Array:
    """What the year's budget comes to, % of the GDP that it was made with: outlays but for their noise.

    `execution` is the part of an increase that is spent; a cut is executed in full.
    """
    # in this order and in place: in float32 the order of a sum is part of its bits
    rise = positive(plan_pct)
    money = execution * rise
    money += plan_pct - rise
    money += share_pct
    return money


def outturn(money_pct: Array, share_pct: Array, noise: Value, surprise_pct: Value, *, floor_pct: Value) -> Array:
    """s': outlays of the year, % of GDP, from what its budget comes to.

    A budget is money, so a growth surprise moves the share the other way. `noise` is relative to the share of the year
    before, `share_pct`.
    """
    money = noise * share_pct
    money += money_pct
    money /= 1 + surprise_pct * 0.01
    share: Array = clip(money, floor_pct, MOST_PCT)
    return share


def reported(share_pct: Array, noise: Value) -> Array:
    """r: the share as reported, with its relative noise; from 0 to 100."""
    report: Array = clip(share_pct * (1 + noise), 0, MOST_PCT)
    return report


def noise_needed(money_pct: Array, share_pct: Array, reporting: Value, surprise_pct: Value) -> tuple[Array, Array]:
    """`outturn` and `reported` turned round: the report is at least r from a noise of outlays of a * r - b on: (a, b).

    So it is for an r that takes a share between the floor and 100, which no noise leaves. Where there is no share, or
    nothing of it is reported, it takes far more than any noise, or far less.
    """
    share = at_least(share_pct, TINY)
    point = at_least(np.positive(1 + reporting, dtype=np.float32), TINY) * share
    return (1 + surprise_pct * 0.01) / point, money_pct / share


def late_push_in_reach(
    share_before_pct: Array, target_pct: Value, due: Mask | bool, *, reach_pct: Value, reach: Value
) -> Mask:
    """Where a report that falls short can be closed on paper: the date has come, and the target was within reach."""
    near: Mask = (target_pct - share_before_pct) <= np.minimum(reach_pct, reach * share_before_pct)
    near &= due
    return near


def late_push_open(reported_pct: Array, target_pct: Value, in_reach: Mask) -> Mask:
    """Where a late push is possible: within reach, where the report falls short."""
    # as printed: 3.495 stands in the table as 3.50, and needs no push
    return ~reaches(printed(reported_pct), target_pct) & in_reach


def late_push_probability(willing: Value, saturated: Array, *, weight: Value) -> Array:
    """The probability that an ally within reach closes the rest by reclassifying and paying early."""
    chance: Array = weight * willing * saturated
    return chance


def pushed(share_pct: Array, target_pct: Value, excess: Value) -> tuple[Array, Array]:
    """Report and share after a late push: the report lands just above the target, the share at least on it."""
    # the size of the excess: nobody reclassifies to miss by a little
    return np.minimum(target_pct * (1 + np.abs(excess)), MOST_PCT), np.maximum(share_pct, target_pct)


def total(reported_pct: Array, counted_pct: Array) -> Array:
    """Core outlays as reported and what counts of the security-related, % of GDP."""
    return reported_pct + counted_pct
