"""What the model takes from the data, and what it misses there."""

from __future__ import annotations

from importlib import resources
from statistics import fmean, stdev
from typing import Any

import pytest

import sim
from sim.data.rows import PledgeRow
from sim.data.tables import Replacement, Tables, load_tables
from sim.engine import inputs
from sim.engine.growth_inputs import own_growth_sd, sd_years
from sim.engine.inputs import AllyInputs, ally_inputs, first_growth_missing
from sim.engine.outlook_inputs import as_known, deficit_pct
from sim.errors import ScenarioError
from sim.model.equations.exposure import exposure
from sim.model.events.pledge import AnnouncedPath, Pledge
from sim.scenario.loading.load import reload
from support import present


def growth_without(*missing: int) -> dict[int, float]:
    return {year: 2.0 for year in range(1995, 2032) if year not in missing}


def test_growth_that_is_missing_is_seen() -> None:
    assert first_growth_missing(growth_without(), 2026, 2040) is None
    assert first_growth_missing(growth_without(), 2014, 2024) is None
    assert first_growth_missing(growth_without(2030, 2028), 2026, 2032) == "2028"
    assert first_growth_missing(growth_without(2027), 2026, 2032) == "2027"
    assert first_growth_missing(growth_without(2032, 2028), 2026, 2027) is None, "no later year is simulated"
    assert first_growth_missing(growth_without(2028), 2025, 2028) == "2028"


@pytest.mark.parametrize(("base", "last_measured"), [(2014, 2014), (2020, 2019), (2026, 2024)])
def test_own_growth_needs_two_of_the_years_it_is_measured_on(base: int, last_measured: int) -> None:
    """2009, 2020 and 2021 are none of them; a look back knows no year after its base."""
    one = growth_without(*range(2000, last_measured))
    two = {2009: 1.0, 2000: 2.0} | one
    assert first_growth_missing(one, base, base + 1) == f"two years of 2000 to {last_measured}"
    mean = None if base >= 2020 else f"5 years of {base - 9} to {base}"
    assert first_growth_missing(two, base, base + 1) == mean


def test_a_look_back_needs_five_years_of_the_ten_it_takes_the_mean_of() -> None:
    """One of them, such as 2020, would stand for all to come."""
    for year, known in ((2004, False), (2005, True), (2014, True), (2015, False)):
        growth = dict.fromkeys((2000, 2006, 2008, 2009, 2011), 1.0) | {year: 2.0}
        assert first_growth_missing(growth, 2014, 2024) == (None if known else "5 years of 2005 to 2014")


def test_the_inputs_of_the_main_scenario(rutte: sim.Scenario) -> None:
    inputs = {entry.iso3: entry for entry in ally_inputs(rutte)}
    assert len(inputs) == 31
    assert [entry.code for entry in inputs.values()] == sorted(entry.code for entry in inputs.values())
    germany = inputs["DEU"]
    assert (germany.base_share_pct, germany.estimated) == (2.69, True)
    assert germany.elections == {2029: 3, 2033: 3}
    assert [event.name for event in germany.own_pledges] == ["deu_pledge", "deu_path"]
    assert [event.name for event in inputs["ESP"].own_pledges] == ["esp_opt_out"]
    assert inputs["USA"].commitment == 0.3
    assert not inputs["USA"].europe_canada
    assert inputs["BGR"].early_election_rate > inputs["DEU"].early_election_rate > inputs["ROU"].early_election_rate > 0
    assert inputs["ALB"].early_election_rate == 0.08


def test_snap_elections_are_not_foreseen_and_later_pledges_not_known() -> None:
    inputs = {entry.iso3: entry for entry in ally_inputs(sim.loads("[horizon]\nbase_year = 2014\nlast_year = 2026\n"))}
    assert 2024 not in inputs["FRA"].elections
    assert 2022 in inputs["FRA"].elections
    assert all(not entry.own_pledges for entry in inputs.values())
    assert not inputs["DEU"].estimated


def elections(*rows: str) -> dict[str, AllyInputs]:
    table = "iso3,year,month,day,kind,executive,status,early,basis\n" + "\n".join(rows)
    none = [f"{row.iso3},2030,1,,presidential,0,projected,,it holds none" for row in load_tables().armed_allies()]
    rest = "\n".join(row for row in none if row[:3] not in table)
    given = reload("[horizon]\nlast_year = 2032\n", {"elections": Replacement("e.csv", f"{table}\n{rest}\n")})
    return {entry.iso3: entry for entry in ally_inputs(given)}


def test_of_two_elections_in_a_year_the_first_is_held() -> None:
    """The second would be skipped: there was a vote in the twelve months before."""
    rows = [
        "FRA,2027,12,,parliamentary,1,scheduled,0,by hand",
        "FRA,2027,4,,presidential,1,scheduled,0,by hand",
        "FRA,2029,6,,parliamentary,0,scheduled,0,by hand",
    ]
    found = elections(*rows, "ITA,2028,9,,parliamentary,1,scheduled,0,by hand")
    assert found["FRA"].elections == {2027: 4}
    assert found["ITA"].elections == {2028: 9}
    assert found["ITA"].election_years == range(2027, 2029)


def test_a_table_without_an_executive_election_is_no_calendar() -> None:
    found = elections("FRA,2027,6,,parliamentary,0,scheduled,0,by hand")
    assert found["FRA"].elections == {}
    assert found["FRA"].election_years == range(0)


def test_an_ally_of_the_file_has_its_own_figures() -> None:
    text = "[ally.ITA]\nshare_pct = 2.5\nnorm_pct = 1.9\ndebt_pct = 50.0\nexposure = 0.2\ncommitment = 0.5\n"
    inputs = {entry.iso3: entry for entry in ally_inputs(sim.loads(text))}
    italy = inputs["ITA"]
    assert (italy.base_share_pct, italy.norm_pct, italy.debt_pct, italy.exposure, italy.commitment) == (
        2.5, 1.9, 50.0, 0.2, 0.5,
    )  # fmt: skip
    assert not italy.estimated


def of(text: str, tables: Tables | None = None) -> dict[str, AllyInputs]:
    """The inputs of a scenario, from other tables if given."""
    scenario = sim.loads(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inputs, "load_tables", lambda _: tables or load_tables())
        return {entry.iso3: entry for entry in ally_inputs.__wrapped__(scenario)}


def horizon(base: int, last: int) -> str:
    return f"[horizon]\nbase_year = {base}\nlast_year = {last}\n"


@pytest.mark.parametrize(("base", "last"), [(2026, 2034), (2019, 2024)])
def test_every_ally_has_the_figures_of_the_tables(base: int, last: int) -> None:
    tables = load_tables()
    growth = {
        ally.iso3: {
            row.year: row.growth_pct for row in tables.gdp if row.iso3 == ally.iso3 and row.growth_pct is not None
        }
        for ally in tables.armed_allies()
    }
    found = of(horizon(base, last))
    assert list(found) == list(growth)
    for iso3, entry in found.items():
        shares = {row.year: row for row in tables.shares_of(iso3)}
        past = [shares[year].share_pct for year in range(base - 4, base + 1) if year in shares]
        balances = [present(tables.gdp_row(iso3, year)).gov_balance_pct for year in range(base - 3, base)]
        geography, ally = tables.geography_of(iso3), tables.ally(iso3)
        assert (entry.iso3, entry.code, entry.name) == (iso3, ally.iso_numeric, ally.name)
        assert (entry.base_share_pct, entry.norm_pct) == (shares[base].share_pct, pytest.approx(fmean(past)))
        assert entry.estimated == (shares[base].status == "estimate")
        assert entry.gdp_usd_bn == present(tables.gdp_row(iso3, base)).nominal_usd_bn
        assert entry.debt_pct == present(tables.gdp_row(iso3, base - 1)).gov_debt_pct
        assert entry.deficit_pct == pytest.approx(-fmean([b for b in balances if b is not None]))
        assert entry.growth_sd_pct == own_growth_sd(growth, iso3, base)
        assert list(entry.forecast_pct) == list(range(base + 1, last + 1))
        last_known = max(growth[iso3])
        for year, expected in entry.forecast_pct.items():
            before = fmean(growth[iso3][past] for past in range(base - 9, base + 1))
            assert expected == (before if base < 2020 else growth[iso3][min(year, last_known)])
        assert entry.exposure == exposure(
            geography.distance_moscow_km, geography.land_border_russia, geography.near_coast,
            geography.black_sea_only, geography.exposure_override,
        )  # fmt: skip
        assert entry.elections == {
            row.year: row.month
            for row in tables.elections_of(iso3)
            if row.year > base and row.executive and not row.early
        }
        assert (entry.election_years[0], entry.election_years[-1]) == (2021, 2035)
        record = tables.early_elections_of(iso3)
        rate = 0.08 if present(record).n_early is None else (record.n_early + 2) / (present(record).exposure_years + 25)
        assert entry.early_election_rate == pytest.approx(rate)


@pytest.mark.parametrize("base", range(2020, 2026))
def test_a_base_year_knows_the_outlook_of_its_october(base: int) -> None:
    """Growth to come, debt and deficit as printed then; years that outlook did not reach have its last growth."""
    tables, last = load_tables(), base + 5
    for iso3, entry in of(horizon(base, base + 9)).items():
        printed = tables.outlook_of(iso3, f"{base}-10")
        assert max(printed) == last
        assert entry.forecast_pct == {year: printed[min(year, last)].growth_pct for year in range(base + 1, base + 10)}
        assert entry.debt_pct == printed[base - 1].gov_debt_pct
        before = [present(printed[year].gov_balance_pct) for year in range(base - 3, base) if year in printed]
        if base == 2020:  # that of October 2020 begins in 2019: two years are the table's, as restated since
            before += [present(present(tables.gdp_row(iso3, year)).gov_balance_pct) for year in (2017, 2018)]
        assert len(before) == 3
        assert entry.deficit_pct == pytest.approx(-fmean(before))


def test_the_outlook_of_the_day_is_not_that_of_today() -> None:
    """The control: growth, debt and deficit were others before they were restated."""
    germany, tables = of(horizon(2022, 2026))["DEU"], load_tables()
    now = {year: present(tables.gdp_row("DEU", year)) for year in range(2019, 2027)}
    assert germany.forecast_pct[2023] == -0.294
    assert now[2023].growth_pct != -0.294
    assert germany.debt_pct == 69.642
    assert now[2021].gov_debt_pct != 69.642
    assert germany.deficit_pct != pytest.approx(
        -fmean(present(now[year].gov_balance_pct) for year in (2019, 2020, 2021))
    )


def test_before_2020_no_outlook_of_the_time_is_there() -> None:
    tables, found = load_tables(), of(horizon(2019, 2024))
    for iso3, entry in found.items():
        past = [present(present(tables.gdp_row(iso3, year)).growth_pct) for year in range(2010, 2020)]
        assert set(entry.forecast_pct.values()) == {fmean(past)}
        assert entry.debt_pct == tables.debt_pct(iso3, 2018)


def outlook_without(edition: str, iso3: str, **blank: None) -> Tables:
    """The tables with an ally's rows of an outlook left out, or some of their cells blank."""
    return Tables({"outlook_vintages": tuple(
        row.model_copy(update=blank) if (row.iso3, row.edition) == (iso3, edition) else row
        for row in load_tables().outlook_vintages
        if blank or (row.iso3, row.edition) != (iso3, edition)
    )})  # fmt: skip


def test_an_ally_of_which_that_outlook_said_nothing_has_the_figures_of_the_table() -> None:
    tables, usual = load_tables(), of(horizon(2024, 2030))
    found = of(horizon(2024, 2030), outlook_without("2024-10", "DEU"))
    assert found["DEU"].forecast_pct == {
        year: present(tables.gdp_row("DEU", year)).growth_pct for year in range(2025, 2031)
    }
    assert found["DEU"].debt_pct == tables.debt_pct("DEU", 2023) != usual["DEU"].debt_pct
    assert found["FRA"] == usual["FRA"]


@pytest.mark.parametrize("column", ["growth_pct", "gov_debt_pct", "gov_balance_pct"])
def test_a_cell_that_the_outlook_lacks_is_that_of_the_table(column: str) -> None:
    tables, germany = load_tables(), of(horizon(2024, 2027))["DEU"]
    found = of(horizon(2024, 2027), outlook_without("2024-10", "DEU", **{column: None}))["DEU"]
    now = {year: getattr(present(tables.gdp_row("DEU", year)), column) for year in range(2021, 2028)}
    facts = {
        "growth_pct": (found.forecast_pct, germany.forecast_pct, {year: now[year] for year in (2025, 2026, 2027)}),
        "gov_debt_pct": (found.debt_pct, germany.debt_pct, now[2023]),
        "gov_balance_pct": (
            found.deficit_pct, germany.deficit_pct, pytest.approx(-fmean(now[year] for year in (2021, 2022, 2023))),
        ),
    }  # fmt: skip
    for name, (is_now, was, wanted) in facts.items():
        assert is_now == (wanted if name == column else was)
        assert is_now != was or name != column


def test_nothing_is_known_beyond_the_last_year_of_the_outlook() -> None:
    assert max(as_known(load_tables(), "DEU", "growth_pct", 2021)) == 2026
    assert max(as_known(load_tables(), "DEU", "growth_pct", 2026)) == max(row.year for row in load_tables().gdp)
    own = Tables({"gdp": load_tables().gdp}, {"gdp": frozenset({("DEU", 2029)})})
    assert max(as_known(own, "DEU", "growth_pct", 2021)) == 2029, "what the user says of it is known"
    assert max(as_known(own, "FRA", "growth_pct", 2021)) == 2026


def own_rows(*lines: str, overlay: bool) -> sim.Scenario:
    """A run from 2022 on a user's own table of the economy, whole or laid over."""
    head, *rows = resources.files("sim.data").joinpath("tables", "gdp.csv").read_text("utf-8").splitlines()
    named = {line[:9] for line in lines}
    text = "\n".join([head, *lines, *(() if overlay else (row for row in rows if row[:9] not in named))]) + "\n"
    entry = '{ file = "own.csv", overlay = true }' if overlay else '"own.csv"'
    given = {"gdp": Replacement("own.csv", text, overlay)}
    return reload(horizon(2022, 2026) + f"[data]\ngdp = {entry}\n", given)


@pytest.mark.parametrize("overlay", [True, False])
def test_own_tables_win_over_an_outlook_of_the_package(overlay: bool) -> None:
    """Laid over, the rows given; whole, all of it: then no figure of the outlook is mixed in."""
    lines = ("DEU,2021,3.0,4000,2,-7.5,55.5,50,actual", "DEU,2024,9.0,4500,2,-2,60,50,forecast")
    tables, usual = load_tables(), of(horizon(2022, 2026))
    found = {entry.iso3: entry for entry in ally_inputs(own_rows(*lines, overlay=overlay))}
    printed, now = tables.outlook_of("DEU", "2022-10"), {row.year: row for row in tables.gdp_of("DEU")}
    known: Any = printed if overlay else now
    germany = found["DEU"]
    assert germany.debt_pct == 55.5
    assert germany.deficit_pct == pytest.approx((7.5 - known[2019].gov_balance_pct - known[2020].gov_balance_pct) / 3)
    assert germany.forecast_pct == {2024: 9.0} | {year: known[year].growth_pct for year in (2023, 2025, 2026)}
    assert (found["FRA"].forecast_pct == usual["FRA"].forecast_pct) == overlay
    assert (found["FRA"].debt_pct == usual["FRA"].debt_pct) == overlay


def test_a_figure_that_a_whole_table_of_the_users_own_lacks_is_missing_though_an_outlook_has_it() -> None:
    blank = own_rows("DEU,2021,3.0,4000,2,-7.5,,50,actual", overlay=False)
    assert [(file, field) for file, _, field, _ in places(blank)] == [("own.csv", "DEU.gov_debt_pct")]
    absent = tuple(row for row in load_tables().gdp if (row.iso3, row.year) != ("DEU", 2021))
    assert 2021 not in as_known(Tables({"gdp": absent}), "DEU", "gov_debt_pct", 2022)


def test_an_ally_without_a_record_of_early_elections_has_them_as_believed_before_one_is_seen() -> None:
    rows = load_tables().early_elections
    for cells in ({"n_early": None}, {"exposure_years": None}, {"n_early": None, "exposure_years": None}):
        blank = tuple(row.model_copy(update=cells) if row.iso3 == "BEL" else row for row in rows)
        assert of("", Tables({"early_elections": blank}))["BEL"].early_election_rate == 0.08
    others = tuple(row for row in rows if row.iso3 != "BEL")
    assert of("", Tables({"early_elections": others}))["BEL"].early_election_rate == 0.08


def test_what_the_file_says_of_an_ally_stands_in_place_of_each_figure() -> None:
    text = "share_pct = 2.5\ndebt_pct = 50.0\ndeficit_pct = 1.25\nexposure = 0.0\ncommitment = 0.0\n"
    italy, before = of(f"[ally.ITA]\n{text}")["ITA"], of("")["ITA"]
    assert (italy.base_share_pct, italy.debt_pct, italy.deficit_pct) == (2.5, 50.0, 1.25)
    assert (italy.exposure, italy.commitment) == (0.0, 0.0)
    assert before.commitment == 1.0
    assert italy.norm_pct == pytest.approx(before.norm_pct + (2.5 - before.base_share_pct) / 5)
    assert not italy.estimated
    one_year = of("[ally.ITA.budget]\nnorm_years = 1\n")
    assert one_year["ITA"].norm_pct == one_year["ITA"].base_share_pct
    assert one_year["FRA"].norm_pct != one_year["FRA"].base_share_pct
    assert one_year["ITA"].estimated


def without(table: str, *keys: tuple[str, int], **blank: None) -> Tables:
    """The packaged tables with some rows of an ally and year left out, or some of their cells blank."""
    rows = load_tables().table(table)
    kept = [
        row.model_copy(update=blank) if (row.iso3, row.year) in keys else row
        for row in rows
        if blank or (row.iso3, row.year) not in keys
    ]
    return Tables({table: tuple(kept)})


def gaps(tables: Tables, text: str = "") -> list[tuple[str, str, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        of(text, tables)
    return [(fault.file, fault.field, fault.rule, fault.remedy) for fault in caught.value.faults]


YEARS_BEFORE = [("ITA", 2023), ("ITA", 2024), ("ITA", 2025)]
FILL = "fill the table, choose another base_year"
MISSING = {
    "share": (without("shares", ("ITA", 2026)), "shares", "share_pct", "of 2026", "share_pct"),
    "row of gdp": (without("gdp", ("ITA", 2026)), "gdp", "nominal_usd_bn", "of 2026", None),
    "gdp": (without("gdp", ("ITA", 2026), nominal_usd_bn=None), "gdp", "nominal_usd_bn", "of 2026", None),
    "debt": (without("gdp", ("ITA", 2025), gov_debt_pct=None), "gdp", "gov_debt_pct", "of 2025", "debt_pct"),
    "deficit": (
        without("gdp", *YEARS_BEFORE, gov_balance_pct=None), "gdp", "gov_balance_pct", "of 2025", "deficit_pct",
    ),
    "growth": (without("gdp", ("ITA", 2028), growth_pct=None), "gdp", "growth_pct", "of 2028", None),
}  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_a_figure_that_the_tables_lack_is_named_unless_the_file_gives_it(name: str) -> None:
    tables, table, column, years, key = MISSING[name]
    remedy = FILL if key is None else f"{FILL}, or set [ally.ITA] {key}"
    fault = (f"data table {table}", f"ITA.{column}", f"the run needs the figure {years}", remedy)
    if name == "row of gdp":  # growth of the base year is not needed
        assert gaps(tables) == [fault]
    assert gaps(tables) == [fault]
    if key is not None:
        assert of(f"[ally.ITA]\n{key} = {120.0 if key == 'debt_pct' else 2.0}\n", tables)["ITA"]


def test_all_that_is_missing_is_told_at_once() -> None:
    tables = Tables({
        "shares": without("shares", ("ITA", 2026), ("FRA", 2026)).shares,
        "gdp": without("gdp", ("ITA", 2025), ("ITA", 2026), gov_debt_pct=None, nominal_usd_bn=None).gdp,
    })  # fmt: skip
    assert [field for _, field, _, _ in gaps(tables)] == [
        "FRA.share_pct", "ITA.share_pct", "ITA.nominal_usd_bn", "ITA.gov_debt_pct",
    ]  # fmt: skip


def test_years_without_a_balance_are_left_out_of_the_mean_deficit() -> None:
    tables = without("gdp", *YEARS_BEFORE[:2], gov_balance_pct=None)
    assert deficit_pct(tables, "ITA", 2026) == -present(tables.gdp_row("ITA", 2025)).gov_balance_pct
    assert deficit_pct(tables, "ITA", 2025) == -present(tables.gdp_row("ITA", 2022)).gov_balance_pct, (
        "no outlook mixed in"
    )
    assert deficit_pct(without("gdp", *YEARS_BEFORE), "ITA", 2026) is None


def test_the_norm_of_the_first_year_that_the_tables_have_is_its_share() -> None:
    early = of(horizon(2014, 2020))
    assert {entry.norm_pct for entry in early.values()} == {entry.base_share_pct for entry in early.values()}


def pledge(**cells: Any) -> PledgeRow:
    row = next(row for row in load_tables().pledges if (row.iso3, row.role) == ("DEU", "pledge"))
    return row.model_copy(update=cells)


@pytest.mark.parametrize(("cells", "known"), [
    ({}, True), ({"announced": "2026-12-31"}, True), ({"announced": "2027-01-01"}, False), ({"announced": None}, True),
    ({"target_pct": None}, False), ({"target_year": None}, False), ({"role": None}, False),
])  # fmt: skip
def test_a_pledge_is_known_if_it_was_announced_by_the_december_of_the_base_year(
    cells: dict[str, Any], known: bool
) -> None:
    found = of("", Tables({"pledges": (pledge(**cells),)}))["DEU"].own_pledges
    pledges = [event for event in found if isinstance(event, Pledge)]
    assert len(pledges) == known
    if known:
        (only,) = pledges
        assert (only.name, only.title, only.ally, only.opt_out) == ("deu_pledge", "National pledge", "DEU", False)
        assert (only.share_pct, only.by, only.commitment) == (3.5, 2029, 1.0)


def test_a_refusal_is_an_opt_out() -> None:
    (spain,) = of("")["ESP"].own_pledges
    assert isinstance(spain, Pledge)
    assert (spain.name, spain.title, spain.opt_out) == ("esp_opt_out", "National opt-out", True)
    assert (spain.share_pct, spain.by) == (2.1, 2035)


@pytest.mark.parametrize(("announced", "known"), [("2026-12", True), ("2026-12-31", True), ("2027-01", False)])
def test_points_of_a_path_are_known_if_they_were_announced_by_then(announced: str, known: bool) -> None:
    rows = [row for row in load_tables().announced_paths if row.iso3 == "ITA"]
    rows[1] = rows[1].model_copy(update={"announced": announced})
    tables = Tables({"announced_paths": tuple(rows)})
    (path,) = of("", tables)["ITA"].own_pledges
    assert isinstance(path, AnnouncedPath)
    assert (path.name, path.title, path.ally) == ("ita_path", "Announced path", "ITA")
    assert [(p.year, p.share_pct) for p in path.points] == [(2027, 2.25), (2028, 2.5)][: 1 + known]


def test_a_path_is_firm_unless_it_is_a_plan() -> None:
    paths = [event for entry in of("").values() for event in entry.own_pledges if isinstance(event, AnnouncedPath)]
    assert {event.ally for event in paths if event.firm} == {"DEU", "FRA", "GBR", "SWE"}
    assert len(paths) > 15


def test_pledges_and_paths_can_be_switched_off_for_all_or_for_one() -> None:
    """Base years before 2025 know none."""

    def names(text: str, iso3: str = "DEU") -> list[str]:
        return [event.name for event in of(text)[iso3].own_pledges]

    assert names("") == ["deu_pledge", "deu_path"]
    assert names("[budget]\npledges = false\n") == ["deu_path"]
    assert names("[budget]\nannounced_paths = false\n") == ["deu_pledge"]
    assert names("[ally.DEU.budget]\npledges = false\nannounced_paths = false\n") == []
    assert names("[ally.DEU.budget]\npledges = false\n", "ESP") == ["esp_opt_out"]
    assert names(horizon(2025, 2032)) == ["deu_pledge", "deu_path"]
    assert names(horizon(2025, 2032), "FRA") == [], "announced in August 2026"
    assert not any(entry.own_pledges for entry in of(horizon(2024, 2032)).values())
    assert any(entry.own_pledges for entry in of(horizon(2025, 2032)).values())


def test_a_figure_that_is_missing_is_told_with_its_place_and_what_to_do() -> None:
    found = [
        inputs._missing("gdp", "ITA", "nominal_usd_bn", "of 2026"),
        inputs._missing("shares", "ITA", "share_pct", "of 2026", "or set [ally.ITA] share_pct"),
    ]
    assert {(fault.line, fault.value, fault.code) for fault in found} == {(0, "blank", "missing-figure")}
    assert [fault.file for fault in found] == ["data table gdp", "data table shares"]
    assert [fault.field for fault in found] == ["ITA.nominal_usd_bn", "ITA.share_pct"]
    assert {fault.rule for fault in found} == {"the run needs the figure of 2026"}
    assert [fault.remedy for fault in found] == [
        "fill the table, choose another base_year",
        "fill the table, choose another base_year, or set [ally.ITA] share_pct",
    ]


def own_table(name: str, keep: Any, *, overlay: bool = False) -> sim.Scenario:
    """A scenario with the packaged table less some lines, as a file mine.csv of the user's own."""
    head, *rows = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text("utf-8").splitlines()
    text = "\n".join([head, *filter(None, map(keep, rows)), ""])
    entry = '{ file = "mine.csv", overlay = true }' if overlay else '"mine.csv"'
    given = {name: Replacement("mine.csv", text, overlay)}
    return reload(f"[data]\n{name} = {entry}\n", given)


def places(scenario: sim.Scenario) -> list[tuple[str, int, str, str]]:
    with pytest.raises(ScenarioError) as caught:
        ally_inputs(scenario)
    return [(fault.file, fault.line, fault.field, fault.rule) for fault in caught.value.faults]


@pytest.mark.parametrize("year", range(2022, 2026))
def test_no_year_of_an_allys_habit_may_lack_where_older_ones_are_there(year: int) -> None:
    """Its first years neither: the mean would be of fewer years, and nobody told."""
    scenario = own_table("shares", lambda row: row if not row.startswith(f"DEU,{year},") else "")
    assert places(scenario) == [("mine.csv", 0, "DEU.share_pct", f"the run needs the figure of {year}")]
    two = own_table("shares", lambda row: row if row[:9] not in ("DEU,2022,", "DEU,2023,") else "")
    assert places(two) == [("mine.csv", 0, "DEU.share_pct", "the run needs the figure of 2022")]


def test_a_table_that_begins_later_than_the_habit_has_no_hole() -> None:
    late = own_table("shares", lambda row: row if row[4:8] >= "2024" else "")
    germany = next(entry for entry in ally_inputs(late) if entry.iso3 == "DEU")
    table = load_tables()
    assert germany.norm_pct == fmean(present(table.share("DEU", year)).share_pct for year in (2024, 2025, 2026))


def blank_growth(row: str) -> str:
    cells = row.split(",")
    return ",".join([*cells[:2], "", *cells[3:]]) if row.startswith("DEU,2028,") else row


def test_a_missing_figure_of_a_users_own_table_is_told_with_its_file_and_line() -> None:
    whole = own_table("gdp", blank_growth)
    lines = resources.files("sim.data").joinpath("tables", "gdp.csv").read_text("utf-8").splitlines()
    line = next(number for number, row in enumerate(lines, 1) if row.startswith("DEU,2028,"))
    rule = "the run needs the figure of 2028"
    assert places(whole) == [("mine.csv", line, "DEU.growth_pct", rule)]
    over = own_table("gdp", lambda row: blank_growth(row) if row.startswith("DEU,2028,") else "", overlay=True)
    assert places(over) == [("mine.csv", 2, "DEU.growth_pct", rule)]
    absent = own_table("gdp", lambda row: row if not row.startswith("DEU,2028,") else "")
    assert places(absent) == [("mine.csv", 0, "DEU.growth_pct", rule)]
    assert inputs._location(over, "gdp", "FRA", 2028) == ("data table gdp", 0), "which is the package's own"
    assert inputs._location(over, "shares", "DEU", 2028) == ("data table shares", 0)


def test_other_faults_of_a_users_own_table_are_told_with_its_file() -> None:
    calendar = own_table("elections", lambda row: row if not (row.startswith("DEU,") and row[4:8] > "2025") else "")
    assert [(file, field) for file, _, field, _ in places(calendar)] == [("mine.csv", "DEU")]


def test_a_series_of_growth_that_begins_late_has_no_hole_there() -> None:
    """The mean of a look back is of the years that there are, of five at least where the series has as many."""
    for begins, wanted in ((1990, None), (1996, None), (1999, "two years of 1990 to 1999")):
        assert first_growth_missing(dict.fromkeys(range(begins, 2032), 2.0), 1999, 2004) == wanted
    with_hole = dict.fromkeys((1990, 1991, 1998, 1999, 2000), 2.0)
    assert first_growth_missing(with_hole, 1999, 2004) == "5 years of 1990 to 1999"
    assert first_growth_missing(with_hole | {1997: 2.0}, 1999, 2004) is None
    assert first_growth_missing(dict.fromkeys((1996, 1997, 1999), 2.0), 1999, 2004) == "4 years of 1996 to 1999"


@pytest.mark.parametrize(
    ("base", "wanted"),
    [
        (1999, range(1990, 2000)),
        (2003, range(1994, 2004)),
        (2004, range(2000, 2005)),
        (2010, [*range(2000, 2009), 2010]),
        (2026, [*range(2000, 2009), *range(2010, 2020), 2022, 2023, 2024]),
    ],
)
def test_own_growth_is_measured_on_ten_years_where_those_since_2000_are_too_few(base: int, wanted: list[int]) -> None:
    assert list(sd_years(base)) == list(wanted)
    known = {"DEU": {year: float(year % 7) for year in range(1990, 2027)}, "FRA": dict.fromkeys(range(1990, 2027), 0.0)}
    half = [known["DEU"][year] / 2 for year in wanted]
    assert own_growth_sd(known, "DEU", base) == pytest.approx(stdev(half))


def own_shares(first: int) -> dict[str, Replacement]:
    """A table of shares of one's own: 2 % in every ally and every year from the first."""
    codes = [ally.iso3 for ally in load_tables().armed_allies()]
    rows = [f"{iso3},{year},2.0,actual,,," for iso3 in codes for year in range(first, 2027)]
    head = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct"
    return {"shares": Replacement("mine.csv", "\n".join([head, *rows]))}


def test_a_run_starts_as_early_as_the_shares_in_force_and_no_earlier() -> None:
    text = "[horizon]\nbase_year = 2008\nlast_year = 2012\n"
    with pytest.raises(ScenarioError) as caught:
        sim.loads(text)
    (fault,) = caught.value.faults
    assert (fault.field, fault.code) == ("horizon.base_year", "out-of-range")
    assert fault.rule == "must be at least 2014, the first year in the table of shares"
    assert "[data]" in fault.remedy
    with pytest.raises(ScenarioError, match="must be at least 2009, the first year in the table of shares"):
        reload(text, own_shares(2009))
    scenario = reload(text, own_shares(2008))
    (germany,) = (entry for entry in ally_inputs(scenario) if entry.iso3 == "DEU")
    assert (germany.base_share_pct, germany.norm_pct) == (2.0, 2.0)
    known = {row.year: present(row.growth_pct) for row in load_tables().gdp_of("DEU")}
    assert germany.forecast_pct == pytest.approx(
        dict.fromkeys(range(2009, 2013), fmean(known[year] for year in range(1999, 2009)))
    )
    assert sim.simulate(scenario, paths=16, executor="serial").record.description.years == (2009, 2010, 2011, 2012)
