"""One block of paths from start to end: the environment is built here from plain data, and read by a recorder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sim.clock import Clock, Phase, Process
from sim.distributions.draws import Draws
from sim.engine import alliance
from sim.engine.ally import Ally, Years
from sim.engine.inputs import ally_inputs
from sim.engine.observer import Observer
from sim.engine.parameters import Parameters
from sim.engine.recorder import Recorder
from sim.events import in_order
from sim.model.links import spread
from sim.model.urgency import Urgency, past_urgency
from sim.model.world import Target, World
from sim.record.counts import Counts
from sim.scenario.schema import Scenario

ALLY_RANK = 501


@dataclass(frozen=True)
class Job:
    """Paths [first, first + paths) of a scenario under a seed; plain data, so that a worker can be handed it."""

    scenario: Scenario
    seed: int
    first: int
    paths: int
    block: int  # paths in one environment
    keep: tuple[str, ...] = ()


def run_job(job: Job) -> Counts:
    """Run a job block by block; memory is that of one block."""
    total: Counts | None = None
    end = job.first + job.paths
    for first in range(job.first, end, job.block):
        counts = run_block(job.scenario, job.seed, first, min(job.block, end - first), job.keep)
        total = counts if total is None else total.merged(counts)
    assert total is not None
    return total


def run_block(
    scenario: Scenario, seed: int, first: int, paths: int, keep: Sequence[str] = (), observer: Observer | None = None
) -> Counts:
    """Simulate the paths [first, first + paths); `first` is a multiple of 16."""
    observer = observer or Observer()
    years = Years(scenario.horizon.base_year, scenario.horizon.last_year)
    clock, draws = Clock(years.base), Draws(seed, first, paths)
    parameters = Parameters(scenario, draws)
    inputs = ally_inputs(scenario)
    targets = {
        name: Target(target.share_pct, float(target.by), target.commitment, paths)
        for name, target in sorted(scenario.targets.items())
    }
    world = World(clock, draws, _urgency(scenario, parameters, years, paths), targets, {})
    allies = []
    for rank, entry in enumerate(inputs, ALLY_RANK):
        core = [
            targets[name]
            for name, target in sorted(scenario.targets.items())
            if target.pillar == "core" and (target.members is None or entry.iso3 in target.members)
        ]
        ally = Ally(entry, parameters, world, core, years, rank, observer)
        allies.append(ally)
        world.allies[entry.iso3] = ally.state
    recorder = Recorder(scenario, inputs, parameters, world, years, first, keep)
    observer.begin(world)

    named = {event.name for event in scenario.event}
    national = (event for entry in inputs for event in entry.commitments if event.name not in named)
    events = in_order((*scenario.event, *national))
    for rank, event in enumerate(events):
        if event.rate is not None:
            clock.start(alliance.recurring(world, event, rank, years, observer))
        elif alliance.happens_at_start(event, years):
            alliance.befall(world, event, years.base, observer)
        else:
            clock.start(alliance.dated(world, event, rank, observer))
    clock.start(alliance.common_growth(world, parameters, years))
    for ally in allies:
        clock.start(ally.live())
        clock.start(ally.vote())
    clock.start(alliance.close_years(world, years))
    clock.start(_record(clock, years, recorder))
    clock.run(years.last)
    return recorder.counts


def _urgency(scenario: Scenario, parameters: Parameters, years: Years, paths: int) -> Urgency:
    """A in December of the base year: what history has left of it, times the level each path starts from."""
    monthly = parameters.urgency_monthly()
    past = past_urgency(years.base, 12, monthly)
    return Urgency(spread(parameters.urgency_level() * past, paths), 11, monthly)


def _record(clock: Clock, years: Years, recorder: Recorder) -> Process:
    for year in years.simulated:
        yield clock.at(clock.month_of(year, 12), Phase.RECORD, 1)
        recorder.record(year)
