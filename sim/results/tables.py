"""The tables over a record: each one function, each tidy, units in the column names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.numerics.grid import HUNDREDTHS, Grid, money_grid, printed
from sim.results.counts import CELLS, GROUPS, PILLARS, SPENT, TALLIES
from sim.results.intervals import above, average, quantile
from sim.results.record import Record
from sim.results.rows import COMPLIANCE_COLUMNS, compliance_rows

LEVELS = {"q05": 0.05, "q25": 0.25, "q50": 0.50, "q75": 0.75, "q95": 0.95}
SPENT_ENDING = "_spent"
"""Of a pillar without what is closed on paper in the year."""

GROUP_NAMES = {"EUC": "Europe and Canada", "NATO": "NATO"}


def compliance(record: Record) -> pd.DataFrame:
    """Probability that an ally meets the yardstick, by year and pillar.

    Columns: iso3, ally, year, pillar (core, related, total), target_pct, probability, ci_low, ci_high (95 %, Monte
    Carlo error only), over_parameters_low, over_parameters_high (the central 90 % of the probability over the
    parameters it was drawn over; missing where they are not drawn), without_late_push, in_force (meets the target as a
    summit or review left it; core only), not_yet_due (does not, but its date was put off and has not come; core only),
    counted (the share of the runs in which it complies), paths. An ally that the yardstick does not bind has a row
    without figures; a pillar without one has no rows.

    The probability of core and total, and that without late push, is the mean over the runs of the probability given
    all but the year's outlay noise and closing on paper, which scatters less than `counted` and has the same
    expectation; that of related, in_force where the target was moved, and not_yet_due are shares of the runs. The
    intervals come from stretches of 4,096 paths, and are Wilson's where there are fewer than 8: see
    `sim.results.intervals`.
    """
    table = pd.DataFrame(list(compliance_rows(record)), columns=list(COMPLIANCE_COLUMNS))
    return table.astype(dict.fromkeys(COMPLIANCE_COLUMNS[5:14], float))


def shares(record: Record) -> pd.DataFrame:
    """The share of allies and groups (EUC: Europe and Canada), % of GDP, by year and pillar: as reported, and spent.

    Columns: iso3, ally, year, pillar, mean, q05, q25, q50, q75, q95; on the grid of 0.01 that NATO prints; above_grid,
    the part of the runs above 20.46 %, the end of that grid: a quantile among them is infinite, and where it is not 0
    the mean is a lower bound. The pillars core, related and total are as reported; core_spent and total_spent are
    without what is closed on paper that year.
    """
    counts, rows = record.counts.arrays, []
    pillars = (*PILLARS, *(f"{pillar}{SPENT_ENDING}" for pillar in SPENT))
    allies = np.concatenate([counts["shares"], counts["spent_shares"]])
    groups = np.concatenate([counts["group_shares"], counts["spent_group_shares"]], axis=1).transpose(1, 0, 2, 3)
    for names, histograms in ((_names(record), allies), (GROUP_NAMES.items(), groups)):
        columns = [*_summary(histograms, HUNDREDTHS, open_end=True), above(histograms)]
        for index, (iso3, name) in enumerate(names):
            for pillar_index, pillar in enumerate(pillars):
                for step, year in enumerate(record.description.years):
                    rows.append((iso3, name, year, pillar, *(c[pillar_index, index, step] for c in columns)))
    return pd.DataFrame(rows, columns=["iso3", "ally", "year", "pillar", "mean", *LEVELS, "above_grid"])


def alliance(record: Record) -> pd.DataFrame:
    """How many allies comply: the probability of each number, by year and pillar.

    Columns: year, pillar (and core_without_late_push), compliant (0 to the number of allies), probability.

    It is the share of the runs. The expected number of the printed page is the sum of the allies' probabilities in
    `compliance`, which scatters less than the mean of this distribution and has the same expectation.
    """
    number, paths = record.counts.arrays["number"], record.counts.paths
    measured = {pillar for pillar in PILLARS if record.description.yardstick(pillar)}
    rows = [
        (year, tally, compliant, number[index, step, compliant] / paths)
        for index, tally in enumerate(TALLIES)
        if tally.removesuffix("_without_late_push") in measured
        for step, year in enumerate(record.description.years)
        for compliant in range(number.shape[2])
    ]
    return pd.DataFrame(rows, columns=["year", "pillar", "compliant", "probability"])


def gap(record: Record) -> pd.DataFrame:
    """What is missing to the core target: percent of GDP and money, by ally, group and year; of what is spent.

    Columns: iso3, ally, year, shortfall_pct_mean, shortfall_pct_q05 to _q95 and on_paper_pct_mean (allies only),
    shortfall_usd_bn_mean, shortfall_usd_bn_q95 and on_paper_usd_bn_mean, USD billion at prices and exchange rates of
    the base year (quantiles infinite above 20.46 % of the base year's GDP, to which money is counted; means are exact).
    On paper is how much of the mean is closed so: the rest is missing in what is reported as well. An ally that the
    target does not bind has a row without figures; a group's money is that of the allies it binds. Empty without a core
    target.
    """
    yardstick = record.description.yardstick("core")
    points = ["shortfall_pct_mean", *(f"shortfall_pct_{level}" for level in LEVELS), "on_paper_pct_mean"]
    header = ["iso3", "ally", "year", *points, *(f"{name}_usd_bn_{which}" for name, which in MONEY)]
    if yardstick is None:
        return pd.DataFrame([], columns=header)
    counts, paths = record.counts.arrays, record.counts.paths
    core, goal = PILLARS.index("core"), int(printed(yardstick.share_pct))
    spent, reported = (_missing(counts[name][core], goal) for name in ("spent_shares", "shares"))
    columns = [*_summary(spent, HUNDREDTHS), HUNDREDTHS.values(_sums(spent) - _sums(reported), paths)]
    rows = []
    for ally, entry in enumerate(record.description.allies):
        for step, year in enumerate(record.description.years):
            if not yardstick.binds(entry.iso3):
                rows.append((entry.iso3, entry.name, year, *[np.nan] * (len(points) + len(MONEY))))
                continue
            pct = [column[ally, step] for column in columns]
            rows.append((entry.iso3, entry.name, year, *pct, *_money(record, "", (ally, step), [entry.gdp_usd_bn])))
    for group, iso3 in enumerate(GROUPS):
        gdp = [entry.gdp_usd_bn for entry in record.description.allies if iso3 == "NATO" or entry.europe_canada]
        for step, year in enumerate(record.description.years):
            rows.append(
                (iso3, GROUP_NAMES[iso3], year, *[np.nan] * len(points), *_money(record, "group_", (group, step), gdp))
            )
    return pd.DataFrame(rows, columns=header)


MONEY = (("shortfall", "mean"), ("shortfall", "q95"), ("on_paper", "mean"))
MILLIONS = Grid(Fraction(1, 1_000))
"""USD billion."""


def _money(record: Record, prefix: str, index: tuple[int, int], gdp_usd_bn: Sequence[float]) -> list[float]:
    """The columns of MONEY, of an ally or group in a year."""
    counts, paths = record.counts.arrays, record.counts.paths
    spent, reported = (int(counts[f"{name}{prefix}shortfall_usd_m"][index]) for name in ("spent_", ""))
    high = quantile(counts[f"spent_{prefix}shortfall_usd"][index], 0.95, money_grid(gdp_usd_bn), open_end=True)
    mean, on_paper = MILLIONS.values([spent, spent - reported], paths)
    return [float(mean), float(high), float(on_paper)]


def _missing(shares: NDArray[np.int64], goal: int) -> NDArray[np.int64]:
    """Histograms of the hundredths missing to a goal, from those of shares."""
    missing = np.zeros_like(shares)
    missing[..., : goal + 1] = shares[..., goal::-1]
    missing[..., 0] = shares[..., goal:].sum(axis=-1)
    return missing


def _sums(histograms: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sums of the cells counted, over the last axis."""
    sums: NDArray[np.int64] = (histograms * np.arange(histograms.shape[-1], dtype=np.int64)).sum(axis=-1)
    return sums


def first_year(record: Record) -> pd.DataFrame:
    """The year in which a run first meets the core target, ally by ally, and whether it then stays: a first passage.

    Columns: iso3, ally, year (missing: never within the horizon; the base year: already at its start), probability,
    probability_staying (of first complying in that year and complying in every later year to the horizon).

    It is of each run. The first year of the printed page is of each year: the first in which half of the runs are at
    the target. A run that has met it once may have fallen below again, so half of them can have met it before half of
    them are there together, and without ever being so.
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


def _summary(histograms: NDArray[np.int64], grid: Grid, *, open_end: bool = False) -> list[NDArray[np.float64]]:
    assert histograms.shape[-1] == CELLS
    quantiles = (quantile(histograms, level, grid, open_end=open_end) for level in LEVELS.values())
    return [average(histograms, grid), *quantiles]
