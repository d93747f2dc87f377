"""Equations 7 and 8: what was spent, what is reported, and the late push."""

from __future__ import annotations

import numpy as np

from sim.distributions.draws import Mask
from sim.model.links import Array, Value
from sim.record.grid import printed


def outturn(
    share_pct: Array, plan_pct: Array, execution: Value, noise: Value, surprise_pct: Value, *, floor_pct: Value
) -> Array:
    """s': outlays of the year, % of GDP.

    A budget is money, so a growth surprise moves the share the other way. `execution` is the part of an increase that
    is spent; a cut is executed in full. `noise` is relative to the share.
    """
    executed = np.where(plan_pct > 0, execution * plan_pct, plan_pct)
    share: Array = (share_pct + executed + noise * share_pct) / (1 + surprise_pct * 0.01)
    return np.maximum(share, floor_pct)


def late_push_open(
    share_before_pct: Array, reported_pct: Array, target_pct: Value, due: Mask | bool, *, reach_pct: Value, reach: Value
) -> Mask:
    """Where a late push is possible: the date has come, the report falls short, and the target was within reach."""
    short = printed(reported_pct) < printed(target_pct)
    near = (target_pct - share_before_pct) <= np.minimum(reach_pct, reach * share_before_pct)
    possible: Mask = short & near & due
    return possible


def late_push_probability(willing: Value, saturated: Array, *, weight: Value) -> Array:
    """The probability that an ally within reach closes the rest by reclassifying and paying early."""
    chance: Array = weight * willing * saturated
    return chance
