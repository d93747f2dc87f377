"""From the text of one CSV table to its rows, with every fault found on the way."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from sim.data.countries import look_up
from sim.data.edition import LAST_YEAR
from sim.data.rows import Row
from sim.data.shapes import misshapen
from sim.errors import Fault
from sim.text.escaping import printable

MAX_BYTES = 4 * 1024 * 1024
MAX_ROWS = 20_000
MAX_FAULTS = 100  # per table; the first hundred teach as much as the rest
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")

# pydantic's kind of error: our code, the rule, the remedy
_CELL_FAULTS = {
    "whole_number": ("not-a-whole-number", "must be a whole number", f"write digits only, such as {LAST_YEAR}"),
    "number": (
        "not-a-number",
        "must be a number",
        "write digits with a point for decimals, such as 2.35; leave the cell empty where unknown",
    ),
    "finite_number": (
        "not-finite",
        "must be a finite number",
        "write the figure, or leave the cell empty where it is unknown",
    ),
    "bool_type": ("not-a-flag", "must be 0 or 1", "write 1 for yes and 0 for no"),
    "string_too_long": ("too-long", "must be at most {max_length} characters", "shorten the text"),
}


@dataclass(slots=True)
class Parsed:
    """What reading one table gave: the good rows with their lines, and the faults."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def parse(text: str, file: str, model: type[Row]) -> Parsed:
    """Read `text` as a table of `model`; `file` is the name that faults carry."""
    if refused := _refusal(text, file) or misshapen(text, file, model.TABLE, tuple(model.model_fields)):
        return Parsed(faults=[refused])
    parsed = Parsed()
    for fault in _read(text, file, model, parsed):
        parsed.faults.append(fault)
        if len(parsed.faults) == MAX_FAULTS:
            rule = f"must have fewer than {MAX_FAULTS} faults; reading stopped here"
            remedy = "correct those above, then check again"
            parsed.faults.append(Fault(file, fault.line, "", "", rule, remedy, "too-many-faults"))
            break
    return parsed


def shorten(value: object, width: int = 40) -> str:
    """`value` as one short printable line."""
    text = printable(str(value)[: width + 1])
    return text if len(text) <= width else text[: width - 1] + "…"


def code_meant(word: str) -> str:
    """The remedy for a word that names a country and is not its code; empty where it names none."""
    named = look_up(word)
    return "" if named is None or named.group else f"write {named.code}, the code of {named.name}"


def _refusal(text: str, file: str) -> Fault | None:
    """The fault of a text that is not worth reading, or None."""
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        rule, remedy = "must be at most 4 MiB", "keep to the columns and years of the packaged table"
        return Fault(file, 0, "", "", rule, remedy, "too-large")
    if (at := text.find("\0")) >= 0:
        rule, remedy = "must not hold a NUL byte", "save the table as UTF-8 text"
        return Fault(file, text.count("\n", 0, at) + 1, "", "", rule, remedy, "nul-byte")
    if match := _CONTROL.search(text):
        rule, remedy = "must not hold control characters", "save the table as plain UTF-8 text"
        line = text.count("\n", 0, match.start()) + 1
        return Fault(file, line, "", repr(match.group()), rule, remedy, "control-character")
    return None


def _read(text: str, file: str, model: type[Row], parsed: Parsed) -> Iterator[Fault]:
    """Put good rows into `parsed`; yield the faults in the order of the file."""
    columns = tuple(model.model_fields)
    records = _records(text.removeprefix("\ufeff"))
    try:
        line, header = next(records, (1, []))
        if not header:
            remedy = f"begin with the header {','.join(columns)}"
            yield Fault(file, 1, "", "", "must have a header and rows", remedy, "empty-table")
            return
        yield from _header_faults(header, line, file, columns)
        missing = set(columns) - set(header)
        count = 0
        for line, cells in records:
            count += 1
            if count > MAX_ROWS:
                remedy = "keep to the columns and years of the packaged table"
                yield Fault(file, line, "", "", f"must have at most {MAX_ROWS} rows", remedy, "too-many-rows")
                return
            if len(cells) != len(header):
                rule = f"must have {len(header)} cells, as the header has"
                remedy = "add the missing commas, or quote a text that holds a comma"
                yield Fault(file, line, "", f"{len(cells)} cells", rule, remedy, "row-length")
                continue
            named = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            try:
                row = model.model_validate({name: named.get(name) or None for name in columns})
            except ValidationError as error:
                for detail in error.errors(include_url=False):
                    if detail["loc"][0] not in missing:
                        yield _cell_fault(detail, file, line)
            else:
                if not missing:
                    parsed.rows.append((line, row))
        if not count:
            yield Fault(file, 1, "", "", "must have rows", "write at least one row", "empty-table")
    except csv.Error as error:
        problem, line = error.args
        remedy = "close every quote and write a quote inside a text twice"
        yield Fault(file, line, "", "", f"must be CSV that can be read ({problem})", remedy, "bad-csv")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins on; empty lines are left out; any line ending will do."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = csv.reader(io.StringIO(text), strict=True)
    before = 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise csv.Error(str(error), before + 1) from None


def _header_faults(header: list[str], line: int, file: str, columns: tuple[str, ...]) -> Iterator[Fault]:
    """Missing, unknown and repeated columns; header cells are trimmed in place."""
    header[:] = [name.strip() for name in header]
    for name in columns:
        if name not in header:
            remedy = f"add the column {name} (cells may stay empty only where a value is optional)"
            yield Fault(file, line, name, "", "column must be there", remedy, "missing-column")
    for position, name in enumerate(header):
        if name not in columns:
            remedy = f"remove it; the columns are {', '.join(columns)}"
            yield Fault(file, line, shorten(name), "", "is not a column of this table", remedy, "extra-column")
        elif name in header[:position]:
            yield Fault(file, line, name, "", "column must be there once", "remove one", "repeated-column")


def _cell_fault(detail: Any, file: str, line: int) -> Fault:
    """Our fault for one of pydantic's errors about one cell."""
    column, kind, value = str(detail["loc"][0]), detail["type"], detail["input"]
    context = detail.get("ctx", {})
    if value is None:
        rule, remedy = "must not be empty", "write the value, or leave the whole row out"
        return Fault(file, line, column, "", rule, remedy, "blank")
    if kind in _CELL_FAULTS:
        code, rule, remedy = _CELL_FAULTS[kind]
        rule = rule.format(**context)
    elif kind == "literal_error":
        code, rule = "unknown-choice", f"must be one of {context['expected']}"
        remedy = "write one of these words exactly"
    elif kind == "string_pattern_mismatch":
        code, rule, remedy = _pattern_fault(column, str(value))
    else:  # a bound
        phrases = {"ge": "at least", "le": "at most", "gt": "more than", "lt": "less than"}
        bounds = [f"{phrases[name]} {limit:g}" for name, limit in context.items() if name in phrases]
        code, rule = "out-of-range", f"must be {' and '.join(bounds) or 'within its bounds'}"
        remedy = "check the unit of the column and the place of the decimal point"
        if column == "month" and "le" in context:
            remedy = "write a month of 1 to 12; are month and day in each other's place?"
    return Fault(file, line, column, shorten(value), rule, remedy, code)


def _pattern_fault(column: str, value: str) -> tuple[str, str, str]:
    """Code, rule and remedy for a text that does not have its column's form."""
    if column == "iso3":
        return "bad-code", "must be an ISO 3166 alpha-3 code", code_meant(value) or "write three capitals, such as DEU"
    return "bad-format", "must be a date as YYYY-MM (or finer)", f"write, for example, {LAST_YEAR}-07"
