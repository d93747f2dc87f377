"""Intervals and verdicts against what is known: silent figures leave the range, equal years add nothing."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from calibration.known import SIZE, quadratic
from sim.evaluation.calibration.estimate import Estimate, estimate
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import MIDDLE, Floats
from sim.evaluation.calibration.uncertainty import (
    GRID,
    REPLICATES,
    Uncertainty,
    _derivatives,
    _profiles,
    from_the_ranges,
    uncertainty,
)

RANDOM = np.random.Generator(np.random.PCG64(2))
ROOT = RANDOM.normal(size=(SIZE, SIZE)) * 0.05
CURVATURE = np.diag(np.linspace(1.0, 4.0, SIZE)) + ROOT + ROOT.T
FADED = 10**9
"""Years after which nothing is left of the prior."""


def seen(*years: int) -> Any:
    """Evidence with cells of these years."""
    return SimpleNamespace(cells=[(year - 1, year) for year in years])


def at_the_best(objective: Objective) -> Estimate:
    found = estimate(objective)
    assert ((found.point > 0) & (found.point < 1)).all()
    return found


def test_the_derivatives_of_a_quadratic_are_exact() -> None:
    centres = RANDOM.uniform(0.3, 0.7, size=(5, SIZE))
    objective = quadratic(CURVATURE, centres, unit=0.1)
    curvature, slopes = _derivatives(objective, MIDDLE)
    assert curvature == pytest.approx(CURVATURE + objective.prior_precision * np.eye(SIZE), abs=1e-9)
    assert slopes == pytest.approx((MIDDLE - centres) @ CURVATURE, abs=1e-9)


def test_no_direction_is_flatter_than_the_prior() -> None:
    """A ridge that falls away on both sides would make an interval of nothing."""
    saddle = np.diag([-3.0] + [1.0] * (SIZE - 1))
    objective = quadratic(saddle, MIDDLE[None])
    curvature, _ = _derivatives(objective, MIDDLE)
    assert np.linalg.eigvalsh(curvature).min() == pytest.approx(objective.prior_precision)


def test_at_an_edge_the_derivatives_are_those_inside() -> None:
    objective = quadratic(CURVATURE, MIDDLE[None])
    curvature, _ = _derivatives(objective, np.zeros(SIZE))
    assert curvature == pytest.approx(CURVATURE + objective.prior_precision * np.eye(SIZE), abs=1e-9)


def test_where_the_figures_are_silent_the_range_is_left() -> None:
    """The trap: all histories agree on the middle, and an interval of resampled years alone would shrink to a point."""
    silent = np.zeros((SIZE, SIZE))
    objective = quadratic(silent, np.repeat(MIDDLE[None], 12, axis=0))
    found = uncertainty(objective, seen(*range(2015, 2027)), Estimate(MIDDLE, 1.0, 1.0), 2032)
    assert found.low == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / REPLICATES))
    assert found.high == pytest.approx(0.95, abs=4 * np.sqrt(0.05 * 0.95 / REPLICATES))
    assert {found.verdict(index) for index in range(SIZE)} == {"not pinned"}
    before = from_the_ranges(2032)
    assert before.resampled.shape == found.resampled.shape == (REPLICATES, SIZE)
    assert before.resampled == pytest.approx(found.resampled, abs=1e-9)


def test_years_that_all_say_the_same_add_no_spread() -> None:
    objective = quadratic(CURVATURE, np.repeat(RANDOM.uniform(0.4, 0.6, size=(1, SIZE)), 8, axis=0), years=FADED)
    found = uncertainty(objective, seen(*range(2015, 2023)), at_the_best(objective), 2032)
    assert found.resampled.std(axis=0).max() < 1e-6
    assert {found.verdict(index) for index in range(SIZE)} == {"pinned"}


def test_years_that_differ_spread_the_estimate_as_a_mean_of_them() -> None:
    """On a quadratic each resampled history has its optimum at the mean of its years' centres."""
    years = 12
    centres = np.clip(RANDOM.normal(0.5, 0.1, size=(years, SIZE)), 0.2, 0.8)
    objective = quadratic(CURVATURE, centres, years=FADED)
    best = at_the_best(objective)
    assert best.point == pytest.approx(centres.mean(axis=0), abs=0.01)
    found = uncertainty(objective, seen(*range(2015, 2015 + years)), best, 2032)
    expected = centres.std(axis=0) / np.sqrt(years)
    assert found.resampled.std(axis=0) == pytest.approx(expected, rel=4 / np.sqrt(2 * REPLICATES))
    away = np.abs(found.resampled.mean(axis=0) - best.point)
    assert (away < 4 * expected / np.sqrt(REPLICATES)).all()


def test_cells_of_one_year_come_or_stay_away_together() -> None:
    """Five copies of a year's cell are one year, not five."""
    centres = np.clip(RANDOM.normal(0.5, 0.1, size=(6, SIZE)), 0.2, 0.8)
    once = quadratic(CURVATURE, centres, years=FADED)
    often = quadratic(CURVATURE, np.repeat(centres, 5, axis=0), years=FADED)
    best, years = at_the_best(once), range(2015, 2021)
    alone = uncertainty(once, seen(*years), best, 7)
    copied = uncertainty(often, seen(*(year for year in years for _ in range(5))), best, 7)
    assert copied.resampled == pytest.approx(alone.resampled, abs=1e-9)


def test_a_year_of_many_cells_weighs_as_many_and_no_history_more_than_one() -> None:
    """On parallel parabolas a resampled optimum is a mean of centres: it cannot lie beyond them."""
    low, high = 0.3, 0.7
    years = [2015, 2015, 2015, 2015, 2015, 2015, 2016, 2017]
    centres = np.array([np.full(SIZE, high if year == 2015 else low) for year in years])
    objective = quadratic(np.eye(SIZE), centres, years=FADED)
    best = at_the_best(objective)
    assert best.point == pytest.approx(centres.mean(axis=0), abs=0.01)
    found = uncertainty(objective, seen(*years), best, 5).resampled
    assert found.min() > low - 0.01
    assert found.max() < high + 0.01
    assert found.std() > 0.05


def test_the_profile_of_a_quadratic_lets_the_others_give_way() -> None:
    objective = quadratic(CURVATURE, MIDDLE[None], years=FADED)
    found = Estimate(MIDDLE, 1.0, 1.0)
    curvature, _ = _derivatives(objective, MIDDLE)
    profiles = _profiles(objective, found, curvature)
    held = 1 / np.diag(np.linalg.inv(CURVATURE))
    assert profiles == pytest.approx(held[:, None] / 2 * (GRID - 0.5) ** 2, abs=1e-6)
    assert (held < np.diag(CURVATURE)).all()  # the control: holding the others too would resist more


def test_profiles_can_be_left_out() -> None:
    objective = quadratic(CURVATURE, MIDDLE[None])
    found = Estimate(MIDDLE, 1.0, 1.0)
    assert uncertainty(objective, seen(2015), found, 1, profiles=False).profiles is None
    assert uncertainty(objective, seen(2015), found, 1).profiles is not None


def test_the_seed_moves_the_histories_and_nothing_else_does() -> None:
    objective = quadratic(CURVATURE, RANDOM.uniform(0.3, 0.7, size=(6, SIZE)))
    years, best = seen(*range(2015, 2021)), estimate(objective)
    one, again, other = (uncertainty(objective, years, best, seed).resampled for seed in (1, 1, 2))
    assert (one == again).all()
    assert not (one == other).all()


@pytest.mark.parametrize(
    ("width", "verdict"), [(0.0, "pinned"), (0.44, "pinned"), (0.6, "partly"), (0.72, "not pinned"), (1, "not pinned")]
)
def test_the_verdict_is_the_width_of_the_interval(width: float, verdict: str) -> None:
    resampled: Floats = np.linspace(0.5 - width / 2, 0.5 + width / 2, 1_001)[:, None]
    found = Uncertainty(0.5 + (resampled - 0.5) / 0.9, None)
    assert float(found.high[0] - found.low[0]) == pytest.approx(width)
    assert found.verdict(0) == verdict
