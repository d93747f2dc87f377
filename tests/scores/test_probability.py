"""Scores of probabilities and of counts: identities, an oracle, worked examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from sim.evaluation.scores.probability import (
    brier,
    calibration_slope,
    log_score,
    murphy,
    ranked_probability_score,
    recalibrated,
    reliability_curve,
)

coarse = st.integers(0, 10).map(lambda tenth: tenth / 10)
cases = st.lists(st.tuples(coarse | st.floats(0, 1), st.integers(0, 1)), min_size=1, max_size=60)
Cases = list[tuple[float, int]]


def columns(drawn: Cases) -> tuple[np.ndarray, np.ndarray]:
    return np.array([p for p, _ in drawn]), np.array([o for _, o in drawn])


@given(cases)
def test_murphy_adds_up(drawn: Cases) -> None:
    p, o = columns(drawn)
    parts = murphy(p, o)
    assert parts.score == pytest.approx(brier(p, o).mean(), abs=1e-15)
    assert parts.score == pytest.approx(parts.reliability - parts.resolution + parts.uncertainty, abs=1e-14)
    assert parts.reliability >= -1e-14
    assert -1e-14 <= parts.resolution <= parts.uncertainty + 1e-14
    assert parts.uncertainty == pytest.approx(o.mean() * (1 - o.mean()), abs=1e-15)


@given(cases.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_the_order_of_cases_changes_nothing(orders: tuple[Cases, Cases]) -> None:
    one, other = (murphy(*columns(drawn)) for drawn in orders)
    assert one == pytest.approx(other, abs=1e-13)
    for equal_count in (True, False):
        curves = [reliability_curve(*columns(drawn), 4, equal_count=equal_count) for drawn in orders]
        np.testing.assert_allclose(curves[0].forecast, curves[1].forecast, rtol=1e-12)
        np.testing.assert_allclose(curves[0].observed, curves[1].observed, rtol=1e-12)
        assert curves[0].cases.tolist() == curves[1].cases.tolist()


@given(cases)
def test_recalibrating_rises_pools_and_is_done_once(drawn: Cases) -> None:
    p, o = columns(drawn)
    fitted = recalibrated(p, o)
    order = np.argsort(p)
    assert (np.diff(fitted[order]) >= -1e-15).all()
    for value in np.unique(p):
        assert len(set(fitted[p == value].tolist())) == 1
    assert fitted.mean() == pytest.approx(o.mean(), abs=1e-13)
    again = murphy(np.clip(fitted, 0, 1), o)
    assert again.reliability == pytest.approx(0, abs=1e-13)
    assert again.resolution == pytest.approx(murphy(p, o).resolution, abs=1e-13)


def test_murphy_by_hand() -> None:
    """0.1: no, yes; 0.4: no; 0.9: yes, yes. Isotonic: 1/3 on the first three (pooled), 1 on the last two."""
    p, o = np.array([0.1, 0.4, 0.9, 0.1, 0.9]), np.array([0, 0, 1, 1, 1])
    np.testing.assert_allclose(recalibrated(p, o), [1 / 3, 1 / 3, 1, 1 / 3, 1])
    score = (0.01 + 0.16 + 0.01 + 0.81 + 0.01) / 5
    best = (1 / 9 + 1 / 9 + 4 / 9) / 5
    assert murphy(p, o) == pytest.approx((score, score - best, 0.24 - best, 0.24))


def test_tied_forecasts_are_pooled_before_the_regression() -> None:
    """A forecast that says 0.5 to all has no resolution, in whatever order the outcomes come."""
    assert murphy([0.5] * 4, [0, 0, 1, 1]) == pytest.approx((0.25, 0, 0, 0.25))


def test_calibrated_forecasts_have_little_miscalibration() -> None:
    """And the control: the same forecasts pushed to the extremes have much."""
    rng = np.random.default_rng(3)
    p = rng.uniform(size=20_000)
    o = rng.uniform(size=20_000) < p
    assert murphy(p, o).reliability < 0.002
    bold = np.where(p < 0.5, p / 3, 1 - (1 - p) / 3)
    assert murphy(bold, o).reliability > 0.01
    assert murphy(bold, o).resolution == pytest.approx(murphy(p, o).resolution, abs=1e-12)


@pytest.mark.parametrize("equal_count", [True, False])
def test_the_reliability_curve_lies_on_the_diagonal(equal_count: bool) -> None:
    rng = np.random.default_rng(4)
    p = rng.uniform(size=40_000) ** 2
    o = rng.uniform(size=40_000) < p
    curve = reliability_curve(p, o, 8, equal_count=equal_count)
    error = np.sqrt(curve.forecast * (1 - curve.forecast) / curve.cases)
    assert len(curve.cases) == 8
    assert curve.cases.sum() == 40_000
    assert (np.abs(curve.observed - curve.forecast) < 4 * error).all()
    wrong = reliability_curve(p, ~o, 8, equal_count=equal_count)
    assert (np.abs(wrong.observed - wrong.forecast) > 4 * error).any()


def test_bins() -> None:
    p, o = [0.0, 0.1, 0.2, 0.3, 0.9, 1.0], [0, 1, 0, 0, 1, 1]
    thirds = reliability_curve(p, o, 3)
    assert thirds.cases.tolist() == [2, 2, 2]
    np.testing.assert_allclose(thirds.forecast, [0.05, 0.25, 0.95])
    np.testing.assert_allclose(thirds.observed, [0.5, 0.0, 1.0])
    fixed = reliability_curve(p, o, 5, equal_count=False)
    assert fixed.cases.tolist() == [2, 2, 2], "[0, 0.2), [0.2, 0.4), [0.8, 1]"
    np.testing.assert_allclose(fixed.forecast, [0.05, 0.25, 0.95])
    assert reliability_curve([0.3] * 7, [1] * 7, 3).cases.tolist() == [7], "ties stay together"
    assert reliability_curve([0.1, 0.2, 0.2, 0.2], [0, 1, 1, 1], 2).cases.tolist() == [1, 3], "where their middle is"


def test_oracles() -> None:
    rng = np.random.default_rng(5)
    p, o = rng.uniform(size=(6, 9)), rng.integers(0, 2, size=(6, 9))
    np.testing.assert_allclose(brier(p, o), scoringrules.brier_score(o, p))
    np.testing.assert_allclose(log_score(p, o, 0.0), scoringrules.log_score(o, p))
    pmf, count = rng.dirichlet(np.ones(32), size=50), rng.integers(0, 32, size=50)
    np.testing.assert_allclose(ranked_probability_score(pmf, count), scoringrules.rps_score(count + 1, pmf))


def test_log_score_by_hand() -> None:
    scores = log_score([0.25, 0.25, 0.0, 0.0, 1.0], [1, 0, 1, 0, 1], 0.01)
    np.testing.assert_allclose(scores, [math.log(4), -math.log(0.75), math.log(100), -math.log(0.99), -math.log(0.99)])
    assert log_score(0.0, 1, 0.0) == math.inf
    assert not np.signbit(log_score(1.0, 1, 0.0))


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_no_probability_scores_better_than_the_true_one(true: float, said: float) -> None:
    def expected(score: Callable[..., Any], p: float) -> float:
        return true * float(score(p, 1)) + (1 - true) * float(score(p, 0))

    assert expected(brier, said) - expected(brier, true) == pytest.approx((said - true) ** 2, abs=1e-12)
    log = [expected(lambda p, o: log_score(p, o, 0.001), p) for p in (said, true)]
    assert log[0] >= log[1] - 1e-12


def test_ranked_probability_by_hand() -> None:
    assert ranked_probability_score([0.2, 0.5, 0.3], 1) == pytest.approx(0.2**2 + 0.3**2)
    certain = np.eye(5)[[0, 2, 4]]
    assert ranked_probability_score(certain, np.array([3, 2, 0])).tolist() == [3, 0, 4]


@given(st.lists(st.integers(1, 9), min_size=2, max_size=8), st.lists(st.integers(1, 9), min_size=2, max_size=8))
def test_no_distribution_scores_better_than_the_true_one(true: list[int], said: list[int]) -> None:
    size = min(len(true), len(said))
    p, q = (np.array(weights[:size]) / sum(weights[:size]) for weights in (true, said))
    outcomes = np.arange(size)
    best, other = (float(p @ ranked_probability_score(np.tile(pmf, (size, 1)), outcomes)) for pmf in (p, q))
    assert other >= best - 1e-12
    if np.abs(p - q).max() > 0.01:
        assert other > best


@pytest.mark.parametrize(
    ("score", "match"),
    [
        (lambda: brier([0.5], [0, 1]), "one shape"),
        (lambda: brier([1.5], [1]), "between 0 and 1"),
        (lambda: brier([np.nan], [1]), "between 0 and 1"),
        (lambda: brier([0.5], [0.5]), "0 or 1"),
        (lambda: murphy([], []), "at least one case"),
        (lambda: log_score([0.5], [1], 0.6), "floor"),
        (lambda: reliability_curve([0.5], [1], 0), "at least one bin"),
        (lambda: ranked_probability_score([0.5, 0.6], 0), "sum to 1"),
        (lambda: ranked_probability_score([-0.5, 1.5], 0), "0 or more"),
        (lambda: ranked_probability_score([0.5, 0.5], 2), "between 0 and 1"),
        (lambda: ranked_probability_score([[0.5, 0.5]], 0), "need counts"),
    ],
)
def test_what_cannot_be_scored_is_refused(score: Callable[[], object], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        score()


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.6])
def test_the_slope_is_that_of_the_odds(slope: float) -> None:
    rng = np.random.default_rng(3)
    stated = rng.normal(0, 2, 200_000)
    came = rng.random(stated.size) < 1 / (1 + np.exp(-(0.3 + slope * stated)))
    found = calibration_slope(1 / (1 + np.exp(-stated)), came, 10**9)
    assert found == pytest.approx(slope, abs=0.02)


def test_the_slope_knows_that_an_ensemble_has_few_members() -> None:
    """Four outcomes of one member in two, by hand: log-odds of 0.5, 1.5 and 2.5 of 3 members."""
    chance, came = [0, 0, 0.5, 0.5, 1, 1], [0, 1, 0, 1, 1, 1]
    odds = np.log(np.array([0.5, 0.5, 1.5, 1.5, 2.5, 2.5]) / np.array([2.5, 2.5, 1.5, 1.5, 0.5, 0.5]))
    slope = calibration_slope(chance, came, 2)
    assert np.isfinite(slope)
    ends = odds[-1]
    # of three log-odds -e, 0 and e with 1, 1 and 2 hits of two, the likelihood is largest where its slopes are 0
    a = np.linspace(-3, 3, 1201)[:, None]
    b = np.linspace(0, 3, 601)[None]
    likelihood = sum(o * (a + b * x) - np.logaddexp(0, a + b * x) for o, x in zip(came, odds, strict=True))
    place = np.unravel_index(np.argmax(likelihood), likelihood.shape)
    assert slope == pytest.approx(b[0, place[1]], abs=0.006)
    assert ends > 0


@pytest.mark.parametrize(("chance", "came"), [([0.2, 0.4], [0, 0]), ([0.3, 0.3], [0, 1])])
def test_no_slope_without_both_outcomes_and_two_forecasts(chance: list[float], came: list[int]) -> None:
    with pytest.raises(ValueError, match="a slope needs both outcomes"):
        calibration_slope(chance, came, 100)
