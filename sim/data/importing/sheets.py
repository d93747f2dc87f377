"""Any sheet or text: with a column a year, a row a year, or the table's own columns."""

from __future__ import annotations

from typing import Any, Final

from sim.data.edition import LAST_YEAR
from sim.data.importing.grids import CellGrid, figure_of
from sim.data.importing.imported import (
    SIGNIFICANT_DIGITS,
    Imported,
    Skipped,
    finished,
    note_or_raise,
    per_cent,
    refused,
    written,
)
from sim.data.importing.layouts import NO_FIGURES, Read, SheetBlock, blocks, read, titled, transposed
from sim.data.importing.subjects import refused_for
from sim.data.reader import shorten
from sim.data.rows import ROWS
from sim.data.shapes import BY_YEAR, FIRST, other_table
from sim.errors import Fault, ScenarioError

MOST_OTHERS: Final = 4
"""Names in the message that none is known."""


def of_sheet(grid: CellGrid, file: str, into: str, edition: str, layout: str) -> Imported:
    """A text or sheet, with the columns of the table or with a column a year."""
    columns = set(ROWS[into].model_fields)
    for index, row in enumerate(grid.rows[:FIRST]):
        header = {cell.text for cell in row}
        if other := other_table(header, into):
            rule = f"must have the columns of {into}; these are columns of the table {other}"
            remedy = f"write --into {other}, or name another file"
            raise ScenarioError((Fault(file, grid.first_line + index, "", "", rule, remedy, "wrong-table"),))
        if len(header & columns) > 1:
            return _rewritten(grid, index, into, edition)
    return _of_wide(grid, file, into, edition, layout)


def _of_wide(grid: CellGrid, file: str, into: str, edition: str, layout: str) -> Imported:
    """Any sheet with a column a year, or a row a year and a column an ally."""
    if into not in BY_YEAR:
        rule = f"must have the columns of {into}: only shares are read from a column a year"
        raise refused(file, rule, f"the columns are {', '.join(ROWS[into].model_fields)}", "unknown-layout")
    grid, turned, candidates = _laid_out(grid, file)
    said = [(block, found, refused_for(grid, block, turned)) for block, found in candidates]
    of_shares = [entry for entry in said if entry[2] is None] or said
    block, found, other = max(of_shares, key=lambda entry: len({code for code, _ in entry[1].figures}))
    if other is not None:
        line, text, subject = other
        rule = f"must be shares of GDP, %; this line names something else ({shorten(subject)})"
        remedy = (
            "import the file or sheet of shares of GDP; dollars belong in outlays_usd_m beside them, million USD; "
            "if the figures are shares, take this line out"
        )
        raise ScenarioError((Fault(file, line, "", shorten(text, 60), rule, remedy, "wrong-subject"),))
    imported = Imported("", into, layout, titled(grid, block), edition)
    if len(candidates) > 1:
        imported.notes.append(
            f"{len(candidates)} blocks of years; taken is the one under line {grid.first_line + block.header}"
        )
    note_or_raise(imported, grid, found, file)
    estimates = {cell: figure.estimate or bool(figure.colour) for cell, figure in found.figures.items()}
    newest = imported.last_year
    if not any(estimates.values()):
        which = f"figure to {newest}" if any(year > newest for _, year in estimates) else "figure"
        imported.notes.append(f'nothing is marked as an estimate ("{LAST_YEAR}e"): every {which} counts as actual')
    return written(imported, found, per_cent(found, imported), estimates, {})


def _laid_out(grid: CellGrid, file: str) -> tuple[CellGrid, bool, list[tuple[SheetBlock, Read]]]:
    """The sheet as it stands or turned, whichever has figures of allies, and its blocks."""
    ways = [
        (sheet, turned, [(block, read(sheet, block)) for block in blocks(sheet)])
        for sheet, turned in ((grid, False), (transposed(grid), True))
    ]
    for sheet, turned, candidates in ways:
        if any(found.figures for _, found in candidates):
            return sheet, turned, candidates
    for sheet, turned, candidates in ways:
        if any(found.unreadable or found.missing for _, found in candidates):  # of allies: the layout is right
            return sheet, turned, candidates
    for _, turned, candidates in ways:
        others = [other for _, found in candidates for other in found.others if other[2] != NO_FIGURES]
        if others:
            line = 0 if turned else others[0][0]
            names = ", ".join(dict.fromkeys(shorten(what, 30) for _, what, _ in others[:MOST_OTHERS]))
            rule = "must name an ally with armed forces in one row at least; no row's name is known as one"
            remedy = "write names or codes as `sim data allies` prints them"
            raise ScenarioError((Fault(file, line, "", names, rule, remedy, "unknown-ally"),))
    rule = "must have a header of years and rows of allies"
    raise refused(file, rule, "name allies by name or code, one a row, and years in the first row", "unknown-layout")


def _rewritten(grid: CellGrid, head: int, into: str, edition: str) -> Imported:
    """A table with our own columns in the row at `head`, separated or written in another way."""
    below = enumerate(grid.rows[head:], grid.first_line + head)
    rows = [(index, row) for index, row in below if any(cell.text for cell in row)]
    header = [cell.text for cell in rows[0][1]]
    model = ROWS[into]
    numeric = {name for name, part in model.model_json_schema()["properties"].items() if _is_number(part)}
    imported = Imported("", into, f"the columns of {into}", [], edition)
    for index, name in enumerate(header):
        if name not in model.model_fields:
            imported.skipped.append(
                Skipped(grid.name, rows[0][0], name or f"column {index + 1}", "no column of this table")
            )
    lines = []
    for _, row in rows[1:]:
        cells = dict(zip(header, (cell for cell in row), strict=False))
        line = []
        for column in model.model_fields:
            text = cells[column].text if column in cells else ""
            number = figure_of(cells[column], grid.decimal_comma) if column in numeric and text else None
            if column in numeric and text and cells[column].missing:
                text = ""
            line.append(text if number is None else f"{number[0]:.{SIGNIFICANT_DIGITS}g}")
        lines.append(line)
    return finished(imported, lines)


def _is_number(part: Any) -> bool:
    return any(choice.get("type") in ("number", "integer") for choice in part.get("anyOf", [part]))
