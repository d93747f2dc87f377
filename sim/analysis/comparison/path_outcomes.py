"""Sees one scenario's block path by path: who complies, and the alliance's figures, to be set beside another's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Draws, Mask
from sim.engine.block import BlockSimulation
from sim.engine.drawn_parameters import Parameters
from sim.engine.observer import Observer
from sim.engine.recorder import Sums, short_usd_m
from sim.execution.simulate import describe
from sim.model.equations.outturn import total
from sim.model.equations.related import counted
from sim.model.state import AllyState
from sim.numerics.arrays import Array
from sim.numerics.grid import printed
from sim.results.counts import PILLARS, TALLIES
from sim.scenario.schema import Scenario

CORE, RELATED, TOTAL = range(3)
WITHOUT_PUSH = TALLIES.index("core_without_late_push")

MEASURES = (*(f"allies_{tally}" for tally in TALLIES), "euc_spent", "euc_shortfall", "nato_shortfall")
"""Whole numbers of each path: compliant allies by tally; the core share that Europe and Canada spend in hundredths of
a percentage point; what they, and all, are short of the core target by it in million USD of the base year."""

Packed = NDArray[np.uint8]


class PathOutcomes:
    """What the paths of one block look like, year by year.

    `met` (tally, ally, year, byte): eight paths to a byte, 1 where the ally complies; nobody where nothing is measured.
    `figures` (measure, year, path): the alliance.
    """

    def __init__(self, scenario: Scenario, seed: int, first: int, paths: int, years: Sequence[int]) -> None:
        """Simulate the paths [first, first + paths) and look at `years` only."""
        draws = Draws(seed, first, paths)
        parameters = Parameters((scenario,), draws)
        stage = BlockSimulation(scenario, parameters, draws, Observer())
        self._steps = {year: step for step, year in enumerate(years)}
        self._allies = list(stage.world.allies.values())
        self._caps = stage.caps
        description = describe(scenario)
        self._yardsticks = [description.yardstick(pillar) for pillar in PILLARS]
        self._goals = [printed(target.share_pct) if target else None for target in self._yardsticks]
        self._paths = paths
        self.met: Packed = np.zeros((len(TALLIES), len(self._allies), len(years), -(-paths // 8)), dtype=np.uint8)
        self.figures = np.zeros((len(MEASURES), len(years), paths), dtype=np.int64)
        stage.run(self._record)

    def _record(self, year: int) -> None:
        """A December, after everything else."""
        if year not in self._steps:
            return
        step, sums = self._steps[year], Sums(self._paths)
        # Europe and Canada first, as in the run's own recorder: a sum of shares has its bits from the order.
        self._look_at_all(True, step, sums)
        share, pushed = printed(sums.shares_pct[CORE]), sums.pushed
        share[pushed] = printed(sums.spent_pct(pushed)[CORE])
        self.figures[MEASURES.index("euc_spent"), step] = share
        self.figures[MEASURES.index("euc_shortfall"), step] = sums.shortfall_usd_m + sums.on_paper_usd_m
        self._look_at_all(False, step, sums)
        self.figures[MEASURES.index("nato_shortfall"), step] = sums.shortfall_usd_m + sums.on_paper_usd_m

    def _look_at_all(self, europe_canada: bool, step: int, sums: Sums) -> None:
        for place, ally in enumerate(self._allies):
            if ally.europe_canada is europe_canada:
                self._look_at(ally, place, step, sums)

    def _look_at(self, ally: AllyState, place: int, step: int, sums: Sums) -> None:
        assert ally.reported_pct is not None
        related = counted(ally.related_pct, cap_pct=self._caps[place])
        shares = (ally.reported_pct, related, total(ally.reported_pct, related))
        sums.add(ally.gdp_usd_bn, ally.reported_pct, related)
        met = self._compliance(ally.iso3, shares)
        if ally.pushed is not None:
            sums.add_on_paper(ally.pushed, ally.gdp_usd_bn, ally.reported_pct, ally.spent_pct)
        if met[CORE] is not None:
            self._look_at_money(ally, sums)
        for tally, complying in enumerate((*met, self._without_push(ally, met[CORE]))):
            if complying is not None:
                self.met[tally, place, step] = np.packbits(complying)
                self.figures[tally, step] += complying

    def _compliance(self, iso3: str, shares: Sequence[Array]) -> list[Mask | None]:
        """Per pillar, where the yardstick is met; the total needs the core as well. None where nothing is measured."""
        met: list[Mask | None] = []
        for pillar, (target, goal) in enumerate(zip(self._yardsticks, self._goals, strict=True)):
            if target is None or goal is None or not target.binds(iso3):
                met.append(None)
                continue
            compliant: Mask = printed(shares[pillar]) >= goal
            core = met[CORE] if pillar == TOTAL else None
            met.append(compliant if core is None else compliant & core)
        return met

    def _without_push(self, ally: AllyState, core: Mask | None) -> Mask | None:
        """Core compliance as it would be without this year's late pushes."""
        goal = self._goals[CORE]
        if core is None or goal is None or ally.pushed is None:
            return core
        assert ally.spent_pct is not None
        honest = core.copy()
        honest[ally.pushed] &= printed(ally.spent_pct[ally.pushed]) >= goal
        return honest

    def _look_at_money(self, ally: AllyState, sums: Sums) -> None:
        """Money short of the core target by what is reported, and what late pushes close of it."""
        goal, paths = self._goals[CORE], ally.pushed
        assert ally.reported_pct is not None
        assert ally.spent_pct is not None
        usd_m = short_usd_m(goal, printed(ally.reported_pct), ally.gdp_usd_bn)
        sums.shortfall_usd_m += usd_m
        if paths is not None:
            more = short_usd_m(goal, printed(ally.spent_pct[paths]), ally.gdp_usd_bn[paths])
            sums.on_paper_usd_m[paths] += more.astype(np.float64) - usd_m[paths]
