"""What a quantile table holds, without a draw: its moments, its distance from the declared law, its tails."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from judge.laws import finite_moments, law_of, words_of
from sim.distributions.families import Family, Scipy
from sim.distributions.quantile_tables import CELLS, TAIL_CELLS, Quantiles, table_of

LEVELS = (1e-5, 1e-6, 1e-7, 1e-8)
STEP = 1 / CELLS / 2
"""No table of so many equal cells can be nearer to a continuous law."""
FINE = CELLS * TAIL_CELLS
INTERPOLATED = 1e-4
"""How far, in standard deviations, a table of 2,049 of SciPy's quantiles may lie from the law: the product's rule."""
ROUNDED = 2.0**-24
"""The largest relative error of a number rounded to float32."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Held:
    """A table against its law; moments and moves are in standard deviations, distances are probabilities."""

    family: str
    mean_off: float
    sd_off: float  # relative
    skewness: float
    skewness_declared: float | None  # None: not finite
    kurtosis: float
    kurtosis_declared: float | None
    distance: float  # the largest, between the two distribution functions
    moved: float  # what a value of score 1 is moved so that mean and variance are those declared
    distance_moved: float  # the largest distance that no such move explains
    on_a_bound: float  # the part of the draws that lies on a bound of the support
    beyond_support: float  # how far a value lies outside
    tail_off: dict[str, float]  # error of the quantile at a level, relative to its distance from the mean
    allowed: dict[str, float]  # what the making of the table explains of the figures above

    def row(self) -> dict[str, Any]:
        """Plain figures."""
        return {key: _short(value) for key, value in asdict(self).items()}

    def faults(self) -> list[str]:
        """What is further off than explained."""
        seen = asdict(self) | {"tail_off": max(self.tail_off.values())}
        return [f"{name}: {seen[name]:.3g} > {most:.3g}" for name, most in self.allowed.items() if seen[name] > most]


def _short(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float) else value


def whole(table: Quantiles) -> tuple[Floats, Floats, Floats]:
    """Every value a table can give, rising, with the probability below its cell and at its end."""
    values = np.concatenate([table.low, table.cells[1:-1], table.high]).astype(np.float64)
    inner = np.arange(1, CELLS - 1) / CELLS
    below = np.concatenate([np.arange(TAIL_CELLS) / FINE, inner, 1 - np.arange(TAIL_CELLS, 0, -1) / FINE])
    return values, below, np.append(below[1:], 1.0)


def held(family: Family, table: Quantiles | None = None) -> Held:
    """The table of a family, or another, against its declared law.

    Raises:
        ScenarioError: the product refuses the family.
    """
    table, law = table_of(family) if table is None else table, law_of(family)
    values, below, above = whole(table)
    mean, sd = float(law.mean()), float(law.std())
    weights, scores = above - below, (values - mean) / sd
    first = float(weights @ scores)
    second, third, fourth = (float(weights @ (scores - first) ** order) for order in (2, 3, 4))
    skew, excess = (float(value) for value in law.stats("sk"))
    finite = finite_moments(family)
    low, high = (float(bound) for bound in law.support())
    bounds = {np.float64(np.float32(bound)) for bound in (low, high) if np.isfinite(bound)}
    on_a_bound = float(sum(weights[values == bound].sum() for bound in bounds))
    shift, stretch = _moved(family, law, mean, sd, weights, below)
    # a number is rounded twice: as a score, and as a value, which is the mean and so many standard deviations
    rounded = ROUNDED * (2 * np.abs(scores) + abs(mean) / sd)
    move = (shift + stretch * np.abs(scores) + rounded) * sd
    function = law.cdf(values)
    left, right = law.cdf(values - move), law.cdf(values + move)
    reach = float(np.maximum(right - function, function - left).max())
    tail_off = {f"{level:g}": _tail_off(table, law, level, mean, sd) for level in LEVELS}
    largest = float(rounded.max())
    clipped = on_a_bound * float(move[[0, -1]].max() / sd)
    first_level = int(max(LEVELS) * FINE)
    ends = float(np.abs(scores[[first_level, -1 - first_level]]).min())
    return Held(
        family=words_of(family),
        mean_off=abs(first),
        sd_off=abs(second**0.5 - 1),
        skewness=third / second**1.5,
        skewness_declared=skew if finite > 3 else None,
        kurtosis=fourth / second**2,
        kurtosis_declared=excess + 3 if finite > 4 else None,
        distance=float(np.maximum(np.abs(function - below), np.abs(function - above)).max()),
        moved=shift + stretch,
        distance_moved=float(np.maximum(left - below, above - right).max()),
        on_a_bound=on_a_bound,
        beyond_support=float(max(low - values[0], values[-1] - high, 0.0) / sd),
        tail_off=tail_off,
        allowed={
            # the errors of rounding add up at worst; a value put back on a bound has moved by no more than the rest
            "mean_off": float(weights @ rounded) + clipped,
            "sd_off": float(weights @ (np.abs(scores) * rounded))
            + clipped * float(np.abs(scores[[0, -1]]).max())
            + 1e-9,
            # half a step, and what the law holds within a value's move
            "distance": STEP + reach + 1e-9,
            # a table with midpoints is half a step off; SciPy's own functions are good to about ten digits
            "distance_moved": STEP + 1e-9,
            "beyond_support": _beyond(family, (low, high), sd, float(move[[0, -1]].max()) / sd),
            "tail_off": stretch + (shift + largest) / ends,
        },
    )


def _beyond(family: Family, support: tuple[float, float], sd: float, move: float) -> float:
    """How far a value may lie outside the support: a bound is rounded; SciPy's may depend on shape parameters."""
    if isinstance(family, Scipy):
        return move
    return ROUNDED * max(abs(bound) for bound in (*support, 0.0) if np.isfinite(bound)) / sd


def _moved(family: Family, law: Any, mean: float, sd: float, weights: Floats, below: Floats) -> tuple[float, float]:
    """By how much rescaling to the declared mean and variance shifts and stretches the law's own quantiles."""
    if isinstance(family, Scipy):
        return INTERPOLATED, 0.0
    middle = below + weights / 2
    lower = middle < 0.5
    quantiles = np.concatenate([law.ppf(middle[lower]), law.isf(1 - middle[~lower])])
    # 1 - p loses digits in the upper tail, where the fine cells' middles are known exactly
    upper = (np.arange(TAIL_CELLS, 0, -1) - 0.5) / FINE
    quantiles[-TAIL_CELLS:] = law.isf(upper)
    scores = (quantiles - mean) / sd
    first = float(weights @ scores)
    spread = float(weights @ (scores - first) ** 2) ** 0.5
    return abs(first), abs(1 / spread - 1)


def _tail_off(table: Quantiles, law: Any, level: float, mean: float, sd: float) -> float:
    """The larger error of both tails' quantiles, at the middle of the refined cell that holds the level."""
    place = int(level * FINE)
    middle = (place + 0.5) / FINE
    worst = 0.0
    for value, declared in ((table.low[place], law.ppf(middle)), (table.high[-1 - place], law.isf(middle))):
        worst = max(worst, abs(float(value) - float(declared)) / abs(float(declared) - mean))
    return worst
