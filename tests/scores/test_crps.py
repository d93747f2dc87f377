"""The CRPS of an ensemble: its definition, closed forms, an oracle, and that honesty pays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.evaluation.scores.crps import absolute_error_of_median, crps

numbers = st.floats(-100, 100)
ensembles = st.lists(numbers, min_size=1, max_size=30)


def by_definition(members: np.ndarray, observed: float) -> float:
    return np.abs(members - observed).mean() - np.abs(members[:, None] - members).mean() / 2


@given(ensembles, numbers)
def test_it_is_the_mean_over_all_pairs(members: list[float], observed: float) -> None:
    score = crps(members, observed)
    assert score == pytest.approx(by_definition(np.array(members), observed), abs=1e-10)
    assert score >= 0


@given(numbers, numbers, st.integers(1, 9))
def test_a_point_scores_its_absolute_error(point: float, observed: float, members: int) -> None:
    assert crps([point] * members, observed) == pytest.approx(abs(point - observed), abs=1e-12)
    assert absolute_error_of_median([point] * members, observed) == abs(point - observed)


@given(ensembles.flatmap(lambda members: st.tuples(st.just(members), st.permutations(members))), numbers)
def test_the_order_of_members_moves_no_bit(orders: tuple[list[float], list[float]], observed: float) -> None:
    one, other = orders
    assert crps(one, observed) == crps(other, observed)


@given(ensembles, numbers, st.floats(0.1, 10), numbers)
def test_it_moves_and_scales_with_the_unit(members: list[float], observed: float, scale: float, shift: float) -> None:
    moved = crps(scale * np.array(members) + shift, scale * observed + shift)
    assert moved == pytest.approx(scale * crps(members, observed), abs=1e-9)


def test_oracle() -> None:
    rng = np.random.default_rng(1)
    ensemble, observed = rng.gamma(2.0, size=(31, 5, 40)), rng.gamma(2.0, size=(31, 5))
    np.testing.assert_allclose(
        crps(ensemble, observed), scoringrules.crps_ensemble(observed, ensemble, estimator="nrg"), rtol=1e-12
    )


@pytest.mark.parametrize("observed", [-2.0, 0.0, 0.4, 3.0])
def test_normal_quantiles_reach_the_closed_form(observed: float) -> None:
    """Gneiting and others (2005), eq. 5: z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi)."""
    members = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    closed = observed * (2 * stats.norm.cdf(observed) - 1) + 2 * stats.norm.pdf(observed) - 1 / np.sqrt(np.pi)
    assert crps(members, observed) == pytest.approx(closed, abs=1e-4)


def test_by_hand() -> None:
    """0, 1 and 3 against 2: mean error (2 + 1 + 1) / 3, mean over nine pairs 2 (1 + 3 + 2) / 9."""
    assert crps([3.0, 0.0, 1.0], 2.0) == pytest.approx(4 / 3 - 6 / 9)
    assert absolute_error_of_median([3.0, 0.0, 1.0], 2.0) == 1.0
    assert absolute_error_of_median([3.0, 0.0, 1.0, 2.0], 2.0) == 0.5


def test_the_truth_scores_best() -> None:
    """Expected scores of normal forecasts of other means and spreads where the truth is standard normal."""
    quantiles = stats.norm.ppf((np.arange(400) + 0.5) / 400)
    truth = stats.norm.ppf((np.arange(2_000) + 0.5) / 2_000)

    def expected(mean: float, sd: float) -> float:
        return float(crps(np.broadcast_to(mean + sd * quantiles, (2_000, 400)), truth).mean())

    best = expected(0.0, 1.0)
    assert best == pytest.approx(1 / np.sqrt(np.pi), abs=2e-3)
    for mean, sd in [(0.2, 1.0), (-0.2, 1.0), (0.0, 1.2), (0.0, 0.8), (0.3, 0.7)]:
        assert expected(mean, sd) > best + 1e-3


def test_a_printed_share_meets_itself_in_float32() -> None:
    ensemble = np.full((3, 4), 2.35, dtype=np.float32)
    observed = np.full(3, 2.35)
    assert crps(ensemble, observed).tolist() == [0, 0, 0]
    assert absolute_error_of_median(ensemble, observed).tolist() == [0, 0, 0]
    assert float(np.float32(2.35)) != 2.35, "the control: the two precisions do differ"


def test_whole_numbers_keep_their_observed_fraction() -> None:
    assert crps(np.array([2, 2]), 2.5) == 0.5


def test_a_large_array_needs_one_copy_of_itself() -> None:
    import tracemalloc

    ensemble, observed = np.zeros((31, 5, 4096), dtype=np.float32), np.zeros((31, 5))
    tracemalloc.start()
    crps(ensemble, observed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * 8 * ensemble.size


@pytest.mark.parametrize(
    ("ensemble", "observed", "match"),
    [
        (np.zeros((3, 4)), np.zeros(4), r"needs observations \(3,\)"),
        (np.zeros((3, 0)), np.zeros(3), "at least one member"),
        (1.0, 1.0, "at least one member"),
        ([1.0, np.nan], 1.0, "nan"),
        ([1.0, 2.0], np.nan, "nan"),
    ],
)
def test_what_cannot_be_scored_is_refused(ensemble: Any, observed: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        crps(ensemble, observed)
