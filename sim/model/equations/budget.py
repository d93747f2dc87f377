"""Equations 5 and 6: what an ally wants to spend, and the budget it adopts in December for the next year."""

from __future__ import annotations

import numpy as np

from sim.numerics.arrays import Array, Bound, Value, at_most, clip, link, positive


def inclined(will: Array, urgency: Array) -> Array:
    """What will and urgency together make of a government, from 0 to 1: link(u + A)."""
    toward: Array = link(will + urgency)
    return toward


def willingness(inclined: Array, *, commitment: Value) -> Array:
    """w: willingness to keep the pledge, 0 to 1; `inclined` is link(u + A)."""
    willing: Array = commitment * inclined
    return willing


def at_risk(weight: Value, exposure: Value) -> Value:
    """The weight of the threat in an exposed ally, % of GDP: 2, so that even will (link 1/2) counts 1."""
    return weight * exposure * 2


def threat_premium(will: Array, felt_urgency: Array, saturated: Array, *, weight: Value) -> Array:
    """What the threat adds to the desired share, % of GDP, by will; `felt_urgency` is threat_urgency A."""
    premium: Array = weight * link(will + felt_urgency) * saturated
    return premium


def learned_norm(norm_pct: Array, share_pct: Array, premium_pct: Array, *, learning: Value) -> Array:
    """n: the share that would be spent without the threat. It rises with habit and never absorbs the premium."""
    norm: Array = norm_pct + learning * positive(share_pct - premium_pct - norm_pct)
    return norm


def desired_share(
    norm_pct: Array, premium_pct: Array, willing: Array, target_pct: Value, *, pledge_weight: Value, cap_pct: Value
) -> Array:
    """The share an ally would choose if nothing held it back, % of GDP."""
    pledged = pledge_weight * willing * positive(target_pct - norm_pct)
    desired: Array = at_most(norm_pct + pledged + premium_pct, cap_pct)
    return desired


def at_exposure(base_pct: Value, extra_pct: Value, exposure: Value) -> Value:
    """A ceiling or level that rises with exposure, % of GDP."""
    return base_pct + extra_pct * exposure


def fiscal_room(
    debt_pct: Value, deficit_pct: Value, *,
    loss: Value, debt_from_pct: Value, debt_span_pct: Value, deficit_from_pct: Value, deficit_span_pct: Value,
) -> Bound:  # fmt: skip
    """What public finance leaves of an increase: 1 at low debt and deficit, 1 - loss where either is high."""
    # float32 from the start: a number and an array of that number give the same bits
    debt = (np.asarray(debt_pct, dtype=np.float32) - debt_from_pct) / debt_span_pct
    deficit = (np.asarray(deficit_pct, dtype=np.float32) - deficit_from_pct) / deficit_span_pct
    room: Bound = 1 - loss * np.minimum(np.maximum(np.maximum(debt, deficit), 0), 1)
    return room


def felt(urgency: Array, *, weight: Value) -> Array:
    """The urgency that moves the premium: threat_urgency A."""
    moved: Array = weight * urgency
    return moved


def speed_up(urgency: Array, *, speed: Value, speed_urgency: Value, speed_max: Value) -> Array:
    """The part of the gap that a year closes where nothing is short: it rises with urgency."""
    faster: Array = at_most(speed + speed_urgency * urgency, speed_max)
    return faster


def pull(desired_pct: Array, share_pct: Array, speed_up: Array, room: Bound, *, speed_down: Value) -> Array:
    """The yearly step toward the desired share, percentage points: fast up under urgency, slow down."""
    gap = desired_pct - share_pct
    short = positive(gap)
    # both cases added, one of which is 0: the same to the bit as choosing, in less time
    step: Array = speed_up * room * short + speed_down * (gap - short)
    return step


def pledged_step(target_pct: Value, share_pct: Array, years_left: Value, room: Bound, *, weight: Value) -> Array:
    """The least yearly step of an ally that keeps its pledge, percentage points.

    Below the target, a part of the even step to the pledge's date; above it, a cut down to the target and no further.
    """
    gap = target_pct - share_pct
    short = positive(gap)
    step: Array = (weight * room) * short / years_left + (gap - short)
    return step


def plan(
    pull_pct: Array, pledged_pct: Array, willing: Array, share_pct: Array, *,
    headroom_pct: Value, headroom_weight: Value, max_rise_pct: Value, max_rise: Value, max_fall: Value,
) -> Array:  # fmt: skip
    """The planned change of the share, percentage points: the pull, raised to the pledged step as far as it is willing.

    Held within what a budget can move: `headroom_pct` is the level toward which increases slow down; `max_rise` and
    `max_fall` are parts of the share.
    """
    wanted = pull_pct + willing * positive(pledged_pct - pull_pct)
    held = np.minimum(wanted, headroom_weight * positive(headroom_pct - share_pct))
    return within_reach(held, share_pct, max_rise_pct=max_rise_pct, max_rise=max_rise, max_fall=max_fall)


def within_reach(
    change_pct: Array, share_pct: Array, *, max_rise_pct: Value, max_rise: Value, max_fall: Value
) -> Array:
    """A change cut to what one budget can move: -max_fall s to min(max_rise_pct, max_rise s)."""
    reach: Array = clip(change_pct, -max_fall * share_pct, at_most(max_rise * share_pct, max_rise_pct))
    return reach


def toward_announced(plan_pct: Array, announced_pct: Array, weight: Value) -> Array:
    """The plan drawn toward the step that the ally's announced path, or its budget, asks for, by its weight."""
    drawn: Array = (1 - weight) * plan_pct + weight * announced_pct
    return drawn
