"""Forecasts of all allies at once: their joint score, and how much independent evidence their errors are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from sim.evaluation.scores.ensembles import Floats

ROWS = 128
"""Members compared with all others at a time: 4 MB of distances for 4,096 members."""


def energy_score(ensemble: ArrayLike, observed: ArrayLike) -> float:
    """The energy score of one vector (Gneiting and Raftery 2007): mean ||X - y|| - 1/2 mean ||X - X'||.

    ensemble (dims, members), observed (dims,); over all members**2 pairs, in the unit of the vector. Small is good. In
    one dimension it is the CRPS.
    """
    members, seen = np.asarray(ensemble, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if members.ndim != 2 or members.shape[1] == 0 or seen.shape != members.shape[:1]:
        raise ValueError(f"one vector (dims,) and its members (dims, members), not {seen.shape} and {members.shape}")
    points = np.ascontiguousarray((members - seen[:, np.newaxis]).T)
    count = len(points)
    apart = 0.0
    for start in range(0, count, ROWS):
        distances = cdist(points[start : start + ROWS], points[start:])
        within, later = distances[:, : len(distances)], distances[:, len(distances) :]
        apart += float(within.sum()) + 2 * float(later.sum())  # each pair of rows stands once above the diagonal
    return float(np.linalg.norm(points, axis=1).mean()) - apart / (2 * count**2)


def correlations(errors: ArrayLike) -> Floats:
    """Correlations of the allies' errors over the cases, float64 (n, n). errors (allies, cases).

    Allies whose error never moves are left out, for they have none; each ally's own mean error is taken out first, so
    a bias that all share in every case does not count as dependence.
    """
    values = np.asarray(errors, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] < 2:
        raise ValueError(f"errors (allies, cases) of two cases or more, not {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("an error is a number")
    moving = values[(values != values[:, :1]).any(axis=1)]
    if len(moving) < 2:
        return np.ones((len(moving), len(moving)))
    matrix: Floats = np.corrcoef(moving)
    return matrix


def effective_number(errors: ArrayLike) -> float:
    """How many independent allies tell as much as these about a mean: n / (1 + (n - 1) r), held to [1, n].

    errors (allies, cases); r is the mean correlation of two allies. The variance of a mean of n equally correlated
    errors is that of this many independent ones (Kish's design effect). Negative correlations would give more than n:
    they cancel in a mean, but are no further evidence. nan where no error moves.
    """
    matrix = correlations(errors)
    count = len(matrix)
    if count < 2:
        return float(count) or np.nan
    mean = (matrix.sum() - np.trace(matrix)) / (count * (count - 1))
    inflation = 1 + (count - 1) * mean
    return float(np.clip(count / inflation, 1, count)) if inflation > 0 else float(count)


def participation_ratio(errors: ArrayLike) -> float:
    """How many directions the errors vary in: (sum of eigenvalues)**2 / sum of their squares, between 1 and n.

    errors (allies, cases). Of the correlation matrix, whose eigenvalues sum to n, so it is n**2 / sum of r**2. Signs do
    not matter here: two allies that always err oppositely are one direction, while `effective_number` sees them cancel.
    With few cases it is too low: chance correlations count too, and c cases span at most c - 1 directions. nan where no
    error moves.
    """
    matrix = correlations(errors)
    return float(len(matrix) ** 2 / (matrix**2).sum()) if len(matrix) else np.nan
