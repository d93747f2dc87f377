"""What leads the page of a backtest is what its tables say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.backtest import Backtest, backtest
from sim.evaluation.backtest.headline import headline
from sim.evaluation.backtest.origins import Mode
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
        assert each.inside_90 == covered["inside_90"]


def test_counts_and_odds_are_of_the_horizons_asked_for(test: Backtest) -> None:
    mode = test.modes()[0]
    two, all_five = headline(test, mode, (2,)), headline(test, mode)
    assert (two.counts, all_five.counts) == (11, 50)
    rows = [row for row in score_tables.number_rows(test, mode) if row["year"] - row["origin"] == 2]
    assert two.counts_inside_90 == sum(row["q05"] <= row["seen"] <= row["q95"] for row in rows)
    chance, met, _ = score_tables.event_cases(test, mode, 2)
    assert two.slope == calibration_slope(chance, met, test.paths)


def test_forecasts_that_are_all_the_same_have_no_slope(test: Backtest) -> None:
    mode = test.modes()[0]
    even = replace(mode, probability=np.where(np.isnan(mode.probability), np.nan, 0.5))
    assert headline(replace(test, scores={**test.scores, mode.name: even}), even).slope is None
