"""A run in one year, as plain numbers straight from the record's counts: no DataFrame, so no pandas."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import UsageError
from sim.numerics.grid import HUNDREDTHS, WHOLE, Grid, printed, reaches
from sim.results import probabilities
from sim.results.counts import GROUPS, PILLARS, SPENT, TALLIES
from sim.results.intervals import above, average, quantile
from sim.results.parameter_range import Range, of_mean, of_probability
from sim.results.probabilities import Estimates
from sim.results.record import AllyDescription, Record

MANY = 20
"""Allies whose joint compliance gets a probability of its own."""


@dataclass(frozen=True)
class Chance:
    """A probability, and what it is spent only and as the target was moved, each with its 95 % interval.

    Of the core and total target the conditional probabilities of `sim.results.probabilities`; else shares of the runs.
    """

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
    counted: float
    """The share of the runs in which it came true: `probability`, but for chance that is left out of that."""
    over_parameters: Range | None = None
    """The central 90 % of the probability over the rows of parameters; None where they are not drawn or too few."""


@dataclass(frozen=True)
class Band:
    """A middle value with the quantiles of a 90 % band."""

    middle: float  # median of an ally's share, expected number of allies, mean of an average
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
    return float(probabilities.expected_number(record.counts, tally)[step_of(record, year)])


def expected_reach(record: Record, year: int) -> float:
    """How far the Monte Carlo 95 % interval of the expected number of allies at the core target reaches."""
    return float(probabilities.reach_of_expected_number(record.counts, "core")[step_of(record, year)])


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
    threshold = many_of(bound.get("core", len(description.allies)))
    spent, reported = (
        _band(record.counts.arrays[name][GROUPS.index("EUC"), pillars.index("core"), step], HUNDREDTHS, open_end=True)
        for name, pillars in (("spent_group_shares", SPENT), ("group_shares", PILLARS))
    )
    return AllianceSummary(
        allies=len(description.allies),
        bound=bound,
        counted=_number(record, "core", step) if "core" in bound else None,
        counted_without=_number(record, "core_without_late_push", step) if "core" in bound else None,
        over_parameters=_number_over_parameters(record, step) if "core" in bound else None,
        halves=_halves(record, step) if "core" in bound else None,
        threshold=threshold,
        many=_many(record, step, threshold) if "core" in bound else None,
        totals=_number(record, "total", step) if "total" in bound else None,
        related=_number(record, "related", step) if "related" in bound else None,
        spent=spent,
        reported=reported,
    )


def many_of(allies: int) -> int:
    """How many of so many allies have a probability of their joint compliance."""
    return MANY if allies > MANY else ceil(2 * allies / 3)


def _binds(record: Record, pillar: str, entry: AllyDescription) -> bool:
    target = record.description.yardstick(pillar)
    return target is not None and target.binds(entry.iso3)


def _chances(record: Record, pillar: str, step: int) -> list[Chance]:
    """Of every ally; empty where the pillar has no target."""
    if record.description.yardstick(pillar) is None:
        return []
    counts, index = record.counts, PILLARS.index(pillar)
    found = without = in_force = probabilities.of_allies(counts, pillar)
    not_yet_due = probabilities.none(counts, found.probability.shape)
    if pillar in SPENT:
        without = probabilities.of_allies(counts, f"{pillar}_without_late_push")
    if pillar == "core":
        in_force, not_yet_due = probabilities.in_force(counts), probabilities.of_allies(counts, "not_yet_due")
    rows = counts.arrays["row_compliant"][index, :, step]
    return [
        _chance([each.at(ally, step) for each in (found, without, in_force, not_yet_due)], met, row, record)
        for ally, (met, row) in enumerate(zip(counts.arrays["compliant"][index, :, step].tolist(), rows, strict=True))
    ]


def _chance(estimates: Iterable[Estimates], met: int, rows: NDArray[np.int64], record: Record) -> Chance:
    """`estimates`: as it is, spent only, as moved, not yet due. `met` paths are counted, in each row `rows` of them."""
    figures: list[Any] = [float(figure) for estimate in estimates for figure in estimate]
    figures += [met / record.counts.paths, of_probability(rows, record.counts.arrays["row_paths"], figures[0])]
    return Chance(*figures)


def _first_year(record: Record, row: int) -> int | None:
    """The first year in which half of the paths are at the core target, by the probability that is shown."""
    description, core = record.description, record.description.yardstick("core")
    assert core is not None
    if reaches(printed(description.allies[row].base_share_pct), core.share_pct):
        return description.base_year
    half = np.flatnonzero(probabilities.of_allies(record.counts, "core").probability[row] >= 0.5)
    return description.years[int(half[0])] if half.size else None


def _number(record: Record, tally: str, step: int) -> Band:
    """Expected, with the band of the numbers counted."""
    counted = _band(record.counts.arrays["number"][TALLIES.index(tally), step], WHOLE)
    return replace(counted, middle=float(probabilities.expected_number(record.counts, tally)[step]))


def _number_over_parameters(record: Record, step: int) -> Range | None:
    expected = float(probabilities.expected_number(record.counts, "core")[step])
    return of_mean(record.counts.arrays["row_number"][step], expected)


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
    counts = record.counts
    found, without = (
        probabilities.at_least(counts, tally).at(step, threshold) for tally in ("core", "core_without_late_push")
    )
    met = int(counts.arrays["number"][TALLIES.index("core"), step, threshold:].sum())
    rows = counts.arrays["row_number"][step, :, threshold:].sum(axis=-1)
    return _chance([found, without, found, probabilities.none(counts)], met, rows, record)


def _medians(histograms: NDArray[np.int64]) -> list[Band]:
    """The median of each histogram of shares, with its band."""
    lows, middles, highs = (
        quantile(histograms, level, HUNDREDTHS, open_end=True).tolist() for level in (0.05, 0.5, 0.95)
    )
    return [Band(*row) for row in zip(middles, lows, highs, above(histograms).tolist(), strict=True)]


def _band(histogram: NDArray[np.int64], grid: Grid, *, open_end: bool = False) -> Band:
    low, high = (float(quantile(histogram, level, grid, open_end=open_end)) for level in (0.05, 0.95))
    return Band(float(average(histogram, grid)), low, high, float(above(histogram)) if open_end else 0.0)
