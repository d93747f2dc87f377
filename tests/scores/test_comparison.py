"""Errors of means whose cases depend within a year, and the test of equal accuracy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.evaluation.scores.comparison import block_interval, block_standard_error, diebold_mariano


def test_blocks_of_one_give_the_usual_error() -> None:
    values = np.random.default_rng(1).normal(size=40)
    assert block_standard_error(values, np.arange(40)) == pytest.approx(values.std(ddof=1) / math.sqrt(40))


def test_equal_blocks_give_the_error_of_their_means() -> None:
    values = np.random.default_rng(2).normal(size=(9, 31))
    labels = np.repeat(np.arange(2015, 2024), 31)
    usual = values.mean(axis=1).std(ddof=1) / 3
    assert block_standard_error(values.ravel(), labels) == pytest.approx(usual)
    interval = block_interval(values.ravel(), labels, 0.9)
    low, high = stats.t.interval(0.9, 8, loc=values.mean(), scale=usual)
    assert interval == pytest.approx((values.mean(), low, high, usual, 9))


def test_unequal_blocks_by_hand() -> None:
    """1, 3 | 2 | 6: mean 3; totals of deviations -2, -1, 3; sqrt(3/2 * 14) / 4."""
    assert block_standard_error([1.0, 2.0, 6.0, 3.0], ["a", "b", "c", "a"]) == pytest.approx(math.sqrt(21) / 4)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-9, 9)), min_size=1, max_size=40).flatmap(
    lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))
))  # fmt: skip
def test_order_and_shift_change_no_error(orders: tuple[list[int], list[int]]) -> None:
    (labels, values), (other_labels, other_values) = (zip(*drawn, strict=True) for drawn in orders)
    one = block_standard_error(values, labels)
    other = block_standard_error(np.array(other_values) + 5, other_labels)
    assert math.isnan(other) if math.isnan(one) else other == pytest.approx(one, abs=1e-9)


def covered(shared: float, labels_used: bool) -> float:
    """How often the 90 % interval holds the true mean 0: 12 blocks of 5 to 16 cases, `shared` within a block."""
    rng = np.random.default_rng(3)
    labels = np.repeat(np.arange(12), np.arange(5, 17))
    hits = 0
    for _ in range(1_000):
        values = rng.normal(size=len(labels)) + shared * rng.normal(size=12)[labels]
        interval = block_interval(values, labels if labels_used else np.arange(len(labels)), 0.9)
        hits += interval.low <= 0 <= interval.high
    return hits / 1_000


def test_intervals_cover_the_mean() -> None:
    assert covered(1.0, True) == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 1_000))


def test_intervals_that_ignore_the_blocks_do_not() -> None:
    """The control."""
    assert covered(1.0, False) < 0.7


def test_one_block_has_no_error() -> None:
    assert math.isnan(block_standard_error([1.0, 2.0], [2024, 2024]))
    interval = block_interval([1.0, 2.0], [2024, 2024])
    assert (interval.mean, interval.blocks) == (1.5, 1)
    assert math.isnan(interval.low)
    assert math.isnan(interval.high)


def test_diebold_mariano_by_hand() -> None:
    """Differences 1, 2, 4, 1, 2, so mean 2 and deviations -1, 0, 2, -1, 0.

    g_0 = 6/5, g_1 = (0 + 0 - 2 + 0)/5, so the variance is (6 - 4)/25 = 0.08 for one lag; h = 2 and n = 5 correct by
    (5 + 1 - 4 + 2/5)/5 = 0.48. Bartlett halves the lag: (6 - 2)/25 = 0.16.
    """
    ours, theirs = np.array([2.0, 3.0, 5.0, 2.0, 3.0]), np.ones(5)
    test = diebold_mariano(ours, theirs, 1)
    statistic = 2 * math.sqrt(0.48 / 0.08)
    assert test.mean_difference == 2
    assert test.statistic == pytest.approx(statistic)
    assert test.p_value == pytest.approx(2 * stats.t.sf(statistic, 4))
    assert (test.origins, test.reason) == (5, "")
    assert diebold_mariano(ours, theirs, 1, "bartlett").statistic == pytest.approx(2 * math.sqrt(0.48 / 0.16))


@given(st.lists(st.floats(-5, 5), min_size=5, max_size=15), st.integers(0, 3))
def test_swapping_the_rivals_swaps_the_sign(losses: list[float], lags: int) -> None:
    ours, theirs = np.array(losses), np.zeros(len(losses))
    one, other = diebold_mariano(ours, theirs, lags), diebold_mariano(theirs, ours, lags)
    assert one.reason == other.reason
    if not one.reason:
        assert one.statistic == -other.statistic
        assert one.p_value == other.p_value
        assert 0 <= one.p_value <= 1


def test_one_year_ahead_it_is_students_test() -> None:
    """With no lag the correction turns the divisor n into n - 1, exactly the paired t test."""
    rng = np.random.default_rng(4)
    ours, theirs = rng.normal(size=11), rng.normal(size=11)
    usual = stats.ttest_rel(ours, theirs)
    test = diebold_mariano(ours, theirs, 0)
    assert (test.statistic, test.p_value) == pytest.approx((usual.statistic, usual.pvalue))


def rejected(lags: int) -> float:
    """How often equal accuracy is rejected at 10 % when it holds, 60 origins, errors of three years overlapping."""
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(1_000, 62))
    series = noise[:, :-2] + noise[:, 1:-1] + noise[:, 2:]
    tests = [diebold_mariano(line, np.zeros(60), lags) for line in series]
    return float(np.mean([test.p_value < 0.1 for test in tests]))


def test_it_rejects_what_is_true_about_as_often_as_it_says() -> None:
    assert 0.07 < rejected(2) < 0.16


def test_without_lags_it_rejects_far_too_often() -> None:
    """The control: overlapping forecasts taken as independent."""
    assert rejected(0) > 0.25


@pytest.mark.parametrize(
    ("ours", "lags", "reason"),
    [
        ([1.0, 2.0, 4.0], 0, "fewer than 4 origins"),
        ([], 0, "fewer than 4 origins"),
        ([1.0, 2.0, 4.0, 3.0], 4, "4 origins for forecasts 5 years ahead"),
        ([1.0, 2.0, 4.0, 3.0], 3, "4 origins for forecasts 4 years ahead"),
        ([0.1] * 7, 0, "the variance of the difference is not positive"),
        ([0.0] * 7, 1, "the variance of the difference is not positive"),
        ([1.0, -1.0] * 4, 1, "the variance of the difference is not positive"),
    ],
)
def test_where_there_is_no_test_it_says_why(ours: list[float], lags: int, reason: str) -> None:
    test = diebold_mariano(ours, np.zeros(len(ours)), lags)
    assert test.reason == reason
    assert math.isnan(test.statistic)
    assert math.isnan(test.p_value)
    assert test.origins == len(ours)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        diebold_mariano([1.0], [1.0, 2.0], 0)
    with pytest.raises(ValueError, match="lags are 0"):
        diebold_mariano([1.0] * 5, [2.0] * 5, -1)
    with pytest.raises(ValueError, match="kernels"):
        diebold_mariano([1.0] * 5, [2.0] * 5, 1, "parzen")
    with pytest.raises(ValueError, match="is a number"):
        diebold_mariano([np.nan] * 5, [2.0] * 5, 0)
    with pytest.raises(ValueError, match="is a number"):
        block_standard_error([np.nan, 1.0], [1, 2])
    with pytest.raises(ValueError, match="at least one"):
        block_standard_error([], [])
    with pytest.raises(ValueError, match="level"):
        block_interval([1.0, 2.0], [1, 2], 0.0)
