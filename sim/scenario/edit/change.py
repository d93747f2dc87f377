"""A scenario with some numbers changed by name: "budget.speed", or "will.mean.sd" inside a distribution."""

from __future__ import annotations

import math
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from sim.distributions.families import Family
from sim.errors import UsageError
from sim.model.declaring import FrozenModel
from sim.model.sections import SECTIONS
from sim.scenario.loading.checks.together import LARGEST
from sim.scenario.schema import Scenario


def number_names(scenario: Scenario) -> list[str]:
    """Every name that `with_numbers` takes, in the order of the sections."""
    return list(_numbers(scenario))


def number(scenario: Scenario, name: str) -> float:
    """The number under a name.

    Raises:
        UsageError: no such name.
    """
    numbers = _numbers(scenario)
    if name not in numbers:
        raise _unknown(name, numbers)
    return numbers[name]


def with_numbers(scenario: Scenario, numbers: Mapping[str, float]) -> Scenario:
    """The scenario with these numbers in the place of its own; validated as if a file had said so.

    Raises:
        UsageError: no such name, or a number outside its bounds.
    """
    known = _numbers(scenario)
    sections: dict[str, Any] = {}
    for name, value in numbers.items():
        if name not in known:
            raise _unknown(name, known)
        if LARGEST < abs(value) < math.inf:
            raise UsageError(f"{name} = {value!r}: must be between {-LARGEST:,.0f} and {LARGEST:,.0f}; check the unit")
        section, field, *inner = name.split(".")
        facts = sections.get(section, getattr(scenario, section))
        distribution: Any = float(value)
        if inner:
            distribution = getattr(facts, field).model_copy(update={inner[0]: float(value)})
        sections[section] = facts.model_copy(update={field: distribution})
    return scenario.model_copy(update={name: _checked(name, section, numbers) for name, section in sections.items()})


def _checked(name: str, section: FrozenModel, numbers: Mapping[str, float]) -> FrozenModel:
    """The section, validated.

    Raises:
        UsageError: the number that breaks a rule, by its name.
    """
    try:
        return type(section).model_validate(section.model_dump(exclude_unset=True))
    except ValidationError as error:
        first = error.errors()[0]
        parameter = f"{name}.{first['loc'][0]}"
        given = {key: value for key, value in numbers.items() if key == parameter or key.startswith(f"{parameter}.")}
        exact = f"{parameter}.{first['loc'][-1]}"
        shown = {exact: given[exact]} if exact in given else given
        assignments = ", ".join(f"{key} = {value!r}" for key, value in shown.items())
        raise UsageError(f"{assignments}: {first['msg'].removeprefix('Value error, ')}") from error


def _numbers(scenario: Scenario) -> dict[str, float]:
    found: dict[str, float] = {}
    for section in (each.name for each in SECTIONS):
        facts = getattr(scenario, section)
        for field in type(facts).model_fields:
            distribution = getattr(facts, field)
            if isinstance(distribution, Family):
                values = ((f".{inner}", getattr(distribution, inner)) for inner in type(distribution).model_fields)
                found |= {f"{section}.{field}{inner}": value for inner, value in values if isinstance(value, float)}
            elif isinstance(distribution, float):
                found[f"{section}.{field}"] = distribution
    return found


def _unknown(name: str, numbers: Mapping[str, float]) -> UsageError:
    near = get_close_matches(name, numbers, 1)
    return UsageError(
        f"no number {name!r} in the scenario; " + (f"did you mean {near[0]}?" if near else "see `sim schema`")
    )
