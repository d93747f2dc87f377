"""One block of paths from start to end: the environment is built here from plain data, and read by a recorder."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count

import numpy as np

from sim.distributions.draws import Draws, Prepared
from sim.distributions.families import Shape
from sim.distributions.quantile_tables import Evaluated, kept
from sim.engine import alliance
from sim.engine.ally import AllyProcess
from sim.engine.ally_rows import in_rows
from sim.engine.clock import Clock, Process
from sim.engine.conditional import Conditional
from sim.engine.december import Yardsticks
from sim.engine.drawn_parameters import Parameters
from sim.engine.elections import Elections
from sim.engine.inputs import ally_inputs
from sim.engine.observer import Observer
from sim.engine.recorder import Recorder
from sim.kernels import NUMPY, Engine, engine
from sim.model.calendar import RECORDER_RANK, Phase, Years
from sim.model.equations.urgency import HISTORY, past_urgency
from sim.model.events import in_order
from sim.model.events.base import Event
from sim.model.events.pledge import AnnouncedPath, Pledge
from sim.model.parameters import Urgency
from sim.model.state import LONG_AGO, TargetInForce, World
from sim.model.urgency_state import UrgencyState
from sim.numerics.arrays import Value, broadcast
from sim.results.counts import Counts
from sim.scenario.schema import Scenario

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3


@dataclass(frozen=True)
class Job:
    """Paths [first, first + paths) of a scenario under a seed; plain data, so that a worker can be handed it."""

    scenario: Scenario
    seed: int
    first: int
    paths: int
    block: int  # paths in one environment
    keep: tuple[str, ...] = ()
    evaluated: Mapping[Shape, Evaluated] = field(default_factory=dict)  # shapes of SciPy's, with their quantiles
    engine: str = "numpy"  # one of sim.kernels.ENGINES


# a cache, so that a process is told once, however many blocks it computes
@lru_cache(maxsize=1)
def keep_freed_memory() -> None:
    """Let the process keep what a block frees for the next one: handing it back and asking anew takes 3 % of the time.

    Only glibc can be told so (mallopt(3)); elsewhere nothing happens.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    for parameter, size in ((M_MMAP_THRESHOLD, 32 << 20), (M_TRIM_THRESHOLD, 1 << 30)):
        mallopt(parameter, size)


def run_job(job: Job) -> Counts:
    """Run a job block by block; memory is that of one block."""
    kept().update(job.evaluated)
    total: Counts | None = None
    end = job.first + job.paths
    for first in range(job.first, end, job.block):
        paths = min(job.block, end - first)
        counts = run_block(job.scenario, job.seed, first, paths, job.keep, engine=engine(job.engine))
        total = counts if total is None else total.merged(counts)
    assert total is not None
    return total


def run_block(
    scenario: Scenario, seed: int, first: int, paths: int, keep: Sequence[str] = (), observer: Observer | None = None,
    engine: Engine = NUMPY,
) -> Counts:  # fmt: skip
    """Simulate the paths [first, first + paths); `first` is a multiple of 16."""
    keep_freed_memory()
    draws = Draws(seed, first, paths, engine=engine)
    parameters = Parameters((scenario,), draws)
    yardsticks = Yardsticks(scenario)
    conditional = Conditional(yardsticks, first, paths, len(ally_inputs(scenario)), engine)
    simulation = BlockSimulation(scenario, parameters, draws, observer or Observer(), conditional)
    recorder = Recorder(
        scenario, simulation.inputs, simulation.caps, simulation.world, simulation.years, first, keep, parameters.rows,
        yardsticks, conditional,
    )  # fmt: skip
    simulation.run(recorder.record)
    return recorder.counts


class BlockSimulation:
    """A block's world with everything that acts in it, run once, from the base year to the last.

    `caps` is what counts of each ally's security-related outlays at most, % of GDP; `conditional` is told of every
    ally's December.
    """

    def __init__(
        self, scenario: Scenario, parameters: Parameters, draws: Draws, observer: Observer,
        conditional: Conditional | None = None,
    ) -> None:  # fmt: skip
        self.years = Years(scenario.horizon.base_year, scenario.horizon.last_year)
        self.inputs = ally_inputs(scenario)
        self._clock = Clock(self.years.base)
        # by name: of two that bind to as much and fall due together the first is followed, whatever the order of a file
        targets = {
            # the year as a float, since a review may make it an array, and all arrays of the state are float32
            name: TargetInForce(target.share_pct, float(target.by), target.commitment, draws.paths)
            for name, target in sorted(scenario.targets.items())
        }
        past_jumps = {jump.size: getattr(parameters.of(Urgency), jump.size) for jump in HISTORY}
        urgency = _urgency(parameters.of(Urgency), past_jumps, self.years, draws.paths)
        shape = len(self.inputs), draws.paths
        # one array for all allies, so that a month's elections are one call; int16 holds 2,700 years
        self.world = World(
            self._clock, draws, urgency, targets, {},
            will=np.empty(shape, dtype=np.float32), last_vote=np.full(shape, LONG_AGO, dtype=np.int16),
            changes=np.zeros(shape, dtype=np.uint16) if observer.asks_for_changes else None,
            past_jumps=past_jumps,
        )  # fmt: skip
        events = self._events(scenario)
        # an ally that never promises anything needs no draw of whether a new government drops it
        bound = {event.ally for event in events if isinstance(event, (Pledge, AnnouncedPath))}
        # the first budget is adopted before anybody can drop its draft
        drafts = {entry.iso3 for entry in self.inputs for row in entry.budgets
                  if row.stage == "draft" and row.year > self.years.base + 1}  # fmt: skip
        allies = []
        for row, entry in enumerate(self.inputs):
            core = [
                targets[name]
                for name, target in sorted(scenario.targets.items())
                if target.pillar == "core" and (target.members is None or entry.iso3 in target.members)
            ]
            ally = AllyProcess(
                entry, parameters, self.world, core, self.years, row, observer,
                ever_bound=entry.iso3 in bound | drafts, conditional=conditional,
            )  # fmt: skip
            allies.append(ally)
            self.world.allies[entry.iso3] = ally.state
        self.caps = [ally.related_parameters.counted_cap_pct for ally in allies]
        # facts of the start act on the world next, and an onlooker must know it by then
        observer.begin(self.world)
        self._start_events(events, observer)
        # in any order: who acts first in a month is decided by ranks, not by creation
        self._clock.start(alliance.common_growth(self._clock, self.world, parameters, self.years))
        for rows, index in in_rows(allies, self.world):
            self._clock.start(rows.live(self._clock, index))
        self._clock.start(Elections(self.world, allies, self.years, observer).live(self._clock))
        self._clock.start(alliance.close_years(self._clock, self.world, self.years))

    def run(self, record: Callable[[int], None]) -> None:
        """Run to the end; `record` is called with each year in its December, after everything else."""
        self._clock.start(_yearly(self._clock, self.years, record))
        self._clock.run(self.years.last)

    def _events(self, scenario: Scenario) -> list[Event]:
        """The scenario's events and what allies have pledged and announced, in their order."""
        named = {event.name for event in scenario.event}
        national = (event for entry in self.inputs for event in entry.own_pledges if event.name not in named)
        return list(in_order((*scenario.event, *national)))

    def _start_events(self, events: Sequence[Event], observer: Observer) -> None:
        ranks = count()  # of what has a month to come in: facts of the start may be many
        for event in events:
            if event.rate is not None:
                self._clock.start(alliance.recurring(self._clock, self.world, event, next(ranks), self.years, observer))
            elif alliance.happens_at_start(event, self.years):
                alliance.happen(self.world, event, self.years.base, observer)
            else:
                self._clock.start(alliance.dated(self._clock, self.world, event, next(ranks), observer))


def _urgency(
    urgency: Urgency[Value, Prepared], past_jumps: Mapping[str, Value], years: Years, paths: int
) -> UrgencyState:
    """A in December of the base year: what history has left of it, times the level each path starts from."""
    # 12 is the calendar's December; below, 11 is the clock's, which counts from 0
    past = past_urgency(years.base, 12, urgency.decay, past_jumps)
    return UrgencyState(broadcast(urgency.level * past, paths), 11, urgency.decay)


def _yearly(clock: Clock, years: Years, record: Callable[[int], None]) -> Process:
    for year in years.simulated:
        yield clock.at(clock.month_of(year, 12), Phase.RECORD, RECORDER_RANK)
        record(year)
