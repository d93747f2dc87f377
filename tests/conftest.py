"""Scenarios the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import Phase, settings

import sim

settings.register_profile("unshrunk", phases=(Phase.explicit, Phase.generate))
"""For mutants, which need to die and not to be told why: a failing example is not made smaller."""

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@pytest.fixture(scope="session")
def rutte() -> sim.Scenario:
    return sim.load(SCENARIOS / "rutte_2032.toml")


@pytest.fixture(scope="session")
def rutte_results(rutte: sim.Scenario) -> sim.Results:
    """4,000 paths with everything kept."""
    from sim.record.counts import KEEPABLE

    return sim.simulate(rutte, paths=4_000, seed=2032, executor="serial", keep=KEEPABLE)
