"""Equations 1, 7, 8 and 10: where the share starts, what was spent, what is reported, the late push, the total."""

from __future__ import annotations

import numpy as np

from sim.distributions.draws import Mask
from sim.numerics.arrays import MOST_PCT, Array, Value, clip, positive
from sim.numerics.grid import printed, reaches


def base_year(published_pct: float, error: Value) -> Value:
    """s of the base year: the published share and its relative error, 0 where the figure is no estimate."""
    return published_pct * (1 + error)


def outturn(
    share_pct: Array, plan_pct: Array, execution: Value, noise: Value, surprise_pct: Value, *, floor_pct: Value
) -> Array:
    """s': outlays of the year, % of GDP.

    A budget is money, so a growth surprise moves the share the other way. `execution` is the part of an increase that
    is spent; a cut is executed in full. `noise` is relative to the share.
    """
    # in this order and in place: in float32 the order of a sum is part of its bits
    rise = positive(plan_pct)
    money = execution * rise
    money += plan_pct - rise
    money += share_pct
    money += noise * share_pct
    money /= 1 + surprise_pct * 0.01
    share: Array = clip(money, floor_pct, MOST_PCT)
    return share


def reported(share_pct: Array, noise: Value) -> Array:
    """r: the share as reported, with its relative noise; from 0 to 100."""
    report: Array = clip(share_pct * (1 + noise), 0, MOST_PCT)
    return report


def late_push_open(
    share_before_pct: Array, reported_pct: Array, target_pct: Value, due: Mask | bool, *, reach_pct: Value, reach: Value
) -> Mask:
    """Where a late push is possible: the date has come, the report falls short, and the target was within reach."""
    # as printed: 3.495 stands in the table as 3.50, and needs no push
    short = ~reaches(printed(reported_pct), target_pct)
    near = (target_pct - share_before_pct) <= np.minimum(reach_pct, reach * share_before_pct)
    possible: Mask = short & near & due
    return possible


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
