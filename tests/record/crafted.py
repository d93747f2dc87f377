"""Saved runs made by hand: a small whole one, and what a stranger makes of it with all digests right."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.results.counts import ARRAYS, CERTAIN, EXPECTED, PILLARS, SPENT, TALLIES, Counts
from sim.results.record import AllyDescription, Description, Record, Yardstick
from sim.results.store import sealed

PATHS = 16


def small() -> Record:
    """Two allies that are at 2.5 % and so at the core target on all of 16 paths of two years."""
    counts = Counts.empty(0, PATHS, 2, 2, ["will"])
    arrays = counts.arrays
    for name, axes in ARRAYS.items():
        if axes[-1] in ("cell", "step", "number") and axes[0] != "moment":  # it has no whole stretch of paths
            arrays[name][..., 0] = PATHS
    core = PILLARS.index("core")
    arrays["row_paths"][...] = PATHS
    arrays["row_number"][..., 0], arrays["row_number"][..., 2] = 0, PATHS
    arrays["row_compliant"][core] = PATHS
    for name, pillars in (("shares", PILLARS), ("spent_shares", SPENT)):
        row = arrays[name][pillars.index("core")]
        row[..., 0], row[..., 250] = 0, PATHS
    arrays["compliant"][core] = arrays["in_force"][...] = PATHS
    for name in ("core", "core_without_late_push"):
        arrays["expected"][EXPECTED.index(name)] = PATHS * CERTAIN
    for tally in (core, TALLIES.index("core_without_late_push")):
        arrays["number"][tally, :, 0], arrays["number"][tally, :, 2] = 0, PATHS
    counts.kept["will"].flat[::3] = 0.5
    allies = tuple(AllyDescription(iso3, iso3, 2.0, False, 100.0, True) for iso3 in ("DEU", "FRA"))
    aims = (Yardstick("core", "core", 2.0, 2027, None),)
    description = Description("made", "by hand", "", 2025, (2026, 2027), allies, aims)
    manifest = {
        "burdenshare": "0", "command": "", "python": "3", "numpy": "2", "scipy": "1", "simpy": "4", "stream_version": 2,
        "scenario_digest": "0" * 64, "data_digest": "0" * 64, "seed": 1, "paths": PATHS, "precision_points": None,
        "built_tables": {}, "engine": "numpy",
    }  # fmt: skip
    return Record(description, counts, manifest, '{"event": []}')


def changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change what the manifest says, and seal it anew."""
    file = folder / "manifest.json"
    facts = json.loads(file.read_text("utf-8"))
    del facts["sha256"]
    change(facts)
    text = sealed({key: facts[key] for key in facts})
    file.write_bytes(text.encode("utf-8", "surrogatepass"))


def resealed(folder: Path) -> None:
    """The manifest of files that were changed, as if they were the run's own."""

    def change(facts: dict[str, Any]) -> None:
        for name in facts["files"]:
            facts["files"][name] = sha256((folder / name).read_bytes()).hexdigest()

    changed(folder, change)
