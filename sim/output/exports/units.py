"""What the columns of the tables and the kept paths are, in words: the one place that knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TEXT: Final = "text"
YEAR: Final = "calendar year"
ALLIES: Final = "number of allies"
RUNS: Final = "simulated runs"
OF_GDP: Final = "% of GDP"
OF_RUNS: Final = "share of the simulated runs, 0 to 1"
USD_BN: Final = "USD billion, prices and exchange rates of the base year"
PART: Final = "part of the simulated runs, 0 to 1"
LOG_ODDS: Final = "log-odds"
POINTS: Final = "percentage points of GDP"

WHOLE: Final = frozenset({YEAR, ALLIES, RUNS})
"""Units of whole numbers; those of a share or of money have decimals."""

OVER_PARAMETERS: Final = "central 90 % of the probability over the parameters it was drawn over; missing where none are"
INTERVAL: Final = (
    "95 % interval of the probability, Monte Carlo error only: from stretches of 4,096 paths; where there are fewer "
    "than 8, Wilson's of independent paths"
)
MEAN_OF_RUNS: Final = (
    "of core and total the mean over the runs of the probability given all but the year's outlay noise and closing on "
    "paper"
)


ABOVE_GRID: Final = (
    "the runs above 20.46 % of GDP, the end of the grid that shares are counted on: a quantile that lies among them is "
    "missing (in Python and NetCDF infinite), and where this is not 0 a mean is a lower bound"
)


@dataclass(frozen=True)
class ColumnUnit:
    """A column: its unit, and what it says."""

    unit: str
    meaning: str


_ISO3 = ColumnUnit(TEXT, "ISO 3166-1 alpha-3 code of the ally")
_ISO3_OR_GROUP = ColumnUnit(TEXT, "ISO 3166-1 alpha-3 code of the ally; EUC: Europe and Canada, NATO: all")
_ALLY = ColumnUnit(TEXT, "name of the ally")
_ALLY_OR_GROUP = ColumnUnit(TEXT, "name of the ally or group")
_YEAR = ColumnUnit(YEAR, "the year that the figures are of")
_PILLAR = ColumnUnit(TEXT, "core, related or total; related and total rest on an assumption")


def _quantiles(what: str, unit: str = OF_GDP) -> dict[str, ColumnUnit]:
    return {
        level: ColumnUnit(unit, f"{int(level[1:])} % quantile of {what}")
        for level in ("q05", "q25", "q50", "q75", "q95")
    }


COLUMNS: Final[dict[str, dict[str, ColumnUnit]]] = {
    "compliance": {
        "iso3": _ISO3,
        "ally": _ALLY,
        "year": _YEAR,
        "pillar": _PILLAR,
        "target_pct": ColumnUnit(OF_GDP, "the yardstick that compliance is measured against"),
        "probability": ColumnUnit(OF_RUNS, f"runs that meet the yardstick, given the assumptions; {MEAN_OF_RUNS}"),
        "ci_low": ColumnUnit(OF_RUNS, f"lower end of the {INTERVAL}"),
        "ci_high": ColumnUnit(OF_RUNS, f"upper end of the {INTERVAL}"),
        "over_parameters_low": ColumnUnit(OF_RUNS, f"lower end of the {OVER_PARAMETERS}"),
        "over_parameters_high": ColumnUnit(OF_RUNS, f"upper end of the {OVER_PARAMETERS}"),
        "without_late_push": ColumnUnit(
            OF_RUNS,
            "the same by what is spent only: the report before anything is closed on paper that year; what closing on "
            "paper did to outlays in earlier years stays",
        ),
        "in_force": ColumnUnit(OF_RUNS, "runs that meet the core target as a summit or review left it; core only"),
        "not_yet_due": ColumnUnit(
            OF_RUNS, "runs that do not meet it, but where its date was put off and has not come; core only"
        ),
        "counted": ColumnUnit(
            OF_RUNS, "runs in which it meets the yardstick, counted one by one; the probability scatters less"
        ),
        "paths": ColumnUnit(RUNS, "number of simulated runs behind the row"),
    },
    "shares": {
        "iso3": _ISO3_OR_GROUP,
        "ally": _ALLY_OR_GROUP,
        "year": _YEAR,
        "pillar": ColumnUnit(
            TEXT,
            "core, related or total as reported; core_spent or total_spent without what is closed on paper "
            "that year; related and total rest on an assumption",
        ),
        "mean": ColumnUnit(OF_GDP, "mean of the share; a lower bound where above_grid is not 0"),
        **_quantiles("the share, on the grid of 0.01 that NATO prints; missing above 20.46: see above_grid"),
        "above_grid": ColumnUnit(PART, ABOVE_GRID),
    },
    "alliance": {
        "year": _YEAR,
        "pillar": ColumnUnit(
            TEXT, "core, related, total, or core_without_late_push (spent only); related and total: an assumption"
        ),
        "compliant": ColumnUnit(ALLIES, "how many allies meet the yardstick"),
        "probability": ColumnUnit(OF_RUNS, "runs in which exactly so many do, given the assumptions"),
    },
    "gap": {
        "iso3": _ISO3_OR_GROUP,
        "ally": _ALLY_OR_GROUP,
        "year": _YEAR,
        "shortfall_pct_mean": ColumnUnit(
            OF_GDP, "mean distance of what is spent to the core target, 0 where that is met; allies only"
        ),
        **{
            f"shortfall_pct_{level}": column
            for level, column in _quantiles("the distance of what is spent to the core target; allies only").items()
        },
        "on_paper_pct_mean": ColumnUnit(OF_GDP, "how much of the mean distance is closed on paper; allies only"),
        "shortfall_usd_bn_mean": ColumnUnit(
            USD_BN, "mean of the money that what is spent misses to the core target; of a group the sum over its allies"
        ),
        "shortfall_usd_bn_q95": ColumnUnit(
            USD_BN,
            "95 % quantile of that money; above 20.46 % of the base year's GDP missing, beside a mean (in Python and "
            "NetCDF infinite)",
        ),
        "on_paper_usd_bn_mean": ColumnUnit(USD_BN, "how much of the mean is closed on paper"),
    },
    "first_year": {
        "iso3": _ISO3,
        "ally": _ALLY,
        "year": ColumnUnit(
            YEAR,
            "year in which a run first meets the core target; the base year: already; missing: never to the horizon",
        ),
        "probability": ColumnUnit(OF_RUNS, "runs in which it is that year, given the assumptions"),
        "probability_staying": ColumnUnit(OF_RUNS, "of all runs, those in which it is and every later year complies"),
    },
}
"""By table and column, both in the order of the tables: a table of `Results` that is not here is not exported."""

KEPT: Final[dict[str, ColumnUnit]] = {
    "share_pct": ColumnUnit(
        OF_GDP, "core outlays that later budgets go on from: the outturn; if closed on paper, the target at least"
    ),
    "reported_pct": ColumnUnit(OF_GDP, "core outlays as reported, what is closed on paper included"),
    "spent_pct": ColumnUnit(OF_GDP, "core outlays as reported, without what is closed on paper that year"),
    "related_pct": ColumnUnit(OF_GDP, "security-related outlays, before the cap on what counts; an assumption"),
    "plan_pct": ColumnUnit(POINTS, "change of the core share that the budget of the year planned"),
    "will": ColumnUnit(LOG_ODDS, "political will"),
    "gdp_usd_bn": ColumnUnit(USD_BN, "gross domestic product"),
}
"""Paths that a run can keep: see `sim.results.counts.KEEPABLE`."""
