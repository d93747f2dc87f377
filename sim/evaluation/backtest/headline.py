"""The scores that a forecast is promised by, horizon by horizon: what leads the page on the track record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from sim.evaluation.backtest.forecast_scores import ForecastScores
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
    try:
        slope = calibration_slope(chance, met, test.paths)
    except ValueError:  # one outcome only, or one forecast
        slope = None
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
    )


def _ratio(ours: float, theirs: float) -> float:
    """Infinite beside a score of 0, which only a perfect forecast has."""
    return ours / theirs if theirs else inf
