"""`simulate`: cut the paths into blocks, compute them somewhere, add up what they leave, until the paths suffice."""

from __future__ import annotations

import json
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Protocol

from sim import arguments, kernels
from sim.data.tables import load_tables
from sim.distributions.elsewhere import evaluate_all
from sim.distributions.families import Family, Scipy, Shape
from sim.distributions.quantile_tables import Evaluated, distance, file_stem, kept, packaged, standardised, table_of
from sim.engine.block import Job, run_job
from sim.engine.inputs import ally_inputs
from sim.engine.parameter_rows import rows_counted
from sim.errors import Fault, ScenarioError, UsageError
from sim.execution import executors
from sim.numerics.streams import STREAM_VERSION, STRETCH
from sim.results.counts import KEEPABLE, PILLARS, Counts
from sim.results.record import AllyDescription, Description, ParameterDescription, Record, Yardstick
from sim.scenario.distributions import distributions_of
from sim.scenario.edit.compare import builds_on
from sim.scenario.schema import Scenario

BLOCK, LEAST_BLOCK = 65_536, 16_384
"""Paths in one SimPy environment unless told: so many that Python's calls hide behind them, fewer where workers would
have too little to share. With half as many again they are 2 % faster; each path takes 80 bytes an ally."""

WORTH_A_POOL = 60_000_000
"""Ally-years from which starting worker processes pays."""

WORTH_COMPILING = 1_000_000_000
"""Ally-years from which compiled loops pay: a minute of NumPy's, where they are compiled first in twenty seconds."""

JOBS_PER_WORKER, MOST_BLOCKS_A_JOB = 4, 4
"""Enough jobs for an even load and a moving progress bar, few enough that sending counts back costs little. A job is
finished before an interrupted run ends: it takes a second or two."""

Progress = Callable[[int, int], None]
"""Called with the paths done and the paths that the run will have, as it seems by then."""


class StoppingRule(Protocol):
    """Decides how many paths a run has, from its counts at numbers of paths of its own choice.

    It sees nothing but the counts of the paths [0, n), so that block, workers and executor change no decision.
    """

    @property
    def most(self) -> int:
        """Paths that suffice for certain."""

    @property
    def precision_points(self) -> float | None:
        """Half-width asked for, percentage points, for the manifest; None: a number of paths was."""

    def wanted(self, counts: Counts | None) -> int:
        """How many paths there shall be when it is asked next: whole stretches until the last; as there are: enough."""

    def expected_total(self, counts: Counts) -> int:
        """How many paths the whole run will have, as it seems."""


@dataclass(frozen=True)
class FixedPaths:
    """The paths that were asked for."""

    most: int
    precision_points: float | None = None

    def wanted(self, counts: Counts | None) -> int:
        """All at once."""
        return self.most

    def expected_total(self, counts: Counts) -> int:
        """No other number."""
        return self.most


def simulate(
    scenario: Scenario,
    paths: int | None = None,
    seed: int | None = None,
    *,
    until: StoppingRule | None = None,
    workers: int | None = None,
    executor: str = "auto",
    engine: str = "numpy",
    keep: Sequence[str] = (),
    block: int | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Record:
    """Simulate a scenario; `command` goes into the manifest.

    `until` decides the number of paths in place of `paths`; with neither it is the scenario's. Neither `workers`,
    `executor`, `engine` nor `block` changes any number. `keep` names state variables whose paths are kept; without it,
    memory does not grow with the paths.

    Raises:
        UsageError: an impossible number of paths, workers or block, paths beside `until`, or an unknown variable,
            executor or engine.
        MissingExtra: the engine fast, where numba is not installed.
        ScenarioError: the scenario's figures do not suffice.
    """
    if until is None:
        until = FixedPaths(arguments.whole("paths", scenario.run.paths if paths is None else paths, arguments.PATHS))
    elif paths is not None:
        asked = f"paths = {paths} and precision = {until.precision_points}"
        raise UsageError(f"{asked} exclude each other: the precision decides how many paths there are; leave one out")
    seed = arguments.seed(scenario.run.seed if seed is None else seed)
    workers, block = arguments.workers(workers), block_asked(block)
    check_kept(keep)
    engine = chosen_engine(scenario, until.most) if engine == "auto" else engine
    kernels.engine(engine)
    tabulate(scenario)
    count = workers or executors.cores()
    if executor == "auto":
        executor = chosen_executor(scenario, until.most, workers)
    sharing = 1 if executor == "serial" else count
    size = block or block_size(until.most, sharing)
    blank = Job(scenario, seed, 0, 0, size, tuple(keep), evaluated(scenario), engine)
    with executors.choose(executor, count) as chosen:
        for total in _totals(until, blank, chosen, sharing):
            if progress is not None:
                progress(total.paths, until.expected_total(total))
    return Record(
        describe(scenario), total, _manifest(blank, total.paths, until.precision_points, command),
        json.dumps(scenario.canonical()),
    )  # fmt: skip


def describe(scenario: Scenario) -> Description:
    """What the counts of a scenario are counts of."""
    allies = tuple(
        AllyDescription(
            entry.iso3, entry.name, entry.base_share_pct, entry.estimated, entry.gdp_usd_bn, entry.europe_canada
        )
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
        parameters=ParameterDescription(
            use=scenario.parameters.use if scenario.left_to_rows else "shipped",
            rows=rows_counted(scenario),
            in_earnest=scenario.probability_in_earnest,
            geography=scenario.parameters.rule_of_exposure,
        ),
    )


def chosen_executor(scenario: Scenario, paths: int, workers: int | None) -> str:
    """Worker processes where several can be had and the run is worth starting them, or they are asked for."""
    worth = _ally_years(scenario, paths) >= WORTH_A_POOL or (workers or 1) > 1
    return "processes" if worth and (workers or executors.cores()) > 1 else "serial"


def chosen_engine(scenario: Scenario, paths: int) -> str:
    """Compiled loops where numba is installed and the run is worth loading it."""
    return "fast" if _ally_years(scenario, paths) >= WORTH_COMPILING and kernels.can_be_fast() else "numpy"


def _ally_years(scenario: Scenario, paths: int) -> int:
    return paths * len(ally_inputs(scenario)) * (scenario.horizon.last_year - scenario.horizon.base_year)


def block_size(paths: int, workers: int) -> int:
    """Paths in one environment: BLOCK, or less where a worker would have too few blocks."""
    fair = -(-paths // (workers * JOBS_PER_WORKER * STRETCH)) * STRETCH
    return BLOCK if workers == 1 else min(BLOCK, max(LEAST_BLOCK, fair))


def _totals(until: StoppingRule, blank: Job, executor: executors.Executor, workers: int) -> Iterator[Counts]:
    """The counts of all paths so far, job after job, until they suffice; `blank` is a job of no path."""
    total: Counts | None = None
    first, wanted = 0, until.wanted(None)
    while first < wanted:
        stretch = replace(blank, first=first, paths=wanted - first)
        for counts in executor.map(run_job, jobs(stretch, workers)):
            total = counts if total is None else total.merged(counts)
            del counts  # or it would outlive the next block
            yield total
        first, wanted = wanted, until.wanted(total)


def jobs(stretch: Job, workers: int) -> Iterator[Job]:
    """A stretch of paths cut into jobs of whole blocks; of one block each where one process computes alone."""
    fair = stretch.paths // (stretch.block * workers * JOBS_PER_WORKER)
    at_once = stretch.block * (1 if workers == 1 else max(1, min(MOST_BLOCKS_A_JOB, fair)))
    end = stretch.first + stretch.paths
    for first in range(stretch.first, end, at_once):
        yield replace(stretch, first=first, paths=min(at_once, end - first))


@cache
def _versions() -> dict[str, str]:
    """Of what a run's bits could depend on, read from the disk once: it takes as long as a tenth of a small run."""
    return {name: version(name) for name in ("burdenshare", "numpy", "scipy", "simpy")}


def _manifest(job: Job, paths: int, precision_points: float | None, command: str) -> dict[str, object]:
    scenario = job.scenario
    return {
        **_versions(),
        "stream_version": STREAM_VERSION,
        "scenario_digest": scenario.digest,
        "data_digest": load_tables(scenario.replacements).digest,
        "builds_on": builds_on(scenario),
        "seed": job.seed,
        "paths": paths,
        "precision_points": precision_points,
        "engine": job.engine,
        "python": platform.python_version(),
        "built_tables": _built_tables(scenario),
        "command": command,
    }


def tabulate(scenario: Scenario) -> None:
    """Make every distribution's table before the run; all that cannot be tabulated are reported with their places."""
    faults: list[Fault] = []
    refused = evaluate_all(_of_scipy(scenario))
    for field, distribution in _distributions(scenario):
        try:
            if distribution.shape in refused:
                raise refused[distribution.shape]
            table_of(distribution)
        except ScenarioError as error:
            file, line = scenario.locations.get(field, (scenario.title, 0))
            faults += [replace(fault, file=file, line=line, field=field) for fault in error.faults]
    if faults:
        raise ScenarioError(tuple(faults))


@lru_cache(maxsize=8)
def _distributions(scenario: Scenario) -> tuple[tuple[str, Family], ...]:
    return tuple(distributions_of(scenario))


def _of_scipy(scenario: Scenario) -> set[Shape]:
    """The shapes that SciPy has to evaluate."""
    return {distribution.shape for _, distribution in _distributions(scenario) if isinstance(distribution, Scipy)}


def evaluated(*scenarios: Scenario) -> dict[Shape, Evaluated]:
    """What workers are handed, which cannot have SciPy's shapes evaluated; `tabulate` has found nothing wrong."""
    shapes = set().union(*map(_of_scipy, scenarios))
    evaluate_all(shapes)
    return {shape: kept()[shape] for shape in shapes}


def _built_tables(scenario: Scenario) -> dict[str, dict[str, str | float]]:
    """Digest and distance of the distributions that are not files of the package: they depend on SciPy's version."""
    return {
        file_stem(shape): {"digest": standardised(shape).digest, "distance": distance(shape)}
        for shape in sorted(
            {
                distribution.shape
                for _, distribution in _distributions(scenario)
                # these two take sqrt and arithmetic alone, which no version of SciPy can change
                if distribution.key not in ("uniform", "triangular")
            }
        )
        if file_stem(shape) not in packaged()
    }


def block_asked(block: object) -> int | None:
    """Paths in one environment as asked for, or None; raises UsageError for what no block can have."""
    blocks = range(STRETCH, arguments.PATHS.stop, STRETCH)
    return None if block is None else arguments.whole("block", block, blocks, f"above 0 and a multiple of {STRETCH:,}")


def check_kept(keep: Sequence[str]) -> None:
    """Raises UsageError for a state variable whose paths cannot be kept."""
    for name in keep:
        if name not in KEEPABLE:
            raise UsageError(f"cannot keep paths of {name!r}; there are {', '.join(KEEPABLE)}")
