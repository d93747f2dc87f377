"""Where outcomes fall in their ensembles: uniform if calibrated, and seen to be not uniform if not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.evaluation.scores.calibration import coverage, pit_histogram, randomised_pit

CASES = 20_000


def misfit(pit: np.ndarray, bins: int = 20) -> float:
    """Chi-square of the histogram in standard errors above its mean: one judge for all."""
    expected = len(pit) / bins
    chi_square = ((pit_histogram(pit, bins) - expected) ** 2 / expected).sum()
    return float((chi_square - (bins - 1)) / np.sqrt(2 * (bins - 1)))


WORLDS = {
    "continuous": lambda rng, shape: rng.normal(size=shape),
    "printed": lambda rng, shape: np.round(rng.normal(size=shape), 1),
    "with a floor": lambda rng, shape: np.maximum(rng.normal(size=shape), 0.3),
    "a constant": lambda rng, shape: np.full(shape, 2.35),
    "float32": lambda rng, shape: np.round(rng.normal(size=shape), 1).astype(np.float32),
}


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("members", [3, 50])
def test_calibrated_forecasts_have_a_uniform_pit(world: str, members: int) -> None:
    rng = np.random.default_rng(7)
    ensemble, observed = WORLDS[world](rng, (CASES, members)), WORLDS[world](rng, CASES).astype(np.float64)
    pit = randomised_pit(ensemble, observed, rng.uniform(size=CASES))
    assert abs(misfit(pit)) < 4


@pytest.mark.parametrize("change", [lambda x: x + 0.1, lambda x: 0.9 * x, lambda x: 1.1 * x])
def test_forecasts_that_are_not_calibrated_are_seen(change: Callable[..., Any]) -> None:
    rng = np.random.default_rng(8)
    pit = randomised_pit(change(rng.normal(size=(CASES, 50))), rng.normal(size=CASES), rng.uniform(size=CASES))
    assert misfit(pit) > 6


def test_mass_points_without_chance_are_seen() -> None:
    """The control for ties: half for every u is what a careless PIT does."""
    rng = np.random.default_rng(9)
    world = WORLDS["with a floor"]
    pit = randomised_pit(world(rng, (CASES, 50)), world(rng, CASES), np.full(CASES, 0.5))
    assert misfit(pit) > 50


def test_pit_by_hand() -> None:
    ensemble = [[1.0, 2.0, 2.0, 4.0]] * 5
    pit = randomised_pit(ensemble, [2.0, 2.0, 0.0, 9.0, 3.0], [0.0, 1.0, 0.5, 0.5, 0.5])
    np.testing.assert_allclose(pit, [0.2, 0.8, 0.1, 0.9, 0.7])


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=12), st.integers(-3, 3), st.floats(0, 1))
def test_pit_stays_in_its_range_and_ignores_order(members: list[int], observed: int, chance: float) -> None:
    pit = randomised_pit(members, observed, chance)
    assert 0 <= pit <= 1
    assert pit == randomised_pit(members[::-1], observed, chance)


@pytest.mark.parametrize(("members", "level"), [(9, 0.8), (9, 0.6), (19, 0.5), (19, 0.9), (399, 0.5), (399, 0.9)])
def test_a_calibrated_ensemble_covers_its_level(members: int, level: float) -> None:
    """Also with nine members: 0.8 lies between the first and the ninth. NumPy's own quantiles cover 0.64 there."""
    rng = np.random.default_rng(10)
    cases = 4_000
    ensemble, observed = rng.gamma(2.0, size=(cases, members)), rng.gamma(2.0, size=cases)
    error = np.sqrt(level * (1 - level) / cases)
    assert abs(coverage(ensemble, observed, level).mean() - level) < 4 * error
    tight = np.median(ensemble) + 0.7 * (ensemble - np.median(ensemble))
    assert abs(coverage(tight, observed, level).mean() - level) > 6 * error


def test_coverage_by_hand() -> None:
    """Of 1 to 9, 0.8 leaves out what is below the first and above the ninth; 0.6 lies between 2 and 8."""
    members = np.arange(1.0, 10.0)
    seen = np.array([0.99, 1.0, 5.0, 9.0, 9.01])
    ensembles = np.tile(members, (5, 1))
    assert coverage(ensembles, seen, 0.8).tolist() == [False, True, True, True, False]
    assert coverage(ensembles, np.array([1.9, 2.1, 5.0, 7.9, 8.1]), 0.6).tolist() == [False, True, True, True, False]
    point = np.full((2, 4), 2.35, dtype=np.float32)
    assert coverage(point, [2.35, 2.36], 0.9).tolist() == [True, False]


@given(st.lists(st.floats(0, 1), max_size=40), st.integers(1, 12))
def test_the_histogram_holds_every_value(pit: list[float], bins: int) -> None:
    counts = pit_histogram(pit, bins)
    assert counts.shape == (bins,)
    assert counts.sum() == len(pit)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        randomised_pit([[1.0]], [1.0], [1.5])
    with pytest.raises(ValueError, match="one number"):
        randomised_pit([[1.0]], [1.0], 0.5)
    with pytest.raises(ValueError, match="level"):
        coverage([[1.0]], [1.0], 1.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        pit_histogram([1.01])
    with pytest.raises(ValueError, match="nan"):
        coverage([[1.0]], [np.nan], 0.5)


@pytest.mark.parametrize("bins", [4, 5, 10, 20, 100])
def test_a_value_on_the_edge_of_a_part_falls_into_the_upper_one(bins: int) -> None:
    """As the decimals are written: 0.3 begins the fourth tenth, though 3 * 0.1 lies above it."""
    for part in range(bins):
        counts = pit_histogram([part / bins], bins)
        assert counts.nonzero()[0].tolist() == [part]
    assert pit_histogram([1.0], bins)[-1] == 1
