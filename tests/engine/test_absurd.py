"""Parameters no analyst would choose: the run ends, counts every path, and stays in range."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.model.events.shock import AMOUNTS

TARGET = "[targets.core]\nshare_pct = 3.5\nby = 2032\n"

ABSURD = {
    "reporting_below_zero": "[outturn]\nreporting = { normal = { mean = 0.0, sd = 5.0 } }\n",
    "reporting_constant": "[outturn]\nreporting = -1e6\n",
    "outlays": "[outturn]\nnoise = { normal = { mean = 0.0, sd = 1e6 } }\n",
    "base_error": "[outturn]\nbase_error = { lognormal = { mean = 1e6, log_sd = 1.0 } }\n",
    "late_push": "[outturn]\nlate_push_excess = 1e6\n",
    "fast_decay": "[horizon]\nlast_year = 2066\n[urgency]\ndecay = 1.0\n",
    "growth_up": "[horizon]\nlast_year = 2066\n[growth]\nfactor = 1e6\n",
    "growth_down": "[horizon]\nlast_year = 2066\n[growth]\nfactor = -1e6\nforecast_shift_pct = -20.0\n",
    "growth_wild": "[growth]\nally_noise = { student_t = { df = 3.0, sd = 1e6 } }\nsd_pct = 30.0\n",
    "will": "[will]\nmean = { normal = { mean = 0.0, sd = 1e6 } }\nearly_election_rate = 5.0\n",
    **{
        f"shock_{state}_{amount:g}": (
            f'[[event]]\nname = "jolt"\nkind = "shock"\nstate = "{state}"\namount = {amount}\nrate = 5.0\n'
        )
        for state, ends in AMOUNTS.items()
        for amount in ends
    },
    "recessions": '[[event]]\nname = "slump"\nkind = "recession"\nsize_pct = 40.0\nrate = 5.0\n',
}


@pytest.mark.parametrize("name", ABSURD)
@pytest.mark.filterwarnings("error")
def test_an_absurd_scenario_stays_in_range(name: str) -> None:
    scenario = sim.loads(TARGET + ABSURD[name])
    results = sim.simulate(
        scenario, paths=320, seed=1, executor="serial", keep=["share_pct", "reported_pct", "gdp_usd_bn"]
    )
    arrays = results.record.counts.arrays
    assert (arrays["shares"].sum(axis=-1) == 320).all()
    assert (arrays["shortfall_usd"].sum(axis=-1) == 320).all()
    assert all((array >= 0).all() for array in arrays.values())
    for variable, low, high in [("share_pct", 0, 100), ("reported_pct", 0, 100), ("gdp_usd_bn", 1e-3, 1e7)]:
        values = results.paths(variable)
        assert np.isfinite(values).all()
        assert low <= values.min()
        assert values.max() <= high * (1 + 1e-6)
