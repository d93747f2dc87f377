"""Every chart over small runs: `python tests/charts/drawn.py` draws the golden pictures anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

import sim
from sim.engine.parameter_rows import rows_counted
from sim.model.parameters import ParameterSource
from sim.output.charts.differences import differences
from sim.output.charts.fan import chooser, fan
from sim.output.charts.money import shortfall
from sim.output.charts.multiples import multiples
from sim.output.charts.numbers import compliant, first_chooser, first_years
from sim.output.charts.ranking import heat, ranked
from sim.output.charts.saving import content
from sim.results.parameter_range import LEAST_PATHS
from sim.results.record import Record

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
PATHS = 2_000


@lru_cache(maxsize=2)
def record(name: str = "rutte_2032") -> Record:
    """A run whose bits are the same everywhere."""
    return sim.simulate(sim.load(ROOT / "scenarios" / f"{name}.toml"), PATHS, 2032, executor="serial").record


def drawn_record() -> Record:
    """A run that draws its parameters, of just as many paths as a range over them asks for."""
    shipped = sim.load(ROOT / "scenarios" / "rutte_2032.toml")
    scenario = shipped.model_copy(update={"parameters": ParameterSource(use="drawn")})
    return sim.simulate(scenario, LEAST_PATHS * rows_counted(scenario), 2032, executor="serial").record


def pairs() -> pd.DataFrame:
    """A table of differences, made by hand: a rise, a fall, one too small to draw, another year, another pillar."""
    rows = [
        ("ITA", "Italy", 2032, "core", 0.10, 0.30, 0.20, 0.18, 0.22),
        ("FRA", "France", 2032, "core", 0.50, 0.44, -0.06, -0.08, -0.04),
        ("POL", "Poland", 2032, "core", 0.990, 0.992, 0.002, 0.001, 0.003),
        ("ESP", "Spain", 2032, "core", 0.10, 0.14, 0.04, -0.01, 0.09),
        ("ITA", "Italy", 2031, "core", 0.1, 0.9, 0.8, 0.7, 0.9),
        ("ITA", "Italy", 2032, "total", 0.1, 0.8, 0.7, 0.6, 0.8),
    ]
    columns = ["iso3", "ally", "year", "pillar", "probability_a", "probability_b", "difference", "ci_low", "ci_high"]
    return pd.DataFrame(rows, columns=columns)


CHARTS: dict[str, Callable[[str], Any]] = {
    "fan": lambda theme: fan(record(), "EUC", theme=theme),
    "fan_event": lambda theme: fan(record("us_retrenchment"), "DEU", straight=True, theme=theme),
    "chooser": lambda theme: chooser(record(), "ESP", theme=theme),
    "multiples": lambda theme: multiples(record(), theme=theme),
    "ranked": lambda theme: ranked(record(), theme=theme),
    "ranked_choose": lambda theme: ranked(record(), choose=True, theme=theme),
    "ranked_drawn": lambda theme: ranked(drawn_record(), theme=theme),
    "ranked_total": lambda theme: ranked(record(), pillar="total", theme=theme),
    "heat": lambda theme: heat(record(), theme=theme),
    "heat_related": lambda theme: heat(record(), pillar="related", theme=theme),
    "compliant": lambda theme: compliant(record(), theme=theme),
    "first_years": lambda theme: first_years(record(), "DEU", theme=theme),
    "first_chooser": lambda theme: first_chooser(record(), "ROU", theme=theme),
    "shortfall": lambda theme: shortfall(record(), theme=theme),
    "shortfall_choose": lambda theme: shortfall(record(), choose=True, theme=theme),
    "differences": lambda theme: differences(pairs(), 2032, "as it is", "another world", theme=theme),
}


def main() -> None:
    """Draw the golden pictures anew: look at each before it is kept."""
    GOLDEN.mkdir(exist_ok=True)
    for name, draw in CHARTS.items():
        (GOLDEN / f"{name}.svg").write_bytes(content(draw("light"), "svg"))


if __name__ == "__main__":
    main()
