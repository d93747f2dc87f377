"""A run as a folder of CSV files (RFC 4180, UTF-8, lines that end with a line feed), with a readme and a manifest."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

from sim.exports.content import Cell, Content, is_marked_folder, json_text
from sim.exports.readme import sections
from sim.exports.units import COLUMNS
from sim.words import plain as one_line

RULE = (
    "A text that a spreadsheet could take for a formula has an apostrophe (') before it that is no part of the text: "
    "one that begins with = + - @, a tab or a line break, also behind blanks or apostrophes, or that has = + - @ "
    "behind a semicolon, tab or line break. Numbers never have one. A missing value is an empty cell."
)
FILES = {*(f"{name}.csv" for name in COLUMNS), "readme.txt", "manifest.json"}

_UNSEEN = "['\\s\\x00-\\x20\\x7f-\\xa0\\xad\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u2069\\ufeff]*"
"""What a spreadsheet may drop before it looks for a formula."""
_SIGNS = "[=+\\-@＝＋－＠]"
_FORMULA = re.compile(f"(\\A|[;\\t\\r\\n])(?={_UNSEEN}{_SIGNS})|\\A(?='*[\\t\\r\\n])")


def write(content: Content, place: Path) -> None:
    """Write the folder."""
    for name, columns in COLUMNS.items():
        lines = [",".join(columns), *(",".join(map(_cell, row)) for row in content.rows(name))]
        (place / f"{name}.csv").write_bytes(("\n".join(lines) + "\n").encode())
    (place / "manifest.json").write_bytes(json_text(content.head()).encode())
    (place / "readme.txt").write_bytes(("\n".join(_readme(content)) + "\n").encode())


def is_ours(place: Path) -> bool:
    """Whether the folder is such an export and nothing else."""
    return is_marked_folder(place, "csv", FILES)


def defused(text: str) -> str:
    """The text with an apostrophe wherever a spreadsheet could see the beginning of a formula."""
    return _FORMULA.sub(lambda found: f"{found.group(1) or ''}'", text)


def _cell(value: Cell) -> str:
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
    yield from _wrapped(RULE)
    for name, columns in COLUMNS.items():
        yield from ("", f"{name}.csv")
        for column, entry in columns.items():
            yield from textwrap.wrap(f"{column}: {entry.unit}; {entry.meaning}", 100, initial_indent="  ",
                                     subsequent_indent="    ")  # fmt: skip


def _wrapped(text: str) -> list[str]:
    return [piece for line in text.split("\n") for piece in textwrap.wrap(line, 100, subsequent_indent="  ") or [""]]
