"""From a publisher's file to the text of a table, with the list of what was left out and why."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sim.data.edition import FIRST_OF_CORE, LAST_YEAR, in_words, key_of
from sim.data.importing.grids import MARKS_NAMED, CellGrid, figure_of, grid_of_text
from sim.data.importing.layouts import NO_FIGURES, Block, Read, SheetFigure, blocks, read, titled, transposed
from sim.data.importing.subjects import refused_for
from sim.data.importing.workbooks import Workbook, is_workbook
from sim.data.reader import MAX_FAULTS, shorten
from sim.data.rows import ROWS, ShareRow, VintageRow
from sim.data.shapes import BY_YEAR, FIRST, other_table
from sim.data.tables import Replacement, load_tables
from sim.errors import Fault, ScenarioError, UsageError

FIRST_YEAR: Final = 1950
FRACTION: Final = 0.2
"""All figures of a file below this are fractions of GDP."""
MARKS: Final = {
    "§": "adopted budget, not outturn",
    "†": "without military pensions",
    "‡": "current spending only",
    "¶": "without paramilitary forces",
    "*": "a footnote",
}
MOST_OTHERS: Final = 4
"""Names in the message that none is known."""
_DECLARED_DIGITS: Final = 15
"""Significant digits of a figure, as spreadsheets keep them."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Rows that were left out: the sheet, the line, what stands there, and why."""

    sheet: str
    line: int
    what: str
    why: str


@dataclass(slots=True)
class Imported:
    """A table made of a file."""

    text: str  # CSV, as a scenario's [data] section takes it
    into: str
    layout: str
    titles: list[str]  # what the file says of itself
    edition: str
    rows: int = 0
    allies: tuple[str, ...] = ()
    years: tuple[int, int] = (0, 0)
    estimates: int = 0
    lacking: tuple[str, ...] = ()  # allies with armed forces that the file has no figure of
    skipped: list[Skipped] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)  # ally, year and column without a figure
    notes: list[str] = field(default_factory=list)


def import_file(
    content: bytes, file: str, *, into: str = "shares", sheet: str | None = None, edition: str = ""
) -> Imported:
    """The table `into` made of the content of a file called `file`.

    `sheet` names the sheet of a workbook; `edition`, YYYY-MM, is written into share_vintages.

    Raises:
        ScenarioError: what the file says cannot be a table, every fault found.
        UsageError: a sheet that is not there, an edition that is missing or in another form.
        MissingExtra: a workbook, and openpyxl is not installed.
    """
    if into not in ROWS:
        raise UsageError(f"no table {shorten(into)!r}; there are {', '.join(ROWS)}")
    if edition and not re.fullmatch(r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])", edition):
        raise UsageError(f"an edition is a year and a month, such as {key_of()}, not {shorten(edition)!r}")
    if into == "share_vintages" and not edition:
        raise UsageError(f"share_vintages holds several editions: say which this one is, --edition {key_of()}")
    if is_workbook(content):
        imported = _of_workbook(Workbook(content, file), into, sheet, edition)
    elif sheet is not None:
        raise UsageError(f"{shorten(file)} is no workbook and has no sheets")
    else:
        imported = _of_text(_decoded(content, file), file, into, edition)
    _hold(imported, file)
    return imported


def _decoded(content: bytes, file: str) -> str:
    """The text of a file: UTF-8, UTF-16 where its mark says so, else the alphabet of Western Windows."""
    if len(content) > 4 * 1024 * 1024:
        raise _refused(file, "must be at most 4 MiB", "keep to the allies and years of interest", "too-large")
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refused(file, "must be text or an .xlsx workbook", "save the sheet as CSV in UTF-8", "not-utf8")


def _of_text(text: str, file: str, into: str, edition: str) -> Imported:
    return _of_sheet(grid_of_text(text, file), file, into, edition, "a column a year")


def _of_sheet(grid: CellGrid, file: str, into: str, edition: str, layout: str) -> Imported:
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


def _of_workbook(book: Workbook, into: str, sheet: str | None, edition: str) -> Imported:
    if sheet is not None:
        wanted = next((name for name in book.sheets if name.strip().casefold() == sheet.strip().casefold()), None)
        if wanted is None:
            names = ", ".join(shorten(name) for name in book.sheets[:20])
            raise UsageError(f"no sheet {shorten(sheet)!r}; there are {names}")
        return _of_sheet(book.grid(wanted), book.file, into, edition, f"sheet {shorten(wanted)}")
    named = {re.sub(r"\W", "", name).casefold(): name for name in book.sheets}
    if "table3" in named:
        return _of_nato(book, named, into, edition)
    if "shareofgdp" in named:
        return _of_sipri(book, named["shareofgdp"], into, edition)
    if len(book.sheets) == 1:
        return _of_sheet(book.grid(book.sheets[0]), book.file, into, edition, "a column a year")
    names = ", ".join(shorten(name) for name in book.sheets[:20])
    rule = "must have a sheet Table 3 (NATO), Share of GDP (SIPRI) or one sheet only"
    raise _refused(book.file, rule, f"name the sheet of shares with --sheet: {names}", "unknown-layout")


def _of_nato(book: Workbook, named: dict[str, str], into: str, edition: str) -> Imported:
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
    _tell(imported, grid, shares, book.file)
    values = _per_cent(shares, imported)
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
        _tell(imported, other, extra, book.file, column)
        figures = {cell: figure.value for cell, figure in extra.figures.items()}
        more[column] = _per_cent(extra, imported) if column.endswith("_pct") else figures
    return _written(imported, shares, values, {cell: f.estimate for cell, f in shares.figures.items()}, more)


def _of_sipri(book: Workbook, sheet: str, into: str, edition: str) -> Imported:
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
        imported.notes.append(f"highly uncertain (red), taken as estimates: {_listed(red)}")
    if not any(figure.colour for figure in found.figures.values()):
        imported.notes.append(
            "no figure is coloured: all count as actual; saved anew as values, a file loses its colours"
        )
    _tell(imported, grid, found, book.file)
    estimates = {cell: bool(figure.colour) or figure.estimate for cell, figure in found.figures.items()}
    return _written(imported, found, _per_cent(found, imported), estimates, {})


def _of_wide(grid: CellGrid, file: str, into: str, edition: str, layout: str) -> Imported:
    """Any sheet with a column a year, or a row a year and a column an ally."""
    if into not in BY_YEAR:
        rule = f"must have the columns of {into}: only shares are read from a column a year"
        raise _refused(file, rule, f"the columns are {', '.join(ROWS[into].model_fields)}", "unknown-layout")
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
    _tell(imported, grid, found, file)
    estimates = {cell: figure.estimate or bool(figure.colour) for cell, figure in found.figures.items()}
    newest = _newest(imported)
    if not any(estimates.values()):
        which = f"figure to {newest}" if any(year > newest for _, year in estimates) else "figure"
        imported.notes.append(f'nothing is marked as an estimate ("{LAST_YEAR}e"): every {which} counts as actual')
    return _written(imported, found, _per_cent(found, imported), estimates, {})


def _laid_out(grid: CellGrid, file: str) -> tuple[CellGrid, bool, list[tuple[Block, Read]]]:
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
    raise _refused(file, rule, "name allies by name or code, one a row, and years in the first row", "unknown-layout")


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
            line.append(text if number is None else f"{number[0]:.{_DECLARED_DIGITS}g}")
        lines.append(line)
    return _finished(imported, lines)


def _is_number(part: Any) -> bool:
    return any(choice.get("type") in ("number", "integer") for choice in part.get("anyOf", [part]))


def _chosen(grid: CellGrid, *words: str, file: str) -> Block:
    """The block whose subtitle has the words, or the first."""
    if found := _fitting(grid, *words):
        return found[0]
    rule = f"sheet {shorten(grid.name)} must have a header of years"
    raise _refused(file, rule, "is it the publisher's own file? name another sheet with --sheet", "unknown-layout")


def _fitting(grid: CellGrid, *words: str) -> list[Block]:
    """The blocks whose subtitle has the words; all where none has."""
    found = blocks(grid)
    return [block for block in found if words and all(word in block.subtitle.casefold() for word in words)] or found


def _tell(imported: Imported, grid: CellGrid, found: Read, file: str, column: str = "share_pct") -> None:
    """What a block passed over goes to the list; what cannot be passed over is raised."""
    if not found.figures and not found.unreadable:
        rule = f"sheet {shorten(grid.name)} must have figures of allies; none was found below its years"
        raise _refused(file, rule, "is it the publisher's own file? name another sheet with --sheet", "unknown-layout")
    faults = [
        Fault(file, line, f"{shorten(grid.name)}: {about}", shorten(what), *_UNREADABLE[what.startswith("=")])
        for line, about, what in found.unreadable
    ]
    faults += [
        Fault(file, line, shorten(grid.name), shorten(what), "an ally must have one row", "remove one", "duplicate")
        for line, what in found.doubled
    ]
    for (code, year), figure in found.figures.items():
        if figure.external:
            rule, remedy = "must not be computed from another file", "paste the value in place of the formula"
            faults.append(
                Fault(file, figure.line, shorten(grid.name), f"{code} {year}", rule, remedy, "external-formula")
            )
    if faults:
        raise ScenarioError(tuple(faults[:MAX_FAULTS]))
    imported.skipped += [Skipped(grid.name, line, shorten(what, 60), why) for line, what, why in found.others]
    imported.missing += [f"{code} {year} {column}" for code, year in found.missing]
    bearers: dict[str, list[str]] = {}
    for code, signs in sorted(found.marks.items()):
        for sign in dict.fromkeys(signs):
            if not sign.isspace() and not sign.isalnum():
                bearers.setdefault(sign, []).append(code)
    for sign, codes in bearers.items():
        note = f"{sign} {MARKS.get(sign, 'a note of the publisher')}: {', '.join(codes)}"
        if note not in imported.notes:
            imported.notes.append(note)
    if found.formulas:
        imported.notes.append(
            f"{found.formulas} cells of {shorten(grid.name)} are formulas: taken is the value last saved"
        )


_UNREADABLE: Final = {
    True: (
        "must have the value of its formula saved with it",
        "open the file, let it compute, and save it",
        "formula-without-value",
    ),
    False: (
        f"must be a number or a mark for no figure ({MARKS_NAMED})",
        "correct the cell, or leave it empty",
        "not-a-number",
    ),
}


def _per_cent(found: Read, imported: Imported) -> dict[tuple[str, int], float]:
    """The figures in per cent: what is shown as per cent is stored as a fraction, and so is all that is tiny."""
    bare = [figure for figure in found.figures.values() if not figure.percent]
    tiny = bool(bare) and max(abs(figure.value) for figure in bare) < FRACTION
    fractions = {
        cell for cell, figure in found.figures.items() if figure.percent == "format" or (tiny and not figure.percent)
    }
    note = "fractions are multiplied by 100"
    if fractions and note not in imported.notes:
        imported.notes.append(note)
    return {cell: _scaled(figure, cell in fractions) for cell, figure in found.figures.items()}


def _scaled(figure: SheetFigure, fraction: bool) -> float:
    return float(f"{figure.value * 100:.{_DECLARED_DIGITS}g}") if fraction else figure.value


def _written(
    imported: Imported,
    found: Read,
    values: dict[tuple[str, int], float],
    estimates: dict[tuple[str, int], bool],
    more: dict[str, dict[tuple[str, int], float]],
) -> Imported:
    """The rows of the table, by ally and year."""
    early = sorted({year for _, year in values if year < FIRST_YEAR})
    if early:
        imported.notes.append(f"years before {FIRST_YEAR} are left out ({early[0]} to {early[-1]})")
    newest = _newest(imported)
    late = sorted({year for (iso3, year) in values if year > newest and not estimates[iso3, year]})
    if late:
        imported.notes.append(
            f"years after {newest} count as estimates ({_listed([str(year) for year in late])}): they are not over"
        )
        estimates = {cell: estimate or cell[1] > newest for cell, estimate in estimates.items()}
    lines = []
    for iso3, year in sorted(cell for cell in values if cell[1] >= FIRST_YEAR):
        cells: dict[str, str] = {
            "iso3": iso3,
            "year": str(year),
            "edition": imported.edition,
            "share_pct": f"{values[iso3, year]:.{_DECLARED_DIGITS}g}",
            "status": "estimate" if estimates[iso3, year] else "actual",
            "basis": shorten(imported.layout, 200),
        }
        for column, figures in more.items():
            if (iso3, year) in figures:
                cells[column] = f"{figures[iso3, year]:.{_DECLARED_DIGITS}g}"
        lines.append([cells.get(column, "") for column in ROWS[imported.into].model_fields])
    return _finished(imported, lines)


def _newest(imported: Imported) -> int:
    """The last year of which a figure can be actual: that of the edition, else the last of the packaged table."""
    return int(imported.edition[:4]) if imported.edition else max(row.year for row in load_tables().shares)


def _finished(imported: Imported, lines: Sequence[Sequence[str]]) -> Imported:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ROWS[imported.into].model_fields)
    writer.writerows(lines)
    imported.text, imported.rows = text.getvalue(), len(lines)
    return imported


def _hold(imported: Imported, file: str) -> None:
    """Raise what a scenario would find wrong with the table, and count what it has."""
    tables = load_tables({imported.into: Replacement(f"{file} as {imported.into}", imported.text, overlay=True)})
    own = [row for row in tables.table(imported.into) if tables.is_own(imported.into, row)]
    allies = sorted({row.iso3 for row in own if isinstance(row, ShareRow | VintageRow)})
    years = [row.year for row in own if isinstance(row, ShareRow | VintageRow)]
    imported.allies, imported.years = tuple(allies), (min(years, default=0), max(years, default=0))
    imported.estimates = sum(getattr(row, "status", "") == "estimate" for row in own)
    if imported.into in BY_YEAR:
        imported.lacking = tuple(sorted({ally.iso3 for ally in tables.armed_allies()} - set(allies)))


def _refused(file: str, rule: str, remedy: str, code: str) -> ScenarioError:
    return ScenarioError((Fault(file, 0, "", "", rule, remedy, code),))


def _listed(items: Sequence[str], most: int = 6) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def advice(imported: Imported, name: str) -> Iterator[str]:
    """How a scenario uses the table."""
    if imported.into != "shares":
        return
    whole = not imported.lacking
    entry = f'shares = "{name}"' if whole else f'shares = {{ file = "{name}", overlay = true }}'
    yield f"[data] {entry}"
    if not whole:
        yield f"no figures of {_listed(imported.lacking)}: the packaged ones of these and of other years stay"
    elif imported.years[1] < LAST_YEAR:
        yield f"[horizon] base_year = {imported.years[1]}, the last year with figures"
