"""What is frozen is what the run says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from importlib import resources
from math import ceil, floor
from typing import Any

import pytest

import sim
from frozen.conftest import AS_SHIPPED_ONLY, DATE, RANGED_PATHS, SCENARIOS, TWO, as_shipped
from sim.data.catalogue import catalogue
from sim.data.edition import LAST_YEAR
from sim.data.tables import Replacement
from sim.errors import UsageError
from sim.evaluation.forecasts.digits import decimals, stated, stated_pmf
from sim.evaluation.forecasts.making import forecast_of, freeze, prolonged
from sim.evaluation.forecasts.schema import LEVELS, THRESHOLDS_PCT, Frozen, last_day
from sim.numerics.grid import printed
from sim.results.counts import PILLARS
from sim.results.intervals import wilson_of
from sim.results.parameter_range import of_probability
from sim.scenario.loading.load import reload
from sim.scenario.schema import Data

CORE = PILLARS.index("core")
TABLES = resources.files("sim.data") / "tables"


def test_it_holds_every_ally_year_and_scenario(frozen: Frozen) -> None:
    assert [forecast.name for forecast in frozen.scenarios] == ["rutte_2032", "hague_2035"]
    for forecast in frozen.scenarios:
        assert forecast.years == range(LAST_YEAR + 1, 2036)
        assert len({cell.iso3 for cell in forecast.shares}) == 32
        assert len(forecast.shares) == 32 * len(forecast.years)
        assert {len(entry.pmf) for entry in forecast.number} == {32}
        assert (forecast.paths, forecast.seed) == (320, 7)


def test_every_forecaster_forecasts_the_same_scenarios_in_its_way(
    two: Frozen, frozen: Frozen, scenarios: Mapping[str, sim.Scenario]
) -> None:
    shipped, half = two.forecasters
    assert (shipped.name, half.name, half.description) == ("shipped", "half", "Half the urgency.")
    assert shipped.scenarios == two.scenarios == frozen.scenarios
    halved = {name: as_shipped(scenario).with_urgency(0.5) for name, scenario in scenarios.items()}
    alone = freeze(halved, DATE, forecasters=AS_SHIPPED_ONLY, paths=320, seed=7, workers=1)
    for mine, same, other in zip(half.scenarios, alone.scenarios, shipped.scenarios, strict=True):
        assert (mine.shares, mine.number) == (same.shares, same.number)
        assert (mine.simulated_digest, mine.scenario_digest) == (same.simulated_digest, other.scenario_digest)
        assert mine.simulated_digest != other.simulated_digest
        assert mine.shares != other.shares


def test_drawn_and_shipped_differ_as_runs_of_files_that_say_so(
    drawn_and_shipped: Frozen, scenarios: Mapping[str, sim.Scenario]
) -> None:
    text = (SCENARIOS / "hague_2035.toml").read_text(encoding="utf-8")
    found = {}
    for use, forecaster in zip(("drawn", "shipped"), drawn_and_shipped.forecasters, strict=True):
        assert forecaster.name == use
        said = sim.loads(f'{text}\n[parameters]\nuse = "{use}"\n')
        record = sim.simulate(said, paths=RANGED_PATHS, seed=7, executor="serial").record
        run = forecast_of(record, "hague_2035", LAST_YEAR + 2)
        (found[use],) = forecaster.scenarios
        assert (found[use].shares, found[use].number) == (run.shares, run.number)
        assert found[use].simulated_digest == said.digest
        assert found[use].scenario_digest == scenarios["hague_2035"].digest
    assert found["drawn"].shares != found["shipped"].shares


@pytest.mark.parametrize("use", ["drawn", "estimated", "shipped"])
def test_the_digest_of_a_scenario_is_of_its_file_and_what_a_forecaster_changes_comes_on_top(use: str) -> None:
    text = "[targets.core]\nshare_pct = 3.5\nby = 2032\n[budget]\nspeed = 0.1\n[parameters]\nin_earnest = 0.25\nuse = "
    own = sim.loads(f'{text}"{use}"')
    frozen = freeze({"own": own}, DATE, LAST_YEAR + 2, paths=16, workers=1)
    for forecaster in frozen.forecasters:
        (forecast,) = forecaster.scenarios
        assert forecast.scenario_digest == own.digest
        assert forecast.simulated_digest == sim.loads(f'{text}"{forecaster.name}"').digest
        assert (forecast.simulated_digest == own.digest) == (forecaster.name == use)


def test_the_range_over_parameters_is_that_of_the_run_rounded_outward(
    drawn_and_shipped: Frozen, by_all: Frozen, scenarios: Mapping[str, sim.Scenario]
) -> None:
    source = scenarios["hague_2035"].parameters.model_copy(update={"use": "drawn"})
    drawn = scenarios["hague_2035"].model_copy(update={"parameters": source})
    results = sim.simulate(drawn, paths=RANGED_PATHS, seed=7, executor="serial")
    core: Any = results.compliance().query("pillar == 'core'").set_index(["iso3", "year"])
    arrays, allies = results.record.counts.arrays, [entry.iso3 for entry in results.record.description.allies]
    wide = 0
    for cell in drawn_and_shipped.scenarios[0].shares:
        if cell.iso3 == "EUC":
            assert cell.over_parameters is None
            continue
        assert cell.at_target
        assert cell.over_parameters
        counted = core.counted[cell.iso3, cell.year]
        met = arrays["row_compliant"][CORE, allies.index(cell.iso3), cell.year - LAST_YEAR - 1]
        found = of_probability(met, arrays["row_paths"], counted)
        assert found
        ci_low, ci_high = wilson_of(counted, RANGED_PATHS)
        (low, high), unit = cell.over_parameters, 10.0 ** -decimals(ci_high - ci_low)
        half = 0.5 / RANGED_PATHS
        assert low == pytest.approx(floor(min(found.low, 1 - half) / unit) * unit, abs=1e-9)
        assert high == pytest.approx(ceil(max(found.high, half) / unit) * unit, abs=1e-9)
        wide += high - low > cell.at_target[2] - cell.at_target[1]
    assert wide > 10  # ranges that say more than chance does
    shipped, few = drawn_and_shipped.forecasters[1], by_all.forecasters[0]
    for forecaster in (shipped, few):
        assert {cell.over_parameters for forecast in forecaster.scenarios for cell in forecast.shares} == {None}


def test_a_forecaster_that_forecasts_something_else_is_refused(scenarios: Mapping[str, sim.Scenario]) -> None:
    base = scenarios["hague_2035"]
    core = base.targets["core"].model_copy(update={"share_pct": 3.0})
    easier = base.model_copy(update={"targets": base.targets | {"core": core}})
    ways = {"shipped": ("As shipped.", lambda scenario: scenario), "easy": ("Less.", lambda scenario: easier)}
    with pytest.raises(ValueError, match="must forecast the same allies and years of the same scenarios"):
        freeze({"hague_2035": base}, DATE, LAST_YEAR + 2, forecasters=ways, paths=16, workers=1)


def test_it_agrees_with_the_tables_and_paths_of_the_run(scenarios: Mapping[str, sim.Scenario]) -> None:
    results = sim.simulate(
        scenarios["hague_2035"], paths=320, seed=7, executor="serial", keep=["reported_pct", "spent_pct"]
    )
    forecast = forecast_of(results.record, "hague_2035")
    core: Any = results.compliance().query("pillar == 'core'").set_index(["iso3", "year"])
    shares: Any = results.shares().query("pillar == 'core'").set_index(["iso3", "year"])
    allies = [entry.iso3 for entry in results.record.description.allies]
    paths, spent = printed(results.paths("reported_pct")), printed(results.paths("spent_pct"))
    for cell in forecast.shares:
        quantiles = dict(zip(LEVELS, cell.quantiles, strict=True))
        for level, column in ((0.05, "q05"), (0.25, "q25"), (0.5, "q50"), (0.75, "q75"), (0.95, "q95")):
            assert quantiles[level] == round(shares.loc[(cell.iso3, cell.year), column], 2)
        if cell.iso3 == "EUC":
            assert cell.without_late_push is None
            continue
        index = allies.index(cell.iso3), cell.year - LAST_YEAR - 1
        own = paths[index]
        assert cell.at_target == stated(round(core.counted[cell.iso3, cell.year] * 320), 320) == cell.at_least[3]
        assert cell.without_late_push == stated(int((spent[index] >= 350).sum()), 320)
        for threshold, chance in zip(THRESHOLDS_PCT, cell.at_least, strict=True):
            assert chance == stated(int((own >= round(100 * threshold)).sum()), 320)
    for entry in forecast.number:
        number = results.alliance().query(f"pillar == 'core' and year == {entry.year}")["probability"]
        assert entry.pmf == stated_pmf([round(320 * probability) for probability in number], 320)


def test_europe_and_canada_are_at_the_target_where_their_average_is(scenarios: Mapping[str, sim.Scenario]) -> None:
    record = sim.simulate(scenarios["hague_2035"], paths=320, seed=7, executor="serial").record
    cell = next(c for c in forecast_of(record, "x").shares if (c.iso3, c.year) == ("EUC", 2035))
    histogram = record.counts.arrays["group_shares"][0, 0, -1]
    assert cell.at_target == stated(int(histogram[350:].sum()), 320)
    assert 0 < histogram[350:].sum() < 320


def test_a_prolonged_scenario_begins_with_the_short_one_and_says_so(
    frozen: Frozen, scenarios: Mapping[str, sim.Scenario]
) -> None:
    rutte, hague = frozen.scenarios
    short = forecast_of(
        sim.simulate(as_shipped(scenarios["rutte_2032"]), paths=320, seed=7, executor="serial").record, "rutte_2032"
    )
    assert short.years == range(LAST_YEAR + 1, 2033)
    assert short.shares == tuple(cell for cell in rutte.shares if cell.year <= 2032)
    assert short.number == rutte.number[: len(short.years)]
    assert "file ends in 2032; it was simulated to 2035" in rutte.note
    assert "stays in force after 2032" in rutte.note
    assert (short.note, hague.note) == ("", "")
    assert (rutte.scenario_last_year, hague.scenario_last_year) == (2032, 2035)
    assert rutte.scenario_digest == scenarios["rutte_2032"].digest
    assert short.simulated_digest == as_shipped(scenarios["rutte_2032"]).digest
    assert rutte.simulated_digest != rutte.scenario_digest
    assert hague.simulated_digest == as_shipped(scenarios["hague_2035"]).digest


def test_a_prolonged_scenario_has_a_digest_of_its_own(scenarios: Mapping[str, sim.Scenario]) -> None:
    scenario = scenarios["rutte_2032"]
    before = scenario.digest
    longer = prolonged(scenario, 2035)
    assert longer.digest != before
    assert longer.digest == sim.loads(sim.dump(longer)).digest
    assert prolonged(longer, 2030) is longer


def test_a_shorter_forecast_is_the_longer_one_cut_off(frozen: Frozen, scenarios: Mapping[str, sim.Scenario]) -> None:
    short = freeze(
        {"hague_2035": scenarios["hague_2035"]}, DATE, 2029, forecasters=AS_SHIPPED_ONLY, paths=320, seed=7, workers=1
    ).scenarios[0]
    assert short.years == range(LAST_YEAR + 1, 2030)
    assert short.note == ""
    assert short.shares == tuple(cell for cell in frozen.scenarios[1].shares if cell.year <= 2029)


@pytest.mark.parametrize("year", [LAST_YEAR, LAST_YEAR + 41])
def test_a_last_year_out_of_reach_is_refused(scenarios: Mapping[str, sim.Scenario], year: int) -> None:
    with pytest.raises(UsageError, match=f"between {LAST_YEAR + 1} and {LAST_YEAR + 40}"):
        freeze(scenarios, DATE, year, paths=16)


KNOWN = {info.name: info.cutoff for info in catalogue()}
NEWEST = max(KNOWN.values())


@pytest.mark.parametrize("date", ["2014-12", f"{NEWEST - timedelta(days=1)}"])
def test_no_forecast_is_older_than_what_it_knows(scenarios: Mapping[str, sim.Scenario], date: str) -> None:
    """Such as parties and calendars, which were last looked at on 22 November 2026."""
    with pytest.raises(UsageError, match=rf"rests on figures as known on {NEWEST} .* cannot be of {date}"):
        freeze(scenarios, date, paths=16)
    assert freeze(scenarios, f"{NEWEST}", LAST_YEAR + 2, paths=16, workers=1).date == f"{NEWEST}"


@pytest.mark.parametrize("date", [f"{LAST_YEAR + 2}-01", f"{LAST_YEAR + 2}-01-01", "2035-01", "2090-01"])
def test_no_forecast_is_made_after_what_it_forecasts(scenarios: Mapping[str, sim.Scenario], date: str) -> None:
    with pytest.raises(
        UsageError, match=rf"dated before what it forecasts: .* from {LAST_YEAR + 1} on, and cannot be of {date}; "
    ):
        freeze(scenarios, date, paths=16)


def test_a_date_to_come_is_taken_whatever_the_clock_says(scenarios: Mapping[str, sim.Scenario]) -> None:
    assert freeze(scenarios, f"{LAST_YEAR + 1}-12", LAST_YEAR + 2, paths=16, workers=1).date == f"{LAST_YEAR + 1}-12"


@pytest.mark.parametrize(("wrong", "words"), [
    ("1999-01", "1999-01: the year of a date lies from 2000 to 2099"),
    ("2100-01", "the year of a date lies from 2000 to 2099"),
    ("2026-13", "2026-13: months go from 01 to 12"),
    ("2026-00", "2026-00: months go from 01 to 12"),
    ("2026-11-31", "2026-11-31: that month has the days 01 to 30; correct the day"),
    ("2026-02-30", "the days 01 to 28"),
    ("2026-02-00", "the days 01 to 28"),
    ("26-11", "a date is written YYYY-MM or YYYY-MM-DD"),
])  # fmt: skip
def test_a_date_that_is_none_is_told_its_rule(wrong: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        last_day(wrong)


def test_tables_of_the_users_own_have_their_own_age() -> None:
    own = {
        name: Replacement(f"{name}.csv", TABLES.joinpath(f"{name}.csv").read_text("utf-8"))
        for name in Data.model_fields
    }
    text = "[targets.core]\nshare_pct = 3.5\nby = 2032\n"
    outlooks = KNOWN["outlook_vintages"]
    after, before = f"{outlooks.year + 1}-01", f"{outlooks.year}-01"
    assert freeze({"own": reload(text, own)}, after, LAST_YEAR + 2, paths=16, workers=1).date == after
    with pytest.raises(UsageError, match=rf"known on {outlooks} \(table outlook_vintages\)"):
        freeze({"own": reload(text, own)}, before, LAST_YEAR + 2, paths=16)


def test_a_scenario_without_a_core_target_is_refused() -> None:
    with pytest.raises(UsageError, match="no core target"):
        freeze({"aimless": sim.loads('title = "aimless"')}, DATE, paths=16)


def test_an_ally_that_the_target_does_not_bind_has_no_compliance() -> None:
    text = '[targets.core]\nshare_pct = 3.5\nby = 2032\nmembers = ["EST", "ITA"]\n'
    forecast = freeze({"two": sim.loads(text)}, DATE, LAST_YEAR + 2, paths=RANGED_PATHS, workers=1).scenarios[0]
    assert {cell.iso3 for cell in forecast.shares if cell.at_target} == {"EST", "ITA"}
    for cell in forecast.shares:
        assert (cell.at_target is None) == (cell.over_parameters is None) == (cell.iso3 not in ("EST", "ITA"))
    assert {len(entry.pmf) for entry in forecast.number} == {3}


def test_progress_counts_the_runs_of_all_scenarios(scenarios: Mapping[str, sim.Scenario]) -> None:
    seen: list[tuple[int, int]] = []
    advance = lambda done, wanted: seen.append((done, wanted))  # noqa: E731
    freeze(scenarios, DATE, forecasters=AS_SHIPPED_ONLY, paths=32, workers=1, progress=advance)
    assert seen == [(32, 64), (64, 64)]
    seen.clear()
    freeze(scenarios, DATE, forecasters=TWO, paths=32, workers=1, progress=advance)
    assert seen == [(done, 128) for done in (32, 64, 96, 128)]


def test_the_last_day_of_a_date() -> None:
    assert last_day("2026-11") == "2026-11-30"
    assert last_day("2028-02") == "2028-02-29"
    assert last_day("2026-11-22") == "2026-11-22"
    for wrong in ("2026", "2026-13", "2026-02-30", "26-11", "2026-11-", "2026-1", "२०२६-११"):
        with pytest.raises(ValueError, match=r"date|day|months"):
            last_day(wrong)
