"""Which NATO allies will keep their spending pledge, with what probability, and what would change it.

import sim
results = sim.simulate(sim.load("rutte_2032"), paths=100_000, seed=2032)
results.compliance()
"""

from __future__ import annotations

TYPE_CHECKING = False  # which type checkers know, so that importing this imports nothing: see sim/cli/__init__.py
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sim.analysis.comparison.facade import Comparison
    from sim.analysis.replay import Story
    from sim.errors import Fault, RunError, ScenarioError, SimError, UsageError
    from sim.results.facade import Results
    from sim.scenario import Scenario, dump, load, loads

__all__ = [
    "Comparison", "Fault", "Results", "RunError", "Scenario", "ScenarioError", "SimError", "UsageError", "compare",
    "dump", "load", "loads", "replay", "simulate",
]  # fmt: skip


def simulate(
    scenario: Scenario,
    paths: int | None = None,
    seed: int | None = None,
    *,
    precision: float | None = None,
    workers: int | None = None,
    executor: str = "auto",
    engine: str = "numpy",
    keep: Sequence[str] = (),
    block: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Results:
    """Simulate a scenario; `paths` and `seed` are the scenario's unless given.

    `precision`, percentage points, in place of `paths`: as many paths as it takes until the 95 % interval of every
    probability of `compliance()`, in every year, reaches less far than that to either side. The same scenario, seed
    and precision give the same paths; `paths_simulated` and the manifest say how many.

    `workers` (None: all processors), `executor` ("auto", "serial", "processes"), `engine` and `block` (paths computed
    together, a multiple of 4,096) change the speed and no number. The engine "fast" compiles the equations: faster than
    "numpy" after some seconds for a start; it needs the extra `fast`; "auto" takes it for long runs where it is
    installed. `keep` names state variables whose paths are kept: share_pct,
    reported_pct, spent_pct, related_pct, plan_pct, will, gdp_usd_bn. `progress` is called with paths done and wanted
    (with a precision: as many as it seems to take).

    Raises:
        UsageError: an impossible number of paths, workers or block, an unknown variable, executor or engine; a
            precision that is given with `paths`, not above 0 and at most 50, finer than 1,000,000,000 paths give, or of
            no target.
        SimError: the engine "fast", where numba is not installed.
        ScenarioError: the scenario's figures do not suffice.

    >>> import sim
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> germany = results.compliance().query("ally == 'Germany' and pillar == 'core' and year == 2032")
    >>> germany["probability"].item()
    0.7429327163696289
    """
    from sim.execution import simulate as run
    from sim.results.facade import Results

    until = None
    if precision is not None:
        from sim.execution.stopping import Precision

        until = Precision(precision, run.describe(scenario))
    record = run.simulate(
        scenario,
        paths,
        seed,
        until=until,
        workers=workers,
        executor=executor,
        engine=engine,
        keep=keep,
        block=block,
        progress=progress,
    )
    return Results(record)


def compare(
    a: Scenario,
    b: Scenario,
    *more: Scenario,
    paths: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    executor: str = "auto",
    block: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Compare scenarios with the first, `a`, on common random numbers; `paths` and `seed` are `a`'s unless given.

    Differences are counted path by path, so they are far sharper than those of two runs, and their 95 % intervals come
    from the paths on which the scenarios disagree. Each scenario is measured against its own yardstick; `notes()` says
    where these differ. `workers`, `executor`, `block` and `progress` as in `simulate`.

    Raises:
        UsageError: scenarios of different base years or allies, more than ten, or an impossible number.
        ScenarioError: the figures of one do not suffice.

    >>> import sim
    >>> comparison = sim.compare(sim.load("rutte_2032"), sim.load("hague_2035"), paths=2_000)
    >>> germany = comparison.compliance().query("ally == 'Germany' and pillar == 'core' and year == 2032")
    >>> round(germany["difference"].item(), 3)
    -0.022
    """
    from sim.analysis.comparison.compare import compare as run_comparison

    return run_comparison(
        (a, b, *more), paths, seed, workers=workers, executor=executor, block=block, progress=progress
    )


def replay(scenario: Scenario, path: int, seed: int | None = None) -> Story:
    """One of the simulated runs told with its dates: the same bits as in the run of all paths.

    Raises:
        UsageError: no path or seed that a run can have.

    >>> import sim
    >>> story = sim.replay(sim.load("rutte_2032"), path=48_213)
    >>> outcome = story.of("BGR").outcomes[-1]
    >>> outcome.ally, outcome.year, round(outcome.reported_pct, 2)
    ('Bulgaria', 2032, 3.18)
    """
    from sim.analysis.replay import replay as tell

    return tell(scenario, path, seed)


def __getattr__(name: str) -> object:
    """Names are fetched when asked for, so that importing the package takes no time."""
    if name == "__version__":
        from importlib.metadata import version

        return version("burdenshare")
    if name in ("Fault", "RunError", "ScenarioError", "SimError", "UsageError"):
        import sim.errors

        return getattr(sim.errors, name)
    if name == "Comparison":
        from sim.analysis.comparison.facade import Comparison

        return Comparison
    if name == "Results":
        from sim.results.facade import Results

        return Results
    if name in ("Scenario", "dump", "load", "loads"):
        import sim.scenario

        return getattr(sim.scenario, name)
    raise AttributeError(f"module 'sim' has no attribute {name!r}")
