"""A file that is no table of ours as a whole: one fault with the cause, in place of one for every cell."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final

from sim.errors import Fault

SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""What other programs put between cells, with its name."""

YEAR_HEAD: Final = re.compile(r"(?:19|20)[0-9]{2}(?:\s*(?:e|est\.?|f|p))?\s*\*{0,3}", re.IGNORECASE)
"""A heading that is a year, "2025e" for an estimate."""

FIRST: Final = 40
"""Records in which a header may lie."""

_SEP_LINE = re.compile(r"\ufeff?\"?sep=.\"?\r?\n?", re.IGNORECASE)


def misshapen(text: str, file: str, name: str, columns: Collection[str]) -> Fault | None:
    """The fault of a text that is a table in another layout, or None where it looks like ours."""
    remedy = f"`sim data import {file} --into {name} --out NEW.csv` rewrites it"
    first = first_line(text)
    separator = separator_of(first)
    if separator != "," and len(set(_cells(first, ",")) & set(columns)) <= 1:
        rule = f"must be separated by commas; this file is separated by {SEPARATORS[separator]}"
        return Fault(file, 1, "", "", rule, f"{remedy}, decimal commas too", "wrong-separator")
    records = list(islice(_records(text), FIRST))
    for line, cells in records[:1]:
        if set(cells) & set(columns):
            return None
        if len(cells) == len(columns) and "iso3" in columns and re.fullmatch("[A-Z]{3}", cells[0]):
            rule = "must begin with a header; the first line is a row"
            return Fault(file, line, "", "", rule, f"put {','.join(columns)} above it", "no-header")
    for line, cells in records:
        years = [cell for cell in cells if YEAR_HEAD.fullmatch(cell)]
        if len(years) >= 2:
            rule = (
                f"must have one row an ally and year; this file has a column for each year ({years[0]} to {years[-1]})"
            )
            own = f"; {remedy}" if name == "shares" else ""
            return Fault(file, line, "", "", rule, f"write the years below one another{own}", "wide-table")
        if set(columns) <= set(cells):
            return Fault(
                file, line, "", "", "the header must be the first line", "remove what is above it", "no-header"
            )
    return None


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
