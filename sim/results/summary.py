"""A run in one year, as plain numbers straight from the record's counts: no DataFrame, so no pandas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.numerics.grid import HUNDREDTHS, WHOLE, Grid, printed, reaches
from sim.results.counts import GROUPS, PILLARS, SPENT, TALLIES
from sim.results.intervals import Z95, above, average, quantile, wilson
from sim.results.parameter_range import Range, of_mean, of_probability
from sim.results.record import AllyDescription, Record

MANY = 20
"""Allies whose joint compliance gets a probability of its own."""


@dataclass(frozen=True)
class Chance:
    """A probability, and what it is spent only and as the target was moved, each with its 95 % interval."""

    probability: float
    ci_low: float
    ci_high: float
    without_late_push: float
    without_low: float
    without_high: float
    in_force: float  # met as a summit or review left the core target; another pillar's is its own
    in_force_low: float
    in_force_high: float
    not_yet_due: float  # not met, and not yet due: a summit or review put the date off, which has not come
    not_yet_due_low: float
    not_yet_due_high: float
    over_parameters: Range | None = None
    """The central 90 % of the probability over the rows of parameters; None where they are not drawn or too few."""


@dataclass(frozen=True)
class Band:
    """A middle value with the quantiles of a 90 % band."""

    middle: float  # median of an ally's share, mean of a count or an average
    q05: float
    q95: float
    above: float = 0.0
    """Part of the runs, of a share, above what is counted: a quantile among them is infinite, a mean a lower bound."""


@dataclass(frozen=True)
class AllySummary:
    """One ally in one year."""

    entry: AllyDescription
    spent: Band  # core share without what is closed on paper that year, % of GDP
    reported: Band  # the same with what is on paper
    chances: dict[str, Chance]  # by pillar; none where it has no target or does not bind the ally
    first_year: int | None  # in which half of the paths comply, the base year by its figure; None: not in the horizon


@dataclass(frozen=True)
class Halves:
    """The expected number of allies at the core target in runs that keep the pledge in earnest, and in the others."""

    in_earnest: float
    otherwise: float


@dataclass(frozen=True)
class AllianceSummary:
    """The alliance in one year."""

    allies: int
    bound: dict[str, int]  # by pillar that has a target: how many allies it binds
    counted: Band | None  # how many meet the core target
    counted_without: Band | None  # the same, spent only
    threshold: int
    over_parameters: Range | None  # the central 90 % of the expected number over the rows of parameters
    halves: Halves | None  # None where all paths keep the pledge in one way
    many: Chance | None  # at least `threshold` of them
    totals: Band | None  # how many meet the total
    related: Band | None  # how many meet the security-related target
    spent: Band  # Europe and Canada on average, core, % of GDP
    reported: Band  # the same with what is on paper


def default_year(record: Record) -> int:
    """The year of the core target, or of what is measured without one, where the run reaches it; else the last."""
    described = record.description
    aim = described.yardstick(described.main_pillar) if described.main_pillar else None
    return aim.by if aim and aim.by in described.years else described.years[-1]


def step_of(record: Record, year: int) -> int:
    """The place of a simulated year; raises UsageError for any other."""
    years = record.description.years
    if year not in years:
        raise UsageError(f"the run simulates {years[0]} to {years[-1]}, not {year}")
    return years.index(year)


def expected_number(record: Record, year: int, tally: str = "core") -> float:
    """The expected number of allies that comply in a year."""
    return _number(record, tally, step_of(record, year)).middle


def expected_reach(record: Record, year: int) -> float:
    """How far the Monte Carlo 95 % interval of the expected number of allies at the core target reaches."""
    histogram = record.counts.arrays["number"][TALLIES.index("core"), step_of(record, year)].astype(np.float64)
    parts, numbers = histogram / histogram.sum(), np.arange(len(histogram))
    variance = float(parts @ numbers**2) - float(parts @ numbers) ** 2
    return Z95 * sqrt(max(0.0, variance) / record.counts.paths)


def ranges_over_parameters(lines: Iterable[AllySummary]) -> bool:
    """Whether probabilities of these allies have a range over parameters."""
    return any(chance.over_parameters for line in lines for chance in line.chances.values())


def monte_carlo_reach(lines: Iterable[AllySummary]) -> float:
    """How far the Monte Carlo 95 % interval of a probability of these allies reaches at most, 0 to 1."""
    chances = [chance for line in lines for chance in line.chances.values()]
    return max((max(each.ci_high - each.probability, each.probability - each.ci_low) for each in chances), default=0.0)


def ally_lines(record: Record, year: int) -> list[AllySummary]:
    """Every ally in `year`, in the order of the record."""
    step, counts = step_of(record, year), record.counts
    chances = {pillar: _chances(record, pillar, step) for pillar in PILLARS}
    spent, reported = (
        _medians(counts.arrays[name][pillars.index("core"), :, step])
        for name, pillars in (("spent_shares", SPENT), ("shares", PILLARS))
    )
    return [
        AllySummary(
            entry,
            spent[index],
            reported[index],
            {p: found[index] for p, found in chances.items() if found and _binds(record, p, entry)},
            _first_year(record, index) if _binds(record, "core", entry) else None,
        )
        for index, entry in enumerate(record.description.allies)
    ]


def alliance_line(record: Record, year: int) -> AllianceSummary:
    """The alliance in `year`."""
    step, description = step_of(record, year), record.description
    bound = {pillar: len(description.bound(pillar)) for pillar in PILLARS if description.yardstick(pillar)}
    of = bound.get("core", len(description.allies))
    threshold = MANY if of > MANY else ceil(2 * of / 3)
    spent, reported = (
        _band(record.counts.arrays[name][GROUPS.index("EUC"), pillars.index("core"), step], HUNDREDTHS, open_end=True)
        for name, pillars in (("spent_group_shares", SPENT), ("group_shares", PILLARS))
    )
    return AllianceSummary(
        allies=len(description.allies),
        bound=bound,
        counted=_number(record, "core", step) if "core" in bound else None,
        counted_without=_number(record, "core_without_late_push", step) if "core" in bound else None,
        over_parameters=of_mean(record.counts.arrays["row_number"][step]) if "core" in bound else None,
        halves=_halves(record, step) if "core" in bound else None,
        threshold=threshold,
        many=_many(record, step, threshold) if "core" in bound else None,
        totals=_number(record, "total", step) if "total" in bound else None,
        related=_number(record, "related", step) if "related" in bound else None,
        spent=spent,
        reported=reported,
    )


def _binds(record: Record, pillar: str, entry: AllyDescription) -> bool:
    target = record.description.yardstick(pillar)
    return target is not None and target.binds(entry.iso3)


def _chances(record: Record, pillar: str, step: int) -> list[Chance]:
    """Of every ally; empty where the pillar has no target."""
    if record.description.yardstick(pillar) is None:
        return []
    index, arrays = PILLARS.index(pillar), record.counts.arrays
    met = arrays["compliant"][index, :, step]
    not_yet_due = arrays["not_yet_due"][:, step] if pillar == "core" else np.zeros_like(met)
    in_force = arrays["in_force"][:, step] - not_yet_due if pillar == "core" else met
    found = _chances_of(met, met - arrays["on_paper"][index, :, step], in_force, not_yet_due, record.counts.paths)
    rows = arrays["row_compliant"][index, :, step]
    return [
        replace(each, over_parameters=of_probability(row, arrays["row_paths"]))
        for each, row in zip(found, rows, strict=True)
    ]


def _chances_of(
    met: NDArray[np.int64], without: NDArray[np.int64], in_force: NDArray[np.int64], not_yet_due: NDArray[np.int64],
    paths: int,
) -> list[Chance]:  # fmt: skip
    counted = (met, without, in_force, not_yet_due)
    columns = [column for count in counted for column in (count / paths, *wilson(count, paths))]
    return [Chance(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _first_year(record: Record, row: int) -> int | None:
    """The first year in which half of the paths are at the core target."""
    description, core = record.description, record.description.yardstick("core")
    assert core is not None
    if reaches(printed(description.allies[row].base_share_pct), core.share_pct):
        return description.base_year
    half = np.flatnonzero(2 * record.counts.arrays["compliant"][PILLARS.index("core"), row] >= record.counts.paths)
    return description.years[int(half[0])] if half.size else None


def _number(record: Record, tally: str, step: int) -> Band:
    return _band(record.counts.arrays["number"][TALLIES.index(tally), step], WHOLE)


def _halves(record: Record, step: int) -> Halves | None:
    number = record.counts.arrays["row_number"][step]
    if not record.description.parameters.halved:
        return None
    halves = number.reshape(2, -1, number.shape[-1]).sum(axis=1)  # those in earnest stand behind the others
    if not halves.sum(axis=-1).all():
        return None
    otherwise, in_earnest = (float(average(half, WHOLE)) for half in halves)
    return Halves(in_earnest, otherwise)


def _many(record: Record, step: int, threshold: int) -> Chance:
    number = record.counts.arrays["number"][:, step, threshold:].sum(axis=-1)
    met, without = number[TALLIES.index("core")], number[TALLIES.index("core_without_late_push")]
    counted = np.array([met])
    found = _chances_of(counted, np.array([without]), counted, np.zeros_like(counted), record.counts.paths)[0]
    rows = record.counts.arrays["row_number"][step, :, threshold:].sum(axis=-1)
    return replace(found, over_parameters=of_probability(rows, record.counts.arrays["row_paths"]))


def _medians(histograms: NDArray[np.int64]) -> list[Band]:
    """The median of each histogram of shares, with its band."""
    lows, middles, highs = (
        quantile(histograms, level, HUNDREDTHS, open_end=True).tolist() for level in (0.05, 0.5, 0.95)
    )
    return [Band(*row) for row in zip(middles, lows, highs, above(histograms).tolist(), strict=True)]


def _band(histogram: NDArray[np.int64], grid: Grid, *, open_end: bool = False) -> Band:
    low, high = (float(quantile(histogram, level, grid, open_end=open_end)) for level in (0.05, 0.95))
    return Band(float(average(histogram, grid)), low, high, float(above(histogram)) if open_end else 0.0)
