"""The closed forms of docs/model, each on a scenario of this folder: what the engine gives, what theory says.

A statistical comparison gives a `Check` with the probability of a result this far off. An exact one gives the largest
difference and what rounding to single precision may make of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import integrate, optimize, stats

import sim
from judge.judge import Check, binomial, cells
from sim.engine.block import run_block
from sim.engine.observer import Observer
from sim.model.state import AllyState, World
from sim.scenario.edit.change import with_numbers

HERE = Path(__file__).parent
SEED = 7
HALF_PLACE = 2.0**-24
"""What one rounding to float32 does, at most, relative to the result."""

Floats = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True)
class Exact:
    """Largest difference from a form without chance, and the sum of all roundings."""

    name: str
    apart: float
    rounding: float

    @property
    def holds(self) -> bool:
        return self.apart <= self.rounding


class Last(Observer):
    """Urgency of the last December, and each ally's growth surprises."""

    def begin(self, world: World) -> None:
        self.world = world
        self.surprises: dict[Any, Any] = {}

    def outturn(self, ally: AllyState, year: int) -> None:
        self.urgency = self.world.urgency.level(self.world.calendar.month).copy()
        self.surprises[ally.iso3, year] = np.array(ally.surprise_pct)


def scenario(name: str, **numbers: float) -> sim.Scenario:
    """A scenario of this folder, with some numbers changed."""
    loaded = sim.load(HERE / f"{name}.toml")
    return (
        with_numbers(loaded, {key.replace("__", "."): value for key, value in numbers.items()}) if numbers else loaded
    )


def watched(of: sim.Scenario, paths: int) -> Last:
    """The last state of a block of paths."""
    last = Last()
    run_block(of, SEED, 0, paths, observer=last)
    return last


@cache
def kept(name: str, paths: int) -> tuple[Floats, dict[str, int], Floats]:
    """Shares (ally, year, path), place of each ally, shares of the base year."""
    return shares(scenario(name), paths)


def shares(of: sim.Scenario, paths: int) -> tuple[Floats, dict[str, int], Floats]:
    results = sim.simulate(of, paths=paths, seed=SEED, executor="serial", keep=["share_pct"])
    allies = results.record.description.allies
    place = {entry.iso3: number for number, entry in enumerate(allies)}
    return results.paths("share_pct").astype(float), place, np.array([entry.base_share_pct for entry in allies])


def in_errors(name: str, seen: float, declared: float, error: float) -> Check:
    """A figure whose error is normal: that of a mean or of a variance of very many paths."""
    p = 2 * float(stats.norm.sf(abs(seen - declared) / error))
    return Check(name, p, {"declared": declared, "seen": seen, "standard_error": error})


def moments(name: str, values: Floats, mean: float, variance: float, fourth: float) -> Iterator[Check]:
    """Mean and variance against theory; `fourth` is the central moment, from theory as well."""
    n = len(values)
    yield in_errors(f"{name}: mean", float(values.mean()), mean, math.sqrt(variance / n))
    around = float(((values - mean) ** 2).mean())
    yield in_errors(f"{name}: variance", around, variance, math.sqrt((fourth - variance**2) / n))


def log_surprise(power: int, about: float = 0.0) -> float:
    """A moment of -ln(1 + 0.025 z), by integration."""
    return float(integrate.quad(
        lambda z: (-math.log1p(0.025 * z) - about) ** power * stats.norm.pdf(z), -12, 12, epsabs=1e-14
    )[0])  # fmt: skip


def chance_of_three() -> float:
    """P(2 * product over 7 years of 1.065 / (1 + 0.025 z) >= 3), from the characteristic function of the log."""
    z = np.linspace(-12, 12, 40_001)
    weights, logs = stats.norm.pdf(z) * (z[1] - z[0]), np.log(1.065 / (1 + 0.025 * z))
    at = math.log(3 / 2)

    def integrand(t: float) -> float:
        whole = complex((weights * np.exp(1j * t * logs)).sum()) ** 7
        return float((np.exp(-1j * t * at) * whole).imag) / t

    return 0.5 + float(integrate.quad(integrand, 1e-9, 120, limit=400)[0]) / math.pi


def steady_money(paths: int) -> Iterator[Check]:
    """Form 1: money rises by 6.5 % a year while growth surprises by 2.5 z; P(at least 3 after 7 years, from 2)."""
    found, place, _ = kept("steady_money", paths)
    hits = int((found[place["FRA"], -1] >= 3).sum())
    yield binomial("1: P(s >= 3 after 7 years)", hits, paths, chance_of_three())


def growth_alone(paths: int) -> Iterator[Check]:
    """Form 2: the log of the share falls by the sum of ln(1 + surprise/100)."""
    found, place, start = kept("growth_alone", paths)
    mean = log_surprise(1)
    variance, fourth = log_surprise(2, mean), log_surprise(4, mean)
    for years in (1, 7):
        logs = np.log(found[place["FRA"], years - 1] / start[place["FRA"]])
        sum_fourth = years * (fourth - 3 * variance**2) + 3 * (years * variance) ** 2  # fourth cumulants add up
        yield from moments(f"2: log share after {years} years", logs, years * mean, years * variance, sum_fourth)


def partial_adjustment() -> Iterator[Exact]:
    """Form 3: a fifth of the way each year."""
    found, place, _ = kept("partial_adjustment", 16)
    form = np.array([4 - 2 * 0.8**years for years in range(1, 8)])
    yield Exact("3: partial adjustment", _apart(found[place["FRA"]], form), 4 * _roundings(7))


def deadline() -> Iterator[Exact]:
    """Form 3: a straight line to the target; with a weight, the gap left is a product."""
    for weight in (1.0, 0.5, 0.3):
        found, place, start = shares(scenario("deadline", budget__deadline_weight=weight), 16)
        left = np.cumprod([1 - weight / years for years in range(7, 0, -1)])
        apart = 0.0
        for iso3, number in place.items():
            if start[number] < 3.5 and iso3 != "USA":  # the United States are bound by 0.3 of a pledge
                apart = max(apart, _apart(found[number], 3.5 - (3.5 - start[number]) * left))
        yield Exact(f"3: deadline at weight {weight:g}", apart, 3.5 * _roundings(7))


def shot_noise(paths: int) -> Iterator[Check]:
    """Form 4: each kind of jump at most once a year, in a uniform month, exponential in size; ten years from 0."""
    for decay in (0.05, 0.08):
        urgency = watched(scenario("shot_noise", urgency__decay=decay), paths).urgency.astype(float)
        yield from moments(f"4: urgency at decay {decay:g}", urgency, *jumps(decay))


def jumps(decay: float) -> tuple[float, float, float]:
    """Mean, variance and fourth central moment: cumulants of the years' jumps, added up."""
    p = 1 - math.exp(-0.07)
    mean = variance = fourth = 0.0
    for size in (0.7, 0.4):
        for year in range(10):
            left = np.exp(-decay * np.array([(9 - year) * 12 + 12 - month for month in range(1, 13)]) / 12)
            m1, m2, m3, m4 = (p * math.factorial(k) * size**k * float((left**k).mean()) for k in (1, 2, 3, 4))
            second = m2 - m1**2
            mean, variance = mean + m1, variance + second
            fourth += m4 - 4 * m3 * m1 + 6 * m2 * m1**2 - 3 * m1**4 - 3 * second**2
    return mean, variance, fourth + 3 * variance**2


def crises(paths: int) -> Iterator[Check]:
    """Form 5: at least one crisis in ten years at 0.07 a year."""
    urgency = watched(scenario("crises"), paths).urgency
    yield binomial("5: at least one crisis", int((urgency > 0).sum()), paths, 1 - math.exp(-0.7))


def execution(paths: int) -> Iterator[Check]:
    """Form 5: of a planned rise of one point, a part with law Beta(8, 2) is spent."""
    found, place, _ = kept("execution", paths)
    spent = found[place["FRA"], 0] - 2
    law = stats.beta(8, 2)
    yield from moments("5: execution", spent, 0.8, law.var(), (law.stats("k") + 3) * law.var() ** 2)
    edges = law.ppf(np.linspace(0, 1, 65))
    counts, _ = np.histogram(spent, edges)
    # The table's steps of 1/131072 and the rounding of 2 + x may move a value over an edge.
    off = 1 / 131_072 + 2 * 4 * HALF_PLACE * law.pdf(7 / 8)
    yield cells("5: execution, 64 cells", counts, np.full(64, 1 / 64), off)


def common_growth(paths: int) -> Iterator[Check]:
    """Form 6: any two of 31 allies correlate with 1/2; the number with a positive surprise is uniform on 0 to 31."""
    surprises = np.stack(list(watched(scenario("common_growth"), paths).surprises.values())).astype(float)
    r = np.corrcoef(surprises)[np.triu_indices(len(surprises), 1)]
    furthest = float(r[np.abs(np.arctanh(r) - math.atanh(0.5)).argmax()])
    z = abs(math.atanh(furthest) - math.atanh(0.5)) * math.sqrt(paths - 3)  # Fisher's transformation
    facts = {"pairs": len(r), "declared": 0.5, "seen": furthest, "standard_error": 0.75 / math.sqrt(paths)}
    yield Check("6: correlation furthest from 1/2", min(1.0, 2 * len(r) * float(stats.norm.sf(z))), facts)
    counts = np.bincount((surprises > 0).sum(axis=0), minlength=32)
    yield cells("6: allies with a positive surprise", counts, np.full(32, 1 / 32))


def still() -> Iterator[Exact]:
    """Form 7: without noise and without a gap the share stays."""
    found, _, start = kept("still", 16)
    yield Exact("7: shares stay", float(np.abs(found - start[:, None, None]).max()), float(start.max()) * _roundings(7))


STATISTICAL: dict[Callable[[int], Iterator[Check]], int] = {
    steady_money: 1, growth_alone: 4, shot_noise: 4, crises: 1, execution: 3, common_growth: 2,
}  # fmt: skip
"""The forms with chance, and how many checks each makes."""
WITHOUT_CHANCE: tuple[Callable[[], Iterator[Exact]], ...] = (partial_adjustment, deadline, still)
SHARE = 1e-6 / sum(STATISTICAL.values())
"""Probability of a false alarm of each check: of all together it is 1e-6."""


def standard_errors() -> float:
    """How many standard errors a check allows."""
    return float(optimize.brentq(lambda z: 2 * stats.norm.sf(z) - SHARE, 1, 20))


def _roundings(years: int) -> float:
    """Relative error of a share after some years, at most: 16 operations a year, each rounded once."""
    return 16 * years * HALF_PLACE


def _apart(found: Floats, form: Floats) -> float:
    return float(np.abs(found - form[:, None]).max())
