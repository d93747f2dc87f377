"""What a workbook holds beside the tables: allies by years at a glance, and the published years before."""

from __future__ import annotations

from math import inf, isnan
from typing import Final

from sim.data.catalogue import catalogue
from sim.data.tables import load_tables
from sim.output.exports.content import CellValue, Content
from sim.output.exports.units import OF_GDP, TEXT, YEAR, ColumnUnit
from sim.text.figures import share, target
from sim.text.footnotes import NOT_BOUND

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


def by_year(content: Content) -> tuple[list[int], list[tuple[str, str, list[CellValue], list[CellValue]]]]:
    """The years simulated, and for each ally and group: code, name, by year the probability of being at the core
    target (a dash where it does not bind the ally, None where there is none or for a group) and the median of the core
    share that is spent, % of GDP (">20" where it lies above what is counted).
    """
    years: list[int] = list(content.facts["years"])
    chances = _of(content, "compliance", "core", "probability")
    medians = _of(content, "shares", "core_spent", "q50")
    named = {iso3: name for iso3, name, *_ in content.rows("shares")}
    return years, [
        (
            str(iso3),
            str(name),
            [chances.get((iso3, year)) for year in years],
            [medians.get((iso3, year)) for year in years],
        )
        for iso3, name in named.items()
    ]


def by_year_captions(content: Content) -> tuple[str, str]:
    """What the two halves of that sheet show."""
    core = content.results.record.description.yardstick("core")
    measured = "no core target" if core is None else f"{target(core.share_pct)} % of GDP by {core.by}"
    return (
        f"Share of the simulated runs that report the core target ({measured}) in that year, given the assumptions",
        "Median of the core share that is spent, % of GDP, without what is closed on paper that year",
    )


def _of(content: Content, name: str, pillar: str, column: str) -> dict[tuple[CellValue, CellValue], CellValue]:
    table = content.tables[name]
    table = table[table["pillar"] == pillar]
    columns = (table[key].tolist() for key in ("iso3", "year", column))
    without = NOT_BOUND if name == "compliance" else None
    return {
        (iso3, year): share(value) if value == inf else without if isnan(value) else value
        for iso3, year, value in zip(*columns, strict=True)
    }
