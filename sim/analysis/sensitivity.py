"""What the most influential assumptions do to the count of allies, one at a time, all random numbers the same."""

from __future__ import annotations

from dataclasses import dataclass

from sim.errors import UsageError
from sim.execution.simulate import simulate
from sim.model.estimated import BY_NAME
from sim.results.record import Record
from sim.results.summary import expected_number
from sim.scenario.schema import Scenario

HALF_URGENCY_PATHS = 20_000
"""Paths of the second run at most: enough for a tenth of an ally."""

SENSITIVITY_PATHS = 10_000
"""Paths of each run of `sensitivities` at most: enough for whole allies."""


HEADROOM = ("budget", "headroom_pct")


@dataclass(frozen=True)
class Sensitivity:
    """One assumption otherwise, all else and all random numbers the same."""

    assumption: str
    expected: float  # number of allies at the core target


@dataclass(frozen=True)
class HalfUrgency:
    """How many more allies (fewer: below 0) are expected at the core target if governments felt half as threatened.

    The same random numbers on both sides: the difference is that of the assumption.
    """

    year: int
    difference: float
    paths: int


def half_urgency(scenario: Scenario, record: Record, year: int) -> HalfUrgency:
    """Compare a run of a scenario with one of half the urgency at the start, on common random numbers.

    Raises:
        UsageError: the scenario has no core target.
    """
    if scenario.yardstick("core") is None:
        raise UsageError("the scenario has no core target to count against")
    seed, paths = int(record.manifest["seed"]), min(record.counts.paths, HALF_URGENCY_PATHS)
    usual = record if paths == record.counts.paths else simulate(scenario, paths, seed, executor="serial")
    halved = simulate(scenario.with_urgency(0.5), paths, seed, executor="serial")
    return HalfUrgency(year, expected_number(halved, year) - expected_number(usual, year), paths)


def sensitivities(scenario: Scenario, record: Record, year: int) -> tuple[Sensitivity, ...]:
    """The expected number of allies at the core target as it is, and with single assumptions otherwise.

    Empty where there is no core target.
    """
    if scenario.yardstick("core") is None:
        return ()
    budget, outturn = scenario.budget, scenario.outturn
    others = {"as in this run": scenario, "if governments felt half as threatened": scenario.with_urgency(0.5)}
    headroom = BY_NAME["budget.headroom_pct"].middle if HEADROOM in scenario.left_to_rows else budget.headroom_pct
    if isinstance(headroom, float):
        for step, assumption in ((-1.0, "sooner"), (1.0, "later")):
            level = headroom + step
            name = f"rises end {assumption}: at {level:g} % of GDP, and more with nearness to Russia"
            others[name] = _with(scenario, budget=budget.model_copy(update={"headroom_pct": level}))
    reach = outturn.late_push_reach_2025_pct  # the shipped model lets less be closed after 2025
    if outturn.late_push and outturn.late_push_reach_pct != reach:
        most = f": up to {reach:g} points" if isinstance(reach, float) else ""
        pushed = outturn.model_copy(update={"late_push_reach_pct": reach})
        others[f"as much is closed on paper as in 2025{most}"] = _with(scenario, outturn=pushed)
    others["nothing is closed on paper"] = _with(scenario, outturn=outturn.model_copy(update={"late_push": False}))
    seed, paths = int(record.manifest["seed"]), min(record.counts.paths, SENSITIVITY_PATHS)
    return tuple(
        Sensitivity(assumption, expected_number(simulate(other, paths, seed, executor="serial"), year))
        for assumption, other in others.items()
    )


def _with(scenario: Scenario, **sections: object) -> Scenario:
    return scenario.model_copy(update=sections)
