"""What several tests need."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

import sim
from sim.numerics.arrays import Array, Value

Present = TypeVar("Present")


def changed(scenario: sim.Scenario, **sections: dict[str, Any]) -> sim.Scenario:
    """A scenario with some parameters of its sections replaced."""
    update = {name: getattr(scenario, name).model_copy(update=values) for name, values in sections.items()}
    return scenario.model_copy(update=update)


def present(value: Present | None) -> Present:
    """What must be there."""
    assert value is not None
    return value


def per_path(value: Value) -> Array:
    """What must be an array, one value a path."""
    assert isinstance(value, np.ndarray)
    return value


SHIPPED = '[parameters]\nuse = "shipped"\n'
"""A section for facts that are those of the parameters as shipped."""


def as_shipped(scenario: sim.Scenario) -> sim.Scenario:
    """A scenario with the parameters as shipped, but for those that it sets."""
    return scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={"use": "shipped"})})
