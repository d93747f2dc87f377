"""A table made of a file: its rows in per cent, what was left out and why, and how a scenario uses it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from sim.data.edition import LAST_YEAR
from sim.data.importing.grids import MARKS_NAMED, CellGrid
from sim.data.importing.layouts import Read, SheetFigure
from sim.data.reader import MAX_FAULTS, shorten
from sim.data.rows import ROWS
from sim.errors import Fault, ScenarioError

EARLIEST_YEAR: Final = 1950
FRACTION: Final = 0.2
"""All figures of a file below this are fractions of GDP."""
MARKS: Final = {
    "§": "adopted budget, not outturn",
    "†": "without military pensions",
    "‡": "current spending only",
    "¶": "without paramilitary forces",
    "*": "a footnote",
}
SIGNIFICANT_DIGITS: Final = 15
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

    @property
    def last_year(self) -> int:
        """The last year of which a figure can be actual: that of the edition, else the last of the packaged table."""
        return int(self.edition[:4]) if self.edition else LAST_YEAR


def note_or_raise(imported: Imported, grid: CellGrid, found: Read, file: str, column: str = "share_pct") -> None:
    """What a block passed over goes to the list; what cannot be passed over is raised."""
    if not found.figures and not found.unreadable:
        rule = f"sheet {shorten(grid.name)} must have figures of allies; none was found below its years"
        raise refused(file, rule, "is it the publisher's own file? name another sheet with --sheet", "unknown-layout")
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


def per_cent(found: Read, imported: Imported) -> dict[tuple[str, int], float]:
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
    return float(f"{figure.value * 100:.{SIGNIFICANT_DIGITS}g}") if fraction else figure.value


def written(
    imported: Imported,
    found: Read,
    values: dict[tuple[str, int], float],
    estimates: dict[tuple[str, int], bool],
    more: dict[str, dict[tuple[str, int], float]],
) -> Imported:
    """The rows of the table, by ally and year."""
    early = sorted({year for _, year in values if year < EARLIEST_YEAR})
    if early:
        imported.notes.append(f"years before {EARLIEST_YEAR} are left out ({early[0]} to {early[-1]})")
    newest = imported.last_year
    late = sorted({year for (iso3, year) in values if year > newest and not estimates[iso3, year]})
    if late:
        imported.notes.append(
            f"years after {newest} count as estimates ({first_few([str(year) for year in late])}): they are not over"
        )
        estimates = {cell: estimate or cell[1] > newest for cell, estimate in estimates.items()}
    lines = []
    for iso3, year in sorted(cell for cell in values if cell[1] >= EARLIEST_YEAR):
        cells: dict[str, str] = {
            "iso3": iso3,
            "year": str(year),
            "edition": imported.edition,
            "share_pct": f"{values[iso3, year]:.{SIGNIFICANT_DIGITS}g}",
            "status": "estimate" if estimates[iso3, year] else "actual",
            "basis": shorten(imported.layout, 200),
        }
        for column, figures in more.items():
            if (iso3, year) in figures:
                cells[column] = f"{figures[iso3, year]:.{SIGNIFICANT_DIGITS}g}"
        lines.append([cells.get(column, "") for column in ROWS[imported.into].model_fields])
    return finished(imported, lines)


def finished(imported: Imported, lines: Sequence[Sequence[str]]) -> Imported:
    """The table with its text: these cells below the columns of the table it is imported into."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ROWS[imported.into].model_fields)
    writer.writerows(lines)
    imported.text, imported.rows = text.getvalue(), len(lines)
    return imported


def refused(file: str, rule: str, remedy: str, code: str) -> ScenarioError:
    """The fault of a whole file."""
    return ScenarioError((Fault(file, 0, "", "", rule, remedy, code),))


def first_few(items: Sequence[str], most: int = 6) -> str:
    """The first of them, and how many more there are."""
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")


def advice(imported: Imported, name: str) -> Iterator[str]:
    """How a scenario uses the table."""
    if imported.into != "shares":
        return
    whole = not imported.lacking
    entry = f'shares = "{name}"' if whole else f'shares = {{ file = "{name}", overlay = true }}'
    yield f"[data] {entry}"
    if not whole:
        yield f"no figures of {first_few(imported.lacking)}: the packaged ones of these and of other years stay"
    elif imported.years[1] < LAST_YEAR:
        yield f"[horizon] base_year = {imported.years[1]}, the last year with figures"
