"""A run in one year, as plain numbers straight from the record's counts: no DataFrame, so no pandas."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.record.counts import GROUPS, PILLARS, TALLIES
from sim.record.record import AllyEntry, Record
from sim.results.intervals import average, quantile, wilson

POINT = 0.01  # a cell of a share, percentage points
MANY = 20
"""Allies whose joint compliance gets a probability of its own."""


@dataclass(frozen=True)
class Chance:
    """A probability with its 95 % interval, and what it is without late pushes."""

    probability: float
    ci_low: float
    ci_high: float
    without_late_push: float
    without_low: float
    without_high: float
    in_force: float  # against the core target as a summit or review left it; another pillar's is its own


@dataclass(frozen=True)
class Band:
    """A middle value with the quantiles of a 90 % band."""

    middle: float  # median of an ally's share, mean of a count or an average
    q05: float
    q95: float


@dataclass(frozen=True)
class AllyLine:
    """One ally in one year."""

    entry: AllyEntry
    share: Band  # reported core share, % of GDP
    chances: dict[str, Chance]  # by pillar; none where it has no target or does not bind the ally
    first_year: int | None  # by which half of the paths have complied; None: not within the horizon


@dataclass(frozen=True)
class AllianceLine:
    """The alliance in one year."""

    bound: int  # allies that the core target binds
    counted: Band | None  # how many meet it
    counted_without: Band | None  # the same without late pushes
    threshold: int
    many: Chance | None  # at least `threshold` of them
    totals: Band | None  # how many meet the total
    average: Band  # Europe and Canada, core, % of GDP


def default_year(record: Record) -> int:
    """The year of the core target where the run reaches it, else the last."""
    core, years = record.description.yardstick("core"), record.description.years
    return core.by if core and core.by in years else years[-1]


def step_of(record: Record, year: int) -> int:
    """The place of a simulated year; raises UsageError for any other."""
    years = record.description.years
    if year not in years:
        raise UsageError(f"the run simulates {years[0]} to {years[-1]}, not {year}")
    return years.index(year)


def expected_number(record: Record, year: int, tally: str = "core") -> float:
    """The expected number of allies that comply in a year."""
    return _number(record, tally, step_of(record, year)).middle


def ally_lines(record: Record, year: int) -> list[AllyLine]:
    """Every ally in `year`, in the order of the record."""
    step, counts = step_of(record, year), record.counts
    chances = {pillar: _chances(record, pillar, step) for pillar in PILLARS}
    core = counts.arrays["shares"][PILLARS.index("core"), :, step]
    lows, middles, highs = (quantile(core, level, POINT) for level in (0.05, 0.5, 0.95))
    return [
        AllyLine(
            entry,
            Band(float(middles[place]), float(lows[place]), float(highs[place])),
            {p: found[place] for p, found in chances.items() if found and _binds(record, p, entry)},
            _first_year(record, place) if _binds(record, "core", entry) else None,
        )
        for place, entry in enumerate(record.description.allies)
    ]


def alliance_line(record: Record, year: int) -> AllianceLine:
    """The alliance in `year`."""
    step, description = step_of(record, year), record.description
    core, total = (description.yardstick(pillar) for pillar in ("core", "total"))
    bound = len(core.members) if core and core.members is not None else len(description.allies)
    threshold = MANY if bound > MANY else ceil(2 * bound / 3)
    histogram = record.counts.arrays["group_shares"][GROUPS.index("EUC"), PILLARS.index("core"), step]
    return AllianceLine(
        bound=bound,
        counted=_number(record, "core", step) if core else None,
        counted_without=_number(record, "core_without_late_push", step) if core else None,
        threshold=threshold,
        many=_many(record, step, threshold) if core else None,
        totals=_number(record, "total", step) if total else None,
        average=_band(histogram, POINT),
    )


def _binds(record: Record, pillar: str, entry: AllyEntry) -> bool:
    target = record.description.yardstick(pillar)
    return target is not None and target.binds(entry.iso3)


def _chances(record: Record, pillar: str, step: int) -> list[Chance]:
    """Of every ally; empty where the pillar has no target."""
    if record.description.yardstick(pillar) is None:
        return []
    place, arrays = PILLARS.index(pillar), record.counts.arrays
    met = arrays["compliant"][place, :, step]
    in_force = arrays["in_force"][:, step] if pillar == "core" else met
    return _chances_of(met, met - arrays["on_paper"][place, :, step], in_force, record.counts.paths)


def _chances_of(
    met: NDArray[np.int64], without: NDArray[np.int64], in_force: NDArray[np.int64], paths: int
) -> list[Chance]:
    low, high = wilson(met, paths)
    without_low, without_high = wilson(without, paths)
    columns = (met / paths, low, high, without / paths, without_low, without_high, in_force / paths)
    return [Chance(*map(float, row)) for row in zip(*columns, strict=True)]


def _first_year(record: Record, place: int) -> int | None:
    reached = record.counts.arrays["first_year"][place][:-1].cumsum()  # the last step is never
    half = np.flatnonzero(2 * reached >= record.counts.paths)
    return record.description.base_year + int(half[0]) if half.size else None


def _number(record: Record, tally: str, step: int) -> Band:
    return _band(record.counts.arrays["number"][TALLIES.index(tally), step], 1)


def _many(record: Record, step: int, threshold: int) -> Chance:
    number = record.counts.arrays["number"][:, step, threshold:].sum(axis=-1)
    met, without = number[TALLIES.index("core")], number[TALLIES.index("core_without_late_push")]
    return _chances_of(np.array([met]), np.array([without]), np.array([met]), record.counts.paths)[0]


def _band(histogram: NDArray[np.int64], cell: float) -> Band:
    low, high = (float(quantile(histogram, level, cell)) for level in (0.05, 0.95))
    return Band(float(average(histogram, cell)), low, high)
