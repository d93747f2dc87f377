"""Scores of one forecaster, by hand: two allies, four members, and what came."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from sim.distributions.draws import Draws
from sim.evaluation.backtest.forecast_scores import JOINT_MEMBERS, LEVELS, ForecastScores

ENSEMBLE = np.array([[[1.0, 2.0, 3.0, 4.0]], [[1.0, 1.0, 1.0, 2.5]]], dtype=np.float32)  # (ally, horizon, members)
SEEN = np.array([[2.0], [1.5]])
SEED = 7


def scored(ensemble: np.ndarray, seen: np.ndarray, *, seed: int = SEED, origin: int = 2017) -> ForecastScores:
    """Two origins, of which the second is scored; as many horizons as were seen, and one more."""
    found = ForecastScores.empty("it", "a forecaster", 2, seen.shape[1] + 1, len(seen))
    found.add(1, origin, np.asarray(ensemble, dtype=np.float32), np.asarray(seen), seed)
    return found


def arrays(found: ForecastScores) -> dict[str, np.ndarray]:
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    return {
        **{name: value for name, value in values.items() if isinstance(value, np.ndarray) and value.dtype != np.bool_},
        **{f"inside {level}": array for level, array in values["inside"].items()},
    }


def test_the_crps_is_that_of_each_ally() -> None:
    crps = scored(ENSEMBLE, SEEN).crps
    # |x - 2| is 1, 0, 1, 2; the six pairs lie 1, 2, 3, 1, 2, 1 apart: 4/4 - 10/16
    assert crps[1, 0, 0] == pytest.approx(1.0 - 10 / 16)
    # |x - 1.5| is .5 three times and 1; three pairs lie 1.5 apart: 2.5/4 - 4.5/16
    assert crps[1, 0, 1] == pytest.approx(0.625 - 4.5 / 16)


def test_the_probability_of_2_percent_counts_what_is_printed() -> None:
    assert scored(ENSEMBLE, SEEN).probability[1, 0].tolist() == [0.75, 0.25]
    edge = np.array([[[1.9949, 1.9951, 2.0, 2.0049]]])
    assert scored(edge, SEEN[:1]).probability[1, 0, 0] == 0.75


def test_the_quantiles_are_those_of_the_members() -> None:
    found = scored(ENSEMBLE, SEEN)
    assert [a[1, 0, 0] for a in (found.low, found.median, found.high)] == pytest.approx([1.15, 2.5, 3.85])


def test_the_number_of_allies_at_2_percent_has_a_distribution_and_a_score() -> None:
    found = scored(ENSEMBLE, SEEN)
    # by member: neither, the first, the first, both
    assert found.number[1, 0].tolist() == [0.25, 0.5, 0.25]
    # one came: (.25 - 0)**2 + (.75 - 1)**2
    assert found.rps[1, 0] == pytest.approx(0.125)
    both = scored(ENSEMBLE, np.array([[2.0], [2.0]]))
    assert both.rps[1, 0] == pytest.approx(0.25**2 + 0.75**2)


def test_what_came_is_counted_as_printed_too() -> None:
    nearly = scored(ENSEMBLE, np.array([[1.996], [1.5]]))
    assert nearly.rps[1, 0] == pytest.approx(0.125)
    short = scored(ENSEMBLE, np.array([[1.994], [1.5]]))
    assert short.rps[1, 0] == pytest.approx(0.75**2 + 0.25**2)


@pytest.mark.parametrize(("member", "seen", "inside"), [(2.004, 2.0, 1), (2.006, 2.01, 1), (2.006, 2.0, 0)])
def test_a_share_printed_inside_an_interval_is_inside(member: float, seen: float, inside: int) -> None:
    found = scored(np.full((1, 1, 8), member), np.array([[seen]]))
    assert [found.inside[level][1, 0, 0] for level in LEVELS] == [inside] * len(LEVELS)


def test_the_intervals_are_central() -> None:
    hundredths = np.arange(1, 100) / 100  # as many members as make the i-th the quantile i / 100
    for level, outermost in zip(LEVELS, (0.25, 0.10, 0.05), strict=True):
        seen = np.array([[outermost], [outermost - 0.01], [1 - outermost], [1.01 - outermost]])
        found = scored(np.broadcast_to(hundredths, (4, 1, 99)), seen)
        assert found.inside[level][1, 0].tolist() == [1, 0, 1, 0]


def test_the_pit_is_the_rank_with_ties_broken_by_draws_of_the_origin() -> None:
    def uniform(seed: int, origin: int) -> np.ndarray:
        return (Draws(seed, 0, 2).streams.uint16("backtest/pit", period=origin) + 0.5) / 65_536

    for seed, origin in ((SEED, 2017), (SEED + 1, 2017), (SEED, 2018)):
        first, second = uniform(seed, origin)
        pit = scored(ENSEMBLE, SEEN, seed=seed, origin=origin).pit[1, 0]
        # one member below and one equal; three below and none equal; the outcome counts as one more member
        assert pit.tolist() == pytest.approx([(1 + first * 2) / 5, (3 + second) / 5])
    assert uniform(SEED, 2017)[0] != uniform(SEED, 2018)[0] != uniform(SEED + 1, 2017)[0]


def test_the_energy_score_of_one_ally_is_its_crps_and_takes_few_members() -> None:
    members = np.linspace(1, 3, JOINT_MEMBERS + 64, dtype=np.float32)[None, None]
    whole, first = scored(members, SEEN[:1]), scored(members[..., :JOINT_MEMBERS], SEEN[:1])
    assert first.energy[1, 0] == pytest.approx(first.crps[1, 0, 0], rel=1e-5)
    assert whole.energy[1, 0] == first.energy[1, 0]
    assert whole.crps[1, 0, 0] != first.crps[1, 0, 0]


def test_the_energy_score_measures_in_all_directions_at_once() -> None:
    members = np.array([[[1.0, 1.0]], [[2.0, 2.0]]])
    assert scored(members, np.array([[4.0], [6.0]])).energy[1, 0] == pytest.approx(5.0)


def test_nothing_is_said_where_nothing_was_forecast() -> None:
    found = scored(ENSEMBLE, SEEN)
    for name, array in arrays(found).items():
        assert np.isnan(array[0]).all(), name
        assert np.isnan(array[1, 1:]).all(), name
        assert np.isfinite(array[1, 0]).all(), name
    assert len(arrays(found)) == 9 + len(LEVELS)
    assert not found.histories[0].any()
    assert not found.histories[1, 1:].any()
    assert found.histories[1, 0].any()


def test_each_horizon_is_scored_by_its_own_year() -> None:
    twice = np.concatenate([ENSEMBLE, ENSEMBLE + 1], axis=1)
    found = scored(twice, np.concatenate([SEEN, SEEN + 1], axis=1))
    assert found.crps[1, 1] == pytest.approx(found.crps[1, 0])
    assert found.median[1, 1] == pytest.approx(found.median[1, 0] + 1)
    assert found.number[1, 1].tolist() == [0, 0, 1]
    assert found.crps.shape == (2, 3, 2)


def test_of_some_allies_the_others_have_no_score() -> None:
    """The two of four that are forecast, in any places, score as if they were alone."""
    alone, found = scored(ENSEMBLE, SEEN), ForecastScores.empty("it", "a forecaster", 2, 2, 4)
    found.add(1, 2017, ENSEMBLE, SEEN, SEED, np.array([1, 3]))
    for name, values in arrays(found).items():
        wanted = arrays(alone)[name]
        if name == "number":
            assert values[1, 0].tolist() == [*wanted[1, 0].tolist(), 0.0, 0.0]
        elif values.ndim == 3:
            assert np.isnan(values[..., [0, 2]]).all(), name
            np.testing.assert_array_equal(values[..., [1, 3]], wanted, name)
        else:
            np.testing.assert_array_equal(values, wanted, name)
