"""Which parameters are estimated, and the range each may take before any figure is seen.

A range is what a reader in 2014 could have defended without the figures: from no effect at all to about twice what the
model ships with. Its middle is where an estimate stands as long as the figures say nothing else; it owes nothing to
the shipped value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.edit.change import number, with_numbers
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimated:
    """A parameter and its range."""

    name: str  # as in a scenario file: "budget.speed", "will.mean.sd"
    low: float
    high: float
    title: str

    @property
    def middle(self) -> float:
        """Where it stands before any figure is seen."""
        return (self.low + self.high) / 2


ESTIMATED = (
    Estimated("budget.speed", 0.0, 0.3, "speed of adjustment without urgency"),
    Estimated("budget.speed_urgency", 0.0, 0.5, "speed that a unit of urgency adds"),
    Estimated("budget.speed_down", 0.0, 0.5, "speed of adjustment downward"),
    Estimated("budget.threat_weight", 0.0, 12.0, "weight of the threat, by exposure"),
    Estimated("budget.threat_urgency", 0.0, 1.5, "weight of urgency beside will in it"),
    Estimated("budget.norm_learning", 0.0, 0.5, "how fast the norm follows what is spent"),
    Estimated("budget.pledge_weight", 0.0, 1.0, "weight of the pledge in the desired share"),
    Estimated("budget.deadline_weight", 0.0, 1.0, "weight of the pledge's date"),
    Estimated("budget.headroom_pct", 2.0, 6.0, "level at which increases end, far from Russia"),
    Estimated("will.mean.mean", -1.5, 1.5, "mean of will"),
    Estimated("will.mean.sd", 0.1, 2.0, "spread of will between allies"),
    Estimated("urgency.decay", 0.0, 0.3, "decay of urgency in a year"),
    Estimated("outturn.noise.sd", 0.02, 0.2, "noise of outlays"),
    Estimated("outturn.late_push_weight", 0.0, 1.0, "probability of closing on paper at full willingness"),
)

LOW: Floats = np.array([parameter.low for parameter in ESTIMATED])
HIGH: Floats = np.array([parameter.high for parameter in ESTIMATED])
MIDDLE: Floats = np.full(len(ESTIMATED), 0.5)
"""The middle of every range, as a point of the unit cube."""


def numbers_at(point: Floats) -> dict[str, float]:
    """The parameters by name at a point of the unit cube (parameters,); rounded to six significant digits."""
    values = LOW + point * (HIGH - LOW)
    return {each.name: float(f"{value:.6g}") for each, value in zip(ESTIMATED, values, strict=True)}


def point_of(numbers: Mapping[str, float]) -> Floats:
    """The point of the unit cube (parameters,) where the parameters have these values."""
    values = np.array([numbers[each.name] for each in ESTIMATED])
    point: Floats = (values - LOW) / (HIGH - LOW)
    return point


def shipped(scenario: Scenario) -> dict[str, float]:
    """The same parameters as a scenario has them."""
    return {each.name: number(scenario, each.name) for each in ESTIMATED}


def variants_at(scenario: Scenario, points: Floats) -> list[Scenario]:
    """The scenario at each of the points (points, parameters)."""
    return [with_numbers(scenario, numbers_at(point)) for point in points]
