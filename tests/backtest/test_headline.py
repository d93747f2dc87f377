"""What leads the page of a backtest is what its tables say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.backtest import Backtest, backtest
from sim.evaluation.backtest.forecast_scores import ForecastScores
from sim.evaluation.backtest.headline import headline, slopes_if_right
from sim.evaluation.backtest.origins import FIRST, Mode
from sim.evaluation.scores.probability import calibration_slope


@pytest.fixture(scope="module")
def test() -> Backtest:
    return backtest(paths=128, modes=[Mode.AS_SHIPPED])


@pytest.mark.parametrize("horizons", [(1, 2, 3, 4, 5), (2, 4)])
def test_each_horizon_is_that_of_the_tables(test: Backtest, horizons: tuple[int, ...]) -> None:
    mode = test.modes()[0]
    found = headline(test, mode, horizons)
    brier = {(row["forecaster"], row["horizon"]): row["brier"] for row in score_tables.event_rows(test, horizons)}
    assert [each.horizon for each in found.horizons] == list(horizons)
    for each, contest, covered in zip(
        found.horizons,
        score_tables.contest_rows(test, horizons),
        [row for row in score_tables.coverage_rows(test, horizons) if row["forecaster"] == mode.name],
        strict=True,
    ):
        assert (each.crps_pp, each.crps_ratio) == (contest["crps_pp"], contest["ratio"])
        assert each.brier_ratio == brier[mode.name, each.horizon] / brier["straight_line", each.horizon] < 1
        assert each.brier == brier[mode.name, each.horizon]
        assert each.inside_90 == covered["inside_90"]


def test_counts_and_odds_are_of_the_horizons_asked_for(test: Backtest) -> None:
    mode = test.modes()[0]
    two, all_five = headline(test, mode, (2,)), headline(test, mode)
    assert (two.counts, all_five.counts) == (11, 50)
    rows = [row for row in score_tables.number_rows(test, mode) if row["year"] - row["origin"] == 2]
    assert two.counts_inside_90 == sum(row["q05"] <= row["seen"] <= row["q95"] for row in rows)
    chance, met, _ = score_tables.event_cases(test, mode, 2)
    assert two.slope == calibration_slope(chance, met, test.paths)
    cases = [score_tables.event_cases(test, mode, horizon) for horizon in (1, 2, 3, 4, 5)]
    chance, met = (np.concatenate([case[part] for case in cases]) for part in (0, 1))
    assert all_five.slope == calibration_slope(chance, met, test.paths)


def test_a_mode_is_told_by_its_own_rows(test: Backtest) -> None:
    """Beside another, whose CRPS is half as large and whose probabilities are the wrong way round."""
    mode = test.modes()[0]
    other = replace(mode, name=Mode.EVENTS_GIVEN, crps=mode.crps / 2, probability=1 - mode.probability)
    two = replace(test, scores={**test.scores, other.name: other})
    assert [each.name for each in two.modes()] == [mode.name, other.name]
    assert headline(two, mode, (1, 2)) == headline(test, mode, (1, 2))
    ours, theirs = headline(two, mode, (1,)).horizons[0], headline(two, other, (1,)).horizons[0]
    assert theirs.crps_pp == pytest.approx(ours.crps_pp / 2)
    assert theirs.brier > ours.brier


def test_beside_a_perfect_straight_line_the_ratio_has_no_end(test: Backtest) -> None:
    mode, line = test.modes()[0], test.scores["straight_line"]
    knows = line.probability.copy()
    for index, origin in enumerate(test.origins):
        knows[index, 0] = test.shares[:, origin + 1 - FIRST] >= 2.0
    scores = {**test.scores, line.name: replace(line, probability=knows)}
    assert headline(replace(test, scores=scores), mode, (1,)).horizons[0].brier_ratio == np.inf


def test_forecasts_that_are_all_the_same_have_no_slope(test: Backtest) -> None:
    mode = test.modes()[0]
    even = replace(mode, probability=np.where(np.isnan(mode.probability), np.nan, 0.5))
    found = headline(replace(test, scores={**test.scores, mode.name: even}), even)
    assert (found.slope, found.slope_if_right) == (None, None)


def made(test: Backtest, worlds: np.ndarray) -> ForecastScores:
    """Forecasts whose members stand at 2 % so: (member, ally), the same from every December at every distance."""
    mode = test.modes()[0]
    histories = np.broadcast_to(worlds[: mode.histories.shape[-1]].T, mode.histories.shape)
    probability = np.where(np.isnan(mode.probability), np.nan, worlds.mean(axis=0))
    return replace(mode, probability=probability, histories=histories)


def test_right_odds_have_a_slope_near_1_where_allies_go_their_own_ways(test: Backtest) -> None:
    chance = np.linspace(0.05, 0.95, len(test.iso3))
    apart = np.random.default_rng(1).random((256, len(chance))) < chance
    slopes = slopes_if_right(test, made(test, apart), (1, 2))
    assert len(slopes) == 256
    assert np.mean(slopes) == pytest.approx(1, abs=0.05)
    assert np.quantile(slopes, 0.95) - np.quantile(slopes, 0.05) < 0.5


def test_slopes_scatter_more_where_one_world_moves_all(test: Backtest) -> None:
    """The same odds: each member holds all allies below one common draw, or each ally below a draw of its own."""
    chance = np.linspace(0.05, 0.95, len(test.iso3))
    draws = np.random.default_rng(2)
    apart, together = (draws.random((256, allies)) < chance for allies in (len(chance), 1))
    one, other = (
        np.ptp(np.quantile(slopes_if_right(test, made(test, w), (1, 2)), (0.05, 0.95))) for w in (apart, together)
    )
    assert other > 1.5 * one


def test_the_range_is_that_of_the_slopes(test: Backtest) -> None:
    mode = test.modes()[0]
    slopes = slopes_if_right(test, mode)
    assert headline(test, mode).slope_if_right == (np.quantile(slopes, 0.05), np.quantile(slopes, 0.95))
    assert slopes == slopes_if_right(test, mode)  # the seed's


def test_histories_are_members_of_the_forecast(test: Backtest) -> None:
    mode = test.modes()[0]
    assert mode.histories[..., :128].mean(axis=-1) == pytest.approx(np.nan_to_num(mode.probability))
    assert (mode.histories[..., 128:] == mode.histories[..., :128]).all()
