"""Reads the world at the end of each year and counts: each figure once. It keeps no path unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Mask, Paths
from sim.engine.ally import Years
from sim.engine.inputs import AllyInputs
from sim.model.equations.outturn import total
from sim.model.equations.related import counted
from sim.model.parameters import Target
from sim.model.state import AllyState, World
from sim.numerics.arrays import Array, Value, at_most, positive
from sim.numerics.grid import printed, usd_cell
from sim.results.counts import CELLS, PILLARS, SPENT, TALLIES, Counts
from sim.scenario.schema import Scenario

CORE, RELATED, TOTAL = range(3)
ONE = np.int64(1)
WITHOUT_PUSH = TALLIES.index("core_without_late_push")
LIFTED = tuple(PILLARS.index(pillar) for pillar in SPENT)


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
    ) -> None:
        """`caps` is what counts of each ally's security-related outlays at most, % of GDP."""
        self._world, self._years = world, years
        size, steps = world.draws.paths, len(years.simulated)
        self.counts = Counts.empty(first, size, len(inputs), steps, keep)
        self._yardsticks = [scenario.yardstick(pillar) for pillar in PILLARS]
        self._goals = [printed(target.share_pct) if target else None for target in self._yardsticks]
        core = self._yardsticks[CORE]
        self._in_force = next((world.targets[name] for name, t in scenario.targets.items() if t is core), None)
        self._caps = caps
        self._usd_cell = [usd_cell(entry.gdp_usd_bn) for entry in inputs]
        groups = ([e for e in inputs if e.europe_canada], list(inputs))
        self._group_usd_cell = [usd_cell(sum(e.gdp_usd_bn for e in group)) for group in groups]
        goal = self._goals[CORE]
        self._history = [
            History(size, bool(printed(entry.base_share_pct) >= goal))
            if core and goal is not None and _binds(core, entry.iso3)
            else None
            for entry in inputs
        ]
        self._bins = steps + 2  # the base year, the years simulated, never

    def record(self, year: int) -> None:
        """Count every ally and the groups, in December."""
        step, last = year - self._years.base - 1, year == self._years.last
        arrays, size = self.counts.arrays, self._world.draws.paths
        tallies = np.zeros((len(TALLIES), size), dtype=np.uint8)
        sums = Sums(size)
        # Europe and Canada first: the alliance is they and the United States.
        for group, members in enumerate((True, False)):
            for place, ally in enumerate(self._world.allies.values()):
                if ally.europe_canada is members:
                    self._record_ally(place, ally, year, step, tallies, sums)
            self._record_group(group, step, sums)
        for tally, complying in enumerate(tallies):
            arrays["number"][tally, step] = np.bincount(complying, minlength=arrays["number"].shape[2])
        if last:
            for place, history in enumerate(self._history):
                if history is None:
                    arrays["first_year"][place, -1] = size
                    continue
                both = np.bincount(history.first + history.kept * self._bins, minlength=2 * self._bins)
                arrays["kept_from"][place] = both[self._bins :]
                arrays["first_year"][place] = both[: self._bins] + both[self._bins :]

    def _record_group(self, group: int, step: int, sums: Sums) -> None:
        arrays, cell_usd_bn, pushed = self.counts.arrays, self._group_usd_cell[group], sums.pushed
        prints = [printed(share) for share in sums.shares_pct]
        for pillar, cells in enumerate(prints):
            _count(arrays["group_shares"][group, pillar, step], cells)
        for place, (pillar, share) in enumerate(zip(LIFTED, sums.spent_pct(pushed), strict=True)):
            histogram = arrays["spent_group_shares"][group, place, step]
            histogram[...] = arrays["group_shares"][group, pillar, step]
            _move(histogram, prints[pillar][pushed], printed(share))
        short, by_spent = sums.shortfall_usd_m, sums.shortfall_usd_m[pushed] + sums.on_paper_usd_m[pushed]
        cells = _usd_cells(short, cell_usd_bn)
        _count(arrays["group_shortfall_usd"][group, step], cells)
        arrays["spent_group_shortfall_usd"][group, step] = arrays["group_shortfall_usd"][group, step]
        _move(arrays["spent_group_shortfall_usd"][group, step], cells[pushed], _usd_cells(by_spent, cell_usd_bn))
        arrays["group_shortfall_usd_m"][group, step] = int(short.sum())
        arrays["spent_group_shortfall_usd_m"][group, step] = int(short.sum() + sums.on_paper_usd_m.sum())

    def _record_ally(
        self, place: int, ally: AllyState, year: int, step: int, tallies: NDArray[np.uint8], sums: Sums
    ) -> None:
        arrays = self.counts.arrays
        assert ally.reported_pct is not None
        related = counted(ally.related_pct, cap_pct=self._caps[place])
        shares = (ally.reported_pct, related, total(ally.reported_pct, related))
        prints = [printed(share) for share in shares]
        for pillar, cells in enumerate(prints):
            _count(arrays["shares"][pillar, place, step], cells)
        arrays["spent_shares"][:, place, step] = arrays["shares"][LIFTED, place, step]
        sums.add(ally.gdp_usd_bn, ally.reported_pct, related)
        for name, kept in self.counts.kept.items():
            kept[place, step] = getattr(ally, name)
        met = self._compliance(ally.iso3, prints)
        for pillar, compliant in enumerate(met):
            if compliant is not None:
                arrays["compliant"][pillar, place, step] = np.count_nonzero(compliant)
                tallies[pillar] += compliant.view(np.uint8)
        core, history = met[CORE], self._history[place]
        if core is not None and history is not None:
            tallies[WITHOUT_PUSH] += core.view(np.uint8)
            self._in_force_and_due(place, step, core, prints[CORE], year)
            history.add(core)
            self._shortfall(place, step, ally, prints[CORE], sums)
        if ally.pushed is not None:
            self._record_push(place, ally, step, met, prints, related, tallies, sums)

    def _record_push(
        self, place: int, ally: AllyState, step: int, met: Sequence[Mask | None], prints: Sequence[NDArray[np.int32]],
        related: Array, tallies: NDArray[np.uint8], sums: Sums,
    ) -> None:  # fmt: skip
        """What a late push alone brought: only its own paths can differ."""
        paths, arrays = ally.pushed, self.counts.arrays
        assert paths is not None
        assert ally.reported_pct is not None
        assert ally.spent_pct is not None
        spent, counting = ally.spent_pct[paths], related[paths]
        spent_prints = [printed(share) for share in (spent, counting, total(spent, counting))]
        for row, pillar in enumerate(LIFTED):
            _move(arrays["spent_shares"][row, place, step], prints[pillar][paths], spent_prints[pillar])
        sums.add_on_paper(paths, ally.gdp_usd_bn, ally.reported_pct, ally.spent_pct)
        if met[CORE] is not None:
            gdp = ally.gdp_usd_bn[paths]
            usd_m, more = (
                short_usd_m(self._goals[CORE], cells, gdp) for cells in (prints[CORE][paths], spent_prints[CORE])
            )
            cell_usd_bn = self._usd_cell[place]
            histogram = arrays["spent_shortfall_usd"][place, step]
            _move(histogram, _usd_cells(usd_m, cell_usd_bn), _usd_cells(more, cell_usd_bn))
            on_paper_usd_m = more.astype(np.float64) - usd_m
            arrays["spent_shortfall_usd_m"][place, step] += int(on_paper_usd_m.sum())
            sums.on_paper_usd_m[paths] += on_paper_usd_m
        plain = self._compliance(ally.iso3, spent_prints)
        for pillar, (compliant, honest) in enumerate(zip(met, plain, strict=True)):
            if compliant is None or honest is None:
                continue
            on_paper = compliant[paths] & ~honest
            arrays["on_paper"][pillar, place, step] = np.count_nonzero(on_paper)
            if pillar == CORE:
                tallies[WITHOUT_PUSH, paths] -= on_paper

    def _compliance(self, iso3: str, prints: list[NDArray[np.int32]]) -> list[Mask | None]:
        """Per pillar, where the yardstick is met; the total needs the core as well. None where there is none."""
        met: list[Mask | None] = []
        for pillar, (target, goal) in enumerate(zip(self._yardsticks, self._goals, strict=True)):
            if target is None or goal is None or not _binds(target, iso3):
                met.append(None)
                continue
            compliant = prints[pillar] >= goal
            core = met[CORE] if pillar == TOTAL else None
            met.append(compliant if core is None else compliant & core)
        return met

    def _in_force_and_due(self, place: int, step: int, core: Mask, cells: NDArray[np.int32], year: int) -> None:
        """Where the core target as a summit or review left it is met, and where it is not, but is no longer due."""
        arrays = self.counts.arrays
        target, original = self._in_force, self._yardsticks[CORE]
        moved = target and (isinstance(target.share_pct, np.ndarray) or isinstance(target.by, np.ndarray))
        if target is None or original is None or not moved:
            arrays["in_force"][place, step] = arrays["compliant"][CORE, place, step]
            return
        met = cells >= printed(target.share_pct)
        postponed = (target.by > year) if original.by <= year else np.False_
        not_yet_due = np.count_nonzero(postponed & ~met)
        arrays["not_yet_due"][place, step] = not_yet_due
        arrays["in_force"][place, step] = np.count_nonzero(met) + not_yet_due

    def _shortfall(self, place: int, step: int, ally: AllyState, cells: NDArray[np.int32], sums: Sums) -> None:
        """Money short of the core target by what is reported."""
        arrays, usd_m = self.counts.arrays, short_usd_m(self._goals[CORE], cells, ally.gdp_usd_bn)
        _count(arrays["shortfall_usd"][place, step], _usd_cells(usd_m, self._usd_cell[place]))
        arrays["spent_shortfall_usd"][place, step] = arrays["shortfall_usd"][place, step]
        exact = usd_m.astype(np.float64)
        arrays["shortfall_usd_m"][place, step] = arrays["spent_shortfall_usd_m"][place, step] = int(exact.sum())
        sums.shortfall_usd_m += exact


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


class Sums:
    """Running sums of a group of allies over one December; of money short exact, in whole numbers."""

    def __init__(self, size: int) -> None:
        self.gdp, self._core, self._related = (np.zeros(size, dtype=np.float32) for _ in range(3))
        self.shortfall_usd_m, self.on_paper_usd_m = (np.zeros(size, dtype=np.float64) for _ in range(2))
        self._on_paper = np.zeros(size, dtype=np.float32)

    def add(self, gdp_usd_bn: Array, core_pct: Array, related_pct: Array) -> None:
        """One ally more: its core outlays as reported, and what counts of the security-related."""
        self.gdp += gdp_usd_bn
        self._core += gdp_usd_bn * core_pct
        self._related += gdp_usd_bn * related_pct

    @property
    def shares_pct(self) -> tuple[Array, Array, Array]:
        """The group's average shares by pillar, weighted by GDP."""
        return self._core / self.gdp, self._related / self.gdp, (self._core + self._related) / self.gdp

    def add_on_paper(self, paths: Paths, gdp_usd_bn: Array, reported_pct: Array, spent_pct: Array | None) -> None:
        """What an ally's late push added on some paths: reported, and not spent."""
        assert spent_pct is not None
        self._on_paper[paths] += gdp_usd_bn[paths] * (reported_pct[paths] - spent_pct[paths])

    @property
    def pushed(self) -> Paths:
        """Where a late push of some ally made a part of the group's average."""
        return np.flatnonzero(self._on_paper)

    def spent_pct(self, paths: Paths) -> tuple[Array, Array]:
        """The group's average shares on some paths by the pillars that late pushes lift, without these."""
        gdp, core = self.gdp[paths], self._core[paths] - self._on_paper[paths]
        return core / gdp, (core + self._related[paths]) / gdp


def short_usd_m(goal: NDArray[np.int32] | None, cells: NDArray[np.int32], gdp_usd_bn: Array) -> Array:
    """Money short of the core target at these shares, in whole million USD of the base year."""
    assert goal is not None
    short = positive((goal - cells).astype(np.float32))  # hundredths of a point
    usd_m: Array = np.floor(short * (gdp_usd_bn * np.float32(0.1)) + 0.5)
    return usd_m


def _binds(target: Target, iso3: str) -> bool:
    return target.members is None or iso3 in target.members


def _usd_cells(usd_m: NDArray[Any], cell_usd_bn: float) -> NDArray[np.int32]:
    """Cells of money short, million USD."""
    cells = usd_m.astype(np.float32, copy=False) * np.float32(0.001 / cell_usd_bn) + 0.5
    grid: NDArray[np.int32] = at_most(cells, np.float32(CELLS)).astype(np.int32)
    return grid


def _count(histogram: NDArray[np.int64], cells: NDArray[np.int32]) -> None:
    """Count the paths of each cell; what lies above the grid goes to the last.

    By `add.at`, which takes two thirds of bincount's time: it looks for no smallest and largest cell.
    """
    if cells.max() >= CELLS:
        cells = np.minimum(cells, CELLS - 1)
    np.add.at(histogram, cells.astype(np.intp), ONE)


def _move(histogram: NDArray[np.int64], before: NDArray[np.int32], after: NDArray[np.int32]) -> None:
    """Count paths in the cells `after` that were counted in `before`."""
    np.subtract.at(histogram, np.minimum(before, CELLS - 1).astype(np.intp), ONE)
    np.add.at(histogram, np.minimum(after, CELLS - 1).astype(np.intp), ONE)
