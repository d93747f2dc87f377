"""A run as an Excel workbook: a sheet to read, allies by years, the tables, the published history, the columns.

No cell is a formula or a link. Every sheet prints on landscape pages as wide as it is, with its header on each.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from math import ceil
from pathlib import Path
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sim.data.edition import key_of
from sim.output.exports.content import SCHEMA, CellValue, Content
from sim.output.exports.overview import HISTORY, USD_M, allies_and_groups, by_year, history, history_caption
from sim.output.exports.readme import sections
from sim.output.exports.units import ALLIES, COLUMNS, OF_GDP, OF_RUNS, PART, POINTS, RUNS, TEXT, USD_BN, YEAR

MOST: Final = 32_767
"""Characters of a cell at most, counted as UTF-16 does."""
CUT: Final = " [cut here: a cell holds no more]"
CATEGORY: Final = "burdenshare export"

FORMATS: Final = {
    OF_RUNS: '[<0.005]"<1 %";[>0.995]">99 %";0.0 %',  # as on the page: never 0 or 100 %
    PART: "0.0 %",
    OF_GDP: "0.00",
    POINTS: "0.00",
    USD_BN: "#,##0.0",
    RUNS: "#,##0",
    ALLIES: "0",
    YEAR: "0",
    TEXT: "@",
    USD_M: "#,##0",
}
"""How a column is shown, by its unit; its values are not rounded."""

NO_GUESSING: Final = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
SAME_DAY: Final = datetime.datetime.strptime(key_of(), "%Y-%m")  # of the edition: the same run gives the same bytes
WIDEST: Final = 40
BY_YEAR: Final = "allies by year"
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot carry."""
MISREAD: Final = re.compile("\\A<r>|_x[0-9a-fA-F]{4}_x[0-9a-fA-F]{4}_")
"""What xlsxwriter would take for XML of its own and write unescaped, and escapes that overlap."""


class _Exact(float):
    """A number that is written with all its digits: xlsxwriter formats numbers to 16, and a double may have 17."""

    def __format__(self, spec: str) -> str:
        return repr(float(self)).removesuffix(".0").upper()


def write(content: Content, destination: Path) -> None:
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
        bold = book.add_format({"bold": True, "valign": "top", "text_wrap": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        formats = {unit: book.add_format({"num_format": shown}) for unit, shown in FORMATS.items()}
        glance = {**formats, OF_RUNS: book.add_format({"num_format": FORMATS[OF_RUNS].replace("0.0 %", "0 %")})}
        _read_me(content, book.add_worksheet("Read me"), bold, wrapped)
        _by_year(content, book.add_worksheet(BY_YEAR), bold, glance)
        for name, columns in COLUMNS.items():
            shown = [formats[entry.unit] for entry in columns.values()]
            _table(book.add_worksheet(name), list(columns), content.rows(name), bold, shown)
        shown = [formats[entry.unit] for entry in HISTORY.values()]
        _table(book.add_worksheet("history"), list(HISTORY), history(content), bold, shown)
        rows = [
            (name, column, entry.unit, entry.meaning)
            for name, columns in (*COLUMNS.items(), ("history", HISTORY))
            for column, entry in columns.items()
        ]
        header = ["table", "column", "unit", "meaning"]
        _table(book.add_worksheet("columns"), header, rows, bold, [wrapped] * len(header), widths=(14, 24, 30, 70))
    destination.write_bytes(stream.getvalue())


def is_ours(destination: Path) -> bool:
    """Whether the file is such a workbook."""
    try:
        with zipfile.ZipFile(destination) as parts, parts.open("docProps/core.xml") as stream:
            # not all of it: it may claim to be as large as it likes
            return f"<cp:category>{CATEGORY}</cp:category>".encode() in stream.read(10_000)
    except Exception:  # zipfile, zlib and struct each complain in their own way of a file that is no workbook
        return False


def _read_me(content: Content, sheet: Worksheet, bold: Format, wrapped: Format) -> None:
    """Labels in the first column, all that may be long in the second, where it is wrapped."""
    widths = 24, 100
    for index, width in enumerate(widths):
        sheet.set_column(index, index, width)
    sheet.hide_gridlines(2)
    about = {
        BY_YEAR: "; ".join(part.caption for part in by_year(content))
        + ". The tables compliance and shares have the rest.",
        ", ".join(COLUMNS): "The tables, every figure unrounded.",
        "history": history_caption(),
        "columns": "Unit and meaning of every column.",
    }
    (title, first), *others = sections(content)
    row = -1
    for heading, lines in (("", [("Title", title), *first]), *others, ("The sheets", list(about.items()))):
        row += 1
        if heading:
            row += 1
            sheet.write_string(row, 0, heading, bold)
            row += 1
        for row, cells in enumerate(lines, start=row):  # noqa: B020 (it goes on from there)
            for index, text in enumerate(cells):
                sheet.write_string(row, index, _text(text), bold if cells == ("Title", title) else wrapped)
            sheet.set_row(row, _height(cells, widths))
    sheet.ignore_errors({"number_stored_as_text": f"A1:B{row + 1}"})
    _page(sheet, row, 1)


def _height(cells: Sequence[str], widths: Sequence[int]) -> float:
    """Points for a row of wrapped texts: few programs find the height of a row themselves when they open a workbook."""
    lines = max(
        sum(ceil(max(sum(1 + (char > "\u10ff") for char in line), 1) / width) for line in text.split("\n"))
        for text, width in zip(cells, widths, strict=True)
    )
    return min(15 * lines, 409)  # the highest there is


def _by_year(content: Content, sheet: Worksheet, bold: Format, formats: Mapping[str, Format]) -> None:
    """Allies and groups down, years across: probabilities at the left, medians at the right."""
    years, parts, names = content.facts["years"], by_year(content), allies_and_groups(content)
    firsts = [2 + index * (len(years) + 1) for index in range(len(parts))]
    last = firsts[-1] + len(years) - 1
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, last, 9)
    for first in firsts[1:]:
        sheet.set_column(first - 1, first - 1, 2)
    sheet.set_row(0, 48)
    for first, part in zip(firsts, parts, strict=True):
        if len(years) > 1:
            sheet.merge_range(0, first, 0, first + len(years) - 1, "", bold)
        sheet.write_string(0, first, part.caption, bold)
        for index, year in enumerate(years):
            sheet.write_number(1, first + index, year, bold)
    for index, name in enumerate(("iso3", "ally")):
        sheet.write_string(1, index, name, bold)
    for line, (iso3, name) in enumerate(names.items(), start=2):
        sheet.write_string(line, 0, _text(iso3))
        sheet.write_string(line, 1, _text(name), formats[TEXT])
        for first, part in zip(firsts, parts, strict=True):
            for index, year in enumerate(years):
                value = part.cells.get((iso3, year))
                if isinstance(value, str):
                    sheet.write_string(line, first + index, value, formats[part.unit])
                elif value is not None:
                    sheet.write_number(line, first + index, _Exact(value), formats[part.unit])
    sheet.freeze_panes(2, 2)
    _page(sheet, len(names) + 1, last, header=2, labels=2)


def _table(
    sheet: Worksheet, header: Sequence[str], rows: Sequence[Sequence[CellValue]], bold: Format, shown: Sequence[Format],
    widths: Sequence[int] = (),
) -> None:  # fmt: skip
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(header) - 1)
    for index, name in enumerate(header):
        texts = [row[index] for row in rows if isinstance(row[index], str)]
        width = max([len(name) + 3, *(len(str(text)) + 2 for text in texts)])
        sheet.set_column(index, index, widths[index] if widths else min(width, WIDEST), shown[index])
        sheet.write_string(0, index, name, bold)
    for line, row in enumerate(rows, start=1):
        for index, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, index, _text(value), shown[index])
            elif value is not None:
                sheet.write_number(line, index, _Exact(value), shown[index])
        if widths:
            sheet.set_row(line, _height([str(value) for value in row], widths))
    _page(sheet, max(len(rows), 1), len(header) - 1, header=1)


def _page(sheet: Worksheet, last_row: int, last_column: int, *, header: int = 0, labels: int = 0) -> None:
    """How a sheet is printed: landscape A4, as wide as the page, rows of a header and columns of labels on each."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, last_row, last_column)
    sheet.set_footer("&L&A&R&P / &N")
    if header:
        sheet.repeat_rows(0, header - 1)
    if labels:
        sheet.repeat_columns(0, labels - 1)


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
