"""`compare`: run scenarios on common random numbers, block beside block, and count path by path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TypeVar, cast

from sim import arguments
from sim.analysis.comparison.facade import Comparison
from sim.analysis.comparison.paired_counts import PairedCounts, PairedJob, run_together
from sim.data.tables import load_tables
from sim.errors import Fault, ScenarioError, UsageError
from sim.execution import executors, simulate
from sim.numerics.streams import STREAM_VERSION
from sim.results.record import Description
from sim.scenario.edit.compare import builds_on, differences
from sim.scenario.schema import Scenario

MOST_SCENARIOS = 10

Result = TypeVar("Result")


def compare(
    scenarios: Sequence[Scenario],
    paths: int | None = None,
    seed: int | None = None,
    *,
    workers: int | None = None,
    executor: str = "auto",
    block: int | None = None,
    progress: simulate.Progress | None = None,
) -> Comparison:
    """Compare scenarios with the first of them; `paths` and `seed` are the first's unless given.

    All see the same draws, path by path, so that differences are those of the assumptions. `workers`, `executor` and
    `block` change no number; memory does not grow with the paths. `progress` is called with paths done and wanted.

    Raises:
        UsageError: fewer than two scenarios or too many; scenarios of different base years or allies; an impossible
            number of paths, workers or block, or an unknown executor.
        ScenarioError: the figures of one do not suffice.
    """
    descriptions, years = comparable(scenarios)
    first = scenarios[0]
    # A comparison is checked and cut into jobs as a run is: same limits, same messages, same blocks.
    paths = arguments.whole("paths", first.run.paths if paths is None else paths, arguments.PATHS)
    seed = arguments.seed(first.run.seed if seed is None else seed)
    workers, block = arguments.workers(workers), simulate.block_asked(block)
    _gathered(simulate.tabulate, scenarios)
    count = workers or executors.cores()
    if executor == "auto":
        executor = simulate.chosen_executor(first, paths * len(scenarios), workers)
    sharing = 1 if executor == "serial" else count
    size = block or simulate.block_size(paths, sharing)
    known = simulate.evaluated(*scenarios)
    whole = PairedJob(first, seed, 0, paths, size, evaluated=known, others=tuple(scenarios[1:]), years=years)
    jobs = (cast("PairedJob", job) for job in simulate.jobs(whole, sharing))
    joint: PairedCounts | None = None
    with executors.choose(executor, count) as chosen:
        for counts in chosen.map(run_together, jobs):
            joint = counts if joint is None else joint.merged(counts)
            if progress is not None:
                progress(joint.paths, paths)
    assert joint is not None
    changes = tuple(differences(first, other) for other in scenarios[1:])
    return Comparison(descriptions, years, joint, changes, _manifest(scenarios, seed, paths))


def comparable(scenarios: Sequence[Scenario]) -> tuple[tuple[Description, ...], tuple[int, ...]]:
    """What the scenarios are, and the years that all simulate.

    From different base years they would start from figures of different years and count money at different prices; of
    different allies no count would mean the same. Both are refused. Scenarios that end in different years are compared
    as far as all reach.

    Raises:
        UsageError: they cannot be compared.
        ScenarioError: the figures of one do not suffice.
    """
    if not 2 <= len(scenarios) <= MOST_SCENARIOS:
        raise UsageError(f"a comparison takes 2 to {MOST_SCENARIOS} scenarios, not {len(scenarios)}")
    descriptions = tuple(_gathered(simulate.describe, scenarios))
    first = descriptions[0]
    for other in descriptions[1:]:
        if other.base_year != first.base_year:
            raise UsageError(
                f"{first.title!r} starts from {first.base_year} and {other.title!r} from {other.base_year}: scenarios "
                "that are compared must have one base year; set [horizon] base_year alike"
            )
        ours, theirs = ({entry.iso3 for entry in each.allies} for each in (first, other))
        if ours != theirs:
            raise UsageError(
                f"{first.title!r} and {other.title!r} simulate different allies "
                f"({', '.join(sorted(ours ^ theirs))} in one only); give both the same [data] allies"
            )
    last = min(description.years[-1] for description in descriptions)
    return descriptions, tuple(year for year in first.years if year <= last)


def _gathered(function: Callable[[Scenario], Result], scenarios: Sequence[Scenario]) -> list[Result]:
    """A function of each scenario; raises ScenarioError with the faults of all at once."""
    results: list[Result] = []
    faults: dict[Fault, None] = {}
    for scenario in scenarios:
        try:
            results.append(function(scenario))
        except ScenarioError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise ScenarioError(tuple(faults))
    return results


def _manifest(scenarios: Sequence[Scenario], seed: int, paths: int) -> dict[str, object]:
    return {
        "burdenshare": version("burdenshare"),
        "stream_version": STREAM_VERSION,
        "scenario_digests": [scenario.digest for scenario in scenarios],
        "builds_on": [builds_on(scenario) for scenario in scenarios],
        "data_digests": [load_tables(scenario.replacements).digest for scenario in scenarios],
        "seed": seed,
        "paths": paths,
        **{name: version(name) for name in ("numpy", "scipy", "simpy")},
    }
