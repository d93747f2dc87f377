"""The tables of a comparison row by row, for those who do without pandas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sim.analysis.comparison.intervals import of_difference
from sim.analysis.comparison.path_outcomes import MEASURES
from sim.analysis.comparison.record import ComparisonRecord
from sim.results.counts import CERTAIN, PARTS_OF_PATH, TALLIES
from sim.results.intervals import interval

UNITS = {
    "euc_spent": ("% of GDP", 100),
    "euc_shortfall": ("USD billion", 1_000),
    "nato_shortfall": ("USD billion", 1_000),
}
"""Unit of a measure and how many of its whole numbers make one; allies of all others."""

ON_PAPER = "_without_late_push"


@dataclass(frozen=True)
class PairRow:
    """One ally in one year: compliance in the first scenario, A, and in another, B, on the same paths."""

    iso3: str
    ally: str
    year: int
    pillar: str  # core, related, total, core_without_late_push
    scenario: str  # title of the other
    probability_a: float
    probability_b: float
    difference: float  # B less A
    ci_low: float  # of the difference, 95 %, from the pairs: Monte Carlo error only
    ci_high: float
    only_a: int  # paths that comply in A and not in B
    only_b: int
    low_a: float  # of the probability in A alone, 95 %
    high_a: float
    low_b: float
    high_b: float
    paths: int

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.ci_low > 0 or self.ci_high < 0

    @property
    def crosses_half(self) -> str:
        """Whether it is likelier than not in one scenario only, beyond Monte Carlo error: up (in B), down, or no."""
        if self.high_a < 0.5 < self.low_b:
            return "up"
        return "down" if self.high_b < 0.5 < self.low_a else "no"


@dataclass(frozen=True)
class AllianceRow:
    """One figure of the alliance in one year, expected in the first scenario, A, and in another, B."""

    scenario: str  # title of the other
    year: int
    measure: str  # allies_core, ..., euc_spent, euc_shortfall, nato_shortfall
    unit: str
    expected_a: float
    expected_b: float
    difference: float  # B less A
    ci_low: float  # of the difference, 95 %, from the pairs
    ci_high: float
    paths: int

    @property
    def told_apart(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.ci_low > 0 or self.ci_high < 0


def pair_rows(comparison: ComparisonRecord, year: int | None = None) -> Iterator[PairRow]:
    """Other by other, pillar by pillar, ally by ally, year by year, where both have a yardstick that binds the ally."""
    joint, paths = comparison.joint, comparison.paths
    first, probabilities = comparison.scenarios[0], joint.expected / (CERTAIN * paths)
    lows, highs = interval(probabilities, joint.moments.swapaxes(0, 1), paths, PARTS_OF_PATH)
    for other, description in enumerate(comparison.scenarios[1:]):
        for tally, name in enumerate(TALLIES):
            ours, theirs = (each.yardstick(name.removesuffix(ON_PAPER)) for each in (first, description))
            if ours is None or theirs is None:
                continue
            for index, entry in enumerate(first.allies):
                if not (ours.binds(entry.iso3) and theirs.binds(entry.iso3)):
                    continue
                for step, then in enumerate(comparison.years):
                    if year not in (None, then):
                        continue
                    cell = (tally, index, step)
                    met_a, met_b = (int(joint.met[(which, *cell)]) for which in (0, other + 1))
                    both = int(joint.both[(other, *cell)])
                    only_a, only_b = met_a - both, met_b - both
                    a, b = (float(probabilities[(which, *cell)]) for which in (0, other + 1))
                    expected = int(joint.expected[(other + 1, *cell)]) - int(joint.expected[(0, *cell)])
                    difference = expected / (CERTAIN * paths)
                    low, high = of_difference(
                        difference, only_b - only_a, only_b + only_a,
                        joint.difference_moments[(other, slice(None), *cell)].tolist(), paths, PARTS_OF_PATH,
                    )  # fmt: skip
                    if comparison.same[other]:
                        low = high = 0.0
                    low_a, high_a, low_b, high_b = (
                        float(ends[(which, *cell)]) for which in (0, other + 1) for ends in (lows, highs)
                    )
                    yield PairRow(
                        entry.iso3, entry.name, then, name, comparison.titles[other + 1], a, b, difference,
                        max(low, -1.0), min(high, 1.0), only_a, only_b, low_a, high_a, low_b, high_b, paths,
                    )  # fmt: skip


def alliance_rows(comparison: ComparisonRecord, year: int | None = None) -> Iterator[AllianceRow]:
    """Other by other, measure by measure, year by year; what one of the two does not measure is left out."""
    joint, paths = comparison.joint, comparison.paths
    first = comparison.scenarios[0]
    for other, description in enumerate(comparison.scenarios[1:]):
        for index, measure in enumerate(MEASURES):
            needed = pillar_of(measure)
            if needed and (first.yardstick(needed) is None or description.yardstick(needed) is None):
                continue
            unit, parts = UNITS.get(measure, ("allies", 1))
            for step, then in enumerate(comparison.years):
                if year not in (None, then):
                    continue
                sum_a, sum_b = (int(joint.sums[which, index, step]) for which in (0, other + 1))
                a, b, one, moment_parts = sum_a, sum_b, 1, 1
                if unit == "allies":  # those expected
                    a, b = (int(joint.expected[which, index, :, step].sum()) for which in (0, other + 1))
                    one, moment_parts = CERTAIN, PARTS_OF_PATH
                low, high = of_difference(
                    (b - a) / (one * paths), sum_b - sum_a, int(joint.squares[other, index, step]),
                    joint.figure_moments[other, :, index, step].tolist(), paths, moment_parts,
                )  # fmt: skip
                if comparison.same[other]:
                    low = high = 0.0
                yield AllianceRow(
                    comparison.titles[other + 1], then, measure, unit, a / one / paths / parts, b / one / paths / parts,
                    (b - a) / one / paths / parts, low / parts, high / parts, paths,
                )  # fmt: skip


def pillar_of(measure: str) -> str | None:
    """The pillar whose yardstick a measure needs; None: it needs none."""
    if measure.startswith("allies_"):
        return measure.removeprefix("allies_").removesuffix(ON_PAPER)
    return "core" if measure.endswith("_shortfall") else None
