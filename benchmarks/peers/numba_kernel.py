"""A straightforward numba kernel: one path after the other, scalar float64, NumPy's generator drawn inside, one thread.

The equations as they stand on the page, compiled. Draws are made where they are needed and nowhere else: a path without
an election draws none for it. Every mechanism is exact. The generator is `np.random.default_rng`, handed to the kernel:
the functions of `np.random` itself, which numba compiles too, make the whole kernel more than twice as slow.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.peers.facts import CELLS, Facts, Missing, Outcome, Whole, outcome
from benchmarks.peers.parameters import Parameters

try:
    from numba import njit
except ModuleNotFoundError as error:
    raise Missing("numba is not installed; `pip install numba` gets it") from error


@njit
def link(x: float) -> float:
    """Close to the logistic function."""
    return (1 + x / math.sqrt(x * x + 4)) / 2


@njit
def saturate(urgency: float) -> float:
    """Close to 1 - exp(-A)."""
    return 1 - 1 / (1 + urgency * (1 + urgency * (0.5 + urgency / 6)))


@njit
def printed(share: float) -> int:
    """A share in hundredths, halves up."""
    return math.floor(100 * share + 0.5)


@njit
def student_t(rng: np.random.Generator, df: float, sd: float) -> float:
    """Student's t with standard deviation `sd`."""
    return sd * math.sqrt((df - 2) / df) * rng.standard_t(df)


@njit
def within_reach(step: float, share: float, p: Parameters) -> float:
    """A step cut to what one budget can move."""
    return min(max(step, -p.max_fall * share), min(p.max_rise_pct, p.max_rise * share))


@njit
def year_end_urgency(rng: np.random.Generator, urgency: float, p: Parameters) -> float:
    """Equation 3 over one year: fading month by month, and what happens, each event in its month."""
    retrenchment = rng.integers(0, 12) if rng.random() < p.retrenchment_probability else -1
    crisis = rng.integers(0, 12) if rng.random() < p.crisis_probability else -1
    detente = rng.integers(0, 12) if rng.random() < p.detente_probability else -1
    for month in range(12):
        urgency *= p.monthly
        if month == retrenchment:
            urgency += rng.exponential(p.retrenchment_mean)
        if month == crisis:
            urgency += rng.exponential(p.crisis_mean)
        if month == detente:
            urgency *= p.detente_factor
    return urgency


@njit
def jump_and_lapse(rng: np.random.Generator, holds: bool, p: Parameters) -> tuple[float, bool]:
    """A change of government: what it adds to will, and whether the ally's promises still hold."""
    jump = rng.normal(0, p.change_jump_sd)
    return jump, holds and rng.random() >= p.lapse_probability


@njit
def simulate(
    facts: tuple[Any, ...],
    p: Parameters,
    first_year: int,
    paths: int,
    rng: np.random.Generator,
    shares: Whole,
    total_met: Whole,
) -> None:
    """All paths; `shares` (allies, years, cells) and `total_met` (allies, years) are counted up."""
    (
        europe_canada, base_share, estimated, base_norm, base_gdp, growth_sd, forecast, exposure, room, desired_cap,
        headroom, commitment, late_push, election_month, early_probability, pledge, pledge_by, opt_out, path, weight,
    ) = facts  # fmt: skip
    allies, years = forecast.shape
    share, norm, gdp = np.empty(allies), np.empty(allies), np.empty(allies)
    mean_will, will, related = np.empty(allies), np.empty(allies), np.empty(allies)
    plan, willing, target, by = np.empty(allies), np.empty(allies), np.empty(allies), np.empty(allies)
    last_vote, holds = np.empty(allies, dtype=np.int64), np.empty(allies, dtype=np.bool_)
    for _ in range(paths):
        for i in range(allies):
            error = p.base_error_mean + student_t(rng, p.base_error_df, p.base_error_sd) if estimated[i] else 0.0
            share[i] = base_share[i] * (1 + error)
            norm[i], gdp[i], last_vote[i], holds[i] = base_norm[i], base_gdp[i], -1000, True
            mean_will[i] = will[i] = rng.normal(p.will_mean, p.will_sd)
            related[i] = max(rng.normal(p.related_mean, p.related_sd), 0.0)
        level = p.level_mean * math.exp(rng.normal(-(p.level_log_sd**2) / 2, p.level_log_sd))
        urgency = p.urgency_start * level
        for t in range(years):
            year, now = first_year + t, 12 * (t + 1)
            saturated = saturate(urgency)
            all_outlays = all_gdp = 0.0

            # December before: budgets (equations 5 and 6) and the peers' sums
            for i in range(allies):
                s = share[i]
                target[i], by[i], c = p.target_pct, p.target_by, commitment[i]
                more = opt_out[i] or (pledge[i], -pledge_by[i]) > (c * target[i], -by[i])
                if pledge[i] > 0 and holds[i] and more:
                    target[i], by[i], c = pledge[i], pledge_by[i], 1.0
                willing[i] = c * link(will[i] + urgency)
                premium = p.threat_weight * exposure[i] * 2 * link(will[i] + p.threat_urgency * urgency) * saturated
                norm[i] += p.norm_learning * max(s - premium - norm[i], 0.0)
                desired = norm[i] + p.pledge_weight * willing[i] * max(target[i] - norm[i], 0.0) + premium
                gap = min(desired, desired_cap[i]) - s
                speed = min(p.speed + p.speed_urgency * urgency, p.speed_max) * room[i] if gap > 0 else p.speed_down
                pull = speed * gap
                pledged = target[i] - s
                if pledged > 0:
                    pledged *= p.deadline_weight * room[i] / max(by[i] - year + 1, 1.0)
                step = pull + willing[i] * max(pledged - pull, 0.0)
                step = within_reach(min(step, p.headroom_weight * max(headroom[i] - s, 0.0)), s, p)
                if weight[i, t] > 0 and holds[i]:
                    step = (1 - weight[i, t]) * step + weight[i, t] * within_reach(path[i, t] - s, s, p)
                plan[i] = step
                if europe_canada[i]:
                    all_gdp += gdp[i]
                    all_outlays += gdp[i] * s

            urgency = year_end_urgency(rng, urgency, p)
            saturated = saturate(urgency)
            recession = 1.0 if rng.random() < p.recession_probability else 0.0
            common = rng.normal(0, p.factor_sd) + p.recession_depth_pct * (p.recession_probability - recession)

            for i in range(allies):
                # January: will (equation 4) and growth (equation 2)
                s = share[i]
                own = gdp[i] if europe_canada[i] else 0.0
                peers = (all_outlays - own * s) / (all_gdp - own)
                noise = rng.normal(0, p.will_noise_sd)
                u = will[i] + p.reversion * (mean_will[i] - will[i]) + noise + p.peer * (peers - s)
                surprise = max(common + growth_sd[i] * student_t(rng, p.ally_noise_df, p.ally_noise_sd), -50.0)
                gdp[i] *= min(max(1 + (forecast[i, t] + surprise) / 100, 0.5), 2.0)

                # governments: a fall in January, an early election, the election of the calendar
                if rng.random() < p.change_between_elections:
                    jump, holds[i] = jump_and_lapse(rng, holds[i], p)
                    u += jump
                early_month = -1
                if rng.random() < early_probability[i, t]:
                    early_month = now + rng.integers(0, 12)  # type: ignore[assignment]  # to numba all are integers
                    if rng.random() < p.change_at_election:
                        jump, holds[i] = jump_and_lapse(rng, holds[i], p)
                        u += jump
                month = now + election_month[i, t] - 1
                if election_month[i, t] > 0:
                    voted = early_month if now <= early_month <= month else last_vote[i]
                    if month - voted > 12:
                        last_vote[i] = month
                        if rng.random() < p.change_at_election:
                            jump, holds[i] = jump_and_lapse(rng, holds[i], p)
                            u += jump
                last_vote[i] = max(last_vote[i], early_month)
                will[i] = u

                # December: outturn, report and late push (equations 7 and 8)
                executed = plan[i]
                if executed > 0:
                    executed *= rng.beta(p.execution_a, p.execution_b)
                outlays = s + executed + student_t(rng, p.outlay_noise_df, p.outlay_noise_sd) * s
                new = min(max(outlays / (1 + surprise / 100), p.floor_pct), 100.0)
                reported = max(new * (1 + rng.normal(0, p.reporting_sd)), 0.0)
                if late_push[i] and by[i] <= year and printed(reported) < printed(target[i]):
                    near = target[i] - s <= min(p.late_push_reach_pct, p.late_push_reach * s)
                    if near and rng.random() < p.late_push_weight * willing[i] * saturated:
                        reported = target[i] * (1 + abs(rng.normal(0, p.late_push_excess_sd)))
                        new = max(new, target[i])
                share[i] = new

                # the related pillar and the total (equations 9 and 10)
                aim = p.related_scale_pct * link(u + urgency)
                noise = rng.normal(0, p.related_noise_sd)
                related[i] = max(related[i] + p.related_speed * (aim - related[i]) + noise, 0.0)
                cell = printed(reported)
                shares[i, t, min(cell, CELLS - 1)] += 1
                if cell >= p.goal and printed(reported + min(related[i], p.counted_cap_pct)) >= p.total_goal:
                    total_met[i, t] += 1


def run(facts: Facts, paths: int, seed: int) -> Outcome:
    """Simulate `paths` paths; the first call compiles."""
    shares = np.zeros((len(facts.iso3), len(facts.years), CELLS), dtype=np.int64)
    total_met = np.zeros(shares.shape[:2], dtype=np.int64)
    arrays = (
        facts.europe_canada, facts.base_share_pct, facts.estimated, facts.norm_pct, facts.gdp_usd_bn,
        facts.growth_sd_pct, facts.forecast_pct, facts.exposure, facts.room, facts.desired_cap_pct, facts.headroom_pct,
        facts.commitment, facts.late_push, facts.election_month, facts.early_probability, facts.pledge_pct,
        facts.pledge_by, facts.opt_out, facts.path_pct, facts.path_weight,
    )  # fmt: skip
    simulate(arrays, facts.parameters, facts.years[0], paths, np.random.default_rng(seed), shares, total_met)
    return outcome(facts, shares, total_met)
