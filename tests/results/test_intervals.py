"""Intervals: Wilson's beside SciPy's, those by stretches beside their equation, and how often they hold the truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, t

from sim.numerics.streams import STRETCH
from sim.results.intervals import (
    LEAST_STRETCHES,
    half_width,
    interval,
    method,
    paths_needed,
    reach_of_mean,
    students_t,
    variance_of_sum,
    wilson,
    wilson_of,
)

CASES = [(0, 16), (1, 16), (8, 16), (16, 16), (37, 1_000), (50_000, 100_000)]


def moments(sums: np.ndarray) -> np.ndarray:
    """Of stretches (stretch, ...): what is kept of them."""
    return np.stack([sums.sum(axis=0), (sums**2).sum(axis=0)])


@pytest.mark.parametrize(("hits", "paths"), CASES)
def test_the_interval_is_wilsons(hits: int, paths: int) -> None:
    low, high = wilson(np.array([hits]), paths)
    theirs = binomtest(hits, paths).proportion_ci(0.95, method="wilson")
    assert [low[0], high[0]] == pytest.approx([theirs.low, theirs.high], abs=1e-12)


@pytest.mark.parametrize(("hits", "paths"), [*CASES, (29, 100), (57, 99)])
def test_the_interval_of_one_probability_is_that_of_its_count(hits: int, paths: int) -> None:
    """0.29 * 100 is a hair below 29: the count is the nearest whole number, not the one below."""
    low, high = wilson(np.array([hits]), paths)
    assert wilson_of(hits / paths, paths) == (low[0], high[0])


@pytest.mark.parametrize("paths", [16, 1_000, 100_000])
def test_half_of_the_widest_is_half_of_its_width_and_its_paths_are_those_that_give_it(paths: int) -> None:
    theirs = binomtest(paths // 2, paths).proportion_ci(0.95, method="wilson")
    assert half_width(paths) == pytest.approx((theirs.high - theirs.low) / 2, abs=1e-12)
    assert paths_needed(half_width(paths)) == pytest.approx(paths, rel=1e-9)


@pytest.mark.parametrize("freedom", [7, 8, 11, 24, 100, 10_000, 250_000])
def test_students_t_is_scipys(freedom: int) -> None:
    assert students_t(freedom) == pytest.approx(t.ppf(0.975, freedom), rel=3e-5)


def test_few_stretches_are_taken_for_independent_paths() -> None:
    paths = LEAST_STRETCHES * STRETCH - 16
    ends = interval(np.array([0.3, 0.0]), np.array([[9, 0], [81, 0]]), paths)
    low, high = wilson(np.array([0.3 * paths, 0]), paths)
    assert ends[0] == pytest.approx(low, abs=1e-15)
    assert ends[1] == pytest.approx(high, abs=1e-15)
    assert [method(paths), method(paths + 16)] == ["wilson", "stretches"]


@given(st.lists(st.integers(0, 32 * STRETCH), min_size=2, max_size=40), st.sampled_from([1, 32]))
def test_the_variance_is_that_of_the_stretches(sums: list[int], parts: int) -> None:
    found = variance_of_sum(moments(np.array(sums)), len(sums), parts)
    assert found == pytest.approx(len(sums) * np.var(np.array(sums) / parts, ddof=1), rel=1e-12, abs=1e-9)


def test_the_variance_loses_nothing_in_the_longest_run() -> None:
    """A billion paths, each second stretch with one part more than the others: squares near the end of 64 bits."""
    half, near = 122_070, 31 * 32 * 4_000
    kept = np.array([half * near + half * (near + 1), half * near**2 + half * (near + 1) ** 2])
    assert 2**61 < kept[1] < 2**63
    assert variance_of_sum(kept, 2 * half, 32) == pytest.approx(2 * half * 0.25 / 1024 * 2 * half / (2 * half - 1))


@pytest.mark.parametrize("rest", [0, 16, 4_080])
def test_an_interval_by_stretches_solves_its_equation(rest: int) -> None:
    """No further than t standard errors, of the variance that the stretches show in place of p (1 - p) / paths."""
    rng, stretches = np.random.default_rng(3), 9
    sums = rng.integers(32 * 1_100, 32 * 1_300, stretches)
    paths = stretches * STRETCH + rest
    p = (sums.sum() / 32 + 0.3 * rest) / paths
    low, high = interval(np.array(p), moments(sums), paths, 32)
    variance = (stretches * np.var(sums / 32, ddof=1) + rest * p * (1 - p)) / paths**2
    effective = p * (1 - p) / variance
    for end in (low, high):
        assert abs(end - p) == pytest.approx(t.ppf(0.975, 8) * np.sqrt(end * (1 - end) / effective), rel=1e-4)
    assert low < p < high


def test_where_no_spread_is_seen_paths_count_as_independent() -> None:
    """None or all of the paths, or so rare a thing that every stretch has the same few parts of one."""
    paths, wide = 12 * STRETCH, students_t(11) ** 2
    never, always, rare = np.array([0.0, 1.0, 3 / 32 / STRETCH])
    same = np.array([[0, 32 * STRETCH, 3]] * 12)
    low, high = interval(np.array([never, always, rare]), moments(same), paths, 32)
    assert [low[0], high[1]] == [0, 1]
    assert [high[0], 1 - low[1]] == pytest.approx([wide / (paths + wide)] * 2)
    assert high[2] > wide / (paths + wide)


def test_the_reach_of_a_mean() -> None:
    rng = np.random.default_rng(4)
    sums = rng.integers(300_000, 301_000, (10, 3))
    paths, of_one = 10 * STRETCH + 160, np.array([4.0, 9.0, 16.0])
    variance = 10 * np.var(sums / 32, ddof=1, axis=0) + 160 * of_one
    expected = t.ppf(0.975, 9) * np.sqrt(variance) / paths
    assert reach_of_mean(of_one, moments(sums), paths, 32) == pytest.approx(expected, rel=1e-5)
    assert reach_of_mean(of_one, moments(sums), 400, 32) == pytest.approx(1.959964 * np.sqrt(of_one / 400))


# How often the interval holds the probability that the paths were drawn with.

RUNS = 10_000


@pytest.mark.parametrize(("stretches", "p"), [*product((8, 12, 25), (0.01, 0.05, 0.5))])
@pytest.mark.parametrize("evenly", [1, 2, 7])
def test_the_interval_holds_the_truth_as_often_as_it_says(stretches: int, p: float, evenly: int) -> None:
    """Between .946 and .954 here: of independent paths, and of paths so even that their variance is divided."""
    rng = np.random.default_rng(1000 * stretches + 10 * evenly + int(100 * p))
    of_chance = rng.binomial(STRETCH, p, (stretches, RUNS)) - STRETCH * p
    sums = np.rint(32 * (STRETCH * p + of_chance / np.sqrt(evenly))).astype(np.int64)
    low, high = interval(sums.sum(axis=0) / (32 * stretches * STRETCH), moments(sums), stretches * STRETCH, 32)
    assert 0.94 < ((low <= p) & (p <= high)).mean() < 0.96


def test_the_normal_quantile_would_hold_it_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without Student's t, eight stretches claim too much."""
    monkeypatch.setattr("sim.results.intervals.students_t", lambda freedom: 1.959964)
    sums = 32 * np.random.default_rng(6).binomial(STRETCH, 0.5, (8, RUNS))
    low, high = interval(sums.sum(axis=0) / (32 * 8 * STRETCH), moments(sums), 8 * STRETCH, 32)
    assert ((low <= 0.5) & (high >= 0.5)).mean() < 0.93
