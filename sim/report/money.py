"""What a target costs an ally, from published figures, and how often such rises have been seen."""

from __future__ import annotations

from dataclasses import dataclass

from sim.charts.frames import packaged
from sim.data.tables import Tables
from sim.record.record import AllyEntry, Record, Yardstick
from sim.results.tables import gap

TOLERANCE = 1e-9
"""Shares are published with two decimals; their differences in binary are not."""


@dataclass(frozen=True)
class Needed:
    """What reaching a target takes, from the base year's published share; money in USD billion a year."""

    rise_pct: float  # percentage points of GDP; 0: there already
    years: int
    step_pct: float  # percentage points a year
    past_step_pct: float | None  # mean yearly step of the three years to the base year
    base_usd_bn: float  # the rise at the base year's GDP
    expected_usd_bn: float  # expected shortfall in the year shown, base-year prices
    deflated_usd_bn: float | None  # the same at prices of that year, by the forecast deflator
    deflated_to: int | None  # the last year with a forecast; its rise is carried on from there
    nominal_usd_bn: float | None  # the rise in the target's year: forecast GDP in current USD
    nominal_year: int | None  # the last forecast year, where that comes before the target's
    of_spending_pct: float | None  # the target as a share of all government spending
    spending_year: int | None


@dataclass(frozen=True)
class BaseRate:
    """How often shares rose by as much in as many years: of all allies' windows in the published table."""

    rise_pct: float
    years: int
    seen: int
    windows: int

    @property
    def share(self) -> float:
        """The part of the windows, 0 to 1."""
        return self.seen / self.windows


def needed(record: Record, entry: AllyEntry, core: Yardstick, year: int) -> Needed:
    """What the target takes of one ally; `year` is the one shown. Blank where the run had tables of the user's own."""
    base, tables = record.description.base_year, packaged(record)
    rise, years = max(0.0, core.share_pct - entry.base_share_pct), max(1, core.by - base)
    table = gap(record)
    expected = float(table[(table.iso3 == entry.iso3) & (table.year == year)].shortfall_usd_bn_mean.iloc[0])
    nominal, nominal_year = _latest(tables, entry.iso3, "nominal_usd_bn", core.by)
    spending, spending_year = _latest(tables, entry.iso3, "gov_spending_pct", core.by)
    factor, deflated_to = _prices(tables, entry.iso3, base, year)
    return Needed(
        rise_pct=rise,
        years=years,
        step_pct=rise / years,
        past_step_pct=_past_step(tables, entry, base),
        base_usd_bn=rise / 100 * entry.gdp_usd_bn,
        expected_usd_bn=expected,
        deflated_usd_bn=None if factor is None else expected * factor,
        deflated_to=deflated_to,
        nominal_usd_bn=None if nominal is None else rise / 100 * nominal,
        nominal_year=nominal_year,
        of_spending_pct=None if spending is None else 100 * core.share_pct / spending,
        spending_year=spending_year,
    )


def base_rate(record: Record, rise_pct: float, years: int) -> BaseRate | None:
    """How often an ally's core share rose by `rise_pct` points or more within `years` years, since 2014.

    None where no window is as long, or the run had tables of the user's own.
    """
    tables, seen, windows = packaged(record), 0, 0
    if tables is None:
        return None
    for ally in tables.armed_allies():
        known = {row.year: row.share_pct for row in tables.shares_of(ally.iso3)}
        rises = [known[year + years] - share for year, share in known.items() if year + years in known]
        windows += len(rises)
        seen += sum(rise >= rise_pct - TOLERANCE for rise in rises)
    return BaseRate(rise_pct, years, seen, windows) if windows else None


def _latest(tables: Tables | None, iso3: str, column: str, year: int) -> tuple[float | None, int | None]:
    """A column's value in a year, or in the last year before it that has one."""
    rows = (
        sorted((row for row in tables.gdp if row.iso3 == iso3 and row.year <= year), key=lambda row: -row.year)
        if tables
        else []
    )
    return next(
        ((float(getattr(row, column)), row.year) for row in rows if getattr(row, column) is not None), (None, None)
    )


def _prices(tables: Tables | None, iso3: str, base: int, year: int) -> tuple[float | None, int | None]:
    """By how much prices rise from the base year to `year`, national currency, and the last year with a forecast."""
    rows = [tables.gdp_row(iso3, each) for each in range(base + 1, year + 1)] if tables else []
    rises = {row.year: row.deflator_pct for row in rows if row is not None and row.deflator_pct is not None}
    if not rises:
        return None, None
    last, factor = max(rises), 1.0
    for each in range(base + 1, year + 1):
        factor *= 1 + rises.get(each, rises[last]) / 100
    return factor, last


def _past_step(tables: Tables | None, entry: AllyEntry, base: int) -> float | None:
    before = tables.share(entry.iso3, base - 3) if tables else None
    return None if before is None else (entry.base_share_pct - before.share_pct) / 3
