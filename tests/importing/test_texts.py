"""CSV files as other programs write them: separators, decimal commas, a column a year, other alphabets."""

import csv

import pytest

from sim.data.importing import import_file
from sim.data.tables import Replacement, load_tables
from sim.errors import ScenarioError, UsageError


def table(text: str | bytes, **options: str) -> dict[tuple[str, int], tuple[str, str]]:
    content = text.encode() if isinstance(text, str) else text
    imported = import_file(content, "wide.csv", **options)
    return {
        (row["iso3"], int(row["year"])): (row["share_pct"], row["status"])
        for row in csv.DictReader(imported.text.splitlines())
    }


WIDE = {
    "commas and points": "Country,2025,2026e\nGermany,2.22,2.69\nFrance,2.1,2.22\nNATO Total,2.5,2.6\n",
    "semicolons and commas": "Land;2025;2026e\nDeutschland;2,22;2,69\nFrankreich;2,1;2,22\nFRA;2,1;2,22\n",
    "Excel's own line": "sep=;\nCountry;2025;2026e\nGermany;2,22;2,69\nFrance;2,1;2,22\n",
    "tabs": "Country\t2025\t2026e\nGermany\t2.22\t2.69\nFrance\t2.1\t2.22\n",
    "codes": "iso,2025,2026e\nDEU,2.22,2.69\nFRA,2.1,2.22\n",
    "quoted decimal commas": 'Country,2025,2026e\nGermany,"2,22","2,69"\nFrance,"2,1","2,22"\n',
    "per cent signs": "Country,2025,2026e\nGermany,2.22%,2.69 %\nFrance,2.1%,2.22%\n",
    "estimates in cells": "Country,2025,2026\nGermany,2.22,2.69e\nFrance,2.1,2.22e\n",
    "lines above": "Outlays 2025-2026\n(% of GDP)\n\nCountry,2025,2026e\nGermany,2.22,2.69\nFrance,2.1,2.22\n",
    "another column first": "Rank,Country,2025,2026e\n1,Germany,2.22,2.69\n2,France,2.1,2.22\n",
    "years below": "Year,Germany,France\n2025,2.22,2.1\n2026e,2.69,2.22\n",
    "fractions": "Country,2025,2026e\nGermany,0.0222,0.0269\nFrance,0.021,0.0222\n",
}  # fmt: skip


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_a_column_a_year(text):
    assert table(text) == {
        ("DEU", 2025): ("2.22", "actual"),
        ("DEU", 2026): ("2.69", "estimate"),
        ("FRA", 2025): ("2.1", "actual"),
        ("FRA", 2026): ("2.22", "estimate"),
    }


def test_a_small_share_with_its_sign_is_no_fraction():
    assert table("Country,2014\nLuxembourg,0.37%\n") == {("LUX", 2014): ("0.37", "actual")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_alphabets(encoding):
    assert table("Country,2026e\nTürkiye,2.85\n".encode(encoding)) == {("TUR", 2026): ("2.85", "estimate")}


@pytest.mark.parametrize("mark", ["", "xxx", "...", "..", ". .", "n/a", "-", "–", ":"])
def test_marks_for_no_figure(mark):
    imported = import_file(f"Country,2025,2026\nGermany,2.2,{mark}\nFrance,2.1,2.2\n".encode(), "x.csv")
    assert imported.missing == ["DEU 2026 share_pct"]
    assert imported.rows == 3


def test_a_table_of_ours_is_written_anew_from_what_excel_makes_of_it():
    packaged = load_tables()
    columns = list(type(packaged.gdp[0]).model_fields)
    lines = [";".join(columns)]
    for row in packaged.gdp:
        cells = ("" if (value := getattr(row, column)) is None else str(value) for column in columns)
        lines.append(";".join(cell.replace(".", ",") for cell in cells))
    imported = import_file("\r\n".join(lines).encode("cp1252"), "gdp.csv", into="gdp")
    assert load_tables({"gdp": Replacement("gdp.csv", imported.text)}).digest == packaged.digest


REFUSED = {
    "empty": ("", "unknown-layout"),
    "no years": ("a,b\n1,2\n", "unknown-layout"),
    "no allies": ("Country,2025,2026\nAtlantis,1,2\n", "unknown-layout"),
    "open quote": ('Country,2025,2026\n"Germany,1,2\n', "bad-csv"),
    "a word": ("Country,2025,2026\nGermany,two,2.2\n", "not-a-number"),
    "thousands or decimals": ('Country,2025,2026\nGermany,"2,500",2.2\n', "implausible"),
    "wrong unit": ("Country,2025,2026\nGermany,22.2,2.69\n", "implausible"),
    "binary": ("\0\1\2", "not-utf8"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused(text, code):
    with pytest.raises(ScenarioError) as caught:
        import_file(text.encode(), "x.csv")
    assert caught.value.faults[0].code in (code, "out-of-range" if code == "implausible" else code)


def test_a_column_a_year_becomes_no_other_table():
    with pytest.raises(ScenarioError, match="only shares"):
        import_file(WIDE["codes"].encode(), "x.csv", into="gdp")
    with pytest.raises(UsageError, match="no table"):
        import_file(b"", "x.csv", into="share")
