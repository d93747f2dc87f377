"""What a workbook holds beside the tables: allies by years at a glance, and the published years before."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan
from typing import Final

from sim.data.catalogue import catalogue
from sim.data.tables import load_tables
from sim.output.exports.content import CellValue, Content
from sim.output.exports.units import OF_GDP, OF_RUNS, TEXT, YEAR, ColumnUnit
from sim.text.figures import share, target
from sim.text.footnotes import NOT_BOUND
from sim.text.probabilities import outward

USD_M: Final = "million current USD"

HISTORY: Final[dict[str, ColumnUnit]] = {
    "iso3": ColumnUnit(TEXT, "ISO 3166-1 alpha-3 code of the ally"),
    "ally": ColumnUnit(TEXT, "name of the ally"),
    "year": ColumnUnit(YEAR, "calendar year"),
    "share_pct": ColumnUnit(OF_GDP, "core outlays over GDP, both at constant 2021 prices, as NATO prints them"),
    "outlays_usd_m": ColumnUnit(USD_M, "core outlays at prices and exchange rates of that year, as NATO prints them"),
    "status": ColumnUnit(TEXT, "actual or estimate, as NATO marks it"),
}
"""The columns of the published history."""


def history(content: Content) -> list[tuple[CellValue, ...]]:
    """The published core outlays, ally by ally: the packaged table, whatever tables the run had; see `HISTORY`."""
    names = {entry.iso3: entry.name for entry in content.results.record.description.allies}
    tables = load_tables()
    names = {row.iso3: row.name for row in tables.allies} | names
    return [
        (row.iso3, names[row.iso3], row.year, row.share_pct, row.outlays_usd_m, row.status)
        for row in sorted(tables.shares, key=lambda row: (names[row.iso3], row.year))
    ]


def history_caption() -> str:
    """Where the history is from."""
    shares = next(entry for entry in catalogue() if entry.name == "shares")
    return (
        f"{shares.publisher}, edition of {shares.edition}, packaged with the version that wrote this workbook. Money "
        "is in US dollars of each year at that year's exchange rates; no table of national currencies is packaged."
    )


@dataclass(frozen=True)
class SheetPart:
    """A part of the sheet of allies by years: what it shows, the unit of its numbers, and its cells."""

    caption: str
    unit: str
    cells: dict[tuple[CellValue, CellValue], CellValue]  # by code and year


def by_year(content: Content) -> list[SheetPart]:
    """The probability of being at the core target (a dash where it does not bind the ally, none where there is none or
    for a group), its range over parameters in runs of 100 where it has one ("39–78"), and the median of the core share
    that is spent, % of GDP (">20" where it lies above what is counted).
    """
    core = content.results.record.description.yardstick("core")
    measured = "no core target" if core is None else f"{target(core.share_pct)} % of GDP by {core.by}"
    chances, medians = (
        SheetPart(
            f"Probability of reporting the core target ({measured}) in that year, given the assumptions",
            OF_RUNS,
            _of(content, "compliance", "core", "probability"),
        ),
        SheetPart(
            "Median of the core share that is spent, % of GDP, without what is closed on paper that year",
            OF_GDP,
            _of(content, "shares", "core_spent", "q50"),
        ),
    )
    table = content.tables["compliance"]
    table = table[(table["pillar"] == "core") & table["over_parameters_low"].notna()]
    columns = (table[key].tolist() for key in ("iso3", "year", "over_parameters_low", "over_parameters_high"))
    ranges: dict[tuple[CellValue, CellValue], CellValue] = {
        (iso3, year): outward(low, high) for iso3, year, low, high in zip(*columns, strict=True)
    }
    caption = "Central 90 % of that probability over the parameters drawn, runs of 100"
    return [chances, *([SheetPart(caption, TEXT, ranges)] if ranges else []), medians]


def allies_and_groups(content: Content) -> dict[str, str]:
    """The names of that sheet's rows, by code."""
    return {str(iso3): str(name) for iso3, name, *_ in content.rows("shares")}


def _of(content: Content, name: str, pillar: str, column: str) -> dict[tuple[CellValue, CellValue], CellValue]:
    table = content.tables[name]
    table = table[table["pillar"] == pillar]
    columns = (table[key].tolist() for key in ("iso3", "year", column))
    without = NOT_BOUND if name == "compliance" else None
    return {
        (iso3, year): share(value) if value == inf else without if isnan(value) else value
        for iso3, year, value in zip(*columns, strict=True)
    }
