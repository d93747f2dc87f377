"""Variants of one scenario side by side in one block: for estimating and comparing.

Most of the time of a small run is Python's and SimPy's, the same for 100 paths as for 10,000. A block of 32 variants
of 512 paths costs a tenth of 32 runs. Every variant sees the draws of a run of its own; its shares agree with that
run's within float32's rounding, since a number that all paths share is rounded later than one a path.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Draws
from sim.engine.block import BlockSimulation
from sim.engine.drawn_parameters import Parameters
from sim.engine.observer import Observer
from sim.errors import UsageError
from sim.kernels import NUMPY, Engine
from sim.model.sections import SECTIONS
from sim.scenario.schema import Scenario


def reported_shares(
    variants: Sequence[Scenario], seed: int, paths: int, *, common_random_numbers: bool = True, engine: Engine = NUMPY
) -> NDArray[np.float32]:
    """The core share as reported, % of GDP, (variant, ally, year, path).

    Every variant over the paths [0, paths); without `common_random_numbers` the first over these, the next over the
    paths that follow, and so on.

    Raises:
        UsageError: the variants differ in more than the numbers and distributions of their sections.
    """
    first = variants[0]
    for variant in variants[1:]:
        _alike(first, variant)
    draws = Draws(seed, 0, paths, len(variants), common_random_numbers=common_random_numbers, engine=engine)
    simulation = BlockSimulation(first, Parameters(variants, draws), draws, Observer())
    kept = np.empty((len(simulation.inputs), len(simulation.years.simulated), draws.paths), dtype=np.float32)

    def record(year: int) -> None:
        for index, state in enumerate(simulation.world.allies.values()):
            kept[index, year - simulation.years.base - 1] = state.reported_pct

    simulation.run(record)
    return kept.reshape(*kept.shape[:2], len(variants), paths).transpose(2, 0, 1, 3)


def _alike(first: Scenario, other: Scenario) -> None:
    sections = {section.name for section in SECTIONS}
    for name in type(first).model_fields:
        mine, theirs = getattr(first, name), getattr(other, name)
        if name in sections:
            for field, facts in type(mine).model_fields.items():
                extra = facts.json_schema_extra
                fixed = not isinstance(extra, dict) or extra.get("scope", "fixed") == "fixed"
                one, two = getattr(mine, field), getattr(theirs, field)
                if fixed and one != two:
                    raise UsageError(f"variants must not differ in {name}.{field}")
                if (one is None) != (two is None):  # None: each ally's own, from the data
                    raise UsageError(f"{name}.{field} must be given in all variants or in none")
        elif name not in ("title", "source", "description") and mine != theirs:
            raise UsageError(f"variants must not differ in {name}")
    if first.left_to_rows != other.left_to_rows:
        left = min(first.left_to_rows ^ other.left_to_rows)
        raise UsageError(
            f"{'.'.join(left)} must be given in all variants or in none: else it is taken from the estimate"
        )
