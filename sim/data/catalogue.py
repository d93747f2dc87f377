"""What is packaged: each table's title, publisher, edition, cut-off, size and columns."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Final

from sim.data.rows import ROWS
from sim.data.tables import load_tables

UNKNOWN: Final = datetime.date.max
"""The cut-off of a table that a user brings."""


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """One column: its name, its unit and what it says."""

    name: str
    unit: str
    description: str


@dataclass(frozen=True, slots=True)
class TableInfo:
    """One table; `cutoff` is the last day whose information it can hold, `rows` their number."""

    name: str
    title: str
    publisher: str
    edition: str
    cutoff: datetime.date
    citation: str
    note: str  # known breaks and gaps
    rows: int
    columns: tuple[ColumnInfo, ...]

    @property
    def known_to(self) -> str:
        """The cut-off as it is printed, empty where nobody knows it."""
        return "" if self.cutoff == UNKNOWN else self.cutoff.isoformat()


@lru_cache(maxsize=1)
def catalogue() -> tuple[TableInfo, ...]:
    """Every packaged table, in the order of the row models, its columns in the order of the file."""
    text = resources.files("sim.data").joinpath("tables.toml").read_text(encoding="utf-8")
    entries = tomllib.loads(text)
    tables = load_tables()
    return tuple(
        TableInfo(
            name=name,
            title=entries[name]["title"],
            publisher=entries[name]["publisher"],
            edition=entries[name]["edition"],
            cutoff=entries[name]["cutoff"],
            citation=entries[name]["citation"],
            note=entries[name]["note"],
            rows=len(tables.table(name)),
            columns=tuple(ColumnInfo(column, **entries[name]["columns"][column]) for column in model.model_fields),
        )
        for name, model in ROWS.items()
    )
