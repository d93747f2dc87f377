"""The tables of a backtest by hand: two allies, origins 2014 to 2016, one and two years ahead, figures to 2017."""

from __future__ import annotations

from math import log, nan, sqrt
from typing import Any

import numpy as np
import pytest

from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.backtest import Backtest
from sim.evaluation.backtest.forecast_scores import HISTORIES, LEVELS, ForecastScores
from sim.evaluation.backtest.origins import Mode
from sim.evaluation.scores.comparison import diebold_mariano

SHARES = np.array([[1.0, 2.0, 1.5, 2.0], [3.0, 1.99, 2.0, 1.0]])  # (ally, year) 2014 to 2017
BOTH = [1, 2]


class Small(Backtest):
    """A backtest of three origins and two years ahead; from 2016 only one year can be scored."""

    @property
    def origins(self) -> range:
        return range(2014, 2017)

    @property
    def horizons(self) -> range:
        return range(1, 3)


def each(*origins: list[list[float]]) -> np.ndarray:
    """(origin, horizon, ally); what is left out was not forecast."""
    found = np.full((3, 2, 2), nan)
    for index, rows in enumerate(origins):
        for step, values in enumerate(rows):
            found[index, step] = values
    return found


def scored(name: str, crps: np.ndarray, **given: np.ndarray) -> ForecastScores:
    """A forecaster with these scores; 2 % is as likely as not, every other figure follows from `crps` or is given."""
    known = np.isfinite(crps)
    number = np.where(known[..., :1], np.array([0.2, 0.5, 0.3]), nan)
    usual: dict[str, Any] = {
        "pit": np.where(known, 0.5, nan),
        "inside": {level: np.where(known, level / 100, nan) for level in LEVELS},
        "probability": np.where(known, 0.5, nan),
        "median": np.where(known, 2.0, nan),
        "low": np.where(known, 1.0, nan),
        "high": np.where(known, 3.0, nan),
        "number": number,
        "rps": crps[..., 0] * 10,
        "energy": crps[..., 1] * 10,
        "histories": np.zeros((*crps.shape, HISTORIES), dtype=np.bool_),
    }
    return ForecastScores(name, f"what {name} is", crps, **{**usual, **given})


MODEL = each([[9, 9], [9, 9]], [[0.1, 0.3], [0.4, 0.6]], [[0.2, 0.6]])
GOOD = each([[9, 9], [9, 9]], [[0.3, 0.3], [0.2, 0.2]], [[0.4, 0.6]])
BAD = each([[0, 0], [0, 0]], [[0.7, 0.7], [0.8, 0.8]], [[0.7, 0.7]])
LATE = scored("late", each([], [], [[0.0, 0.0]]))  # cannot forecast from 2015


def small(*more: ForecastScores, **given: Any) -> Small:
    baselines = [scored("good", GOOD), scored("bad", BAD)]
    everyone = [scored(Mode.AS_SHIPPED, MODEL, **given), *more, *baselines]
    return Small(("AAA", "BBB"), SHARES, {one.name: one for one in everyone}, 64, 7)


def only(rows: list[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    (row,) = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return row


def test_scores_are_means_over_allies_and_compared_origins() -> None:
    rows = score_tables.score_rows(small(), BOTH)
    assert len(rows) == 3 * 2
    one = only(rows, forecaster="as-shipped", horizon=1)
    # from 2015 on: 0.2 for 2016 and 0.4 for 2017; the origin 2014 is not compared
    assert (one["origins"], one["crps_pp"]) == (2, pytest.approx(0.3))
    # Student's t of one degree of freedom times the standard error of two years: .1 * 12.7062
    assert one["ci_high"] - one["crps_pp"] == pytest.approx(0.1 * 12.7062047)
    assert one["crps_pp"] - one["ci_low"] == pytest.approx(0.1 * 12.7062047)
    two = only(rows, forecaster="as-shipped", horizon=2)
    assert (two["origins"], two["crps_pp"]) == (1, pytest.approx(0.5))
    assert np.isnan([two["ci_low"], two["ci_high"]]).all()
    assert only(score_tables.score_rows(small(LATE), [1]), forecaster="late")["origins"] == 1
    assert only(rows, forecaster="good", horizon=1)["title"] == "what good is"


def test_a_mode_is_held_against_the_best_rival_of_the_horizon() -> None:
    given = scored(Mode.EVENTS_GIVEN, np.where(np.isfinite(MODEL), 0.75, nan))
    longer = [scored("as good", GOOD + 0.001)]
    rows = score_tables.contest_rows(small(given, *longer), BOTH)
    assert [(row["mode"], row["horizon"]) for row in rows] == [
        (mode, horizon) for mode in ("as-shipped", "events-given") for horizon in BOTH
    ]
    one = only(rows, mode="as-shipped", horizon=1)
    assert (one["best_baselines"], one["origins"], one["origins_won"]) == ("good", 2, 2)
    assert one["crps_pp"] == pytest.approx(0.3)
    assert one["baseline_crps_pp"] == pytest.approx(0.4)
    assert one["ratio"] == pytest.approx(0.75)
    seen = "no test of a mode that has seen what it forecasts"
    assert (one["dm_p"], one["dm_reason"]) == (pytest.approx(nan, nan_ok=True), seen)
    two = only(rows, mode="as-shipped", horizon=2)
    assert (two["ratio"], two["origins_won"]) == (pytest.approx(2.5), 0)
    assert only(rows, mode="events-given", horizon=1)["ratio"] == pytest.approx(0.75 / 0.4)


def test_the_test_of_equal_accuracy_reaches_as_far_as_forecasts_overlap() -> None:
    class Long(Backtest):
        @property
        def origins(self) -> range:
            return range(2014, 2026)

        @property
        def horizons(self) -> range:
            return range(1, 5)

    rng = np.random.default_rng(1).random((2, 12, 4, 2))
    sides = [scored(name, values) for name, values in zip((Mode.OUT_OF_SAMPLE, "baseline"), rng, strict=True)]
    test = Long(("AAA", "BBB"), np.ones((2, 15)), {one.name: one for one in sides}, 64, 7)
    for horizon in (1, 2, 3, 4):
        row = only(score_tables.contest_rows(test, [horizon]), horizon=horizon)
        ours, theirs = rng[:, 1:, horizon - 1].mean(axis=-1)
        equal, cautious = (diebold_mariano(ours, theirs, horizon - 1, kernel) for kernel in ("rectangular", "bartlett"))
        found = (row["dm_statistic"], row["dm_p"], row["dm_p_bartlett"])
        if horizon == 4:
            assert np.isnan(found).all()
            assert row["dm_reason"] == "no test more than 3 years ahead, where forecasts overlap too much"
            continue
        assert found == (equal.statistic, equal.p_value, cautious.p_value)
        assert row["origins_won"] == (ours < theirs).sum()
        assert row["dm_p"] <= 1


def test_few_origins_have_a_reason_in_place_of_a_test() -> None:
    given = scored(Mode.OUT_OF_SAMPLE, np.where(np.isfinite(MODEL), 0.75, nan))
    row = only(score_tables.contest_rows(small(given), [1]), mode="out-of-sample")
    assert (row["dm_p"], row["dm_reason"]) == (pytest.approx(nan, nan_ok=True), "fewer than 4 origins")


def test_a_rival_without_every_origin_is_never_the_best() -> None:
    assert only(score_tables.score_rows(small(LATE), [1]), forecaster="late")["crps_pp"] == 0
    assert only(score_tables.contest_rows(small(LATE), [1]))["best_baselines"] == "good"
    assert score_tables.beaten_rows(small(LATE), [1]) == []


def test_single_origins_lost_are_named() -> None:
    assert score_tables.lost_rows(small(), [1]) == []
    (row,) = score_tables.lost_rows(small(), BOTH)
    assert (row["mode"], row["horizon"], row["origin"], row["baseline"]) == ("as-shipped", 2, 2015, "good")
    assert (row["crps_pp"], row["baseline_crps_pp"]) == (pytest.approx(0.5), pytest.approx(0.2))
    level = small(scored("level", MODEL))
    assert [row["origin"] for row in score_tables.lost_rows(level, [1])] == [2015, 2016]  # as near is no win


def test_scores_lost_to_a_rival_are_named() -> None:
    rows = score_tables.beaten_rows(small(), BOTH)
    found = {(row["score"], row["horizon"]): (row["value"], row["baseline_value"]) for row in rows}
    assert found == {
        ("crps_pp", 2): (pytest.approx(0.5), pytest.approx(0.2)),
        ("rps", 2): (pytest.approx(4), pytest.approx(2)),
        ("energy_pp", 2): (pytest.approx(6), pytest.approx(2)),
    }
    surer = scored("surer", BAD, probability=each([[0, 0], [0, 0]], [[0.1, 0.9], [0.9, 0.1]], [[0.9, 0.1]]))
    better = {(row["score"], row["horizon"], row["baseline"]) for row in score_tables.beaten_rows(small(surer), BOTH)}
    assert {(score, horizon, "surer") for score in ("brier", "log_score") for horizon in BOTH} <= better


def test_coverage_is_the_part_inside() -> None:
    inside = {level: each([[0, 0], [0, 0]], [[1, 0], [1, 1]], [[1, level == 90]]) for level in LEVELS}
    rows = score_tables.coverage_rows(small(inside=inside), BOTH)
    one = only(rows, forecaster="as-shipped", horizon=1)
    assert [one[f"inside_{level}"] for level in LEVELS] == [0.5, 0.5, 0.75]
    assert only(rows, forecaster="as-shipped", horizon=2)["inside_50"] == 1


def test_coverage_is_told_of_every_origin_compared() -> None:
    inside = {level: each([[0, 0], [0, 0]], [[1, 0], [1, 1]], [[1, level == 90]]) for level in LEVELS}
    rows = score_tables.coverage_by_origin_rows(small(inside=inside), BOTH)
    assert [(row["forecaster"], row["origin"], row["horizon"]) for row in rows] == [
        ("as-shipped", 2015, 1), ("as-shipped", 2015, 2), ("as-shipped", 2016, 1),
    ]  # fmt: skip
    assert [row["inside_50"] for row in rows] == [0.5, 1, 0.5]
    assert [row["inside_90"] for row in rows] == [0.5, 1, 1]


def test_the_event_is_2_percent_as_printed() -> None:
    chance = each([[0, 0], [0, 0]], [[0.2, 0.6], [0.6, 0.2]], [[1.0, 0.5]])
    one = only(score_tables.event_rows(small(probability=chance), [1]), forecaster="as-shipped")
    # 2016: 1.5 no and 2.0 yes; 2017: 2.0 yes and 1.0 no
    assert (one["cases"], one["frequency"]) == (4, 0.5)
    assert one["brier"] == pytest.approx((0.2**2 + 0.4**2 + 0 + 0.5**2) / 4)
    assert one["uncertainty"] == pytest.approx(0.25)
    assert one["brier"] == pytest.approx(one["reliability"] - one["resolution"] + one["uncertainty"])
    assert one["log_score"] == pytest.approx(-(log(0.8) + log(0.6) + log(0.99) + log(0.5)) / 4)
    assert only(score_tables.event_rows(small(LATE), [1]), forecaster="late")["cases"] == 2


def test_the_alliance_as_a_whole() -> None:
    one = only(score_tables.joint_rows(small(), [1]), forecaster="as-shipped")
    assert (one["rps"], one["energy_pp"]) == (pytest.approx(1.5), pytest.approx(4.5))


def test_every_origin_has_its_rows() -> None:
    rows = score_tables.origin_rows(small(), BOTH)
    assert len(rows) == 3 * 3
    row = only(rows, origin=2015, forecaster="as-shipped")
    assert (row["h1"], row["h2"]) == (pytest.approx(0.2), pytest.approx(0.5))
    assert np.isnan(only(rows, origin=2016, forecaster="as-shipped")["h2"])
    assert only(rows, origin=2014, forecaster="bad")["h1"] == 0  # also the origin that is not compared


def test_the_number_of_allies_has_its_quantiles() -> None:
    number = np.full((3, 2, 3), nan)
    number[:] = [0.05, 0.90, 0.05]
    number[1, 0], number[2, 1] = [0.04, 0.01, 0.95], nan
    test = small(number=number)
    rows = score_tables.number_rows(test, test.scores[Mode.AS_SHIPPED])
    assert [(row["origin"], row["year"]) for row in rows] == [
        (2014, 2015), (2014, 2016), (2015, 2016), (2015, 2017), (2016, 2017),
    ]  # fmt: skip
    first, third = rows[0], rows[2]
    assert (first["expected"], first["q05"], first["q95"], first["seen"]) == (pytest.approx(1.0), 0, 1, 1)
    assert (third["expected"], third["q05"], third["q95"], third["seen"]) == (pytest.approx(1.91), 1, 2, 1)
    assert rows[3]["seen"] == 1
    assert third["pmf"].tolist() == [0.04, 0.01, 0.95]


def test_pit_values_are_those_of_the_horizons_asked_for() -> None:
    test = small(pit=each([[0.9, 0.9], [0.9, 0.9]], [[0.1, 0.2], [0.3, 0.4]], [[0.5, 0.6]]))
    model = test.scores[Mode.AS_SHIPPED]
    assert sorted(score_tables.pit_values(test, model, [1])) == [0.1, 0.2, 0.5, 0.6]
    assert sorted(score_tables.pit_values(test, model, [2])) == [0.3, 0.4]
    assert len(score_tables.pit_values(test, model, BOTH)) == 6


def test_reliability_is_how_often_about_as_likely_events_came() -> None:
    chance = each([[0, 0], [0, 0]], [[0.12, 0.68], [0.14, 0.61]], [[0.18, 0.16]])
    test = small(probability=chance)
    rows = score_tables.reliability_rows(test, test.scores[Mode.AS_SHIPPED], BOTH)
    # 2016: no, yes; 2017 from 2016: yes, no; 2017 from 2015: yes, no
    assert [(row["cases"], row["seen"]) for row in rows] == [(4, 0.5), (2, 0.5)]
    assert [row["forecast"] for row in rows] == [pytest.approx(0.15), pytest.approx(0.645)]


def test_allies_that_err_together_are_one() -> None:
    def effective(median: np.ndarray, horizon: int = 1) -> dict[str, Any]:
        test = small(median=median)
        return only(score_tables.independence_rows(test, test.scores[Mode.AS_SHIPPED], [horizon]))

    seen = SHARES[:, 1:].T  # of 2015, 2016, 2017
    together = seen - np.array([[1.0, 1.0], [2.0, 2.0], [4.0, 4.0]])
    row = effective(each(*([list(values), [0, 0]] for values in together[:2]), [list(together[2])]))
    assert (row["origins"], row["effective"]) == (3, pytest.approx(1))
    apart = seen - np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, sqrt(3)]])
    row = effective(each(*([list(values), [0, 0]] for values in apart[:2]), [list(apart[2])]))
    assert row["effective"] == pytest.approx(2)
    assert row["directions"] == pytest.approx(2)
    row = only(score_tables.independence_rows(small(), LATE, [1]))
    assert (row["origins"], row["effective"]) == (1, pytest.approx(nan, nan_ok=True))


def some(**given: Any) -> Small:
    """The model forecasts BBB alone from 2015, and nobody's figure of that December counts but BBB's."""
    crps = MODEL.copy()
    crps[1, :, 0] = nan
    chance = np.where(np.isfinite(crps), 0.5, nan)
    inside = {level: np.where(np.isfinite(crps), [1.0, 0.0], nan) for level in LEVELS}
    given |= {"probability": chance, "inside": inside, "number": small().modes()[0].number}
    mode = scored(Mode.AS_SHIPPED, crps, **given)
    return Small(("AAA", "BBB"), SHARES, {mode.name: mode, "good": scored("good", GOOD)}, 64, 7)


def test_allies_that_were_not_forecast_stand_in_no_score() -> None:
    test = some()
    (mode,) = test.modes()
    row = only(score_tables.score_rows(test, BOTH), forecaster="as-shipped", horizon=1)
    assert row["crps_pp"] == pytest.approx(np.mean([MODEL[1, 0, 1], MODEL[2, 0].mean()]))
    held = {row["origin"]: row for row in score_tables.coverage_by_origin_rows(test, [1])}
    assert (held[2015]["inside_90"], held[2016]["inside_90"]) == (0.0, 0.5)
    _, met, years = score_tables.event_cases(test, mode, 1)
    assert years.tolist() == [2016.0, 2017.0, 2017.0]
    assert met.tolist() == [SHARES[1, 2] >= 2, SHARES[0, 3] >= 2, SHARES[1, 3] >= 2]
    counted = {(row["origin"], row["year"]): row["seen"] for row in score_tables.number_rows(test, mode)}
    assert counted[2015, 2016] == int(SHARES[1, 2] >= 2) == 1
    assert counted[2014, 2015] == int((SHARES[:, 1] >= 1.995).sum()) == 1


def test_a_later_first_compared_origin_leaves_out_those_before_it() -> None:
    class Later(Small):
        @property
        def compared_from(self) -> int:
            return 2016

    whole = small()
    later = Later(whole.iso3, whole.shares, whole.scores, whole.paths, whole.seed)
    assert [row["origins"] for row in score_tables.score_rows(later, [1])] == [1, 1, 1]
    assert only(score_tables.score_rows(later, [1]), forecaster="good")["crps_pp"] == pytest.approx(GOOD[2, 0].mean())


@pytest.mark.parametrize(("name", "tested"), [(Mode.OUT_OF_SAMPLE, True), (Mode.AS_SHIPPED, False)])
def test_only_what_has_seen_the_outcomes_is_not_tested(name: Mode, tested: bool) -> None:
    whole = small()
    renamed = {("x" if key == "bad" else key): value for key, value in whole.scores.items()}
    model = scored(name, MODEL)
    test = Small(
        whole.iso3, whole.shares, {name: model, **{k: v for k, v in renamed.items() if k != "as-shipped"}}, 64, 7
    )
    (row,) = score_tables.contest_rows(test, [1])
    assert (row["dm_reason"] == score_tables.UNTESTED.reason) is not tested
