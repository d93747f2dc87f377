"""Figures in another unit are refused, with what was probably meant; no figure that was ever true is."""

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from importlib import resources

import pytest

from sim.data.rows import ROWS
from sim.data.tables import Replacement, load_tables
from sim.errors import Fault, ScenarioError
from sim.scenario import loads


def records(name: str) -> list[dict[str, str]]:
    text = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def faults_of(name: str, rows: list[dict[str, str]], *, overlay: bool = False) -> tuple[Fault, ...]:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(ROWS[name].model_fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    try:
        load_tables({name: Replacement("mine.csv", text.getvalue(), overlay)})
    except ScenarioError as error:
        return error.faults
    return ()


def scaled(places: int) -> Callable[[str], str]:
    return lambda cell: f"{Decimal(cell).scaleb(places):f}" if cell else ""


def trillions(cell: str) -> str:
    return f"{max(Decimal(cell) / 1000, Decimal('0.1')):f}" if cell else ""  # what lies below is out of range


def turned(cell: str) -> str:
    return f"{-Decimal(cell)}" if cell else ""


# the case: table, column, what is done to a cell, a part of the remedy
COLUMNS = {
    "shares as fractions": ("shares", "share_pct", scaled(-2), "did you mean 1.34? multiply by 100 in every row"),
    "first estimates as fractions": ("shares", "first_estimate_pct", scaled(-2), "multiply by 100 in every row"),
    "outlays in billions": ("shares", "outlays_usd_m", scaled(-3), "multiply by 1,000 in every row"),
    "equipment as fractions": ("shares", "equipment_share_pct", scaled(-2), "multiply by 100 in every row"),
    "aggregates as fractions": ("aggregates", "share_pct", scaled(-2), "did you mean 1.4?"),
    "GDP in trillions": ("gdp", "nominal_usd_bn", trillions, "multiply by 1,000"),
    "growth as fractions": ("gdp", "growth_pct", scaled(-2), "multiply by 100 in every row"),
    "deflator as fractions": ("gdp", "deflator_pct", scaled(-2), "multiply by 100 in every row"),
    "debt as fractions": ("gdp", "gov_debt_pct", scaled(-2), "multiply by 100 in every row"),
    "spending as fractions": ("gdp", "gov_spending_pct", scaled(-2), "multiply by 100 in every row"),
    "balances as fractions": ("gdp", "gov_balance_pct", scaled(-2), "multiply by 100 in every row"),
    "deficits without sign": ("gdp", "gov_balance_pct", turned, "turn the sign"),
    "paths as fractions": ("announced_paths", "share_pct", scaled(-2), "multiply by 100 in every row"),
    "pledges as fractions": ("pledges", "target_pct", scaled(-2), "multiply by 100 in every row"),
    "miles": ("geography", "distance_moscow_km", lambda cell: f"{Decimal(cell) / Decimal('1.609344'):.0f}", "2059"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "column", "change", "remedy"), COLUMNS.values(), ids=COLUMNS)
def test_a_column_in_another_unit_is_one_fault(
    name: str, column: str, change: Callable[[str], str], remedy: str
) -> None:
    rows = [{**row, column: change(row[column])} for row in records(name)]
    (fault,) = faults_of(name, rows)
    assert (fault.code, fault.field) == ("implausible", column)
    assert remedy in fault.remedy


def test_an_index_is_no_change_of_one() -> None:
    rows = [{**row, "deflator_pct": str(100 + int(row["year"]) - 1995)} for row in records("gdp")]
    (fault,) = faults_of("gdp", rows)
    assert "must be the change of the deflator" in fault.rule


@pytest.mark.parametrize(
    ("value", "meant"), [("0.0269", "2.69"), ("26.9", "2.69"), ("0.269", "2.69"), ("0.05", "5"), ("29", "2.9")]
)
@pytest.mark.parametrize("overlay", [False, True])
def test_one_figure_far_from_its_neighbours_is_refused(value: str, meant: str, overlay: bool) -> None:
    rows = [row for row in records("shares") if not overlay or row["iso3"] == "DEU"]
    rows = [{**row, "share_pct": value} if (row["iso3"], row["year"]) == ("DEU", "2026") else row for row in rows]
    (fault,) = faults_of("shares", rows, overlay=overlay)
    assert fault.value == f"{float(value):g} (DEU 2026)"
    assert fault.remedy == f"did you mean {meant}?"


def test_a_figure_too_small_for_a_quotient_is_a_fault_and_no_crash() -> None:
    (fault,) = faults_of("shares", [{"iso3": "DEU", "year": "2026", "share_pct": "5e-324", "status": "actual"}],
                         overlay=True)  # fmt: skip
    assert fault.code == "implausible"


FACTS = {"share_pct": ("DEU", 2.69), "norm_pct": ("DEU", 2.69), "debt_pct": ("EST", 25.0)}
"""Keys of an ally in a scenario, with a figure near the packaged one."""


@pytest.mark.parametrize("key", FACTS)
@pytest.mark.parametrize(("factor", "refused"), [(10, True), (0.1, True), (3, False), (0.4, False), (1, False)])
def test_a_slipped_point_in_a_scenario_is_refused_as_in_a_table(key: str, factor: float, refused: bool) -> None:
    iso3, known = FACTS[key]
    value = round(known * factor, 6)
    text = f"[ally.{iso3}]\n{key} = {value}\n"
    if not refused:
        assert getattr(loads(text).ally[iso3], key) == value
        return
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    (fault,) = caught.value.faults
    assert (fault.code, fault.line, fault.field) == ("implausible", 2, f"ally.{iso3}.{key}")
    assert fault.remedy == f"did you mean {known:g}?"
    assert "the packaged" in fault.rule


def test_what_replaces_a_figure_is_held_against_that_of_the_base_year() -> None:
    """Luxembourg spent 0.4 % in 2014 and 2 % in 2026."""
    late = "[ally.LUX]\nshare_pct = 3.9\n"
    assert loads(late).ally["LUX"].share_pct == 3.9
    with pytest.raises(ScenarioError, match="of LUX 2014"):
        loads("[horizon]\nbase_year = 2014\nlast_year = 2020\n" + late)
    assert loads("[ally.NOR]\ndebt_pct = 0\n").ally["NOR"].debt_pct == 0


def test_a_jump_where_nothing_is_packaged_is_held_against_the_year_before() -> None:
    rows = [
        {"iso3": "DEU", "year": str(year), "share_pct": share, "status": "actual"}
        for year, share in ((1990, "2.5"), (1991, "2.1"), (1992, "0.2"), (1993, "1.8"))
    ]
    (fault,) = faults_of("shares", rows, overlay=True)
    assert "2.1 of DEU 1991" in fault.rule


def test_true_jumps_pass() -> None:
    """Bulgaria's aircraft of 2019, paid at once; an ally at war from one year to the next (SIPRI, Ukraine 2021-22)."""
    rows = [{"iso3": "BGR", "year": "2019", "share_pct": "3.15", "status": "actual"}]
    rows += [{"iso3": "POL", "year": "2026", "share_pct": "35.0", "status": "actual"}]
    war = [{"iso3": "EST", "year": str(year), "share_pct": share, "status": "actual"}
           for year, share in ((1990, "3.43"), (1991, "25.64"))]  # fmt: skip
    assert not faults_of("shares", [rows[0], *war], overlay=True)


def test_nothing_of_the_packaged_tables_is_refused() -> None:
    for name in ROWS:
        assert not faults_of(name, records(name))


def test_every_edition_of_shares_passes() -> None:
    tables = load_tables()
    for edition in sorted({row.edition for row in tables.share_vintages}):
        rows = [
            {"iso3": row.iso3, "year": str(row.year), "share_pct": str(row.share_pct), "status": row.status}
            for row in tables.share_vintages
            if row.edition == edition
        ]
        assert not faults_of("shares", rows, overlay=True), edition


def test_growth_of_nothing_in_every_year_is_an_assumption_and_no_unit() -> None:
    assert not faults_of("gdp", [{**row, "growth_pct": "0"} for row in records("gdp")])


def test_month_and_day_in_each_others_place() -> None:
    rows = records("elections")
    place = next(n for n, row in enumerate(rows) if row["day"] and row["month"] != row["day"] and int(row["day"]) <= 12)
    turned = {**rows[place], "month": rows[place]["day"], "day": rows[place]["month"]}
    (fault,) = faults_of("elections", [*rows[:place], turned, *rows[place + 1 :]])
    assert (fault.code, fault.field, fault.remedy) == ("implausible", "month", "exchange month and day")
    beyond = {**rows[place], "month": "25", "day": "5"}
    (fault,) = faults_of("elections", [*rows[:place], beyond, *rows[place + 1 :]])
    assert "are month and day in each other's place?" in fault.remedy
