"""The table of budgets: each conversion is worked out again, and of a year the furthest stage that was known counts."""

from __future__ import annotations

import pytest

from sim.data.rows import BudgetRow
from sim.data.tables import Replacement, Tables, load_tables
from sim.errors import ScenarioError
from support import present

HEADER = "iso3,year,share_pct,basis,stage,announced,source,reading,note\n"


def share_pct(iso3: str) -> float:
    (row,) = load_tables().budgets_of(iso3)
    return row.share_pct


def test_three_budgets_of_2027_are_known_all_as_drafts() -> None:
    rows = load_tables().budgets
    assert [(row.iso3, row.year, row.stage, row.reading) for row in rows] == [
        ("DEU", 2027, "draft", True), ("GBR", 2027, "draft", False), ("POL", 2027, "draft", True),
    ]  # fmt: skip


def test_germanys_draft_is_the_budget_line_and_what_natos_figure_of_2026_had_beside_it() -> None:
    """EUR bn: 139.6 of 2027 and 108.2 of 2026 on the line, 124.7 of 2026 as reported to NATO."""
    tables = load_tables()
    nato, outlook = present(tables.share("DEU", 2026)).share_pct, present(tables.gdp_row("DEU", 2027))
    gdp = 124.7 / nato * 100
    later = gdp * (1 + present(outlook.growth_pct) / 100) * (1 + present(outlook.deflator_pct) / 100)
    assert (round(gdp), round(later)) == (4636, 4808)
    assert share_pct("DEU") == pytest.approx(100 * 139.6 / later + nato - 100 * 108.2 / gdp, abs=0.005)


def test_polands_draft_is_the_national_figure_less_its_distance_to_natos_in_2026() -> None:
    nato = present(load_tables().share("POL", 2026)).share_pct
    assert share_pct("POL") == pytest.approx(4.51 - (4.81 - nato))


def test_britains_is_that_of_the_path_announced_in_june_2026() -> None:
    tables = load_tables()
    path = {row.year: row.share_pct for row in tables.announced_path("GBR")}
    assert share_pct("GBR") == path[2027] == path[2029] == 2.7
    earlier = tables.announced_path("GBR", "2025-12-31")
    assert [(row.year, row.share_pct) for row in earlier] == [(2027, 2.6), (2029, 2.6)]


def budget(stage: str, announced: str, share: float) -> BudgetRow:
    return BudgetRow.model_validate({
        "iso3": "ITA", "year": 2028, "share_pct": share, "basis": "NATO", "stage": stage, "announced": announced,
        "source": "x", "reading": False,
    })  # fmt: skip


def test_of_a_year_the_furthest_stage_that_was_known_counts() -> None:
    rows = (budget("law", "2027-12-20", 2.4), budget("draft", "2027-10", 2.3), budget("adopted", "2027-12-01", 2.5))
    tables = Tables({"budgets": rows})
    dates = ("2027-09", "2027-11", "2027-12-10")
    assert [[row.share_pct for row in tables.budgets_of("ITA", date)] for date in dates] == [[], [2.3], [2.5]]
    assert [row.share_pct for row in tables.budgets_of("ITA")] == [2.4]


@pytest.mark.parametrize(("row", "code"), [
    ("ITA,2026,2.3,NATO,law,2027-10,x,0,\n", "bad-date"), ("ISL,2027,2.3,NATO,law,2026-10,x,0,\n", "no-armed-forces"),
    ("ITA,2027,0.023,NATO,law,2026-10,x,0,\n", "implausible"),
    ("ITA,2027,2.3,NATO,plan,2026-10,x,0,\n", "unknown-choice"),
])  # fmt: skip
def test_what_cannot_be_a_budget_is_refused(row: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_tables({"budgets": Replacement("b.csv", HEADER + row, overlay=True)})
    assert code in {fault.code for fault in caught.value.faults}


def test_a_row_laid_over_the_table_takes_the_place_of_its_stage() -> None:
    text = HEADER + "DEU,2027,3.1,NATO,draft,2026-11,mine,0,\nITA,2027,2.3,NATO,law,2026-12,mine,0,\n"
    tables = load_tables({"budgets": Replacement("b.csv", text, overlay=True)})
    assert [(row.iso3, row.share_pct) for row in tables.budgets] == [
        ("DEU", 3.1),
        ("GBR", 2.7),
        ("ITA", 2.3),
        ("POL", 4.38),
    ]
