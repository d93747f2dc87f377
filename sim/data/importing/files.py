"""From a publisher's file to the text of a table, with the list of what was left out and why."""

from __future__ import annotations

import re

from sim.data.edition import key_of
from sim.data.importing.grids import grid_of_text
from sim.data.importing.imported import Imported, refused
from sim.data.importing.publishers import of_nato, of_sipri
from sim.data.importing.sheets import of_sheet
from sim.data.importing.workbooks import Workbook, is_workbook
from sim.data.reader import shorten
from sim.data.rows import ROWS, ShareRow, VintageRow
from sim.data.shapes import BY_YEAR
from sim.data.tables import Replacement, load_tables
from sim.errors import UsageError


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
        raise refused(file, "must be at most 4 MiB", "keep to the allies and years of interest", "too-large")
    for encoding in ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise refused(file, "must be text or an .xlsx workbook", "save the sheet as CSV in UTF-8", "not-utf8")


def _of_text(text: str, file: str, into: str, edition: str) -> Imported:
    return of_sheet(grid_of_text(text, file), file, into, edition, "a column a year")


def _of_workbook(book: Workbook, into: str, sheet: str | None, edition: str) -> Imported:
    if sheet is not None:
        wanted = next((name for name in book.sheets if name.strip().casefold() == sheet.strip().casefold()), None)
        if wanted is None:
            names = ", ".join(shorten(name) for name in book.sheets[:20])
            raise UsageError(f"no sheet {shorten(sheet)!r}; there are {names}")
        return of_sheet(book.grid(wanted), book.file, into, edition, f"sheet {shorten(wanted)}")
    named = {re.sub(r"\W", "", name).casefold(): name for name in book.sheets}
    if "table3" in named:
        return of_nato(book, named, into, edition)
    if "shareofgdp" in named:
        return of_sipri(book, named["shareofgdp"], into, edition)
    if len(book.sheets) == 1:
        return of_sheet(book.grid(book.sheets[0]), book.file, into, edition, "a column a year")
    names = ", ".join(shorten(name) for name in book.sheets[:20])
    rule = "must have a sheet Table 3 (NATO), Share of GDP (SIPRI) or one sheet only"
    raise refused(book.file, rule, f"name the sheet of shares with --sheet: {names}", "unknown-layout")


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
