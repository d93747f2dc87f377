"""The sheets of a workbook that are no tables of the results, and how all of them look and print."""

from __future__ import annotations

from math import ceil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

import sim
from sim.data.edition import LAST_YEAR, name_of
from sim.data.tables import load_tables
from sim.output.exports import export
from sim.results.facade import Results

Sheets = dict[str, Worksheet]


@pytest.fixture(scope="module")
def sheets(rutte_results: Results, tmp_path_factory: pytest.TempPathFactory) -> Sheets:
    place = export(rutte_results, "excel", tmp_path_factory.mktemp("workbook") / "rutte.xlsx")
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(place)}


def test_allies_by_year_has_the_probabilities_and_medians_of_the_tables(sheets: Sheets, rutte_results: Results) -> None:
    told, header, *rows = sheets["allies by year"].iter_rows(values_only=True)
    years = list(range(LAST_YEAR + 1, 2033))
    assert list(header) == ["iso3", "ally", *years, None, *years]
    assert told[2].startswith("Probability of reporting the core target (3.5 % of GDP by 2032) in that year")
    assert told[2 + len(years) + 1].startswith(
        "Median of the core share that is spent, % of GDP, without what is closed on paper"
    )
    chances = rutte_results.compliance().query("pillar == 'core'").set_index(["iso3", "year"]).probability
    medians = rutte_results.shares().query("pillar == 'core_spent'").set_index(["iso3", "year"]).q50
    assert [row[0] for row in rows] == list(dict.fromkeys(medians.index.get_level_values("iso3")))
    for row in rows:
        for index, year in enumerate(years):
            assert row[2 + index] == chances.get((row[0], year))
            assert row[2 + len(years) + 1 + index] == medians[row[0], year]
    assert rows[-1][:3] == ("NATO", "NATO", None)
    assert sheets["allies by year"]["C3"].number_format == '[<0.005]"<1 %";[>0.995]">99 %";0 %'


def test_a_run_without_a_core_target_has_medians_only(tmp_path: Path) -> None:
    run = sim.simulate(
        sim.loads('title = "x"\nhorizon = { base_year = 2026, last_year = 2027 }\n'),
        paths=16,
        seed=1,
        executor="serial",
    )
    sheet = openpyxl.load_workbook(export(run, "excel", tmp_path / "out.xlsx"))["allies by year"]
    assert "no core target" in str(sheet["C1"].value)
    _, header, *rows = sheet.iter_rows(values_only=True)
    assert header == ("iso3", "ally", 2027, None, 2027)
    assert {row[2] for row in rows} == {None}
    assert all(row[4] > 0 for row in rows)


def test_the_history_is_what_nato_published(sheets: Sheets) -> None:
    header, *rows = sheets["history"].iter_rows(values_only=True)
    assert header == ("iso3", "ally", "year", "share_pct", "outlays_usd_m", "status")
    assert ("POL", "Poland", 2024, 3.75) in {row[:4] for row in rows}
    assert {(row[0], row[2]): row[3:] for row in rows} == {
        (row.iso3, row.year): (row.share_pct, row.outlays_usd_m, row.status) for row in load_tables().shares
    }
    assert {row[2] for row in rows} == set(range(2014, LAST_YEAR + 1))
    page = [cell for row in sheets["Read me"].iter_rows(values_only=True) for cell in row if cell]
    assert any(f"NATO, edition of {name_of()}" in cell and "exchange rates" in cell for cell in page)


def test_no_line_of_a_page_to_read_overlaps_the_next(sheets: Sheets) -> None:
    """Wrapped, and as high as its text needs: LibreOffice takes a row without a height for a row of one line."""
    for name in ("Read me", "columns"):
        sheet = sheets[name]
        widths = [sheet.column_dimensions[letter].width for letter in "ABCD" if letter in sheet.column_dimensions]
        for row in sheet.iter_rows(min_row=1 if name == "Read me" else 2):
            for cell, width in zip(row, widths, strict=False):
                text = str(cell.value or "")
                if text:
                    assert cell.alignment.wrap_text, (name, cell.coordinate)
                lines = ceil(len(text) / width)
                height = sheet.row_dimensions[cell.row].height or 15
                assert height >= min(409, 15 * lines), (name, cell.coordinate)


def test_every_sheet_prints_on_landscape_pages_with_its_header(sheets: Sheets) -> None:
    for name, sheet in sheets.items():
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        area = sheet.print_area.split("!")[-1].replace("$", "")
        assert area == sheet.dimensions, name
        titles = {"Read me": None, "allies by year": "$1:$2"}.get(name, "$1:$1")
        assert sheet.print_title_rows == titles
        assert sheet.oddFooter.left.text == "&A", "nothing of a user's, which would be obeyed there"
