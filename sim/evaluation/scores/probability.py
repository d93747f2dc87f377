"""Scores of probabilities, and of the distribution of a count. All are negatively oriented: small is good."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import isotonic_regression, minimize
from scipy.special import expit

from sim.evaluation.scores.ensembles import Counted, Floats


class Murphy(NamedTuple):
    """The mean Brier score and its parts: score = reliability - resolution + uncertainty."""

    score: float
    reliability: float
    """What recalibration would gain (miscalibration), 0 or more; small is good."""
    resolution: float
    """What the recalibrated forecasts gain on the base rate (discrimination), 0 or more; large is good."""
    uncertainty: float
    """The score of the base rate, which no forecast can change."""


class Reliability(NamedTuple):
    """A reliability curve, one entry per bin that holds a case: arrays (bins,)."""

    forecast: Floats
    """Mean probability forecast."""
    observed: Floats
    """Share of cases in which the event came."""
    cases: Counted


def brier(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """(p - o)**2 of every case, in the shape of the arguments (Brier 1950)."""
    p, o = _cases(probability, outcome)
    return (p - o) ** 2


def log_score(probability: ArrayLike, outcome: ArrayLike, floor: float) -> Floats:
    """-ln of the probability given to what came, of every case (Good 1952).

    Probabilities are clipped to [floor, 1 - floor]: an ensemble that saw no event has not shown it impossible.
    """
    if not 0 <= floor <= 0.5:
        raise ValueError(f"the floor of a log score lies between 0 and 0.5, not at {floor}")
    p, o = _cases(probability, outcome)
    clipped = np.clip(p, floor, 1 - floor)
    with np.errstate(divide="ignore"):  # without a floor, certainty that errs scores infinity
        return np.abs(np.log(np.where(o == 1, clipped, 1 - clipped)))


def recalibrated(probability: ArrayLike, outcome: ArrayLike) -> Floats:
    """Each probability replaced by the frequency that isotonic regression finds at it, in the shape of the arguments.

    The CORP approach (Dimitriadis, Gneiting and Jordan 2021, PNAS 118): no bins to choose, never decreasing in the
    forecast. Cases with the same probability are pooled before, so their order decides nothing.
    """
    p, o = _cases(probability, outcome)
    values, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
    if not values.size:
        return p
    frequency = np.bincount(inverse.ravel(), weights=o.ravel()) / counts
    fitted: Floats = isotonic_regression(frequency, weights=counts.astype(np.float64)).x
    return fitted[inverse].reshape(p.shape)


def murphy(probability: ArrayLike, outcome: ArrayLike) -> Murphy:
    """The mean Brier score over all cases, decomposed (Murphy 1973) after isotonic recalibration.

    reliability = score - score of the recalibrated; resolution = score of the base rate - score of the recalibrated.
    """
    p, o = _cases(probability, outcome)
    if not p.size:
        raise ValueError("a mean score needs at least one case")
    score, best = np.mean((p - o) ** 2), np.mean((recalibrated(p, o) - o) ** 2)
    uncertainty = np.mean((np.mean(o) - o) ** 2)
    return Murphy(float(score), float(score - best), float(uncertainty - best), float(uncertainty))


def reliability_curve(
    probability: ArrayLike, outcome: ArrayLike, bins: int = 10, *, equal_count: bool = True
) -> Reliability:
    """Forecast and observed frequency in bins, over all cases; bins without a case are left out.

    Bins of equal count (cases with the same probability stay together, in the bin of their middle rank), or of equal
    width from 0 to 1 (each holds its lower edge, the last one 1 as well).
    """
    p, o = (array.ravel() for array in _cases(probability, outcome))
    if bins < 1:
        raise ValueError(f"a curve has at least one bin, not {bins}")
    if equal_count:
        _, tied, counts = np.unique(p, return_inverse=True, return_counts=True)
        middle = np.cumsum(counts) - counts / 2
        bin_of = (middle * bins // max(p.size, 1)).astype(np.intp)[tied]
    else:
        bin_of = np.minimum(np.searchsorted(np.arange(bins + 1) / bins, p, side="right") - 1, bins - 1)
    count = np.bincount(bin_of, minlength=bins)
    held = count > 0
    sums = (np.bincount(bin_of, weights=array, minlength=bins)[held] for array in (p, o))
    forecast, observed = (total / count[held] for total in sums)
    return Reliability(forecast, observed, count[held].astype(np.int64))


def calibration_slope(probability: ArrayLike, outcome: ArrayLike, members: int) -> float:
    """The slope of a logistic regression of what came on the forecast's log-odds (Cox 1958), over all cases.

    1 where the odds mean what they say; below it they are too bold, above it too timid. A probability that no or every
    one of the `members` of an ensemble shows has log-odds all the same: half a member is added to each side.

    Raises:
        ValueError: only one outcome, or forecasts that are all the same: no slope fits them.
    """
    p, o = (array.ravel() for array in _cases(probability, outcome))
    if not 0 < o.sum() < o.size or np.ptp(p) == 0:
        raise ValueError("a slope needs both outcomes and forecasts that differ")
    hits = p * members + 0.5
    log_odds = np.log(hits / (members + 1 - hits))

    def loss(line: Floats) -> tuple[float, Floats]:
        odds = line[0] + line[1] * log_odds
        missed = expit(odds) - o
        return float((np.logaddexp(0, odds) - o * odds).mean()), np.array([missed.mean(), (missed * log_odds).mean()])

    return float(minimize(loss, np.array([0.0, 1.0]), jac=True, method="BFGS").x[1])


def ranked_probability_score(pmf: ArrayLike, outcome: ArrayLike) -> Floats:
    """The score of a count's distribution (Epstein 1969): sum over k of (P(N <= k) - 1{n <= k})**2, float64 (...).

    pmf (..., n + 1): the probabilities of 0 to n; outcome (...): the count. Not divided by the number of thresholds:
    for a certain forecast it is the absolute error of the count.
    """
    mass, count = np.asarray(pmf, dtype=np.float64), np.asarray(outcome)
    if mass.ndim == 0 or mass.shape[:-1] != count.shape:
        raise ValueError(f"probabilities {mass.shape} need counts {mass.shape[:-1]}, not {count.shape}")
    if (mass < 0).any() or (np.abs(mass.sum(axis=-1) - 1) > 1e-6).any():
        raise ValueError("the probabilities of a count are 0 or more and sum to 1")
    if ((count < 0) | (count >= mass.shape[-1])).any():
        raise ValueError(f"a count lies between 0 and {mass.shape[-1] - 1}")
    reached = np.arange(mass.shape[-1]) >= count[..., np.newaxis]
    score: Floats = ((np.cumsum(mass, axis=-1) - reached) ** 2).sum(axis=-1)
    return score


def _cases(probability: ArrayLike, outcome: ArrayLike) -> tuple[Floats, Floats]:
    p, o = np.asarray(probability, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    if p.shape != o.shape:
        raise ValueError(f"probabilities {p.shape} and outcomes {o.shape} have one shape")
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("a probability lies between 0 and 1")
    if not ((o == 0) | (o == 1)).all():
        raise ValueError("an outcome is 0 or 1")
    return p, o
