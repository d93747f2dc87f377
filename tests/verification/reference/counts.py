"""What is counted over the paths of a run, as exact whole numbers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from reference.bounded import bounded, hundredths, parts, printed
from reference.path import World

PRINTED = {
    "core": "reported_pct", "related": "counted_pct", "total": "total_pct", "core_spent": "spent_pct",
    "total_spent": "total_spent_pct",
}  # fmt: skip
"""The shares of a cell by what the tables call them."""

LAST_CELL = 2_047
"""Whatever is above the grid counts as 20.47."""

Cell = dict[str, float]
Rows = Mapping[tuple[str, int], Cell]
"""One path: the numbers of each ally and year."""


def yardsticks(world: World) -> dict[str, str]:
    """The target that each pillar is measured against: the one that says so, or the only one."""
    found: dict[str, str] = {}
    for name, target in world.targets.items():
        pillar = target.get("pillar", "core")
        if target.get("yardstick") or pillar not in found:
            found[pillar] = name
    return found


def printed_targets(world: World) -> dict[str, int]:
    """The printed share of each pillar's yardstick."""
    return {pillar: hundredths(world.targets[name]["share_pct"]) for pillar, name in yardsticks(world).items()}


def members(world: World, pillar: str) -> list[str]:
    """The allies that a pillar's yardstick binds."""
    bound = world.targets[yardsticks(world)[pillar]].get("members")
    return [ally.iso3 for ally in world.allies if bound is None or ally.iso3 in bound]


def complies(world: World, cell: Cell, iso3: str, pillar: str, unpushed: bool = False) -> bool:
    """Whether the printed share reaches the yardstick; the total needs the core besides, where that binds the ally."""
    mark = printed_targets(world)[pillar]
    report = cell["spent_pct" if unpushed else "reported_pct"]
    if pillar == "core":
        return hundredths(report) >= mark
    if pillar == "related":
        return hundredths(cell["counted_pct"]) >= mark
    both = cell["total_spent_pct" if unpushed else "total_pct"]
    bound = "core" in yardsticks(world) and iso3 in members(world, "core")
    return (not bound or complies(world, cell, iso3, "core", unpushed)) and hundredths(both) >= mark


def keeps_what_is_in_force(world: World, cell: Cell, year: int) -> tuple[tuple[bool, bool], tuple[bool, bool]]:
    """Compliance with the core target as the path has left it, and that it is not kept, but put off to a later date.

    Both outcomes of each, no before yes: what a review makes of a target may print a hundredth higher or lower in
    float32.
    """
    name = yardsticks(world)["core"]
    share, by = cell["in_force"][name]  # type: ignore[misc]
    postponed = world.targets[name]["by"] <= year < by
    report, mark = hundredths(cell["reported_pct"]), printed(share)
    worse, better = (report >= getattr(mark, end, mark) for end in ("high", "low"))
    return (worse, better), (postponed and not better, postponed and not worse)


def money_missing(cell: Cell, mark: int, share: str) -> tuple[int, int]:
    """What is missing to the core yardstick, in whole USD million: least and most, as float32 rounds it."""
    missing = max(mark - hundredths(cell[share]), 0)
    value, error = parts(bounded(cell["gdp_usd_bn"]) * missing / 10 + 0.5)
    return math.floor(value - error), math.floor(value + error)


class Counts:
    """The counts of a run."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.paths = 0
        self.complying: Counter[tuple[Any, ...]] = Counter()  # by pillar or flag, ally, year
        self.allies: Counter[tuple[Any, ...]] = Counter()  # by pillar or flag, year, number of allies
        self.first: Counter[tuple[Any, ...]] = Counter()  # by ally, year (None for never), staying
        self.printed: Counter[tuple[Any, ...]] = Counter()  # hundredths by pillar as the tables call it, ally, year
        self.missing: Counter[tuple[Any, ...]] = Counter()  # hundredths by share, ally, year
        self.money: Counter[tuple[Any, ...]] = Counter()  # USD million by share, ally or group, year: at least
        self.doubtful_money: Counter[tuple[Any, ...]] = Counter()  # and at most so many more
        self.doubtful_in_force: Counter[tuple[Any, ...]] = Counter()  # paths by ally, year: the same

    def add(self, rows: Rows) -> None:
        """One path more."""
        world = self.world
        self.paths += 1
        for pillar in yardsticks(world):
            bound = members(world, pillar)
            for year in world.years:
                for flag, unpushed in ((pillar, False), (f"{pillar}_without_late_push", True)):
                    number = 0
                    for iso3 in bound:
                        met = complies(world, rows[iso3, year], iso3, pillar, unpushed)
                        self.complying[flag, iso3, year] += met
                        number += met
                    self.allies[flag, year, number] += 1
        for name, share in PRINTED.items():
            for ally in world.allies:
                for year in world.years:
                    cell = min(hundredths(rows[ally.iso3, year][share]), LAST_CELL)
                    self.printed[name, ally.iso3, year] += cell
        if "core" in yardsticks(world):
            self.add_core(rows)

    def add_core(self, rows: Rows) -> None:
        """What only the core has."""
        world = self.world
        mark = printed_targets(world)["core"]
        for iso3 in members(world, "core"):
            for year in world.years:
                cell = rows[iso3, year]
                kept, put_off = keeps_what_is_in_force(world, cell, year)
                for flag, (worse, better) in (("in_force", kept), ("not_yet_due", put_off)):
                    self.complying[flag, iso3, year] += worse
                    self.doubtful_in_force[iso3, year] += better - worse
                for share in ("reported_pct", "spent_pct"):
                    self.missing[share, iso3, year] += max(mark - hundredths(cell[share]), 0)
                    least, most = money_missing(cell, mark, share)
                    for whose in (iso3, "NATO", *(["EUC"] if iso3 != "USA" else [])):
                        self.money[share, whose, year] += least
                        self.doubtful_money[share, whose, year] += most - least
            self.first[(iso3, *first_year(world, rows, iso3))] += 1


def first_year(world: World, rows: Rows, iso3: str) -> tuple[int | None, bool]:
    """The first year with core compliance, the base year by its published figure, and whether all later ones comply."""
    mark = printed_targets(world)["core"]
    facts = next(ally for ally in world.allies if ally.iso3 == iso3)
    met = {world.base: hundredths(facts.start) >= mark}
    met |= {year: complies(world, rows[iso3, year], iso3, "core") for year in world.years}
    years: Sequence[int] = [year for year, complying in met.items() if complying]
    return (years[0], all(met[year] for year in met if year > years[0])) if years else (None, False)
