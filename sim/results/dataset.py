"""A run as an xarray dataset."""

from __future__ import annotations

import numpy as np
import xarray

from sim.numerics.grid import HUNDREDTHS
from sim.results.counts import PILLARS, SPENT
from sim.results.intervals import quantile
from sim.results.record import Record
from sim.results.tables import LEVELS


def dataset(record: Record) -> xarray.Dataset:
    """Dimensions pillar, ally, year, quantile and, where paths are kept, path.

    probability (pillar, ally, year), missing where no yardstick of the pillar binds the ally; share_pct_quantile
    (quantile, pillar, ally, year), % of GDP, as reported, and spent_share_pct_quantile (quantile, spent, ally, year)
    without what is closed on paper that year, both infinite above 20.46 %, to which shares are counted;
    each kept variable (ally, year, path).
    """
    counts, description = record.counts, record.description
    yardsticks = [description.yardstick(pillar) for pillar in PILLARS]
    bound = np.array([[y is not None and y.binds(ally.iso3) for ally in description.allies] for y in yardsticks])
    probability = np.where(bound[..., None], counts.arrays["compliant"] / counts.paths, np.nan)
    reported, spent = (
        np.stack([quantile(counts.arrays[name], level, HUNDREDTHS, open_end=True) for level in LEVELS.values()])
        for name in ("shares", "spent_shares")
    )
    kept = {f"path_{name}": (("ally", "year", "path"), values) for name, values in counts.kept.items()}
    return xarray.Dataset(
        {
            "probability": (("pillar", "ally", "year"), probability, {"units": "1"}),
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
