"""Reads the world at the end of each year and counts: each figure once. It keeps no path unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Mask
from sim.engine.conditional import Conditional
from sim.engine.december import CORE, LIFTED, RELATED, AllyOutcome, GroupOutcome, Yardsticks, outcomes
from sim.engine.inputs import AllyInputs
from sim.engine.parameter_rows import ParameterRows
from sim.model.calendar import Years
from sim.model.state import World
from sim.numerics.arrays import Value, at_most
from sim.numerics.grid import Centi, printed, reaches, usd_cell
from sim.results.counts import ARRAYS, CELLS, CERTAIN, EXPECTED, PARTS_OF_PATH, QUESTIONS, TALLIES, Counted, Counts
from sim.scenario.schema import Scenario

ONE = np.int64(1)
WITHOUT_PUSH = TALLIES.index("core_without_late_push")
BY_COUNTS = RELATED_MET, IN_FORCE, NOT_YET_DUE = range(len(QUESTIONS) - len(EXPECTED))
"""Of the questions those that counts answer."""


class Recorder:
    """Counts of one block."""

    def __init__(
        self,
        scenario: Scenario,
        inputs: Sequence[AllyInputs],
        caps: Sequence[Value],
        world: World,
        years: Years,
        first: int,
        keep: Sequence[str],
        rows: ParameterRows,
        yardsticks: Yardsticks,
        conditional: Conditional,
    ) -> None:
        """`caps` is what counts of each ally's security-related outlays at most, % of GDP."""
        self._rows = rows
        self._world, self._years, self._caps, engine = world, years, caps, world.draws.engine
        self._count = _count if engine.loops is None else engine.loops.counted
        self._usd_cells = engine(_usd_cells)
        size, steps = world.draws.paths, len(years.simulated)
        self.counts = Counts.empty(first, size, len(inputs), steps, keep, rows.size)
        self.counts.arrays["row_paths"][:] = rows.counted()
        self._yardsticks, self._conditional, self._stretches = yardsticks, conditional, conditional.stretches
        # of one December, over the paths of each stretch
        self._counted = np.zeros((len(BY_COUNTS), len(inputs), len(self._stretches)), dtype=np.int64)
        core = self._yardsticks.targets[CORE]
        self._in_force = next((world.targets[name] for name, t in scenario.targets.items() if t is core), None)
        self._usd_cell = [usd_cell(entry.gdp_usd_bn) for entry in inputs]
        groups = ([e for e in inputs if e.europe_canada], list(inputs))
        self._group_usd_cell = [usd_cell(sum(e.gdp_usd_bn for e in group)) for group in groups]
        at_start = [self._yardsticks.met(CORE, entry.iso3, printed(entry.base_share_pct)) for entry in inputs]
        self._history = [None if met is None else History(size, bool(met)) for met in at_start]
        self._bins = steps + 2  # the base year, the years simulated, never

    def record(self, year: int) -> None:
        """Count every ally and the groups, in December."""
        step, last = year - self._years.base - 1, year == self._years.last
        arrays, size = self.counts.arrays, self._world.draws.paths
        # one byte a path counts to 255; there are 31 allies
        tallies = np.zeros((len(TALLIES), size), dtype=np.uint8)
        for outcome in outcomes(self._world, self._yardsticks, self._caps):
            if isinstance(outcome, GroupOutcome):
                self._record_group(outcome, step)
            else:
                self._record_ally(outcome, year, step, tallies)
        for tally, complying in enumerate(tallies):
            self._record_number(tally, complying, step)
        self._record_probabilities(step)
        self._rows.finish()
        arrays["row_number"][step] = self._rows.numbers(tallies[CORE], arrays["number"].shape[2])
        if last:
            # a push is rare: until now only what its few paths differ by was counted
            for name in ("shares", "group_shares", "shortfall_usd", "group_shortfall_usd"):
                reported, spent = arrays[name], arrays[f"spent_{name}"]
                axis = ARRAYS[name].index("pillar") if "pillar" in ARRAYS[name] else None
                spent += reported if axis is None else reported.take(LIFTED, axis)
            for row, history in enumerate(self._history):
                if history is None:
                    arrays["first_year"][row, -1] = size
                    continue
                both = np.bincount(history.first + history.kept * self._bins, minlength=2 * self._bins)
                arrays["kept_from"][row] = both[self._bins :]
                arrays["first_year"][row] = both[: self._bins] + both[self._bins :]

    def _record_number(self, tally: int, complying: NDArray[np.uint8], step: int) -> None:
        """How many allies comply, over all paths, and how far stretches differ in how often at least so many do."""
        number, moments = self.counts.arrays["number"][tally, step], self.counts.arrays["number_moments"]
        each = np.array([np.bincount(part, minlength=len(number)) for part in self._stretches.parts(complying)])
        number[...] = each.sum(axis=0)
        at_least = each[self._stretches.whole, ::-1].cumsum(axis=1)[:, ::-1]
        moments[:, tally, step] = at_least.sum(axis=0), (at_least**2).sum(axis=0)

    def _record_probabilities(self, step: int) -> None:
        arrays, sums, whole = self.counts.arrays, self._conditional.sums, self._stretches.whole
        arrays["expected"][..., step] = sums.sum(axis=-1)
        questions = np.concatenate([in_parts(sums), self._counted * PARTS_OF_PATH])[..., whole]
        arrays["expected_moments"][..., step] = questions.sum(axis=-1), (questions**2).sum(axis=-1)
        number = in_parts(sums.sum(axis=1))[..., whole]
        arrays["expected_number_moments"][..., step] = number.sum(axis=-1), (number**2).sum(axis=-1)
        self._counted[...] = 0

    def _record_group(self, outcome: GroupOutcome, step: int) -> None:
        arrays, group, pushed = self.counts.arrays, outcome.group, outcome.pushed
        for pillar, prints in enumerate(outcome.prints):
            self._count(arrays["group_shares"][group, pillar, step], prints)
        for index, (pillar, spent) in enumerate(zip(LIFTED, outcome.spent_prints, strict=True)):
            _move(arrays["spent_group_shares"][group, index, step], outcome.prints[pillar][pushed], spent)
        cell_usd_bn, short, on_paper = self._group_usd_cell[group], outcome.shortfall_usd_m, outcome.on_paper_usd_m
        cells = self._usd_cells(short, cell_usd_bn)
        self._count(arrays["group_shortfall_usd"][group, step], cells)
        spent_cells = self._usd_cells(short[pushed] + on_paper, cell_usd_bn)
        _move(arrays["spent_group_shortfall_usd"][group, step], cells[pushed], spent_cells)
        arrays["group_shortfall_usd_m"][group, step] = reported = int(short.sum())
        arrays["spent_group_shortfall_usd_m"][group, step] = reported + int(on_paper.sum())

    def _record_ally(self, outcome: AllyOutcome, year: int, step: int, tallies: NDArray[np.uint8]) -> None:
        arrays, row = self.counts.arrays, outcome.row
        for pillar, prints in enumerate(outcome.prints):
            self._count(arrays["shares"][pillar, row, step], prints)
        for name, kept in self.counts.kept.items():
            kept[row, step] = getattr(outcome.state, name)
        for pillar, compliant in enumerate(outcome.met):
            if compliant is not None:
                arrays["compliant"][pillar, row, step] = np.count_nonzero(compliant)
                # a view, for True is the byte 1: no copy is made
                tallies[pillar] += compliant.view(np.uint8)
                self._rows.count(compliant, arrays["row_compliant"][pillar, row, step])
        if (related := outcome.met[RELATED]) is not None:
            self._counted[RELATED_MET, row] = self._stretches.counts(related)
        core, history = outcome.met[CORE], self._history[row]
        if core is not None and history is not None:
            tallies[WITHOUT_PUSH] += core.view(np.uint8)
            self._in_force_and_due(row, step, core, outcome.prints[CORE], year)
            history.add(core)
        self._record_push(outcome, step, tallies)
        self._record_money(outcome, step)

    def _record_push(self, outcome: AllyOutcome, step: int, tallies: NDArray[np.uint8]) -> None:
        push, row, arrays = outcome.push, outcome.row, self.counts.arrays
        if push is None:
            return
        for index, (pillar, spent, on_paper) in enumerate(zip(LIFTED, push.prints, push.on_paper, strict=True)):
            _move(arrays["spent_shares"][index, row, step], outcome.prints[pillar][push.paths], spent)
            if on_paper is None:
                continue
            arrays["on_paper"][pillar, row, step] = np.count_nonzero(on_paper)
            if pillar == CORE:
                tallies[WITHOUT_PUSH, push.paths] -= on_paper

    def _record_money(self, outcome: AllyOutcome, step: int) -> None:
        """Money short of the core target by what is reported, and by what is spent."""
        arrays, row, push = self.counts.arrays, outcome.row, outcome.push
        if outcome.shortfall_usd_m is None:
            return
        cell_usd_bn = self._usd_cell[row]
        cells = self._usd_cells(outcome.shortfall_usd_m, cell_usd_bn)
        self._count(arrays["shortfall_usd"][row, step], cells)
        # in float64: beyond 2**24 a sum in float32 loses single millions
        reported = int(outcome.shortfall_usd_m.astype(np.float64).sum())
        arrays["shortfall_usd_m"][row, step] = arrays["spent_shortfall_usd_m"][row, step] = reported
        if push is not None and push.shortfall_usd_m is not None and push.on_paper_usd_m is not None:
            spent = self._usd_cells(push.shortfall_usd_m, cell_usd_bn)
            _move(arrays["spent_shortfall_usd"][row, step], cells[push.paths], spent)
            arrays["spent_shortfall_usd_m"][row, step] += int(push.on_paper_usd_m.sum())

    def _in_force_and_due(self, row: int, step: int, core: Mask, prints: Centi, year: int) -> None:
        """Where the core target as a summit or review left it is met, and where it is not, but is no longer due."""
        arrays = self.counts.arrays
        target, original = self._in_force, self._yardsticks.targets[CORE]
        moved = target and (isinstance(target.share_pct, np.ndarray) or isinstance(target.by, np.ndarray))
        if target is None or original is None or not moved:
            arrays["in_force"][row, step] = arrays["compliant"][CORE, row, step]
            self._counted[IN_FORCE, row] = self._stretches.counts(core)
            return
        met = reaches(prints, target.share_pct)
        # before the original date nothing is due yet, so nothing can have been put off
        postponed = (target.by > year) if original.by <= year else np.False_
        waiting = postponed & ~met
        for question, mask in ((IN_FORCE, met), (NOT_YET_DUE, waiting)):
            self._counted[question, row] = self._stretches.counts(mask)
        arrays["not_yet_due"][row, step] = not_yet_due = np.count_nonzero(waiting)
        arrays["in_force"][row, step] = np.count_nonzero(met) + not_yet_due


class History:
    """When one ally first complied on each path, and whether it has since."""

    def __init__(self, size: int, at_start: bool) -> None:
        self._ever = np.full(size, at_start)
        self._broken = np.zeros(size, dtype=np.bool_)
        self.first = np.where(self._ever, 0, 1).astype(np.uint8)
        """Years before the first that complied, the base year counted: of all, where there is none."""

    def add(self, met: Mask) -> None:
        """One year more."""
        self._broken |= self._ever > met
        self._ever |= met
        self.first += ~self._ever

    @property
    def kept(self) -> Mask:
        """Paths that complied at some time and in every year since."""
        return self._ever & ~self._broken


def in_parts(sums: Counted) -> Counted:
    """Sums of probabilities, CERTAIN for one, in parts of a path, to the nearest."""
    return (sums * PARTS_OF_PATH + CERTAIN // 2) // CERTAIN


def _usd_cells(usd_m: NDArray[Any], cell_usd_bn: float) -> Centi:
    """Cells of money short, million USD."""
    cells = usd_m.astype(np.float32, copy=False) * (0.001 / cell_usd_bn) + 0.5
    # cut before the cast: what int32 cannot hold becomes any number, a negative cell among them
    grid: Centi = at_most(cells, np.float32(CELLS)).astype(np.int32)
    return grid


def _count(histogram: NDArray[np.int64], cells: Centi) -> None:
    """Count the paths of each cell; what lies above the grid goes to the last.

    By `add.at`, which takes two thirds of bincount's time: it looks for no smallest and largest cell.
    """
    if cells.max() >= CELLS:
        cells = np.minimum(cells, CELLS - 1)
    np.add.at(histogram, cells.astype(np.intp), ONE)


def _move(histogram: NDArray[np.int64], before: Centi, after: Centi) -> None:
    """Count paths in the cells `after` that were counted in `before`."""
    np.subtract.at(histogram, np.minimum(before, CELLS - 1).astype(np.intp), ONE)
    np.add.at(histogram, np.minimum(after, CELLS - 1).astype(np.intp), ONE)
