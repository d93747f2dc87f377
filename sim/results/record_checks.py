"""What a saved run must be, whoever wrote or edited its files: everything that reads one relies on it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.arguments import MOST_PATHS, PATHS, SEEDS
from sim.files.writing import is_own, is_protected
from sim.numerics.grid import printed
from sim.numerics.streams import STRETCH
from sim.results.counts import (
    ARRAYS,
    CERTAIN,
    EXPECTED,
    GROUPS,
    KEEPABLE,
    PARTS_OF_PATH,
    PILLARS,
    SPENT,
    Counted,
    whole_stretches,
)

FILES = frozenset(
    {"manifest.json", "counts.npz", "scenario.json", "report.html", *(f"{name}.npy" for name in KEEPABLE)}
)
"""What a run's folder holds, the report among it."""

KIND = "burdenshare saved run"
BEGINNINGS = (f'{{\n "kind": "{KIND}",'.encode(), b'{\n "format": 1,\n "manifest": {')
"""How a manifest begins, in this format and in the first one."""

MOST_ALLIES, MOST_YEARS = 46, 40
"""Of so many allies and the most paths, 64 bits hold the squares of how many comply by stretch, summed."""
CALENDAR = range(1949, 2201)
MOST_USD_BN = 1e7
MOST_USD_M = 2**56
"""Of money summed over paths: so far from the end of 64 bits that a sum over allies is none too far."""
MOST_LETTERS = 10_000
SHA256 = re.compile("[0-9a-f]{64}")
CODE = re.compile("[A-Z]{3}")
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
    if not isinstance(kept, list) or not all(isinstance(name, str) and name in KEEPABLE for name in kept):
        raise ValueError(f"it cannot have kept {kept!r}")
    if len(set(kept)) < len(kept):
        raise ValueError("it cannot have kept one variable twice")
    return kept


def check_range(first: object, paths: object) -> None:
    """Raises ValueError for paths that no run has."""
    if not _is_whole(first, range(MOST_PATHS)) or not _is_whole(paths, PATHS):
        raise ValueError(f"it must have from 1 to {MOST_PATHS:,} paths")


def _is_whole(value: object, allowed: range) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value in allowed


def check_description(facts: Mapping[str, Any]) -> None:
    """Raises ValueError where a description does not fit itself, or is of no run; types are checked before."""
    base, named = facts["base_year"], [entry["iso3"] for entry in facts["allies"]]
    if base not in CALENDAR or not 1 <= len(facts["years"]) <= MOST_YEARS:
        raise ValueError(f"it must simulate from 1 to {MOST_YEARS} years of the calendar")
    if list(facts["years"]) != list(range(base + 1, base + 1 + len(facts["years"]))):
        raise ValueError("its years must follow the base year")
    if not 1 <= len(named) <= MOST_ALLIES or len(set(named)) != len(named):
        raise ValueError(f"its allies must be from 1 to {MOST_ALLIES}, each once")
    if not any(entry["europe_canada"] for entry in facts["allies"]):
        raise ValueError("an ally must belong to Europe and Canada, which are counted as a group")
    if max(map(len, _texts(facts))) > MOST_LETTERS:
        raise ValueError(f"a text must have at most {MOST_LETTERS:,} letters")
    for entry in facts["allies"]:
        if not CODE.fullmatch(entry["iso3"]) or entry["iso3"] in GROUPS or not entry["name"]:
            raise ValueError("an ally must have a code of three letters, no group's, and a name")
        if not (0 <= entry["base_share_pct"] <= 100 and 0 < entry["gdp_usd_bn"] < MOST_USD_BN):
            raise ValueError(f"{entry['iso3']} must have a share of 0 to 100 % and a GDP above 0")
    pillars = [aim["pillar"] for aim in facts["yardsticks"]]
    if len(set(pillars)) < len(pillars) or not set(pillars) <= set(PILLARS):
        raise ValueError("a yardstick must be of a pillar, which has no other")
    for aim in facts["yardsticks"]:
        members = aim["members"]
        if not 0 < aim["share_pct"] <= 20 or aim["by"] not in CALENDAR:
            raise ValueError("a yardstick must have a share above 0 and at most 20 %, and a year")
        if members is not None and (not members or not set(members) <= set(named) or len(set(members)) < len(members)):
            raise ValueError("a yardstick must bind allies of the run, each once")


def _texts(value: object) -> Iterator[str]:
    """Every text of a tree."""
    if isinstance(value, str):
        yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    for part in parts:
        yield from _texts(part)


KINDS: Mapping[str, tuple[type, ...]] = {
    "burdenshare": (str,), "command": (str,), "python": (str,), "numpy": (str,), "scipy": (str,), "simpy": (str,),
    "engine": (str,),
    "scenario_digest": (str,), "data_digest": (str,), "stream_version": (int,), "seed": (int,), "paths": (int,),
    "precision_points": (int, float, type(None)), "built_tables": (dict,), "builds_on": (dict,),
}  # fmt: skip
"""What a manifest says, whoever reads it; only what it builds on may be missing."""


def check_manifest(manifest: object, paths: int) -> None:
    """Raises ValueError where what everybody reads of a manifest is not there or is something else."""
    if not isinstance(manifest, dict):
        raise ValueError("its manifest must be a table")
    for name, kinds in KINDS.items():
        value = manifest.get(name)
        if name != "builds_on" and name not in manifest:
            raise ValueError(f"its manifest must say {name}")
        if name in manifest and (not isinstance(value, kinds) or isinstance(value, bool)):
            raise ValueError(f"its manifest's {name} must be {'text' if kinds == (str,) else 'of another kind'}")
    if not (SHA256.fullmatch(manifest["scenario_digest"]) and SHA256.fullmatch(manifest["data_digest"])):
        raise ValueError("the digests of its manifest must be of 64 digits and letters to f")
    if not _is_whole(manifest.get("seed"), SEEDS):
        raise ValueError("its manifest must have a seed that is a whole number from 0 to 2**63 - 1")
    if manifest["paths"] != paths:
        raise ValueError("its manifest must have as many paths as were counted")
    precision = manifest.get("precision_points")
    if precision is not None and not 0 < precision <= 50:
        raise ValueError("its precision must be a number of percentage points")
    if not all(isinstance(table, dict) for table in manifest.get("built_tables", {}).values()):
        raise ValueError("each table that was built must be a table")
    base = manifest.get("builds_on", {"title": "", "changes": []})
    changes = base.get("changes")
    if not isinstance(changes, list) or not all(isinstance(base.get(key, ""), str) for key in ("name", "title")):
        raise ValueError("what it builds on must be a name, a title and changes")
    if not all(isinstance(c, list) and len(c) == 3 and all(isinstance(part, str) for part in c) for c in changes):
        raise ValueError("each change must be a parameter and its two values")


def check_counts(arrays: Mapping[str, Counted], description: Mapping[str, Any], first: int, paths: int) -> None:
    """Raises ValueError for numbers that no simulated paths can have left; shapes are checked before."""
    stretches = whole_stretches(first, paths)
    for name, array in arrays.items():
        if ARRAYS[name][0] == "moment":
            _check_moments(name, array, stretches, most_of_stretch(name, len(description["allies"])))
            continue
        most = MOST_USD_M if name.endswith("_usd_m") else paths * (CERTAIN if name == "expected" else 1)
        if array.min() < 0 or array.max() > most:
            raise ValueError(f"{name} must be from 0 to {most:,}")
        if ARRAYS[name][-1] in ("cell", "step", "number"):
            whole = array.sum(axis=-2) if name == "row_number" else array
            _check_histogram(name, whole.sum(axis=-1), paths)
    _check_rows(arrays, paths)
    if (arrays["on_paper"] > arrays["compliant"]).any() or (arrays["kept_from"] > arrays["first_year"]).any():
        raise ValueError("what is on paper, or stays, must be a part of what complies")
    if (arrays["not_yet_due"] > arrays["in_force"]).any():
        raise ValueError("what is not yet due must be a part of what is met as moved or need not be yet")
    for index, pillar in enumerate(PILLARS):
        met = arrays["compliant"][index]
        aim = next((aim for aim in description["yardsticks"] if aim["pillar"] == pillar), None)
        bound = _bound(description, pillar)
        if met[~bound].any():
            raise ValueError(f"only allies that a target of {pillar} binds can comply with it")
        goal = None if aim is None else int(printed(aim["share_pct"]))
        if goal is not None and pillar != "total":
            reached = arrays["shares"][index, ..., goal:].sum(axis=-1)
            if (met != reached)[bound].any():
                raise ValueError(f"compliance with {pillar} must be that of the shares")
        if ((arrays["number"][index] * np.arange(len(bound) + 1)).sum(axis=-1) != met.sum(axis=0)).any():
            raise ValueError(f"the numbers of allies that comply with {pillar} must be those of the allies")
        if goal is not None and pillar == "core":
            spent = arrays["spent_shares"][SPENT.index(pillar), ..., goal:].sum(axis=-1)
            if (met - arrays["on_paper"][index] != spent)[bound].any():
                raise ValueError("compliance that is not on paper must be that of what is spent")
    _check_expected(arrays, description, first, paths)
    europe = np.array([entry["europe_canada"] for entry in description["allies"]])
    for kind in ("", "spent_"):
        money = arrays[f"{kind}shortfall_usd_m"]
        if (arrays[f"{kind}group_shortfall_usd_m"] != [money[europe].sum(axis=0), money.sum(axis=0)]).any():
            raise ValueError("what a group is short of must be what its allies are")
    if (arrays["spent_shortfall_usd_m"] < arrays["shortfall_usd_m"]).any():
        raise ValueError("what is spent cannot be short of less than what is reported")


def most_of_stretch(name: str, allies: int) -> int:
    """What the moments of a stretch of paths are of, at most."""
    certain = STRETCH * PARTS_OF_PATH
    return {"expected_moments": certain, "expected_number_moments": certain * allies, "number_moments": STRETCH}[name]


def _check_moments(name: str, array: Counted, stretches: int, most: int) -> None:
    """Sums and squares, over the stretches, of numbers from 0 to `most`."""
    sums, squares = array.astype(object)  # whole numbers of any size: here a square is squared
    within = (squares >= 0) & (squares <= sums * most) & (sums * sums <= squares * stretches)
    if not within.all():
        raise ValueError(f"{name} must be of {stretches:,} whole stretches of paths")


def _check_expected(arrays: Mapping[str, Counted], description: Mapping[str, Any], first: int, paths: int) -> None:
    """Conditional probabilities: of allies that are bound, in order, and the same by stretches."""
    expected = dict(zip(EXPECTED, arrays["expected"], strict=True))
    bound = {pillar: _bound(description, pillar) for pillar in PILLARS}
    for pillar in SPENT:
        with_push, without = expected[pillar], expected[f"{pillar}_without_late_push"]
        if with_push[~bound[pillar]].any():
            raise ValueError(f"only allies that a target of {pillar} binds can be expected to comply with it")
        if (without > with_push).any():
            raise ValueError("what is expected without closing on paper must be a part of what is expected")
    for total, core in (("total", "core"), ("total_without_late_push", "core_without_late_push")):
        if (expected[total] > expected[core])[bound["core"]].any():
            raise ValueError("the total is expected of nobody who is not expected to meet the core")
    stretches = whole_stretches(first, paths)
    rest = (paths - stretches * STRETCH) * PARTS_OF_PATH
    counted = [arrays["compliant"][PILLARS.index("related")], arrays["in_force"] - arrays["not_yet_due"],
               arrays["not_yet_due"]]  # fmt: skip
    at_least = arrays["number"][..., ::-1].cumsum(axis=-1)[..., ::-1]
    by_ally = arrays["expected_moments"][0, : len(EXPECTED)].sum(axis=1)
    # each of the numbers that are added was rounded by half a part at most
    half = stretches / 2
    for what, sums, whole, rounded, left in (
        (
            "expected",
            arrays["expected_moments"][0, : len(EXPECTED)],
            arrays["expected"] * (PARTS_OF_PATH / CERTAIN),
            half,
            rest,
        ),
        ("counted", arrays["expected_moments"][0, len(EXPECTED) :], np.array(counted) * PARTS_OF_PATH, 0, rest),
        ("of the numbers of allies", arrays["number_moments"][0], at_least, 0, rest // PARTS_OF_PATH),
        ("of the number expected", arrays["expected_number_moments"][0], by_ally, half * (len(bound["core"]) + 1), 0),
    ):
        if (sums > whole + rounded).any() or (sums < whole - rounded - left).any():
            raise ValueError(f"what is {what} by stretches must be what is {what} of all paths")


def _bound(description: Mapping[str, Any], pillar: str) -> NDArray[np.bool_]:
    """Which allies a target of a pillar binds."""
    aim = next((aim for aim in description["yardsticks"] if aim["pillar"] == pillar), None)
    members = None if aim is None else aim["members"] or [entry["iso3"] for entry in description["allies"]]
    return np.array([members is not None and entry["iso3"] in members for entry in description["allies"]])


def _check_rows(arrays: Mapping[str, Counted], paths: int) -> None:
    """What is counted by row of parameters is what is counted of all."""
    taken, number = arrays["row_paths"], arrays["row_number"]
    if taken.sum() != paths or (number.sum(axis=-1) != taken).any() or (arrays["row_compliant"] > taken).any():
        raise ValueError("every path must have taken one row of parameters")
    if (arrays["row_compliant"].sum(axis=-1) != arrays["compliant"]).any():
        raise ValueError("compliance by row of parameters must add up to that of all paths")
    if (number.sum(axis=1) != arrays["number"][PILLARS.index("core")]).any():
        raise ValueError("numbers of allies by row of parameters must add up to those of all paths")


def _check_histogram(name: str, sums: Counted, paths: int) -> None:
    """A histogram holds every path once; that of money short none where no target binds, that of stays some."""
    none = name in ("shortfall_usd", "spent_shortfall_usd")
    if name != "kept_from" and not ((sums == paths) | ((sums == 0) & none)).all():
        raise ValueError(f"each histogram of {name} must hold every path once")


def check_kept(name: str, values: NDArray[np.float32]) -> None:
    """Raises ValueError for values that no simulated path has."""
    least = -np.inf if name in ("will", "plan_pct") else 0
    for ally in values:  # one by one: kept paths may be half of all memory
        if not np.isfinite(ally).all() or ally.min() < least:
            raise ValueError(f"{name} must be finite{'' if least else ' and not below 0'}")


def check_scenario(scenario: object) -> None:
    """Raises ValueError where the scenario of a run is not the tables that its readers look into."""
    if not isinstance(scenario, dict) or not isinstance(scenario.get("event"), list):
        raise ValueError("its scenario must be a table with events")
    for name in ("budget", "data", "ally"):
        if not isinstance(scenario.get(name) or {}, dict):
            raise ValueError(f"its scenario's {name} must be a table")
    for name, given in (scenario.get("data") or {}).items():
        file = given.get("file") if isinstance(given, dict) else given
        if not isinstance(file, str) and given is not None:
            raise ValueError(f"its scenario's data.{name} must name a file")
    for name, given in (scenario.get("ally") or {}).items():
        if not isinstance(given or {}, dict):
            raise ValueError(f"its scenario's ally.{name} must be a table")
    for event in scenario["event"]:
        if not isinstance(event, dict) or not isinstance(event.get("name"), str):
            raise ValueError("each event must be a table with a name")
        if event.get("when") is not None and not (isinstance(event["when"], str) and MONTH.fullmatch(event["when"])):
            raise ValueError(f"the event {event['name']} must have a month or none")
