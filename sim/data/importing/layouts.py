"""Where the figures stand in a sheet: blocks of rows under a header of years, one row a country."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from sim.data.countries import Named, look_up
from sim.data.importing.grids import CellGrid, GridCell, figure_of
from sim.data.reader import shorten
from sim.data.tables import load_tables

NOTES = ("notes", "note", "footnotes", "sources", "source")
NO_FIGURES = "no figures"
MOST_SUBTITLE = 8  # rows above a header that may say what is below


@dataclass(frozen=True, slots=True)
class SheetBlock:
    """A table inside a sheet: the columns of its years, and its rows to the next header or the notes."""

    header: int  # place of the row of years
    years: dict[int, tuple[int, bool]]  # by column: the year, and whether its figures are estimates
    rows: range
    subtitle: str  # what stands between the block above and the header


@dataclass(frozen=True, slots=True)
class SheetFigure:
    """One figure of one ally and year, as it stands in the sheet."""

    line: int
    iso3: str
    year: int
    value: float
    estimate: bool
    percent: str  # "format": a fraction shown as per cent; "sign": a number of per cent, with its sign; or neither
    colour: str
    external: bool  # computed from another workbook


@dataclass(slots=True)
class Read:
    """What a block gave: the figures of allies, and everything that was passed over."""

    figures: dict[tuple[str, int], SheetFigure] = field(default_factory=dict)
    missing: list[tuple[str, int]] = field(default_factory=list)
    others: list[tuple[int, str, str]] = field(default_factory=list)  # line, what stands there, why it is left out
    marks: dict[str, str] = field(default_factory=dict)  # signs beside an ally's name or in its notes
    unreadable: list[tuple[int, str, str]] = field(default_factory=list)  # line, the ally and year, what stands there
    doubled: list[tuple[int, str]] = field(default_factory=list)
    formulas: int = 0


def blocks(grid: CellGrid) -> list[SheetBlock]:
    """The blocks of a sheet, from the top."""
    headers = [(index, years) for index, row in enumerate(grid.rows) if (years := _years(row))]
    found = []
    for number, (index, years) in enumerate(headers):
        end = headers[number + 1][0] if number + 1 < len(headers) else len(grid.rows)
        notes = (row for row in range(index + 1, end) if _first(grid.rows[row]).casefold().rstrip(": ") in NOTES)
        end = next(notes, end)
        above = headers[number - 1][0] + 1 if number else 0
        subtitle = [_joined(grid.rows[row]) for row in range(max(above, index - MOST_SUBTITLE), index)]
        found.append(SheetBlock(index, years, range(index + 1, end), " | ".join(text for text in subtitle if text)))
    return found


def _years(row: Sequence[GridCell]) -> dict[int, tuple[int, bool]]:
    """The columns of years of a header; empty for any other row. Years rise, and no ally stands beside them."""
    years = {index: year for index, cell in enumerate(row) if (year := cell.year)}
    rising = all(0 < b - a <= 10 for (a, _), (b, _) in pairwise(years.values()))
    others = [cell for index, cell in enumerate(row) if index not in years and not cell.missing]
    if not years or not rising or any(isinstance(cell.value, float) for cell in others):
        return {}
    return {} if any(_named(cell) for cell in others) or (len(years) == 1 and not others) else years


def transposed(grid: CellGrid) -> CellGrid:
    """Rows for columns: allies side by side above years."""
    width = max(map(len, grid.rows), default=0)
    rows = [[row[index] if index < len(row) else GridCell() for row in grid.rows] for index in range(width)]
    return CellGrid(grid.name, rows, grid.first_line, grid.decimal_comma)


def read(grid: CellGrid, block: SheetBlock) -> Read:
    """The figures of the allies in a block."""
    found = Read()
    names = _name_columns(grid, block)
    notes = next(
        (index for index, cell in enumerate(grid.rows[block.header]) if cell.text.casefold().startswith("note")), None
    )
    seen: dict[str, int] = {}
    for index in block.rows:
        row, line = grid.rows[index], grid.first_line + index
        cells = [(column, row[column] if column < len(row) else GridCell()) for column in block.years]
        if not any(not cell.missing or cell.formula for _, cell in cells):
            if text := _joined(row):
                found.others.append((line, text, NO_FIGURES))
            continue
        label = next((row[column].text for column in names if column < len(row) and row[column].text), "")
        if not label and not any(isinstance(cell.value, float) for _, cell in cells):
            continue  # the subtitle of the next block
        named = next((named for column in names if column < len(row) and (named := _named(row[column]))), None)
        if named is None or named.group or not _is_ally(named):
            why = "a total" if named and named.group else "no ally" if label else "without a name"
            found.others.append((line, label, why))
            continue
        if named.code in seen:
            found.doubled.append((line, f"{named.name}: also in line {seen[named.code]}"))
            continue
        seen[named.code] = line
        _read_row(grid, block, found, named, line, cells)
        signs = (row[notes].text if notes is not None and notes < len(row) else "") + _signs(label)
        if signs:
            found.marks[named.code] = signs
    return found


def _read_row(
    grid: CellGrid, block: SheetBlock, found: Read, named: Named, line: int, cells: Sequence[tuple[int, GridCell]]
) -> None:
    for column, cell in cells:
        year, estimated = block.years[column]
        found.formulas += bool(cell.formula)
        if cell.formula and cell.value is None:
            found.unreadable.append((line, f"{named.code} {year}", cell.formula))
        elif cell.missing:
            found.missing.append((named.code, year))
        elif (figure := figure_of(cell, grid.decimal_comma)) is None:
            found.unreadable.append((line, f"{named.code} {year}", cell.text))
        else:
            value, estimate, percent = figure
            found.figures[named.code, year] = SheetFigure(
                line, named.code, year, value, estimated or estimate, percent, cell.colour, _external(cell.formula)
            )


def _external(formula: str) -> bool:
    """Whether a formula takes its value from outside the workbook: another one, a server, a program."""
    return "[" in formula or "|" in formula or "WEBSERVICE" in formula.upper()


def _name_columns(grid: CellGrid, block: SheetBlock) -> list[int]:
    """Columns that may name the country, the one that names most allies first."""
    first = min(block.years)
    width = max((len(grid.rows[index]) for index in block.rows), default=0)
    counts = {
        column: sum(
            1
            for index in block.rows
            if column < len(grid.rows[index]) and (n := _named(grid.rows[index][column])) and not n.group
        )
        for column in range(width)
        if column not in block.years
    }
    return sorted(counts, key=lambda column: (-counts[column], column > first, column))


def _named(cell: GridCell) -> Named | None:
    return look_up(cell.text) if isinstance(cell.value, str) and any(map(str.isalpha, cell.text)) else None


def _is_ally(named: Named) -> bool:
    return named.code in {row.iso3 for row in load_tables().armed_allies()}


def _signs(label: str) -> str:
    return "".join(sign for sign in label if sign in "*†‡§¶")


def _first(row: Sequence[GridCell]) -> str:
    return next((cell.text for cell in row if cell.text), "")


def _joined(row: Sequence[GridCell]) -> str:
    return shorten(" ".join(dict.fromkeys(cell.text for cell in row if cell.text)), 120)


def titled(grid: CellGrid, block: SheetBlock) -> list[str]:
    """What the first rows above a block say, two at most."""
    return [text for row in grid.rows[: block.header] if (text := _joined(row))][:2]
