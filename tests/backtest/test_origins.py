"""What a forecast of the past may know: for every December, and in the bits of what it forecasts."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean, stdev

import numpy as np
import pytest

import sim
from backtest.changed import Row, replaced
from sim.data.rows import GdpRow, OutlookVintageRow
from sim.data.tables import Replacement, Tables, load_tables
from sim.engine import inputs
from sim.engine.block import run_block
from sim.engine.growth_inputs import SD_YEARS
from sim.engine.inputs import AllyInputs, ally_inputs
from sim.evaluation.backtest import origins
from sim.evaluation.backtest.origins import (
    FIRST,
    LAST,
    ORIGINS,
    Mode,
    first_estimate_origins,
    past_scenario,
    seen_in,
)
from sim.model.equations.urgency import HISTORY
from support import present

EVERY_ORIGIN = pytest.mark.parametrize("origin", ORIGINS)
RANDOM_EVENTS = {"crisis", "detente", "us_retrenchment"}


def horizon(origin: int) -> int:
    return min(origin + 5, LAST)


def inputs_from(origin: int) -> dict[str, AllyInputs]:
    return {entry.iso3: entry for entry in ally_inputs(past_scenario(origin, horizon(origin)))}


def growth() -> dict[str, dict[int, float]]:
    """Growth of the allies with armed forces, by ally and year, %."""
    found: dict[str, dict[int, float]] = {ally.iso3: {} for ally in load_tables().armed_allies()}
    for row in load_tables().gdp:
        if row.growth_pct is not None and row.iso3 in found:
            found[row.iso3][row.year] = row.growth_pct
    return found


def test_the_origins_are_the_decembers_that_a_later_figure_can_score() -> None:
    years = sorted({row.year for row in load_tables().shares})
    assert (years[0], years[-1]) == (FIRST, LAST)
    assert FIRST == 2014
    assert list(ORIGINS) == years[:-1]


@EVERY_ORIGIN
def test_growth_is_expected_as_in_that_december(origin: int) -> None:
    tables, known = load_tables(), growth()
    for iso3, entry in inputs_from(origin).items():
        if origin >= 2020:
            printed = tables.outlook_of(iso3, f"{origin}-10")
            wanted = {year: present(printed[year].growth_pct) for year in range(origin + 1, horizon(origin) + 1)}
        else:
            past = fmean(known[iso3][year] for year in range(origin - 9, origin + 1) if year in known[iso3])
            wanted = dict.fromkeys(range(origin + 1, horizon(origin) + 1), past)
        assert entry.forecast_pct == pytest.approx(wanted)


@EVERY_ORIGIN
def test_the_spread_of_growth_is_measured_to_the_origin(origin: int) -> None:
    known = growth()
    for iso3, entry in inputs_from(origin).items():
        own = [
            known[iso3][year] - fmean(series[year] for series in known.values() if year in series)
            for year in SD_YEARS
            if year <= origin and year in known[iso3]
        ]
        assert entry.growth_sd_pct == pytest.approx(stdev(own))


@EVERY_ORIGIN
def test_shares_debt_and_deficit_are_those_of_the_day(origin: int) -> None:
    tables = load_tables()
    for iso3, entry in inputs_from(origin).items():
        shares = {row.year: row.share_pct for row in tables.shares_of(iso3)}
        assert entry.base_share_pct == shares[origin]
        assert entry.norm_pct == pytest.approx(fmean(shares[y] for y in range(origin - 4, origin + 1) if y in shares))
        now, then = {row.year: row for row in tables.gdp_of(iso3)}, tables.outlook_of(iso3, f"{origin}-10")
        balances = [(then.get(year) or now[year]).gov_balance_pct for year in range(origin - 3, origin)]
        assert entry.debt_pct == (then or now)[origin - 1].gov_debt_pct
        assert entry.deficit_pct == pytest.approx(-fmean(known for known in balances if known is not None))


@EVERY_ORIGIN
def test_no_pledge_or_path_is_known_before_it_was_announced(origin: int) -> None:
    tables, december = load_tables(), f"{origin}-12-31"
    for iso3, entry in inputs_from(origin).items():
        pledges = [row for row in tables.pledges_of(iso3) if (row.announced or "9") <= december]
        paths = tables.announced_path(iso3, december)
        wanted = {f"{iso3.lower()}_{row.role}" for row in pledges} | ({f"{iso3.lower()}_path"} if paths else set())
        assert {event.name for event in entry.own_pledges} == wanted
        for event in entry.own_pledges:
            if event.kind == "announced_path":
                assert [point.year for point in event.points] == [row.year for row in paths]


def test_2025_knows_the_paths_of_2025_and_none_of_2026() -> None:
    known = {
        iso3 for iso3, entry in inputs_from(2025).items() if any(e.kind == "announced_path" for e in entry.own_pledges)
    }
    assert {"DEU", "GBR", "SWE"} <= known
    assert not known & {"CZE", "DNK", "FRA", "NLD", "POL", "USA"}  # announced in 2026
    assert not any(entry.own_pledges for entry in inputs_from(2024).values())


@EVERY_ORIGIN
def test_elections_are_scheduled_ones_after_the_origin_and_by_hazard_before_2021(origin: int) -> None:
    tables = load_tables()
    for iso3, entry in inputs_from(origin).items():
        wanted = {
            row.year: row.month
            for row in tables.elections_of(iso3)
            if row.executive and row.year > origin and not row.early
        }
        assert entry.elections == wanted
        assert entry.election_years.start == 2021
    assert 2025 not in inputs_from(2023)["DEU"].elections  # brought forward: nobody foresaw it


@EVERY_ORIGIN
@pytest.mark.parametrize("events_given", [False, True])
def test_the_target_in_force_is_that_of_the_day(origin: int, events_given: bool) -> None:
    scenario = past_scenario(origin, horizon(origin), events_given=events_given)
    wanted = (2.0, 2024) if origin < 2025 else (3.5, 2035)
    assert {(target.share_pct, target.by, target.pillar) for target in scenario.targets.values()} == {(*wanted, "core")}
    assert (scenario.horizon.base_year, scenario.horizon.last_year) == (origin, horizon(origin))
    assert scenario.outturn.base_error == 0.0


@EVERY_ORIGIN
def test_without_events_given_all_that_befalls_is_random(origin: int) -> None:
    events = {event.name: event for event in past_scenario(origin, horizon(origin)).event}
    assert set(events) == RANDOM_EVENTS
    shipped = {event.name: event.rate for event in sim.loads("").event}
    assert {name: event.rate for name, event in events.items()} == shipped
    assert all(event.rate and event.when is None for event in events.values())


@EVERY_ORIGIN
def test_events_given_are_those_that_came_in_their_months_and_no_others(origin: int) -> None:
    last = horizon(origin)
    events = {event.name: event for event in past_scenario(origin, last, events_given=True).event}
    jumps = {f"given_{year}": (f"{year}-{month:02}", size) for year, month, size, _ in HISTORY if origin < year <= last}
    summits = {"target_2025"} if origin < 2025 <= last else set()
    assert set(events) == RANDOM_EVENTS | set(jumps) | summits
    assert [events[name].rate for name in RANDOM_EVENTS] == [0, 0, 0]
    assert {name: (events[name].when, events[name].jump) for name in jumps} == jumps
    for name in summits:
        event = events[name]
        assert (event.kind, event.when, event.share_pct, event.by) == ("summit", "2025-06", 3.5, 2035)


def test_the_events_of_2021_to_2026_by_name() -> None:
    events = {event.name: event for event in past_scenario(2021, 2026, events_given=True).event if event.rate is None}
    assert {name: event.when for name, event in events.items()} == {
        "given_2022": "2022-02", "given_2025": "2025-02", "target_2025": "2025-06",
    }  # fmt: skip


def test_every_mode_says_what_it_knows() -> None:
    words = [mode.in_words for mode in Mode]
    assert len(set(words)) == len(words) == 4
    assert "have seen" in Mode.AS_SHIPPED.in_words


def moved(columns: tuple[str, ...], where: Callable[[Row], bool]) -> Callable[[Row], Row]:
    """Other figures in some columns of some rows."""

    def change(row: Row) -> Row:
        if not where(row):
            return row
        return {**row, **{name: f"{float(row[name]) * 1.2 + 0.5:.4g}" for name in columns if row[name]}}

    return change


def forecast(origin: int, tables: dict[str, Replacement]) -> np.ndarray:
    """Shares and GDP of 16 paths, up to five years ahead: (variable, ally, year, path)."""
    scenario = past_scenario(origin, horizon(origin)).model_copy(update={"replacements": tables})
    kept = run_block(scenario, 7, 0, 16, keep=["reported_pct", "gdp_usd_bn"]).kept
    return np.stack([kept["reported_pct"], kept["gdp_usd_bn"]])


SHARES = ("share_pct", "outlays_usd_m", "first_estimate_pct")
GDP = ("nominal_usd_bn", "deflator_pct", "gov_balance_pct", "gov_debt_pct", "gov_spending_pct")


@EVERY_ORIGIN
def test_no_later_figure_leaks_into_a_forecast(origin: int) -> None:
    """Other shares, growth, money, balances and debts after the origin leave every bit; one before it does not."""
    # From 2020 on growth to come is a forecast of the day, which a user's own table replaces.
    columns = GDP if origin >= 2020 else ("growth_pct", *GDP)
    unchanged = replaced("gdp", dict) if origin >= 2020 else {}
    usual = forecast(origin, unchanged)
    later = replaced("shares", moved(SHARES, lambda row: int(row["year"]) > origin))
    later |= replaced("gdp", moved(columns, lambda row: int(row["year"]) > origin))
    assert forecast(origin, later).tobytes() == usual.tobytes()
    earlier = replaced("gdp", moved(("growth_pct",), lambda row: (row["iso3"], row["year"]) == ("DEU", "2007")))
    assert forecast(origin, earlier).tobytes() != usual.tobytes()


@pytest.mark.parametrize("origin", [each for each in ORIGINS if each >= 2020])
def test_no_later_outlook_leaks_into_a_forecast(origin: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other growth to come, balances and debts in the table of today and in all later outlooks; its own moves it."""
    usual, tables, cells = inputs_from(origin), load_tables(), {"growth_pct": 9.0, "gov_debt_pct": 9.0}

    def known(gdp: Callable[[GdpRow], bool], outlooks: Callable[[OutlookVintageRow], bool]) -> dict[str, AllyInputs]:
        other = {
            "gdp": tuple(row.model_copy(update=cells) if gdp(row) else row for row in tables.gdp),
            "outlook_vintages": tuple(
                row.model_copy(update=cells) if outlooks(row) else row for row in tables.outlook_vintages
            ),
        }
        laid = Tables(other, dict.fromkeys(other, frozenset()))  # none of its rows is a user's own
        monkeypatch.setattr(inputs, "load_tables", lambda _: laid)
        found = ally_inputs.__wrapped__(past_scenario(origin, horizon(origin)))
        return {entry.iso3: entry for entry in found}

    last = f"{origin}-10"
    assert known(lambda row: row.year > origin, lambda row: row.edition != last) == usual
    assert known(lambda row: False, lambda row: row.edition == last) != usual


def test_the_share_of_the_origin_moves_the_forecast() -> None:
    """The control for the shares: the last one known."""
    known = replaced("shares", moved(("share_pct",), lambda row: (row["iso3"], row["year"]) == ("DEU", "2019")))
    assert forecast(2019, known)[0].tobytes() != forecast(2019, {})[0].tobytes()
    assert forecast(2018, known).tobytes() == forecast(2018, {}).tobytes()


def test_what_is_known_too_early_is_what_the_page_says() -> None:
    """The stated exceptions: regular elections after the origin, and how often elections came early to 2023."""
    month = replaced("elections", lambda row: {**row, "month": "1", "day": ""} if int(row["year"]) > 2021 else row)
    assert forecast(2021, month).tobytes() != forecast(2021, {}).tobytes()
    count = replaced("early_elections", lambda row: {**row, "n_early": row["n_early"] and str(int(row["n_early"]) + 3)})
    assert forecast(2019, count).tobytes() != forecast(2019, {}).tobytes()


def test_the_origins_of_first_estimates_are_those_of_an_edition_of_the_year_or_the_next() -> None:
    assert first_estimate_origins() == (2018, 2019, 2023, 2024, 2025)


FIRST_SHARES = {
    2018: ("2019-06", {"FIN", "MKD", "SWE"}), 2019: ("2019-06", {"FIN", "MKD", "SWE"}), 2023: ("2023-07", {"SWE"}),
    2024: ("2024-06", set()), 2025: ("2025-08", {"DEU"}),
}  # fmt: skip
"""By origin: the edition that first printed it, and the allies whose figure a later one has first."""


@pytest.mark.parametrize("origin", FIRST_SHARES)
def test_from_first_estimates_the_shares_are_those_of_the_first_edition(origin: int) -> None:
    edition, later = FIRST_SHARES[origin]
    printed = {(row.iso3, row.year, row.edition): row for row in load_tables().share_vintages}
    scenario = past_scenario(origin, horizon(origin), first_estimates=True)
    found = {entry.iso3: entry for entry in ally_inputs(scenario)}
    assert len(found) == 31
    for iso3, entry in found.items():
        row = printed.get((iso3, origin, edition))
        assert (row is None) == (iso3 in later)
        if row is not None:
            assert (entry.base_share_pct, entry.estimated) == (row.share_pct, True)
        if origin == 2018 and row is not None:
            known = [printed[iso3, year, edition].share_pct for year in range(2014, 2019)]
            assert entry.norm_pct == pytest.approx(fmean(known))
    if origin == 2025:
        assert found["DEU"].base_share_pct == 2.4  # of March 2026: the edition of August 2025 has none
    usual = inputs_from(origin)
    assert sum(found[iso3].base_share_pct != entry.base_share_pct for iso3, entry in usual.items()) > 20
    assert all(found[iso3].forecast_pct == entry.forecast_pct for iso3, entry in usual.items())


def test_a_first_estimate_errs_as_the_model_says_that_estimates_do() -> None:
    def law(first_estimates: bool) -> object:
        return past_scenario(2024, 2026, first_estimates=first_estimates).outturn.base_error

    assert law(True) == sim.loads("").outturn.base_error
    assert law(False) == 0.0


@pytest.mark.parametrize("origin", FIRST_SHARES)
def test_no_later_share_leaks_into_a_forecast_from_first_estimates(
    origin: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other figures of the packaged table, and of all editions for years after the origin, change nothing."""
    usual = past_scenario(origin, horizon(origin), first_estimates=True)
    tables = load_tables()
    other = tuple(
        row.model_copy(update={"share_pct": 9.0}) if row.year > origin else row for row in tables.share_vintages
    )
    moved_shares = tuple(row.model_copy(update={"share_pct": 9.0}) for row in tables.shares)
    monkeypatch.setattr(origins, "load_tables", lambda: Tables({"share_vintages": other, "shares": moved_shares}))
    assert origins.first_published(origin) == usual.replacements["shares"]


def test_an_edition_of_its_own_is_seen_from_the_origin() -> None:
    shares = replaced("shares", moved(("share_pct",), lambda row: row["year"] == "2023"))["shares"]
    scenario = past_scenario(2023, 2024)
    assert seen_in(scenario, None) is scenario
    usual, other = ally_inputs(scenario), ally_inputs(seen_in(scenario, shares))
    assert all(b.base_share_pct > a.base_share_pct for a, b in zip(usual, other, strict=True))
