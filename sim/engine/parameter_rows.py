"""Which row of the table of parameters each path takes, and whether it keeps the pledge in earnest."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.data.rows import ParameterDrawRow
from sim.data.tables import load_tables
from sim.distributions.draws import Draws, Mask, Paths
from sim.engine.inputs import AllyInputs
from sim.model.equations.exposure import Rule
from sim.model.estimated import BY_NAME
from sim.numerics.arrays import Value
from sim.numerics.exact import Function
from sim.scenario.schema import Scenario


class PathParameters(NamedTuple):
    """What one path takes from the table `parameter_draws`."""

    draw: int | None
    """The row: 0 is the estimate; None as shipped."""
    in_earnest: bool | None
    """Whether the pledge is kept in earnest; None where no path of the run keeps it so."""

    def __str__(self) -> str:
        """In words: "parameter draw 212, the pledge is kept in earnest"; "" where there is nothing to say."""
        words = [] if self.draw is None else [f"parameter draw {self.draw}" if self.draw else "parameters as estimated"]
        if self.in_earnest is not None:
            words.append(f"the pledge is {'' if self.in_earnest else 'not '}kept in earnest")
        return ", ".join(words)


class ParameterRows:
    """What the paths of a block take from the table `parameter_draws`, once for all allies.

    Behind the rows of the table the same ones stand again, for the paths that keep the pledge in earnest: `size` counts
    both.
    """

    def __init__(self, scenario: Scenario, draws: Draws) -> None:
        self._scenario, self._paths = scenario, draws.paths
        self._table, self.size = rows_of(scenario), rows_counted(scenario)
        self._values: dict[tuple[str, float, Function | None], Value] = {}
        self._taken: Paths | None = None
        """The row of each path; None where all take the same one."""
        if self.size > 1:
            earnest = draws.chance("parameters/in_earnest", scenario.probability_in_earnest)
            self._taken = draws.whole("parameters/draw", len(self._table)) + len(self._table) * earnest.astype(np.intp)
            self._in_order = np.argsort(self._taken, kind="stable")
            self._found, self._starts = np.unique(self._taken[self._in_order], return_index=True)
            self._lane = np.min_scalar_type(np.diff(self._starts, append=self._paths).max())
        self._waiting: list[tuple[NDArray[np.uint8], NDArray[np.int64]]] = []
        rule = scenario.parameters.rule_of_exposure
        self._rule = None if rule == "drawn" else Rule(rule)
        self._rules = draws.whole("parameters/geography", len(Rule)) if self._rule is None else None

    def counted(self) -> NDArray[np.intp]:
        """How many paths took each row, (rows,)."""
        return np.array([self._paths]) if self._taken is None else np.bincount(self._taken, minlength=self.size)

    def count(self, mask: Mask, into: NDArray[np.int64]) -> None:
        """Write into (rows,) how many of each row's paths a mask holds on; what waits is written by `finish`."""
        if self._taken is None:
            into[0] = np.count_nonzero(mask)
            return
        self._waiting.append((mask.view(np.uint8), into))
        if len(self._waiting) * self._lane.itemsize == 8:
            self.finish()

    def finish(self) -> None:
        """Count what waits, side by side in words of 64 bits: a single sum adds them all up, and none overflows."""
        if not self._waiting:
            return
        masks = [mask for mask, _ in self._waiting]
        spare = 8 // self._lane.itemsize - len(masks)
        words = np.stack(masks + masks[:1] * spare, axis=1, dtype=self._lane).view(np.uint64).reshape(-1)
        counts = np.zeros(self.size, dtype=np.uint64)
        counts[self._found] = np.add.reduceat(words.take(self._in_order), self._starts)
        for (_, into), column in zip(self._waiting, counts.view(self._lane).reshape(self.size, -1).T, strict=False):
            into[:] = column
        self._waiting.clear()

    def of_path(self, index: int) -> PathParameters:
        """What one path of the block took, by its place there.

        >>> import sim
        >>> from sim.distributions.draws import Draws
        >>> drawn = ParameterRows(sim.load("rutte_2032"), Draws(2032, 0, 16))
        >>> drawn.of_path(3)
        PathParameters(draw=347, in_earnest=True)
        """
        rows, taken = len(self._table), 0 if self._taken is None else int(self._taken[index])
        row = self._table[taken % rows]
        return PathParameters(None if row is None else row.draw, taken >= rows if self.size > rows else None)

    def numbers(self, numbers: NDArray[np.uint8], most: int) -> NDArray[np.intp]:
        """How many paths of each row have each of the numbers 0 to `most` - 1, (rows, most)."""
        cells = numbers if self._taken is None else self._taken * most + numbers
        return np.bincount(cells, minlength=self.size * most).reshape(self.size, most)

    def exposure(self, ally: AllyInputs) -> Value:
        """How near an ally lies to Russia, 0 to 1, by the rule of each path: a number, or float32 (paths,)."""
        if self._rule is not None:
            return ally.exposures[self._rule]
        each = list(ally.exposures.values())
        return each[0] if len(set(each)) == 1 else np.array(each, dtype=np.float32)[self._rules]

    def value(self, name: str, shipped: float, of: Function | None = None) -> Value:
        """A parameter by its name in a file, `of` applied: a number, or float32 (paths,); `shipped` without a row.

        The array is the same for every ally that asks: it cannot be written to.
        """
        if (name, shipped, of) not in self._values:
            column = _column(self._scenario, name, shipped, of)
            value = column if isinstance(column, float) else column[self._taken]
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            self._values[name, shipped, of] = value
        return self._values[name, shipped, of]


@lru_cache(maxsize=128)
def _column(scenario: Scenario, name: str, shipped: float, of: Function | None) -> Value:
    """A parameter in each row that a scenario's paths can take, `of` applied: float32 (rows,), or the number of all."""
    each, rows = BY_NAME[name], rows_of(scenario)
    column = [shipped if row is None else getattr(row, each.column) for row in rows]
    if rows_counted(scenario) > len(rows):
        column += [each.high] * len(rows) if each.in_earnest else column
    applied = [float(value) if of is None else of(float(value)) for value in column]
    return applied[0] if len(set(column)) == 1 else np.array(applied, dtype=np.float32)


@lru_cache(maxsize=8)
def rows_of(scenario: Scenario) -> tuple[ParameterDrawRow | None, ...]:
    """The rows that a scenario's paths take in turn: draws, the estimate, or None, the values as shipped.

    None too where a file says every parameter, so that nothing is left to a row.
    """
    use = scenario.parameters.use
    if use == "shipped" or not scenario.left_to_rows:
        return (None,)
    table = load_tables(scenario.replacements).parameter_draws
    if use == "estimated":
        return (table[0],)
    return table[1:]


def rows_counted(scenario: Scenario) -> int:
    """How many rows there are, with those that keep the pledge in earnest."""
    return len(rows_of(scenario)) * (2 if scenario.probability_in_earnest > 0 else 1)
