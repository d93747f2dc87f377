"""A packaged table with other figures, as a replacement."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from importlib.resources import files

from sim.data.tables import Replacement

Row = dict[str, str]


def rows_of(table: str) -> tuple[list[str], list[Row]]:
    text = files("sim.data").joinpath("tables", f"{table}.csv").read_text("utf-8")
    reader = csv.DictReader(io.StringIO(text))
    return list(reader.fieldnames or ()), list(reader)


def replaced(table: str, change: Callable[[Row], Row]) -> dict[str, Replacement]:
    """A packaged table with every row changed."""
    columns, rows = rows_of(table)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(change(row) for row in rows)
    return {table: Replacement(f"{table}.csv", text.getvalue())}
