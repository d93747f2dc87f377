"""The model beside others: which December it starts from, what it is asked, what came."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.data.rows import ForecastRow, PromiseRow
from sim.data.tables import Tables, load_tables
from sim.evaluation.backtest import comparisons
from sim.evaluation.backtest.comparisons import EURO_AREA, outside_rows, plan_rows, plan_summary, plan_weights
from sim.execution.simulate import simulate as run
from sim.model.parameters import Budget
from sim.scenario.schema import Scenario
from support import present

CODES = [ally.iso3 for ally in load_tables().armed_allies()]
MADE = {"2018-02-13": 2017, "2022-06-09": 2021, "2023": 2022, "2023-12-31": 2022, "2026-01": 2025}


def outside(**wanted: Any) -> Tables:
    """The packaged tables with some of the outside forecasts."""
    rows = tuple(
        row
        for row in load_tables().outside_forecasts
        if all(getattr(row, name) == value for name, value in wanted.items())
    )
    assert rows
    return Tables({"outside_forecasts": rows})


@pytest.fixture
def level(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Four paths of 1.9, 2.0, 2.1 and 2.4 everywhere, Germany a point higher in the end, with three times the GDP."""
    asked: list[tuple[int, int]] = []

    def simulated(origin: int, last_year: int, paths: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        asked.append((origin, last_year))
        shape = (len(CODES), last_year - origin, 4)
        gdp = np.ones(shape, dtype=np.float32)
        gdp[CODES.index("DEU")] = 3
        shares = np.broadcast_to(np.array([1.9, 2.0, 2.1, 2.4], dtype=np.float32), shape).copy()
        shares[CODES.index("DEU"), -1] += 1
        return shares, gdp

    monkeypatch.setattr(comparisons, "_simulated", simulated)
    return asked


def test_the_model_starts_in_the_december_before_somebody_spoke(level: list[tuple[int, int]]) -> None:
    rows = outside_rows(load_tables(), 16, 1)
    assert len(rows) == len(load_tables().outside_forecasts)
    assert level == [(row["ours"]["origin"], row["target_year"]) for row in rows]
    for row in rows:
        assert row["ours"]["origin"] == int(row["made"][:4]) - 1
    found = {row["made"]: row["ours"]["origin"] for row in rows}
    assert {made: found[made] for made in MADE} == MADE


def test_of_the_members_of_2024_17_came(level: list[tuple[int, int]]) -> None:
    rows = outside_rows(outside(made="2018-02-13"), 16, 1)
    assert [(row["target_year"], row["value"], row["ours"]["origin"], row["ours"]["came"]) for row in rows] == [
        (2018, 8, 2017, 5), (2024, 15, 2017, 17),
    ]  # fmt: skip
    # 28 members with armed forces in 2018, 31 in 2024; on the first path Germany alone stands at 2 %
    assert [(row["ours"]["q05"], row["ours"]["median"], row["ours"]["q95"]) for row in rows] == [
        (1, 28, 28),
        (1, 31, 31),
    ]


def test_a_range_has_the_probability_of_its_ends_included(level: list[tuple[int, int]]) -> None:
    rows = outside_rows(outside(made="2023-12-31"), 16, 1)
    assert [(row["low"], row["high"]) for row in rows] == [(0, 10), (11, 14), (15, None)]
    assert [row["ours"]["probability_pct"] for row in rows] == [25, 0, 75]
    assert [row["ours"]["came"] for row in rows] == [10, 10, 10]
    assert "probability_pct" not in outside_rows(outside(made="2024-07"), 16, 1)[0]["ours"]


def test_one_ally_came_with_its_share(level: list[tuple[int, int]]) -> None:
    (row,) = outside_rows(outside(made="2023", subject="DEU"), 16, 1)
    assert row["ours"]["came"] == present(load_tables().share("DEU", 2024)).share_pct == 2.0
    assert row["ours"]["median"] == pytest.approx(3.05)
    later = outside_rows(outside(made="2024-07"), 16, 1)[0]["ours"]
    assert later["came"] is None  # 2029


def test_groups_are_weighted_by_gdp(level: list[tuple[int, int]]) -> None:
    (row,) = outside_rows(outside(made="2026-01"), 16, 1)
    # five allies, Germany one point higher with three sevenths of the GDP
    assert row["ours"]["median"] == pytest.approx(2.05 + 3 / 7)
    assert row["ours"]["came"] is None
    groups = {row["subject"]: row["ours"]["median"] for row in outside_rows(load_tables(), 16, 1)}
    unions = [ally for ally in load_tables().armed_allies() if ally.eu_member]
    assert groups["European Union"] == pytest.approx(2.05 + 3 / (len(unions) + 2))
    assert groups["euro area"] == pytest.approx(2.05 + 3 / (len(EURO_AREA) + 2))
    assert groups["Europe"] == pytest.approx(2.05 + 3 / (len(CODES) - 2 + 2))
    assert set(EURO_AREA) <= {ally.iso3 for ally in unions}


def test_ends_of_a_range_belong_to_it_and_groups_never_came(level: list[tuple[int, int]]) -> None:
    def forecast(subject: str, low: float, high: float) -> dict[str, Any]:
        row = ForecastRow(
            made="2023-12", forecaster="nobody", subject=subject, target_year=2023, low=low, high=high,
            probability_pct=50, unit="allies", source="nowhere", verified="seen",
        )  # fmt: skip
        return outside_rows(Tables({"outside_forecasts": (row,)}), 16, 1)[0]["ours"]

    # 30 members with armed forces in 2023
    assert [forecast("allies at 2 %", *ends)["probability_pct"] for ends in ((30, 31), (29, 30), (31, 31))] == [
        75,
        75,
        0,
    ]
    assert forecast("FRA", 2, 3)["came"] is not None
    assert forecast("FRA, ITA", 2, 3)["came"] is None


def test_the_models_own_figures_are_its_own() -> None:
    (row,) = outside_rows(outside(made="2024-02-14"), 64, 5)
    assert (row["forecaster"], row["value"], row["ours"]["origin"], row["ours"]["came"]) == (
        "NATO Secretary General", 18, 2023, 17,
    )  # fmt: skip
    low, middle, high = (row["ours"][name] for name in ("q05", "median", "q95"))
    assert 10 < low < middle < high <= 31
    assert low == int(low)
    assert outside_rows(outside(made="2024-02-14"), 64, 5) == [row]


def plan(iso3: str, announced: str, target_pct: float, target_year: int, **more: Any) -> PromiseRow:
    words = {"result": "met", "trivial": False, "added": False, "source": "nobody"}
    return PromiseRow(
        iso3=iso3, announced=announced, target_pct=target_pct, target_year=target_year, **{**words, **more}
    )


def plans(*rows: PromiseRow) -> list[dict[str, Any]]:
    return plan_rows(Tables({"promises": rows}), 32, 5)


def test_a_plan_is_asked_with_its_pledge_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Scenario] = []

    def simulate(scenario: Scenario, paths: int, seed: int, **words: Any) -> Any:
        asked.append(scenario)
        return usual(scenario, paths, seed, **words)

    usual = comparisons.simulate
    monkeypatch.setattr(comparisons, "simulate", simulate)
    (row,) = plans(plan("DNK", "2025-02-19", 3.0, 2025))
    assert (row["iso3"], row["met"], row["lead"], row["added"]) == ("DNK", True, "one budget ahead", False)
    with_pledge, without = asked
    assert [scenario.horizon.base_year for scenario in asked] == [2024, 2024]
    assert [scenario.horizon.last_year for scenario in asked] == [2025, 2025]
    (own,) = [event for event in with_pledge.event if event.name == "plan"]
    assert (own.kind, own.ally, own.share_pct, own.by) == ("pledge", "DNK", 3.0, 2025)
    assert without.event == tuple(event for event in with_pledge.event if event is not own)
    assert not any(s.budget.pledges or s.budget.announced_paths or s.budget.adopted for s in asked)
    assert 0 <= row["without_pledge"] < row["probability"] <= 1


def test_a_plan_starts_in_the_december_before_it_was_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    usual = comparisons.past_scenario

    def past(origin: int, last_year: int) -> Scenario:
        asked.append((origin, last_year))
        return usual(origin, last_year)

    monkeypatch.setattr(comparisons, "past_scenario", past)
    rows = plans(plan("LTU", "2014", 2.0, 2018), plan("LVA", "2024", 3.0, 2026), plan("NOR", "2025-05", 3.3, 2025))
    assert asked[::2] == asked[1::2] == [(2014, 2018), (2023, 2026), (2024, 2025)]  # no figure before 2014
    assert [row["lead"] for row in rows] == ["longer", "longer", "one budget ahead"]
    assert [row["met"] for row in rows] == [False, True, False]


def test_the_probability_is_that_of_the_share_as_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept:
        counts = property(lambda self: self)
        kept = property(lambda self: {"reported_pct": shares})

    shares = np.full((len(CODES), 2, 4), 9.0, dtype=np.float32)
    shares[CODES.index("NOR"), -1] = [1.99, 1.996, 2.0, 2.5]
    shares[CODES.index("NOR"), 0] = 0
    monkeypatch.setattr(comparisons, "simulate", lambda *args, **words: Kept())
    (row,) = plans(plan("NOR", "2023-05-02", 2.0, 2026))
    assert (row["probability"], row["without_pledge"]) == (0.75, 0.75)


def test_the_summary_by_hand() -> None:
    def row(lead: str, met: bool, probability: float, without: float, added: bool = False) -> dict[str, Any]:
        return {"lead": lead, "met": met, "probability": probability, "without_pledge": without, "added": added}

    near, far = "one budget ahead", "longer"
    rows = [
        row(near, True, 0.8, 0.5),
        row(near, False, 0.4, 0.1),
        row(far, True, 0.6, 0.6),
        row(far, True, 0.0, 0.0, True),
    ]
    first, second, third = plan_summary(rows)
    assert [line["lead"] for line in (first, second, third)] == [near, far, "any"]
    assert [line["n"] for line in (first, second, third)] == [2, 1, 3]  # what was added later is left out
    assert [line["hit_rate"] for line in (first, second, third)] == [0.5, 1.0, pytest.approx(2 / 3)]
    assert (first["probability"], first["without_pledge"]) == (pytest.approx(0.6), pytest.approx(0.3))
    assert first["brier_probability"] == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert first["brier_without_pledge"] == pytest.approx((0.5**2 + 0.1**2) / 2)
    assert third["brier_probability"] == pytest.approx((0.2**2 + 0.4**2 + 0.4**2) / 3)


def test_every_closed_plan_has_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparisons, "_met", lambda promise, pledged, paths, seed: 0.75 if pledged else 0.25)
    rows = plan_rows(load_tables(), 16, 1)
    assert len(rows) > 40
    assert {(row["probability"], row["without_pledge"]) for row in rows} == {(0.75, 0.25)}
    assert {row["lead"] for row in rows} == {"one budget ahead", "longer"}
    assert plan_summary(rows)[2]["n"] == sum(not row["added"] for row in rows)


def came(iso3: str, year: int) -> float:
    return present(load_tables().share(iso3, year)).share_pct


def test_the_best_weights_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Halfway to one plan, beyond another by half: by least squares the larger step counts more."""
    asked: list[tuple[int, int]] = []
    half = came("DNK", 2025), came("NOR", 2025)
    own = {"DNK": half[0] - 0.5, "NOR": half[1] - 0.3, "LVA": came("LVA", 2026) - 0.1}

    def unplanned(origin: int, year: int, paths: int, seed: int) -> Any:
        asked.append((origin, year))
        return np.array([own.get(code, np.nan) for code in CODES])

    monkeypatch.setattr(comparisons, "_unplanned", unplanned)
    rows = (
        plan("DNK", "2025-02-19", own["DNK"] + 1.0, 2025),
        plan("NOR", "2024-05", own["NOR"] + 0.2, 2025),
        plan("LVA", "2023", own["LVA"] + 0.4, 2026, added=True),
    )
    found = plan_weights(Tables({"promises": rows}), 32, 5)
    assert [tuple(line.values()) for line in found] == [
        ("in the year itself", 1, pytest.approx(0.5)),
        ("the year before", 1, pytest.approx(1.5)),
        ("one budget ahead", 2, pytest.approx((0.5 * 1.0 + 0.3 * 0.2) / (1.0**2 + 0.2**2))),
        ("longer", 1, pytest.approx(0.25)),
    ]
    assert asked == [(2024, 2025), (2024, 2025), (2025, 2026)]
    assert plan_weights(Tables({"promises": rows[:1]}), 32, 5)[3] == {"lead": "longer", "n": 0, "weight": None}


def test_weights_are_measured_on_the_model_that_knows_of_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """Germany's own pledge of the data lifts its share of 2027, and what it is measured against must not hold it."""
    asked: list[Scenario] = []

    def simulate(scenario: Scenario, paths: int, seed: int, **words: Any) -> Any:
        asked.append(scenario)
        return run(scenario, paths, seed, **words)

    monkeypatch.setattr(comparisons, "simulate", simulate)
    comparisons._unplanned.cache_clear()
    own = comparisons._unplanned(2025, 2027, 320, 5)
    (scenario,) = asked
    budget = scenario.budget
    assert [budget.pledges, budget.announced_paths, budget.adopted] == [False] * 3
    kept = run(scenario, 320, 5, keep=["reported_pct"]).counts.kept["reported_pct"]
    np.testing.assert_allclose(own, kept[:, 1].mean(axis=1, dtype=float), rtol=1e-6)


def test_the_evidence_of_the_weights_is_what_is_measured() -> None:
    """Of the weights of announcements and budgets the texts beside them have the figures of this measure."""
    own, before, one, longer = plan_weights(load_tables(), 1_024, 2032)
    assert own["n"] + before["n"] == one["n"]
    said = {name: str(Budget.model_fields[name].json_schema_extra) for name in (
        "path_weight_first", "path_weight_plan", "adopted_weight", "draft_weight",
    )}  # fmt: skip
    for line, name in ((own, "path_weight_first"), (before, "path_weight_first"), (own, "adopted_weight"),
                       (before, "draft_weight")):  # fmt: skip
        assert f"n = {line['n']}: " in said[name]
        assert f"{line['weight']:.2f}" in said[name]
    assert f"both: {one['weight']:.2f}" in said["path_weight_first"]
    assert f"n = {longer['n']}, the best weight is 0" in said["path_weight_plan"]
    assert longer["weight"] <= 0


def test_the_outside_forecasts_are_of_known_subjects() -> None:
    """A subject that is no group and no ally would be an average over nobody."""
    groups = {"euro area", "European Union", "Europe", comparisons.COUNT}
    for row in load_tables().outside_forecasts:
        assert isinstance(row, ForecastRow)
        assert row.subject in groups or set(row.subject.split(", ")) <= set(CODES)
