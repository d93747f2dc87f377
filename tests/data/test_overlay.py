"""Rows of a user's own laid over a packaged table: they take the place of some, and all others stay in force."""

from importlib import resources
from pathlib import Path

import pytest

import sim
from sim.data.tables import Replacement, Tables, load_tables
from sim.engine.inputs import ally_inputs
from sim.errors import Fault
from sim.scenario import dump, load
from sim.scenario.loading.load import reload
from support import present

SHARES = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"
ELECTIONS = "iso3,year,month,day,kind,executive,status,early,basis\n"


def packaged(name: str) -> str:
    return resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")


def over(name: str, text: str) -> Tables:
    return load_tables({name: Replacement("mine.csv", text, overlay=True)})


def faults_of(**texts: str) -> tuple[Fault, ...]:
    with pytest.raises(sim.ScenarioError) as caught:
        load_tables({name: Replacement(f"my_{name}.csv", text) for name, text in texts.items()})
    return caught.value.faults


def test_a_row_takes_the_place_of_that_of_its_ally_and_year_or_joins() -> None:
    tables, before = over("shares", SHARES + "PRT,2026,2.6,estimate,,,\nPRT,2013,1.5,actual,,,\n"), load_tables()
    assert present(tables.share("PRT", 2026)).share_pct == 2.6
    # The row is taken whole: nobody knows the outlays of 2.6 %.
    assert present(tables.share("PRT", 2026)).outlays_usd_m is None
    assert present(tables.share("PRT", 2013)).share_pct == 1.5
    kept = [row for row in tables.shares if (row.iso3, row.year) not in (("PRT", 2026), ("PRT", 2013))]
    assert kept == [row for row in before.shares if (row.iso3, row.year) != ("PRT", 2026)]
    assert [row.key for row in tables.shares] == sorted(row.key for row in tables.shares)
    assert tables.is_own("shares", tables.share("PRT", 2026))
    assert not tables.is_own("shares", tables.share("DEU", 2026))
    assert tables.digest != before.digest


def test_rows_that_say_what_the_table_says_change_nothing() -> None:
    row = next(line for line in packaged("shares").splitlines() if line.startswith("PRT,2026"))
    assert over("shares", SHARES + row + "\n").digest == load_tables().digest


def test_of_elections_pledges_and_paths_an_ally_is_exchanged_whole() -> None:
    """A date that moved would otherwise stay at its old place as well."""
    tables = over("elections", ELECTIONS + "GBR,2028,5,,parliamentary,1,scheduled,,mine\n")
    assert [(row.year, row.month) for row in tables.elections_of("GBR")] == [(2028, 5)]
    assert tables.elections_of("FRA") == load_tables().elections_of("FRA")
    header = packaged("pledges").splitlines()[0] + "\n"
    tables = over("pledges", header + "DEU,3.2,2029,NATO share,2026-01,government,plan,mine,,pledge\n")
    assert [row.target_pct for row in tables.pledges_of("DEU")] == [3.2]
    assert tables.pledges_of("SWE") == load_tables().pledges_of("SWE")
    header = packaged("announced_paths").splitlines()[0] + "\n"
    tables = over("announced_paths", header + "ITA,2030,2.4,plan,2026-01,mine,0\n")
    assert [row.year for row in tables.announced_path("ITA")] == [2030]


def test_a_country_is_added_with_its_own_rows_alone() -> None:
    tables = load_tables({
        "allies": Replacement("a.csv", "iso3,iso_numeric,name,joined_nato,eu_member,armed_forces\n"
                              "UKR,804,Ukraine,2030,0,1\n", True),
        "geography": Replacement("g.csv", packaged("geography").splitlines()[0] + "\nUKR,756,1,1,0,,\n", True),
        "shares": Replacement("s.csv", SHARES + "UKR,2026,20,estimate,,,\n", True),
        "gdp": Replacement("d.csv", packaged("gdp").splitlines()[0] + "\nUKR,2026,2,200,,,,,forecast\n", True),
        "elections": Replacement("e.csv", ELECTIONS + "UKR,2030,3,,presidential,0,projected,,none in war\n", True),
    })  # fmt: skip
    assert len(tables.armed_allies()) == 32


@pytest.mark.parametrize("name", ["shares", "gdp", "geography", "elections", "early_elections"])
def test_a_table_of_one_ally_is_one_fault_that_names_the_overlay(name: str) -> None:
    text = "".join(f"{line}\n" for line in packaged(name).splitlines() if line[:3] in ("iso", "PRT"))
    (fault,) = faults_of(**{name: text})
    assert fault.code == "missing-ally"
    assert "30 of 31 have none" in fault.rule
    assert f"{name} = {{ file = …, overlay = true }}" in fault.remedy
    over(name, text)


def test_an_ally_without_elections_says_so() -> None:
    rest = "".join(f"{line}\n" for line in packaged("elections").splitlines() if not line.startswith("HUN"))
    (fault,) = faults_of(elections=rest)
    assert (fault.value, fault.code) == ("HUN", "missing-ally")
    assert "executive 0" in fault.remedy
    text = rest + "HUN,2030,1,,presidential,0,projected,,none\n"
    scenario = reload("", {"elections": Replacement("e.csv", text)})
    assert {entry.iso3: entry.elections for entry in ally_inputs(scenario)}["HUN"] == {}


def test_a_calendar_that_ends_for_one_ally_is_refused() -> None:
    """It would vote in 2027 and never again; a parliament sits five years at most."""
    text = ELECTIONS + "GBR,2027,5,,parliamentary,1,scheduled,,mine\n"
    with pytest.raises(sim.ScenarioError, match="none from 2028 to 2035") as caught:
        ally_inputs(reload("[horizon]\nlast_year = 2035\n", {"elections": Replacement("e.csv", text, True)}))
    assert [fault.code for fault in caught.value.faults] == ["missing-election"]
    ally_inputs(reload("[horizon]\nlast_year = 2032\n", {"elections": Replacement("e.csv", text, True)}))


def test_a_scenario_says_it_in_its_data_section(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(SHARES + "PRT,2026,2.6,estimate,,,\n")
    (tmp_path / "a.toml").write_text(
        'horizon = { base_year = 2026 }\n[data]\nshares = { file = "mine.csv", overlay = true }\n'
    )
    (tmp_path / "whole.toml").write_text('title = "A"\n[data]\nshares = { file = "whole.csv" }\n')
    (tmp_path / "plain.toml").write_text('title = "A"\n[data]\nshares = "whole.csv"\n')
    (tmp_path / "whole.csv").write_text(packaged("shares"))
    scenario = load(tmp_path / "a.toml")
    assert scenario.replacements["shares"].overlay
    assert reload(dump(scenario), scenario.replacements) == scenario
    inputs = {entry.iso3: entry.base_share_pct for entry in ally_inputs(scenario)}
    assert (inputs["PRT"], inputs["DEU"]) == (2.6, present(load_tables().share("DEU", 2026)).share_pct)
    assert load(tmp_path / "whole.toml") == load(tmp_path / "plain.toml")
    assert load(tmp_path / "whole.toml").digest == load(tmp_path / "plain.toml").digest != scenario.digest
    found = sim.simulate(scenario, paths=16, seed=1)
    assert found.record.manifest["data_digest"] == load_tables(scenario.replacements).digest


def test_over_growth_the_outlook_of_the_base_year_stays_for_the_others() -> None:
    header = packaged("gdp").splitlines()[0] + "\n"
    base = "[horizon]\nbase_year = 2025\nlast_year = 2030\n"
    text = header + "FRA,2026,5,3400,,,,,forecast\n"
    found = {e.iso3: e for e in ally_inputs(reload(base, {"gdp": Replacement("g.csv", text, True)}))}
    before = {e.iso3: e for e in ally_inputs(reload(base, {}))}
    assert found["FRA"].forecast_pct == before["FRA"].forecast_pct | {2026: 5.0}
    assert found["DEU"].forecast_pct == before["DEU"].forecast_pct


FROM = "[horizon]\nbase_year = 2026\n"


def test_forecasts_that_end_with_the_base_year_are_refused() -> None:
    """The last year would be carried on: Britain's growth of 2020, -10 %, for every year to come."""
    lines = packaged("gdp").splitlines()
    text = "\n".join(line for line in lines if not (line.startswith("GBR") and int(line.split(",")[1]) > 2026))
    with pytest.raises(sim.ScenarioError, match="the run needs the figure of 2027"):
        ally_inputs(reload(FROM, {"gdp": Replacement("g.csv", text)}))
    text = "\n".join(line for line in lines if not (line.startswith("GBR") and int(line.split(",")[1]) > 2027))
    found = {e.iso3: e for e in ally_inputs(reload(FROM, {"gdp": Replacement("g.csv", text)}))}
    assert len(set(found["GBR"].forecast_pct.values())) == 1  # one forecast, carried on as the last one always is
    few = "\n".join(
        line for line in lines if not (line.startswith("GBR") and line.split(",")[1] in map(str, range(2006, 2014)))
    )
    with pytest.raises(sim.ScenarioError, match="5 years of 2006 to 2015"):
        ally_inputs(reload("[horizon]\nbase_year = 2015\nlast_year = 2016\n", {"gdp": Replacement("g.csv", few)}))


def test_a_hole_in_the_years_that_make_the_habit_is_refused() -> None:
    text = "\n".join(line for line in packaged("shares").splitlines() if not line.startswith("DEU,2024"))
    with pytest.raises(sim.ScenarioError, match="the run needs the figure of 2024") as caught:
        ally_inputs(reload("", {"shares": Replacement("s.csv", text)}))
    assert "norm_pct" in caught.value.faults[0].remedy
    ally_inputs(reload("[ally.DEU]\nnorm_pct = 1.5\n", {"shares": Replacement("s.csv", text)}))
