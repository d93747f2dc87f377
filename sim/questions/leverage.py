"""What the most influential assumption does: the count of compliant allies with the urgency of the start at half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.errors import UsageError
from sim.record.record import Record
from sim.run import simulate
from sim.scenario.schema import Scenario

MOST_PATHS = 20_000
"""Paths of the second run: enough for a tenth of an ally."""


@dataclass(frozen=True)
class HalfUrgency:
    """The expected number of allies that meet the core target, as assumed and at half the urgency, on the same luck."""

    year: int
    expected: float
    expected_at_half: float
    paths: int


def expected_number(record: Record, year: int) -> float:
    """The expected number of allies that meet the core target in a year."""
    number = record.counts.arrays["number"][0, year - record.description.base_year - 1]
    return float((number * np.arange(len(number))).sum() / record.counts.paths)


def half_urgency(scenario: Scenario, seed: int, paths: int, year: int) -> HalfUrgency:
    """Run the scenario as it is and with half the urgency of its start, on common random numbers.

    Raises:
        UsageError: the scenario has no core target.
    """
    if scenario.yardstick("core") is None:
        raise UsageError("the scenario has no core target to count against")
    paths = min(paths, MOST_PATHS)
    halved = simulate(scenario.with_urgency(0.5), paths, seed, executor="serial")
    usual = simulate(scenario, paths, seed, executor="serial")
    return HalfUrgency(year, expected_number(usual, year), expected_number(halved, year), paths)
