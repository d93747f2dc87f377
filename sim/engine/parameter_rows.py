"""Which row of the table of parameters each path takes, and whether it keeps the pledge in earnest."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from sim.data.rows import ParameterDrawRow
from sim.data.tables import load_tables
from sim.distributions.draws import Draws, Paths
from sim.engine.inputs import AllyInputs
from sim.model.equations.exposure import Rule
from sim.model.estimated import ESTIMATED
from sim.numerics.arrays import Value
from sim.numerics.exact import Function
from sim.scenario.schema import Scenario

BY_NAME = {each.name: each for each in ESTIMATED}


class ParameterRows:
    """What the paths of a block take from the table `parameter_draws`, once for all allies.

    A place is a row, and behind the last row the same rows again, for the paths that keep the pledge in earnest:
    `places` (paths,) is where each path stands. None where all stand at one.
    """

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        rows, probability = rows_of(scenario), scenario.parameters.probability_in_earnest
        self._rows, self.places = rows, places(scenario)
        self.taken: Paths | None = None
        if self.places > 1:
            self.taken = draws.whole("parameters/draw", len(rows))
        if probability > 0:
            assert self.taken is not None
            self.taken += len(rows) * draws.chance("parameters/in_earnest", probability)

        rule = scenario.parameters.rule_of_exposure
        self._rule = None if rule == "drawn" else Rule(rule)
        self._rules = draws.whole("parameters/geography", len(Rule)) if self._rule is None else None

    def exposure(self, ally: AllyInputs) -> Value:
        """How near an ally lies to Russia, 0 to 1, by the rule of each path: a number, or float32 (paths,)."""
        if self._rule is not None:
            return ally.exposures[self._rule]
        each = list(ally.exposures.values())
        return each[0] if len(set(each)) == 1 else np.array(each, dtype=np.float32)[self._rules]

    def value(self, name: str, shipped: float, of: Function | None = None) -> Value:
        """A parameter by its name in a file, `of` applied: a number, or float32 (paths,); `shipped` without a row."""
        each = BY_NAME[name]
        column = [shipped if row is None else getattr(row, each.column) for row in self._rows]
        if self.taken is None:
            return _applied(column[0], of)
        if self.places > len(column):
            column += [each.high] * len(column) if each.in_earnest else column
        if len(set(column)) == 1:
            return _applied(column[0], of)
        return np.array([_applied(value, of) for value in column], dtype=np.float32)[self.taken]


def _applied(value: float, of: Function | None) -> float:
    return float(value) if of is None else of(float(value))


@lru_cache(maxsize=8)
def rows_of(scenario: Scenario) -> tuple[ParameterDrawRow | None, ...]:
    """The rows that a scenario's paths take in turn: draws, the estimate, or None, the values as shipped."""
    use = scenario.parameters.use
    if use == "shipped":
        return (None,)
    table = load_tables(scenario.replacements).parameter_draws
    if use == "estimated":
        return (table[0],)
    return table[1:]


def places(scenario: Scenario) -> int:
    """How many places there are: rows, and twice as many where some paths keep the pledge in earnest."""
    return len(rows_of(scenario)) * (2 if scenario.parameters.probability_in_earnest > 0 else 1)
