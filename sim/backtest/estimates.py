"""The parameters estimated at each cutoff, as `sim calibrate --every` left them."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def packaged() -> dict[int, dict[str, float]]:
    """Numbers of the scenario by name, for each cutoff: the last year whose figures were seen."""
    text = files("sim.backtest").joinpath("estimates.toml").read_text("utf-8")
    return {int(cutoff): numbers for cutoff, numbers in tomllib.loads(text)["cutoff"].items()}
