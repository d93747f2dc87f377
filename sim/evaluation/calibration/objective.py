"""What an estimate minimises: a distance from the figures, and the pull of the ranges, fading as years come in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.evaluation.calibration.evidence import Evidence
from sim.evaluation.calibration.parameters import MIDDLE, Floats

INDEPENDENT = 4
"""Independent observations in a year of 31 allies (judgement: three to five, since shocks are common)."""

RANGE_PRECISION = 12.0
"""Inverse variance of a uniform distribution over the unit range."""

STEP = 0.04
"""Of a range: half the distance of the differences that gradients are taken by."""

Distance = Callable[[Floats], Floats]
"""Points (points, parameters) to distances per cell (points, cells)."""


@dataclass(frozen=True, eq=False)
class Objective:
    """The mean over cells of a distance, in units of that at the middle, and the prior.

    A generalised posterior (Bissiri, Holmes and Walker 2016): a score better by one part counts as one unit of
    log-likelihood for each independent observation, and the prior is normal with the mean and variance of the range.
    Divided by the number of observations: with none the middle is the answer, with many the prior fades.
    `weights` (cells,) sum to 1.
    """

    distance: Distance
    weights: Floats
    unit: float
    years: int

    @classmethod
    def of_score(cls, evidence: Evidence) -> Objective:
        """The mean CRPS over all cells."""
        return cls._of(evidence, evidence.scores)

    @classmethod
    def of_moments(cls, evidence: Evidence) -> Objective:
        """Squared distances of the moments seen from those simulated, each in its standard deviation at the middle."""
        _, spread = evidence.moments(MIDDLE[None])
        seen = evidence.seen_moments()

        def distance(points: Floats) -> Floats:
            means, _ = evidence.moments(points)
            apart: Floats = (((means - seen) / spread) ** 2).mean(axis=-1)
            return apart

        return cls._of(evidence, distance)

    @classmethod
    def _of(cls, evidence: Evidence, distance: Distance) -> Objective:
        weights = np.full(len(evidence.cells), 1 / len(evidence.cells))
        unit = float(distance(MIDDLE[None])[0] @ weights)
        return cls(distance, weights, unit, len(evidence.origins))

    def values(self, points: Floats) -> Floats:
        """At each point (points,)."""
        values: Floats = self.distance(points) @ self.weights / self.unit + self.prior(points)
        return values

    @property
    def prior_precision(self) -> float:
        """Second derivative of the prior in each parameter."""
        return RANGE_PRECISION / (INDEPENDENT * self.years)

    def prior(self, points: Floats) -> Floats:
        """The pull to the middle (points,)."""
        pull: Floats = 0.5 * self.prior_precision * ((points - MIDDLE) ** 2).sum(axis=-1)
        return pull

    def with_gradient(self, point: Floats) -> tuple[float, Floats]:
        """Value and gradient (parameters,) at a point."""
        ends = around(point)
        values = self.values(np.concatenate([point[None], ends]))
        size = len(point)
        slopes: Floats = (values[1 : 1 + size] - values[1 + size :]) / widths(point)
        return float(values[0]), slopes


def around(point: Floats) -> Floats:
    """The ends of the differences: one parameter after the other up, then down, within the ranges."""
    steps = np.eye(len(point)) * STEP
    ends: Floats = np.clip(np.concatenate([point + steps, point - steps]), 0, 1)
    return ends


def widths(point: Floats) -> Floats:
    """How far apart those ends are (parameters,)."""
    width: Floats = np.minimum(point + STEP, 1) - np.maximum(point - STEP, 0)
    return width
