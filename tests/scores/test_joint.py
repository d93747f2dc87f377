"""The joint score of all allies, and how many of them are evidence of their own."""

from __future__ import annotations

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st

from sim.evaluation.scores.crps import crps
from sim.evaluation.scores.joint import ROWS, correlations, effective_number, energy_score, participation_ratio

numbers = st.floats(-100, 100)


def test_oracle() -> None:
    rng = np.random.default_rng(1)
    ensemble, observed = rng.normal(size=(31, 300)), rng.normal(size=31)
    assert ROWS < 300, "more than one chunk"
    oracle = scoringrules.es_ensemble(observed, ensemble.T, estimator="nrg")
    assert energy_score(ensemble, observed) == pytest.approx(float(oracle), rel=1e-12)


@given(st.lists(numbers, min_size=1, max_size=20), numbers)
def test_in_one_dimension_it_is_the_crps(members: list[float], observed: float) -> None:
    assert energy_score([members], [observed]) == pytest.approx(float(crps(members, observed)), abs=1e-10)


@pytest.mark.parametrize("members", [1, ROWS - 1, ROWS, ROWS + 1, 2 * ROWS, 2 * ROWS + 7])
def test_chunks_leave_no_seam(members: int) -> None:
    rng = np.random.default_rng(members)
    ensemble, observed = rng.normal(size=(3, members)), rng.normal(size=3)
    pairs = np.linalg.norm(ensemble[:, :, None] - ensemble[:, None], axis=0).mean()
    whole = np.linalg.norm(ensemble - observed[:, None], axis=0).mean() - pairs / 2
    assert energy_score(ensemble, observed) == pytest.approx(whole, rel=1e-12)
    shuffled = rng.permutation(ensemble, axis=1)
    assert energy_score(shuffled, observed) == pytest.approx(whole, rel=1e-12)
    assert energy_score(ensemble[::-1], observed[::-1]) == pytest.approx(whole, rel=1e-12)


def test_a_point_scores_its_distance() -> None:
    assert energy_score(np.array([[3.0] * 5, [4.0] * 5]), [0.0, 0.0]) == 5.0


def test_dependence_that_is_there_is_rewarded() -> None:
    """Truth: two allies that move together. The same margins drawn independently score worse on average."""
    rng = np.random.default_rng(2)
    truth = np.repeat(rng.normal(size=(1, 400)), 2, axis=0)
    shared = np.repeat(rng.normal(size=(1, 400)), 2, axis=0)
    apart = np.stack([shared[0], rng.permutation(shared[1])])
    scores = [np.array([energy_score(ensemble, y) for y in truth.T]) for ensemble in (shared, apart)]
    lead = scores[1] - scores[0]
    assert lead.mean() > 3 * lead.std() / np.sqrt(len(lead))


def test_effective_numbers_at_known_points() -> None:
    rng = np.random.default_rng(3)
    common = rng.normal(size=50)
    together = np.tile(common, (31, 1)) * np.linspace(1, 3, 31)[:, None] + 7
    assert effective_number(together) == pytest.approx(1)
    assert participation_ratio(together) == pytest.approx(1)
    drawn = rng.normal(size=(40, 12))
    apart = np.linalg.qr(drawn - drawn.mean(axis=0))[0].T
    assert effective_number(apart) == pytest.approx(12)
    assert participation_ratio(apart) == pytest.approx(12)


def test_effective_number_is_what_a_mean_of_equally_correlated_errors_is_worth() -> None:
    """Errors that are half common: r = 0.5, so 31 allies are worth 31 / 16."""
    rng = np.random.default_rng(4)
    errors = rng.normal(size=(31, 40_000)) + rng.normal(size=40_000)
    assert effective_number(errors) == pytest.approx(31 / 16, rel=0.03)
    assert errors.var() / errors.mean(axis=0).var() == pytest.approx(effective_number(errors), rel=0.03)
    assert participation_ratio(errors) == pytest.approx(31**2 / (31 + 31 * 30 * 0.25), rel=0.05)


def test_opposite_errors_are_one_direction_and_no_more_than_two_allies() -> None:
    error = np.array([1.0, -2.0, 0.5, 3.0])
    both = np.stack([error, -error])
    assert effective_number(both) == 2
    assert participation_ratio(both) == pytest.approx(1)


def test_few_cases_span_few_directions() -> None:
    """The warning of the docstring: 31 independent allies over 6 cases."""
    errors = np.random.default_rng(5).normal(size=(31, 6))
    assert participation_ratio(errors) < 5.01
    assert effective_number(errors) > 8


def test_errors_that_never_move_are_left_out() -> None:
    rng = np.random.default_rng(6)
    moving, still = rng.normal(size=(4, 9)), np.full((2, 9), 0.1)
    assert correlations(np.vstack([moving, still])).shape == (4, 4)
    assert effective_number(np.vstack([still, moving])) == effective_number(moving)
    assert (effective_number(moving[:1]), participation_ratio(moving[:1])) == (1, 1)
    assert np.isnan([effective_number(still), participation_ratio(still)]).all()


@given(st.integers(2, 8), st.integers(2, 12), st.integers(0, 10_000))
def test_bounds_and_order(allies: int, cases: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    errors = np.round(rng.normal(size=(allies, cases)), 1)
    for number in (effective_number, participation_ratio):
        value, other = number(errors), number(errors[::-1])
        if np.isnan(value):
            assert np.isnan(other)
        else:
            assert 1 - 1e-9 <= value <= allies + 1e-9
            assert value == pytest.approx(other, rel=1e-6)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="one vector"):
        energy_score(np.zeros((3, 4)), np.zeros(4))
    with pytest.raises(ValueError, match="one vector"):
        energy_score(np.zeros((3, 0)), np.zeros(3))
    with pytest.raises(ValueError, match="two cases"):
        effective_number(np.zeros((3, 1)))
    with pytest.raises(ValueError, match="is a number"):
        effective_number([[1.0, np.nan], [1.0, 2.0]])
