"""A file in another layout is one fault with the cause, not one for each of its cells."""

from importlib import resources

import pytest

from sim.data.tables import Replacement, load_tables
from sim.errors import ScenarioError


def shares() -> str:
    return resources.files("sim.data").joinpath("tables", "shares.csv").read_text(encoding="utf-8")


WIDE = "Country,2024,2025e,2026e\nGermany,2.0,2.2,2.69\nFrance,2.0,2.1,2.22\n"
NATO = ",,,\nTable 3 : Core defence expenditure,,,\n,,,\n,2024,2025e,2026e\nAlbania,2.0,2.2,2.69\n"
CASES = {
    "semicolons": (shares().replace(",", ";").replace(".", ","), "wrong-separator", 1, "sim data import"),
    "Excel's own line": ("sep=;\n" + shares().replace(",", ";"), "wrong-separator", 1, "sim data import"),
    "tabs": (shares().replace(",", "\t"), "wrong-separator", 1, "tabs"),
    "a column a year": (WIDE, "wide-table", 1, "sim data import"),
    "a column a year and semicolons": (WIDE.replace(",", ";"), "wrong-separator", 1, "sim data import"),
    "NATO's sheet": (NATO, "wide-table", 4, "sim data import"),
    "lines above": ("My shares\n\n" + shares(), "no-header", 3, "remove what is above"),
    "rows alone": (shares().partition("\n")[2], "no-header", 1, "iso3,year"),
}


@pytest.mark.parametrize(("text", "code", "line", "words"), CASES.values(), ids=CASES)
def test_one_fault_with_the_cause(text, code, line, words):
    with pytest.raises(ScenarioError) as caught:
        load_tables({"shares": Replacement("mine.csv", text)})
    (fault,) = caught.value.faults
    assert (fault.code, fault.line) == (code, line)
    assert words in f"{fault.rule} {fault.remedy}"


def test_texts_with_semicolons_and_years_in_them_are_no_other_layout():
    for name in ("pledges", "elections", "outside_forecasts"):
        text = resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")
        assert load_tables({name: Replacement("mine.csv", text)}).digest == load_tables().digest
