"""One forecaster's forecasts, scored against what came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.distributions.draws import Draws
from sim.evaluation.scores.calibration import coverage, randomised_pit
from sim.evaluation.scores.crps import crps
from sim.evaluation.scores.joint import energy_score
from sim.evaluation.scores.probability import ranked_probability_score
from sim.numerics.grid import printed, reaches

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ensemble = NDArray[np.float32]
Indices = NDArray[np.intp]
"""Rows of allies in an array of all."""

YARDSTICK_PCT = 2.0
"""Compliance is scored at the share that was the aim from 2014 to 2024."""

LEVELS = (50, 80, 90)
"""Central intervals, percent."""

JOINT_MEMBERS = 512
"""Members that the energy score compares in pairs."""

HISTORIES = 256
"""Members kept of each forecast as histories that might have come."""


@dataclass(frozen=True, eq=False)
class ForecastScores:
    """Scores of one forecaster; nan where it made no forecast or no figure has come.

    Arrays (origin, horizon, ally) unless said; shares in % of GDP, CRPS in percentage points.
    """

    name: str
    title: str
    crps: Floats
    pit: Floats
    inside: dict[int, Floats]  # by level: 1 where the outcome lies in the interval, else 0
    probability: Floats  # of standing at 2 % or more
    median: Floats
    low: Floats  # 5 % quantile
    high: Floats  # 95 % quantile
    number: Floats  # (origin, horizon, 0..allies): probability of so many allies at 2 %
    rps: Floats  # (origin, horizon): ranked probability score of that number
    energy: Floats  # (origin, horizon): energy score of all allies together
    histories: Bools  # (origin, horizon, ally, history): at 2 % in the forecast's first members, all it has if fewer

    @classmethod
    def empty(cls, name: str, title: str, origins: int, horizons: int, allies: int) -> ForecastScores:
        """Nothing scored yet."""

        def blank(*shape: int) -> Floats:
            return np.full(shape, np.nan)

        each, both = (origins, horizons, allies), (origins, horizons)
        return cls(
            name, title, blank(*each), blank(*each), {level: blank(*each) for level in LEVELS}, blank(*each),
            blank(*each), blank(*each), blank(*each), blank(*both, allies + 1), blank(*both), blank(*both),
            np.zeros((*each, HISTORIES), dtype=np.bool_),
        )  # fmt: skip

    def add(
        self, row: int, origin: int, ensemble: Ensemble, observed: Floats, seed: int, allies: Indices | None = None
    ) -> None:
        """Score the forecasts of one origin, ensemble (ally, horizon, members) against observed (ally, horizon).

        `row` is the origin's row, `allies` are the rows of those forecast among all (None: these are all). The ties
        of the PIT are broken by draws of their own, addressed by `origin`.
        """
        allies = np.arange(len(observed)) if allies is None else allies
        horizons = observed.shape[1]
        at_two = reaches(printed(ensemble), YARDSTICK_PCT)
        seen_at_two = reaches(printed(observed), YARDSTICK_PCT).sum(axis=0)
        # Indexed by a number, a slice and an array, these are (ally, horizon), as NumPy has it.
        # Shares are printed with two decimals: a share printed inside an interval is inside it.
        seen = observed.astype(np.float32)
        cells, cell = printed(ensemble), printed(seen)
        self.crps[row, :horizons, allies] = crps(ensemble, seen)
        self.pit[row, :horizons, allies] = randomised_pit(cells, cell, _uniform(seed, origin, observed.shape))
        for level in LEVELS:
            self.inside[level][row, :horizons, allies] = coverage(cells, cell, level / 100)
        self.probability[row, :horizons, allies] = at_two.mean(axis=-1)
        again = np.arange(HISTORIES) % at_two.shape[-1]
        self.histories[row, :horizons, allies] = at_two[..., again]
        low, middle, high = np.quantile(ensemble, (0.05, 0.5, 0.95), axis=-1)
        for kept, quantile in ((self.low, low), (self.median, middle), (self.high, high)):
            kept[row, :horizons, allies] = quantile
        for step in range(horizons):
            counts = np.bincount(at_two[:, step].sum(axis=0), minlength=self.number.shape[-1])
            self.number[row, step] = counts / counts.sum()
            self.rps[row, step] = ranked_probability_score(self.number[row, step], seen_at_two[step])
            self.energy[row, step] = energy_score(ensemble[:, step, :JOINT_MEMBERS], observed[:, step])


def _uniform(seed: int, origin: int, shape: tuple[int, ...]) -> Floats:
    words = Draws(seed, 0, int(np.prod(shape))).streams.uint16("backtest/pit", period=origin)
    return ((words + 0.5) / 65_536).reshape(shape)
