"""The interval of a paired difference: it covers as often as it says, and is far narrower than that of two runs."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

import sim
from sim.analysis.comparison.intervals import of_difference, paired
from sim.numerics.streams import STRETCH
from sim.results.intervals import Z95

RUNS = 4_000


def paired_probability(only_a: int, only_b: int, paths: int) -> tuple[float, float]:
    """Of compliance, from the paths on which it differs."""
    low, high = paired(only_b - only_a, only_b + only_a, paths)
    return max(low, -1.0), min(high, 1.0)


def wald(only_a: int, only_b: int, paths: int) -> tuple[float, float]:
    """The interval without added paths: the control, which covers too little where discordant paths are few."""
    mean = (only_b - only_a) / paths
    half = Z95 * sqrt(max(0.0, (only_a + only_b) / paths - mean**2) / paths)
    return mean - half, mean + half


def unpaired(met_a: int, met_b: int, paths: int) -> tuple[float, float]:
    """What two runs of other random numbers would give: the control that wastes the pairs."""
    p, q = met_a / paths, met_b / paths
    half = Z95 * sqrt((p * (1 - p) + q * (1 - q)) / paths)
    return q - p - half, q - p + half


@pytest.mark.parametrize(
    ("only_a", "only_b", "paths", "low", "high"),
    [
        (4, 26, 48, 0.2548067, 0.6251933),  # Bonett's R package statpsych 1.7.0: ci.prop.ps(.05, 12, 4, 26, 6)
        (4, 26, 40, 0.3126438, 0.7349752),  # his functions as the package DGB has them: ci.prop.ps(.05, 26, 4, 40)
        (5, 64, 100, 0.5784314 - Z95 * 0.05953213, 0.5784314 + Z95 * 0.05953213),  # vcmeta: se.prop.ps(16, 64, 5, 15)
    ],
)
def test_it_is_the_interval_that_its_author_publishes(
    only_a: int, only_b: int, paths: int, low: float, high: float
) -> None:
    """Examples of manuals, to the last digit printed there; another number of added paths would move them."""
    assert paired_probability(only_a, only_b, paths) == pytest.approx((low, high), abs=1e-7)
    assert paired_probability(only_b, only_a, paths) == pytest.approx((-high, -low), abs=1e-7)


def test_it_is_the_formula_of_its_paper() -> None:
    """Laplace's estimates of both discordant cells, on the counts of the paper's first example: 50 and 22 of 200."""
    p, q = (22 + 1) / (200 + 2), (50 + 1) / (200 + 2)
    half = Z95 * sqrt((p + q - (p - q) ** 2) / (200 + 2))
    assert paired_probability(50, 22, 200) == pytest.approx((p - q - half, p - q + half), rel=1e-12)


@pytest.mark.parametrize(
    ("paths", "only_a", "only_b", "both"),
    [(200, 0.02, 0.005, 0.4), (1000, 0.001, 0.004, 0.1), (400, 0.15, 0.0, 0.6), (100, 0.1, 0.1, 0.5)],
)
def test_it_covers_as_often_as_it_says(paths: int, only_a: float, only_b: float, both: float) -> None:
    rng = np.random.default_rng(20_261)
    cells = rng.multinomial(paths, [only_a, only_b, both, 1 - only_a - only_b - both], size=RUNS)
    truth = only_b - only_a
    hits, plain, widths, wide = 0, 0, 0.0, 0.0
    for a, b, c, _ in cells.tolist():
        low, high = paired_probability(a, b, paths)
        hits += low <= truth <= high
        plain += wald(a, b, paths)[0] <= truth <= wald(a, b, paths)[1]
        widths += high - low
        wide += np.diff(unpaired(a + c, b + c, paths)).item()
    error = sqrt(0.95 * 0.05 / RUNS)
    assert hits / RUNS > 0.95 - 4 * error
    assert hits / RUNS < 0.995
    assert wide > 1.2 * widths
    if min(only_a, only_b) * paths < 2:
        assert plain <= hits


def test_the_control_without_added_paths_covers_too_little() -> None:
    rng = np.random.default_rng(7)
    cells = rng.multinomial(1000, [0.0005, 0.001, 0.9985], size=RUNS)
    plain = np.mean([wald(a, b, 1000)[0] <= 0.0005 <= wald(a, b, 1000)[1] for a, b, _ in cells.tolist()])
    ours = np.mean(
        [np.subtract.outer(paired_probability(a, b, 1000), 0.0005).prod() <= 0 for a, b, _ in cells.tolist()]
    )
    assert plain < 0.85
    assert ours > 0.94


BASE = """
horizon = { last_year = 2028 }
[targets.core]
share_pct = 3.0
by = 2028
"""


def test_it_covers_the_truth_of_the_model() -> None:
    a, b = sim.loads(BASE), sim.loads(BASE + "[budget]\nspeed = 0.08\n")
    key = ["iso3", "year", "pillar"]
    truth = sim.compare(a, b, paths=40_000, seed=99, executor="serial").compliance().set_index(key)
    hits, cells, ours, theirs = 0, 0, 0.0, 0.0
    for seed in range(40):
        table = sim.compare(a, b, paths=320, seed=seed, executor="serial").compliance().set_index(key)
        hits += int(((table["ci_low"] <= truth["difference"]) & (truth["difference"] <= table["ci_high"])).sum())
        cells += len(table)
        ours += float((table["ci_high"] - table["ci_low"]).sum())
        variance = sum(table[f"probability_{side}"] * (1 - table[f"probability_{side}"]) for side in "ab")
        theirs += float((2 * Z95 * np.sqrt(variance / 320)).sum())
    assert hits / cells > 0.94  # above 0.95 where discordant paths are few, and probabilities scatter less than they
    assert theirs > 2 * ours


def test_means_of_counts_are_covered_too() -> None:
    rng = np.random.default_rng(5)
    law = np.array([-3, -1, 0, 0, 0, 0, 1, 2, 7])
    hits = 0
    for sample in rng.choice(law, size=(RUNS, 300)):
        low, high = paired(int(sample.sum()), int((sample**2).sum()), 300)
        hits += low <= law.mean() <= high
    assert hits / RUNS == pytest.approx(0.95, abs=0.015)


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.integers(0, n), st.just(n))))
def test_it_holds_the_difference_and_turns_over_exactly(counts: tuple[int, int, int]) -> None:
    only_a, only_b, paths = counts
    only_b = min(only_b, paths - only_a)
    low, high = paired_probability(only_a, only_b, paths)
    assert -1 <= low <= (only_b - only_a) / paths <= high <= 1
    assert low < high
    assert paired_probability(only_b, only_a, paths) == (-high, -low)


def test_no_finite_run_says_that_nothing_differs() -> None:
    low, high = paired_probability(0, 0, 1000)
    assert -0.004 < low < 0 < high < 0.004


def kept(stretches: np.ndarray, parts: int = 1) -> list[int]:
    """Of differences of stretches: their sum and that of their squares."""
    whole = np.rint(parts * stretches).astype(int)
    return [int(whole.sum()), int((whole**2).sum())]


def test_by_stretches_it_is_students_of_their_differences() -> None:
    stretches = np.array([3.5, -2.0, 7.25, 4.0, 0.5, 1.0, 2.0, 9.5])
    paths = 8 * STRETCH + 160
    found = of_difference(0.001, 40, 90, kept(stretches, 32), paths, 32)
    variance = 8 * stretches.var(ddof=1) + 160 * (90 / paths - (40 / paths) ** 2)
    half = t.ppf(0.975, 7) * sqrt(variance) / paths
    assert found == pytest.approx((0.001 - half, 0.001 + half), rel=1e-4)
    turned = of_difference(-0.001, -40, 90, kept(-stretches, 32), paths, 32)
    assert turned == (-found[1], -found[0])  # exactly


@pytest.mark.parametrize(("paths", "each"), [(8 * STRETCH - 16, 5.0), (8 * STRETCH, 5.0), (8 * STRETCH, 0.0)])
def test_few_stretches_or_none_that_differs_are_told_path_by_path(paths: int, each: float) -> None:
    """About what is expected, as wide as what is counted says."""
    low, high = paired(30, 50, paths)
    found = of_difference(0.0012, 30, 50, kept(np.full(paths // STRETCH, each)), paths)
    assert found == pytest.approx((low + 0.0012 - 30 / paths, high + 0.0012 - 30 / paths), rel=1e-12)


@pytest.mark.parametrize("stretches", [8, 25])
def test_by_stretches_it_covers_as_often_as_it_says(stretches: int) -> None:
    rng = np.random.default_rng(stretches)
    cells = rng.multinomial(STRETCH, [0.002, 0.01, 0.988], size=(RUNS, stretches))[..., :2]
    hits = 0
    for only_a, only_b in cells.transpose(0, 2, 1):
        paths, totals = stretches * STRETCH, (int(only_b.sum() - only_a.sum()), int(only_b.sum() + only_a.sum()))
        low, high = of_difference(totals[0] / paths, *totals, kept(only_b - only_a), paths)
        hits += low <= 0.008 <= high
    assert hits / RUNS == pytest.approx(0.95, abs=4 * sqrt(0.95 * 0.05 / RUNS))
