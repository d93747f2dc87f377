"""This build beside the former one, which takes turns with it in a process of its own."""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from typing import Any

import numpy as np

from benchmarks.build import FORMER, Build, builds
from benchmarks.measure import Spread, ratio, spread
from benchmarks.peers.facts import Missing
from benchmarks.product import ALLIES, ALLY_YEARS, FILE
from benchmarks.report import Found, Line, verdict
from sim.execution.simulate import BLOCK

TURNS = 7
SEEDS, PATHS = 64, 4_096
HALF_WIDTH = 0.2
VARIANTS, EACH = 32, 2_048
BETWEEN = (0.05, 0.95)


def former() -> Found:
    """Time and paths, this build over the former.

    Raises:
        Missing: the project's history is not here.
    """
    try:
        with builds() as (before, now):
            return _beside(before, now)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"needs git and the commit {FORMER} of the project's history ({error})") from error


Task = dict[str, Any]
MEASURED: dict[str, tuple[str, Task, dict[str, tuple[float, float]]]] = {
    "block": (f"a block of {BLOCK:,} paths, everything recorded", {"name": "block", "paths": BLOCK},
              {"numpy": (0.88, 0.74), "fast": (0.58, 0.44)}),
    "ten_thousand": ("10,000 paths, warm", {"name": "run", "paths": 10_000},
                     {"numpy": (0.72, 0.58), "fast": (0.58, 0.36)}),
    "sixteen": ("16 paths, warm", {"name": "run", "paths": 16}, {"numpy": (0.55, 0.39)}),
    "variants": (f"{VARIANTS} settings in one block", {"name": "variants", "variants": VARIANTS, "paths": EACH},
                 {"numpy": (1.0, 0.88), "fast": (0.33, 0.20)}),
    "half_width": (f"every probability known to {HALF_WIDTH} points", {"name": "run", "precision": HALF_WIDTH},
                   {"numpy": (0.30, 0.20), "fast": (0.15, 0.08)}),
}  # fmt: skip
"""What is timed, by the name of its figures: in words, the task, and by engine the ratio that it must and may reach."""


def _beside(before: Build, now: Build) -> Found:
    lines: list[Line] = []
    figures: dict[str, Any] = {"turns": TURNS}
    for key, (what, task, aims) in MEASURED.items():
        for engine, (must, reach) in aims.items():
            if engine == "fast" and not find_spec("numba"):
                continue
            asked = {} if engine == "numpy" else {"engine": engine}
            times, took = _turns(before, now, {"scenario": str(FILE), **task}, asked)
            name = f"{what}{', compiled' if engine == 'fast' else ''}: time over the former build's"
            met = verdict(times.middle <= reach, f"the must: {verdict(times.middle <= must)}")
            lines.append(Line(name, f"{times.text()} times", f"≤ {reach}; must ≤ {must}", met))
            figures[f"{key}_{engine}"] = {"ratio": times.kept(), "seconds": took.kept()}
    return Found([*lines, *_fewer(before, now, figures)], figures)


def _turns(before: Build, now: Build, task: Task, engine: dict[str, str]) -> tuple[Spread, Spread]:
    """The ratio of both times, and that of this build in seconds, after one turn that does not count."""
    former, this = [], []
    for turn in range(-1, TURNS):
        one, other = before.do(**task), now.do(**task, **engine)
        for done in (one, other):
            assert done["counted"] >= ALLY_YEARS * task.get("paths", 1), "a run that leaves out paths is not the run"
        if turn >= 0:
            former.append(one["seconds"])
            this.append(other["seconds"])
    return ratio(this, former), spread(this)


def _fewer(before: Build, now: Build, figures: dict[str, Any]) -> list[Line]:
    """How many times fewer paths give the same variance: of each ally's probability and of the number of allies."""
    task = {"name": "probabilities", "scenario": str(FILE), "paths": PATHS, "seeds": list(range(SEEDS))}
    old, new = (np.array(build.do(**task)["probabilities"], dtype=np.float64) for build in (before, now))
    assert old.shape == new.shape == (SEEDS, ALLIES)
    p = (old.mean(axis=0) + new.mean(axis=0)) / 2
    between = (p > BETWEEN[0]) & (p < BETWEEN[1])
    variances = [each.var(axis=0, ddof=1)[between] for each in (old, new)]
    allies = np.sort(variances[0] / variances[1])
    number = float(old.sum(axis=1).var(ddof=1) / new.sum(axis=1).var(ddof=1))
    # of one ally the ratio of two variances is known to a third only; all together are known better
    together = float(np.mean(variances[0] / (p * (1 - p))[between]) / np.mean(variances[1] / (p * (1 - p))[between]))
    figures["fewer"] = {
        "together": together,
        "allies": allies.tolist(),
        "number": number,
        "seeds": SEEDS,
        "paths": PATHS,
    }
    said = f"{together:.1f} times ({allies[0]:.1f}–{allies[-1]:.1f}, {len(allies)} allies)"
    return [
        Line("paths for the same variance of a probability from .05 to .95, the former build's over this one's", said,
             "≥ 3; must ≥ 2.5", verdict(together >= 3, f"the must: {verdict(together >= 2.5)}")),
        Line("the same of the expected number of allies", f"{number:.1f} times", "≥ 7; must ≥ 5",
             verdict(number >= 7, f"the must: {verdict(number >= 5)}")),
    ]  # fmt: skip
