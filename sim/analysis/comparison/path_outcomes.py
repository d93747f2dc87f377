"""Sees one scenario's block path by path: who complies, and the alliance's figures, to be set beside another's."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Draws, Mask
from sim.engine.block import BlockSimulation
from sim.engine.conditional import Conditional
from sim.engine.december import (
    CORE,
    CORE_SPENT,
    EUROPE_CANADA,
    RELATED,
    AllyOutcome,
    GroupOutcome,
    Yardsticks,
    outcomes,
)
from sim.engine.drawn_parameters import Parameters
from sim.engine.inputs import ally_inputs
from sim.engine.observer import Observer
from sim.results.counts import CERTAIN, EXPECTED, TALLIES
from sim.scenario.schema import Scenario

MEASURES = (*(f"allies_{tally}" for tally in TALLIES), "euc_spent", "euc_shortfall", "nato_shortfall")
"""Whole numbers of each path: compliant allies by tally; the core share that Europe and Canada spend in hundredths of
a percentage point; what they, and all, are short of the core target by it in million USD of the base year."""

EUC_SPENT, *SHORTFALLS = (MEASURES.index(measure) for measure in ("euc_spent", "euc_shortfall", "nato_shortfall"))

CONDITIONAL = [tally for tally in TALLIES if tally in EXPECTED]
"""What is told by probabilities, not by counts."""

Packed = NDArray[np.uint8]


class PathOutcomes:
    """What the paths of one block look like, year by year.

    `met` (tally, ally, year, byte): eight paths to a byte, 1 where the ally complies; nobody where nothing is measured.
    `figures` (measure, year, path), int64: the alliance.
    `expected` (tally, ally, year, stretch), int64: sums of the probabilities to comply, CERTAIN for one, over the paths
    of each stretch; of the related target, of the paths that do. `stretches` says which paths they hold.
    """

    def __init__(self, scenario: Scenario, seed: int, first: int, paths: int, years: Sequence[int]) -> None:
        """Simulate the paths [first, first + paths) and look at `years` only."""
        draws = Draws(seed, first, paths)
        self._yardsticks, allies = Yardsticks(scenario), len(ally_inputs(scenario))
        self._conditional = Conditional(self._yardsticks, first, paths, allies)
        simulation = BlockSimulation(scenario, Parameters((scenario,), draws), draws, Observer(), self._conditional)
        self._world, self._caps = simulation.world, simulation.caps
        self._steps = {year: step for step, year in enumerate(years)}
        self.stretches = self._conditional.stretches
        self.met: Packed = np.zeros((len(TALLIES), allies, len(years), -(-paths // 8)), dtype=np.uint8)
        self.expected = np.zeros((len(TALLIES), allies, len(years), len(self.stretches)), dtype=np.int64)
        self.figures = np.zeros((len(MEASURES), len(years), paths), dtype=np.int64)
        simulation.run(self._record)

    def _record(self, year: int) -> None:
        """A December, after everything else."""
        if year not in self._steps:
            return
        step = self._steps[year]
        for outcome in outcomes(self._world, self._yardsticks, self._caps):
            if isinstance(outcome, GroupOutcome):
                self._record_group(outcome, step)
            else:
                self._record_ally(outcome, step)
        for tally in CONDITIONAL:
            self.expected[TALLIES.index(tally), :, step] = self._conditional.sums[EXPECTED.index(tally)]

    def _record_ally(self, outcome: AllyOutcome, step: int) -> None:
        for tally, complying in enumerate((*outcome.met, _core_without_push(outcome))):
            if complying is not None:
                self.met[tally, outcome.row, step] = np.packbits(complying)
                self.figures[tally, step] += complying
        if (related := outcome.met[RELATED]) is not None:
            self.expected[TALLIES.index("related"), outcome.row, step] = CERTAIN * self.stretches.counts(related)

    def _record_group(self, outcome: GroupOutcome, step: int) -> None:
        """Of what is spent."""
        pushed = outcome.pushed
        if outcome.group == EUROPE_CANADA:
            share = self.figures[EUC_SPENT, step]
            share[...] = outcome.prints[CORE]
            share[pushed] = outcome.spent_prints[CORE_SPENT]
        short = self.figures[SHORTFALLS[outcome.group], step]
        short[...] = outcome.shortfall_usd_m
        short[pushed] += outcome.on_paper_usd_m.astype(np.int64)


def _core_without_push(outcome: AllyOutcome) -> Mask | None:
    """Core compliance by what is spent only: without what is closed on paper this year."""
    core, push = outcome.met[CORE], outcome.push
    on_paper = None if push is None else push.on_paper[CORE_SPENT]
    if core is None or push is None or on_paper is None:
        return core
    spent_only = core.copy()
    spent_only[push.paths[on_paper]] = False
    return spent_only
