"""A file that is no table of ours as a whole: one fault with the cause, in place of one for every cell."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Final

from sim.data.rows import ROWS
from sim.errors import Fault

SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What other programs put between cells, with its name."""

YEAR_HEAD: Final = re.compile(r"(?:19|20)[0-9]{2}(?:\s*(?:e|est\.?|f|p))?\s*\*{0,3}", re.IGNORECASE)
"""A heading that is a year, "2025e" for an estimate."""

FIRST: Final = 40
"""Records in which a header may lie."""

BY_YEAR: Final = ("shares", "share_vintages")
"""Tables that a file with a column a year can become."""

OF_ONE_TABLE: Final = 3
"""Names of columns in a header from which on it is that of a table; two, such as iso3 and year, many have."""

_COLUMNS: Final = frozenset(column for model in ROWS.values() for column in model.model_fields)
_SEP_LINE = re.compile(r"\ufeff?\"?sep=.\"?\r?\n?", re.IGNORECASE)


def misshapen(text: str, file: str, name: str, columns: Collection[str]) -> Fault | None:
    """The fault of a text that is a table in another layout or another table, or None where it looks like ours."""
    records = list(islice(_records(text), FIRST))
    for line, cells in records[:1]:
        if other := other_table(cells, name):
            rule = f"must have the columns of {name}; these are columns of the table {other}"
            return Fault(file, line, "", "", rule, f"give it as {other}, or name another file", "wrong-table")
        if len(set(cells) & set(columns)) > 1:
            return None
        if len(cells) == len(columns) and "iso3" in columns and re.fullmatch("[A-Z]{3}", cells[0]):
            rule = "must begin with a header; the first line is a row"
            return Fault(file, line, "", "", rule, f"put {','.join(columns)} above it", "no-header")
    remedy = f"`sim data import {file} --into {name} --out NEW.csv` rewrites it"
    if fault := _separated(text, file, name, remedy):
        return fault
    for line, cells in records:
        years = [cell for cell in cells if YEAR_HEAD.fullmatch(cell)]
        if len(years) >= 2:
            return _wide(file, line, years, name, remedy)
        if set(columns) <= set(cells):
            return Fault(
                file, line, "", "", "the header must be the first line", "remove what is above it", "no-header"
            )
    return None


def other_table(header: Collection[str], name: str) -> str:
    """The table whose columns a header has, where it is not that of `name`; empty where it may be."""
    shared = {other: len(set(header) & set(model.model_fields)) for other, model in ROWS.items()}
    best = max(shared, key=lambda other: (shared[other], other == name))
    own = set(ROWS[name].model_fields) <= set(header)
    return best if best != name and not own and shared[best] >= OF_ONE_TABLE else ""


def _separated(text: str, file: str, name: str, remedy: str) -> Fault | None:
    """The fault of a table that other signs than commas separate, at its header, or where it has none at its top."""
    line, head = header_line(text)
    separator = separator_of(head)
    cells = _cells(head, separator)
    if separator == ",":
        return None
    separated = f"this file is separated by {SEPARATORS[separator]}"
    if other := other_table(cells, name):
        rule = f"must have the columns of {name}; these are columns of the table {other}, and {separated}"
        convert = f"`sim data import {file} --into {other} --out NEW.csv` rewrites it; give the new file as {other}"
        return Fault(file, line, "", "", rule, convert, "wrong-table")
    years = [cell for cell in cells if YEAR_HEAD.fullmatch(cell)]
    if len(years) >= 2 and name not in BY_YEAR:
        return _wide(file, line, years, name, remedy)
    above = ", and its header is not the first line" if line > 1 and first_line(text) != head else ""
    rule = f"must be separated by commas; {separated}{above}"
    return Fault(file, line, "", "", rule, f"{remedy}, decimal commas too", "wrong-separator")


def _wide(file: str, line: int, years: Sequence[str], name: str, remedy: str) -> Fault:
    rule = f"must have one row an ally and year; this file has a column for each year ({years[0]} to {years[-1]})"
    own = f"; {remedy}" if name in BY_YEAR else ""
    return Fault(file, line, "", "", rule, f"write the years below one another{own}", "wide-table")


def header_line(text: str) -> tuple[int, str]:
    """The first line that names two years or two columns, whatever separates them, with its number.

    Where none does it is the first that is not empty.
    """
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines()[: 4 * FIRST], 1):
        cells = _cells(line, separator_of(line))
        if len(_COLUMNS & set(cells)) > 1 or sum(bool(YEAR_HEAD.fullmatch(cell)) for cell in cells) > 1:
            return number, line
    return 1, first_line(text)


def first_line(text: str) -> str:
    """The first line that is not empty; "sep=;", which Excel writes and reads, is none."""
    body = text.removeprefix("\ufeff")
    body = body[found.end() :] if (found := _SEP_LINE.match(body)) else body
    return next((line for line in body.splitlines() if line.strip(" ,;\t|")), "")


def separator_of(line: str) -> str:
    """What stands between the cells of a line: a comma unless another sign is there more often."""
    bare = re.sub(r'"[^"]*"', "", line)
    best = max(SEPARATORS, key=bare.count)
    return best if bare.count(best) > bare.count(",") else ","


def _cells(line: str, separator: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The first records with the line they begin on, cells trimmed; it ends where the text is no CSV."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True)[: 4 * FIRST])
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, [cell.strip() for cell in cells]
            before = reader.line_num
    except csv.Error:
        return
