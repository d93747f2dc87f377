"""What became of earlier national targets: outcomes, and how often a dated target was met, by lead time.

The outcome of a target is NATO's share of its year in the tables in force (% of GDP, as printed). A target is closed
when that year has a figure; a trivial one, at most 0.02 above the level of the year before it was announced, says
nothing and stays out of the rates. One budget ahead: the target year is the year of the announcement or the next, so
that one budget lies between at most; all others are longer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.data.rows import PromiseRow
from sim.data.tables import Tables
from sim.numerics.grid import printed, reaches
from sim.results.intervals import wilson_of

Lead = Literal["one budget ahead", "longer", "any"]
Sample = Literal["first", "all"]

ONE_BUDGET_YEARS = 1
TRIVIAL_PP = 0.02
"""A target this far above the level of the year before its announcement, or less, is no target; % of GDP."""


@dataclass(frozen=True, slots=True)
class ClosedPromise:
    """A target whose year has a figure and which was not trivial; shares in % of GDP."""

    iso3: str
    announced: str  # YYYY[-MM[-DD]]
    announced_year: int
    target_pct: float
    target_year: int
    lead_years: int
    outcome_pct: float
    estimate: bool  # the outcome is NATO's estimate
    met: bool
    added: bool  # entered after the rates were first reckoned


@dataclass(frozen=True, slots=True)
class HitRate:
    """How many closed targets were met, with the 95 % interval of Wilson (as if targets were independent draws)."""

    lead: Lead
    sample: Sample  # "first": without the rows added later
    n: int
    met: int
    rate: float
    ci_low: float
    ci_high: float
    mean_gap_pct: float  # outcome less target, % of GDP


def lead_years(row: PromiseRow) -> int:
    """Years from the announcement to the target year; of a span of years the announcement counts as its first."""
    return row.target_year - int(row.announced[:4])


def outcome(tables: Tables, row: PromiseRow) -> Literal["met", "missed", "reached early", "open"]:
    """What became of a target; "reached early": its year is still to come, a year since the announcement reached it."""
    share = tables.share(row.iso3, row.target_year)
    if share is not None:
        return "met" if _reaches(share.share_pct, row) else "missed"
    since = [past for past in tables.shares_of(row.iso3) if past.year >= int(row.announced[:4])]
    return "reached early" if any(_reaches(past.share_pct, row) for past in since) else "open"


def trivial(tables: Tables, row: PromiseRow) -> bool:
    """Whether the target lay at most 0.02 above the share of the year before its announcement (unknown: it did not)."""
    before = tables.share(row.iso3, int(row.announced[:4]) - 1)
    return before is not None and bool(printed(row.target_pct) - printed(before.share_pct) <= printed(TRIVIAL_PP))


def _reaches(share_pct: float, row: PromiseRow) -> bool:
    """Both as NATO prints them."""
    return bool(reaches(printed(share_pct), row.target_pct))


def closed(tables: Tables) -> tuple[ClosedPromise, ...]:
    """The closed targets that are not marked trivial, by ally and date."""
    found = []
    for row in tables.promises:
        share = tables.share(row.iso3, row.target_year)
        if share is not None and not row.trivial:
            found.append(ClosedPromise(
                iso3=row.iso3, announced=row.announced, announced_year=int(row.announced[:4]),
                target_pct=row.target_pct, target_year=row.target_year, lead_years=lead_years(row),
                outcome_pct=share.share_pct, estimate=share.status == "estimate",
                met=outcome(tables, row) == "met", added=row.added,
            ))  # fmt: skip
    return tuple(found)


def hit_rates(tables: Tables) -> tuple[HitRate, ...]:
    """Hit rates one budget ahead, longer and of any lead, for the first sample and for all rows."""
    found = closed(tables)
    samples: tuple[Sample, ...] = ("first", "all")
    leads: tuple[Lead, ...] = ("one budget ahead", "longer", "any")
    return tuple(
        _rate(lead, sample, [p for p in found if _has(p, lead) and (sample == "all" or not p.added)])
        for sample in samples
        for lead in leads
    )


def _has(promise: ClosedPromise, lead: Lead) -> bool:
    return lead == "any" or (promise.lead_years <= ONE_BUDGET_YEARS) == (lead == "one budget ahead")


def _rate(lead: Lead, sample: Sample, promises: list[ClosedPromise]) -> HitRate:
    """The rate of one group; without a closed target it is nan, and its interval everything."""
    n, met = len(promises), sum(promise.met for promise in promises)
    if not n:
        return HitRate(lead, sample, 0, 0, float("nan"), 0.0, 1.0, float("nan"))
    gap = float(np.mean([promise.outcome_pct - promise.target_pct for promise in promises]))
    return HitRate(lead, sample, n, met, met / n, *wilson_of(met / n, n), gap)
