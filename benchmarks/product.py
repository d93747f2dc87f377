"""The product's own side of each comparison: one block of the main scenario, and what shows that all of it was done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import simpy

import sim
from benchmarks.measure import Work
from sim.engine.block import run_block
from sim.execution.simulate import BLOCK
from sim.results.counts import Counts
from sim.scenario.schema import Scenario

ROOT = Path(__file__).parent.parent
FILE = ROOT / "scenarios" / "rutte_2032.toml"
MAIN = sim.load(FILE)
ALLIES, YEARS = 31, MAIN.horizon.last_year - MAIN.horizon.base_year
ALLY_YEARS = ALLIES * YEARS
SEED = 1
NUMPY = "beside NumPy's default_rng drawing ten float64 normals an ally-year"


def using(scenario: Scenario, use: str) -> Scenario:
    """The scenario with its parameters from elsewhere: "drawn", as it is unless it says otherwise, or "shipped"."""
    return scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={"use": use})})


def counted(counts: Counts, paths: int, allies: int = ALLIES, years: int = YEARS) -> bool:
    """Whether every ally, year, pillar and group of every path stands in its histogram."""
    arrays = counts.arrays
    sums = {
        "shares": (3, allies, years), "group_shares": (2, 3, years), "number": (4, years), "first_year": (allies,),
        "shortfall_usd": (allies, years), "group_shortfall_usd": (2, years), "spent_shares": (2, allies, years),
        "spent_group_shares": (2, 2, years), "spent_shortfall_usd": (allies, years),
        "spent_group_shortfall_usd": (2, years),
    }  # fmt: skip
    return counts.paths == paths and all(
        arrays[name].shape[:-1] == shape and bool((arrays[name].sum(axis=-1) == paths).all())
        for name, shape in sums.items()
    )


def block(paths: int = BLOCK, scenario: Scenario = MAIN) -> Work:
    """One block, everything recorded; seconds are for one path."""
    years = scenario.horizon.last_year - scenario.horizon.base_year
    return Work(
        lambda: run_block(scenario, SEED, 0, paths),
        lambda counts: counted(counts, paths, counts.arrays["shares"].shape[1], years),
        paths,
    )


def numpy_draws(paths: int = BLOCK) -> Work:
    """The yardstick: NumPy's default generator drawing ten float64 normals an ally-year; seconds are for one path.

    Into one array, again and again: nothing is allocated, nothing kept.
    """
    generator, array = np.random.default_rng(SEED), np.empty(10 * paths)
    return Work(
        lambda: sum(generator.standard_normal(out=array).size for _ in range(ALLY_YEARS)),
        lambda draws: draws == 10 * paths * ALLY_YEARS,
        paths,
    )


def events_of_a_block(paths: int = BLOCK) -> int:
    """How many events SimPy processes in a block: counted where SimPy takes them, whatever waits for them."""
    plain, taken = simpy.Environment.step, 0

    def step(self: simpy.Environment) -> None:
        nonlocal taken
        taken += 1
        plain(self)

    simpy.Environment.step = step  # type: ignore[method-assign]  # counted from outside, for this measurement
    try:
        run_block(MAIN, SEED, 0, paths)
    finally:
        simpy.Environment.step = plain  # type: ignore[method-assign]  # put back
    assert taken >= 4 * YEARS, "a block without events is no simulation"
    return taken
