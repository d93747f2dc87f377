"""Scores by hand, against another library, and against a made-up later edition."""

from __future__ import annotations

from collections.abc import Callable
from math import isclose, log
from pathlib import Path

import numpy as np
import pytest
import scoringrules
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from frozen.conftest import before, of
from sim.data.edition import LAST_YEAR
from sim.data.tables import Replacement, Tables, load_tables
from sim.evaluation.forecasts import quantile_scores as qs
from sim.evaluation.forecasts.schema import LEVELS, Frozen
from sim.evaluation.forecasts.scoring import score, side_by_side

Edition = Callable[..., Path]
POINT, STEP = (3.0,) * 23, (2.0,) * 11 + (4.0,) * 12
SHARES = st.floats(0, 12, allow_nan=False)
OLD_TOTALS = {"aggregates": Replacement("aggregates.csv", before("aggregates", 2027))}
"""The forecast by hand is of 2027 and 2028: of no year of it is a figure known but those made up."""


def tables(file: Path) -> Tables:
    return load_tables({"shares": Replacement(file.name, file.read_text("utf-8"))} | OLD_TOTALS)


def test_pinball_by_hand() -> None:
    assert qs.pinball([0.1, 0.9], [2.0, 4.0], 5.0).tolist() == pytest.approx([0.3, 0.9])
    assert qs.pinball([0.1, 0.9], [2.0, 4.0], 1.0).tolist() == pytest.approx([0.9, 0.3])
    assert qs.pinball([0.5], [[3.0], [1.0]], [1.0, 3.0]).tolist() == [[1.0], [1.0]]


def test_a_point_forecast_scores_its_error_and_a_step_by_hand() -> None:
    assert float(qs.weighted_interval_score(LEVELS, POINT, 4.25)) == pytest.approx(1.25)
    # 11 levels below a half sum to 2.285: (2.285 + 0.5 + 2.285) * 2 / 23
    assert float(qs.weighted_interval_score(LEVELS, STEP, 3.0)) == pytest.approx(10.14 / 23)


def test_an_interval_by_hand() -> None:
    assert float(qs.interval_score(2.0, 4.0, 3.0, 0.9)) == 2.0
    assert float(qs.interval_score(2.0, 4.0, 4.5, 0.9)) == pytest.approx(2 + 20 * 0.5)
    assert float(qs.interval_score(2.0, 4.0, 1.0, 0.5)) == pytest.approx(2 + 4 * 1.0)


@settings(deadline=None)
@given(st.lists(SHARES, min_size=23, max_size=23), SHARES)
def test_the_scores_are_those_of_another_library(values: list[float], observed: float) -> None:
    q = np.sort(values)
    low, high = q[:11], q[:11:-1]
    alphas = 2 * np.array(LEVELS[:11])
    # Their weighted_interval_score (0.10) adds the median where its distance from the outcome belongs.
    parts = scoringrules.interval_score(observed, low, high, alphas) * alphas / 2
    theirs = (parts.sum() + abs(observed - q[11]) / 2) / 11.5
    assert float(qs.weighted_interval_score(LEVELS, q, observed)) == pytest.approx(float(theirs))
    for level, quantile, loss in zip(LEVELS, q, qs.pinball(LEVELS, q, observed), strict=True):
        assert loss == pytest.approx(float(scoringrules.quantile_score(observed, quantile, level)))
    for coverage in (0.5, 0.8, 0.9):
        ends = qs.central(LEVELS, q, coverage)
        theirs = scoringrules.interval_score(observed, *ends, 1 - coverage)
        assert float(qs.interval_score(*ends, observed, coverage)) == pytest.approx(float(theirs))
        assert bool(qs.covered(LEVELS, q, observed, coverage)) == (ends[0] <= observed <= ends[1])


@settings(deadline=None)
@given(SHARES)
def test_many_levels_give_the_crps(observed: float) -> None:
    """Of the normal distribution with mean 3 and sd 1, to the error of 2,000 levels."""
    levels = (np.arange(2_000) + 0.5) / 2_000
    ours = float(qs.weighted_interval_score(levels, norm.ppf(levels, 3, 1), observed))
    assert ours == pytest.approx(float(scoringrules.crps_normal(observed, 3.0, 1.0)), abs=2e-3)


def test_the_truth_scores_best_and_is_covered() -> None:
    """Quantiles of the truth against those shifted and widened; 20,000 draws, coverage within 4 standard errors."""
    observed = np.random.default_rng(5).normal(3, 0.5, 20_000)
    true = np.broadcast_to(norm.ppf(LEVELS, 3, 0.5), (20_000, 23))
    scores = [qs.weighted_interval_score(LEVELS, q, observed).mean() for q in (true, true + 0.2, 2 * true - 3)]
    assert scores[0] == min(scores)
    for coverage in (0.5, 0.8, 0.9):
        found = qs.covered(LEVELS, true, observed, coverage).mean()
        assert abs(found - coverage) < 4 * np.sqrt(coverage * (1 - coverage) / 20_000)


@pytest.mark.parametrize(
    ("levels", "quantiles"), [([0.5, 0.1], [1.0, 2.0]), ([0.0, 0.5], [1.0, 2.0]), ([0.5], [1.0, 2.0])]
)
def test_what_does_not_fit_is_refused(levels: list[float], quantiles: list[float]) -> None:
    with pytest.raises(ValueError, match="levels"):
        qs.pinball(levels, quantiles, 1.0)
    with pytest.raises(ValueError, match="no central interval"):
        qs.central(LEVELS, POINT, 0.85)
    with pytest.raises(ValueError, match="coverage"):
        qs.interval_score(1.0, 2.0, 1.5, 1.0)


def test_today_nothing_is_known(by_hand: Frozen) -> None:
    scores = score(by_hand, load_tables({"shares": Replacement("s.csv", before("shares", 2027))} | OLD_TOTALS))
    assert (scores.lines, scores.cases, scores.waiting) == ((), (), (2027, 2028))


def test_a_made_up_edition_by_hand(by_hand: Frozen, edition: Edition) -> None:
    """All report 3.6 % for 2027: Estonia, at the target with p = 0.8; Italy, not bound."""
    scores = score(by_hand, tables(edition(3.6, 2027)))
    assert scores.waiting == (2028,)
    estonia, italy = scores.cases
    assert (estonia.iso3, estonia.at_target, estonia.status, estonia.share_pct) == ("EST", True, "estimate", 3.6)
    assert estonia.brier == pytest.approx(0.04)
    assert estonia.log == pytest.approx(-log(0.8))
    # thresholds 2.0, 2.5, 3.0, 3.5, 5.0 with 0.9, 0.8, 0.6, 0.5, 0.1: all but the last are reached
    assert estonia.threshold_brier == pytest.approx((0.01, 0.04, 0.16, 0.25, 0.01))
    assert estonia.threshold_log == pytest.approx(tuple(-log(p) for p in (0.9, 0.8, 0.6, 0.5, 0.9)))
    assert estonia.crps == pytest.approx(0.6)
    assert estonia.interval == pytest.approx((0.6 * 4, 0.6 * 10, 0.6 * 20))
    assert estonia.inside == (False, False, False)
    assert (italy.brier, italy.log, italy.at_target, italy.probability) == (None, None, None, None)
    assert italy.inside == (True, True, True)
    # q = 2 below the median: (2.285 * 1.6 + (0.5 + 2.285) * 0.4) * 2 / 23
    assert italy.crps == pytest.approx((2.285 * 1.6 + 2.785 * 0.4) * 2 / 23)
    (line,) = scores.lines
    assert (line.scenario, line.pillar, line.year, line.group) == ("hand", "core", 2027, "allies")
    assert (line.scored, line.forecast, line.status) == (2, 2, "estimate")
    assert line.brier == estonia.brier
    assert line.crps == pytest.approx((estonia.crps + italy.crps) / 2)
    assert line.coverage == (0.5, 0.5, 0.5)
    assert line.threshold_brier == estonia.threshold_brier
    assert line.number == 1
    assert line.number_rps == pytest.approx(0.04)  # pmf (0.2, 0.8), one ally


def test_every_forecaster_is_scored_apart_and_side_by_side(
    two_by_hand: Frozen, by_hand: Frozen, edition: Edition
) -> None:
    """All report 3.6 % for 2027; the other forecaster gave Estonia one half and both 4 %."""
    scores, alone = (score(frozen, tables(edition(3.6, 2027))) for frozen in (two_by_hand, by_hand))
    assert scores.cases[:2] == alone.cases
    assert scores.lines[:1] == alone.lines
    assert scores.waiting == alone.waiting
    estonia, italy = scores.cases[2:]
    assert [(case.forecaster, case.iso3) for case in (estonia, italy)] == [("coin", "EST"), ("coin", "ITA")]
    assert (estonia.brier, estonia.log) == pytest.approx((0.25, log(2)))
    assert (estonia.crps, italy.crps) == pytest.approx((0.4, 0.4))
    (row,) = side_by_side(scores.lines)
    assert (row.scenario, row.pillar, row.year, row.group, row.scored) == ("hand", "core", 2027, "allies", 2)
    for found, expected in (
        (row.brier, {"shipped": 0.04, "coin": 0.25}),
        (row.log, {"shipped": -log(0.8), "coin": log(2)}),
        (row.crps, {"shipped": alone.lines[0].crps, "coin": 0.4}),
        (row.number_rps, {"shipped": 0.04, "coin": 0.25}),
    ):
        assert found == pytest.approx(expected)


def test_a_share_is_at_the_target_as_printed(by_hand: Frozen, edition: Edition) -> None:
    for share, met in ((3.49, False), (3.5, True)):
        scores = score(by_hand, tables(edition(share, 2027)))
        assert scores.cases[0].at_target is met
        assert isclose(scores.cases[0].brier or 0, 0.04 if met else 0.64)
        assert scores.lines[0].number == met


def test_a_sure_forecast_that_errs_scores_the_floor(by_hand: Frozen, edition: Edition) -> None:
    forecast = by_hand.scenarios[0]
    cells = tuple(
        cell.model_copy(update={"at_target": (0.00001, 0.0, 0.0001)}) if cell.iso3 == "EST" else cell
        for cell in forecast.shares
    )
    sure = of(by_hand, forecast.model_copy(update={"shares": cells}))
    assert score(sure, tables(edition(3.6, 2027))).cases[0].log == pytest.approx(-log(0.01))


def test_an_ally_without_a_figure_is_left_out_and_nothing_is_counted(frozen: Frozen, edition: Edition) -> None:
    scores = score(frozen, tables(edition(3.6, LAST_YEAR + 1, LAST_YEAR + 2, without="ITA")))
    for line in scores.lines:
        assert (line.scored, line.forecast, line.number, line.number_rps) == (30, 31, None, None)
    assert {case.iso3 for case in scores.cases}.isdisjoint({"ITA", "EUC"})
    assert len(scores.lines) == 2 * 2


def test_europe_and_canada_are_scored_by_natos_aggregate(by_hand: Frozen, tmp_path: Path) -> None:
    later = before("aggregates", 2027) + "Europe and Canada,2028,3.0,actual,\n"
    shares = Replacement("s.csv", before("shares", 2027))
    scores = score(by_hand, load_tables({"shares": shares, "aggregates": Replacement("a.csv", later)}))
    (case,) = scores.cases
    assert (case.iso3, case.year, case.status, case.at_target) == ("EUC", 2028, "actual", False)
    assert case.brier == pytest.approx(0.09)
    assert case.crps == pytest.approx(10.14 / 23)
    (line,) = scores.lines
    assert (line.group, line.scored, line.forecast, line.number) == ("EUC", 1, 1, None)
    assert scores.waiting == (2027,)


def test_estimates_and_actual_figures_of_one_year_are_told_apart(by_hand: Frozen, edition: Edition) -> None:
    text = edition(3.6, 2027).read_text("utf-8").replace("EST,2027,3.6,estimate", "EST,2027,3.6,actual")
    scores = score(by_hand, load_tables({"shares": Replacement("s.csv", text)} | OLD_TOTALS))
    assert scores.lines[0].status == "mixed"
    assert {case.iso3: case.status for case in scores.cases} == {"EST": "actual", "ITA": "estimate"}


@pytest.mark.parametrize(
    ("share_pct", "inside"), [(2.995, True), (3.0049, True), (2.9949, False), (3.005, False), (3.0, True)]
)
def test_a_share_that_is_printed_inside_an_interval_lies_inside_it(
    by_hand: Frozen, edition: Edition, share_pct: float, inside: bool
) -> None:
    """The intervals of the forecast by hand are from 3.00 to 3.00, and 2.9950 is printed 3.00."""
    (case,) = (case for case in score(by_hand, tables(edition(share_pct, 2027))).cases if case.iso3 == "EST")
    assert case.inside == (inside, inside, inside)
