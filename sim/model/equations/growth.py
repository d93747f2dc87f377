"""Equation 2: real growth. Budgets are made with the forecast, so only a surprise moves the share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

import numpy as np

from sim.data.edition import growth_forecast_from, last_actual_growth
from sim.distributions.draws import Mask
from sim.numerics.arrays import LEAST_GDP_USD_BN, MOST_GDP_USD_BN, Array, Value, at_least, clip

SD_YEARS = tuple(year for year in range(2000, last_actual_growth() + 1) if year not in (2009, 2020, 2021))
"""The years an ally's own growth noise is measured on, to the last that the IMF has as actual.

The common shocks of 2009, 2020 and 2021 are left out.
"""


KNOWN_FROM = growth_forecast_from()
"""Base years from here on have the IMF's forecasts in the data."""

WORST_SURPRISE_PCT = np.float32(-50)
"""The heavy tail of a volatile ally would cost it its whole GDP once in some ten million years; this is the floor."""


def common_factor(factor: Value, recession: Mask, depth_pct: Value, probability: Value) -> Value:
    """f_t: the year's common surprise, percentage points; a recession takes `depth_pct`, and the mean stays 0."""
    return factor + depth_pct * (probability - recession.astype(np.float32))


def surprise(common: Value, ally_noise: Value, sd_pct: Value, loss_pct: Value | None = None) -> Value:
    """f_t + e_it, percentage points, from WORST_SURPRISE_PCT up: `ally_noise` has variance 1.

    `loss_pct` is what recessions of the ally's own take.
    """
    own: Value = sd_pct * ally_noise
    drawn = common + own
    return at_least(drawn if loss_pct is None else drawn - loss_pct, WORST_SURPRISE_PCT)


def next_gdp(gdp: Array, forecast_pct: float, shift_pct: Value, surprise_pct: Value) -> Array:
    """Real GDP after a year's growth: forecast, the scenario's shift of it, and surprise, all in percent.

    A year takes at most half of GDP and at most doubles it.
    """
    factor = clip(1 + (forecast_pct + shift_pct + surprise_pct) * 0.01, 0.5, 2)
    return held_gdp(gdp * factor)


def held_gdp(gdp_usd_bn: Array) -> Array:
    """GDP between a floor and a ceiling that only absurd parameters reach."""
    held: Array = clip(gdp_usd_bn, LEAST_GDP_USD_BN, MOST_GDP_USD_BN)
    return held


def own_growth_sd(growth_pct: Mapping[str, Mapping[int, float]], iso3: str, base_year: int) -> float:
    """sigma_i: sd of an ally's growth net of the unweighted alliance mean of the year, percentage points.

    `growth_pct` holds real growth by ally and year (IMF World Economic Outlook), over `SD_YEARS` to the base year: a
    look back knows no more.
    """
    own = [
        growth_pct[iso3][year] - fmean(series[year] for series in growth_pct.values() if year in series)
        for year in SD_YEARS
        if year <= base_year and year in growth_pct[iso3]
    ]
    return stdev(own)


def forecast(growth_pct: Mapping[int, float], base_year: int, years: Sequence[int]) -> list[float]:
    """Growth expected for each of `years`, percent: the IMF's forecast, its last year carried on.

    For a base year before `KNOWN_FROM` no forecast of the time is in the data: the mean of the ten years before.
    """
    if base_year < KNOWN_FROM:
        past = [growth_pct[year] for year in range(base_year - 9, base_year + 1) if year in growth_pct]
        return [fmean(past)] * len(years)
    last = max(growth_pct)
    return [growth_pct[min(year, last)] for year in years]
