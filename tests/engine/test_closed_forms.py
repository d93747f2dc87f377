"""Closed forms of docs/model.md that the engine must reproduce: other mechanisms off, bounds in standard errors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats

import sim
from sim.engine.block import run_block
from sim.engine.observer import Observer
from sim.model.world import AllyState, World

Z = 5.0
"""Standard errors allowed: a false alarm in two million."""

NO_EVENTS = "".join(f'[[event]]\nname = "{name}"\nrate = 0.0\n' for name in ("crisis", "us_retrenchment", "detente"))

MONEY_ONLY = """
[horizon]
last_year = 2033
[urgency]
level = 0.0
[growth]
factor = { normal = { mean = 0.0, sd = 2.5 } }
ally_noise = 0.0
recession_probability = 0.0
[outturn]
base_error = 0.0
execution = 1.0
noise = 0.0
reporting = 0.0
late_push = false
floor_pct = 0.0
"""


class Last(Observer):
    """Urgency of the last December, and each ally's growth surprises."""

    def begin(self, world: World) -> None:
        self.world, self.surprises = world, {}

    def outturn(self, ally: AllyState, year: int) -> None:
        self.urgency = self.world.urgency.level(self.world.clock.month).copy()
        self.surprises[ally.iso3, year] = np.array(ally.surprise_pct)


def watch(text: str, paths: int, seed: int = 7) -> Last:
    last = Last()
    run_block(sim.loads(text), seed, 0, paths, observer=last)
    return last


def shares(text: str, iso3: str, paths: int = 60_000) -> tuple[np.ndarray, float]:
    results = sim.simulate(sim.loads(text), paths=paths, seed=7, executor="serial", keep=["share_pct"])
    allies = results.record.description.allies
    place = [entry.iso3 for entry in allies].index(iso3)
    return results.paths("share_pct")[place].astype(float), allies[place].base_share_pct


def test_a_steady_rise_of_the_money_against_random_growth() -> None:
    """Form 1: each year the share is multiplied by 1.065 / (1 + 0.025 z); from 2.0, P(at least 3 after 7 years)."""
    budget = """
[budget]
pledges = false
announced_paths = false
speed = 1.0
speed_max = 1.0
max_rise = 0.065
max_rise_pct = 50.0
headroom_pct = 50.0
headroom_weight = 1.0
desired_cap_pct = 50.0
room_loss = 0.0
[ally.FRA]
share_pct = 2.0
norm_pct = 12.0
"""
    paths, _ = shares(MONEY_ONLY + budget + NO_EVENTS, "FRA")
    met = (paths[-1] >= 3).mean()
    assert abs(met - 0.7137) < Z * math.sqrt(0.7137 * 0.2863 / paths.shape[1])
    assert abs(met - 0.70) > Z * math.sqrt(0.7137 * 0.2863 / paths.shape[1]), "the control: 0.70 is told apart"


def test_growth_alone_moves_the_log_of_the_share() -> None:
    """Form 2: mean and variance of the sum of -ln(1 + surprise/100), by integration."""
    budget = """
[budget]
pledges = false
announced_paths = false
speed = 0.0
speed_urgency = 0.0
speed_down = 0.0
"""
    paths, start = shares(MONEY_ONLY + budget + NO_EVENTS, "FRA")

    def moment(power: int) -> float:
        return integrate.quad(lambda z: (-math.log1p(0.025 * z)) ** power * stats.norm.pdf(z), -12, 12)[0]

    mean, variance = moment(1), moment(2) - moment(1) ** 2
    logs = np.log(paths[-1] / start)
    assert abs(logs.mean() - 7 * mean) < Z * math.sqrt(7 * variance / len(logs))
    assert abs(logs.var() / (7 * variance) - 1) < Z * math.sqrt(2 / len(logs))


@pytest.mark.parametrize("decay", [0.05, 0.08])
def test_urgency_is_shot_noise(decay: float) -> None:
    """Form 4: two kinds of jumps at most once a year, exponential sizes, exponential decay, ten years from 0."""
    quiet = '[[event]]\nname = "detente"\nrate = 0.0\n'
    text = f"[horizon]\nlast_year = 2036\n[urgency]\nlevel = 0.0\ndecay = {decay}\n" + quiet
    urgency = watch(text, 131_072).urgency.astype(float)
    p, mean, variance = 1 - math.exp(-0.07), 0.0, 0.0
    for size in (0.7, 0.4):
        for year in range(10):
            left = np.exp(-decay * np.array([(9 - year) * 12 + 12 - month for month in range(1, 13)]) / 12)
            mean += p * size * left.mean()
            variance += p * 2 * size**2 * (left**2).mean() - (p * size * left.mean()) ** 2
    if decay == 0.08:
        assert (mean, variance) == (pytest.approx(0.513, abs=2e-3), pytest.approx(0.425, abs=2e-3))
    n = len(urgency)
    assert abs(urgency.mean() - mean) < Z * math.sqrt(variance / n)
    fourth = ((urgency - urgency.mean()) ** 4).mean()
    assert abs(urgency.var() - variance) < Z * math.sqrt((fourth - variance**2) / n)


def test_two_allies_share_half_of_their_growth() -> None:
    """Form 6: correlation 1/2, and the number of 31 allies with a positive surprise is uniform on 0..31."""
    text = """
[horizon]
last_year = 2027
[growth]
factor = { normal = { mean = 0.0, sd = 1.0 } }
ally_noise = { normal = { mean = 0.0, sd = 1.0 } }
sd_pct = 1.0
recession_probability = 0.0
"""
    surprises = np.stack(list(watch(text, 65_536).surprises.values())).astype(float)
    n = surprises.shape[1]
    correlations = np.corrcoef(surprises)[np.triu_indices(31, 1)]
    assert np.abs(correlations - 0.5).max() < Z * 0.75 / math.sqrt(n)  # se of r is (1 - r^2) / sqrt(n)
    counts = np.bincount((surprises > 0).sum(axis=0), minlength=32)
    assert stats.chisquare(counts).pvalue > 1e-6
    assert stats.chisquare(counts, np.full(32, n / 32) * np.linspace(0.9, 1.1, 32)).pvalue < 1e-6, "the control"


def test_execution_has_its_moments() -> None:
    """Form 5: Beta(8, 2) has mean 0.8 and sd 0.1206."""
    from sim.distributions.draws import Draws
    from sim.distributions.families import Beta

    drawn = Draws(1, 0, 1 << 17).value("outturn/execution", Beta(a=8.0, b=2.0), ally=8, period=2030).astype(float)
    assert abs(drawn.mean() - 0.8) < Z * 0.1206 / math.sqrt(len(drawn))
    assert drawn.std() == pytest.approx(0.1206, abs=0.0012)
