"""The tables over a record: each one function, each tidy, units in the column names."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.record.counts import CELLS, GROUPS, PILLARS, TALLIES
from sim.record.grid import printed, usd_cell
from sim.record.record import Record
from sim.results.intervals import average, quantile
from sim.results.rows import COMPLIANCE_COLUMNS, compliance_rows

POINT = 0.01  # a cell of a share, percentage points
LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}
GROUP_NAMES = {"EUC": "Europe and Canada", "NATO": "NATO"}


def compliance(record: Record) -> pd.DataFrame:
    """Probability that an ally meets the yardstick, by year and pillar.

    Columns: iso3, ally, year, pillar (core, related, total), target_pct, probability, ci_low, ci_high (95 % Wilson,
    Monte Carlo error only), without_late_push, in_force (against the target as a review left it; core only), paths.
    """
    return pd.DataFrame(list(compliance_rows(record)), columns=list(COMPLIANCE_COLUMNS)).astype({"in_force": float})


def shares(record: Record) -> pd.DataFrame:
    """The reported share of allies and groups (EUC: Europe and Canada), % of GDP, by year and pillar.

    Columns: iso3, ally, year, pillar, mean, q05, q25, q50, q75, q95; on the grid of 0.01 that NATO prints.
    """
    counts, rows = record.counts.arrays, []
    stacks = [(_names(record), counts["shares"]), (GROUP_NAMES.items(), counts["group_shares"].transpose(1, 0, 2, 3))]
    for names, histograms in stacks:
        columns = _summary(histograms, POINT)
        for place, (iso3, name) in enumerate(names):
            for pillar_place, pillar in enumerate(PILLARS):
                for step, year in enumerate(record.description.years):
                    rows.append((iso3, name, year, pillar, *(c[pillar_place, place, step] for c in columns)))
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", "pillar", "mean", *LEVELS])


def alliance(record: Record) -> pd.DataFrame:
    """How many allies comply: the probability of each number, by year and pillar.

    Columns: year, pillar (and core_without_late_push), compliant (0 to the number of allies), probability.
    """
    number, paths = record.counts.arrays["number"], record.counts.paths
    measured = {pillar for pillar in PILLARS if record.description.yardstick(pillar)}
    rows = [
        (year, tally, compliant, number[place, step, compliant] / paths)
        for place, tally in enumerate(TALLIES)
        if tally.removesuffix("_without_late_push") in measured
        for step, year in enumerate(record.description.years)
        for compliant in range(number.shape[2])
    ]
    return pd.DataFrame(rows, columns=["year", "pillar", "compliant", "probability"])


def gap(record: Record) -> pd.DataFrame:
    """What is missing to the core target: percent of GDP and money, by ally, group and year.

    Columns: iso3, ally, year, shortfall_pct_mean, shortfall_pct_q05 to _q95 (allies only), shortfall_usd_bn_mean and
    shortfall_usd_bn_q95, USD billion at prices and exchange rates of the base year. Empty without a core target.
    """
    yardstick = record.description.yardstick("core")
    columns = ["shortfall_pct_mean", *(f"shortfall_pct_{level}" for level in LEVELS)]
    header = ["iso3", "ally", "year", *columns, "shortfall_usd_bn_mean", "shortfall_usd_bn_q95"]
    if yardstick is None:
        return pd.DataFrame([], columns=header)
    counts, paths = record.counts.arrays, record.counts.paths
    goal = int(printed(yardstick.share_pct))
    missing = np.zeros_like(counts["shares"][0])
    missing[..., : goal + 1] = counts["shares"][0][..., goal::-1]
    missing[..., 0] = counts["shares"][0][..., goal:].sum(axis=-1)
    points = _summary(missing, POINT)
    rows = []
    for ally, entry in enumerate(record.description.allies):
        for step, year in enumerate(record.description.years):
            if not yardstick.binds(entry.iso3):
                continue
            pct = [c[ally, step] for c in points]
            usd = quantile(counts["shortfall_usd"][ally, step], 0.95, usd_cell(entry.gdp_usd_bn))
            rows.append(
                (entry.iso3, entry.name, year, *pct, counts["shortfall_usd_m"][ally, step] / paths / 1_000, usd)
            )
    for group, iso3 in enumerate(GROUPS):
        cell = usd_cell(sum(e.gdp_usd_bn for e in record.description.allies if iso3 == "NATO" or e.europe_canada))
        for step, year in enumerate(record.description.years):
            usd = quantile(counts["group_shortfall_usd"][group, step], 0.95, cell)
            mean = counts["group_shortfall_usd_m"][group, step] / paths / 1_000
            rows.append((iso3, GROUP_NAMES[iso3], year, *[np.nan] * len(points), mean, usd))
    return pd.DataFrame(rows, columns=header)


def first_year(record: Record) -> pd.DataFrame:
    """When an ally first meets the core target, and whether it then stays.

    Columns: iso3, ally, year (missing: never within the horizon; the base year: already at its start), probability,
    probability_staying (of first complying in that year and complying in every later year to the horizon).
    """
    yardstick = record.description.yardstick("core")
    if yardstick is None:
        return pd.DataFrame([], columns=["iso3", "ally", "year", "probability", "probability_staying"])
    counts, paths = record.counts.arrays, record.counts.paths
    years = [record.description.base_year, *record.description.years, None]
    rows = [
        (
            entry.iso3,
            entry.name,
            year,
            counts["first_year"][ally, step] / paths,
            counts["kept_from"][ally, step] / paths,
        )
        for ally, entry in enumerate(record.description.allies)
        if yardstick.binds(entry.iso3)
        for step, year in enumerate(years)
    ]
    table = pd.DataFrame(rows, columns=["iso3", "ally", "year", "probability", "probability_staying"])
    return table.astype({"year": "Int64"})


def _names(record: Record) -> Iterable[tuple[str, str]]:
    return [(entry.iso3, entry.name) for entry in record.description.allies]


def _summary(histograms: NDArray[np.int64], cell: float) -> list[NDArray[np.float64]]:
    assert histograms.shape[-1] == CELLS
    return [average(histograms, cell), *(quantile(histograms, level, cell) for level in LEVELS.values())]
