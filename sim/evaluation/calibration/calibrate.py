"""One calibration from start to end: what `sim calibrate` asks for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sim import arguments
from sim.data.edition import full_editions, key_of
from sim.data.tables import Replacement, load_tables
from sim.errors import UsageError
from sim.evaluation.backtest.origins import FIRST, LAST, past_scenario
from sim.evaluation.calibration.cache import Cache
from sim.evaluation.calibration.estimate import Estimate, estimate
from sim.evaluation.calibration.evidence import Evidence
from sim.evaluation.calibration.objective import Objective
from sim.evaluation.calibration.parameters import numbers_at, point_of, shipped
from sim.evaluation.calibration.uncertainty import Uncertainty, uncertainty
from sim.execution import executors
from sim.model.estimated import ESTIMATED

PATHS = 512
"""Simulated runs a point and origin; all points have the same random numbers, so few suffice."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was found for one cutoff."""

    cutoff: int
    edition: str
    paths: int
    seed: int
    cells: int  # origins times target years that were scored
    years: int  # target years seen
    middle_score: float  # mean CRPS at the middle of the ranges, percentage points
    shipped_score: float  # the same with the numbers the model ships with
    estimate: Estimate
    uncertainty: Uncertainty
    by_moments: Estimate | None = None

    @property
    def numbers(self) -> dict[str, float]:
        """The estimate by name."""
        return numbers_at(self.estimate.point)

    @property
    def score(self) -> float:
        """Mean CRPS at the estimate, percentage points, on the figures it was estimated from."""
        return self.estimate.distance * self.middle_score


def calibrate(
    cutoff: int,
    *,
    edition: str = key_of(),
    paths: int = PATHS,
    seed: int = 2032,
    quick: bool = False,
    workers: int | None = None,
    work: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Calibration:
    """Estimate from the shares up to `cutoff`.

    `quick` leaves out the second opinion and the profiles. `work` is a file in which every answer of the model is
    kept: asked again, the estimation goes on where it was interrupted. `progress` is called with each batch computed.

    Raises:
        UsageError: a cutoff without figures, an edition that does not go back to the first year, an impossible number
            of paths, seed or workers.
        RunError: `work` is not a file of answers, or was damaged.
    """
    paths, seed, workers = asked(cutoff, edition, paths, seed, workers)
    cache = Cache(work)
    count = workers or executors.cores()
    try:
        with executors.choose("processes" if count > 1 else "serial", count) as executor:
            shares = shares_of_edition(edition)
            evidence = Evidence(cutoff, executor, cache, seed=seed, paths=paths, shares=shares, progress=progress)
            objective = Objective.of_score(evidence)
            found = estimate(objective)
            as_shipped = point_of(shipped(past_scenario(FIRST, cutoff)))[None]
            return Calibration(
                cutoff, edition, paths, seed, len(evidence.cells), len(evidence.origins), objective.unit,
                float(evidence.scores(as_shipped)[0] @ objective.weights), found,
                uncertainty(objective, evidence, found, seed, profiles=not quick),
                None if quick else estimate(Objective.of_moments(evidence)),
            )  # fmt: skip
    finally:
        cache.save()


def asked(
    cutoff: int, edition: str, paths: int, seed: int = 0, workers: int | None = None
) -> tuple[int, int, int | None]:
    """Paths, seed and workers as asked for, where that can be estimated.

    Raises:
        UsageError: what is wrong, and what is possible.
    """
    last = last_cutoff(edition)
    if not FIRST < cutoff <= last:
        raise UsageError(f"cutoff must lie from {FIRST + 1} to {last} in edition {edition}, not {cutoff}")
    return arguments.whole("paths", paths, range(16, 65_537)), arguments.seed(seed), arguments.workers(workers)


def last_cutoff(edition: str) -> int:
    """The last year of which an edition has every ally's share.

    Raises:
        UsageError: an edition that does not go back to the first year.
    """
    if edition not in full_editions():
        raise UsageError(f"no edition {edition!r} with shares since {FIRST}; there are {', '.join(full_editions())}")
    if edition == key_of():
        return LAST
    tables = load_tables()
    known = Counter(row.year for row in tables.share_vintages if row.edition == edition)
    return max(year for year, count in known.items() if count == len(tables.armed_allies()))


def cutoffs(edition: str) -> range:
    """The cutoffs of a backtest on an edition: those with a figure before them since 2014, and one after."""
    return range(FIRST + 1, min(last_cutoff(edition), LAST - 1) + 1)


def shares_of_edition(edition: str) -> Replacement | None:
    """The table of shares as another edition printed them; None for the packaged one."""
    if edition == key_of():
        return None
    tables = load_tables()
    text = io.StringIO()
    columns = list(type(tables.shares[0]).model_fields)
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    for row in tables.share_vintages:
        if row.edition == edition:
            blank = dict.fromkeys(columns, "")
            writer.writerow(
                blank | {"iso3": row.iso3, "year": row.year, "share_pct": row.share_pct, "status": row.status}
            )
    return Replacement(f"shares of {edition}", text.getvalue())


def table(found: Calibration) -> list[dict[str, object]]:
    """One row a parameter: range, shipped, estimate, interval, verdict; unless quick, profile and second opinion."""
    as_shipped = shipped(past_scenario(FIRST, found.cutoff))
    moments = numbers_at(found.by_moments.point) if found.by_moments else {}
    rows = []
    for index, each in enumerate(ESTIMATED):
        row: dict[str, object] = {
            "parameter": each.name, "title": each.title, "low": each.low, "high": each.high,
            "shipped": as_shipped[each.name], "estimate": found.numbers[each.name],
            "q05": each.at(float(found.uncertainty.low[index])),
            "q95": each.at(float(found.uncertainty.high[index])),
            "verdict": found.uncertainty.verdict(index),
        }  # fmt: skip
        if found.uncertainty.profiles is not None:
            row["rise"] = [round(float(value), 4) for value in found.uncertainty.profiles[index]]
        if moments:
            row["by_moments"] = moments[each.name]
        rows.append(row)
    return rows
