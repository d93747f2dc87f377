"""What an ally does in a year, the equations of each date one after the other: a function a date."""

from __future__ import annotations

from sim.model.equations import budget, growth, outturn, related, will
from sim.numerics.arrays import Array, Bound, Value


def january(
    will_of: Array, gdp: Array, share_pct: Array, own_gdp: Value, outlays_sum: Value, gdp_sum: Value, *,
    mean_will: Value, will_noise: Value, reversion: Value, peer: Value, common: Value, own_surprise: Value,
    loss_pct: Value | None, expected_pct: Value,
) -> tuple[Array, Value, Array]:  # fmt: skip
    """Equations 4 and 2: will, the year's growth surprise and GDP; `own_gdp` is what is in the peers' sums."""
    peers = will.peer_average(outlays_sum, gdp_sum, own_gdp * share_pct, own_gdp)
    drifted = will.drift(will_of, mean_will, will_noise, peers, share_pct, reversion=reversion, peer=peer)
    surprise = growth.surprise(common, own_surprise, loss_pct)
    return drifted, surprise, growth.next_gdp(gdp, expected_pct, surprise)


def spending(
    share_pct: Array, plan_pct: Array, surprise_pct: Value, related_pct: Array, inclined: Array, *,
    execution: Value, noise: Value, reporting: Value, related_noise: Value,
    floor_pct: Value, related_speed: Value, related_scale_pct: Value,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """Equations 7, 8 and 9, in December: what the budget comes to, the share spent and reported, related outlays."""
    money = outturn.budgeted(share_pct, plan_pct, execution)
    spent = outturn.outturn(money, share_pct, noise, surprise_pct, floor_pct=floor_pct)
    other = related.next_related(related_pct, inclined, related_noise, speed=related_speed, scale_pct=related_scale_pct)
    return money, spent, outturn.reported(spent, reporting), other


def budgeting(
    norm_pct: Array, share_pct: Array, will_of: Array, inclined: Array, felt_urgency: Array, saturated: Array, *,
    target_pct: Value, commitment: Value, years_left: Value, speed_up: Array, room: Bound,
    threat_weight: Value, norm_learning: Value, pledge_weight: Value, desired_cap_pct: Value, speed_down: Value,
    deadline_weight: Value, headroom_pct: Value, headroom_weight: Value, max_rise_pct: Value, max_rise: Value,
    max_fall: Value,
) -> tuple[Array, Array, Array, Array]:  # fmt: skip
    """Equations 5 and 6, in December: willingness, the norm, the desired share, the planned change of the share."""
    willing = budget.willingness(inclined, commitment=commitment)
    premium = budget.threat_premium(will_of, felt_urgency, saturated, weight=threat_weight)
    norm = budget.learned_norm(norm_pct, share_pct, premium, learning=norm_learning)
    desired = budget.desired_share(
        norm, premium, willing, target_pct, pledge_weight=pledge_weight, cap_pct=desired_cap_pct
    )
    pull = budget.pull(desired, share_pct, speed_up, room, speed_down=speed_down)
    pledged = budget.pledged_step(target_pct, share_pct, years_left, room, weight=deadline_weight)
    plan = budget.plan(
        pull, pledged, willing, share_pct, headroom_pct=headroom_pct, headroom_weight=headroom_weight,
        max_rise_pct=max_rise_pct, max_rise=max_rise, max_fall=max_fall,
    )  # fmt: skip
    return willing, norm, desired, plan
