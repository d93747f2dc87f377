"""A run as an Excel workbook: a sheet to read, one a table, one on their columns. No cell is a formula or a link."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sim.exports.content import SCHEMA, Cell, Content
from sim.exports.readme import sections
from sim.exports.units import ALLIES, COLUMNS, OF_GDP, OF_RUNS, RUNS, TEXT, USD_BN, YEAR

MOST: Final = 32_767
"""Characters of a cell at most, counted as UTF-16 does."""
CUT: Final = " [cut here: a cell holds no more]"
CATEGORY: Final = "burdenshare export"

FORMATS: Final = {
    OF_RUNS: '[<0.005]"<1 %";[>0.995]">99 %";0.0 %',  # as on the page: never 0 or 100 %
    OF_GDP: "0.00",
    USD_BN: "#,##0.0",
    RUNS: "#,##0",
    ALLIES: "0",
    YEAR: "0",
    TEXT: "@",
}
"""How a column is shown, by its unit; its values are not rounded."""

NO_GUESSING: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
SAME_DAY: Final = datetime.datetime(2026, 7, 1)  # a constant, so that the same run gives the same bytes
WIDEST: Final = 40
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot carry."""
MISREAD: Final = re.compile("\\A<r>|_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_")
"""What xlsxwriter would take for XML of its own and write unescaped, and escapes that overlap."""


class _Exact(float):
    """A number that is written with all its digits: xlsxwriter formats numbers to 16, and a double may have 17."""

    def __format__(self, spec: str) -> str:
        return repr(float(self)).removesuffix(".0").upper()


def write(content: Content, place: Path) -> None:
    """Write the workbook; a missing value is an empty cell."""
    stream = io.BytesIO()  # a failing disk then is the caller's OSError, not an error of xlsxwriter's own
    with xlsxwriter.Workbook(stream, NO_GUESSING) as book:
        book.set_properties(
            {
                "title": _cut(FORBIDDEN.sub("\ufffd", content.facts["title"]), 255),
                "category": CATEGORY,
                "comments": f"schema {SCHEMA}",
                "created": SAME_DAY,
            }
        )
        bold = book.add_format({"bold": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _read_me(content, book.add_worksheet("Read me"), bold, wrapped)
        for name, columns in COLUMNS.items():
            shown = [book.add_format({"num_format": FORMATS[entry.unit]}) for entry in columns.values()]
            _table(book.add_worksheet(name), list(columns), content.rows(name), bold, shown)
        rows = [
            (name, column, entry.unit, entry.meaning)
            for name, columns in COLUMNS.items()
            for column, entry in columns.items()
        ]
        header = ["table", "column", "unit", "meaning"]
        _table(book.add_worksheet("columns"), header, rows, bold, [wrapped] * len(header))
    place.write_bytes(stream.getvalue())


def is_ours(place: Path) -> bool:
    """Whether the file is such a workbook."""
    try:
        with zipfile.ZipFile(place) as parts, parts.open("docProps/core.xml") as stream:
            # not all of it: it may claim to be as large as it likes
            return f"<cp:category>{CATEGORY}</cp:category>".encode() in stream.read(10_000)
    except Exception:  # zipfile, zlib and struct each complain in their own way of a file that is no workbook
        return False


def _read_me(content: Content, sheet: Worksheet, bold: Format, wrapped: Format) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    sheet.hide_gridlines(2)
    row = 0
    for heading, lines in sections(content):
        sheet.write_string(row, 0, _text(heading), bold)
        for label, text in lines:
            row += 1
            sheet.write_string(row, 0, _text(label), wrapped)
            sheet.write_string(row, 1, _text(text), wrapped)
        row += 2
    sheet.write_string(row, 0, "The tables", bold)
    sheet.write_string(row, 1, "one sheet each; the last sheet says what their columns are", wrapped)
    sheet.ignore_errors({"number_stored_as_text": f"A1:B{row + 1}"})


def _table(
    sheet: Worksheet, header: Sequence[str], rows: Sequence[Sequence[Cell]], bold: Format, shown: Sequence[Format]
) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
    for place, name in enumerate(header):
        texts = [row[place] for row in rows if isinstance(row[place], str)]
        width = max([len(name) + 3, *(len(str(text)) + 2 for text in texts)])
        sheet.set_column(place, place, min(width, WIDEST), shown[place])
        sheet.write_string(0, place, name, bold)
    for line, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, place, _text(value), shown[place])
            elif value is not None:
                sheet.write_number(line, place, _Exact(value), shown[place])


def _text(text: str) -> str:
    """The text as a cell can hold it: no character that XML forbids, and cut with a mark where it is too long."""
    text = FORBIDDEN.sub("\ufffd", text)
    if MISREAD.search(text):
        if _units(escaped := _escaped(text)) <= MOST:
            return escaped
        return _cut(text, min(MOST, _units(text) - 1))  # with the mark at its end nothing is taken for XML
    return _cut(text, MOST)


def _cut(text: str, most: int) -> str:
    """The text, or as much of it as leaves room for the mark."""
    if _units(text) <= most:
        return text
    return text.encode("utf-16-le")[: 2 * (most - len(CUT))].decode("utf-16-le", "ignore") + CUT


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _escaped(text: str) -> str:
    """The text as a rich string of one run, which xlsxwriter writes as it is.

    Underscores go as references: it would see to their escapes once more.
    """
    text = escape(re.sub("_(?=x[0-9a-fA-F]{4}_)", "_x005F_", text), quote=False).replace("_", "&#95;")
    return f'<r><t xml:space="preserve">{text}</t></r>'
