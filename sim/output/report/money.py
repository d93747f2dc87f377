"""What a target costs an ally, from published figures, and how often such rises have been seen."""

from __future__ import annotations

from dataclasses import dataclass

from sim.data.tables import Tables
from sim.numerics.grid import printed
from sim.output.origins import packaged
from sim.results.record import AllyDescription, Record, Yardstick
from sim.results.tables import gap

STEPS = 3
"""Yearly steps to the base year that are told."""


@dataclass(frozen=True)
class Needed:
    """What reaching a target takes, from the base year's published share; money in USD billion a year."""

    rise_pct: float  # percentage points of GDP; 0: there already
    years: int
    step_pct: float  # percentage points a year
    past_steps_pct: tuple[tuple[int, float], ...]  # yearly steps of the years to the base year
    base_usd_bn: float  # the rise at the base year's GDP
    expected_usd_bn: float  # expected shortfall of what is spent in the year shown, base-year prices
    on_paper_usd_bn: float  # how much of it is closed on paper
    current_usd_bn: float | None  # the same in current dollars, by the IMF's prices and exchange rates
    current_year: int | None  # of this year: the one shown, or the last one before it that the IMF has
    nominal_usd_bn: float | None  # the rise in the target's year: GDP in current USD
    nominal_year: int | None  # the last year that the IMF has, where that comes before the target's
    of_spending_pct: float | None  # the target as a share of all government spending
    spending_year: int | None


@dataclass(frozen=True)
class BaseRate:
    """How often core shares rose by as much between years so far apart, in the published table."""

    rise_pct: float
    years: int
    spans: tuple[tuple[int, int, tuple[str, ...], int], ...]  # not overlapping: from, to, who rose, of how many
    seen: int  # of all windows, which overlap
    windows: int
    countries: int  # that these came from


def needed(record: Record, entry: AllyDescription, core: Yardstick | None, year: int) -> Needed:
    """What the target takes of one ally; `year` is the one shown.

    Blank is what takes a packaged table in whose place the run had one of the user's own; nothing but the past where no
    target binds the ally.
    """
    base, tables = record.description.base_year, packaged(record, "gdp")
    past = _past_steps(packaged(record, "shares"), entry, base)
    if core is None:
        return Needed(0.0, 0, 0.0, past, 0.0, 0.0, 0.0, *[None] * 6)
    rise, years = max(0.0, core.share_pct - entry.base_share_pct), max(1, core.by - base)
    table = gap(record)
    short = table[(table.iso3 == entry.iso3) & (table.year == year)].iloc[0]
    expected = float(short.shortfall_usd_bn_mean)
    nominal, nominal_year = _latest(tables, entry.iso3, "nominal_usd_bn", core.by)
    spending, spending_year = _latest(tables, entry.iso3, "gov_spending_pct", core.by)
    factor, current_year = _dollars(tables, entry.iso3, base, year)
    return Needed(
        rise_pct=rise,
        years=years,
        step_pct=rise / years,
        past_steps_pct=past,
        base_usd_bn=rise / 100 * entry.gdp_usd_bn,
        expected_usd_bn=expected,
        on_paper_usd_bn=float(short.on_paper_usd_bn_mean),
        current_usd_bn=None if factor is None else expected * factor,
        current_year=current_year,
        nominal_usd_bn=None if nominal is None else rise / 100 * nominal,
        nominal_year=nominal_year,
        of_spending_pct=None if spending is None else 100 * core.share_pct / spending,
        spending_year=spending_year,
    )


def base_rate(record: Record, rise_pct: float, years: int) -> BaseRate | None:
    """How often a core share rose by `rise_pct` points or more between two years `years` apart, since 2014.

    Spans that do not overlap are counted back from the base year. None where no window is as long, or the run had
    shares of the user's own.
    """
    tables, base = packaged(record, "shares", "allies"), record.description.base_year
    if tables is None:
        return None
    known = {a.name: {row.year: row.share_pct for row in tables.shares_of(a.iso3)} for a in tables.armed_allies()}
    rises = {
        (name, year): int(printed(later)) - int(printed(shares[year]))
        for name, shares in known.items()
        for year in shares
        if year + years <= base and (later := shares.get(year + years)) is not None
    }
    if not rises:
        return None
    rose = {key for key, rise in rises.items() if rise >= int(printed(rise_pct))}
    first, spans = min(year for _, year in rises), []
    for start in range(base - years, first - 1, -years):
        names = tuple(sorted(name for name, year in rose if year == start))
        spans.append((start, start + years, names, sum(year == start for _, year in rises)))
    return BaseRate(rise_pct, years, tuple(spans), len(rose), len(rises), len({name for name, _ in rose}))


def gdp_status(record: Record, iso3: str, year: int) -> str:
    """What the IMF's figures of a year are: "actual", "estimate" or "forecast"; "" where a run had others."""
    tables = packaged(record, "gdp")
    row = tables.gdp_row(iso3, year) if tables else None
    return row.status if row else ""


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


def _dollars(tables: Tables | None, iso3: str, base: int, year: int) -> tuple[float | None, int | None]:
    """What a base-year dollar is in current dollars, by the IMF's prices and exchange rates; and of which year."""
    last, latest = _latest(tables, iso3, "nominal_usd_bn", year)
    first = tables.gdp_row(iso3, base) if tables else None
    if (
        tables is None
        or last is None
        or latest is None
        or first is None
        or first.nominal_usd_bn is None
        or latest <= base
    ):
        return None, None
    real = first.nominal_usd_bn
    for each in range(base + 1, latest + 1):
        row = tables.gdp_row(iso3, each)
        if row is None or row.growth_pct is None:
            return None, None
        real *= 1 + row.growth_pct / 100
    return last / real, latest


def _past_steps(tables: Tables | None, entry: AllyDescription, base: int) -> tuple[tuple[int, float], ...]:
    known = {row.year: row.share_pct for row in tables.shares_of(entry.iso3)} if tables else {}
    known[base] = entry.base_share_pct
    years = [year for year in range(base - STEPS + 1, base + 1) if year - 1 in known and year in known]
    return tuple((year, known[year] - known[year - 1]) for year in years)
