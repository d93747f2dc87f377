"""What is known beforehand: a model that answers by a formula, quadratic objectives, made-up shares."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import numpy as np

from sim.data.tables import Replacement, load_tables
from sim.evaluation.calibration.evidence import ScoringJob
from sim.evaluation.calibration.moments import MOMENTS
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import Floats
from sim.model.estimated import ESTIMATED

SIZE = len(ESTIMATED)
PLACE = {each.name: place for place, each in enumerate(ESTIMATED)}

SILENT = ("budget.headroom_pct", "outturn.late_push_weight")
"""Parameters that the formula does not depend on."""

SPREAD = 0.4
"""Standard deviation of every moment by the formula."""

TRUTH: Floats = np.linspace(0.3, 0.7, SIZE)
"""Where the formula is smallest, up to what years differ by."""


@dataclass
class Formula:
    """In the place of the model: answers at once, and counts. `fail_at` raises an interrupt at that answer."""

    made: int = 0
    fail_at: int = 0
    jobs: list[ScoringJob] = field(default_factory=list)

    def __call__(self, job: ScoringJob) -> Floats:
        self.made += 1
        if self.made == self.fail_at:
            raise KeyboardInterrupt
        self.jobs.append(job)
        assert ((job.points >= 0) & (job.points <= 1)).all()
        years = range(job.origin + 1, job.last_year + 1)
        found = np.empty((len(job.points), len(years), 1 + 2 * len(MOMENTS)))
        heard = np.array([each.name not in SILENT for each in ESTIMATED])
        for step, year in enumerate(years):
            away = (job.points - TRUTH - 0.02 * np.sin(year + np.arange(SIZE))) * heard
            found[:, step, 0] = 0.1 + 0.1 * (away**2).sum(axis=1) + 0.01 * np.sin(job.seed)
            found[:, step, 1 : 1 + len(MOMENTS)] = away[:, : len(MOMENTS)]
            found[:, step, 1 + len(MOMENTS) :] = SPREAD
        return found


def quadratic(
    curvature: Floats, centres: Floats, years: int = 12, weights: Floats | None = None, unit: float = 1.0
) -> Objective:
    """Cells whose distance is unit * (1 + (x - c)' A (x - c) / 2): `curvature` A, `centres` (cells, parameters)."""

    def distance(points: Floats) -> Floats:
        assert ((points >= 0) & (points <= 1)).all()  # the model refuses what lies outside a range
        away = points[:, None, :] - centres
        return unit * (1 + np.einsum("pci,ij,pcj->pc", away, curvature, away) / 2)

    cells = len(centres)
    return Objective(distance, np.full(cells, 1 / cells) if weights is None else weights, unit, years)


def made_up_shares(shares: dict[tuple[str, int], float]) -> Replacement:
    """The packaged table of shares with some of its cells replaced, (iso3, year) to % of GDP."""
    rows = load_tables().shares
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(type(rows[0]).model_fields)
    for row in rows:
        facts = row.model_dump() | {"share_pct": shares.get((row.iso3, row.year), row.share_pct)}
        writer.writerow(["" if value is None else value for value in facts.values()])
    return Replacement("made up", text.getvalue())
