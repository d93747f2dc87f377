"""NATO's and SIPRI's own workbooks become tables of shares, digit for digit, and what is left out is said."""

import csv
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.styles import Font
from openpyxl.styles.colors import Color

from importing.publishers import BLUE, RED, TOTALS, nato, saved, sipri
from sim.data.edition import ESTIMATED_YEARS, FIRST_YEAR, LAST_YEAR, key_of
from sim.data.importing import advice, import_file
from sim.data.tables import Replacement, Tables, load_tables
from sim.errors import ScenarioError, UsageError
from support import present

YEARS = range(FIRST_YEAR, LAST_YEAR + 1)


@pytest.fixture(scope="module")
def packaged() -> Tables:
    return load_tables()


def cell(tables: Tables, column: str) -> Callable[[str, int], Any]:
    return lambda iso3, year: getattr(tables.share(iso3, year), column, None)


def newest(tables: Tables) -> bytes:
    columns = (cell(tables, column) for column in ("share_pct", "outlays_usd_m", "equipment_share_pct"))
    return nato(LAST_YEAR, *columns, YEARS, ESTIMATED_YEARS[0])


def rows(text: str) -> dict[tuple[str, int], dict[str, str]]:
    return {(row["iso3"], int(row["year"])): row for row in csv.DictReader(text.splitlines())}


def test_the_packaged_table_comes_back_from_natos_workbook(packaged: Tables) -> None:
    imported = import_file(newest(packaged), f"def-exp-{LAST_YEAR}-en.xlsx")
    found = load_tables({"shares": Replacement("mine.csv", imported.text)})
    bare = [row.model_copy(update={"first_estimate_pct": None}) for row in packaged.shares]
    assert list(found.shares) == bare
    assert (imported.rows, imported.years, imported.lacking) == (31 * len(YEARS), (FIRST_YEAR, LAST_YEAR), ())
    assert imported.estimates == 31 * len(ESTIMATED_YEARS)
    assert {each.what for each in imported.skipped} >= set(TOTALS)
    assert "* a footnote: SVN" in imported.notes
    assert any(note.startswith("core outlays") for note in imported.notes)
    assert [each for each in imported.missing if "equipment" in each] == [
        f"{row.iso3} {row.year} equipment_share_pct" for row in packaged.shares if row.equipment_share_pct is None
    ]
    assert list(advice(imported, "mine.csv")) == ['[data] shares = "mine.csv"']


def test_fifteen_decimals_and_stars_of_the_edition_of_2025(packaged: Tables) -> None:
    """Excel keeps fifteen digits; what lies beyond them is the noise of its format."""
    starred = [ally.iso3 for ally in packaged.armed_allies()][:11]

    def share(iso3: str, year: int) -> float:
        return float(present(packaged.share(iso3, year)).share_pct) + 1.23456789012345e-3

    found = import_file(
        nato(2025, share, cell(packaged, "outlays_usd_m"), lambda iso3, year: None, range(2014, 2026), 2024, starred),
        "def-exp-2025-en.xlsx",
    )
    got = rows(found.text)
    assert got["DEU", 2025]["share_pct"] == f"{share('DEU', 2025):.15g}"
    assert {row["status"] for (_, year), row in got.items() if year >= 2024} == {"estimate"}
    assert {row["status"] for (_, year), row in got.items() if year < 2024} == {"actual"}
    assert any("all defence outlays" in note for note in found.notes)
    assert list(advice(found, "x.csv"))[1] == "[horizon] base_year = 2025, the last year with figures"


def test_the_edition_of_2019_has_fewer_allies_older_names_and_dots_for_missing(packaged: Tables) -> None:
    def share(iso3: str, year: int) -> float | None:
        row = packaged.share(iso3, max(year, 2014))
        return None if (iso3, year) == ("MNE", 2012) else present(row).share_pct

    content = nato(2019, share, cell(packaged, "outlays_usd_m"), lambda *_: 20.5, range(2012, 2020), 2018)
    imported = import_file(content, "def-exp-2019-en.xlsx")
    got = rows(imported.text)
    assert ("CZE", 2019) in got
    assert ("TUR", 2019) in got
    assert ("MNE", 2012) not in got
    assert "MNE 2012 share_pct" in imported.missing
    assert set(imported.lacking) == {"FIN", "MKD", "SWE"}
    assert next(iter(advice(imported, "x.csv"))) == '[data] shares = { file = "x.csv", overlay = true }'


def test_constant_prices_personnel_and_real_change_are_not_taken(packaged: Tables) -> None:
    got = rows(import_file(newest(packaged), "x.xlsx").text)["DEU", 2026]
    row = packaged.share("DEU", 2026)
    assert got["outlays_usd_m"] == f"{present(row).outlays_usd_m:g}" or float(got["outlays_usd_m"]) == row.outlays_usd_m
    assert float(got["share_pct"]) == present(row).share_pct


def test_the_same_file_gives_the_rows_of_an_edition(packaged: Tables) -> None:
    imported = import_file(newest(packaged), "x.xlsx", into="share_vintages", edition=key_of())
    before = {(row.iso3, row.year): row.share_pct for row in packaged.share_vintages if row.edition == key_of()}
    assert {place: float(row["share_pct"]) for place, row in rows(imported.text).items()} == before
    assert {row["edition"] for row in rows(imported.text).values()} == {key_of()}
    with pytest.raises(UsageError, match="--edition"):
        import_file(newest(packaged), "x.xlsx", into="share_vintages")
    with pytest.raises(UsageError, match=key_of()):
        import_file(newest(packaged), "x.xlsx", edition="July 2026")


def fraction(tables: Tables) -> Callable[[str, int], float | None]:
    def value(iso3: str, year: int) -> float | None:
        if (iso3, year) in (("MNE", 1990), ("MNE", 1991)):
            return None
        return float(Decimal(str(present(tables.share(iso3, max(year, 2014))).share_pct)) / 100)

    return value


def test_sipris_fractions_colours_and_notes(packaged: Tables) -> None:
    accent = Font(color=Color(theme=5, type="theme"))  # red in the theme of every new workbook
    fonts = {("DEU", 2025): BLUE, ("POL", 2025): RED, ("LTU", 2024): accent}
    content = sipri(fraction(packaged), range(1990, 2026), fonts, {"FRA": "§", "ITA": "†¶"})
    imported = import_file(content, "SIPRI-Milex-data-1949-2025_v1.2.xlsx")
    got = rows(imported.text)
    assert got["DEU", 2025]["share_pct"] == f"{present(packaged.share('DEU', 2025)).share_pct:g}"
    estimates = {place for place, row in got.items() if row["status"] == "estimate"}
    assert {("DEU", 2025), ("POL", 2025)} <= estimates <= set(fonts)
    assert "§ adopted budget, not outturn: FRA" in imported.notes
    assert "† without military pensions: ITA" in imported.notes
    assert "¶ without paramilitary forces: ITA" in imported.notes
    assert any("POL 2025" in note for note in imported.notes if "highly uncertain" in note)
    assert "fractions are multiplied by 100" in imported.notes
    assert imported.missing == ["MNE 1990 share_pct", "MNE 1991 share_pct"]
    assert {each.why for each in imported.skipped if each.what == "Algeria"} == {"no ally"}
    tables = load_tables({"shares": Replacement("sipri.csv", imported.text)})
    assert present(tables.share("USA", 2025)).share_pct == packaged.share("USA", 2025).share_pct


def test_fractions_are_known_without_their_format(packaged: Tables) -> None:
    content = sipri(fraction(packaged), range(2014, 2026), {}, formatted=False)
    imported = import_file(content, "x.xlsx")
    assert rows(imported.text)["DEU", 2025]["share_pct"] == f"{present(packaged.share('DEU', 2025)).share_pct:g}"
    assert any("no figure is coloured" in note for note in imported.notes)


def test_years_before_any_table_are_left_out_and_said(packaged: Tables) -> None:
    imported = import_file(sipri(fraction(packaged), range(1949, 1960), {}), "x.xlsx")
    assert imported.years == (1950, 1959)
    assert "years before 1950 are left out (1949 to 1949)" in imported.notes


def test_an_ally_twice_a_word_and_a_foreign_formula_are_faults() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["Country", 2025, "2026e"])
    page.append(["Turkey", 2.0, 2.1])
    page.append(["Türkiye", 2.0, 2.1])
    page.append(["France", "about 2", 2.1])
    with pytest.raises(ScenarioError) as caught:
        import_file(saved(book), "x.xlsx")
    assert {(fault.line, fault.code) for fault in caught.value.faults} == {(3, "duplicate"), (4, "not-a-number")}


def test_another_sheet_is_named() -> None:
    book = openpyxl.Workbook()
    book.active.title = "Readme"
    page = book.create_sheet("Shares")
    page.append(["Country", 2025, "2026e"])
    page.append(["France", 2.1, 2.22])
    with pytest.raises(ScenarioError, match="--sheet: Readme, Shares"):
        import_file(saved(book), "x.xlsx")
    assert rows(import_file(saved(book), "x.xlsx", sheet="shares").text)["FRA", 2026]["status"] == "estimate"
    with pytest.raises(UsageError, match="there are Readme, Shares"):
        import_file(saved(book), "x.xlsx", sheet="Table 9")


def test_a_sheet_with_the_columns_of_a_table_is_written_anew_and_one_of_another_named() -> None:
    book = openpyxl.Workbook()
    page = book.active
    page.append(["iso3", "year", "growth_pct", "nominal_usd_bn", "gov_debt_pct", "status"])
    page.append(["DEU", 2028, 1.25, 5600, "n.a.", "forecast"])
    imported = import_file(saved(book), "x.xlsx", into="gdp")
    assert imported.text.splitlines()[1:] == ["DEU,2028,1.25,5600,,,,,forecast"]
    with pytest.raises(ScenarioError, match="these are columns of the table gdp"):
        import_file(saved(book), "x.xlsx")


def test_another_table_of_natos_workbook_becomes_no_share(packaged: Tables) -> None:
    for sheet, words in (("Table 2", "million"), ("Table 8a", "equipment")):
        with pytest.raises(ScenarioError) as caught:
            import_file(newest(packaged), "x.xlsx", sheet=sheet)
        (fault,) = caught.value.faults
        assert fault.code == "wrong-subject"
        assert words in f"{fault.value} {fault.rule}".casefold()
    assert import_file(newest(packaged), "x.xlsx", sheet="Table 3").rows == 31 * len(YEARS)
