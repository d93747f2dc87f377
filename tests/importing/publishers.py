"""Workbooks in the shape of the publishers' own, made of figures given: NATO's three layouts, SIPRI's.

The shapes are those that public parsers of these files expect: sheets, titles, blocks, marks, fonts, decimals.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.styles import Font

from sim.data.tables import load_tables

NAMES = {"SVK": "Slovak Republic"}
"""NATO's own where they are not those of the packaged table."""
NAMES_2019 = NAMES | {"CZE": "Czech Republic", "TUR": "Turkey"}
CURRENCIES = {"SWE": "Sweden (Kronor)"}
TOTALS = ("NATO Europe and Canada", "NATO Total")

Value = Callable[[str, int], Any]


def names(edition: int) -> dict[str, str]:
    """Allies with armed forces by code, in NATO's spelling of an edition; of 2019 those of that day."""
    later = {"MKD": 2020, "FIN": 2023, "SWE": 2024}
    own = NAMES_2019 if edition == 2019 else NAMES
    return {
        ally.iso3: own.get(ally.iso3, ally.name)
        for ally in sorted(load_tables().armed_allies(), key=lambda ally: ally.name)
        if later.get(ally.iso3, 0) <= edition
    }


def nato(
    edition: int, share: Value, dollars: Value, equipment: Value, years: Sequence[int], estimates: int,
    stars: Sequence[str] = ("SVN",),
) -> bytes:  # fmt: skip
    """NATO's workbook of an edition: tables 1, 2, 3 and 8a, and an empty one between them."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    heads: list[Any] = [f"{year}e" if year >= estimates else year for year in years]
    what = "Core defence expenditure" if edition >= 2026 else "Defence expenditure"
    missing = ".." if edition == 2019 else None
    gap = 4 if edition == 2019 else 1  # the header of 2019 stands in row 7

    def sheet(title: str, about: str, blocks: Sequence[tuple[str, Value]], label: Callable[[str], str]) -> None:
        page = book.create_sheet(title)
        page["A1"] = f"{title} : {about}"
        page["A2"] = "(Million)" if "dollars" in about else ""
        for _ in range(gap):
            page.append([None])
        for subtitle, value in blocks:
            page.append([None, subtitle])
            page.append([None, *heads])
            for iso3 in names(edition):
                figures = [value(iso3, year) for year in years]
                page.append([label(iso3), *(missing if figure is None else figure for figure in figures)])
            page.append([None])
            for total in TOTALS:
                page.append([total, *(2.0 + year / 1e4 for year in years)])
            page.append([None])
        page.append(["Notes:"])
        page.append(["Figures for 2025 and 2026 are estimates. Cut-off date for information: 3 July 2026."])
        page.append(["* see the remarks"])

    def starred(iso3: str) -> str:
        return names(edition)[iso3] + ("*" if iso3 in stars else "")

    def constant(iso3: str, year: int) -> Any:
        return None if dollars(iso3, year) is None else dollars(iso3, year) * 0.9

    sheet(
        "Table 1", f"{what}, national currency", [("Current prices", dollars)], lambda i: CURRENCIES.get(i, starred(i))
    )
    two = [("Current prices and exchange rates", dollars), ("Constant 2021 prices and exchange rates", constant)]
    sheet("Table 2", f"{what}, million US dollars", two, starred)
    real = [("Share of real GDP (%)", share), ("Annual real change (%)", lambda iso3, year: 3.14)]
    sheet("Table 3", f"{what} as a share of GDP and annual real change", real, starred)
    book.create_sheet("Table 4")
    kit = [("Equipment expenditure (% of total)", equipment), ("Personnel (% of total)", lambda iso3, year: 40.0)]
    sheet("Table 8a", f"Distribution of {what.lower()} by main category", kit, starred)
    return saved(book)


BLUE, RED = Font(color="FF0000FF"), Font(color="FFFF0000")
SIPRI_NAMES = {"USA": "United States of America", "TUR": "Türkiye"}


def sipri(
    share: Value, years: Sequence[int], fonts: Mapping[tuple[str, int], Font], notes: Mapping[str, str] = {},
    formatted: bool = True,
) -> bytes:  # fmt: skip
    """SIPRI's workbook: regions above their countries, fractions shown as per cent, colours for what is uncertain."""
    book = openpyxl.Workbook()
    book.active.title = "Introduction"
    for title in ("Constant (2024) US$", "Share of GDP", "Share of Govt. spending"):
        page = book.create_sheet(title)
        page["A1"] = f"Military expenditure by country: {title}, 1949-2025 © SIPRI 2026"
        page["A3"] = "Figures in blue are SIPRI estimates. Figures in red indicate highly uncertain data."
        page.append([None])
        page.append(["Country", "Notes", *years])
        page.append(["Africa"])
        page.append(["Algeria", "§4", *(0.05 for _ in years)])
        page.append(["Europe"])
        page.append(["Czechoslovakia", None, *("xxx" for _ in years)])
        for ally in sorted(load_tables().armed_allies(), key=lambda ally: ally.name):
            figures = [share(ally.iso3, year) for year in years]
            name = SIPRI_NAMES.get(ally.iso3, ally.name)
            page.append([name, notes.get(ally.iso3), *("..." if cell is None else cell for cell in figures)])
            for column, year in enumerate(years, 3):
                cell = page.cell(page.max_row, column)
                if formatted and title == "Share of GDP":
                    cell.number_format = "0.0%"
                if (ally.iso3, year) in fonts:
                    cell.font = fonts[ally.iso3, year]
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of the file."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
