"""The two fitted baselines' coefficients: bounds, a grid, known truths, and the order of the allies."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.data.tables import load_tables
from sim.evaluation.backtest.baseline_fits import fit_adjustment, fit_moving_average, innovations
from support import present


def printed_shares(last: int) -> np.ndarray:
    """Shares (ally, year) of 2014 to `last`, % of GDP."""
    tables = load_tables()
    years = range(2014, last + 1)
    return np.array(
        [[present(tables.share(ally.iso3, year)).share_pct for year in years] for ally in tables.armed_allies()]
    )


@pytest.mark.parametrize(("change", "pull"), [(-0.3, 0.0), (0.6, 0.6), (1.5, 1.0)])
def test_the_pull_is_held_between_none_and_all(change: float, pull: float) -> None:
    assert fit_adjustment(np.ones((3, 2)), np.full((3, 2), change)).pull == pytest.approx(pull)
    assert fit_adjustment(np.zeros((3, 2)), np.full((3, 2), change)).pull == 0


def test_the_moving_average_is_the_best_of_a_grid() -> None:
    for origin in (2016, 2019, 2022, 2025):
        changes = np.diff(printed_shares(origin), axis=1)
        fit = fit_moving_average(changes)
        grid = np.linspace(-0.95, 0.95, 1_901)
        squares = [(innovations(changes, theta) ** 2).sum() for theta in grid]
        assert fit.theta == pytest.approx(grid[int(np.argmin(squares))], abs=0.001)
        assert fit.error_pct == pytest.approx(math.sqrt(min(squares) / (changes.size - 1)), rel=1e-5)


def test_the_order_of_allies_moves_no_bit_of_a_fit() -> None:
    shares, rng = printed_shares(2024), np.random.default_rng(3)
    distances, changes = 2.0 - shares[:, :-1], np.diff(shares, axis=1)
    orders = [rng.permutation(31) for _ in range(20)]
    assert {fit_adjustment(distances[order], changes[order]) for order in orders} == {
        fit_adjustment(distances, changes)
    }
    averages = [fit_moving_average(changes[order]) for order in orders]
    assert len({(fit.theta, fit.error_pct) for fit in averages}) == 1
    assert len({changes[order].sum() for order in orders}) > 1, "the control: a plain sum does move"


@pytest.mark.parametrize("theta", [-0.6, 0.0, 0.4])
def test_a_known_moving_average_is_found(theta: float) -> None:
    noise = np.random.default_rng(2).normal(scale=0.2, size=(400, 12))
    fit = fit_moving_average(noise[:, 1:] + theta * noise[:, :-1])
    assert fit.theta == pytest.approx(theta, abs=0.05)
    assert fit.error_pct == pytest.approx(0.2, rel=0.05)
