"""A sheet as rows of cells, whatever it was read from: values, and what a look of a cell says."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sim.data.shapes import YEAR_HEAD, header_line, separator_of
from sim.errors import Fault, ScenarioError

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 400
MISSING: Final = frozenset(
    {"", "xxx", "...", "…", "..", ". .", ". . .", "-", "–", "—", "−", "--", ":", "x", "n/a", "#n/a", "na", "n.a",
     "n.a.", "n. a.", "nd", "n.d", "n.d.", "k.a.", "k. a.", "s.d.", "nan", "null", "none", "not available"}
)  # fmt: skip
"""What publishers write where they have no figure."""
MARKS_NAMED: Final = "n.a., na, .., -, –, x, :"
"""The usual ones of them, for a message."""

_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,20}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[   '’][0-9]{3})+(?:[.,][0-9]+)?")
_ESTIMATE = re.compile(r"^(?P<number>.*[0-9%])\s*(?:e|\(e\)|est\.?)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: a text or a number, and whether it is shown as per cent, and the colour of its font."""

    value: str | float | None = None
    percent: bool = False
    colour: str = ""  # "blue", "red" or neither
    formula: str = ""  # what computes it, in a workbook

    @property
    def text(self) -> str:
        """What stands in it, trimmed."""
        if isinstance(self.value, float) and self.value.is_integer() and abs(self.value) < 1e15:
            return str(int(self.value))
        return "" if self.value is None else str(self.value).strip()

    @property
    def year(self) -> tuple[int, bool] | None:
        """The year that a heading names, and whether it says that figures below are estimates; None for others."""
        if not YEAR_HEAD.fullmatch(self.text):
            return None
        return int(self.text[:4]), bool(re.search("[a-z]", self.text[4:], re.IGNORECASE))

    @property
    def missing(self) -> bool:
        """Whether it says that there is no figure."""
        return self.text.casefold() in MISSING


@dataclass(frozen=True, slots=True)
class CellGrid:
    """One sheet; the rows are as long as what stands in them."""

    name: str  # of the sheet; that of the file for a text
    rows: Sequence[Sequence[GridCell]]
    first_line: int = 1
    decimal_comma: bool = False


def figure_of(cell: GridCell, decimal_comma: bool) -> tuple[float, bool, str] | None:
    """The number in a cell, whether it is marked as an estimate, how it is per cent ("format", "sign"); or None."""
    if isinstance(cell.value, float):
        return cell.value, False, "format" if cell.percent else ""
    text, estimate = cell.text, False
    if marked := _ESTIMATE.fullmatch(text):
        text, estimate = marked["number"].strip(), True
    percent = "sign" if text.endswith("%") else ""
    text = text.removesuffix("%").strip().replace("−", "-")
    if _GROUPED.fullmatch(text):
        text = re.sub("[   '’]", "", text)
    if decimal_comma:
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"[+-]?[0-9]+,(?:[0-9]{1,2}|[0-9]{4,})", text):
        text = text.replace(",", ".")
    elif re.fullmatch(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", text):
        text = text.replace(",", "")
    return (float(text), estimate, percent) if _NUMBER.fullmatch(text) else None


def grid_of_text(text: str, file: str) -> CellGrid:
    """A CSV text, whatever separates its cells; raises ScenarioError where it cannot be read."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if re.match(r'"?sep=.', text, re.IGNORECASE):
        text = "\n" + text.partition("\n")[2]
    head = max(text.split("\n")[:60], key=lambda line: len(re.findall(r"(?:19|20)[0-9]{2}", line)), default="")
    separator = separator_of(head if len(re.findall(r"(?:19|20)[0-9]{2}", head)) > 1 else header_line(text)[1])
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    rows: list[list[GridCell]] = []
    try:
        for cells in reader:
            rows += [[]] * (reader.line_num - len(rows) - 1)  # so that a row stands at its line
            rows.append([GridCell(cell.strip() or None) for cell in cells[:MAX_COLUMNS]])
            if len(rows) > MAX_ROWS:
                remedy = "keep to the allies and years of interest"
                raise ScenarioError(
                    (Fault(file, 0, "", "", f"must have at most {MAX_ROWS:,} rows", remedy, "too-many-rows"),)
                )
    except csv.Error as error:
        remedy = "close every quote and write a quote inside a text twice"
        rule = f"must be CSV that can be read ({error})"
        raise ScenarioError((Fault(file, reader.line_num, "", "", rule, remedy, "bad-csv"),)) from None
    commas = separator != "," and not any(_decimal_point(cell.text) for row in rows for cell in row)
    return CellGrid(file, rows, decimal_comma=commas)


def _decimal_point(text: str) -> bool:
    """Whether a text is a number that a point can only make smaller, such as 2.35: no thousands."""
    return bool(re.fullmatch(r"[+-]?[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})%?", text))
