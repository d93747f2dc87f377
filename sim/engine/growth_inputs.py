"""What the tables know of an ally's growth: how far it strays from the alliance's mean, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, stdev

from sim.data.edition import has_outlook, last_actual_growth

SD_YEARS = tuple(year for year in range(2000, last_actual_growth() + 1) if year not in (2009, 2020, 2021))
"""The years an ally's own growth noise is measured on, to the last that the IMF has as actual.

The common shocks of 2009, 2020 and 2021 are left out.
"""

MEAN_YEARS = 5
"""Of the ten years whose mean growth a run from the past expects, how many must be known, if the series is so long."""


def sd_years(base_year: int) -> tuple[int, ...]:
    """The years an ally's own growth noise is measured on in a look back: no later ones than its base year.

    Where `SD_YEARS` has too few of these, they are the ten years to the base year, which its mean growth is of.
    """
    measured = tuple(year for year in SD_YEARS if year <= base_year)
    return measured if len(measured) >= MEAN_YEARS else tuple(range(base_year - 9, base_year + 1))


def own_growth_sd(growth_pct: Mapping[str, Mapping[int, float]], iso3: str, base_year: int) -> float:
    """sigma_i: sd of an ally's growth net of the unweighted alliance mean of the year, percentage points.

    `growth_pct` holds real growth by ally and year (IMF World Economic Outlook); measured over `sd_years`.
    """
    own = [
        growth_pct[iso3][year] - fmean(series[year] for series in growth_pct.values() if year in series)
        for year in sd_years(base_year)
        if year in growth_pct[iso3]
    ]
    return stdev(own)


def forecast(growth_pct: Mapping[int, float], base_year: int, years: Sequence[int]) -> list[float]:
    """Growth expected for each of `years`, percent: the IMF's forecast, its last year carried on.

    Where no forecast of the base year's time is in the data (`sim.data.edition.has_outlook`): the mean of the ten years
    before.
    """
    if not has_outlook(base_year):
        past = [growth_pct[year] for year in range(base_year - 9, base_year + 1) if year in growth_pct]
        return [fmean(past)] * len(years)
    last = max(growth_pct)
    return [growth_pct[min(year, last)] for year in years]
