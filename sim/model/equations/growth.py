"""Equation 2: real growth. Budgets are made with the forecast, so only a surprise moves the share."""

from __future__ import annotations

import numpy as np

from sim.distributions.draws import Mask
from sim.numerics.arrays import LEAST_GDP_USD_BN, MOST_GDP_USD_BN, Array, Value, at_least, clip

WORST_SURPRISE_PCT = np.float32(-50)
"""The heavy tail of a volatile ally would cost it its whole GDP once in some ten million years; this is the floor."""


def common_factor(factor: Value, recession: Mask, depth_pct: Value, probability: Value) -> Value:
    """f_t: the year's common surprise, percentage points; a recession takes `depth_pct`, and the mean stays 0."""
    return factor + depth_pct * (probability - recession.astype(np.float32))


def surprise(common: Value, own: Value, loss_pct: Value | None = None) -> Value:
    """f_t + e_it, percentage points, from WORST_SURPRISE_PCT up; `loss_pct` is what the ally's own recessions take."""
    drawn = common + own
    return at_least(drawn if loss_pct is None else drawn - loss_pct, WORST_SURPRISE_PCT)


def next_gdp(gdp: Array, expected_pct: Value, surprise_pct: Value) -> Array:
    """Real GDP after a year's growth, expected and surprise, in percent.

    A year takes at most half of GDP and at most doubles it.
    """
    factor = clip(1 + (expected_pct + surprise_pct) * 0.01, 0.5, 2)
    return held_gdp(gdp * factor)


def held_gdp(gdp_usd_bn: Array) -> Array:
    """GDP between a floor and a ceiling that only absurd parameters reach."""
    held: Array = clip(gdp_usd_bn, LEAST_GDP_USD_BN, MOST_GDP_USD_BN)
    return held
