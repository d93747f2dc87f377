"""Reads the world at the end of each year and counts. It keeps no path unless asked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Mask
from sim.engine.ally import Years
from sim.engine.inputs import AllyInputs
from sim.engine.parameters import Parameters
from sim.model.links import Array
from sim.model.outturn import total
from sim.model.related import counted
from sim.model.world import AllyState, World
from sim.record.counts import CELLS, GROUPS, PILLARS, TALLIES, Counts
from sim.record.grid import printed, usd_cell
from sim.scenario.schema import Scenario

CORE, RELATED, TOTAL = range(3)
WITHOUT_PUSH = TALLIES.index("core_without_late_push")


class Recorder:
    """Counts of one block."""

    def __init__(
        self,
        scenario: Scenario,
        inputs: Sequence[AllyInputs],
        parameters: Parameters,
        world: World,
        years: Years,
        first: int,
        keep: Sequence[str],
    ) -> None:
        self._world, self._years = world, years
        size, steps = world.draws.paths, len(years.simulated)
        self.counts = Counts.empty(first, size, len(inputs), steps, keep)
        self._yardsticks = [scenario.yardstick(pillar) for pillar in PILLARS]
        self._goals = [printed(target.share_pct) if target else None for target in self._yardsticks]
        core = self._yardsticks[CORE]
        self._in_force = next((world.targets[name] for name, t in scenario.targets.items() if t is core), None)
        self._caps = [parameters.related(entry.iso3, entry.code).counted_cap_pct for entry in inputs]
        self._usd_cell = [usd_cell(entry.gdp_usd_bn) for entry in inputs]
        groups = ([e for e in inputs if e.europe_canada], list(inputs))
        self._group_usd_cell = [usd_cell(sum(e.gdp_usd_bn for e in group)) for group in groups]
        self._never = steps + 1
        start = [
            0
            if core
            and (core.members is None or entry.iso3 in core.members)
            and printed(entry.base_share_pct) >= printed(core.share_pct)
            else self._never
            for entry in inputs
        ]
        self._first = np.repeat(np.array(start, dtype=np.int16)[:, None], size, axis=1)
        self._since = self._first.copy()

    def record(self, year: int) -> None:
        """Count every ally and the groups, in December."""
        step = year - self._years.base - 1
        size = self._world.draws.paths
        tallies = np.zeros((len(TALLIES), size), dtype=np.int8)
        groups = [_Group(size) for _ in GROUPS]
        for place, ally in enumerate(self._world.allies.values()):
            usd_m = self._record_ally(place, ally, year, step, tallies, groups)
            for group in groups[0 if ally.europe_canada else 1 :]:
                group.shortfall_usd_m += usd_m
        for tally in range(len(TALLIES)):
            allies = self.counts.arrays["number"].shape[2]
            self.counts.arrays["number"][tally, step] += np.bincount(tallies[tally], minlength=allies)
        for place, group in enumerate(groups):
            for pillar in range(len(PILLARS)):
                _count(self.counts.arrays["group_shares"][place, pillar, step], printed(group.average(pillar)))
            cells = _cells(group.shortfall_usd_m, self._group_usd_cell[place])
            _count(self.counts.arrays["group_shortfall_usd"][place, step], cells)
            self.counts.arrays["group_shortfall_usd_m"][place, step] += int(group.shortfall_usd_m.sum(dtype=np.int64))
        if year == self._years.last:
            self._finish()

    def _record_ally(
        self, place: int, ally: AllyState, year: int, step: int, tallies: NDArray[np.int8], groups: list[_Group]
    ) -> NDArray[np.int64]:
        arrays = self.counts.arrays
        assert ally.reported_pct is not None
        assert ally.unpushed_pct is not None
        related = counted(ally.related_pct, cap_pct=self._caps[place])
        shares = (ally.reported_pct, related, total(ally.reported_pct, related))
        prints = [printed(share) for share in shares]
        for pillar, cells in enumerate(prints):
            _count(arrays["shares"][pillar, place, step], cells)
        for group in groups[0 if ally.europe_canada else 1 :]:
            group.add(ally.gdp_usd_bn, shares)
        for name, kept in self.counts.kept.items():
            kept[place, step] = getattr(ally, name)
        met = self._compliance(ally.iso3, prints)
        for pillar, compliant in enumerate(met):
            if compliant is not None:
                arrays["compliant"][pillar, place, step] += np.count_nonzero(compliant)
                tallies[pillar] += compliant
        honest = met
        if ally.late_push is not None:
            unpushed = (ally.unpushed_pct, related, total(ally.unpushed_pct, related))
            honest = self._compliance(ally.iso3, [printed(share) for share in unpushed])
            for pillar, (compliant, plain) in enumerate(zip(met, honest, strict=True)):
                if compliant is not None and plain is not None:
                    arrays["on_paper"][pillar, place, step] += np.count_nonzero(compliant & ~plain)
        core, plain_core = met[CORE], honest[CORE]
        if core is None or plain_core is None:
            return np.zeros(ally.size, dtype=np.int64)
        tallies[WITHOUT_PUSH] += plain_core
        arrays["in_force"][place, step] += np.count_nonzero(self._meets_in_force(core, prints[CORE], year))
        self._note_first_year(place, step + 1, core)
        return self._shortfall(place, step, ally, prints[CORE])

    def _compliance(self, iso3: str, prints: list[NDArray[np.int32]]) -> list[Mask | None]:
        """Per pillar, where the yardstick is met; the total needs the core as well. None where there is none."""
        met: list[Mask | None] = []
        for pillar, (target, goal) in enumerate(zip(self._yardsticks, self._goals, strict=True)):
            if target is None or goal is None or (target.members is not None and iso3 not in target.members):
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

    def _note_first_year(self, place: int, step: int, core: Mask) -> None:
        first, since, never = self._first[place], self._since[place], self._never
        first[core & (first == never)] = step
        since[core & (since == never)] = step
        since[~core] = never

    def _shortfall(self, place: int, step: int, ally: AllyState, cells: NDArray[np.int32]) -> NDArray[np.int64]:
        """Money short of the core target, million USD of the base year, int64 (paths,)."""
        goal = self._goals[CORE]
        assert goal is not None
        short = np.maximum(goal - cells, 0).astype(np.float32)  # hundredths of a point
        usd_m: NDArray[np.int64] = (short * (ally.gdp_usd_bn * np.float32(0.1)) + 0.5).astype(np.int64)
        _count(self.counts.arrays["shortfall_usd"][place, step], _cells(usd_m, self._usd_cell[place]))
        self.counts.arrays["shortfall_usd_m"][place, step] += int(usd_m.sum(dtype=np.int64))
        return usd_m

    def _finish(self) -> None:
        bins = self._never + 1
        for place, (first, since) in enumerate(zip(self._first, self._since, strict=True)):
            self.counts.arrays["first_year"][place] += np.bincount(first, minlength=bins)
            stayed = first[(since == first) & (since != self._never)]
            self.counts.arrays["kept_from"][place] += np.bincount(stayed, minlength=bins)


class _Group:
    """Running sums of a group of allies over one December."""

    def __init__(self, size: int) -> None:
        self._gdp: Array = np.zeros(size, dtype=np.float32)
        self._outlays: Array = np.zeros((len(PILLARS), size), dtype=np.float32)
        self.shortfall_usd_m = np.zeros(size, dtype=np.int64)

    def add(self, gdp_usd_bn: Array, shares: Sequence[Array]) -> None:
        self._gdp += gdp_usd_bn
        for pillar, share in enumerate(shares):
            self._outlays[pillar] += gdp_usd_bn * share

    def average(self, pillar: int) -> Array:
        """The GDP-weighted average share, % of GDP."""
        average: Array = self._outlays[pillar] / self._gdp
        return average


def _cells(usd_m: NDArray[np.int64], cell_usd_bn: float) -> NDArray[np.int32]:
    """Cells of money short, million USD."""
    cells = usd_m.astype(np.float32) * np.float32(0.001 / cell_usd_bn) + 0.5
    grid: NDArray[np.int32] = np.minimum(cells, CELLS).astype(np.int32)
    return grid


def _count(histogram: NDArray[np.int64], cells: NDArray[np.int32]) -> None:
    """Add one to each path's cell; what lies above the grid goes to the last."""
    histogram += np.bincount(np.minimum(cells, CELLS - 1), minlength=CELLS)
