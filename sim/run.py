"""`simulate`: cut the paths into blocks, compute them somewhere, add up what they leave."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import version

from pydantic import BaseModel

from sim import executors
from sim.data.tables import load_tables
from sim.distributions.families import Family
from sim.distributions.tables import distance, file_stem, packaged, standardised, table_of
from sim.engine.block import Job, run_job
from sim.engine.inputs import ally_inputs
from sim.errors import Fault, ScenarioError, UsageError
from sim.record.counts import KEEPABLE, PILLARS, Counts
from sim.record.record import AllyEntry, Description, Record, Yardstick
from sim.scenario.schema import Scenario
from sim.streams import LANES, STREAM_VERSION

BLOCK = 16_384
"""Paths in one SimPy environment unless told: large enough to hide Python, small enough for the processor's cache."""

WORTH_A_POOL = 60_000_000
"""Ally-years from which starting worker processes pays."""

JOBS_PER_WORKER, MOST_BLOCKS_A_JOB = 4, 8
"""Enough jobs for an even load and a moving progress bar, few enough that sending counts back costs little."""

Progress = Callable[[int, int], None]
"""Called with the paths done and the paths wanted."""


def simulate(
    scenario: Scenario,
    paths: int | None = None,
    seed: int | None = None,
    *,
    workers: int | None = None,
    executor: str = "auto",
    keep: Sequence[str] = (),
    block: int = BLOCK,
    progress: Progress | None = None,
    command: str = "",
) -> Record:
    """Simulate a scenario; `command` goes into the manifest.

    Neither `workers`, `executor` nor `block` changes any number. `keep` names state variables whose paths are kept.

    Raises:
        UsageError: an impossible number of paths, workers or block, or an unknown variable or executor.
        ScenarioError: the scenario's figures do not suffice.
    """
    paths = scenario.run.paths if paths is None else paths
    seed = scenario.run.seed if seed is None else seed
    _check(paths, seed, workers, block, keep)
    _tabulate(scenario)
    inputs = ally_inputs(scenario)
    count = workers or executors.cores()
    if executor == "auto":
        worth = paths * len(inputs) * (scenario.horizon.last_year - scenario.horizon.base_year) >= WORTH_A_POOL
        executor = "processes" if count > 1 and (worth or (workers or 1) > 1) else "serial"
    fair = paths // (block * count * JOBS_PER_WORKER)
    at_once = block if executor == "serial" else block * max(1, min(MOST_BLOCKS_A_JOB, fair))
    jobs = (
        Job(scenario, seed, first, min(at_once, paths - first), block, tuple(keep))
        for first in range(0, paths, at_once)
    )
    total: Counts | None = None
    for counts in executors.choose(executor, count).map(run_job, jobs):
        total = counts if total is None else total.merged(counts)
        if progress is not None:
            progress(total.paths, paths)
    assert total is not None
    return Record(
        describe(scenario), total, _manifest(scenario, seed, paths, command), json.dumps(scenario.canonical())
    )


def describe(scenario: Scenario) -> Description:
    """What the counts of a scenario are counts of."""
    allies = tuple(
        AllyEntry(entry.iso3, entry.name, entry.base_share_pct, entry.estimated, entry.gdp_usd_bn, entry.europe_canada)
        for entry in ally_inputs(scenario)
    )
    yardsticks = tuple(
        Yardstick(target.pillar, name, target.share_pct, target.by, target.members, target.agreed or "")
        for pillar in PILLARS
        for name, target in scenario.targets.items()
        if target is scenario.yardstick(pillar)
    )
    years = tuple(range(scenario.horizon.base_year + 1, scenario.horizon.last_year + 1))
    return Description(
        title=scenario.title,
        source=scenario.source or "",
        description=scenario.description or "",
        base_year=scenario.horizon.base_year,
        years=years,
        allies=allies,
        yardsticks=yardsticks,
    )


def _manifest(scenario: Scenario, seed: int, paths: int, command: str) -> dict[str, object]:
    return {
        "burdenshare": version("burdenshare"),
        "stream_version": STREAM_VERSION,
        "scenario_digest": scenario.digest,
        "data_digest": load_tables(scenario.replacements).digest,
        "seed": seed,
        "paths": paths,
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "scipy", "simpy")},
        "built_tables": _built_tables(scenario),
        "command": command,
    }


def _laws(node: object, place: str = "") -> Iterator[tuple[str, Family]]:
    """Every distribution of a scenario and where it stands: "ally.ITA.will.mean"."""
    parts: Iterable[tuple[str, object]] = ()
    if isinstance(node, Family):
        yield place, node
    elif isinstance(node, BaseModel):
        parts = ((name, getattr(node, name)) for name in type(node).model_fields)
    elif isinstance(node, dict):
        parts = node.items()
    elif isinstance(node, tuple):
        parts = ((str(getattr(value, "name", number)), value) for number, value in enumerate(node))
    for name, value in parts:
        yield from _laws(value, f"{place}.{name}" if place else name)


def _tabulate(scenario: Scenario) -> None:
    """Make every distribution's table before the run; all that cannot be tabulated are reported with their places."""
    faults: list[Fault] = []
    for place, law in _laws(scenario):
        try:
            table_of(law)
        except ScenarioError as error:
            faults += [replace(fault, file=scenario.title, field=place) for fault in error.faults]
    if faults:
        raise ScenarioError(tuple(faults))


def _built_tables(scenario: Scenario) -> dict[str, dict[str, str | float]]:
    """Digest and distance of the distributions that are not files of the package: they depend on SciPy's version."""
    return {
        file_stem(shape): {"digest": standardised(shape).digest, "distance": distance(shape)}
        for shape in sorted({law.shape for _, law in _laws(scenario) if law.key not in ("uniform", "triangular")})
        if file_stem(shape) not in packaged()
    }


def _check(paths: int, seed: int, workers: int | None, block: int, keep: Sequence[str]) -> None:
    if not 1 <= paths <= 1_000_000_000:
        raise UsageError(f"paths must be between 1 and 1,000,000,000, not {paths}")
    if not 0 <= seed < 2**63:
        raise UsageError(f"seed must be a whole number from 0 to 2**63 - 1, not {seed}")
    if workers is not None and not 1 <= workers <= 1_024:
        raise UsageError(f"workers must be between 1 and 1,024, not {workers}")
    if block < LANES or block % LANES:
        raise UsageError(f"block must be a positive multiple of {LANES}, not {block}")
    for name in keep:
        if name not in KEEPABLE:
            raise UsageError(f"cannot keep paths of {name!r}; there are {', '.join(KEEPABLE)}")
