"""Holds a run of the product to the reference model: every number of every path, then everything that is counted."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sim
from reference.bounded import NEAR, Bounded, bounded, hundredths, parts, single
from reference.counts import Counts, Rows, members, yardsticks
from reference.facts import Table
from reference.path import Path, World
from sim.results.counts import PILLARS

KEPT = ("share_pct", "reported_pct", "spent_pct", "related_pct", "plan_pct", "will", "gdp_usd_bn")
LOOSE = 1e-5
MOST_TURNED = 3
"""Near-ties of one path that are tried the other way."""


@dataclass
class Found:
    """What comparisons have found so far."""

    scenarios: int = 0
    paths: int = 0
    cells: int = 0
    counts: int = 0
    near_paths: int = 0
    turned_paths: int = 0
    turned_by_chance: int = 0  # others; paths of a scenario whose ties are the same number for number count once
    tied_scenarios: int = 0  # whose paths all have the same exact ties: no draw stands behind them
    loose_cells: int = 0  # with a bound above LOOSE
    doubtful_cells: int = 0
    doubtful_money: int = 0
    doubtful_in_force: int = 0
    error: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KEPT, 0.0))
    bound: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KEPT, 0.0))
    part: dict[str, float] = field(default_factory=lambda: dict.fromkeys(KEPT, 0.0))
    kinds: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)  # scenarios by where their parameters come from

    def add(self, other: Found) -> None:
        """What other comparisons have found besides."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(value, Counter):
                mine.update(value)
            elif isinstance(value, dict):
                mine.update({key: max(mine[key], largest) for key, largest in value.items()})
            else:
                setattr(self, name, mine + value)


class Disagreement(AssertionError):
    """The product and the reference model differ by more than float32 explains."""


Kept = dict[str, Any]


def hold(scenario: Table, product: sim.Scenario, paths: int, seed: int, found: Found,
         chosen: Sequence[int] | None = None) -> None:  # fmt: skip
    """All of a run's paths and counts, or some of its paths; raises at the first difference."""
    results = sim.simulate(product, paths=paths, seed=seed, executor="serial", keep=KEPT)
    kept = {name: results.paths(name).tolist() for name in KEPT}
    order = [ally.iso3 for ally in results.record.description.allies]
    world = World(scenario)
    counts = Counts(world)
    ties: list[frozenset[str]] = []
    for path in range(paths) if chosen is None else chosen:
        rows, turned = one_path(world, seed, path, order, kept, found)
        ties.append(turned)
        counts.add(as_kept(world, rows, order, kept, path, found))
    if chosen is None:
        same_counts(counts, results, found)
    shared = frozenset(filter(exact, frozenset.intersection(*ties))) if len(ties) > 1 else frozenset()
    found.tied_scenarios += bool(shared)
    found.turned_by_chance += len({turned - shared for turned in ties} - {frozenset()})
    found.scenarios += 1
    found.sources[scenario.get("parameters", {}).get("use", "drawn")] += 1
    found.sources["some in earnest"] += world.source.in_earnest > 0
    found.sources[f"geography: {world.source.geography}"] += 1
    for event in world.events:
        how = "dated" if "when" in event else "random" if "rate" in event else "start"
        found.kinds[f"{event['kind']}, {how}"] += 1


def one_path(
    world: World, seed: int, path: int, order: Sequence[str], kept: Kept, found: Found
) -> tuple[Rows, frozenset[str]]:
    """The rows of a path that agree in every number, and the near-ties that it took to be turned."""
    rows, near = run(world, seed, path, frozenset())
    apart = difference(world, rows, order, kept, path)
    turned: frozenset[str] = frozenset()
    found.near_paths += bool(near)
    if apart is not None:
        rows, turned = turned_until_equal(world, seed, path, order, kept, apart, near)
        found.turned_paths += 1
    found.paths += 1
    measure(world, rows, order, kept, path, found)
    return rows, turned


def run(world: World, seed: int, path: int, turned: frozenset[int]) -> tuple[Rows, list[str]]:
    """A path with bounds, and where it had near-ties."""
    with NEAR.turning(turned):
        rows = Path(world, seed, path, bounded).run()
        return rows, list(NEAR.seen)


def turned_until_equal(world: World, seed: int, path: int, order: Sequence[str], kept: Kept, apart: Apart,
                       near: list[str]) -> tuple[Rows, frozenset[str]]:  # fmt: skip
    """Near-ties before the first difference, turned one by one until the path agrees; its rows, and which."""
    turned: frozenset[int] = frozenset()
    for _ in range(MOST_TURNED):
        for index in range(len(near)):
            if index in turned or year_of(near[index]) > apart[0]:
                continue
            rows, seen = run(world, seed, path, turned | {index})
            later = difference(world, rows, order, kept, path)
            if later is None:
                return rows, frozenset(seen[tie] for tie in turned | {index})
            if later[:2] > apart[:2]:
                turned, near, apart = turned | {index}, seen, later
                break
        else:
            break
    year, _, iso3, name, expected, product = apart
    raise Disagreement(f"path {path}: {iso3} {year} {name}: reference {expected!r}, product {product!r}")


def year_of(tie: str) -> int:
    """The year of a near-tie as `NEAR` writes it."""
    return int(tie.partition(":")[0].split()[1])


def exact(tie: str) -> bool:
    """Whether the two sides of a near-tie are the same number but for the rounding of double precision."""
    one, other = map(float, tie.partition(": ")[2].split(" and "))
    return math.isclose(one, other, rel_tol=1e-14)


Apart = tuple[int, int, str, str, Bounded, float]


def difference(world: World, rows: Rows, order: Sequence[str], kept: Kept, path: int) -> Apart | None:
    """The first number that is further from the product's than its bound: year, row, ally, name, expected, product."""
    for index, year in enumerate(world.years):
        for row, iso3 in enumerate(order):
            cell = rows[iso3, year]
            for name in KEPT:
                value, error = parts(cell[name])
                if not abs(value - kept[name][row][index][path]) <= error:
                    return year, row, iso3, name, cell[name], kept[name][row][index][path]
    return None


def measure(world: World, rows: Rows, order: Sequence[str], kept: Kept, path: int, found: Found) -> None:
    """The largest error and the largest bound of every variable."""
    for index, year in enumerate(world.years):
        for row, iso3 in enumerate(order):
            cell = rows[iso3, year]
            for name in KEPT:
                value, error = parts(cell[name])
                apart = abs(value - kept[name][row][index][path])
                scale = max(abs(value), 1.0)  # money is measured against its size, all else in its own unit
                found.error[name] = max(found.error[name], apart / scale)
                found.bound[name] = max(found.bound[name], error / scale)
                found.loose_cells += error > LOOSE * scale
                found.part[name] = max(found.part[name], apart / error if error else 0.0)
                found.cells += 1


def as_kept(world: World, rows: Rows, order: Sequence[str], kept: Kept, path: int, found: Found) -> Rows:
    """The path's cells in float32 as the product has them.

    They lie within the bounds of the reference model's own; what is rounded to hundredths and counted then
    has one value only.
    """
    made = {}
    for index, year in enumerate(world.years):
        for row, iso3 in enumerate(order):
            expected = rows[iso3, year]
            cell = {name: kept[name][row][index][path] for name in KEPT}
            for name in ("reported_pct", "related_pct"):
                found.doubtful_cells += hundredths(float(expected[name])) != hundredths(cell[name])
            cell["counted_pct"] = min(cell["related_pct"], single(float(expected["cap_pct"])))
            cell["total_pct"] = single(cell["reported_pct"] + cell["counted_pct"])
            cell["total_spent_pct"] = single(cell["spent_pct"] + cell["counted_pct"])
            made[iso3, year] = {**cell, "in_force": expected["in_force"]}
    return made


def same_counts(counts: Counts, results: sim.Results, found: Found) -> None:
    """The product's public tables are the reference model's counts over the paths.

    The conditional probabilities are not compared: `expected`, `expected_moments`, `expected_number_moments`, and
    `number_moments`, which fewer than 4,096 paths leave empty. What the tables show by them is compared as it is
    counted, spent only and in force from the record.
    """
    world, paths = counts.world, counts.paths
    arrays, description = results.record.counts.arrays, results.record.description
    order = [ally.iso3 for ally in description.allies]
    expected: dict[tuple[Any, ...], float] = {}
    got: dict[tuple[Any, ...], float] = {}
    for line in results.compliance().dropna(subset="probability").to_dict("records"):
        pillar, place = line["pillar"], (line["iso3"], line["year"])
        ally, step = order.index(line["iso3"]), description.years.index(line["year"])
        at = PILLARS.index(pillar), ally, step
        got["compliance", pillar, *place] = line["counted"] * paths
        got["without late push", pillar, *place] = int(arrays["compliant"][at] - arrays["on_paper"][at])
        if not math.isnan(line["in_force"]):
            got["in force", pillar, *place] = int(arrays["in_force"][ally, step] - arrays["not_yet_due"][ally, step])
            got["not yet due", pillar, *place] = line["not_yet_due"] * paths
    for line in results.shares().to_dict("records"):
        if line["iso3"] not in ("EUC", "NATO"):
            got["printed", line["pillar"], line["iso3"], line["year"]] = line["mean"] * paths * 100
    for line in results.alliance().to_dict("records"):
        got["allies", line["pillar"], line["year"], line["compliant"]] = line["probability"] * paths
    for line in results.first_year().to_dict("records"):
        year = line["year"] if isinstance(line["year"], int) else None
        got["first", line["iso3"], year] = line["probability"] * paths
        got["staying", line["iso3"], year] = line["probability_staying"] * paths
    for line in results.gap().dropna(subset="shortfall_usd_bn_mean").to_dict("records"):
        place, spent = (line["iso3"], line["year"]), line["shortfall_usd_bn_mean"]
        got["USD million", "spent_pct", *place] = spent * paths * 1000
        got["USD million", "reported_pct", *place] = (spent - line["on_paper_usd_bn_mean"]) * paths * 1000
        if line["iso3"] not in ("EUC", "NATO"):
            missing = line["shortfall_pct_mean"]
            got["hundredths", "spent_pct", *place] = missing * paths * 100
            got["hundredths", "reported_pct", *place] = (missing - line["on_paper_pct_mean"]) * paths * 100
    for pillar in yardsticks(world):
        bound = members(world, pillar)
        for year in world.years:
            for iso3 in bound:
                expected["compliance", pillar, iso3, year] = counts.complying[pillar, iso3, year]
                unpushed = counts.complying[f"{pillar}_without_late_push", iso3, year]
                expected["without late push", pillar, iso3, year] = unpushed
            for flag in (pillar, "core_without_late_push") if pillar == "core" else (pillar,):
                for number in range(len(world.allies) + 1):
                    expected["allies", flag, year, number] = counts.allies[flag, year, number]
    for place, sum_of_cells in counts.printed.items():
        expected["printed", *place] = sum_of_cells
    if "core" in yardsticks(world):
        for share in ("reported_pct", "spent_pct"):
            for whose in (*members(world, "core"), "EUC", "NATO"):
                for year in world.years:
                    expected["USD million", share, whose, year] = counts.money[share, whose, year]
        for iso3 in members(world, "core"):
            for year in (world.base, *world.years, None):
                staying = counts.first[iso3, year, True]
                expected["first", iso3, year] = counts.first[iso3, year, False] + staying
                expected["staying", iso3, year] = staying
            for year in world.years:
                expected["in force", "core", iso3, year] = counts.complying["in_force", iso3, year]
                expected["not yet due", "core", iso3, year] = counts.complying["not_yet_due", iso3, year]
                for share in ("reported_pct", "spent_pct"):
                    expected["hundredths", share, iso3, year] = counts.missing[share, iso3, year]
    if set(expected) != set(got):
        raise Disagreement(f"rows of the tables: {sorted(map(str, set(expected) ^ set(got)))[:4]}")
    for name, number in expected.items():
        # A table has the quotient by the paths in double precision, so a whole number returns to well within 1e-6.
        doubt = counts.doubtful_money[name[1:]] if name[0] == "USD million" else 0
        found.doubtful_money += doubt
        if name[0] in ("in force", "not yet due"):
            doubt = counts.doubtful_in_force[name[2:]]
            found.doubtful_in_force += doubt
        slack = 1e-6 * max(number, 1)
        if not number - slack <= got[name] <= number + doubt + slack:
            raise Disagreement(f"counts: {name}: reference {number}, product {got[name]}")
        found.counts += 1
