"""Where nothing moves, nothing happens. What holds of every run stands in tests/verification/properties."""

from __future__ import annotations

import numpy as np

import sim
from sim.engine.inputs import ally_inputs


def test_without_noise_and_gap_the_share_stays() -> None:
    """Closed form 7: nothing happens where nothing moves."""
    scenario = sim.loads(STILL)
    results = sim.simulate(scenario, paths=16, seed=1, executor="serial", keep=["share_pct"])
    start = np.array([entry.base_share_pct for entry in ally_inputs(scenario)], dtype=np.float32)
    np.testing.assert_allclose(
        results.paths("share_pct"), np.broadcast_to(start[:, None, None], (31, 6, 16)), rtol=2e-6
    )


STILL = """
[growth]
factor = 0.0
recession_probability = 0.0
ally_noise = 0.0
[urgency]
level = 0.0
[will]
mean = 0.0
noise = 0.0
change_jump = 0.0
[budget]
norm_years = 1
pledges = false
announced_paths = false
adopted = false
desired_cap_pct = 50.0
[outturn]
base_error = 0.0
execution = 1.0
noise = 0.0
reporting = 0.0
[[event]]
name = "crisis"
rate = 0.0
[[event]]
name = "us_retrenchment"
rate = 0.0
[[event]]
name = "detente"
rate = 0.0
"""
