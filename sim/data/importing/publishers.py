"""The workbooks of NATO and SIPRI, in the publishers' own layout."""

from __future__ import annotations

from sim.data.edition import FIRST_OF_CORE, in_words
from sim.data.importing.grids import CellGrid
from sim.data.importing.imported import Imported, first_few, note_or_raise, per_cent, refused, written
from sim.data.importing.layouts import Read, SheetBlock, blocks, read, titled
from sim.data.importing.workbooks import Workbook
from sim.data.reader import shorten


def of_nato(book: Workbook, named: dict[str, str], into: str, edition: str) -> Imported:
    """NATO's yearly workbook: shares in table 3, current dollars in table 2, equipment in table 8a."""
    grid = book.grid(named["table3"])
    block = _chosen(grid, "share of", "gdp", file=book.file)
    first = " ".join(titled(grid, block)).casefold()
    shares = read(grid, block)
    imported = Imported("", into, "NATO's workbook, table 3", titled(grid, block), edition)
    since = in_words(FIRST_OF_CORE)
    imported.notes.append(
        f"core outlays, the definition of {since} and later"
        if "core" in first
        else f"all defence outlays, the definition before {since}; the packaged table counts core outlays"
    )
    note_or_raise(imported, grid, shares, book.file)
    values = per_cent(shares, imported)
    more: dict[str, dict[tuple[str, int], float]] = {}
    for key, column, subtitle in (
        ("table2", "outlays_usd_m", "current"),
        ("table8a", "equipment_share_pct", "equipment"),
    ):
        if into != "shares" or key not in named:
            if into == "shares":
                imported.notes.append(f"no sheet {key.replace('table', 'Table ')}: {column} stays empty")
            continue
        other = book.grid(named[key])
        extra = read(other, found[0]) if (found := _fitting(other, subtitle)) else Read()
        if not extra.figures:
            imported.notes.append(f"no figures of allies in {shorten(other.name)}: {column} stays empty")
            continue
        note_or_raise(imported, other, extra, book.file, column)
        figures = {cell: figure.value for cell, figure in extra.figures.items()}
        more[column] = per_cent(extra, imported) if column.endswith("_pct") else figures
    return written(imported, shares, values, {cell: f.estimate for cell, f in shares.figures.items()}, more)


def of_sipri(book: Workbook, sheet: str, into: str, edition: str) -> Imported:
    """SIPRI's workbook: fractions shown as per cent; blue and red figures are estimates."""
    grid = book.grid(sheet)
    block = _chosen(grid, file=book.file)
    found = read(grid, block)
    imported = Imported("", into, f"SIPRI's workbook, sheet {shorten(sheet)}", titled(grid, block), edition)
    imported.notes.append(
        "SIPRI's definition of military expenditure; NATO's differs from it by some tenths of a point: use one "
        "publisher throughout"
    )
    red = sorted({f"{code} {year}" for (code, year), figure in found.figures.items() if figure.colour == "red"})
    if red:
        imported.notes.append(f"highly uncertain (red), taken as estimates: {first_few(red)}")
    if not any(figure.colour for figure in found.figures.values()):
        imported.notes.append(
            "no figure is coloured: all count as actual; saved anew as values, a file loses its colours"
        )
    note_or_raise(imported, grid, found, book.file)
    estimates = {cell: bool(figure.colour) or figure.estimate for cell, figure in found.figures.items()}
    return written(imported, found, per_cent(found, imported), estimates, {})


def _chosen(grid: CellGrid, *words: str, file: str) -> SheetBlock:
    """The block whose subtitle has the words, or the first."""
    if found := _fitting(grid, *words):
        return found[0]
    rule = f"sheet {shorten(grid.name)} must have a header of years"
    raise refused(file, rule, "is it the publisher's own file? name another sheet with --sheet", "unknown-layout")


def _fitting(grid: CellGrid, *words: str) -> list[SheetBlock]:
    """The blocks whose subtitle has the words; all where none has."""
    found = blocks(grid)
    return [block for block in found if words and all(word in block.subtitle.casefold() for word in words)] or found
