"""More of one thing beside less of it, on common draws: where the reported share falls, and where compliance is lost.

With peers, own pledges, several targets, the habit that norms learn and the noise of outlays put aside, next year's
share rises with this year's and with will, urgency, commitment and target: each step of a budget is a sum or a minimum
of such terms, and a rise of the share by one lowers no step by more than one. Then the order of two worlds is kept from
year to year on every path. A file in which each of these conditions holds is called calm here.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import sim
from properties.making import Table, everywhere
from sim.model.estimated import ESTIMATED
from sim.numerics.grid import printed

ROUNDING = 2e-5
"""Relative. A year rounds the share some thirty times by at most 2**-24 and multiplies what is off by little more than
one: ten years of it make 300 * 6e-8."""

CLEAR = {"outturn": ("execution",)}


class Pair(NamedTuple):
    """Two scenarios, the second with more of something; both have the core yardstick's name in common."""

    less: Table
    more: Table
    core: str


def core_of(table: Table) -> str:
    """The name of the core yardstick."""
    core = [name for name, target in table["targets"].items() if target.get("pillar", "core") == "core"]
    return next((name for name in core if table["targets"][name].get("yardstick")), core[0])


def _changed(table: Table, name: str, **values: object) -> Table:
    table = deepcopy(table)
    table["targets"][name] |= values
    return table


def will(table: Table) -> Pair:
    """The mean of will 0.4 higher."""
    low, high = ({"normal": {"mean": mean, "sd": 1.0}} for mean in (0.3, 0.7))
    return Pair(everywhere(table, "will", "mean", low), everywhere(table, "will", "mean", high), core_of(table))


def urgency(table: Table) -> Pair:
    """The urgency of the start, which fades but never ends, 1.5 times as large."""
    low, high = ({"lognormal": {"mean": mean, "log_sd": 0.3}} for mean in (1.0, 1.5))
    return Pair(everywhere(table, "urgency", "level", low), everywhere(table, "urgency", "level", high), core_of(table))


def commitment(table: Table) -> Pair:
    """The commitment of the core target 1 instead of 0.6."""
    core = core_of(table)
    return Pair(_changed(table, core, commitment=0.6), _changed(table, core, commitment=1.0), core)


def share(table: Table) -> Pair:
    """The core target a fifth higher."""
    core = core_of(table)
    return Pair(table, _changed(table, core, share_pct=table["targets"][core]["share_pct"] * 1.2), core)


def date(table: Table) -> Pair:
    """The core target due two years earlier than later."""
    core = core_of(table)
    return Pair(_changed(table, core, by=table["targets"][core]["by"] + 2), table, core)


def kept_pledge(table: Table) -> Pair:
    """The pledge kept in earnest on every path instead of none, whatever row each path takes."""
    table = deepcopy(table)
    for scope in (table, *table.get("ally", {}).values()):
        for each in ESTIMATED:
            if each.in_earnest:
                scope.get(each.section, {}).pop(each.field, None)
    none, every = ({**table, "parameters": {"use": "drawn", "in_earnest": part}} for part in (0.0, 1.0))
    return Pair(none, every, core_of(table))


DIRECTIONS: dict[str, Callable[[Table], Pair]] = {
    "will": will, "urgency": urgency, "commitment": commitment, "share": share, "date": date,
    "kept pledge": kept_pledge,
}  # fmt: skip


def calm(table: Table) -> Table:
    """The tables with everything put aside that can turn the order of two worlds round."""
    table = deepcopy(table)
    for scope in (table, *table.get("ally", {}).values()):
        for section, names in CLEAR.items():
            for name in names:
                scope.get(section, {}).pop(name, None)
    core = core_of(table)
    other = {n for n, t in table["targets"].items() if t.get("pillar", "core") == "core" and n != core}
    table["targets"] = {name: target for name, target in table["targets"].items() if name not in other}
    table["event"] = [event for event in table.get("event", ()) if not _stirs(event, other)]
    for section, name, value in (("outturn", "noise", 0.0), ("outturn", "late_push", False), ("will", "peer", 0.0),
                                 ("budget", "norm_learning", 0.0), ("budget", "pledges", False)):  # fmt: skip
        table = everywhere(table, section, name, value)
    return table


def _stirs(event: Table, gone: set[str]) -> bool:
    """A second target to follow, a target that is gone, or a step by which shares and target do not scale alike."""
    if event.get("kind") == "pledge" or event.get("target", "core") in gone:
        return True
    down = event.get("kind") == "shock" and event["state"] in ("share_pct", "norm_pct")
    return down or event.get("change_pct", 0.0) != 0.0


class Found(NamedTuple):
    """Two runs compared, per (ally, year, path)."""

    falls: NDArray[np.bool_]  # the reported share is lower with more
    worst_pct: float  # the largest fall, percentage points
    lost: NDArray[np.bool_]  # compliance with its own target there with less and not with more
    gained: NDArray[np.bool_]


def compare(less: sim.Results, more: sim.Results, goals: tuple[float, float]) -> Found:
    """Each run against a goal of its own."""
    low, high = (each.paths("reported_pct") for each in (less, more))
    change = high - low
    met, later = (printed(reported) >= printed(goal) for reported, goal in ((low, goals[0]), (high, goals[1])))
    falls = change < -ROUNDING * np.maximum(low, 1)
    return Found(falls, float(max(-change.min(), 0.0)), met & ~later, later & ~met)
