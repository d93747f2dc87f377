"""A file in another layout is one fault with the cause, not one for each of its cells."""

from importlib import resources

import pytest

from sim.data.rows import ROWS
from sim.data.shapes import other_table
from sim.data.tables import Replacement, load_tables
from sim.errors import ScenarioError


def packaged(name: str) -> str:
    return resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")


def shares() -> str:
    return packaged("shares")


EUROPEAN = "Defence expenditure as a share of GDP\n\nCountry;2024;2025;2026\nGermany;2,0;2,2;2,7\n"
WIDE = "Country,2024,2025e,2026e\nGermany,2.0,2.2,2.69\nFrance,2.0,2.1,2.22\n"
NATO = ",,,\nTable 3 : Core defence expenditure,,,\n,,,\n,2024,2025e,2026e\nAlbania,2.0,2.2,2.69\n"
CASES = {
    "semicolons": (shares().replace(",", ";").replace(".", ","), "wrong-separator", 1, "sim data import"),
    "Excel's own line": ("sep=;\n" + shares().replace(",", ";"), "wrong-separator", 2, "sim data import"),
    "tabs": (shares().replace(",", "\t"), "wrong-separator", 1, "tabs"),
    "a column a year": (WIDE, "wide-table", 1, "sim data import"),
    "a column a year and semicolons": (WIDE.replace(",", ";"), "wrong-separator", 1, "sim data import"),
    "a title above it": (EUROPEAN, "wrong-separator", 3, "its header is not the first line"),
    "a title with a semicolon above commas": ("Defence; % of GDP\n\n" + WIDE, "wide-table", 3, "sim data import"),
    "a title above our columns": ("My shares\n" + shares().replace(",", ";"), "wrong-separator", 2, "sim data import"),
    "growth and GDP": (packaged("gdp"), "wrong-table", 1, "these are columns of the table gdp"),
    "growth and GDP, semicolons": (packaged("gdp").replace(",", ";"), "wrong-table", 1, "--into gdp"),
    "elections": (packaged("elections"), "wrong-table", 1, "these are columns of the table elections"),
    "shares of every edition": (packaged("share_vintages"), "wrong-table", 1, "share_vintages"),
    "NATO's sheet": (NATO, "wide-table", 4, "sim data import"),
    "lines above": ("My shares\n\n" + shares(), "no-header", 3, "remove what is above"),
    "rows alone": (shares().partition("\n")[2], "no-header", 1, "iso3,year"),
}


@pytest.mark.parametrize(("text", "code", "line", "words"), CASES.values(), ids=CASES)
def test_one_fault_with_the_cause(text: str, code: str, line: int, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_tables({"shares": Replacement("mine.csv", text)})
    (fault,) = caught.value.faults
    assert (fault.code, fault.line) == (code, line)
    assert words in f"{fault.rule} {fault.remedy}"


def test_texts_with_semicolons_and_years_in_them_are_no_other_layout() -> None:
    for name in ("pledges", "elections", "outside_forecasts"):
        text = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
        assert load_tables({name: Replacement("mine.csv", text)}).digest == load_tables().digest


@pytest.mark.parametrize("given", sorted(ROWS))
def test_a_table_given_for_any_other_is_one_fault_with_its_name(given: str) -> None:
    """With a column less or more it is still its own table, and its faults are those of the columns."""
    for name in ROWS:
        if name == given:
            continue
        with pytest.raises(ScenarioError) as caught:
            load_tables({name: Replacement("mine.csv", packaged(given))})
        (fault,) = caught.value.faults
        assert (fault.code, fault.rule) == (
            "wrong-table", f"must have the columns of {name}; these are columns of the table {given}"
        ), (name, given)  # fmt: skip
    columns = list(ROWS[given].model_fields)
    for header in (columns, [*columns, "more"], columns[1:], columns[:-1]):
        assert other_table(header, given) == "", header


def test_a_column_a_year_cannot_become_another_table() -> None:
    with pytest.raises(ScenarioError) as caught:
        load_tables({"gdp": Replacement("mine.csv", EUROPEAN)})
    (fault,) = caught.value.faults
    assert (fault.code, fault.line) == ("wide-table", 3)
    assert "import" not in fault.remedy
