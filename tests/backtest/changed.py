"""Tables with other figures than the packaged ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from functools import lru_cache
from importlib.resources import files

import numpy as np

from sim.data.rows import SipriShareRow
from sim.data.tables import Replacement, load_tables
from sim.evaluation.backtest.sipri import FIRST, LAST

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


@lru_cache
def made_up(seed: int = 1) -> tuple[SipriShareRow, ...]:
    """Shares that wander about a level of the ally's own, for every cell of the packaged table; none is true."""
    random, rows = np.random.default_rng(seed), []
    for iso3 in sorted({row.iso3 for row in load_tables().sipri_shares}):
        walk = random.uniform(1.1, 2.6) + np.cumsum(random.normal(0, 0.06, LAST - FIRST + 1))
        years = {row.year for row in load_tables().sipri_shares if row.iso3 == iso3}
        rows += [
            SipriShareRow(iso3=iso3, year=year, milex_pct=round(float(max(share, 0.6)), 4))
            for year, share in zip(range(FIRST, LAST + 1), walk, strict=True) if year in years
        ]  # fmt: skip
    return tuple(rows)
