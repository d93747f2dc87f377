"""Three runs worth telling: near the low end, in the middle and near the high end of the allies at the target."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np

from sim.errors import UsageError
from sim.questions.replay import Story, replay
from sim.record.grid import printed
from sim.record.record import Record
from sim.report.stories import Told
from sim.run import simulate
from sim.scenario.schema import Scenario
from sim.scenario.writing import restored
from sim.words import listed, share, target

RANKS = (5, 50, 95)
"""Of a hundred runs in order of the number of allies at the target, then of their mean share."""

MOST_PATHS = 2_048
"""Paths that are put in order: the first of the run, enough to tell the 5th of a hundred from the 10th."""

MOST_NAMED = 12
KINDS = ("event",)


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
    if scenario.digest != record.manifest.get("scenario_digest"):
        raise UsageError("the run was made by another version, whose scenarios read differently")
    return scenario


def three(scenario: Scenario, record: Record, year: int, file: str = "SCENARIO") -> tuple[Told, ...]:
    """The runs at RANKS, told by their events; `file` stands in the command that tells all of them.

    Raises:
        UsageError: the scenario has no core target to put runs in order by.
    """
    core = record.description.yardstick("core")
    if core is None:
        raise UsageError("the scenario has no core target to put runs in order by")
    seed, paths = int(record.manifest["seed"]), min(record.counts.paths, MOST_PATHS)
    reported = simulate(scenario, paths, seed, executor="serial", keep=["reported_pct"]).counts.kept["reported_pct"]
    step = record.description.years.index(year)
    bound = np.array([core.binds(entry.iso3) for entry in record.description.allies])
    at = (printed(reported[:, step]) >= printed(core.share_pct)) & bound[:, None]
    order = np.lexsort((reported[:, step].mean(axis=0), at.sum(axis=0)))
    found = []
    for rank in RANKS:
        path = int(order[min(rank * paths // 100, paths - 1)])
        there = [entry.name for entry, met in zip(record.description.allies, at[:, path], strict=True) if met]
        mean = share(float(reported[:, step, path].mean()))
        outcome = (
            f"In this run {len(there)} of {int(bound.sum())} allies are at {target(core.share_pct)} % in {year}: "
            f"{listed(there, MOST_NAMED)}. The unweighted mean of all shares is {mean} %."
        )
        command = f"sim replay {file} --path {path} --seed {seed}"
        found.append(Told(f"The {rank}th of 100", path, outcome, _events(replay(scenario, path, seed)), command))
    return tuple(found)


def _events(story: Story) -> tuple[tuple[str, str], ...]:
    """What befell the alliance, and the allies that dropped what they had pledged, in order of date."""
    kept: Sequence[tuple[str, str]] = [
        (f"{entry.year}-{entry.month:02}", _moved(entry.text, entry.before, entry.after))
        for entry in story.entries
        if entry.kind in KINDS and (entry.iso3 is None or "drops" in entry.text)
    ]
    return tuple(kept) or (("", "No crisis, retrenchment or detente befalls the alliance, and nobody drops a pledge."),)


def _moved(text: str, before: dict[str, float], after: dict[str, float]) -> str:
    moved = [f"{name} {before[name]:.2f} to {now:.2f}" for name, now in after.items() if name == "urgency"]
    return f"{text} ({', '.join(moved)})" if moved else text
