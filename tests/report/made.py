"""A run made by hand: a few allies, and every figure as a test wants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.results.counts import Counts
from sim.results.parameter_range import Range
from sim.results.record import AllyDescription, Description, Record, Yardstick
from sim.results.summary import AllianceSummary, AllySummary, Band, Chance

BASE, YEARS, PATHS = 2026, (2027, 2028), 100
CORE = Yardstick("core", "core", 3.5, 2028, None)
RELATED = Yardstick("related", "related", 1.5, 2028, ("BBB",))
TOTAL = Yardstick("total", "total", 5.0, 2028, None)


def ally(name: str, *, share_pct: float = 2.0, gdp_usd_bn: float = 100.0, europe: bool = True) -> AllyDescription:
    """An ally by its name, whose first letter thrice is its code."""
    return AllyDescription(3 * name[0].upper(), name, share_pct, False, gdp_usd_bn, europe)


def run(
    allies: Sequence[AllyDescription],
    *yardsticks: Yardstick,
    paths: int = PATHS,
    manifest: Mapping[str, Any] | None = None,
    scenario: str = "",
    **arrays: Any,
) -> Record:
    """A run over YEARS, none of whose counts are set but those given."""
    counts = Counts.empty(0, paths, len(allies), len(YEARS))
    for name, array in arrays.items():
        assert name in counts.arrays
        counts.arrays[name] = array
    described = Description("made", "", "", BASE, YEARS, tuple(allies), yardsticks)
    return Record(described, counts, manifest or {}, scenario)


def chance(probability: float, without: float | None = None, **more: Any) -> Chance:
    """A probability with an interval of one run of 100 to either side."""
    without = probability if without is None else without
    ends = [(each, max(0.0, each - 0.01), min(1.0, each + 0.01)) for each in (probability, without)]
    return replace(Chance(*ends[0], *ends[1], *ends[0], 0.0, 0.0, 0.0, probability), **more)


def line(entry: AllyDescription, *, first_year: int | None = 2028, spent: Band, reported: Band | None = None,
         **chances: Chance) -> AllySummary:  # fmt: skip
    """One ally in one year."""
    return AllySummary(entry, spent, reported or spent, chances, first_year)


def alliance(**given: Any) -> AllianceSummary:
    """The alliance in one year, ten allies that the core target binds, as they are unless given."""
    band = Band(3.2, 2.9, 3.5)
    usual = AllianceSummary(
        10, {"core": 10}, Band(4.2, 2.0, 7.0), Band(3.4, 1.0, 6.0), 7, None, None, chance(0.12), None, None, band, band
    )
    return replace(usual, **given)


WIDE = Range(0.393, 0.772)
