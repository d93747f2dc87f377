"""Three runs worth telling: near the low end, in the middle and near the high end of the allies at the target."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

import numpy as np

from sim.analysis.replay import Story, replay
from sim.data.tables import load_tables
from sim.engine.inputs import ally_inputs
from sim.errors import UsageError
from sim.execution.simulate import describe, simulate
from sim.model.events.pledge import Pledge
from sim.numerics.grid import printed, reaches
from sim.numerics.streams import STREAM_VERSION
from sim.results.record import Record
from sim.scenario.edit.dump import restored
from sim.scenario.schema import Scenario
from sim.text.figures import share, target
from sim.text.sentences import listed

RANKS = (5, 50, 95)
"""Of a hundred runs in order of the number of allies at the target, then of their mean share."""

RANKED_PATHS = 2_048
"""Paths that are put in order: the first of the run, enough to tell the 5th of a hundred from the 10th."""

MOST_NAMED = 12


@dataclass(frozen=True)
class Narrative:
    """One simulated run, told with its dates."""

    rank: str  # "The 5th of 100", by the number of allies at the target
    path: int
    outcome: str  # a sentence
    entries: tuple[tuple[str, str], ...]  # date and event
    command: str  # what tells the whole of it


def scenario_of(record: Record) -> Scenario:
    """The scenario a record was made of.

    Raises:
        UsageError: it had tables of the user's own, which a saved run does not hold, or was made by another version.
    """
    if not record.scenario:
        raise UsageError("the run holds no scenario")
    named = record.description
    run = {"paths": record.counts.paths, "seed": int(record.manifest["seed"])}
    about = {"title": named.title, "source": named.source, "description": named.description, "run": run}
    scenario = restored(json.loads(record.scenario), **about)
    manifest, tables = record.manifest, load_tables()
    now = (scenario.digest, tables.digest, STREAM_VERSION)
    if now != tuple(manifest.get(name) for name in ("scenario_digest", "data_digest", "stream_version")):
        raise UsageError("the run was made by another version, with other figures or draws")
    if describe(scenario) != record.description:
        raise UsageError("the run was made of another scenario than it holds")
    return scenario


def three(scenario: Scenario, record: Record, year: int, file: str = "SCENARIO") -> tuple[Narrative, ...]:
    """The runs at RANKS, told by their events; `file` stands in the command that tells all of them.

    Raises:
        UsageError: the scenario has no core target to put runs in order by.
    """
    core = record.description.yardstick("core")
    if core is None:
        raise UsageError("the scenario has no core target to put runs in order by")
    seed, paths = int(record.manifest["seed"]), min(record.counts.paths, RANKED_PATHS)
    kept = simulate(scenario, paths, seed, executor="serial", keep=["reported_pct", "spent_pct"]).counts.kept
    reported, spent = kept["reported_pct"], kept["spent_pct"]
    step = record.description.years.index(year)
    bound = np.array([core.binds(entry.iso3) for entry in record.description.allies])
    at, spending = (reaches(printed(shares[:, step]), core.share_pct) & bound[:, None] for shares in (reported, spent))
    allies = np.array([entry.name for entry in record.description.allies])
    order = np.lexsort((reported[:, step].mean(axis=0), at.sum(axis=0)))
    found = []
    for rank in RANKS:
        path = int(order[min(rank * paths // 100, paths - 1)])
        there = allies[at[:, path]].tolist()
        pushed = allies[at[:, path] & ~spending[:, path]].tolist()
        on_paper = f" Closed on paper: {listed(pushed, MOST_NAMED)}." if pushed else ""
        mean = share(float(spent[:, step, path].mean()))
        story = replay(scenario, path, seed)
        taken = f" ({story.parameters})" if str(story.parameters) else ""
        outcome = (
            f"In this run{taken} {len(there)} of {int(bound.sum())} allies are at {target(core.share_pct)} % in "
            f"{year}: {listed(there, MOST_NAMED)}.{on_paper} The unweighted mean of what all spend is {mean} %."
        )
        command = f"sim replay {shlex.quote(file)} --path {path} --seed {seed} --full"
        found.append(
            Narrative(
                f"The {rank}th of 100",
                path,
                outcome,
                _events(story, _ends(scenario), year),
                command,
            )
        )
    return tuple(found)


@dataclass(frozen=True)
class Promise:
    """What an ally pledged, announced or drafted, and the last year whose budget it can move."""

    name: str
    last: int


def _ends(scenario: Scenario) -> dict[str, list[Promise]]:
    """What the data say that each ally pledged, announced or drafted."""
    found: dict[str, list[Promise]] = {}
    for entry in ally_inputs(scenario):
        for own in entry.own_pledges:
            if isinstance(own, Pledge):
                text = f"its opt-out of {target(own.share_pct)} %" if own.opt_out else "its own pledge"
                promise = Promise(text, own.by)
            else:
                promise = Promise("its announced path", max(point.year for point in own.points))
            found.setdefault(entry.iso3, []).append(promise)
        for row in entry.budgets:
            if row.stage == "draft":
                promise = Promise(f"its draft budget for {row.year}", row.year)
                found.setdefault(entry.iso3, []).append(promise)
    return found


def _events(story: Story, ends: dict[str, list[Promise]], year: int) -> tuple[tuple[str, str], ...]:
    """What happened to the alliance, and who dropped a pledge or path that could still move a budget, to the last.

    The budget of `year` is adopted in the December before.
    """
    kept = []
    for entry in story.entries:
        if entry.kind != "event" or ((entry.year, entry.month) >= (year - 1, 12) and entry.iso3 is not None):
            continue
        text = entry.text
        if entry.iso3 is not None:
            alive = [promise.name for promise in ends.get(entry.iso3, []) if promise.last > entry.year]
            if not entry.dropped or not alive:
                continue
            text = entry.sentences(f"It drops {listed(alive)}.")
        kept.append((f"{entry.year}-{entry.month:02}", _moved(text, entry.before, entry.after)))
    return tuple(kept) or (("", "There is no crisis, retrenchment or detente, and nobody drops a pledge."),)


def _moved(text: str, before: dict[str, float], after: dict[str, float]) -> str:
    moved = [f"{name} {before[name]:.2f} to {now:.2f}" for name, now in after.items() if name == "urgency"]
    return f"{text} ({', '.join(moved)})" if moved else text
