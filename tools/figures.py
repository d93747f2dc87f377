"""Draws the pictures of README.md and writes the tables of docs/model/outcomes.md, from runs of the shipped scenarios.

`python tools/figures.py`, part of `make docs`.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from pages import rewrite

import sim
from sim.data.tables import load_tables
from sim.evaluation.backtest.backtest import shares_of
from sim.evaluation.backtest.baselines import BASELINES, Past
from sim.evaluation.backtest.origins import FIRST, LAST
from sim.numerics.grid import HUNDREDTHS, WHOLE, printed, reaches
from sim.results.counts import TALLIES
from sim.results.intervals import quantile
from sim.results.summary import default_year, expected_number, step_of

ROOT = Path(__file__).parent.parent
SCENARIOS = ROOT / "scenarios"
PATHS = 50_000

AS_IT_IS = "as it is: parameters drawn"


def called(*args: str | Path) -> str:
    """What `sim` prints when called so, in a pipe."""
    command = [sys.executable, "-m", "sim", *map(str, args)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.rstrip()


PICTURES = {
    "europe-and-canada-light": ("fan", "light"),
    "who-meets-it-light": ("ranked", "light"),
    "who-meets-it-dark": ("ranked", "dark"),
}
"""The pictures of the pages, and the chart and theme that each is; the README's own is drawn for dark pages too."""


def draw_pictures(run: Path, folder: Path) -> None:
    """The pictures of the pages, as `sim chart` draws them from a saved run."""
    for name, (kind, theme) in PICTURES.items():
        called("chart", kind, run, "--theme", theme, "--out", folder / f"{name}.svg")


class Outcome:
    """The alliance's figures of one run."""

    def __init__(self, scenario: sim.Scenario) -> None:
        self.record = sim.simulate(scenario, paths=PATHS).record

    def compliant(self, year: int, tally: str = "core") -> str:
        """Expected number of compliant allies and its 90 % band."""
        number = self.record.counts.arrays["number"][TALLIES.index(tally), step_of(self.record, year)]
        low, high = (int(quantile(number, level, WHOLE)) for level in (0.05, 0.95))
        return f"{expected_number(self.record, year, tally):.1f} [{low}, {high}]"

    def average(self, year: int) -> str:
        """The median of what Europe and Canada spend on average, % of GDP, and its 90 % band."""
        cells = self.record.counts.arrays["spent_group_shares"][0, 0, step_of(self.record, year)]
        low, middle, high = (float(quantile(cells, level, HUNDREDTHS)) for level in (0.05, 0.5, 0.95))
        return f"{middle:.2f} [{low:.2f}, {high:.2f}]"


def scenario_rows() -> Iterator[str]:
    """One row a scenario, in the year its target falls due, or its last."""
    yield "| scenario | year | allies at the target | spent only | Europe and Canada spend, % of GDP |"
    yield "|---|---|---|---|---|"
    for file in sorted(SCENARIOS.glob("*.toml")):
        outcome = Outcome(sim.load(file))
        year = default_year(outcome.record)
        without = outcome.compliant(year, "core_without_late_push")
        yield f"| `{file.stem}` | {year} | {outcome.compliant(year)} | {without} | {outcome.average(year)} |"


def sensitivity_rows() -> Iterator[str]:
    """What single assumptions do to `rutte_2032` in 2032."""
    base = sim.load(SCENARIOS / "rutte_2032.toml")

    def changed(**sections: dict[str, object]) -> sim.Scenario:
        update = {name: getattr(base, name).model_copy(update=values) for name, values in sections.items()}
        return base.model_copy(update=update)

    def source(**values: object) -> sim.Scenario:
        return base.model_copy(update={"parameters": base.parameters.model_copy(update=values)})

    quiet = tuple(event.model_copy(update={"rate": 0.0}) for event in base.event)
    assumptions = {
        AS_IT_IS: base,
        "the pledge kept in earnest on every path": source(in_earnest=1.0),
        "the pledge as estimated on every path": source(in_earnest=0.0),
        'parameters at their estimate, the same on every path (`use = "estimated"`)': source(use="estimated"),
        'parameters as shipped (`use = "shipped"`)': source(use="shipped"),
        "exposure by coasts on every path": source(geography="coasts"),
        "exposure by distance alone on every path": source(geography="distance"),
        "if governments felt half as threatened": base.with_urgency(0.5),
        "if they felt a quarter as threatened": base.with_urgency(0.25),
        "increases slow down toward 2.0 % on every path, not 2.5 to 4.5 (`headroom_pct`)": changed(
            budget={"headroom_pct": 2.0}
        ),
        "increases slow down toward 4.0 % on every path": changed(budget={"headroom_pct": 4.0}),
        "a premium of the threat of 3 on every path, half of what is shipped": changed(budget={"threat_weight": 3.0}),
        "up to 0.75 points closed on paper after 2025, as to 2025": changed(outturn={"late_push_reach_pct": 0.75}),
        "nothing closed on paper": changed(outturn={"late_push": False}),
        "no announced paths": changed(budget={"announced_paths": False}),
        "no budgets of the data": changed(budget={"adopted": False}),
        "peers push apart (-0.10)": changed(will={"peer": -0.10}),
        "peers pull together (+0.20)": changed(will={"peer": 0.20}),
        "the same will everywhere (0.3)": changed(will={"mean": 0.3}),
        "no noise of outlays": changed(outturn={"noise": 0.0}),
        "no new crises, retrenchment or detente": base.model_copy(update={"event": quiet}),
        "no growth surprises": changed(growth={"factor": 0.0, "ally_noise": 0.0, "recession_probability": 0.0}),
    }
    yield "| assumption | allies at 3.5 % in 2032 | largest change of an ally's probability |"
    yield "|---|---|---|"
    usual: np.ndarray | None = None
    for assumption, scenario in assumptions.items():
        outcome = Outcome(scenario)
        met = outcome.record.counts.arrays["compliant"][0, :, -1] / PATHS
        usual = met if usual is None else usual
        place = int(np.abs(met - usual).argmax())
        name = outcome.record.description.allies[place].name
        change = f"{met[place] - usual[place]:+.2f} ({name})" if assumption != AS_IT_IS else ""
        yield f"| {assumption} | {outcome.compliant(2032)} | {change} |"


def baseline_number(name: str) -> str:
    """Expected number of allies at 3.5 % in 2032 by a baseline of the track record, and its 90 % band."""
    tables = load_tables()
    codes = tuple(ally.iso_numeric for ally in tables.armed_allies())
    past = Past(codes, range(FIRST, LAST + 1), shares_of(tables), 3.5, 2032)
    ensemble = BASELINES[name].ensemble(past, 2032 - LAST, PATHS, 2032)
    assert ensemble is not None
    numbers = reaches(printed(ensemble[:, -1]), 3.5).sum(axis=0)
    low, high = np.quantile(numbers, (0.05, 0.95), method="inverted_cdf")
    return f"{numbers.mean():.1f} [{low}, {high}]"


def main() -> None:
    """Rewrite the pictures and the marked parts of the page."""
    with TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        called("run", SCENARIOS / "rutte_2032.toml", "--out", run, "--no-report")
        draw_pictures(run, ROOT / "docs" / "pictures")
    page = ROOT / "docs" / "model" / "outcomes.md"
    told = (
        f"Expected number of allies (of 31) that report the target's share, and its 90 % band, over {PATHS:,} paths; "
        "median and 90 % band of the average share:"
    )
    scenarios = "\n".join(scenario_rows())
    rewrite(page, "<!-- scenarios -->", "<!-- end of scenarios -->", f"\n{told}\n\n{scenarios}\n")
    told = "Each of these in the place of what `rutte_2032` assumes, on the same random numbers:"
    assumptions = "\n".join(sensitivity_rows())
    whole, half = (baseline_number(name) for name in ("straight_line", "half_kept"))
    simple = (
        f"Without a model: a straight line of every ally to 3.5 % in 2032 gives {whole} allies, one of which half is "
        f"kept {half} ([baselines](../track-record.md#scores-by-distance) of the track record, with their errors)."
    )
    rewrite(page, "<!-- assumptions -->", "<!-- end of assumptions -->", f"\n{told}\n\n{assumptions}\n\n{simple}\n")


if __name__ == "__main__":
    main()
