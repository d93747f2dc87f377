"""CSV files as other programs write them: separators, decimal commas, a column a year, other alphabets."""

import csv
import re
from importlib import resources

import pytest

from sim.data.edition import LAST_YEAR
from sim.data.importing import import_file
from sim.data.tables import Replacement, load_tables
from sim.errors import Fault, ScenarioError, UsageError


def table(text: str | bytes, **options: str) -> dict[tuple[str, int], tuple[str, str]]:
    content = text.encode() if isinstance(text, str) else text
    imported = import_file(content, "wide.csv", **options)
    return {
        (row["iso3"], int(row["year"])): (row["share_pct"], row["status"])
        for row in csv.DictReader(imported.text.splitlines())
    }


WIDE = {
    "commas and points": "Country,2025,2026e\nGermany,2.22,2.69\nFrance,2.1,2.22\nNATO Total,2.5,2.6\n",
    "semicolons and commas": "Land;2025;2026e\nDeutschland;2,22;2,69\nFrankreich;2,1;2,22\nAtlantis;2,1;2,22\n",
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
def test_a_column_a_year(text: str) -> None:
    assert table(text) == {
        ("DEU", 2025): ("2.22", "actual"),
        ("DEU", 2026): ("2.69", "estimate"),
        ("FRA", 2025): ("2.1", "actual"),
        ("FRA", 2026): ("2.22", "estimate"),
    }


def test_a_small_share_with_its_sign_is_no_fraction() -> None:
    assert table("Country,2014\nLuxembourg,0.37%\n") == {("LUX", 2014): ("0.37", "actual")}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_alphabets(encoding: str) -> None:
    assert table("Country,2026e\nTürkiye,2.85\n".encode(encoding)) == {("TUR", 2026): ("2.85", "estimate")}


@pytest.mark.parametrize("mark", ["", "xxx", "...", "..", ". .", "n/a", "-", "–", ":"])
def test_marks_for_no_figure(mark: str) -> None:
    imported = import_file(f"Country,2025,2026\nGermany,2.2,{mark}\nFrance,2.1,2.2\n".encode(), "x.csv")
    assert imported.missing == ["DEU 2026 share_pct"]
    assert imported.rows == 3


def test_a_table_of_ours_is_written_anew_from_what_excel_makes_of_it() -> None:
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
    "no allies": ("Country,2025,2026\nAtlantis,1,2\n", "unknown-ally"),
    "no allies, turned": ("Year,Atlantis,Utopia\n2025,1,2\n2026,1,2\n", "unknown-ally"),
    "no member": ("Country,2025,2026\nAustria,1,2\nNATO Total,2,2\n", "unknown-ally"),
    "another table": ("iso3,year,month,day,kind\nDEU,2029,3,,parliamentary\n", "wrong-table"),
    "words alone": ("Country,2025,2026\nGermany,two,three\n", "not-a-number"),
    "open quote": ('Country,2025,2026\n"Germany,1,2\n', "bad-csv"),
    "a word": ("Country,2025,2026\nGermany,two,2.2\n", "not-a-number"),
    "thousands or decimals": ('Country,2025,2026\nGermany,"2,500",2.2\n', "implausible"),
    "wrong unit": ("Country,2025,2026\nGermany,22.2,2.69\n", "implausible"),
    "binary": ("\0\1\2", "not-utf8"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_is_refused(text: str, code: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        import_file(text.encode(), "x.csv")
    assert caught.value.faults[0].code in (code, "out-of-range" if code == "implausible" else code)


def test_a_column_a_year_becomes_no_other_table() -> None:
    with pytest.raises(ScenarioError, match="only shares"):
        import_file(WIDE["codes"].encode(), "x.csv", into="gdp")
    with pytest.raises(UsageError, match="no table"):
        import_file(b"", "x.csv", into="share")


def faults(text: str, **options: str) -> tuple[Fault, ...]:
    with pytest.raises(ScenarioError) as caught:
        import_file(text.encode(), "x.csv", **options)
    return caught.value.faults


HEAD = "Country,2025,2026\nEstonia,2.6,2.8\nFrance,2.1,2.2\n"
NO_SHARES = {
    "billions": ("Defence expenditure, billion US dollars\n\n" + HEAD, 1),
    "a sign": ("Defence outlays\n(US$ m)\n" + HEAD, 2),
    "euros": ("Verteidigungsausgaben; Mrd. Euro\n\n" + HEAD.replace(",", ";"), 1),
    "milliards": ("Dépenses de défense, milliards d'euros\n" + HEAD, 1),
    "miliardi": ("Spese per la difesa, miliardi di euro\n" + HEAD, 1),
    "millones": ("Gasto en defensa, millones de dólares\n" + HEAD, 1),
    "beside the years": (HEAD.replace("Country", "Million USD"), 1),
    "a column of units": ("Country,Unit,2025,2026\nEstonia,Million EUR,2.6,2.8\n", 2),
    "an indicator": ("Country,Indicator Name,2025,2026\nEstonia,Military expenditure (current USD),2.6,2.8\n", 2),
    "per capita": ("Defence expenditure per capita\n" + HEAD, 1),
    "another subject of GDP": ("Government debt, % of GDP\n" + HEAD, 1),
    "growth of GDP": ("GDP growth, %\n" + HEAD, 1),
    "growth": ("Annual real change of defence expenditure (%)\n" + HEAD, 1),
    "equipment": ("Equipment as a share of defence expenditure, %\n" + HEAD, 1),
    "of the budget": ("Military expenditure, share of government spending\n" + HEAD, 1),
    "turned": ("Defence expenditure in billion dollars,,\nYear,Estonia,France\n2025,2.6,2.1\n2026,2.8,2.2\n", 1),
    "the nearest line": ("Spending as a share of GDP and in dollars\nMillion US dollars\n" + HEAD, 2),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line"), NO_SHARES.values(), ids=NO_SHARES)
def test_what_a_title_calls_money_or_something_else_becomes_no_share(text: str, line: int) -> None:
    for into in ({}, {"into": "share_vintages", "edition": "2026-07"}):
        (fault,) = faults(text, **into)
        assert (fault.code, fault.line) == ("wrong-subject", line)
        assert fault.value in " ".join(re.split("[,; ]+", text.split("\n")[line - 1]))
        assert "import the file or sheet of shares of GDP" in fault.remedy


SHARES = [
    "Defence expenditure as a share of GDP and annual real change",
    "Core defence expenditure, % of GDP (based on 2021 prices and exchange rates)",
    "Share of real GDP (%)",
    "Verteidigungsausgaben, % des BIP",
    "Dépenses de défense (en pour cent du PIB)",
    "Gasto en defensa, % del PIB",
    "Defence expenditure without pensions, % of GDP",
    "Table 3 : Defence expenditure as a share of GDP\nBased on 2021 prices and exchange rates",
    "My shares",
    "Note: dollars are in another table",
    "Million US dollars\n\nShare of GDP (%)",
]


@pytest.mark.parametrize("title", SHARES)
def test_titles_of_shares_and_titles_that_say_nothing_are_taken(title: str) -> None:
    lines = "".join(f'"{line}"\n' for line in title.split("\n"))
    assert import_file(f"{lines}\n{HEAD}".encode(), "x.csv").rows == 4


def test_of_several_blocks_that_of_shares_is_taken() -> None:
    text = f"Million US dollars\n{HEAD.replace('2.', '210')}\nShare of GDP (%)\n{HEAD}"
    assert table(text)["FRA", 2026] == ("2.2", "actual")


def test_years_to_come_are_estimates_whatever_is_not_said_of_them() -> None:
    last = LAST_YEAR
    text = f"Country,{last - 1},{last},{last + 1},{last + 2}\nGermany,2.2,2.7,2.9,3.1\n"
    imported = import_file(text.encode(), "x.csv")
    assert table(text) == {
        ("DEU", last - 1): ("2.2", "actual"), ("DEU", last): ("2.7", "actual"),
        ("DEU", last + 1): ("2.9", "estimate"), ("DEU", last + 2): ("3.1", "estimate"),
    }  # fmt: skip
    assert f"years after {last} count as estimates ({last + 1}, {last + 2}): they are not over" in imported.notes
    assert any(f"every figure to {last} counts as actual" in note for note in imported.notes)
    of_2024 = table(text, into="share_vintages", edition=f"{last - 1}-08")
    assert {year: status for (_, year), (_, status) in of_2024.items()} == {
        last - 1: "actual", last: "estimate", last + 1: "estimate", last + 2: "estimate",
    }  # fmt: skip
    assert not [note for note in import_file(HEAD.encode(), "x.csv").notes if "not over" in note]


def test_names_in_other_languages_and_abbreviations() -> None:
    names = ["Türkei", "Frankreich", "Italien", "Vereinigtes Königreich", "Allemagne", "Pays-Bas", "N. Macedonia"]
    codes = {iso3 for iso3, _ in table("Land,2026\n" + "".join(f"{name},2.3\n" for name in names))}
    assert codes == {"TUR", "FRA", "ITA", "GBR", "DEU", "NLD", "MKD"}


def test_where_no_name_is_known_the_names_are_said_and_not_the_layout() -> None:
    (fault,) = faults("Country,2025,2026\nAtlantis,1,2\nUtopia,1,2\nNATO Total,2,2\n")
    assert (fault.code, fault.line, fault.value) == ("unknown-ally", 2, "Atlantis, Utopia, NATO Total")
    assert "no row's name is known" in fault.rule


@pytest.mark.parametrize("mark", ["n.a.", "N.A.", "n.a", "na", ":", "x", "–", "−", "#N/A", "k. A.", "NaN"])
def test_more_marks_for_no_figure(mark: str) -> None:
    imported = import_file(f"Country,2025,2026\nGermany,2.2,{mark}\n".encode(), "x.csv")
    assert imported.missing == ["DEU 2026 share_pct"]


def test_a_word_in_place_of_a_figure_is_told_with_the_marks_that_may_stand_there() -> None:
    (fault,) = faults("Country,2025,2026\nGermany,about 2,2.2\n")
    assert "a mark for no figure (n.a., na, .., -, –, x, :)" in fault.rule


def test_a_table_of_ours_below_a_title_and_with_marks_is_written_anew() -> None:
    text = "My shares\n\niso3;year;share_pct;status;outlays_usd_m\nDEU;2026;2,7;estimate;n.a.\n"
    imported = import_file(text.encode(), "x.csv")
    assert imported.text.splitlines()[1:] == ["DEU,2026,2.7,estimate,,,"]
    assert [each.what for each in imported.skipped] == []


@pytest.mark.parametrize(("into", "given"), [("shares", "gdp"), ("gdp", "elections"), ("gdp", "shares")])
def test_a_table_of_ours_becomes_no_other(into: str, given: str) -> None:
    lines = resources.files("sim.data").joinpath("tables", f"{given}.csv").read_text("utf-8").splitlines()
    (fault,) = faults("\n".join(lines), into=into)
    assert (fault.code, fault.line) == ("wrong-table", 1)
    assert f"these are columns of the table {given}" in fault.rule
    assert f"--into {given}" in fault.remedy
