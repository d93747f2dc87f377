"""The equations of docs/model/equations.md, for one ally on one path. They run on floats and on `Bounded` alike."""

from __future__ import annotations

from reference.bounded import Number, below, by_sign, larger, printed, root, smaller

NOBODY = 9999
"""The year of a target where there is none to follow."""


def link(x: Number) -> Number:
    """Stands in for the logistic curve."""
    return (1 + x / root(x * x + 4)) / 2


def saturate(urgency: Number) -> Number:
    """Rises from 0 to 1 with urgency."""
    return 1 - 1 / (1 + urgency * (1 + urgency * (1 / 2 + urgency / 6)))


# 1. Base year ---------------------------------------------------------------------------------------------------------


def base_share(published: float, base_error: Number) -> Number:
    """The share of an estimated base year."""
    return published * (1 + base_error)


# 2. Growth ------------------------------------------------------------------------------------------------------------


def common_factor(factor: Number, probability: Number, depth: Number, recession: Number) -> Number:
    """f, with mean 0 whatever the recession's probability and depth; recession is 1 or 0."""
    return factor + depth * (probability - recession)


def surprise(common: Number, loss_all: Number, sd: Number, noise: Number, loss_own: Number) -> Number:
    """Growth beyond the forecast, at least -50 points."""
    return larger(common - loss_all + sd * noise - loss_own, -50.0)


def next_gdp(gdp: Number, forecast: float, shift: Number, surprised: Number) -> Number:
    """Real GDP after a year; the factor held between 0.5 and 2."""
    growth = forecast + shift + surprised
    return gdp * smaller(larger(1 + growth / 100, 0.5), 2.0)


# 4. Will --------------------------------------------------------------------------------------------------------------


def drift(will: Number, mean: Number, reversion: Number, noise: Number, peer: Number, average: Number,
          share: Number) -> Number:  # fmt: skip
    """Will in January: back toward its mean, a noise, and the distance to the peers."""
    return will + reversion * (mean - will) + noise + peer * (average - share)


def peer_average(money: Number, gdp: Number, own_share: Number, own_gdp: Number, member: bool) -> Number:
    """The GDP-weighted mean share of Europe and Canada, without the ally itself where it is one of them."""
    if not member:
        return money / gdp
    return (money - own_share * own_gdp) / (gdp - own_gdp)


# 5. Desired share -----------------------------------------------------------------------------------------------------


def willingness(commitment: Number, will: Number, urgency: Number) -> Number:
    """w, of the budget."""
    return commitment * link(will + urgency)


def threat_premium(weight: Number, exposure: Number, will: Number, threat_urgency: Number, urgency: Number) -> Number:
    """What the threat alone adds to the desired share."""
    return weight * exposure * 2 * link(will + threat_urgency * urgency) * saturate(urgency)


def learned_norm(norm: Number, learning: Number, share: Number, premium: Number) -> Number:
    """Habit moves toward spending less the premium; it does not fall by it."""
    return norm + learning * larger(share - premium - norm, 0.0)


def at_exposure(level: Number, rise: Number, exposure: Number) -> Number:
    """A level that rises with exposure."""
    return level + rise * exposure


def desired_share(norm: Number, pledge_weight: Number, willing: Number, target: Number, premium: Number,
                  cap: Number) -> Number:  # fmt: skip
    """Habit, part of the way to the target, and the premium, up to a ceiling."""
    return smaller(norm + pledge_weight * willing * larger(target - norm, 0.0) + premium, cap)


# 6. Budget ------------------------------------------------------------------------------------------------------------


def fiscal_room(loss: Number, debt: float, debt_from: Number, debt_span: Number, deficit: float, deficit_from: Number,
                deficit_span: Number) -> Number:  # fmt: skip
    """The part of a rise that debt and deficit leave."""
    burden = larger((debt - debt_from) / debt_span, (deficit - deficit_from) / deficit_span)
    return 1 - loss * smaller(larger(burden, 0.0), 1.0)


def pull(desired: Number, share: Number, urgency: Number, room: Number, speed: Number, speed_urgency: Number,
         speed_max: Number, speed_down: Number) -> Number:  # fmt: skip
    """The step toward the desired share."""
    up = smaller(speed + speed_urgency * urgency, speed_max) * room
    return by_sign(desired - share, up, speed_down)


def years_left(by: int, year: int) -> int:
    """Years from the budget's December to the target's date, at least 1."""
    return max(1, by - (year - 1))


def pledged_step(target: Number, share: Number, by: int, year: int, weight: Number, room: Number) -> Number:
    """The least step of an ally that keeps its pledge; a cut to the target where it stands above."""
    return by_sign(target - share, weight * room / years_left(by, year), 1.0)


def within_reach(step: Number, share: Number, max_fall: Number, max_rise_pct: Number, max_rise: Number) -> Number:
    """A step no larger than one budget can take."""
    return smaller(larger(step, -max_fall * share), smaller(max_rise_pct, max_rise * share))


def held_back(pulled: Number, pledged: Number, willing: Number, share: Number, weight: Number,
              headroom: Number) -> Number:  # fmt: skip
    """The pledged step as far as the ally is willing, and no more than part of the headroom."""
    step = pulled + willing * larger(pledged - pulled, 0.0)
    return smaller(step, weight * larger(headroom - share, 0.0))


def toward_announced(plan: Number, announced: Number, weight: Number) -> Number:
    """Part of the way from the plan to the announced step."""
    return (1 - weight) * plan + weight * announced


# 7. and 8. Outturn, report and late push ------------------------------------------------------------------------------


def outturn(share: Number, plan: Number, execution: Number, noise: Number, surprised: Number, floor: Number) -> Number:
    """What is spent, over a GDP that grew by more or less than forecast."""
    spent = by_sign(plan, execution, 1.0)
    return larger((share + spent + noise * share) / (1 + surprised / 100), floor)


def reported(share: Number, noise: Number) -> Number:
    """The share as reported, before a late push."""
    return larger(share * (1 + noise), 0.0)


def late_push_open(report: Number, target: Number, by: int, year: int, former: Number, reach_pct: Number,
                   reach: Number) -> bool:  # fmt: skip
    """Whether a late push is possible."""
    if year < by or not below(printed(report), printed(target)):
        return False
    return bool(target - former <= smaller(reach_pct, reach * former))


def late_push_probability(weight: Number, willing: Number, urgency: Number) -> Number:
    """Its chance."""
    return weight * willing * saturate(urgency)


def pushed(target: Number, excess: Number) -> Number:
    """The report after it."""
    return target * (1 + abs(excess))


def pushed_outlays(share: Number, target: Number) -> Number:
    """The outlays after it."""
    return larger(share, target)


# 9. and 10. Related and total -----------------------------------------------------------------------------------------


def next_related(related: Number, speed: Number, scale: Number, will: Number, urgency: Number, noise: Number) -> Number:
    """Security-related outlays."""
    return larger(related + speed * (scale * link(will + urgency) - related) + noise, 0.0)


def counted(related: Number, cap: Number) -> Number:
    """What of them counts."""
    return smaller(related, cap)


def total(report: Number, related: Number) -> Number:
    """Core and related together."""
    return report + related
