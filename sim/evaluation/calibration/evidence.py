"""What the figures say of a set of parameter values: forecasts from every origin, scored against what came.

The events after an origin are given: the estimate asks how budgets answered to what happened, not whether it could be
foreseen. All points see common random numbers, so the score is a smooth function of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from sim.data.tables import Replacement, load_tables
from sim.engine.inputs import ally_inputs
from sim.engine.variants import reported_shares
from sim.evaluation.backtest.origins import FIRST, past_scenario, seen_in
from sim.evaluation.calibration.cache import Cache, code_digest
from sim.evaluation.calibration.moments import MOMENTS, moments
from sim.evaluation.calibration.parameters import Floats, variants_at
from sim.evaluation.scores.crps import crps
from sim.execution.executors import Executor
from sim.model.estimated import ESTIMATED
from sim.scenario.schema import Scenario

HORIZONS = 5
"""Years ahead that are scored."""

TOGETHER = 32
"""Points computed side by side in one block."""


@dataclass(frozen=True, eq=False)
class ScoringJob:
    """Points to be scored from one origin; plain data, so that a worker can be handed it."""

    points: Floats  # (points, parameters) of the unit cube
    origin: int
    last_year: int
    seed: int
    paths: int
    shares: Replacement | None

    @property
    def scenario(self) -> Scenario:
        """What is simulated, but for the parameters of the points."""
        return seen_in(past_scenario(self.origin, self.last_year, events_given=True), self.shares)

    @property
    def key(self) -> str:
        """What determines the answer."""
        facts = [code_digest(), self.scenario.digest, self.origin, self.last_year, self.seed, self.paths]
        ranges = [(each.name, each.low, each.high, each.prior_mean) for each in ESTIMATED]
        return sha256(repr([facts, ranges]).encode() + np.ascontiguousarray(self.points, "<f8").tobytes()).hexdigest()

    @property
    def shape(self) -> tuple[int, int, int]:
        """That of the answer."""
        return len(self.points), self.last_year - self.origin, 1 + 2 * len(MOMENTS)


def score_points(job: ScoringJob) -> Floats:
    """Mean CRPS over allies, then the moments: (points, years, 1 + 2 * moments), from the origin to the last year."""
    inputs = ally_inputs(job.scenario)
    exposure = np.array([ally.exposure for ally in inputs])
    start = np.array([ally.base_share_pct for ally in inputs])
    years = range(job.origin + 1, job.last_year + 1)
    observed = shares_seen(years, job.shares)
    ensembles = reported_shares(variants_at(job.scenario, job.points), job.seed, job.paths)
    found = np.empty(job.shape)
    for step in range(len(years)):
        seen = np.isfinite(observed[:, step])
        ensemble = ensembles[:, seen, step]
        score = crps(ensemble, np.broadcast_to(observed[seen, step], ensemble.shape[:2]))
        found[:, step, 0] = score.mean(axis=1)
        drawn = moments(ensemble, start[seen], exposure[seen])
        found[:, step, 1 : 1 + len(MOMENTS)] = drawn.mean(axis=-1)
        found[:, step, 1 + len(MOMENTS) :] = drawn.std(axis=-1)
    return found


def shares_seen(years: range, shares: Replacement | None) -> Floats:
    """The shares of some years, (ally, year), by ISO numeric code; nan where an edition has none."""
    tables = load_tables({} if shares is None else {"shares": shares})
    rows = [[tables.share(ally.iso3, year) for year in years] for ally in tables.armed_allies()]
    return np.array([[np.nan if cell is None else cell.share_pct for cell in row] for row in rows])


class Evidence:
    """The scores of one cutoff: what is known of the figures up to its December."""

    def __init__(
        self,
        cutoff: int,
        executor: Executor,
        cache: Cache,
        *,
        seed: int,
        paths: int,
        shares: Replacement | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:
        """`progress` is called with the number of scores made since the last call."""
        self.cutoff, self.shares = cutoff, shares
        self.origins = range(FIRST, cutoff)
        self._executor, self._cache, self._seed, self._paths = executor, cache, seed, paths
        self._progress = progress or (lambda _: None)

    @property
    def cells(self) -> list[tuple[int, int]]:
        """Origin and target year of each score."""
        return [(origin, year) for origin in self.origins for year in self._years(origin)]

    def scores(self, points: Floats) -> Floats:
        """Mean CRPS, percentage points, (points, cells)."""
        return self._scored(points)[:, :, 0]

    def moments(self, points: Floats) -> tuple[Floats, Floats]:
        """Mean and standard deviation over paths of each moment, both (points, cells, moments)."""
        scored = self._scored(points)
        return scored[:, :, 1 : 1 + len(MOMENTS)], scored[:, :, 1 + len(MOMENTS) :]

    def seen_moments(self) -> Floats:
        """The moments of what was seen, (cells, moments)."""
        found = []
        for origin in self.origins:
            inputs = ally_inputs(seen_in(past_scenario(origin, origin + 1, events_given=True), self.shares))
            observed = shares_seen(self._years(origin), self.shares)
            start, exposure = (np.array([getattr(a, name) for a in inputs]) for name in ("base_share_pct", "exposure"))
            for step in range(observed.shape[1]):
                seen = np.isfinite(observed[:, step])
                found.append(moments(observed[None, seen, step, None], start[seen], exposure[seen])[0, :, 0])
        return np.array(found)

    def _years(self, origin: int) -> range:
        return range(origin + 1, min(origin + HORIZONS, self.cutoff) + 1)

    def _scored(self, points: Floats) -> NDArray[np.float64]:
        jobs = list(self._jobs(points))
        unknown = [job for job in jobs if job.key not in self._cache or self._cache[job.key].shape != job.shape]
        for job, found in zip(unknown, self._executor.map(score_points, unknown), strict=True):
            self._cache[job.key] = found
            self._progress(1)
        batches = len(jobs) // len(self.origins) if self.origins else 0
        rows = [
            np.concatenate(
                [self._cache[jobs[batch * len(self.origins) + index].key] for index in range(len(self.origins))], axis=1
            )
            for batch in range(batches)
        ]
        return np.concatenate(rows)

    def _jobs(self, points: Floats) -> Iterator[ScoringJob]:
        for first in range(0, len(points), TOGETHER):
            for origin in self.origins:
                last = self._years(origin)[-1]
                yield ScoringJob(points[first : first + TOGETHER], origin, last, self._seed, self._paths, self.shares)
