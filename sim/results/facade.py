"""`Results`: what a user asks of a run. Its tables import pandas, which takes half a second, when first asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from sim.errors import MissingExtra, UsageError
from sim.results.record import Record

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import xarray
    from numpy.typing import NDArray


class Results:
    """The tables of a run. Probabilities are shares of simulated paths, given the scenario's assumptions."""

    def __init__(self, record: Record) -> None:
        self.record = record

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.record.description.title

    @property
    def paths_simulated(self) -> int:
        """Number of simulated paths."""
        return self.record.counts.paths

    @property
    def manifest(self) -> dict[str, Any]:
        """Versions, digests, seed, paths and command of the run."""
        return dict(self.record.manifest)

    def compliance(self) -> pd.DataFrame:
        """Probability that an ally meets the yardstick: see `sim.results.tables.compliance`."""
        from sim.results import tables

        return tables.compliance(self.record)

    def shares(self) -> pd.DataFrame:
        """Share as reported, and as spent, % of GDP: mean and quantiles by ally, group, year and pillar."""
        from sim.results import tables

        return tables.shares(self.record)

    def alliance(self) -> pd.DataFrame:
        """Probability of each number of compliant allies, by year and pillar."""
        from sim.results import tables

        return tables.alliance(self.record)

    def gap(self) -> pd.DataFrame:
        """Shortfall to the core target of what is spent, % of GDP and USD billion of the base year."""
        from sim.results import tables

        return tables.gap(self.record)

    def first_year(self) -> pd.DataFrame:
        """Year in which a run first meets the core target, and whether it stays: `sim.results.tables.first_year`."""
        from sim.results import tables

        return tables.first_year(self.record)

    def paths(self, name: str) -> NDArray[np.float32]:
        """Kept paths of a state variable, float32 (ally, year, path): `share_pct` is the outturn, % of GDP.

        Raises:
            UsageError: the run did not keep it.
        """
        kept = self.record.counts.kept
        if name not in kept:
            raise UsageError(f"the run kept no paths of {name!r} (kept: {', '.join(kept) or 'none'}); "
                             f"run it with keep=[{name!r}]")  # fmt: skip
        return kept[name]

    def digest(self) -> str:
        """sha256 over every count, histogram and kept path: what "the same bits" means."""
        return self.record.counts.digest()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the run as a folder; a former run there is replaced only when the new one is complete."""
        self.record.save(path)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Results:
        """Open a saved run.

        Raises:
            RunError: no run there, or a damaged one.
        """
        return cls(Record.open(path))

    def to_xarray(self) -> xarray.Dataset:
        """Probabilities, share quantiles and kept paths over named dimensions (needs the extra `xarray`).

        Raises:
            MissingExtra: xarray is not installed.
        """
        try:
            from sim.results.dataset import dataset
        except ImportError as error:
            why = f"to_xarray needs the extra xarray: pip install 'burdenshare[xarray]' ({error})"
            raise MissingExtra(why) from error

        return dataset(self.record)

    def _repr_html_(self) -> str:
        from sim.results.notebook import html

        return html(self.record)

    def __repr__(self) -> str:
        years = self.record.description.years
        return f"<Results: {self.title!r}, {self.paths_simulated:,} paths, {years[0]}-{years[-1]}>"
