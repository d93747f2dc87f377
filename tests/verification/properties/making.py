"""Scenarios to try properties on, and how many: few in CI, many with HYPOTHESIS_PROFILE=long in the environment."""

from __future__ import annotations

import functools
import os
import tomllib
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sim
from reference.scenarios import scenarios
from sim.results.counts import KEEPABLE

Table = dict[str, Any]

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
FOLDER = Path(__file__).parents[3] / "scenarios"
SHIPPED = sorted(path.stem for path in FOLDER.glob("*.toml"))


@dataclass
class Tally:
    """What has been tried since the start of the process."""

    examples: int = 0
    runs: int = 0


TALLY = Tally()


def holds_for(few: int, many: int, **made: st.SearchStrategy[Any]) -> Callable[..., Any]:
    """The property holds for everything the strategies make: `few` examples in CI, `many` in the long form.

    The examples are the same every time, so that a figure can be printed again.
    """

    def decorate(test: Callable[..., None]) -> Any:
        @settings(
            max_examples=many if LONG else few,
            derandomize=True,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
        @given(**made)
        @functools.wraps(test)
        def counted(*args: Any, **values: Any) -> None:
            TALLY.examples += 1
            test(*args, **values)

        return counted

    return decorate


def tables(most_years: int = 4) -> st.SearchStrategy[Table]:
    """Made scenarios as the tables of a file."""
    return scenarios(most_years=most_years)


def made(most_years: int = 4) -> st.SearchStrategy[sim.Scenario]:
    """Made scenarios."""
    return tables(most_years).map(loaded)


seeds = st.integers(0, 2**63 - 1)


def loaded(table: Table) -> sim.Scenario:
    """The scenario of the tables of a file."""
    return sim.loads(tomli_w.dumps(table))


def shipped(name: str) -> sim.Scenario:
    """A scenario of the package."""
    return sim.load(FOLDER / f"{name}.toml")


def tables_of(scenario: sim.Scenario) -> Table:
    """Everything a file would say of a scenario."""
    return tomllib.loads(sim.dump(scenario))


def run(scenario: sim.Scenario, paths: int = 48, seed: int = 1) -> sim.Results:
    """A run with everything kept."""
    TALLY.runs += 1
    return sim.simulate(scenario, paths=paths, seed=seed, executor="serial", keep=KEEPABLE)


def everywhere(table: Table, section: str, name: str, value: Any) -> Table:
    """The tables with a parameter set for all allies, whatever single ones had of their own."""
    table = deepcopy(table)
    table.setdefault(section, {})[name] = value
    for ally in table.get("ally", {}).values():
        ally.get(section, {}).pop(name, None)
    return table
