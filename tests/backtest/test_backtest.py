"""The backtest: yardsticks it is known by, modes kept apart, estimates never forgotten."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.data.tables import load_tables
from sim.errors import ScenarioError, UsageError
from sim.evaluation.backtest import backtest as module
from sim.evaluation.backtest import estimates, forecast_scores, score_tables
from sim.evaluation.backtest.backtest import MOST_BACKTEST_PATHS, Backtest, backtest, model_forecast, shares_of
from sim.evaluation.backtest.baselines import BASELINES
from sim.evaluation.backtest.origins import FIRST, LAST, ORIGINS, Mode, past_scenario
from sim.execution.simulate import simulate
from sim.scenario.schema import Scenario

YARDSTICKS = {
    Mode.AS_SHIPPED: (0.003, (0.108, 0.145, 0.169, 0.203, 0.251)),
    "random_walk": (0.002, (0.154, 0.258, 0.335, 0.388, 0.431)),
    "bootstrap": (0.002, (0.142, 0.228, 0.292, 0.332, 0.354)),
    "drift": (0.002, (0.146, 0.244, 0.332, 0.394, 0.426)),
    "straight_line": (0.002, (0.156, 0.231, 0.277, 0.308, 0.331)),
}
"""Mean CRPS one to five years ahead, percentage points, origins from 2015, 4,096 paths of seed 2032; how near."""

SOME = ("persistence", "random_walk", "drift", "straight_line", "bootstrap", "arima_011")

ESTIMATES = {origin: {"budget.speed": [0.1]} for origin in ORIGINS}


@pytest.fixture(scope="module")
def shipped() -> Backtest:
    """The backtest of the model as shipped beside some baselines, five years ahead."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "HORIZONS", 5)
        patch.setattr(forecast_scores, "JOINT_MEMBERS", 32)  # the slowest score is not looked at
        patch.setattr(module, "BASELINES", {name: BASELINES[name] for name in SOME})
        return backtest(modes=[Mode.AS_SHIPPED])


@pytest.mark.parametrize("name", YARDSTICKS)
def test_the_mean_crps_is_known(shipped: Backtest, name: str) -> None:
    near, wanted = YARDSTICKS[name]
    found = [row["crps_pp"] for row in score_tables.score_rows(shipped) if row["forecaster"] == name]
    assert found == pytest.approx(list(wanted), abs=near)


def test_all_forecasters_are_judged_from_every_origin_they_can(shipped: Backtest) -> None:
    assert list(shipped.scores) == [Mode.AS_SHIPPED, *SOME]
    assert [scores.name for scores in shipped.modes()] == [Mode.AS_SHIPPED]
    assert [scores.name for scores in shipped.baselines()] == list(SOME)
    assert (shipped.paths, shipped.seed, len(shipped.iso3)) == (4_096, 2032, 31)
    for name, scores in shipped.scores.items():
        begins = FIRST + (BASELINES[name].changes_needed if name in BASELINES else 0)
        wanted = (shipped.target_years()[:, :5] <= LAST) & (np.array(ORIGINS) >= begins)[:, None]
        assert (np.isfinite(scores.crps).all(axis=-1) == wanted).all(), name


def test_what_came_is_the_share_of_the_target_year(shipped: Backtest) -> None:
    """Persistence is off by exactly the change since the origin."""
    wanted = np.abs(shipped.shares[:, 10] - shipped.shares[:, 7])
    assert shipped.scores["persistence"].crps[2021 - FIRST, 2] == pytest.approx(wanted, abs=1e-6)


def test_the_bands_hold_about_what_they_should(shipped: Backtest) -> None:
    for row in score_tables.coverage_rows(shipped):
        if row["forecaster"] == Mode.AS_SHIPPED:
            assert 0.40 < row["inside_50"] < 0.62
            assert 0.80 < row["inside_90"] < 0.97


def test_the_shares_are_those_of_the_table() -> None:
    shares, data = shares_of(load_tables()), load_tables()
    assert shares.shape == (31, LAST - FIRST + 1)
    for index, ally in enumerate(data.armed_allies()):
        assert [row.share_pct for row in data.shares_of(ally.iso3)] == shares[index].tolist()


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two origins, up to two years ahead."""
    monkeypatch.setattr(module, "ORIGINS", range(2024, 2026))
    monkeypatch.setattr(module, "HORIZONS", 2)


def crps_of(test: Backtest) -> dict[str, bytes]:
    return {name: scores.crps.tobytes() + scores.pit.tobytes() for name, scores in test.scores.items()}


@pytest.mark.usefixtures("short")
def test_the_seed_determines_everything() -> None:
    first, again, other = (backtest(paths=32, seed=seed, estimates=ESTIMATES) for seed in (5, 5, 6))
    assert crps_of(first) == crps_of(again)
    same = {name for name, bits in crps_of(other).items() if bits == crps_of(first)[name]}
    assert same == set()


@pytest.mark.usefixtures("short")
def test_progress_counts_every_forecast() -> None:
    told: list[tuple[int, int]] = []
    backtest(paths=16, modes=[Mode.AS_SHIPPED], progress=lambda done, wanted: told.append((done, wanted)))
    every = 2 * (1 + len(BASELINES))
    assert told == [(done, every) for done in range(1, every + 1)]


LEVELS = {Mode.OUT_OF_SAMPLE: 1.0, Mode.AS_SHIPPED: 2.0, Mode.EVENTS_GIVEN: 3.0, Mode.FIRST_ESTIMATES: 4.0}

WHOLE = [mode for mode in Mode if mode is not Mode.FIRST_ESTIMATES]
"""The modes that forecast from every origin."""

FIRST_KNOWN = [2018, 2019, 2023, 2024, 2025]
"""The origins that an edition of the year, or of the next, has a figure of."""


@pytest.fixture
def constant(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A model that forecasts one share a mode, a little spread, and three baselines; what the model was asked for."""
    asked: list[dict[str, Any]] = []

    def forecast(origin: int, last: int, **words: Any) -> np.ndarray:
        asked.append({"origin": origin, "last": last, **words})
        spread = np.linspace(-0.1, 0.1, words["paths"], dtype=np.float32)
        return np.broadcast_to(spread + np.float32(LEVELS[words["mode"]]), (31, last - origin, len(spread)))

    monkeypatch.setattr(module, "model_forecast", forecast)
    monkeypatch.setattr(module, "BASELINES", {name: BASELINES[name] for name in SOME[:3]})
    return asked


def tables_of(test: Backtest) -> list[dict[str, Any]]:
    """The rows of every table, each under the name of its forecaster."""
    parts = (
        score_tables.score_rows,
        score_tables.coverage_rows,
        score_tables.event_rows,
        score_tables.joint_rows,
        score_tables.origin_rows,
    )
    rows = [row for part in parts for row in part(test)]
    for against in (score_tables.contest_rows, score_tables.lost_rows, score_tables.beaten_rows):
        rows += [{"forecaster": row["mode"], **row} for row in against(test)]
    for mode in test.modes():
        rows += score_tables.independence_rows(test, mode)
        for part in (score_tables.reliability_rows, score_tables.number_rows):
            rows += [{"forecaster": mode.name, **row} for row in part(test, mode)]
    return rows


def test_no_row_of_any_table_mixes_two_modes(constant: list[dict[str, Any]]) -> None:
    everything = tables_of(backtest(paths=16, estimates=ESTIMATES))
    for mode in WHOLE:
        alone = tables_of(backtest(paths=16, estimates=ESTIMATES, modes=[mode]))
        mine = [str(row) for row in everything if row["forecaster"] == mode]
        assert mine == [str(row) for row in alone if row["forecaster"] == mode]
        assert len(mine) > 100
    scores = [row["crps_pp"] for row in everything if row["forecaster"] in set(Mode) and "ci_low" in row]
    assert len(set(scores)) == len(scores) == 15


def test_each_mode_is_asked_with_its_own_numbers(constant: list[dict[str, Any]]) -> None:
    numbers = {origin: {"budget.speed": [origin / 10_000]} for origin in ORIGINS}
    backtest(paths=16, seed=9, estimates=numbers)
    assert {(asked["paths"], asked["seed"]) for asked in constant} == {(16, 9)}
    for mode in Mode:
        mine = [asked for asked in constant if asked["mode"] is mode]
        origins = FIRST_KNOWN if mode is Mode.FIRST_ESTIMATES else ORIGINS
        estimated = mode in (Mode.OUT_OF_SAMPLE, Mode.FIRST_ESTIMATES)
        wanted = [(origin, numbers[origin] if estimated else {}) for origin in origins]
        assert [(asked["origin"], asked["numbers"]) for asked in mine] == wanted
        assert [asked["last"] for asked in mine] == [min(origin + 10, LAST) for origin in origins]


def test_scores_from_first_estimates_stand_apart(constant: list[dict[str, Any]]) -> None:
    """In no row of another table; beside out-of-sample on its own origins only."""
    test = backtest(paths=16, estimates=ESTIMATES, modes=[Mode.OUT_OF_SAMPLE, Mode.FIRST_ESTIMATES])
    alone = backtest(paths=16, estimates=ESTIMATES, modes=[Mode.OUT_OF_SAMPLE])
    assert str(tables_of(test)) == str(tables_of(alone))
    assert score_tables.first_estimate_rows(alone) == []
    rows = score_tables.first_estimate_rows(test)
    for horizon in score_tables.SHORT:
        mine = [row for row in rows if row["horizon"] == horizon]
        origins = [origin for origin in FIRST_KNOWN if origin + horizon <= LAST]
        assert [row["origin"] for row in mine] == [*origins, None]
        for row in mine:
            seen = test.shares[:, [year + horizon - FIRST for year in ([row["origin"]] if row["origin"] else origins)]]
            ours, theirs = (np.abs(seen - level).mean() for level in (4.0, 1.0))
            assert row["crps_pp"] == pytest.approx(ours, abs=0.05)  # nearly certain: the distance
            assert row["out_of_sample_crps_pp"] == pytest.approx(theirs, abs=0.05)
            assert row["ratio"] == row["crps_pp"] / row["out_of_sample_crps_pp"]
            assert row["inside_90"] == pytest.approx((np.abs(seen - 4) <= 0.09).mean(), abs=0.05)


def test_first_estimates_are_not_asked_alone() -> None:
    with pytest.raises(UsageError, match="ask for out-of-sample as well"):
        backtest(paths=16, modes=[Mode.FIRST_ESTIMATES, Mode.AS_SHIPPED])


@pytest.mark.parametrize("numbers", [None, {}, {"budget.speed": []}])
def test_an_origin_without_estimates_never_runs_as_shipped(
    constant: list[dict[str, Any]], numbers: dict[str, list[float]] | None
) -> None:
    known = {origin: values for origin, values in ESTIMATES.items() if origin != 2019}
    if numbers is not None:
        known[2019] = numbers
    with pytest.raises(ScenarioError) as caught:
        backtest(paths=16, estimates=known)
    (fault,) = caught.value.faults
    assert (fault.field, fault.value, fault.code) == ("cutoff", "none for 2019", "no-estimates")
    assert "as-shipped" not in fault.value
    assert "--every" in fault.remedy
    assert constant == []  # nothing was run
    backtest(paths=16, estimates=known, modes=[Mode.AS_SHIPPED])
    assert len(constant) == len(ORIGINS)


def test_no_estimates_at_all_are_not_the_packaged_ones(
    constant: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "packaged", lambda: ESTIMATES)
    backtest(paths=16)
    assert constant
    with pytest.raises(ScenarioError, match="2014, 2015, 2016"):
        backtest(paths=16, estimates={})


def test_a_package_without_estimates_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimates, "FILE", "nowhere.toml")
    estimates.packaged.cache_clear()
    with pytest.raises(ScenarioError) as caught:
        backtest(paths=16)
    (fault,) = caught.value.faults
    assert (fault.file, fault.code) == ("sim/evaluation/backtest/nowhere.toml", "no-estimates")


def test_an_estimate_that_is_no_number_of_the_scenario_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'budget\.speed'"):
        backtest(paths=16, estimates={origin: {"budget.spead": [0.1]} for origin in ORIGINS})


@pytest.mark.parametrize("words", [{"paths": 0}, {"paths": MOST_BACKTEST_PATHS + 1}, {"seed": -1}, {"seed": 2**63}])
def test_impossible_paths_and_seeds_are_usage_errors(constant: list[dict[str, Any]], words: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(words))):
        backtest(**words, modes=[Mode.AS_SHIPPED])
    assert constant == []


def from_2023(paths: int = 32, mode: Mode = Mode.OUT_OF_SAMPLE, **numbers: list[float]) -> np.ndarray:
    named = {f"budget.{name}": values for name, values in numbers.items()}
    return model_forecast(2023, 2026, mode=mode, paths=paths, seed=3, numbers=named)


def test_the_forecast_is_the_models_own_run() -> None:
    record = simulate(past_scenario(2023, 2026), 32, 3, keep=["reported_pct"], executor="serial")
    found = from_2023(mode=Mode.AS_SHIPPED)
    assert found.shape == (31, 3, 32)
    assert found == pytest.approx(record.counts.kept["reported_pct"], abs=1e-4)


def test_several_values_of_a_parameter_are_drawn_once_a_path() -> None:
    slow, fast, both = from_2023(speed=[0.0]), from_2023(speed=[0.3]), from_2023(speed=[0.0, 0.3])
    is_slow = np.isclose(both, slow, atol=1e-4).all(axis=(0, 1))
    is_fast = np.isclose(both, fast, atol=1e-4).all(axis=(0, 1))
    assert (is_slow ^ is_fast).all()
    assert 8 <= is_slow.sum() <= 24
    assert from_2023(paths=30, speed=[0.0] * 4).shape == (31, 3, 30)


def test_a_change_is_made_to_what_the_model_runs() -> None:
    """Last of all: also what parameters are drawn from can be changed by it."""

    def kept(scenario: Scenario) -> Scenario:
        return scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={"in_earnest": 1.0})})

    changed, usual = (
        model_forecast(
            2023, 2026, mode=Mode.OUT_OF_SAMPLE, paths=64, seed=3, numbers={"budget.speed": [0.1, 0.2]}, change=change
        )
        for change in (kept, None)
    )
    assert (changed.mean(axis=2) > usual.mean(axis=2))[:, -1].mean() > 0.9


@pytest.mark.usefixtures("short")
def test_every_forecast_of_the_model_has_the_change(constant: list[dict[str, Any]]) -> None:
    def same(scenario: Scenario) -> Scenario:
        return scenario

    backtest(paths=16, modes=[Mode.AS_SHIPPED], change=same)
    assert constant
    assert all(each["change"] is same for each in constant)


def test_with_the_events_given_the_year_of_the_hague_is_foreseen() -> None:
    given, random = (from_2023(mode=mode).mean(axis=(0, 2)) for mode in (Mode.EVENTS_GIVEN, Mode.AS_SHIPPED))
    assert given[0] == pytest.approx(random[0], abs=0.05)
    assert given[2] > random[2] + 0.05
