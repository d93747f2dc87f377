"""A Mesa model: one agent an ally, one model a path, on the cut-down of cut_down.toml.

Growth, will, desired share, budget and outturn; no events, elections, pledges, paths, late pushes or second pillar.
A step is a year. Shares are counted in a histogram by the agents: Mesa's own DataCollector would make a table of every
path and take longer. Draws are those of the model's `random`, as Mesa has it.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.peers.facts import CELLS, Facts, Missing, Outcome, of_ally, outcome

try:
    from mesa import Agent, Model
except ModuleNotFoundError as error:
    raise Missing("Mesa is not installed; `pip install mesa` gets it") from error


def link(x: float) -> float:
    """Close to the logistic function."""
    return (1 + x / math.sqrt(x * x + 4)) / 2


def saturate(urgency: float) -> float:
    """Close to 1 - exp(-A)."""
    return 1 - 1 / (1 + urgency * (1 + urgency * (0.5 + urgency / 6)))


class Alliance(Model):
    """One path: urgency that fades, the year's common growth, the sums that the peers' average is read from."""

    def __init__(self, facts: Facts, owns: list[Any], shares: list[list[list[int]]], seed: int) -> None:
        """`owns` are the facts of each ally; `shares` (allies, years, CELLS) is counted up."""
        super().__init__(rng=seed)
        self.p, self.year, self.years = facts.parameters, 0, facts.years
        level = math.exp(self.random.gauss(-(self.p.level_log_sd**2) / 2, self.p.level_log_sd))
        self.urgency = self.p.urgency_start * self.p.level_mean * level
        self.yearly = self.p.monthly**12
        for own, histograms in zip(owns, shares, strict=True):
            Ally(self, own, histograms)
        self.members = self.agents.select(lambda ally: ally.own.europe_canada)

    def step(self) -> None:
        """A year: budgets in the December before, then growth and will, then outturn."""
        p, luck = self.p, self.random
        self.agents.do("adopt_budget")
        self.gdp = sum(ally.gdp for ally in self.members)
        self.outlays = sum(ally.gdp * ally.share for ally in self.members)
        recession = luck.random() < p.recession_probability
        self.common = luck.gauss(0, p.factor_sd) + p.recession_depth_pct * (p.recession_probability - recession)
        self.urgency *= self.yearly
        self.agents.do("drift_and_grow")
        self.agents.do("spend")
        self.year += 1


class Ally(Agent):
    """One ally."""

    def __init__(self, model: Alliance, own: Any, histograms: list[list[int]]) -> None:
        super().__init__(model)
        p, luck = model.p, model.random
        self.own, self.histograms = own, histograms
        error = luck.gauss(p.base_error_mean, p.base_error_sd) if own.estimated else 0.0
        self.share, self.norm, self.gdp = own.base_share_pct * (1 + error), own.norm_pct, own.gdp_usd_bn
        self.mean_will = self.will = luck.gauss(p.will_mean, p.will_sd)
        self.plan = self.surprise = 0.0

    def adopt_budget(self) -> None:
        """Equations 5 and 6."""
        model, own, s = self.model, self.own, self.share
        p, urgency = model.p, model.urgency
        willing = own.commitment * link(self.will + urgency)
        feared = link(self.will + p.threat_urgency * urgency) * saturate(urgency)
        premium = p.threat_weight * own.exposure * 2 * feared
        self.norm += p.norm_learning * max(s - premium - self.norm, 0.0)
        wanted = self.norm + p.pledge_weight * willing * max(p.target_pct - self.norm, 0.0) + premium
        gap = min(wanted, own.desired_cap_pct) - s
        pull = gap * (min(p.speed + p.speed_urgency * urgency, p.speed_max) * own.room if gap > 0 else p.speed_down)
        pledged = p.target_pct - s
        if pledged > 0:
            pledged *= p.deadline_weight * own.room / max(p.target_by - model.years[model.year] + 1, 1)
        plan = pull + willing * max(pledged - pull, 0.0)
        plan = min(plan, p.headroom_weight * max(own.headroom_pct - s, 0.0))
        self.plan = min(max(plan, -p.max_fall * s), min(p.max_rise_pct, p.max_rise * s))

    def drift_and_grow(self) -> None:
        """Equations 4 and 2."""
        model, own, luck = self.model, self.own, self.random
        p = model.p
        gdp = self.gdp if own.europe_canada else 0.0
        peers = (model.outlays - gdp * self.share) / (model.gdp - gdp)
        self.will += p.reversion * (self.mean_will - self.will) + luck.gauss(0, p.will_noise_sd)
        self.will += p.peer * (peers - self.share)
        noise = own.growth_sd_pct * self.student_t(p.ally_noise_df, p.ally_noise_sd)
        self.surprise = max(model.common + noise, -50.0)
        self.gdp *= min(max(1 + (own.forecast_pct[model.year] + self.surprise) / 100, 0.5), 2.0)

    def spend(self) -> None:
        """Equation 7; what is spent is what is reported."""
        p, s = self.model.p, self.share
        executed = self.plan
        if executed > 0:
            executed *= self.random.betavariate(p.execution_a, p.execution_b)
        outlays = s + executed + self.student_t(p.outlay_noise_df, p.outlay_noise_sd) * s
        self.share = min(max(outlays / (1 + self.surprise / 100), p.floor_pct), 100.0)
        self.histograms[self.model.year][min(int(100 * self.share + 0.5), CELLS - 1)] += 1

    def student_t(self, df: float, sd: float) -> float:
        """Student's t with standard deviation `sd`: a normal over the root of a chi-squared."""
        luck = self.random
        return sd * math.sqrt((df - 2) / df) * luck.gauss(0, 1) / math.sqrt(luck.gammavariate(df / 2, 2 / df))


def run(facts: Facts, paths: int, seed: int) -> Outcome:
    """Simulate `paths` models; `facts` are those of cut_down.toml."""
    owns = [of_ally(facts, place) for place in range(len(facts.iso3))]
    shares = [[[0] * CELLS for _ in facts.years] for _ in owns]
    for path in range(paths):
        model = Alliance(facts, owns, shares, seed * 1_000_000 + path)
        for _ in facts.years:
            model.step()
    return outcome(facts, np.array(shares))
