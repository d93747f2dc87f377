"""What the figures of a run are cited as: the packaged tables by their publishers, a user's own by their files."""

from __future__ import annotations

from collections.abc import Sequence

from sim.data.catalogue import catalogue
from sim.output.origins import known, own_cited, own_tables
from sim.results.record import Record

UNKNOWN = "Figures other than those packaged with this version: tables of the user's own, or of another version."


def citations(record: Record, tables: Sequence[str], *, cutoffs: bool = False) -> list[str]:
    """One sentence a source: those of the packaged `tables` that a run used, then each table of the user's own.

    A table of which single rows are the user's own is cited as both. `cutoffs` adds the last day whose information
    a packaged table can hold. A run of another version went on from figures that this one cannot cite.
    """
    own = own_tables(record)
    if not known(record):
        return [UNKNOWN]
    replaced = {name for name, table in own.items() if not table.overlay}
    lines = [
        f"{entry.citation}." + (f" Cut-off {entry.known_to}." if cutoffs else "")
        for entry in catalogue()
        if entry.name in tables and entry.name not in replaced
    ]
    return [*lines, *(own_cited(name, table) for name, table in own.items())]
