"""What the figures of a run are cited as: the packaged tables by their publishers, a user's own by their files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.metadata import version

from sim.data.catalogue import catalogue
from sim.output.charts.frames import packaged
from sim.results.record import Record

UNKNOWN = "Figures other than those packaged with this version: tables of the user's own, or of another version."


def citations(record: Record, tables: Sequence[str], *, cutoffs: bool = False) -> list[str]:
    """One sentence a source: those of the packaged `tables` that a run used, then each table of the user's own.

    A table of which single rows are the user's own is cited as both. `cutoffs` adds the last day whose information
    a packaged table can hold. A run of another version went on from figures that this one cannot cite.
    """
    own = _own_tables(record)
    if packaged(record) is None and not (own and record.manifest["burdenshare"] == version("burdenshare")):
        return [UNKNOWN]
    replaced = {name for name, (_, overlay) in own.items() if not overlay}
    lines = [
        f"{entry.citation}." + (f" Cut-off {entry.known_to}." if cutoffs else "")
        for entry in catalogue()
        if entry.name in tables and entry.name not in replaced
    ]
    for name, (file, overlay) in own.items():
        how = "rows laid over the packaged table" if overlay else "a table of the user's own, not the packaged one"
        lines.append(f"{file}: {how} {name}." if overlay else f"{file}: {how}, for {name}.")
    return lines


def _own_tables(record: Record) -> dict[str, tuple[str, bool]]:
    """By table of the user's own: its file, and whether its rows are laid over the packaged one."""
    data = json.loads(record.scenario).get("data") or {} if record.scenario else {}
    return {
        name: (given["file"], given.get("overlay") is True) if isinstance(given, dict) else (str(given), False)
        for name, given in data.items()
        if given is not None
    }
