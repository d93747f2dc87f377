"""The scores that a forecast is promised by, horizon by horizon: what leads the page on the track record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from sim.distributions.draws import Draws
from sim.evaluation.backtest.forecast_scores import HISTORIES, Floats, ForecastScores
from sim.evaluation.backtest.score_tables import (
    SHORT,
    contest_rows,
    coverage_rows,
    event_cases,
    event_rows,
    number_rows,
)
from sim.evaluation.scores.probability import calibration_slope

if TYPE_CHECKING:
    from sim.evaluation.backtest.backtest import Backtest

STRAIGHT_LINE = "straight_line"

REPLICATES = 256
"""Pasts in which every forecast is right."""


@dataclass(frozen=True)
class HorizonHeadline:
    """One horizon of one mode."""

    horizon: int  # years ahead
    crps_pp: float  # mean, percentage points
    crps_ratio: float  # to the best baseline
    brier: float  # of standing at 2 %
    brier_ratio: float  # to the straight line
    inside_90: float  # part of the outcomes in the central 90 %


@dataclass(frozen=True)
class Headline:
    """One mode."""

    mode: str
    horizons: tuple[HorizonHeadline, ...]
    counts: int  # forecasts of the number of allies at 2 %
    counts_inside_90: int
    slope: float | None
    """Of what came on the odds of standing at 2 %, all horizons: 1 is right, above it they are too timid; None where
    none fits."""
    slope_if_right: tuple[float, float] | None
    """5 % and 95 % quantiles of the slope, were every forecast right: see `slopes_if_right`."""


def headline(test: Backtest, mode: ForecastScores, horizons: Sequence[int] = SHORT) -> Headline:
    """What a mode of a backtest is promised by.

    >>> import sim.backtest
    >>> test = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
    >>> found = headline(test, test.modes()[0])
    >>> len(found.horizons), found.counts
    (5, 50)
    """
    contests = {row["horizon"]: row for row in contest_rows(test, horizons) if row["mode"] == mode.name}
    events = {(row["forecaster"], row["horizon"]): row["brier"] for row in event_rows(test, horizons)}
    covered = {row["horizon"]: row for row in coverage_rows(test, horizons) if row["forecaster"] == mode.name}
    counts = [row for row in number_rows(test, mode) if row["year"] - row["origin"] in horizons]
    cases = [event_cases(test, mode, horizon) for horizon in horizons]
    chance, met = (np.concatenate([case[part] for case in cases]) for part in (0, 1))
    slope, could_be = _slope(chance, met, test.paths), slopes_if_right(test, mode, horizons)
    return Headline(
        mode=mode.name,
        horizons=tuple(
            HorizonHeadline(
                horizon,
                contests[horizon]["crps_pp"],
                contests[horizon]["ratio"],
                events[mode.name, horizon],
                _ratio(events[mode.name, horizon], events[STRAIGHT_LINE, horizon]),
                covered[horizon]["inside_90"],
            )
            for horizon in horizons
        ),
        counts=len(counts),
        counts_inside_90=sum(row["q05"] <= row["seen"] <= row["q95"] for row in counts),
        slope=slope,
        slope_if_right=(float(np.quantile(could_be, 0.05)), float(np.quantile(could_be, 0.95))) if could_be else None,
    )


def slopes_if_right(test: Backtest, mode: ForecastScores, horizons: Sequence[int] = SHORT) -> list[float]:
    """The slopes of `REPLICATES` pasts in which every forecast is right: what came is one of its own members.

    A member is a world of all allies and years at once, and one world moves them together, so that even right odds do
    not have a slope of 1 in a single past. Each December draws its member apart from the others, though their years
    overlap: in truth slopes scatter more than these. Pasts without a slope are left out; none where no forecast has
    one.
    """
    allies, used = len(test.iso3), [index for index, origin in enumerate(test.origins) if origin >= test.compared_from]
    steps = np.array(horizons) - 1
    chance = mode.probability[used][:, steps]  # (origin, horizon, ally)
    known = ~np.isnan(chance)
    words = Draws(test.seed, 0, REPLICATES).streams
    picked = np.stack([words.uint16("backtest/history", period=test.origins[index]) for index in used])
    found = []
    for member in picked.T.astype(np.int64) * HISTORIES >> 16:
        worlds = mode.histories[np.array(used)[:, None, None], steps[:, None], np.arange(allies), member[:, None, None]]
        found.append(_slope(chance[known], worlds[known].astype(np.float64), test.paths))
    return [slope for slope in found if slope is not None]


def _slope(chance: Floats, met: Floats, members: int) -> float | None:
    """None where there is one outcome only, or one forecast."""
    try:
        return calibration_slope(chance, met, members)
    except ValueError:
        return None


def _ratio(ours: float, theirs: float) -> float:
    """Infinite beside a score of 0, which only a perfect forecast has."""
    return ours / theirs if theirs else inf
