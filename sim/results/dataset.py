"""A run as an xarray dataset."""

from __future__ import annotations

import numpy as np
import xarray
from numpy.typing import NDArray

from sim.numerics.grid import HUNDREDTHS
from sim.results.counts import PILLARS, SPENT
from sim.results.intervals import quantile
from sim.results.parameter_range import of_probability
from sim.results.probabilities import of_allies
from sim.results.record import Record
from sim.results.tables import LEVELS


def dataset(record: Record) -> xarray.Dataset:
    """Dimensions pillar, ally, year, quantile and, where paths are kept, path.

    probability (pillar, ally, year), as in `compliance`, missing where no yardstick of the pillar binds the ally;
    probability_counted (pillar, ally, year), the share of the paths that comply, missing likewise;
    probability_over_parameters_low and _high (pillar, ally, year), the central 90 % of it over the parameters it was
    drawn over, missing where they are not drawn; share_pct_quantile
    (quantile, pillar, ally, year), % of GDP, as reported, and spent_share_pct_quantile (quantile, spent, ally, year)
    without what is closed on paper that year, both infinite above 20.46 %, to which shares are counted;
    each kept variable (ally, year, path).
    """
    counts, description = record.counts, record.description
    yardsticks = [description.yardstick(pillar) for pillar in PILLARS]
    bound = np.array([[y is not None and y.binds(ally.iso3) for ally in description.allies] for y in yardsticks])
    found = np.stack([of_allies(counts, pillar).probability for pillar in PILLARS])
    probability, counted = (
        np.where(bound[..., None], part, np.nan) for part in (found, counts.arrays["compliant"] / counts.paths)
    )
    low, high = _over_parameters(record, probability)
    reported, spent = (
        np.stack([quantile(counts.arrays[name], level, HUNDREDTHS, open_end=True) for level in LEVELS.values()])
        for name in ("shares", "spent_shares")
    )
    kept = {f"path_{name}": (("ally", "year", "path"), values) for name, values in counts.kept.items()}
    return xarray.Dataset(
        {
            "probability": (("pillar", "ally", "year"), probability, {"units": "1"}),
            "probability_counted": (("pillar", "ally", "year"), counted, {"units": "1"}),
            "probability_over_parameters_low": (("pillar", "ally", "year"), low, {"units": "1"}),
            "probability_over_parameters_high": (("pillar", "ally", "year"), high, {"units": "1"}),
            "share_pct_quantile": (("quantile", "pillar", "ally", "year"), reported, {"units": "% of GDP"}),
            "spent_share_pct_quantile": (("quantile", "spent", "ally", "year"), spent, {"units": "% of GDP"}),
            **kept,
        },
        coords={
            "pillar": list(PILLARS),
            "spent": list(SPENT),
            "ally": [entry.iso3 for entry in description.allies],
            "year": list(description.years),
            "quantile": list(LEVELS.values()),
        },
        attrs={"title": description.title, "paths": counts.paths, "seed": int(record.manifest["seed"])},
    )


def _over_parameters(record: Record, probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Low and high ends (2, pillar, ally, year); NaN where a probability, or its range, is missing."""
    rows, paths = record.counts.arrays["row_compliant"], record.counts.arrays["row_paths"]
    ends = np.full((2, *probability.shape), np.nan)
    for index in np.ndindex(probability.shape):
        each = float(probability[index])
        found = None if np.isnan(each) else of_probability(rows[index], paths, each)
        if found is not None:
            ends[:, *index] = found
    return ends
