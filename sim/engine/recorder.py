"""Reads the world at the end of each year and counts: each figure once. It keeps no path unless asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Mask
from sim.engine.ally import Years
from sim.engine.inputs import AllyInputs
from sim.model.links import Array, Value, at_most, positive
from sim.model.outturn import total
from sim.model.related import counted
from sim.model.world import AllyState, World
from sim.record.counts import CELLS, PILLARS, TALLIES, Counts
from sim.record.grid import printed, usd_cell
from sim.scenario.schema import Scenario
from sim.scenario.sections import Target

CORE, RELATED, TOTAL = range(3)
ONE = np.int64(1)
WITHOUT_PUSH = TALLIES.index("core_without_late_push")


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
        arrays = self.counts.arrays
        for pillar, share in enumerate(sums.shares_pct):
            _count(arrays["group_shares"][group, pillar, step], printed(share))
        cells = _usd_cells(sums.shortfall_usd_m, self._group_usd_cell[group])
        _count(arrays["group_shortfall_usd"][group, step], cells)
        arrays["group_shortfall_usd_m"][group, step] = int(sums.shortfall_usd_m.sum())

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
            arrays["in_force"][place, step] = np.count_nonzero(self._meets_in_force(core, prints[CORE], year))
            history.add(core)
            self._shortfall(place, step, ally, prints[CORE], sums)
        if ally.pushed is not None:
            self._record_push(place, ally, step, met, related, tallies)

    def _record_push(
        self, place: int, ally: AllyState, step: int, met: Sequence[Mask | None], related: Array,
        tallies: NDArray[np.uint8],
    ) -> None:  # fmt: skip
        """What a late push alone brought: only its own paths can differ."""
        paths = ally.pushed
        assert ally.unpushed_pct is not None
        unpushed, counting = ally.unpushed_pct[paths], related[paths]
        plain = self._compliance(ally.iso3, [printed(s) for s in (unpushed, counting, total(unpushed, counting))])
        for pillar, (compliant, honest) in enumerate(zip(met, plain, strict=True)):
            if compliant is None or honest is None:
                continue
            on_paper = compliant[paths] & ~honest
            self.counts.arrays["on_paper"][pillar, place, step] = np.count_nonzero(on_paper)
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

    def _meets_in_force(self, core: Mask, cells: NDArray[np.int32], year: int) -> Mask:
        """Where the core target as a summit or review left it is met, or is no longer due."""
        target, original = self._in_force, self._yardsticks[CORE]
        if target is None or original is None:
            return core
        if not isinstance(target.share_pct, np.ndarray) and not isinstance(target.by, np.ndarray):
            return core
        postponed = (target.by > year) if original.by <= year else np.False_
        return (cells >= printed(target.share_pct)) | postponed

    def _shortfall(self, place: int, step: int, ally: AllyState, cells: NDArray[np.int32], sums: Sums) -> None:
        """Money short of the core target, in whole million USD of the base year."""
        goal = self._goals[CORE]
        assert goal is not None
        short = positive((goal - cells).astype(np.float32))  # hundredths of a point
        usd_m: Array = np.floor(short * (ally.gdp_usd_bn * np.float32(0.1)) + 0.5)
        _count(self.counts.arrays["shortfall_usd"][place, step], _usd_cells(usd_m, self._usd_cell[place]))
        exact = usd_m.astype(np.float64)
        self.counts.arrays["shortfall_usd_m"][place, step] = int(exact.sum())
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
        self.shortfall_usd_m = np.zeros(size, dtype=np.float64)

    def add(self, gdp_usd_bn: Array, core_pct: Array, related_pct: Array) -> None:
        """One ally more: its core outlays as reported, and what counts of the security-related."""
        self.gdp += gdp_usd_bn
        self._core += gdp_usd_bn * core_pct
        self._related += gdp_usd_bn * related_pct

    @property
    def shares_pct(self) -> tuple[Array, Array, Array]:
        """The group's average shares by pillar, weighted by GDP."""
        return self._core / self.gdp, self._related / self.gdp, (self._core + self._related) / self.gdp


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
