"""A run as a folder of CSV files (RFC 4180, UTF-8, lines that end with a line feed), with a readme and a manifest."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

from sim.output.exports.content import CellValue, Content, is_marked_folder
from sim.output.exports.readme import sections
from sim.output.exports.units import COLUMNS
from sim.text.escaping import defused, json_text
from sim.text.escaping import plain as one_line

RULE = (
    "A text that a spreadsheet could take for a formula has an apostrophe (') before it that is no part of the text: "
    "one that begins with = + - @, a tab or a line break, also behind blanks or apostrophes, or that has = + - @ "
    "behind a semicolon, tab or line break. Numbers never have one. A missing value is an empty cell."
)
FOR_PROGRAMS = (
    "The files are for programs: UTF-8 without a byte order mark, commas between cells, a point before decimals. For a "
    "spreadsheet, export the format excel instead; one that opens these files by a double click may take ü for Ã¼, and "
    "where it writes decimals with a comma, 3.5 for the third of May. Else import them by its menu (Excel: Data, From "
    "Text/CSV) as UTF-8, separated by commas, with the point as decimal separator."
)
FILES = {*(f"{name}.csv" for name in COLUMNS), "readme.txt", "manifest.json"}


def write(content: Content, destination: Path) -> None:
    """Write the folder."""
    for name, columns in COLUMNS.items():
        lines = [",".join(columns), *(",".join(map(_cell, row)) for row in content.rows(name))]
        (destination / f"{name}.csv").write_bytes(("\n".join(lines) + "\n").encode())
    (destination / "manifest.json").write_bytes(json_text(content.head(), 1).encode())
    (destination / "readme.txt").write_bytes(("\n".join(_readme(content)) + "\n").encode())


def is_ours(destination: Path) -> bool:
    """Whether the folder is such an export and nothing else."""
    return is_marked_folder(destination, "csv", FILES)


def _cell(value: CellValue) -> str:
    """A text is always quoted, so that no reader takes it for a number; a number never is."""
    if value is None:
        return ""
    if isinstance(value, str):
        return '"' + defused(value).replace('"', '""') + '"'
    return repr(value)


def _readme(content: Content) -> Iterator[str]:
    for title, rows in sections(content):
        heading = one_line(title)
        yield from (heading, "=" * min(max(len(heading), 1), 100))
        for label, text in rows:
            yield from _wrapped(f"{label}: {text}" if label else text)
        yield ""
    yield from ("The tables", "==========")
    yield from _wrapped(FOR_PROGRAMS)
    yield from _wrapped(RULE)
    for name, columns in COLUMNS.items():
        yield from ("", f"{name}.csv")
        for column, entry in columns.items():
            yield from textwrap.wrap(f"{column}: {entry.unit}; {entry.meaning}", 100, initial_indent="  ",
                                     subsequent_indent="    ")  # fmt: skip


def _wrapped(text: str) -> list[str]:
    return [piece for line in text.split("\n") for piece in textwrap.wrap(line, 100, subsequent_indent="  ") or [""]]
