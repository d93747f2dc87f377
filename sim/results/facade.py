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
    """The tables of a run. Probabilities are shares of simulated paths, given the scenario's assumptions.

    >>> import sim
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> results
    <Results: '3.5 + 1.5 by 2032 (proposal of June 2025, not adopted)', 2,000 paths, 2027-2032>
    """

    def __init__(self, record: Record) -> None:
        self.record = record

    @property
    def title(self) -> str:
        """The scenario's title.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> results.title
        '3.5 + 1.5 by 2032 (proposal of June 2025, not adopted)'
        """
        return self.record.description.title

    @property
    def paths_simulated(self) -> int:
        """Number of simulated paths.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), precision=5.0)
        >>> results.paths_simulated
        4096
        """
        return self.record.counts.paths

    @property
    def manifest(self) -> dict[str, Any]:
        """Versions, digests, seed, paths and command of the run.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> results.manifest["seed"], results.manifest["paths"], results.manifest["scenario_digest"][:12]
        (2032, 2000, '9bdafaab7082')
        """
        return dict(self.record.manifest)

    def compliance(self) -> pd.DataFrame:
        """Probability that an ally meets the yardstick: see `sim.results.tables.compliance`.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> core = results.compliance().query("pillar == 'core' and year == 2032")
        >>> len(core.query("probability > 0.5"))
        11
        >>> core.set_index("ally").loc["Germany", ["probability", "without_late_push"]].tolist()
        [0.7235, 0.6745]
        """
        from sim.results import tables

        return tables.compliance(self.record)

    def shares(self) -> pd.DataFrame:
        """Share as reported, and as spent, % of GDP: mean and quantiles by ally, group, year and pillar.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> euc = results.shares().query("iso3 == 'EUC' and pillar == 'core_spent' and year == 2032")
        >>> euc[["q05", "q50", "q95"]].values.tolist()
        [[2.87, 3.28, 3.77]]
        """
        from sim.results import tables

        return tables.shares(self.record)

    def alliance(self) -> pd.DataFrame:
        """Probability of each number of compliant allies, by year and pillar.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> core = results.alliance().query("pillar == 'core' and year == 2032")
        >>> round(core.query("compliant >= 15")["probability"].sum().item(), 3)
        0.4
        """
        from sim.results import tables

        return tables.alliance(self.record)

    def gap(self) -> pd.DataFrame:
        """Shortfall to the core target of what is spent, % of GDP and USD billion of the base year.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> italy = results.gap().query("ally == 'Italy' and year == 2032")
        >>> italy[["shortfall_pct_mean", "shortfall_usd_bn_mean"]].round(2).values.tolist()
        [[0.66, 18.96]]
        """
        from sim.results import tables

        return tables.gap(self.record)

    def first_year(self) -> pd.DataFrame:
        """Year in which a run first meets the core target, and whether it stays: `sim.results.tables.first_year`.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> finland = results.first_year().query("ally == 'Finland' and year == 2030")
        >>> finland[["probability", "probability_staying"]].values.tolist()
        [[0.195, 0.1645]]
        """
        from sim.results import tables

        return tables.first_year(self.record)

    def paths(self, name: str) -> NDArray[np.float32]:
        """Kept paths of a state variable, float32 (ally, year, path): `share_pct` is the outturn, % of GDP.

        Raises:
            UsageError: the run did not keep it.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000, keep=["share_pct"])
        >>> results.paths("share_pct").shape
        (31, 6, 2000)
        """
        kept = self.record.counts.kept
        if name not in kept:
            raise UsageError(f"the run kept no paths of {name!r} (kept: {', '.join(kept) or 'none'}); "
                             f"run it with keep=[{name!r}]")  # fmt: skip
        return kept[name]

    def digest(self) -> str:
        """sha256 over every count, histogram and kept path: what "the same bits" means.

        >>> import sim
        >>> scenario = sim.load("rutte_2032")
        >>> results = sim.simulate(scenario, paths=5_000)
        >>> results.digest() == sim.simulate(scenario, paths=5_000, block=4_096).digest()
        True
        """
        return self.record.counts.digest()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Save the run as a folder; a former run there is replaced only when the new one is complete.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> results.save("run")
        >>> sim.Results.open("run").digest() == results.digest()
        True
        """
        self.record.save(path)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Results:
        """Open a saved run.

        Raises:
            RunError: no run there, or a damaged one.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> results.save("run")
        >>> sim.Results.open("run").paths_simulated
        2000
        """
        return cls(Record.open(path))

    def to_xarray(self) -> xarray.Dataset:
        """Probabilities, share quantiles and kept paths over named dimensions (needs the extra `xarray`).

        Raises:
            MissingExtra: xarray is not installed.

        >>> import sim
        >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
        >>> data = results.to_xarray()
        >>> float(data["probability"].sel(pillar="core", ally="DEU", year=2032))
        0.7235
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
