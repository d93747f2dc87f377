"""Whose figures a run went on from: the packaged ones of their publishers, or a user's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Any, Final

from sim.data.tables import Tables, load_tables
from sim.results.record import AllyDescription, Record
from sim.text.escaping import plain

ESTIMATE: Final = "e"
SET: Final = "s"
OWN: Final = "o"
"""Marks of a base year's share: NATO's estimate; set by the scenario, under [ally]; from a table of the user's own."""

MOST_NAME = 60
"""Letters of a file's name that a page shows."""


@dataclass(frozen=True)
class OwnTableFile:
    """A table of the user's own in place of a packaged one, or, as an overlay, rows of it."""

    file: str
    overlay: bool


def own_tables(record: Record) -> dict[str, OwnTableFile]:
    """By name, the tables that a run had from its user."""
    given = _scenario(record, "data")
    return {
        name: OwnTableFile(each["file"], each.get("overlay") is True) if isinstance(each, dict) else
        OwnTableFile(str(each), overlay=False)
        for name, each in given.items()
        if each is not None
    }  # fmt: skip


def own_cited(name: str, table: OwnTableFile) -> str:
    """A sentence that cites a table of the user's own."""
    if table.overlay:
        return f"{table.file}: rows laid over the packaged table {name}."
    return f"{table.file}: a table of the user's own, not the packaged one, for {name}."


def known(record: Record) -> bool:
    """Whether a run went on from tables that this version can name: its own packaged ones, some by the user's."""
    return record.manifest.get("data_digest") == load_tables().digest or (
        bool(own_tables(record)) and record.manifest.get("burdenshare") == version("burdenshare")
    )


def packaged(record: Record, *names: str) -> Tables | None:
    """The packaged tables where a run had those called `names` from them, whole; else None.

    A run keeps no rows of an overlay, so that a table with some of them is none of the packaged ones.
    """
    return None if not known(record) or own_tables(record).keys() & set(names) else load_tables()


def mark(record: Record, entry: AllyDescription) -> str:
    """What the base year's share of an ally is, beside the figure: `ESTIMATE`, `SET`, `OWN`, or "": as NATO has it."""
    if (_scenario(record, "ally").get(entry.iso3) or {}).get("share_pct") is not None:
        return SET
    if known(record):
        table = own_tables(record).get("shares")
        row = load_tables().share(entry.iso3, record.description.base_year)
        same = row is not None and (row.share_pct, row.status == "estimate") == (entry.base_share_pct, entry.estimated)
        if table is not None and not (table.overlay and same):
            return OWN
        if row is None or row.share_pct != entry.base_share_pct:
            return SET
    return ESTIMATE if entry.estimated else ""


def not_natos(record: Record, entry: AllyDescription) -> bool:
    """Whether the base year's share of an ally is the user's, not NATO's."""
    return mark(record, entry) in (SET, OWN)


def meaning(record: Record, sign: str) -> str:
    """What a mark says: "own figures (mine.csv)"."""
    if sign == OWN:
        return f"own figures ({own_file(record, 'shares')})"
    return {ESTIMATE: "an estimate", SET: "set by the scenario"}.get(sign, "")


def own_file(record: Record, table: str) -> str:
    """The name of the user's file for a table, fit to be shown."""
    name = " ".join(plain(own_tables(record)[table].file).split())
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"


def shares_sentence(record: Record, entries: Iterable[AllyDescription]) -> str:
    """What the shares of the base year are, with the marks that stand beside them, in a sentence without its end."""
    marks = {mark(record, entry) for entry in entries}
    whose = "" if marks <= {OWN} else " as NATO reports core outlays" if known(record) else ", core outlays"
    legend = "".join(f"; {sign}: {meaning(record, sign)}" for sign in (ESTIMATE, SET, OWN) if sign in marks)
    other = "" if known(record) else "; not the figures packaged with this version"
    return f"% of GDP{whose}{legend}{other}"


def _scenario(record: Record, section: str) -> dict[str, Any]:
    """A section of the resolved scenario; empty where a run has none."""
    found: dict[str, Any] = _parsed(record.scenario).get(section) or {} if record.scenario else {}
    return found


@lru_cache(maxsize=4)
def _parsed(scenario: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(scenario)
    return found
