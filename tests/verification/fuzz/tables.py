"""Users' tables: sound ones in every form that is allowed, and faults planted in them by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from random import Random
from typing import Any

from fuzz.contract import Planted
from sim.data.rows import ROWS
from sim.scenario.schema import Data

NAMES = tuple(Data.model_fields)
"""The tables a scenario may replace."""
ODD = ("on two\nlines", "\u202eturned", "a\u2028b", "a\ttab", 'a, "b"; c', "\U0001f4a3", "x" * 600)
"""Texts that a cell may hold."""


@dataclass(eq=False)
class Row:
    """The cells of a row by column, and what is planted in it."""

    cells: dict[str, str]
    raw: str = ""  # written instead of the cells
    name: str = ""
    codes: frozenset[str] = frozenset()


@dataclass(eq=False)
class Sheet:
    """A table before it is written."""

    table: str
    columns: list[str]
    rows: list[Row]
    header: Row = field(default_factory=lambda: Row({}))


@cache
def packaged(name: str) -> str:
    return resources.files("sim.data").joinpath("tables", f"{name}.csv").read_text(encoding="utf-8")


@cache
def column(table: str, name: str) -> tuple[dict[str, Any], bool]:
    """The schema of a column, and whether a cell may be empty."""
    part = ROWS[table].model_json_schema()["properties"][name]
    choices = part.get("anyOf", [part])
    return choices[0], len(choices) > 1


def is_text(table: str, name: str) -> bool:
    """Whether any words may stand in a column."""
    return column(table, name)[0].get("maxLength") == 600


def sheet(random: Random, name: str) -> Sheet:
    """A packaged table; of the long ones the later years only, for speed."""
    rows = list(csv.DictReader(io.StringIO(packaged(name))))
    first = {"shares": 2024, "gdp": 2025}.get(name, 0)
    if random.random() < 0.97:
        rows = [row for row in rows if not first or int(row["year"]) >= first]
    if name == "budgets":  # of few allies and one year; further years, that a fault finds a row without another
        rows += [{**row, "year": str(year)} for row in rows for year in range(2028, 2036)]
    return Sheet(name, list(rows[0]), [Row(row) for row in rows])


def odd_sheet(random: Random, name: str) -> Sheet:
    """The same with odd texts here and there; a row may then take several lines."""
    made = sheet(random, name)
    texts = [text for text in made.columns if is_text(name, text)]
    for row in random.sample(made.rows, random.choice((0, 0, 1, 5)) if texts else 0):
        row.cells[random.choice(texts)] = random.choice(ODD)
    return made


def written(random: Random, made: Sheet, separator: str = ",") -> tuple[bytes, list[Planted]]:
    """The file, with rows, columns, quotes, spaces and line ends as they may be; and where the planted faults are."""
    columns = random.sample(made.columns, len(made.columns))
    if random.random() < 0.5:
        random.shuffle(made.rows)
    quoting = random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    space = random.choice(("", "", "", " "))
    out, planted, line = [_line(columns, quoting, separator)], [], 1
    file = f"{made.table}.csv"
    if made.header.codes:
        planted.append(Planted(made.header.name, file, 1, made.header.codes))
    last_of: dict[str, int] = {}
    for row in made.rows:
        if random.random() < 0.02:
            out.append(random.choice(("", separator * (len(columns) - 1))))
            line += 1
        line += 1
        cells = [space + row.cells[column] + space for column in columns]
        out.append(row.raw or _line(cells, quoting, separator))
        if row.codes:
            planted.append(Planted(row.name, file, line, row.codes))
        if row.name == "twice":
            last_of["twice"] = line
        line += 0 if row.raw else "".join(cells).count("\n")
    text = random.choice(("\n", "\n", "\r\n", "\r")).join(out) + random.choice(("", "\n"))
    twice = [one for one in planted if one.name == "twice"]  # told at the later of the two
    planted = [one for one in planted if one.name != "twice" or one.line == last_of["twice"]]
    assert len(twice) in (0, 2)
    return random.choice((b"", b"", b"\xef\xbb\xbf")) + text.encode(), planted


def _line(cells: list[str], quoting: Any, separator: str) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator="\r\n", delimiter=separator).writerow(cells)
    return out.getvalue().removesuffix("\r\n")  # quoted where a line end is in them


Plant = Callable[[Random, Sheet], bool]
PLANTS: dict[str, Plant] = {}


def plant(function: Plant) -> Plant:
    PLANTS[function.__name__] = function
    return function


def _row(random: Random, made: Sheet) -> Row:
    return random.choice([row for row in made.rows if not row.codes])


def _cell(random: Random, made: Sheet, fits: Callable[[str, dict[str, Any], bool], bool]) -> tuple[Row, str] | None:
    """A row without a fault yet and a column that fits."""
    columns = [name for name in ROWS[made.table].model_fields if fits(name, *column(made.table, name))]
    return (_row(random, made), random.choice(columns)) if columns else None


def _put(found: tuple[Row, str] | None, value: str, name: str, *codes: str) -> bool:
    if found is None:
        return False
    row, place = found
    row.cells[place], row.name, row.codes = value, name, frozenset(codes)
    return True


@plant
def empty_cell(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: not empty)
    return _put(found, random.choice(("", " ", "\u00a0")), "empty_cell", "blank")


FOREIGN = ("1.234,5", "2,35", "1 234", "1'234", "2.35%", "\uff12.35", "\u0662\u066b\u0663", "2.35e", "--1", "1_0",
           "0x10",
           "\u22122", "\u0131nf", "2..3", "about 2", "n/a", "-", "#REF!", "=1+1", "TRUE", "\u00bd", "1e99999",
           "9" * 21)  # fmt: skip


@plant
def foreign_number(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: part.get("type") == "number")
    return _put(found, random.choice(FOREIGN), "foreign_number", "not-a-number")


@plant
def foreign_whole(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: part.get("type") == "integer")
    value = random.choice((*FOREIGN, "2026.0", "2026.5", "nan", "9" * 13, "\u0662\u0660\u0662\u0666"))
    return _put(found, value, "foreign_whole", "not-a-whole-number")


@plant
def endless(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: part.get("type") == "number")
    value = random.choice(("nan", "NaN", "-nan", "inf", "-Infinity", "1e400", "-1e999"))
    return _put(found, value, "endless", "not-finite", "out-of-range")


@plant
def beyond(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: "le" in part)
    if found is None:
        return False
    part, _ = column(made.table, found[1])
    low, high = part.get("ge", part.get("gt", 0)), part["le"]
    value = random.choice((f"{int(low) - 1}", f"{int(high) + 1}", f"-{'9' * 12}", f"{'9' * 12}"))
    return _put(found, value, "beyond", "out-of-range")


@plant
def unknown_word(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: "enum" in part)
    return _put(
        found, random.choice(("guess", "Actual", "l\u0430w", "\u202eheld", "0")), "unknown_word", "unknown-choice"
    )


@plant
def no_flag(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: part.get("type") == "boolean")
    return _put(found, random.choice(("yes", "true", "2", "-1", "1.0", "x", "\u0661")), "no_flag", "not-a-flag")


@plant
def no_code(random: Random, made: Sheet) -> bool:
    if "iso3" not in made.columns:
        return False
    value = random.choice(("deu", "DE", "DEUT", "D\u0415U", "\uff24\uff25\uff35", "276", "D-U", "\u200bDEU"))
    return _put((_row(random, made), "iso3"), value, "no_code", "bad-code")


@plant
def no_ally(random: Random, made: Sheet) -> bool:
    if made.table == "allies" or "iso3" not in made.columns:
        return False
    return _put((_row(random, made), "iso3"), random.choice(("UKR", "GER", "XXX")), "no_ally", "unknown-ally")


@plant
def no_forces(random: Random, made: Sheet) -> bool:
    if made.table not in ("shares", "announced_paths") or any(row.name == "no_forces" for row in made.rows):
        return False
    return _put((_row(random, made), "iso3"), "ISL", "no_forces", "no-armed-forces")


@plant
def twice(random: Random, made: Sheet) -> bool:
    """One row is there again: the later of the two is told."""
    row = _row(random, made)
    if any(other.name == "twice" for other in made.rows):
        return False
    for text in (name for name in ROWS[made.table].KEY if is_text(made.table, name)):
        row.cells[text] = random.choice((row.cells[text], *ODD))  # shown in the fault
    row.name, row.codes = "twice", frozenset({"duplicate"})
    made.rows.insert(random.randint(0, len(made.rows)), Row(dict(row.cells), "", "twice", frozenset({"duplicate"})))
    return True


@plant
def too_few_cells(random: Random, made: Sheet) -> bool:
    row = _row(random, made)
    row.raw, row.name, row.codes = (
        "DEU" + "," * random.randrange(len(made.columns) - 1),
        "row",
        frozenset({"row-length"}),
    )
    return True


@plant
def too_many_cells(random: Random, made: Sheet) -> bool:
    row = _row(random, made)
    row.raw = "DEU" + "," * random.choice((len(made.columns), 1_000))
    row.name, row.codes = "row", frozenset({"row-length"})
    return True


@plant
def long_text(random: Random, made: Sheet) -> bool:
    found = _cell(random, made, lambda name, part, empty: is_text(made.table, name))
    return _put(found, "x" * 601, "long_text", "too-long")
