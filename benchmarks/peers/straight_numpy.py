"""A straightforward NumPy script: float64 arrays (paths,), a loop over years and in it over allies.

As an able analyst would write it in an afternoon: NumPy's default generator drawn in program order, no clock and no
processes. What happens between January and December is read by nobody before December, so a year is one step, and
elections are compared by their months. Every mechanism is exact; only the last bits differ from the product's.
"""

from __future__ import annotations

import numpy as np

from benchmarks.peers.facts import CELLS, Facts, Floats, Mask, Outcome, outcome
from benchmarks.peers.parameters import Parameters


def link(x: Floats) -> Floats:
    """Close to the logistic function."""
    return (1 + x / np.sqrt(x * x + 4)) / 2


def saturate(urgency: Floats) -> Floats:
    """Close to 1 - exp(-A)."""
    return 1 - 1 / (1 + urgency * (1 + urgency * (0.5 + urgency / 6)))


def printed(share_pct: Floats) -> Floats:
    """A share in hundredths, halves up."""
    return np.floor(100 * share_pct + 0.5)


def student_t(rng: np.random.Generator, df: float, sd: float, paths: int) -> Floats:
    """Student's t with standard deviation `sd`."""
    drawn: Floats = sd * np.sqrt((df - 2) / df) * rng.standard_t(df, paths)
    return drawn


def within_reach(step: Floats, share: Floats, p: Parameters) -> Floats:
    """A step cut to what one budget can move."""
    return np.minimum(np.maximum(step, -p.max_fall * share), np.minimum(p.max_rise_pct, p.max_rise * share))


class Ally:
    """One ally on all paths."""

    def __init__(self, facts: Facts, row: int, paths: int, rng: np.random.Generator) -> None:
        p = facts.parameters
        self.facts, self.row, self.paths, self.rng = facts, row, paths, rng
        self.share = np.full(paths, facts.base_share_pct[row])
        if facts.estimated[row]:
            self.share *= 1 + p.base_error_mean + student_t(rng, p.base_error_df, p.base_error_sd, paths)
        self.norm = np.full(paths, facts.norm_pct[row])
        self.mean_will = rng.normal(p.will_mean, p.will_sd, paths)
        self.will = self.mean_will.copy()
        self.related = np.maximum(rng.normal(p.related_mean, p.related_sd, paths), 0)
        self.gdp = np.full(paths, facts.gdp_usd_bn[row])
        self.last_vote = np.full(paths, -1000)
        self.holds = np.ones(paths, dtype=bool)  # own pledge, opt-out and announced path
        self.bound = bool(facts.pledge_pct[row] or facts.path_weight[row].any())

    def drift(self, outlays: Floats, gdp: Floats) -> None:
        """Equation 4: will in January; sums of Europe and Canada are those of last December."""
        p = self.facts.parameters
        own = self.gdp if self.facts.europe_canada[self.row] else 0.0
        peers = (outlays - own * self.share) / (gdp - own)
        noise = self.rng.normal(0, p.will_noise_sd, self.paths)
        self.will += p.reversion * (self.mean_will - self.will) + noise + p.peer * (peers - self.share)

    def grow(self, step: int, common: Floats) -> None:
        """Equation 2: the surprise, and real GDP."""
        p = self.facts.parameters
        own = self.facts.growth_sd_pct[self.row] * student_t(self.rng, p.ally_noise_df, p.ally_noise_sd, self.paths)
        self.surprise = np.maximum(common + own, -50)
        self.gdp *= np.clip(1 + (self.facts.forecast_pct[self.row, step] + self.surprise) / 100, 0.5, 2)

    def vote(self, step: int) -> None:
        """The year's changes of government: a fall in January, an early election, the election of the calendar."""
        facts, p, rng, now = self.facts, self.facts.parameters, self.rng, 12 * (step + 1)
        self.change_government(rng.random(self.paths) < p.change_between_elections)
        early = rng.random(self.paths) < facts.early_probability[self.row, step]
        early_month = now + rng.integers(0, 12, self.paths)
        self.change_government(early & (rng.random(self.paths) < p.change_at_election))
        month = now + facts.election_month[self.row, step] - 1
        if month >= now:
            voted = np.where(early & (early_month <= month), early_month, self.last_vote)
            waiting = month - voted > 12
            self.change_government(waiting & (rng.random(self.paths) < p.change_at_election))
            self.last_vote[waiting] = month
        self.last_vote = np.where(early, np.maximum(self.last_vote, early_month), self.last_vote)

    def change_government(self, changed: Mask) -> None:
        """Will jumps, and what the ally has promised may lapse."""
        p, count = self.facts.parameters, np.count_nonzero(changed)
        self.will[changed] += self.rng.normal(0, p.change_jump_sd, count)
        if self.bound:
            self.holds[changed] &= self.rng.random(count) >= p.lapse_probability

    def follow(self) -> tuple[Floats, Floats, Floats]:
        """The target that binds to more, of equal ones the one due first; an opt-out that holds wins."""
        facts, p, row = self.facts, self.facts.parameters, self.row
        target, by = np.full(self.paths, p.target_pct), np.full(self.paths, p.target_by)
        commitment = np.full(self.paths, facts.commitment[row])
        pledge, pledge_by = facts.pledge_pct[row], facts.pledge_by[row]
        agreed = facts.commitment[row] * p.target_pct, -p.target_by
        if pledge and (facts.opt_out[row] or (pledge, -pledge_by) > agreed):
            own = self.holds
            target[own], by[own], commitment[own] = pledge, pledge_by, 1.0
        return target, by, commitment

    def adopt_budget(self, step: int, urgency: Floats) -> None:
        """Equations 5 and 6: the budget of a year, in the December before it."""
        facts, p, row = self.facts, self.facts.parameters, self.row
        share, exposure, room = self.share, facts.exposure[row], facts.room[row]
        self.target, self.by, commitment = self.follow()
        self.willing = commitment * link(self.will + urgency)
        premium = p.threat_weight * exposure * 2 * link(self.will + p.threat_urgency * urgency) * saturate(urgency)
        self.norm += p.norm_learning * np.maximum(share - premium - self.norm, 0)
        wanted = self.norm + p.pledge_weight * self.willing * np.maximum(self.target - self.norm, 0) + premium
        gap = np.minimum(wanted, facts.desired_cap_pct[row]) - share
        speed = np.minimum(p.speed + p.speed_urgency * urgency, p.speed_max) * room
        pull = np.where(gap > 0, speed, p.speed_down) * gap
        short = self.target - share
        left = np.maximum(self.by - facts.years[step] + 1, 1)
        pledged = np.where(short > 0, p.deadline_weight * room * short / left, short)
        plan = pull + self.willing * np.maximum(pledged - pull, 0)
        plan = np.minimum(plan, p.headroom_weight * np.maximum(facts.headroom_pct[row] - share, 0))
        plan = within_reach(plan, share, p)
        if facts.path_weight[row, step]:
            weight = facts.path_weight[row, step] * self.holds
            plan = (1 - weight) * plan + weight * within_reach(facts.path_pct[row, step] - share, share, p)
        self.plan = plan

    def spend(self, step: int, urgency: Floats) -> tuple[Floats, Floats]:
        """Equations 7 to 10 in December: the core share as reported and the total, both in hundredths."""
        facts, p, rng, paths = self.facts, self.facts.parameters, self.rng, self.paths
        before = self.share
        executed = np.where(self.plan > 0, rng.beta(p.execution_a, p.execution_b, paths) * self.plan, self.plan)
        noise = student_t(rng, p.outlay_noise_df, p.outlay_noise_sd, paths)
        share = np.clip((before + executed + noise * before) / (1 + self.surprise / 100), p.floor_pct, 100)
        reported = np.maximum(share * (1 + rng.normal(0, p.reporting_sd, paths)), 0)
        due = self.by <= facts.years[step]
        if facts.late_push[self.row] and due.any():
            short = printed(reported) < printed(self.target)
            near = self.target - before <= np.minimum(p.late_push_reach_pct, p.late_push_reach * before)
            chance = p.late_push_weight * self.willing * saturate(urgency)
            pushed = due & short & near & (rng.random(paths) < chance)
            excess = np.abs(rng.normal(0, p.late_push_excess_sd, np.count_nonzero(pushed)))
            reported[pushed] = self.target[pushed] * (1 + excess)
            share[pushed] = np.maximum(share[pushed], self.target[pushed])
        self.share = share
        aim = p.related_scale_pct * link(self.will + urgency)
        noise = rng.normal(0, p.related_noise_sd, paths)
        self.related = np.maximum(self.related + p.related_speed * (aim - self.related) + noise, 0)
        return printed(reported), printed(reported + np.minimum(self.related, p.counted_cap_pct))


def year_end_urgency(urgency: Floats, p: Parameters, rng: np.random.Generator) -> Floats:
    """Equation 3 over one year: fading month by month, and what happens, each event in its month."""
    paths = len(urgency)
    months = [
        np.where(rng.random(paths) < probability, rng.integers(0, 12, paths), -1)
        for probability in (p.retrenchment_probability, p.crisis_probability, p.detente_probability)
    ]
    for month in range(12):
        urgency = urgency * p.monthly
        for when, mean in zip(months[:2], (p.retrenchment_mean, p.crisis_mean), strict=True):
            hit = when == month
            urgency[hit] += rng.exponential(mean, np.count_nonzero(hit))
        urgency[months[2] == month] *= p.detente_factor
    return urgency


def run(facts: Facts, paths: int, seed: int) -> Outcome:
    """Simulate `paths` paths, all at once."""
    p, rng = facts.parameters, np.random.default_rng(seed)
    shares = np.zeros((len(facts.iso3), len(facts.years), CELLS), dtype=np.int64)
    total_met = np.zeros(shares.shape[:2], dtype=np.int64)
    allies = [Ally(facts, index, paths, rng) for index in range(len(facts.iso3))]
    members = [ally for ally, member in zip(allies, facts.europe_canada, strict=True) if member]
    level = p.level_mean * np.exp(rng.normal(-(p.level_log_sd**2) / 2, p.level_log_sd, paths))
    urgency = p.urgency_start * level
    for step in range(len(facts.years)):
        for ally in allies:
            ally.adopt_budget(step, urgency)
        gdp = sum((ally.gdp for ally in members), np.zeros(paths))
        outlays = sum((ally.gdp * ally.share for ally in members), np.zeros(paths))
        urgency = year_end_urgency(urgency, p, rng)
        recession = rng.random(paths) < p.recession_probability
        common = rng.normal(0, p.factor_sd, paths) + p.recession_depth_pct * (p.recession_probability - recession)
        for index, ally in enumerate(allies):
            ally.drift(outlays, gdp)
            ally.grow(step, common)
            ally.vote(step)
            core, total = ally.spend(step, urgency)
            shares[index, step] = np.bincount(np.minimum(core, CELLS - 1).astype(np.int64), minlength=CELLS)
            total_met[index, step] = np.count_nonzero((core >= p.goal) & (total >= p.total_goal))
    return outcome(facts, shares, total_met)
