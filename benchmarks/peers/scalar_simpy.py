"""SimPy as its own pages teach it: one environment a path, each ally a process, plain Python floats.

What the product would be without arrays. Time is whole months, each cut into the phases of docs/model. Draws are
those of Python's `random`, made where they are needed. Every mechanism is exact.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from random import Random
from typing import Any

import numpy as np
from simpy import Environment, Event

from benchmarks.peers.facts import CELLS, Facts, Outcome, of_ally, outcome

Process = Generator[Event, Any, None]

COMMON, MACRO, EVENT, ELECTION, OUTTURN, BUDGET, RECORD = range(7)
PHASES = 7
"""Ticks a month; COMMON is the part of MACRO that comes before the allies."""


def link(x: float) -> float:
    """Close to the logistic function."""
    return (1 + x / math.sqrt(x * x + 4)) / 2


def saturate(urgency: float) -> float:
    """Close to 1 - exp(-A)."""
    return 1 - 1 / (1 + urgency * (1 + urgency * (0.5 + urgency / 6)))


def printed(share: float) -> int:
    """A share in hundredths, halves up."""
    return int(100 * share + 0.5)


def student_t(rng: Random, df: float, sd: float) -> float:
    """Student's t with standard deviation `sd`: a normal over the root of a chi-squared."""
    return sd * math.sqrt((df - 2) / df) * rng.gauss(0, 1) / math.sqrt(rng.gammavariate(df / 2, 2 / df))


class Alliance:
    """What all allies of a path share: the clock, the generator, urgency, common growth, the sums of last December."""

    def __init__(self, facts: Facts, rng: Random) -> None:
        self.env, self.facts, self.p, self.rng = Environment(), facts, facts.parameters, rng
        self.years = [*enumerate(facts.years)]
        level = self.p.level_mean * math.exp(rng.gauss(-(self.p.level_log_sd**2) / 2, self.p.level_log_sd))
        self.level, self.since = self.p.urgency_start * level, 11  # urgency when it last changed, and that month
        self.common = self.gdp = self.outlays = 0.0
        self.allies: list[Ally] = []
        for process in (self.economy(), self.events(), self.sums()):
            self.env.process(process)

    def until(self, step: int, month: int, phase: int) -> Event:
        """A phase of a month (0 to 11) of the year `step`; -1 is the base year."""
        return self.env.timeout((12 * (step + 1) + month) * PHASES + phase - self.env.now)

    @property
    def month(self) -> int:
        """Months since January of the base year."""
        return int(self.env.now) // PHASES

    def urgency(self) -> float:
        """Equation 3: A now."""
        return self.level * self.p.monthly ** (self.month - self.since)

    def economy(self) -> Process:
        """Equation 2: the year's common growth surprise, in January."""
        p, rng = self.p, self.rng
        for step, _ in self.years:
            yield self.until(step, 0, COMMON)
            recession = rng.random() < p.recession_probability
            self.common = rng.gauss(0, p.factor_sd) + p.recession_depth_pct * (p.recession_probability - recession)

    def events(self) -> Process:
        """Equation 3: what happens to urgency, each event at most once a year."""
        p, rng = self.p, self.rng
        chances = (p.retrenchment_probability, p.crisis_probability, p.detente_probability)
        for step, _ in self.years:
            happening = [(rng.randrange(12), kind) for kind, chance in enumerate(chances) if rng.random() < chance]
            for month, kind in sorted(happening):
                yield self.until(step, month, EVENT)
                urgency, self.since = self.urgency(), self.month
                if kind == 2:
                    self.level = urgency * p.detente_factor
                else:
                    self.level = urgency + rng.expovariate(1 / (p.crisis_mean if kind else p.retrenchment_mean))

    def sums(self) -> Process:
        """GDP and outlays of Europe and Canada, each December."""
        for step in range(-1, len(self.years)):
            yield self.until(step, 11, RECORD)
            members = [ally for ally in self.allies if ally.own.europe_canada]
            self.gdp = sum(ally.gdp for ally in members)
            self.outlays = sum(ally.gdp * ally.share for ally in members)


class Ally:
    """One ally on one path."""

    def __init__(self, alliance: Alliance, own: Any, shares: list[list[int]], total_met: list[int]) -> None:
        """`own` are its facts; `shares` (years, CELLS) and `total_met` (years,) are counted up."""
        self.alliance, self.own, self.p, self.rng = alliance, own, alliance.p, alliance.rng
        self.shares, self.total_met = shares, total_met
        p, rng = self.p, self.rng
        error = p.base_error_mean + student_t(rng, p.base_error_df, p.base_error_sd) if own.estimated else 0.0
        self.share, self.norm, self.gdp = own.base_share_pct * (1 + error), own.norm_pct, own.gdp_usd_bn
        self.mean_will = self.will = rng.gauss(p.will_mean, p.will_sd)
        self.related = max(rng.gauss(p.related_mean, p.related_sd), 0.0)
        self.holds, self.last_vote = True, -1000
        self.plan = self.willing = self.target = self.by = self.surprise = 0.0
        alliance.env.process(self.live())
        alliance.env.process(self.vote())

    def live(self) -> Process:
        """The base year's December, then a January and a December of every year."""
        at = self.alliance.until
        yield at(-1, 11, BUDGET)
        self.adopt_budget(0)
        for step, year in self.alliance.years:
            yield at(step, 0, MACRO)
            self.drift_and_grow(step)
            yield at(step, 11, OUTTURN)
            self.spend(step, year)
            if step + 1 < len(self.alliance.years):
                yield at(step, 11, BUDGET)
                self.adopt_budget(step + 1)

    def vote(self) -> Process:
        """A government falls in January; early elections and those of the calendar come in their months."""
        alliance, own, p, rng = self.alliance, self.own, self.p, self.rng
        for step, _ in alliance.years:
            if rng.random() < p.change_between_elections:
                yield alliance.until(step, 0, ELECTION)
                self.change_government()
            early = rng.randrange(12) if rng.random() < own.early_probability[step] else None
            scheduled = own.election_month[step] - 1 if own.election_month[step] else None
            for month in sorted({month for month in (early, scheduled) if month is not None}):
                yield alliance.until(step, month, ELECTION)
                if month == early or alliance.month - self.last_vote > 12:
                    self.last_vote = alliance.month
                    if rng.random() < p.change_at_election:
                        self.change_government()

    def change_government(self) -> None:
        """Will jumps, and what the ally has promised may lapse."""
        self.will += self.rng.gauss(0, self.p.change_jump_sd)
        self.holds = self.holds and self.rng.random() >= self.p.lapse_probability

    def drift_and_grow(self, step: int) -> None:
        """Equations 4 and 2, in January."""
        p, rng, own, alliance = self.p, self.rng, self.own, self.alliance
        gdp = self.gdp if own.europe_canada else 0.0
        peers = (alliance.outlays - gdp * self.share) / (alliance.gdp - gdp)
        self.will += p.reversion * (self.mean_will - self.will) + rng.gauss(0, p.will_noise_sd)
        self.will += p.peer * (peers - self.share)
        noise = own.growth_sd_pct * student_t(rng, p.ally_noise_df, p.ally_noise_sd)
        self.surprise = max(alliance.common + noise, -50.0)
        self.gdp *= min(max(1 + (own.forecast_pct[step] + self.surprise) / 100, 0.5), 2.0)

    def follow(self) -> tuple[float, float, float]:
        """The target that binds to more, of equal ones the one due first; an opt-out that holds wins."""
        p, own = self.p, self.own
        if own.pledge_pct and self.holds:
            agreed = own.commitment * p.target_pct, -p.target_by
            if own.opt_out or (own.pledge_pct, -own.pledge_by) > agreed:
                return own.pledge_pct, own.pledge_by, 1.0
        return p.target_pct, p.target_by, own.commitment

    def adopt_budget(self, step: int) -> None:
        """Equations 5 and 6: the budget of a year, in the December before it."""
        p, own, s, year = self.p, self.own, self.share, self.alliance.facts.years[step]
        urgency = self.alliance.urgency()
        self.target, self.by, commitment = self.follow()
        self.willing = commitment * link(self.will + urgency)
        feared = link(self.will + p.threat_urgency * urgency) * saturate(urgency)
        premium = p.threat_weight * own.exposure * 2 * feared
        self.norm += p.norm_learning * max(s - premium - self.norm, 0.0)
        wanted = self.norm + p.pledge_weight * self.willing * max(self.target - self.norm, 0.0) + premium
        gap = min(wanted, own.desired_cap_pct) - s
        pull = gap * (min(p.speed + p.speed_urgency * urgency, p.speed_max) * own.room if gap > 0 else p.speed_down)
        pledged = self.target - s
        if pledged > 0:
            pledged *= p.deadline_weight * own.room / max(self.by - year + 1, 1)
        plan = pull + self.willing * max(pledged - pull, 0.0)
        plan = self.within_reach(min(plan, p.headroom_weight * max(own.headroom_pct - s, 0.0)))
        weight = own.path_weight[step]
        if weight and self.holds:
            plan = (1 - weight) * plan + weight * self.within_reach(own.path_pct[step] - s)
        self.plan = plan

    def within_reach(self, step: float) -> float:
        """A step cut to what one budget can move."""
        p, s = self.p, self.share
        reached: float = min(max(step, -p.max_fall * s), min(p.max_rise_pct, p.max_rise * s))
        return reached

    def spend(self, step: int, year: int) -> None:
        """Equations 7 to 10, in December."""
        p, rng, own, s = self.p, self.rng, self.own, self.share
        urgency = self.alliance.urgency()
        executed = rng.betavariate(p.execution_a, p.execution_b) * self.plan if self.plan > 0 else self.plan
        outlays = s + executed + student_t(rng, p.outlay_noise_df, p.outlay_noise_sd) * s
        self.share = min(max(outlays / (1 + self.surprise / 100), p.floor_pct), 100.0)
        reported = max(self.share * (1 + rng.gauss(0, p.reporting_sd)), 0.0)
        if own.late_push and self.by <= year and printed(reported) < printed(self.target):
            near = self.target - s <= min(p.late_push_reach_pct, p.late_push_reach * s)
            if near and rng.random() < p.late_push_weight * self.willing * saturate(urgency):
                reported = self.target * (1 + abs(rng.gauss(0, p.late_push_excess_sd)))
                self.share = max(self.share, self.target)
        aim = p.related_scale_pct * link(self.will + urgency)
        noise = rng.gauss(0, p.related_noise_sd)
        self.related = max(self.related + p.related_speed * (aim - self.related) + noise, 0.0)
        cell, total = printed(reported), printed(reported + min(self.related, p.counted_cap_pct))
        self.shares[step][min(cell, CELLS - 1)] += 1
        self.total_met[step] += cell >= p.goal and total >= p.total_goal


def run(facts: Facts, paths: int, seed: int) -> Outcome:
    """Simulate `paths` paths, each in an environment of its own."""
    rng = Random(seed)
    owns = [of_ally(facts, index) for index in range(len(facts.iso3))]
    shares = [[[0] * CELLS for _ in facts.years] for _ in owns]
    total_met = [[0] * len(facts.years) for _ in owns]
    for _ in range(paths):
        alliance = Alliance(facts, rng)
        alliance.allies = [Ally(alliance, *each) for each in zip(owns, shares, total_met, strict=True)]
        alliance.env.run()
    return outcome(facts, np.array(shares), np.array(total_met))
