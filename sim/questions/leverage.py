"""What one of the most influential assumptions does: the count of allies with the urgency of the start at half."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import UsageError
from sim.record.record import Record
from sim.results.summary import expected_number
from sim.run import simulate
from sim.scenario.schema import Scenario

MOST_PATHS = 20_000
"""Paths of the second run: enough for a tenth of an ally."""


@dataclass(frozen=True)
class HalfUrgency:
    """How many more allies (fewer: below 0) are expected to meet the core target with the urgency of the start at half.

    The same luck on both sides: the difference is that of the assumption.
    """

    year: int
    difference: float
    paths: int


def half_urgency(scenario: Scenario, record: Record, year: int) -> HalfUrgency:
    """Compare a run of a scenario with one at half the urgency, on common random numbers.

    Raises:
        UsageError: the scenario has no core target.
    """
    if scenario.yardstick("core") is None:
        raise UsageError("the scenario has no core target to count against")
    seed, paths = int(record.manifest["seed"]), min(record.counts.paths, MOST_PATHS)
    usual = record if paths == record.counts.paths else simulate(scenario, paths, seed, executor="serial")
    halved = simulate(scenario.with_urgency(0.5), paths, seed, executor="serial")
    return HalfUrgency(year, expected_number(halved, year) - expected_number(usual, year), paths)
