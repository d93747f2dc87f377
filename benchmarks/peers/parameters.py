"""The parameters that all allies of a scenario share, as plain numbers: what the peers compute with."""

from __future__ import annotations

from typing import Any, NamedTuple

from sim.distributions.families import Beta, Exponential, Family, Lognormal, Normal, StudentT
from sim.model.equations.urgency import past_urgency
from sim.numerics.exact import monthly_factor, yearly_probability
from sim.numerics.grid import printed
from sim.scenario.schema import Scenario


class Parameters(NamedTuple):
    """The model's parameters that all allies share, each a number; names and units as in docs/model/equations.md.

    Of a distribution stand here mean and standard deviation (where its mean is 0: `_sd` alone) and its shape.
    """

    # equation 2
    factor_sd: float
    recession_probability: float
    recession_depth_pct: float
    ally_noise_df: float
    ally_noise_sd: float
    # equation 3: what history has left in December of the base year, what a month leaves of it, events
    urgency_start: float
    level_mean: float
    level_log_sd: float
    monthly: float
    retrenchment_probability: float
    retrenchment_mean: float
    crisis_probability: float
    crisis_mean: float
    detente_probability: float
    detente_factor: float
    # equation 4 and governments
    will_mean: float
    will_sd: float
    reversion: float
    will_noise_sd: float
    peer: float
    change_at_election: float
    change_between_elections: float  # a probability
    change_jump_sd: float
    lapse_probability: float
    # equations 5 and 6
    threat_weight: float
    threat_urgency: float
    norm_learning: float
    pledge_weight: float
    speed: float
    speed_urgency: float
    speed_max: float
    speed_down: float
    deadline_weight: float
    headroom_weight: float
    max_rise_pct: float
    max_rise: float
    max_fall: float
    # equations 1, 7 and 8
    base_error_df: float
    base_error_mean: float
    base_error_sd: float
    execution_a: float
    execution_b: float
    outlay_noise_df: float
    outlay_noise_sd: float
    floor_pct: float
    reporting_sd: float
    late_push_weight: float
    late_push_reach_pct: float
    late_push_reach: float
    late_push_excess_sd: float
    # equation 9
    related_mean: float
    related_sd: float
    related_speed: float
    related_scale_pct: float
    related_noise_sd: float
    counted_cap_pct: float
    # the alliance's target, and the printed goals
    target_pct: float
    target_by: float
    goal: int  # hundredths
    total_goal: int  # hundredths; 0: the total has no target


def parameters_of(scenario: Scenario) -> Parameters:
    """The parameters of a scenario.

    Raises:
        ValueError: a distribution where the peers need a number, or one of another family.
    """
    growth, will, budget = scenario.growth, scenario.will, scenario.budget
    out, related = scenario.outturn, scenario.related
    events: dict[str, Any] = {event.name: event for event in scenario.event}
    ally_noise, outlay_noise = _law(growth.ally_noise, StudentT), _law(out.noise, StudentT)
    level, execution = _law(scenario.urgency.level, Lognormal), _law(out.execution, Beta)
    core, total = scenario.yardstick("core"), scenario.yardstick("total")
    assert core is not None
    monthly = monthly_factor(number(scenario.urgency.decay))
    will_mean, will_sd = _moments(will.mean)
    error = _law(out.base_error, StudentT, moved=True)
    related_mean, related_sd = _moments(related.start)
    return Parameters(
        factor_sd=_sd(growth.factor),
        recession_probability=number(growth.recession_probability),
        recession_depth_pct=number(growth.recession_depth_pct),
        ally_noise_df=ally_noise.df, ally_noise_sd=ally_noise.sd,
        urgency_start=float(past_urgency(scenario.horizon.base_year, 12, monthly, dict(scenario.urgency))),
        level_mean=level.mean, level_log_sd=level.log_sd, monthly=monthly,
        retrenchment_probability=yearly_probability(number(events["us_retrenchment"].rate)),
        retrenchment_mean=_law(events["us_retrenchment"].size, Exponential).mean,
        crisis_probability=yearly_probability(number(events["crisis"].rate)),
        crisis_mean=_law(events["crisis"].size, Exponential).mean,
        detente_probability=yearly_probability(number(events["detente"].rate)),
        detente_factor=number(events["detente"].factor),
        will_mean=will_mean, will_sd=will_sd, will_noise_sd=_sd(will.noise), change_jump_sd=_sd(will.change_jump),
        change_between_elections=yearly_probability(number(will.change_between_elections)),
        base_error_df=error.df, base_error_mean=error.mean, base_error_sd=error.sd,
        execution_a=execution.a, execution_b=execution.b,
        outlay_noise_df=outlay_noise.df, outlay_noise_sd=outlay_noise.sd,
        reporting_sd=_sd(out.reporting), late_push_excess_sd=_sd(out.late_push_excess),
        related_mean=related_mean, related_sd=related_sd, related_noise_sd=_sd(related.noise),
        related_speed=number(related.speed), related_scale_pct=number(related.scale_pct),
        counted_cap_pct=number(related.counted_cap_pct),
        target_pct=core.share_pct, target_by=float(core.by), goal=int(printed(core.share_pct)),
        total_goal=int(printed(total.share_pct)) if total else 0,
        **{name: number(getattr(will, name)) for name in (
            "reversion", "peer", "change_at_election", "lapse_probability",
        )},
        **{name: number(getattr(budget, name)) for name in (
            "threat_weight", "threat_urgency", "norm_learning", "pledge_weight", "speed", "speed_urgency", "speed_max",
            "speed_down", "deadline_weight", "headroom_weight", "max_rise_pct", "max_rise", "max_fall",
        )},
        **{name: number(getattr(out, name)) for name in (
            "floor_pct", "late_push_weight", "late_push_reach_pct", "late_push_reach",
        )},
    )  # fmt: skip


def number(value: Any) -> float:
    """A number as it is.

    Raises:
        ValueError: it is a distribution.
    """
    if not isinstance(value, (int, float)):
        raise ValueError(f"the peers need a number, not {value!r}")
    return float(value)


def _moments(law: Any) -> tuple[float, float]:
    """Mean and sd of a normal, or of a number in its place."""
    return (law.mean, law.sd) if isinstance(law, Normal) else (number(law), 0.0)


def _sd(law: Any) -> float:
    mean, sd = _moments(law)
    if mean:
        raise ValueError(f"the peers need a noise of mean 0, not {law!r}")
    return sd


def _law(law: Any, family: type[Family], *, moved: bool = False) -> Any:
    """A distribution of the family: a t about 0 unless it may be `moved`, a beta on 0 to 1."""
    elsewhere = isinstance(law, StudentT) and law.mean and not moved
    if not isinstance(law, family) or elsewhere or (isinstance(law, Beta) and (law.low, law.high) != (0.0, 1.0)):
        raise ValueError(f"the peers need a plain {family.__name__}, not {law!r}")
    return law
