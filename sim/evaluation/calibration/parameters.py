"""The estimated parameters as points of the unit cube, each range from 0 to 1, and back as numbers of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.model.estimated import ESTIMATED
from sim.scenario.edit.change import number, with_numbers
from sim.scenario.schema import Scenario

Floats = NDArray[np.float64]


MIDDLE: Floats = np.full(len(ESTIMATED), 0.5)
"""The middle of every range, as a point of the unit cube."""


def numbers_at(point: Floats) -> dict[str, float]:
    """The parameters by name at a point of the unit cube (parameters,); rounded to six significant digits."""
    return {each.name: float(f"{each.at(float(part)):.6g}") for each, part in zip(ESTIMATED, point, strict=True)}


def point_of(numbers: Mapping[str, float]) -> Floats:
    """The point of the unit cube (parameters,) where the parameters have these values."""
    return np.array([each.part(numbers[each.name]) for each in ESTIMATED])


def shipped(scenario: Scenario) -> dict[str, float]:
    """The same parameters as a scenario has them."""
    return {each.name: number(scenario, each.name) for each in ESTIMATED}


def variants_at(scenario: Scenario, points: Floats) -> list[Scenario]:
    """The scenario at each of the points (points, parameters)."""
    return [with_numbers(scenario, numbers_at(point)) for point in points]
