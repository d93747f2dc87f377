"""The hindcast on SIPRI's measure: what a December may know, and how it is scored; every share here is made up.

The scores on the packaged table are looked at by nobody before the one run that makes the page.
"""

from __future__ import annotations

from statistics import fmean

import numpy as np
import pytest

import sim
from backtest.changed import made_up, replaced
from sim.data.rows import ShareRow, SipriShareRow
from sim.data.tables import load_tables
from sim.distributions.families import Exponential
from sim.engine.block import run_block
from sim.engine.inputs import AllyInputs, ally_inputs
from sim.evaluation.backtest import forecast_scores, score_tables, sipri
from sim.evaluation.backtest.baselines import BASELINES
from sim.evaluation.backtest.headline import headline
from sim.evaluation.backtest.sipri import FIRST, FORECASTER, HORIZONS, ORIGINS, Hindcast, hindcast, past_scenario
from sim.model.events.past_crisis import PastCrisis
from sim.scenario.edit.change import with_numbers
from sim.scenario.schema import Scenario

EVERY_ORIGIN = pytest.mark.parametrize("origin", ORIGINS)
JOINED_1999 = {"CZE", "HUN", "POL"}
JOINED_2004 = {"BGR", "EST", "LVA", "LTU", "ROU", "SVK", "SVN"}
JOINED_2009 = {"ALB", "HRV"}
LATER = {"MNE", "MKD", "FIN", "SWE"}


def rows_of_members(origin: int, rows: tuple[SipriShareRow, ...]) -> list[SipriShareRow]:
    members = {ally.iso3 for ally in sipri.members_at(origin)}
    return [row for row in rows if row.iso3 in members]


def scenario_of(origin: int, rows: tuple[SipriShareRow, ...] = made_up()) -> Scenario:
    return past_scenario(origin, origin + HORIZONS, rows_of_members(origin, rows))


def inputs_from(origin: int) -> dict[str, AllyInputs]:
    return {entry.iso3: entry for entry in ally_inputs(scenario_of(origin))}


@EVERY_ORIGIN
def test_members_of_the_day_are_forecast_and_no_others(origin: int) -> None:
    everyone = {ally.iso3 for ally in load_tables().armed_allies()}
    later = LATER | (JOINED_2009 if origin < 2009 else set()) | (JOINED_2004 if origin < 2004 else set())
    assert set(inputs_from(origin)) == everyone - later >= JOINED_1999
    assert {ally.iso3 for ally in sipri.members_at(origin)} == everyone - later


@EVERY_ORIGIN
def test_shares_are_those_to_the_origin_and_exact(origin: int) -> None:
    known = {row.key: row.milex_pct for row in made_up()}
    for iso3, entry in inputs_from(origin).items():
        assert entry.base_share_pct == known[iso3, origin]
        assert entry.norm_pct == pytest.approx(fmean(known[iso3, year] for year in range(origin - 4, origin + 1)))
        assert not entry.estimated
    assert scenario_of(origin).outturn.base_error == 0.0
    assert {row.year for row in sim_shares(origin)} == set(range(FIRST, origin + 1))


def sim_shares(origin: int) -> tuple[ShareRow, ...]:
    return load_tables(scenario_of(origin).replacements).shares


@EVERY_ORIGIN
def test_growth_to_come_is_the_mean_of_the_years_known_of_the_ten_before(origin: int) -> None:
    for iso3, entry in inputs_from(origin).items():
        known = {row.year: row.growth_pct for row in load_tables().gdp_of(iso3)}
        before = [known.get(year) for year in range(origin - 9, origin + 1)]
        mean = fmean(growth for growth in before if growth is not None)
        assert entry.forecast_pct == pytest.approx(dict.fromkeys(range(origin + 1, origin + 6), mean))


@EVERY_ORIGIN
def test_the_target_is_rigas_from_2006_on_and_there_is_none_before(origin: int) -> None:
    targets = {name: (each.share_pct, each.by, each.commitment) for name, each in scenario_of(origin).targets.items()}
    assert targets == ({} if origin < 2006 else {"core": (2.0, origin + 10, 1.0)})


@EVERY_ORIGIN
def test_nothing_is_pledged_announced_or_voted_and_no_election_is_scheduled(origin: int) -> None:
    for entry in inputs_from(origin).values():
        assert (entry.own_pledges, entry.budgets) == ((), ())
        assert not any(year in entry.election_years for year in range(origin + 1, origin + 6))


@EVERY_ORIGIN
def test_georgia_has_happened_from_2008_on_and_all_else_is_random_as_shipped(origin: int) -> None:
    events = {event.name: event for event in scenario_of(origin).event}
    shipped = {event.name: event for event in sim.loads("").event}
    georgia = events.pop("georgia", None)
    assert events == shipped
    assert (georgia is not None) == (origin >= 2008)
    if georgia is not None:
        assert isinstance(georgia, PastCrisis)
        assert (georgia.when, georgia.size, georgia.probability) == ("2008-08", Exponential(mean=0.7), 1.0)


@EVERY_ORIGIN
def test_the_forecaster_is_the_drawn_one(origin: int) -> None:
    source = scenario_of(origin).parameters
    assert (source.use, source.probability_in_earnest, source.rule_of_exposure) == ("drawn", 0.5, "drawn")
    assert "parameter_draws" not in scenario_of(origin).replacements


def test_an_ally_of_unknown_debt_has_the_value_at_which_debt_takes_no_room() -> None:
    for origin in ORIGINS:
        given = {iso3: (own.debt_pct, own.deficit_pct) for iso3, own in scenario_of(origin).ally.items()}
        unknown = {iso3 for iso3, figures in given.items() if figures[0] is not None}
        assert unknown == ({"TUR", "USA"} if origin <= 2000 else {"USA"} if origin == 2001 else set())
        assert all(given[iso3] == (60.0, 3.0) for iso3 in unknown)


def forecast(scenario: Scenario) -> bytes:
    kept = run_block(scenario, 7, 0, 16, keep=["reported_pct", "gdp_usd_bn"]).kept
    return kept["reported_pct"].tobytes() + kept["gdp_usd_bn"].tobytes()


@pytest.mark.parametrize("origin", [1999, 2005, 2006, 2008, 2013])
def test_nothing_later_moves_a_forecast(origin: int) -> None:
    """Other shares, growth, money and debts after the origin, and other jumps of history, leave every bit."""
    usual = forecast(scenario_of(origin))
    other = tuple(
        row.model_copy(update={"milex_pct": row.milex_pct * 1.5}) if row.year > origin else row for row in made_up()
    )
    scenario = scenario_of(origin, other)

    def later(row: dict[str, str]) -> dict[str, str]:
        if int(row["year"]) <= origin:
            return row
        return {**row, "growth_pct": "9.0", **{name: f"{float(row[name]) * 1.2:.4g}" for name in MONEY if row[name]}}

    scenario = scenario.model_copy(update={"replacements": {**scenario.replacements, **replaced("gdp", later)}})
    jumps = {f"urgency.{name}": 2.0 for name in ("crimea_jump", "invasion_jump", "us_warning_jump")}
    assert forecast(with_numbers(scenario, jumps)) == usual
    before = tuple(
        row.model_copy(update={"milex_pct": row.milex_pct * 1.1}) if row.key == ("DEU", origin - 1) else row
        for row in made_up()
    )
    assert forecast(scenario_of(origin, before)) != usual


MONEY = ("nominal_usd_bn", "gov_debt_pct")


def test_who_is_no_member_yet_is_nobodys_peer() -> None:
    other = tuple(
        row.model_copy(update={"milex_pct": 5.0}) if row.iso3 in JOINED_2004 | LATER else row for row in made_up()
    )
    assert forecast(scenario_of(2003, other)) == forecast(scenario_of(2003))
    assert forecast(scenario_of(2004, other)) != forecast(scenario_of(2004))


@pytest.fixture(scope="module")
def short() -> Hindcast:
    """Three origins, few paths, shares that are made up; two of the baselines."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sipri, "ORIGINS", range(2008, 2011))
        patch.setattr(sipri, "BASELINES", {name: BASELINES[name] for name in ("persistence", "straight_line")})
        patch.setattr(forecast_scores, "JOINT_MEMBERS", 16)
        return hindcast(made_up(), paths=64, seed=3)


@pytest.fixture(autouse=True)
def origins(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hindcast that is short is read so, too."""
    if "short" in request.fixturenames:
        monkeypatch.setattr(sipri, "ORIGINS", range(2008, 2011))


def column(test: Hindcast, iso3: str) -> int:
    return test.iso3.index(iso3)


def test_members_have_scores_and_nobody_else(short: Hindcast) -> None:
    for scores in short.scores.values():
        known = np.isfinite(scores.crps).sum(axis=1) == HORIZONS
        for index, origin in enumerate(range(2008, 2011)):
            wanted = {ally.iso3 for ally in sipri.members_at(origin)}
            assert {iso3 for iso3, there in zip(short.iso3, known[index], strict=True) if there} == wanted
    assert [scores.name for scores in short.modes()] == [FORECASTER]
    assert [scores.name for scores in short.baselines()] == ["persistence", "straight_line"]


def test_what_came_is_the_share_of_the_target_year(short: Hindcast) -> None:
    """Persistence is off by exactly the change since the origin."""
    shares = {row.key: row.milex_pct for row in made_up()}
    for iso3 in ("DEU", "HRV"):
        found = short.scores["persistence"].crps[1, :, column(short, iso3)]
        wanted = [abs(shares[iso3, 2009 + ahead] - shares[iso3, 2009]) for ahead in range(1, 6)]
        assert found == pytest.approx(wanted, abs=1e-6)
    assert np.isnan(short.scores["persistence"].crps[0, :, column(short, "HRV")]).all()


def test_the_models_forecast_is_that_of_its_scenario(short: Hindcast) -> None:
    run = sim.simulate(scenario_of(2009), paths=64, seed=3, executor="serial", keep=["reported_pct"])
    forecast = np.isfinite(short.scores[FORECASTER].median[1, 0])
    found = short.scores[FORECASTER].median[1][:, forecast].T
    assert found == pytest.approx(np.median(run.paths("reported_pct"), axis=-1), abs=1e-4)


def test_rows_count_the_members_of_each_origin(short: Hindcast) -> None:
    (model,) = short.modes()
    chance, _, _ = score_tables.event_cases(short.from_origin(2008), model, 1)
    assert len(chance) == 25 + 27 + 27
    rows = score_tables.number_rows(short, model)
    assert len(rows) == 3 * 5
    members = {2008: 25, 2009: 27, 2010: 27}
    for row in rows:
        assert 0 <= row["q05"] <= row["q95"] <= members[row["origin"]]
        assert len(row["pmf"]) == 32


def test_a_later_first_origin_and_an_earlier_last_year_leave_the_rest_as_it_is(short: Hindcast) -> None:
    def crps(test: Hindcast) -> list[dict[str, float]]:
        return [row for row in score_tables.score_rows(test) if row["forecaster"] == FORECASTER]

    late, early = short.from_origin(2010), short.to_year(2013)
    (model,) = short.modes()
    assert [row["origins"] for row in crps(short)] == [3, 3, 3, 3, 3]
    assert [row["origins"] for row in crps(late)] == [1, 1, 1, 1, 1]
    assert [row["origins"] for row in crps(early)] == [3, 3, 3, 2, 1]
    assert crps(late)[0]["crps_pp"] == pytest.approx(np.nanmean(model.crps[2, 0]))
    assert crps(early)[4]["crps_pp"] == pytest.approx(np.nanmean(model.crps[0, 4]))
    assert len(score_tables.number_rows(early, early.modes()[0])) == 3 + 3 + 3 + 2 + 1


def test_a_lead_is_tested_for_the_parameters_have_not_seen_these_years(short: Hindcast) -> None:
    reasons = {row["dm_reason"] for row in score_tables.contest_rows(short)}
    assert score_tables.UNTESTED.reason not in reasons


def test_the_headline_is_that_of_the_members(short: Hindcast) -> None:
    found = headline(short, short.modes()[0])
    assert (found.counts, len(found.horizons)) == (15, 5)
    assert all(0 <= each.inside_90 <= 1 for each in found.horizons)
