"""The editions of the packaged tables: the years and words that become others when a table is replaced by a newer one.

Nothing here is typed that the tables say: the years stand in the tables themselves, the names of their editions in
tables.toml. Who publishes July 2027 in the place of July 2026 changes those, and everything that asks here follows.

What belongs here is whatever a new edition moves: the last year with a figure, the years that are estimates, what an
edition is called, from when on forecasts and pledges are known. What does not is whatever stays true afterwards, and it
stays where it is: what happened (the invasion of February 2022, the target agreed in June 2025, the jumps of 2025 on
paper), what a parameter was estimated from (`evidence=`), and what a scenario chooses for itself (a target's year).
"""

from __future__ import annotations

import csv
import tomllib
from functools import cache
from importlib import resources
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip

LAST_OF_ALL_OUTLAYS: Final = "2025-08"
FIRST_OF_CORE: Final = "2026-07"
"""NATO's last full edition that counts all defence outlays, and the first of core outlays, restated back to 2014.

The one break between editions, and history: the only ones named here, for no table marks a break.
"""


def _rows(table: str) -> list[dict[str, str]]:
    """The cells of a packaged table as they are written; a scenario is checked without reading them as numbers."""
    text = resources.files("sim.data").joinpath("tables", f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


_SHARES = _rows("shares")
_YEARS = [int(row["year"]) for row in _SHARES]

FIRST_YEAR: Final = min(_YEARS)
LAST_YEAR: Final = max(_YEARS)
"""The years with a figure in the packaged table of shares; a run starts from the last unless its scenario says so."""

ESTIMATED_YEARS: Final = tuple(sorted({int(row["year"]) for row in _SHARES if row["status"] == "estimate"}))
"""The years whose shares are estimates, for some ally at least."""


@cache
def name_of(table: str = "shares") -> str:
    """What the edition of a packaged table is called: "July 2026" of NATO's shares, "April 2026" of the IMF's `gdp`."""
    text = resources.files("sim.data").joinpath("tables.toml").read_text(encoding="utf-8")
    name: str = tomllib.loads(text)[table]["edition"]
    return name


def in_words(edition: str) -> str:
    """An edition in words.

    >>> in_words("2026-07")
    'July 2026'
    """
    year, month = edition.split("-")
    return f"{MONTHS[int(month) - 1]} {year}"


def key_of(table: str = "shares") -> str:
    """The edition of a packaged table that is called by one month, as year and month: "2026-07".

    Raises:
        ValueError: the table's edition is no month.
    """
    month, _, year = name_of(table).partition(" ")
    if month not in MONTHS or not (len(year) == 4 and year.isdigit()):
        raise ValueError(f"the edition of {table} in tables.toml is a month such as July 2026, not {name_of(table)!r}")
    return f"{year}-{MONTHS.index(month) + 1:02}"


@cache
def full_editions() -> tuple[str, ...]:
    """NATO's editions with every ally's shares back to the first year, oldest first; the last is that of `shares`.

    An edition from before an ally joined is none: it says nothing of whom it does not count.
    """
    counted = {row["iso3"] for row in _SHARES if int(row["year"]) == FIRST_YEAR}
    known: dict[str, set[str]] = {}
    for row in _rows("share_vintages"):
        if int(row["year"]) == FIRST_YEAR:
            known.setdefault(row["edition"], set()).add(row["iso3"])
    found = {edition for edition, allies in known.items() if allies >= counted}
    return (*sorted(found - {key_of()}), key_of())


@cache
def outlooks() -> tuple[str, ...]:
    """The IMF's outlooks that are packaged, oldest first; the last is that of `gdp`."""
    return (*sorted({row["edition"] for row in _rows("outlook_vintages")} - {key_of("gdp")}), key_of("gdp"))


def has_outlook(base_year: int) -> bool:
    """Whether the data have an outlook of a base year's time; the last base year goes by that of `gdp`."""
    return base_year >= LAST_YEAR or base_year >= int(outlooks()[0][:4])


def outlook_known_in(base_year: int) -> str | None:
    """The last outlook of a base year or before it, where that is not the one of `gdp`; None: go by `gdp`.

    The last base year goes by the newest outlook, even one of the spring after it: NATO's next table is not out yet.
    For that year the record of outlooks is not read.
    """
    if base_year >= LAST_YEAR:
        return None
    known = [outlook for outlook in outlooks() if int(outlook[:4]) <= base_year]
    return known[-1] if known and known[-1] != outlooks()[-1] else None


@cache
def last_actual_growth() -> int:
    """The last year whose growth the IMF takes for known: no ally's row is an estimate or a forecast."""
    rows = _rows("gdp")
    return min(int(row["year"]) for row in rows if row["status"] != "actual") - 1


@cache
def pledges_from() -> int:
    """The year of the first national pledge or announced path that the model gives to an ally."""
    pledged = [row["announced"] for row in _rows("pledges") if row["role"]]
    return min(int(announced[:4]) for announced in [*pledged, *(row["announced"] for row in _rows("announced_paths"))])
