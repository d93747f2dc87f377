"""The packaged tables agree with facts that are known from elsewhere."""

import csv
import math
import statistics
from importlib import resources

import pycountry
import pytest

from sim.data.edition import FIRST_YEAR, LAST_YEAR, key_of
from sim.data.rows import ROWS, ShareRow
from sim.data.tables import Tables, load_tables
from sim.errors import UsageError
from support import present

YEARS = range(2014, 2027)
"""Of which the facts are known; an edition adds its own."""
OFF_THE_NEAR_SEAS = {"LUX", "ITA", "GRC", "PRT", "ESP", "CAN", "USA", "ISL"} | {
    "ALB",
    "CZE",
    "HRV",
    "HUN",
    "MKD",
    "MNE",
    "SVK",
    "SVN",
}


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables()


def count_at_or_above(tables: Tables, year: int, target_pct: float) -> int:
    found = (tables.share(ally.iso3, year) for ally in tables.armed_allies())
    return sum(row is not None and row.share_pct >= target_pct for row in found)


def test_the_number_of_allies_at_two_per_cent_is_the_known_one(tables: Tables) -> None:
    counts = [count_at_or_above(tables, year, 2.0) for year in YEARS]
    assert counts == [3, 4, 4, 3, 5, 6, 8, 6, 7, 10, 17, 28, 30]


def test_four_allies_stand_at_three_and_a_half_in_2025_and_five_in_2026(tables: Tables) -> None:
    assert [count_at_or_above(tables, year, 3.5) for year in (2025, 2026)] == [4, 5]


def europe_and_canada(tables: Tables, year: int) -> list[tuple[ShareRow, float]]:
    rows = [
        (tables.share(ally.iso3, year), tables.gdp_row(ally.iso3, year))
        for ally in tables.armed_allies()
        if ally.iso3 != "USA"
    ]
    assert len(rows) == 30
    return [(present(share), present(present(row).nominal_usd_bn)) for share, row in rows]


def test_the_gdp_weighted_mean_of_europe_and_canada_is_natos(tables: Tables) -> None:
    rows = europe_and_canada(tables, 2026)
    mean = sum(share.share_pct * gdp for share, gdp in rows) / sum(gdp for _, gdp in rows)
    assert mean == pytest.approx(present(tables.aggregate("Europe and Canada", 2026)).share_pct, abs=0.05)
    assert present(tables.aggregate("Europe and Canada", 2026)).share_pct == 2.53


def test_the_outlays_of_europe_and_canada_over_their_gdp_are_natos_share(tables: Tables) -> None:
    rows = europe_and_canada(tables, 2026)
    ratio = sum(share.outlays_usd_m for share, _ in rows) / sum(gdp for _, gdp in rows) / 10
    assert ratio == pytest.approx(2.53, abs=0.05)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_outlays_of_the_allies_sum_to_natos_total(tables: Tables, year: int) -> None:
    total = sum(present(tables.share(ally.iso3, year)).outlays_usd_m for ally in tables.armed_allies())
    assert total == pytest.approx(present(tables.aggregate("NATO total", year)).outlays_usd_m, abs=2)


def test_thirty_two_allies_of_which_iceland_alone_has_no_armed_forces(tables: Tables) -> None:
    assert len(tables.allies) == 32
    assert {ally.iso3 for ally in tables.allies} - {ally.iso3 for ally in tables.armed_allies()} == {"ISL"}


def test_iceland_has_no_share_in_any_table(tables: Tables) -> None:
    assert not tables.shares_of("ISL")
    assert "ISL" not in {row.iso3 for row in (*tables.shares, *tables.share_vintages)}


def test_armed_allies_come_by_iso_numeric_code(tables: Tables) -> None:
    codes = [ally.iso_numeric for ally in tables.armed_allies()]
    assert codes == sorted(codes)
    assert len(set(codes)) == 31


def test_codes_agree_with_iso_3166(tables: Tables) -> None:
    for ally in tables.allies:
        assert int(present(pycountry.countries.get(alpha_3=ally.iso3)).numeric) == ally.iso_numeric


def test_twenty_three_allies_belong_to_the_european_union(tables: Tables) -> None:
    assert sum(ally.eu_member for ally in tables.allies) == 23


def test_every_ally_with_armed_forces_has_every_year(tables: Tables) -> None:
    assert YEARS[0] == FIRST_YEAR
    assert YEARS[-1] <= LAST_YEAR
    for ally in tables.armed_allies():
        assert [row.year for row in tables.shares_of(ally.iso3)] == list(range(FIRST_YEAR, LAST_YEAR + 1))


def test_the_last_two_years_are_estimates(tables: Tables) -> None:
    assert {row.status for row in tables.shares if row.year >= LAST_YEAR - 1} == {"estimate"}
    assert {row.status for row in tables.shares if row.year < LAST_YEAR - 1} == {"actual"}


def test_the_last_vintage_is_the_table_of_shares(tables: Tables) -> None:
    last = {(row.iso3, row.year): row.share_pct for row in tables.share_vintages if row.edition == key_of()}
    assert last == {(row.iso3, row.year): row.share_pct for row in tables.shares}


def test_first_estimates_are_the_vintages_of_their_year(tables: Tables) -> None:
    printed = {
        (row.iso3, row.year): row.share_pct
        for row in tables.share_vintages
        if row.edition.startswith(str(row.year)) and row.year < LAST_YEAR
    }
    for row in tables.shares:
        if row.first_estimate_pct is not None:
            assert printed[row.iso3, row.year] == pytest.approx(row.first_estimate_pct, abs=0.006)


def test_growth_is_forecast_for_every_ally_for_five_years(tables: Tables) -> None:
    for ally in tables.allies:
        for year in range(LAST_YEAR + 1, LAST_YEAR + 6):
            row = tables.gdp_row(ally.iso3, year)
            assert row is not None
            assert row.growth_pct is not None
            assert row.status == "forecast"


def test_debt_and_gdp_before_the_base_year_are_known_for_every_ally(tables: Tables) -> None:
    for ally in tables.allies:
        assert tables.debt_pct(ally.iso3, LAST_YEAR - 1) is not None
        assert present(tables.gdp_row(ally.iso3, LAST_YEAR - 1)).nominal_usd_bn > 0


def test_at_most_one_executive_election_to_come_per_ally_and_year(tables: Tables) -> None:
    ahead = [
        (row.iso3, row.year)
        for row in tables.elections
        if row.executive and row.status not in ("held", "presumed held")
    ]
    assert len(ahead) == len(set(ahead))
    assert len({iso3 for iso3, _ in ahead}) == 32


def test_elections_to_come_leave_early_blank(tables: Tables) -> None:
    for row in tables.elections:
        assert (row.early is None) == (row.status not in ("held", "presumed held"))


def test_exactly_five_rows_enter_the_model_as_pledges(tables: Tables) -> None:
    given = {(row.iso3, row.target_pct, row.target_year, row.role) for row in tables.pledges if row.role}
    assert given == {
        ("DEU", 3.5, 2029, "pledge"),
        ("SWE", 3.5, 2030, "pledge"),
        ("EST", 5.0, 2026, "pledge"),
        ("LTU", 5.0, 2026, "pledge"),
        ("ESP", 2.1, 2035, "opt_out"),
    }
    assert sum(row.role is not None for row in tables.pledges) == 5
    assert [row.role for row in tables.pledges_of("ESP")] == ["opt_out"]
    assert tables.pledges_of("FRA") == ()


def test_announced_paths_run_through_known_points(tables: Tables) -> None:
    assert [(p.year, p.share_pct, p.kind) for p in tables.announced_path("ITA")] == [
        (2027, 2.25, "plan"),
        (2028, 2.5, "plan"),
    ]
    assert tables.announced_path("GRC") == ()


def test_no_coast_means_no_coast_on_the_northern_seas_or_the_black_sea(tables: Tables) -> None:
    assert {row.iso3 for row in tables.geography if not row.near_coast} == OFF_THE_NEAR_SEAS
    borders = {row.iso3 for row in tables.geography if row.land_border_russia}
    assert borders == {"NOR", "FIN", "EST", "LVA", "LTU", "POL"}
    overrides = {row.iso3: row.exposure_override for row in tables.geography if row.exposure_override is not None}
    assert overrides == {"NOR": 0.5, "FIN": 0.5}
    assert tables.geography_of("LTU").distance_moscow_km == 790


def test_early_elections_of_uncovered_allies_are_unknown_and_not_zero(tables: Tables) -> None:
    for iso3 in ("ALB", "MNE", "MKD", "USA"):
        assert present(tables.early_elections_of(iso3)).n_early is None
    assert present(tables.early_elections_of("SWE")).n_early == 0
    counted = [row for row in tables.early_elections if row.n_early is not None]
    assert (len(counted), sum(row.n_early for row in counted)) == (28, 69)


def test_two_russian_measures_overlap_only_in_2025(tables: Tables) -> None:
    years = {basis: {r.year for r in tables.russia if r.basis == basis} for basis in ("SIPRI", "federal budget plan")}
    assert years["SIPRI"] & years["federal budget plan"] == {2025}


@pytest.mark.parametrize("name", ROWS)
def test_no_blank_cell_becomes_a_number(tables: Tables, name: str) -> None:
    """Cell for cell: blank is None, everything else is what the file says."""
    model = ROWS[name]
    text = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    rows = {row.key: row for row in tables.table(name)}
    records = list(csv.DictReader(text.splitlines()))
    assert len(records) == len(rows)
    for record in records:
        row = model.model_validate({column: cell or None for column, cell in record.items()})
        assert rows[row.key] == row
        for column, cell in record.items():
            value = getattr(row, column)
            if cell == "":
                assert value is None
            elif isinstance(value, str):
                assert value == cell
            else:
                assert value is not None
                assert math.isfinite(value)
                assert float(value) == float(cell)


def test_packaged_files_end_lines_as_unix_does_and_name_no_address(tables: Tables) -> None:
    for name in ROWS:
        raw = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_bytes()
        assert b"\r" not in raw
        assert b"http" not in raw
        assert raw.endswith(b"\n")


def test_what_is_not_there_is_none(tables: Tables) -> None:
    assert tables.share("DEU", 1999) is None
    assert tables.gdp_row("XXX", 2020) is None
    assert tables.debt_pct("XXX", 2020) is None
    assert tables.aggregate("NATO total", 1999) is None
    assert tables.early_elections_of("XXX") is None
    assert tables.elections_of("XXX") == ()
    assert [row.year for row in tables.elections_of("FRA")] == [2022, 2024, 2027, 2029, 2032, 2034]


def test_an_unknown_ally_or_table_is_an_error_that_says_where_to_look(tables: Tables) -> None:
    assert tables.ally("TUR").name == "Türkiye"
    with pytest.raises(UsageError, match="sim data allies"):
        tables.ally("XXX")
    with pytest.raises(UsageError, match="sim data allies"):
        tables.geography_of("XXX")
    with pytest.raises(UsageError, match="share_vintages"):
        tables.table("share")


def test_first_estimates_were_revised_by_what_the_documentation_says(tables: Tables) -> None:
    revisions = {
        year: [
            row.first_estimate_pct - row.share_pct
            for row in tables.shares
            if row.year == year and row.first_estimate_pct is not None
        ]
        for year in (2023, 2024, 2025)
    }
    assert [round(statistics.stdev(found), 2) for found in revisions.values()] == [0.31, 0.19, 0.19]
    assert [len(found) for found in revisions.values()] == [30, 31, 30]


def test_editions_differ_by_what_the_documentation_says(tables: Tables) -> None:
    moved = {
        (row.iso3, row.year): abs(present(tables.share(row.iso3, row.year)).share_pct - row.share_pct)
        for row in tables.share_vintages
        if row.edition == "2025-08"
    }
    assert max(gap for (_, year), gap in moved.items() if year <= 2022) < 0.085
    assert max(moved, key=lambda key: moved[key]) == ("EST", 2025)
    assert max(moved.values()) == pytest.approx(0.55, abs=0.005)


def test_dollars_over_gdp_are_the_share_but_for_the_netherlands_and_luxembourg(tables: Tables) -> None:
    odd = set()
    for row in tables.shares:
        gdp = present(tables.gdp_row(row.iso3, row.year)).nominal_usd_bn
        if abs(row.outlays_usd_m / gdp / 10 - row.share_pct) > 0.1:
            odd.add(row.iso3)
    assert odd == {"NLD", "LUX"}
    ratios = {
        iso3: present(tables.share(iso3, 2026)).outlays_usd_m
        / present(tables.gdp_row(iso3, 2026)).nominal_usd_bn
        / 10
        / present(tables.share(iso3, 2026)).share_pct
        for iso3 in ("NLD", "LUX")
    }
    assert ratios == {"NLD": pytest.approx(0.88, abs=0.005), "LUX": pytest.approx(0.67, abs=0.005)}
