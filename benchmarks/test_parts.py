"""Where the time goes: draws, one block, its recording. Ratios are printed against NumPy merely drawing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.distributions.draws import Draws
from sim.distributions.families import StudentT
from sim.engine.block import run_block

PATHS = 16_384
SCENARIO = sim.load(Path(__file__).parent.parent / "scenarios" / "rutte_2032.toml")
ALLY_YEARS = 31 * 6


@pytest.mark.benchmark(group="block")
def test_block(benchmark: Any) -> None:
    """One block of rutte_2032, everything recorded."""
    counts = benchmark.pedantic(run_block, (SCENARIO, 1, 0, PATHS), rounds=3, warmup_rounds=1)
    assert counts.arrays["shares"][0].sum() == ALLY_YEARS * PATHS


@pytest.mark.benchmark(group="block")
def test_numpy_merely_drawing(benchmark: Any) -> None:
    """The yardstick: NumPy's default generator drawing ten float64 normals an ally-year."""
    generator = np.random.default_rng(1)

    def draw() -> int:
        return sum(generator.standard_normal(10 * PATHS).size for _ in range(ALLY_YEARS))

    assert benchmark.pedantic(draw, rounds=3, warmup_rounds=1) == ALLY_YEARS * PATHS * 10


@pytest.mark.benchmark(group="draw")
def test_a_draw(benchmark: Any) -> None:
    """One draw of a Student t for a block."""
    draws, law = Draws(1, 0, PATHS), StudentT(df=4.0, sd=0.08)
    drawn = benchmark(draws.value, "outturn/noise", law, ally=8, period=2027)
    assert drawn.shape == (PATHS,)
