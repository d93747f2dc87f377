"""Compiled loops have the bits of NumPy on every made scenario."""

from __future__ import annotations

import pytest

import sim
from properties.making import TALLY, holds_for, made, seeds
from sim.kernels import ENGINES
from sim.results.counts import KEEPABLE

pytest.importorskip("numba", reason="needs numba (pip install 'burdenshare[fast]')")


@holds_for(2, 200, scenario=made(), seed=seeds)
def test_the_engines_have_the_same_bits(scenario: sim.Scenario, seed: int) -> None:
    TALLY.runs += 2
    one, other = (
        sim.simulate(scenario, 80, seed, executor="serial", engine=engine, keep=KEEPABLE) for engine in ENGINES
    )
    assert other.digest() == one.digest()
