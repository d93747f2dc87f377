"""The tables of the report cell by cell, of lines made by hand; what is cited; the manifest as rows."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pandas as pd
import pytest

from report.made import CORE, RELATED, TOTAL, WIDE, ally, chance, line, run
from sim.data.rows import VintageRow
from sim.data.tables import Tables
from sim.output.report import contents
from sim.output.report.contents import NEVER, Sheet, SheetCell, allies_sheet, editions_sheet, facts, sources
from sim.results.record import AllyDescription, Record
from sim.results.summary import AllySummary, Band, Chance

ALAND, BORDURIA, CARPANIA = ally("Aland", share_pct=2.345), ally("Borduria"), ally("Carpania", share_pct=3.6)
ALLIES = (ALAND, BORDURIA, CARPANIA)
LOW, HIGH = Band(2.04, 1.66, 2.44), Band(inf, 9.94, inf)
REPORTED = Band(2.16, 1.7, 2.5)

UNBOUND = "; –: the target does not bind this ally"
HEADS = [
    ("Ally", ""), ("Share 2026", "shares as they are"),
    ("Median spent 2028", "half of the simulated runs spend that or less, % of GDP"),
    ("90 % band", "where what is spent in 2028 lies in 90 of 100 simulated runs, % of GDP"),
    ("Median reported 2028", "the same with what is closed on paper that year"),
]  # fmt: skip
RUNS = ("Runs at 3.5 %", "of 100 simulated runs, given the assumptions")
MONTE_CARLO = ("95 % interval", "Monte Carlo error only")
OVER = ("Over parameters", "of 100 simulated runs; the central 90 % over the parameters drawn")
SPENT = ("Spent only", "of 100 simulated runs; without what is closed on paper that year")
MOVED = ("As moved", "of 100 simulated runs, met as a summit or review left the target")
WAITING = ("Not yet due", "of 100 simulated runs, not met, where the date was put off and has not come")
REST = [
    ("In words", "on the one fixed scale below"),
    ("First year", "the first in which half of the runs are at the target, also on paper; later years may have fewer"),
    ("Short, USD bn", "expected shortfall of what is spent to the target in 2028, prices of 2026"),
    ("Closed on paper, USD bn", "how much of it is closed on paper"),
]
ASSUMED = "an assumption: NATO publishes no security-related outlays"


@pytest.fixture
def sheet(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The table of allies of a run whose lines are made by hand."""
    rows = [("AAA", 2028, 1.23, 0.04), ("BBB", 2028, 12.3, 5.0), ("CCC", 2028, 0.0, 0.0), ("AAA", 2027, 99.0, 99.0)]
    columns = ["iso3", "year", "shortfall_usd_bn_mean", "on_paper_usd_bn_mean"]

    def gap(record: Record) -> pd.DataFrame:
        assert record.description.yardstick("core"), "nothing is short of no target"
        return pd.DataFrame(rows, columns=columns)

    monkeypatch.setattr(contents, "gap", gap)
    monkeypatch.setattr(contents, "mark", lambda record, entry: "e" if entry is record.description.allies[0] else "")

    def shares(record: Record, entries: Any) -> str:
        assert entries == record.description.allies == ALLIES
        return "shares as they are"

    monkeypatch.setattr(contents, "shares_sentence", shares)

    def of(record: Record, *lines: AllySummary) -> Sheet:
        def made(found: Record, year: int) -> Any:
            assert (found, year) == (record, 2028)
            return list(lines)

        monkeypatch.setattr(contents, "ally_lines", made)
        found = allies_sheet(record, 2028)
        assert all(len(cells) == len(found.columns) for _, cells in found.rows)
        return found

    return of


def of_ally(entry: AllyDescription, band: Band = LOW, **more: Any) -> AllySummary:
    return line(entry, spent=band, reported=REPORTED if band is LOW else band, **more)


NAMED = (
    SheetCell("Aland", "Aland"), SheetCell("2.35e", 2.345), SheetCell("2.0", 2.04), SheetCell("1.7–2.4", 1.66),
    SheetCell("2.2", 2.16),
)  # fmt: skip


def test_without_a_target_the_table_is_of_shares(sheet: Any) -> None:
    found = sheet(run(ALLIES), of_ally(ALAND), of_ally(BORDURIA, HIGH))
    assert (found.name, found.caption, list(found.columns)) == ("allies", "The allies in 2028", HEADS)
    high = (
        SheetCell("Borduria", "Borduria"), SheetCell("2.00", 2.0), SheetCell(">20", 100.0), SheetCell("9.9–>20", 9.94),
        SheetCell(">20", 100.0),
    )  # fmt: skip
    assert found.rows == (("BBB", high), ("AAA", NAMED))
    above = sheet(run(ALLIES), of_ally(ALAND, Band(inf, inf, inf)))
    assert above.rows[0][1][3] == SheetCell(">20", 100.0)


def test_a_core_target_adds_its_columns(sheet: Any) -> None:
    odds = replace(chance(0.6, 0.4), ci_low=0.591)
    found = sheet(run(ALLIES, CORE), of_ally(ALAND, core=odds))
    assert list(found.columns) == [*HEADS, RUNS, MONTE_CARLO, SPENT, *REST]
    (row,) = found.rows
    assert row == (
        "AAA",
        (
            *NAMED, SheetCell("60", 0.6), SheetCell("59–61", 0.591), SheetCell("40", 0.4), SheetCell("likely", 0.6),
            SheetCell("2028", 2028), SheetCell("1.2", 1.23), SheetCell("<0.1", 0.04),
        ),
    )  # fmt: skip


def test_figures_of_few_runs_are_rounded_as_their_intervals_allow(sheet: Any) -> None:
    rough = replace(chance(0.61, 0.42), ci_low=0.5, ci_high=0.7, without_low=0.3, without_high=0.5)
    cells = sheet(run(ALLIES, CORE), of_ally(ALAND, core=rough)).rows[0][1]
    assert [cell.text for cell in cells[5:8]] == ["~60", "50–70", "~40"]


def test_the_range_over_parameters_stands_in_the_place_of_the_interval(sheet: Any) -> None:
    found = sheet(run(ALLIES, CORE), of_ally(ALAND, core=chance(0.6, over_parameters=WIDE)))
    assert found.columns[6] == OVER
    assert found.rows[0][1][6] == SheetCell("39–78", 0.393)


def test_a_target_that_was_moved_has_columns_of_how(sheet: Any) -> None:
    moved: dict[str, Any] = {"in_force": 0.7, "in_force_low": 0.69, "in_force_high": 0.71}
    waiting: dict[str, Any] = {"not_yet_due": 0.25, "not_yet_due_low": 0.15, "not_yet_due_high": 0.35}
    usual, free = of_ally(BORDURIA, core=chance(0.6)), of_ally(CARPANIA)
    found = sheet(run(ALLIES, CORE), of_ally(ALAND, core=chance(0.65, **moved, **waiting)), usual, free)
    assert list(found.columns) == [*HEADS, RUNS, MONTE_CARLO, SPENT, MOVED, WAITING, *REST]
    rows = dict(found.rows)
    assert rows["AAA"][8:10] == (SheetCell("70", 0.7), SheetCell("~30", 0.25))
    assert rows["BBB"][8:10] == (SheetCell("60", 0.6), SheetCell("<1", 0.0))
    assert rows["CCC"][5:] == (SheetCell("–", -1.0),) * 9
    only = sheet(run(ALLIES, CORE), usual, of_ally(ALAND, core=chance(0.65, **moved)))
    assert list(only.columns) == [*HEADS, RUNS, MONTE_CARLO, SPENT, MOVED, *REST]
    only = sheet(run(ALLIES, CORE), usual, of_ally(ALAND, core=chance(0.65, **waiting)))
    assert list(only.columns) == [*HEADS, RUNS, MONTE_CARLO, SPENT, WAITING, *REST]


def test_a_target_that_binds_few_says_so(sheet: Any) -> None:
    record = run(ALLIES, replace(CORE, members=("AAA",)), RELATED, TOTAL)
    found = sheet(record, of_ally(ALAND, core=chance(0.6), total=chance(0.3)), of_ally(BORDURIA, related=chance(0.5)))
    assert list(found.columns[5:]) == [
        (RUNS[0], f"{RUNS[1]}{UNBOUND}"), MONTE_CARLO, SPENT, *REST,
        ("Runs at 1.5 % security-related", f"{ASSUMED}{UNBOUND}"), ("Runs at 5 % total", ASSUMED),
    ]  # fmt: skip
    rows = dict(found.rows)
    none = SheetCell("–", -1.0)
    assert rows["AAA"][-2:] == (none, SheetCell("30", 0.3))
    assert rows["BBB"][5:] == (*[none] * 7, SheetCell("50", 0.5), none)
    rough = replace(chance(0.61), ci_low=0.5, ci_high=0.7)
    assert sheet(record, of_ally(ALAND, core=rough, total=rough)).rows[0][1][-1] == SheetCell("~60", 0.61)


@pytest.mark.parametrize(
    ("first_year", "cell"),
    [(2026, SheetCell("already", 2026)), (2027, SheetCell("2027", 2027)), (None, SheetCell("after 2028", NEVER))],
)
def test_the_first_year_is_one_of_the_run_or_behind_it(sheet: Any, first_year: int | None, cell: SheetCell) -> None:
    found = sheet(run(ALLIES, CORE), of_ally(ALAND, core=chance(0.6), first_year=first_year))
    assert found.rows[0][1][9] == cell


def test_a_first_year_that_is_not_simulated_is_behind_the_last(sheet: Any) -> None:
    record = run(ALLIES, CORE)
    longer = replace(record, description=replace(record.description, years=(2027, 2028, 2029)))
    found = sheet(longer, of_ally(ALAND, core=chance(0.6), first_year=None))
    assert found.rows[0][1][9] == SheetCell("after 2029", NEVER)


def test_the_likeliest_stand_first_and_of_equals_who_spends_more(sheet: Any) -> None:
    def order(*odds: tuple[str, float | None, float]) -> str:
        lines = [
            of_ally(ally(name), Band(spent, 1.0, 3.0), **({} if part is None else {"core": chance(part)}))
            for name, part, spent in odds
        ]
        with_money = {entry.entry.iso3: (0.0, 0.0) for entry in lines}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(contents, "_short", lambda record, year: with_money)
            found = sheet(run(ALLIES, CORE), *lines)
        return "".join(iso3[0] for iso3, _ in found.rows)

    given = (("Dalmasca", None, 9.0), ("Aland", 0.5, 2.0), ("Borduria", 0.7, 1.0), ("Carpania", 0.5, 2.5))
    assert order(*given, ("Elbonia", 0.0, 3.0)) == "BCAED"
    assert (
        order(("Zembla", 0.5, 2.0), ("Borduria", 0.5, 2.0), ("Ruritania", None, 3.0), ("Genovia", None, 4.0)) == "BZGR"
    )
    assert order(("Zembla", None, 9.0), ("Aland", 1.0, 1.0)) == "AZ"


def test_each_ally_has_its_sentence_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    record = run((replace(ALAND, name="A\nland"), BORDURIA), CORE)
    lines = [of_ally(entry, core=chance(0.6)) for entry in record.description.allies]

    def made(found: Record, year: int) -> Any:
        assert (found, year) == (record, 2027)
        return lines

    monkeypatch.setattr(contents, "ally_lines", made)
    rest = (
        " is at 3.5 % or above in 2027 (the target falls due in 2028) in 60 of 100 simulated runs, given the "
        "assumptions (likely); spent only, in 60."
    )
    assert contents.ally_sentences(record, 2027) == {"AAA": f"A land{rest}", "BBB": f"Borduria{rest}"}
    free = run((ALAND,))
    monkeypatch.setattr(contents, "ally_lines", lambda *_: [of_ally(ALAND, core=chance(0.6))])
    assert contents.ally_sentences(free, 2027)["AAA"].startswith("The scenario has no core target")


def vintage(iso3: str, edition: str, pct: float, year: int = 2025) -> VintageRow:
    return VintageRow.model_validate(
        {"iso3": iso3, "year": year, "edition": edition, "share_pct": pct, "status": "estimate", "basis": "made"}
    )


NATIONS = tuple(AllyDescription(iso3, name, 2.0, False, 100.0, True) for iso3, name in
                (("ITA", "Italy"), ("ESP", "Spain"), ("FRA", "France"), ("POL", "Poland")))  # fmt: skip
VINTAGES = (
    vintage("ITA", "2024-06", 1.0), vintage("ITA", "2025-08", 1.5), vintage("ITA", "2026-03", 1.0),
    vintage("ITA", "2026-07", 1.7), vintage("ESP", "2024-06", 9.0), vintage("ESP", "2025-08", 2.5),
    vintage("ESP", "2026-07", 2.0), vintage("FRA", "2025-08", 2.0), vintage("FRA", "2026-07", 1.995),
    vintage("POL", "2026-07", 4.0), vintage("FRA", "2026-03", 1.0, year=2024),
    vintage("ESP", "2026-03", 1.0, year=2024), vintage("ITA", "2027-08", 9.0, year=2026),
    vintage("ITA", "2026-03", 1.0, year=2024),
)  # fmt: skip


@pytest.fixture
def editions(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The table of two editions of made figures."""

    def of(*rows: VintageRow, nations: tuple[AllyDescription, ...] = NATIONS) -> Sheet | None:
        def packaged(record: Record, *names: str) -> Tables:
            assert isinstance(record, Record)
            assert set(names) == {"shares", "share_vintages"}
            return Tables({"share_vintages": rows})

        monkeypatch.setattr(contents, "packaged", packaged)
        return editions_sheet(run(nations))

    return of


def test_two_editions_are_the_last_and_the_fullest_before_it(editions: Any) -> None:
    """2025-08 has three figures of the year before the base year, the others before the last have fewer."""
    found = editions(*VINTAGES)
    assert (found.name, found.caption) == ("editions", "The figure of 2025 in two editions")
    assert found.columns == (
        ("Ally", ""), ("Edition 2025-08", "% of GDP, all outlays"), ("Edition 2026-07", "% of GDP, core outlays"),
        ("Change", "percentage points; mixes revision and definition; allies without a figure in both are left out"),
    )  # fmt: skip
    rows = {iso3: [(cell.text, cell.value) for cell in cells] for iso3, cells in found.rows}
    assert list(rows) == ["ESP", "ITA", "FRA"]
    assert rows == {
        "ESP": [("Spain", "Spain"), ("2.50", 2.5), ("2.00", 2.0), ("−0.50", -0.5)],
        "ITA": [("Italy", "Italy"), ("1.50", 1.5), ("1.70", 1.7), ("+0.20", 0.2)],
        "FRA": [("France", "France"), ("2.00", 2.0), ("2.00", 1.995), ("+0.00", 0.0)],
    }


def test_of_two_editions_as_full_the_later_one_is_taken(editions: Any) -> None:
    rows = (vintage("ITA", "2024-06", 1.0), vintage("ITA", "2025-08", 1.5), vintage("ITA", "2026-07", 1.7))
    assert editions(*rows).columns[1][0] == "Edition 2025-08"
    assert editions(*rows[::-1]).columns[1][0] == "Edition 2025-08"


def test_one_edition_or_none_in_common_is_no_table(editions: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    one = vintage("ITA", "2026-07", 1.7)
    assert editions(one, vintage("ITA", "2025-08", 1.5, year=2024)) is None
    assert editions(one, vintage("ESP", "2025-08", 1.5)) is None
    assert editions(one, vintage("ITA", "2025-08", 1.5)) is not None
    monkeypatch.setattr(contents, "packaged", lambda *_: None)
    assert editions_sheet(run(NATIONS)) is None


ALL_TABLES = ("shares", "gdp", "pledges", "announced_paths", "budgets", "elections")


@pytest.mark.parametrize(
    ("scenario", "cited"),
    [
        ("", ALL_TABLES),
        ("{}", ALL_TABLES),
        ('{"budget": {}}', ALL_TABLES),
        ('{"budget": {"pledges": true, "announced_paths": true, "adopted": true}}', ALL_TABLES),
        ('{"budget": {"pledges": false}}', ("shares", "gdp", "announced_paths", "budgets", "elections")),
        ('{"budget": {"announced_paths": false}}', ("shares", "gdp", "pledges", "budgets", "elections")),
        ('{"budget": {"adopted": false}}', ("shares", "gdp", "pledges", "announced_paths", "elections")),
    ],
)
def test_tables_that_a_scenario_leaves_out_are_not_cited(
    scenario: str, cited: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = run(ALLIES, scenario=scenario)

    def citations(found: Record, tables: tuple[str, ...]) -> list[str]:
        assert found is record
        return list(tables)

    monkeypatch.setattr(contents, "citations", citations)
    assert sources(record) == list(cited)


def test_the_manifest_is_told_by_row_and_ends_with_the_results() -> None:
    manifest = {
        "burdenshare": "0.1.0", "paths": 100, "precision_points": None, "scenario_digest": "ab", "command": "",
        "builds_on": {"name": "x"}, "built_tables": {}, "numpy": "2.0", "seed": 0,
    }  # fmt: skip
    record = run(ALLIES, manifest=manifest)
    assert facts(record) == [
        ("burdenshare", "0.1.0"), ("simulated runs", "100"), ("scenario, sha256", "ab"), ("NumPy", "2.0"),
        ("seed", "0"), ("results, sha256", record.counts.digest()),
    ]  # fmt: skip


def test_a_range_is_rounded_outward_and_sorted_by_its_lower_end() -> None:
    assert contents._ends(chance(0.5, over_parameters=WIDE)) == SheetCell("39–78", 0.393)
    odds: Chance = replace(chance(0.5), ci_low=0.4801, ci_high=0.5199)
    assert contents._ends(odds) == SheetCell("48–52", 0.4801)
