"""The objective: weights, unit, the pull of the ranges, and gradients against what is known of a quadratic."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.known import PLACE, SIZE, SPREAD, Formula, quadratic
from sim.evaluation.calibration import estimate as estimating
from sim.evaluation.calibration.cache import Cache
from sim.evaluation.calibration.estimate import estimate, spread_out
from sim.evaluation.calibration.evidence import TOGETHER, Evidence
from sim.evaluation.calibration.objective import STEP, Objective
from sim.evaluation.calibration.parameters import MIDDLE, numbers_at, point_of, shipped
from sim.execution.executors.serial import Serial
from sim.model.estimated import ESTIMATED
from sim.scenario.loading.load import loads

RANDOM = np.random.Generator(np.random.PCG64(1))
ROOT = RANDOM.normal(size=(SIZE, SIZE)) / SIZE
CURVATURE = ROOT @ ROOT.T + np.diag(np.linspace(0.2, 2.0, SIZE))
CENTRES = RANDOM.uniform(0.3, 0.7, size=(6, SIZE))


def slope(point: np.ndarray) -> np.ndarray:
    """The gradient of the mean over the cells."""
    return CURVATURE @ (point - CENTRES.mean(axis=0))


def test_the_gradient_of_a_quadratic_is_exact_inside_the_ranges() -> None:
    objective = quadratic(CURVATURE, CENTRES, unit=0.07)
    for point in (MIDDLE, CENTRES[0], np.full(SIZE, 0.25)):
        value, found = objective.with_gradient(point)
        assert value == pytest.approx(float(objective.values(point[None])[0]))
        assert found == pytest.approx(slope(point) + objective.prior_precision * (point - MIDDLE), abs=1e-12)


def test_at_an_edge_the_gradient_is_taken_from_inside() -> None:
    """There it is that of a point half a step inside: off by half a step times the second derivative, no more."""
    objective = quadratic(CURVATURE, CENTRES)
    point = np.where(np.arange(SIZE) % 2 == 0, 0.0, 1.0)
    _, found = objective.with_gradient(point)
    second = np.diag(CURVATURE) + objective.prior_precision
    inside = np.where(point == 0, 1, -1) * STEP / 2 * second
    expected = slope(point) + objective.prior_precision * (point - MIDDLE) + inside
    assert found == pytest.approx(expected, abs=1e-12)


@settings(deadline=None)
@given(st.integers(1, 40), st.floats(0, 1), st.integers(0, SIZE - 1))
def test_the_pull_is_to_the_middle_and_fades_with_the_years(years: int, value: float, place: int) -> None:
    objective = quadratic(CURVATURE, CENTRES, years=years)
    point = MIDDLE.copy()
    point[place] = value
    pull = float(objective.prior(point[None])[0])
    assert pull == pytest.approx(objective.prior_precision / 2 * (value - 0.5) ** 2)
    assert float(objective.prior(MIDDLE[None])[0]) == 0
    doubled = quadratic(CURVATURE, CENTRES, years=2 * years)
    assert 2 * float(doubled.prior(point[None])[0]) == pytest.approx(pull)


def test_every_cell_weighs_the_same_and_the_middle_is_one(formula: Formula) -> None:
    evidence = Evidence(2022, Serial(), Cache(), seed=1, paths=16)
    objective = Objective.of_score(evidence)
    assert len(evidence.cells) == len(set(evidence.cells)) == len(objective.weights) == 30
    assert objective.weights == pytest.approx(1 / 30)
    assert objective.weights.sum() == pytest.approx(1)
    assert objective.years == 8
    assert objective.unit == pytest.approx(float(evidence.scores(MIDDLE[None]).mean()))
    assert float(objective.values(MIDDLE[None])[0]) == pytest.approx(1)
    assert {year - origin for origin, year in evidence.cells} == {1, 2, 3, 4, 5}
    assert max(year for _, year in evidence.cells) == 2022


def test_nothing_after_the_cutoff_is_asked_for(formula: Formula) -> None:
    evidence = Evidence(2020, Serial(), Cache(), seed=1, paths=16)
    evidence.scores(MIDDLE[None])
    assert {job.origin for job in formula.jobs} == set(range(2014, 2020))
    assert max(job.last_year for job in formula.jobs) == 2020


def test_more_points_than_fit_in_a_block_come_back_in_order(formula: Formula) -> None:
    evidence = Evidence(2017, Serial(), Cache(), seed=1, paths=16)
    points = RANDOM.uniform(size=(70, SIZE))
    together = evidence.scores(points)
    assert together.shape == (70, 6)
    assert formula.made == 9  # three batches from three origins
    for place in (0, 31, 32, 69):
        assert (evidence.scores(points[place : place + 1])[0] == together[place]).all()


def test_the_moments_pull_where_they_should(formula: Formula) -> None:
    """The second opinion is another objective over the same cells."""
    evidence = Evidence(2018, Serial(), Cache(), seed=1, paths=16)
    objective = Objective.of_moments(evidence)
    means, spread = evidence.moments(MIDDLE[None])
    expected = (((means - evidence.seen_moments()) / spread) ** 2).mean()
    assert objective.unit == pytest.approx(float(expected))
    assert float(objective.values(MIDDLE[None])[0]) == pytest.approx(1)
    assert (spread == SPREAD).all()


FAR, NEAR = spread_out(TOGETHER)[7], MIDDLE + 0.046
"""A point of the screen, and one on the slope to which the middle lies."""


def two_valleys(far_depth: float, near_depth: float) -> Objective:
    """Neither valley is to be seen from the other; of all points of the screen the one in FAR lies lowest."""

    def distance(points: np.ndarray) -> np.ndarray:
        depths = zip((FAR, NEAR), (far_depth, near_depth), strict=True)
        found = [depth * np.exp(-((points - at) ** 2).sum(axis=1) / 0.02) for at, depth in depths]
        return (2 - found[0] - found[1])[:, None]

    return Objective(distance, np.ones(1), 1.0, 10**9)


@pytest.mark.parametrize(("far", "near"), [(0.9, 0.3), (0.3, 0.9)])
def test_the_lower_of_two_valleys_is_found(far: float, near: float) -> None:
    """One search begins in the one, one in the other, and the better end counts."""
    objective = two_valleys(far, near)
    screened = objective.values(spread_out(TOGETHER))
    assert screened.argmin() == 7
    found = estimate(objective)
    assert found.point == pytest.approx(FAR if far > near else NEAR, abs=0.02)
    assert found.value == pytest.approx(1.1, abs=0.02)
    assert found.distance == pytest.approx(found.value, abs=1e-6)


def test_points_and_numbers_are_each_others_inverse() -> None:
    numbers = shipped(loads(""))
    point = point_of(numbers)
    assert ((point >= 0) & (point <= 1)).all()
    assert numbers_at(point) == pytest.approx(numbers, rel=1e-5)
    assert point_of(numbers_at(MIDDLE)) == pytest.approx(MIDDLE, abs=1e-5)
    assert numbers_at(np.zeros(SIZE)) == {each.name: each.low for each in ESTIMATED}
    assert numbers_at(np.ones(SIZE))["budget.speed"] == ESTIMATED[PLACE["budget.speed"]].high


def test_the_screen_lies_evenly() -> None:
    """Of the first 32 points of Sobol's sequence each parameter takes every thirty-second once."""
    screen = spread_out(TOGETHER)[1:]
    assert screen.shape == (31, SIZE)
    assert (np.sort(screen, axis=0) == np.arange(1, 32)[:, None] / 32).all()


def test_an_interrupt_while_the_screen_is_made_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """SciPy swallows what is raised while it reads its table, as this does."""

    class Swallowing:
        def __init__(self, *_: object, **__: object) -> None:
            try:
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.2)
            except BaseException:
                pass

        def random(self, points: int) -> np.ndarray:
            return np.zeros((points, SIZE))

    monkeypatch.setattr(estimating.qmc, "Sobol", Swallowing)
    with pytest.raises(KeyboardInterrupt):
        spread_out(TOGETHER)
