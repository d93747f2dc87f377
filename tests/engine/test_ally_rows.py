"""Allies computed as rows of one array are what each is alone, to the bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sim
from sim.engine import ally_rows
from sim.engine.ally_rows import row, rows
from sim.engine.block import run_block
from sim.results.counts import KEEPABLE

VALID = Path(__file__).parents[1] / "scenarios" / "valid"

OWN = """
[parameters]
use = "shipped"
[horizon]
last_year = 2029
[targets.core]
share_pct = 3.5
by = 2028
[growth]
ally_noise = 0.7
[will]
mean = 0.3
[ally.DEU.growth]
sd_pct = 1.3
forecast_shift_pct = 0.7
[ally.FRA.growth]
forecast_shift_pct = { uniform = { low = -1.0, high = 1.0 } }
[ally.ITA.budget]
threat_weight = 3.3
speed = { uniform = { low = 0.1, high = 0.9 } }
max_rise = 0.3
[ally.ITA.will]
mean = { normal = { mean = 0.8, sd = 0.5 } }
reversion = 0.3
[[event]]
name = "slump"
kind = "recession"
ally = "POL"
rate = 0.5
"""
"""Numbers, draws and losses that some allies have of their own."""


@pytest.mark.parametrize("name", ["own", "every_event", "rutte_2032"])
def test_no_bit_depends_on_how_many_allies_are_computed_in_a_call(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = VALID / f"{name}.toml"
    scenario = sim.loads(OWN) if name == "own" else sim.load(file if file.exists() else name)
    digests = set()
    for together in (1, 2, 31):
        monkeypatch.setattr(ally_rows, "WORTH_A_CALL", together * 160)
        digests.add(run_block(scenario, 7, 0, 160, KEEPABLE).digest())
    assert len(digests) == 1


def test_rows_are_numbers_or_arrays_and_what_is_shared_stays_one() -> None:
    shared, own = np.arange(3, dtype=np.float32), np.ones(3, dtype=np.float32)
    assert rows([shared, shared]) is shared
    assert rows([0.1, 0.1]) == 0.1
    numbers = rows([0.1, 0.2])
    assert (numbers.shape, numbers.dtype) == ((2, 1), np.float32)
    both = rows([0.1, own])
    assert both.dtype == np.float32
    assert both.tolist() == [[np.float32(0.1)] * 3, [1.0] * 3]
    assert row(both, 1).tolist() == own.tolist()
    assert row(shared, 1) is shared
