"""What a saved run must be, whoever wrote or edited its files: everything that reads one relies on it."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.places import is_own, is_protected
from sim.record.counts import KEEPABLE, PILLARS

FILES = frozenset(
    {"manifest.json", "counts.npz", "scenario.json", "report.html", *(f"{name}.npy" for name in KEEPABLE)}
)
"""What a run's folder holds, the report among it."""

KIND = "burdenshare saved run"
BEGINNINGS = (f'{{\n "kind": "{KIND}",'.encode(), b'{\n "format": 1,\n "manifest": {')
"""How a manifest begins, in this format and in the first one."""

MONTH = re.compile(r"\d{4}-\d{2}(-\d{2})?")


def why_not_replaced(folder: Path) -> str:
    """Why a folder must not be replaced by another run; "" where it is a saved run and nothing else, or empty.

    A damaged run is one, as long as its manifest begins as ours do: nobody else's folder does.
    """
    if not folder.is_dir():
        return "is not a saved run"
    entries = {entry.name: entry for entry in os.scandir(folder) if not is_own(entry.name)}
    if entries and not ("manifest.json" in entries and _is_manifest(folder / "manifest.json")):
        return "is not a saved run"
    foreign = [name for name, entry in entries.items() if name not in FILES or not entry.is_file(follow_symlinks=False)]
    if foreign:
        return f"holds other files as well ({', '.join(sorted(foreign)[:3])})"
    if entries and any(map(is_protected, [folder, *map(Path, entries.values())])):
        return "is a write-protected run"
    return ""


def _is_manifest(file: Path) -> bool:
    if not file.is_file() or file.is_symlink():
        return False
    with file.open("rb") as stream:
        return stream.read(60).startswith(BEGINNINGS)


def check_names(kept: object) -> list[str]:
    """The kept variables' names; raises ValueError for anything else, since they become names of files."""
    if not isinstance(kept, list) or not all(name in KEEPABLE for name in kept):
        raise ValueError(f"it cannot have kept {kept!r}")
    return kept


def check_description(facts: Mapping[str, Any], allies: int, years: int) -> None:
    """Raises ValueError where a description does not fit the arrays or itself; types are checked before."""
    base, named = facts["base_year"], [entry["iso3"] for entry in facts["allies"]]
    if list(facts["years"]) != list(range(base + 1, base + 1 + years)) or not years:
        raise ValueError("its years must follow the base year and be as many as were counted")
    if len(named) != allies or len(set(named)) != allies:
        raise ValueError("its allies must be as many as were counted")
    for entry in facts["allies"]:
        if not (math.isfinite(entry["base_share_pct"]) and 0 < entry["gdp_usd_bn"] < math.inf):
            raise ValueError(f"{entry['iso3']} must have a share and a GDP above 0")
    for aim in facts["yardsticks"]:
        members = aim["members"]
        if aim["pillar"] not in PILLARS or not math.isfinite(aim["share_pct"]):
            raise ValueError("a yardstick must be of a pillar and have a share")
        if members is not None and (not members or not set(members) <= set(named)):
            raise ValueError("a yardstick must bind allies of the run")


def check_manifest(manifest: object) -> None:
    """Raises ValueError where what everybody reads of a manifest is not there or is something else."""
    if not isinstance(manifest, dict):
        raise ValueError("its manifest must be a table")
    for name, kind in (("seed", int), ("paths", int), ("burdenshare", str), ("command", str)):
        value = manifest.get(name, None if name == "seed" else kind())
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ValueError(f"its manifest must have a {name} that is {'text' if kind is str else 'a whole number'}")
    base = manifest.get("builds_on", {"title": "", "changes": []})
    changes = base.get("changes") if isinstance(base, dict) else None
    if not isinstance(changes, list) or not isinstance(base.get("title"), str):
        raise ValueError("what it builds on must be a title and changes")
    if not all(isinstance(c, list) and len(c) == 3 and all(isinstance(part, str) for part in c) for c in changes):
        raise ValueError("each change must be a parameter and its two values")


def check_scenario(scenario: object) -> None:
    """Raises ValueError where the scenario of a run is not the tables that its readers look into."""
    if not isinstance(scenario, dict) or not isinstance(scenario.get("event"), list):
        raise ValueError("its scenario must be a table with events")
    for name in ("budget", "data"):
        if not isinstance(scenario.get(name) or {}, dict):
            raise ValueError(f"its scenario's {name} must be a table")
    for event in scenario["event"]:
        if not isinstance(event, dict) or not isinstance(event.get("name"), str):
            raise ValueError("each event must be a table with a name")
        if event.get("when") is not None and not (isinstance(event["when"], str) and MONTH.fullmatch(event["when"])):
            raise ValueError(f"the event {event['name']} must have a month or none")
