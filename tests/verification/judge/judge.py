"""One judge for every statistical check of the folder: what was seen against the law that was declared.

All checks together raise a false alarm with probability FAMILY_WISE at most. Each has the same share of it (Bonferroni,
so that no independence between checks is needed), and what it compares with its share is a probability that is exact
(a number of hits, a correlation) or bounded from above (Chernoff: means, hits of unequal chance, cells). Only
`all_correlations` is an approximation, and says how near it comes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

FAMILY_WISE = 1e-6
CHECKS = {"values": 124, "chances": 18, "streams": 51, "processes": 467}
"""How many checks each group makes; the group's test fails if it makes another number."""
SHARE = FAMILY_WISE / max(1, sum(CHECKS.values()))
LEAST = 20
"""What a cell expects at least, so that it can tell something; neighbours are put together until it does."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Check:
    """One comparison: `p` bounds the probability of what was seen, or of something further off, under the law.

    Among the facts `by` says how p was found: exactly, by Chernoff's bound, or by an approximation.
    """

    name: str
    p: float
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """The verdict, at this check's share of the error."""
        return self.p >= SHARE


def broken(checks: Sequence[Check]) -> list[str]:
    """The checks that fail, in words."""
    return [f"{check.name}: p = {check.p:.1e}, {check.facts}" for check in checks if not check.holds]


@dataclass(frozen=True)
class Control:
    """Something made wrong on purpose, and what must say so: the name of a check, or part of a fault's sentence."""

    wrong: str
    caught: str
    says: Callable[[], list[str]]  # all that the judge has against it

    def __str__(self) -> str:
        return f"{self.wrong}, {self.caught}"

    def told(self) -> tuple[list[str], int]:
        """The lines that say it, and how many others there are."""
        lines = self.says()
        mine = [
            line for line in lines
            if line.startswith(f"{self.caught}: p = ") or (": p = " not in line and self.caught in line.split(": ")[0])
        ]  # fmt: skip
        return mine, len(lines) - len(mine)


def binomial(name: str, hits: int, trials: int, probability: float) -> Check:
    """A number of hits among independent trials: the exact binomial's tail, doubled."""
    law = stats.binom(trials, probability)
    p = min(1.0, 2 * float(min(law.cdf(hits), law.sf(hits - 1))))
    error = math.sqrt(max(probability * (1 - probability), 0) / trials) if trials else 0.0
    seen = hits / trials if trials else 0.0
    return Check(name, p, {
        "by": "exact", "trials": trials, "declared": float(probability), "seen": seen, "standard_error": error,
    })  # fmt: skip


def trials(name: str, hits: int, probabilities: NDArray[Any]) -> Check:
    """A number of hits where each trial has its own probability: Chernoff's bound for their sum, doubled.

    Where probabilities depend on earlier hits, as those of late pushes do, it is the bound of a martingale, at a tilt
    that hardly depends on them.
    """
    p = probabilities.astype(np.float64)
    expected = float(p.sum())
    facts = {"by": "bound", "trials": len(p), "declared": expected / max(1, len(p)), "seen": hits / max(1, len(p)),
             "standard_error": math.sqrt(float((p * (1 - p)).sum())) / max(1, len(p))}  # fmt: skip
    if hits == expected or not len(p):
        return Check(name, 1.0, facts)
    sign = 1.0 if hits > expected else -1.0
    most = min(30.0, 4 * abs(hits - expected) / float((p * (1 - p)).sum()))  # any tilt gives a bound

    def exponent(tilt: float) -> float:
        return float(np.log1p(p * np.expm1(sign * tilt)).sum()) - sign * tilt * hits

    return Check(name, _doubled(optimize.minimize_scalar(exponent, bounds=(0, most), method="bounded").fun), facts)


def mean(name: str, seen: float, number: int, declared: float, values: Floats, weights: Floats) -> Check:
    """The mean of `number` independent draws of `values` with `weights`: Chernoff's bound, exact for any number.

    It is the declared mean that is judged: the values lend their spread only.
    """
    around = values - float(weights @ values)
    sd = math.sqrt(float(weights @ around**2))
    scores, off = around / sd, (seen - declared) / sd
    signed = scores if off > 0 else -scores
    most = 700 / float(np.abs(scores).max())

    def exponent(tilt: float) -> float:
        return math.log(float(weights @ np.exp(tilt * signed))) - tilt * abs(off)

    least = optimize.minimize_scalar(exponent, bounds=(0, min(most, 3 * abs(off) + 1e-9)), method="bounded").fun
    return Check(name, _doubled(number * least), {
        "by": "bound", "number": number, "declared": declared, "seen": seen, "standard_error": sd / math.sqrt(number),
    })  # fmt: skip


def cells(
    name: str, counts: Sequence[float] | NDArray[Any], chances: Sequence[float] | Floats, off: float = 0.0
) -> Check:
    """Counts in cells of known probability, after neighbours are joined until each expects LEAST.

    Judged is the sum of count * ln(count / expected), twice which is nearly chi-square (and nearly Pearson's, among the
    facts); but far out no chi-square holds where cells are small, so it is bounded. `off` is by how much, at most, the
    law's distribution function differs at a cell's edge for a reason that is known and bounded elsewhere (the steps of
    a table): a cell's probability then differs by up to twice that.
    """
    seen, expected = _joined(np.asarray(counts, dtype=np.float64), np.asarray(chances, dtype=np.float64))
    number = float(seen.sum())
    if not number:
        return Check(name, 1.0, {"by": "bound", "number": 0})  # that nothing came is for the binomial to judge
    pearson = float(((seen - expected) ** 2 / expected).sum())
    p = _bounded(float(special.xlogy(seen, seen / expected).sum()), expected, 2 * off * number)
    return Check(name, p, {"by": "bound", "number": int(number), "cells": len(seen), "chi_square": pearson})


def _bounded(apart: float, expected: Floats, lent: float) -> float:
    """Chernoff's bound for the sum over cells of count * ln(count / expected); each may expect `lent` more or less.

    Counts are independent Poisson numbers, given their sum s. With f log-convex, the expectation of the product of the
    f(count) is convex in s: two more draws change it, in the second difference, by the product times a square at least.
    So by Jensen it is, at the mean sum, no larger than without the condition. And the expectation of one convex f is
    convex in the Poisson number's mean, so that of all means a cell may have one of the two outermost gives most.
    """
    if len(expected) < 2 or apart <= 0:
        return 1.0
    sizes, times = np.unique(expected, return_counts=True)
    least, best = 0.0, 1 - (len(expected) - 1) / (2 * apart)
    for nearness in (0.8, 1.0, 1.25):  # any tilt gives a bound, these good ones
        tilt = min(max(1 - nearness * (1 - best), 0.001), 0.99)
        grown = sum(
            many * max(_tilted(size, tilt, max(0.0, size - lent)), _tilted(size, tilt, size + lent))
            for size, many in zip(sizes.tolist(), times.tolist(), strict=True)
        )
        least = min(least, grown - tilt * apart)
    return math.exp(least)


def _tilted(size: float, tilt: float, actual: float) -> float:
    """ln E exp(tilt * g(N)), g(N) = N ln(N / size) - N + size, N of Poisson's law with mean `actual`.

    Beyond the numbers summed exp(-(1 - tilt) g) is below 1e-17.
    """
    reach = 9 * math.sqrt(size / (1 - tilt)) + 50 / (1 - tilt)
    n = np.arange(max(0, math.floor(size - reach)), math.ceil(size + reach) + 1, dtype=np.float64)
    g = special.xlogy(n, n / size) - n + size
    return float(special.logsumexp(tilt * g + special.xlogy(n, actual) - actual - special.gammaln(n + 1)))


def correlation(name: str, r: float | Floats, number: int) -> Check:
    """The largest of some correlations between independent normal scores: Student's t, times how many there are.

    The scores are normal but for their 16 bits.
    """
    among = np.atleast_1d(np.asarray(r, dtype=np.float64))
    largest = float(np.abs(among).max())
    t = largest * math.sqrt((number - 2) / max(1e-300, 1 - largest**2)) if largest < 1 else math.inf
    p = min(1.0, 2 * float(stats.t.sf(t, number - 2)) * among.size)
    most = bound(among.size, number)
    return Check(name, p, {"by": "exact", "among": among.size, "number": number, "largest": largest, "bound": most})


def bound(among: int, number: int) -> float:
    """What the largest of `among` correlations exceeds with the share of one check."""
    t = float(stats.t.isf(SHARE / 2 / among, number - 2))
    return t / math.sqrt(number - 2 + t * t)


def all_correlations(name: str, r: Floats, number: int) -> Check:
    """Every r squared at once: their sum, scaled to a chi-square by the exact mean 1/(n-1); both tails.

    Two of the r are independent even where they share a row, three that close a triangle are not quite: of 200 rows of
    65,536 paths they raise the sum's third cumulant by 0.6 %, and so the probability of six standard deviations.
    """
    statistic = float((r**2).sum()) * (number - 1)
    law = stats.chi2(r.size)
    p = min(1.0, 2 * float(min(law.sf(statistic), law.cdf(statistic))))
    return Check(name, p, {"by": "approximation", "among": r.size, "number": number, "chi_square": statistic})


def _doubled(exponent: float) -> float:
    return min(1.0, 2 * math.exp(min(0.0, exponent)))


def _joined(seen: Floats, chances: Floats) -> tuple[Floats, Floats]:
    expected = chances / chances.sum() * seen.sum()
    edges, since = [], 0.0
    for index, value in enumerate(expected):
        since += value
        if since >= LEAST:
            edges.append(index + 1)
            since = 0.0
    if not edges:
        return np.array([seen.sum()]), np.array([expected.sum()])
    edges[-1] = len(expected)  # what is left joins the last
    starts = [0, *edges[:-1]]
    return np.add.reduceat(seen, starts), np.add.reduceat(expected, starts)
