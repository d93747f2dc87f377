"""`sim data import`: a table for a scenario, made of a publisher's own file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from sim.data.importing import Imported, Skipped

MOST_LINES: Final = 12
"""Lines of one kind that a summary prints; --json has all."""


@click.command(short_help="Make a table of a publisher's file.")
@click.argument("file")
@click.option("--into", metavar="TABLE", default="shares", show_default=True, help="The table that it becomes.")
@click.option("--sheet", metavar="NAME", help="The sheet of a workbook, where it is not NATO's or SIPRI's own.")
@click.option("--edition", metavar="YYYY-MM", default="", help="Month of publication; share_vintages needs it.")
@click.option("--out", metavar="CSV", help="The file to write; without it the table goes to stdout.")
@click.option("--force", is_flag=True, help="Replace the file of --out if it is there.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON document.")
def command(file: str, into: str, sheet: str | None, edition: str, out: str | None, force: bool, as_json: bool) -> None:
    """Make a table for the [data] section of a scenario of FILE, and say what was left out.

    FILE is NATO's workbook of defence expenditure (def-exp-2026-en.xlsx: shares, dollars and equipment), SIPRI's
    military expenditure database (its colours tell estimates), or a CSV or sheet with a row a country and a column a
    year, separated by commas, semicolons or tabs, with points or commas for decimals. Countries are found by name or
    code, totals and others left out. A file with the columns of a table of `sim data` is only written anew.
    Workbooks need the extra excel.

    \b
    sim data import def-exp-2026-en.xlsx --out my_shares.csv
    sim data import SIPRI-Milex-data-1949-2025_v1.2.xlsx --out sipri.csv
    sim data import shares_by_year.csv --out my_shares.csv
    sim data import my_gdp_from_excel.csv --into gdp --out my_gdp.csv
    """
    from sim.data.importing import advice, import_file
    from sim.output.terminal.console import note, say, write_json

    imported = import_file(_content(file), Path(file).name, into=into, sheet=sheet, edition=edition)
    if out is not None:
        _write(imported.text, out, force)
    if as_json:
        write_json(_document(imported, file, out))
        return
    if out is None:
        say(imported.text.removesuffix("\n"))
    for line in _summary(imported, out):
        note(line)
    for index, line in enumerate(advice(imported, Path(out).name if out else "FILE.csv")):
        note(f"{'To use it: ' if not index else '           '}{line}")


def _content(file: str) -> bytes:
    """The bytes of a regular file, as far as any layout goes."""
    from sim.data.importing.workbooks import MAX_BYTES
    from sim.scenario.loading.reading import bytes_of

    return bytes_of(Path(file), file, MAX_BYTES)


def _write(text: str, out: str, force: bool) -> None:
    from sim.errors import UsageError
    from sim.files.writing import write_new, write_text
    from sim.text.escaping import plain

    if force:
        write_text(text, out)
    elif not write_new(text.encode(), out):
        raise UsageError(f"{plain(out)} is there already; nothing was written\n  remedy: another name, or --force")


def _summary(imported: Imported, out: str | None) -> list[str]:
    from sim.text.escaping import plain

    first, last = imported.years
    where = f" written to {plain(out)}" if out else ""
    who = "1 ally" if len(imported.allies) == 1 else f"{len(imported.allies)} allies"
    span = f"; {who}, {first} to {last}; estimates: {imported.estimates}" if first else ""
    lines = [f"{imported.rows:,} rows of {imported.into}{where}: {imported.layout}{span}."]
    lines += [f"  {plain(title)}" for title in imported.titles]
    lines += [f"Note: {plain(note)}." for note in imported.notes]
    if imported.missing:
        lines.append(f"No figure in the file: {_some(imported.missing)}.")
    by_why: dict[str, list[Skipped]] = {}
    for skipped in imported.skipped:
        by_why.setdefault(skipped.why, []).append(skipped)
    for why, group in by_why.items():
        lines.append(f"Left out, {why}: {_some([plain(each.what) or f'line {each.line}' for each in group])}.")
    return lines


def _some(items: list[str]) -> str:
    unlike = list(dict.fromkeys(items))
    more = f" and {len(unlike) - MOST_LINES} more" if len(unlike) > MOST_LINES else ""
    return ", ".join(unlike[:MOST_LINES]) + more


def _document(imported: Imported, file: str, out: str | None) -> dict[str, object]:
    from dataclasses import asdict

    facts = asdict(imported)
    text = facts.pop("text")
    facts["years"] = list(imported.years) if imported.years[0] else None
    return {"file": file, "out": out, **facts, **({} if out else {"csv": text})}
