"""An ally's economy as it was known in December of the base year: the IMF's outlook of that day, not a later one."""

from __future__ import annotations

from statistics import fmean

from sim.data.edition import outlook_known_in
from sim.data.tables import Tables

DEFICIT_YEARS = 3
"""Years before the base year whose mean deficit counts."""


def as_known(tables: Tables, iso3: str, column: str, base_year: int) -> dict[int, float]:
    """A column of the table `gdp` by year, in its unit, as known in December of the base year; blanks are left out.

    A user's own figures come first, then what the last outlook of the base year or before it printed
    (`sim.data.edition.outlook_known_in`), then the table, for years before that outlook's first and for cells that it
    lacks. Beyond its last year nothing is known.
    """
    rows, edition = tables.gdp_of(iso3), outlook_known_in(base_year)
    figures = {row.year: getattr(row, column) for row in rows}
    # A table of the user's own is no mixture: what it lacks is missing, also where the package would know it.
    if edition is not None and not tables.is_replaced("gdp"):
        own = {row.year for row in rows if tables.is_own("gdp", row)}
        outlook = tables.outlook_of(iso3, edition)
        printed = {year: getattr(row, column) for year, row in outlook.items() if year not in own}
        figures |= {year: figure for year, figure in printed.items() if figure is not None}
        last = max((*outlook, *own), default=max(figures, default=0))
        figures = {year: figure for year, figure in figures.items() if year <= last}
    return {year: figure for year, figure in sorted(figures.items()) if figure is not None}


def debt_pct(tables: Tables, iso3: str, base_year: int) -> float | None:
    """Gross public debt of the year before the base year, % of GDP, as known in its December; None where unknown; IMF.

    The last whole year that a budget of December can know.
    """
    return as_known(tables, iso3, "gov_debt_pct", base_year).get(base_year - 1)


def deficit_pct(tables: Tables, iso3: str, base_year: int) -> float | None:
    """Mean public deficit of the three years before the base year, % of GDP, of those that are known; IMF.

    One year would let a single bad one, such as 2020, stand for what an ally can afford.
    """
    known = as_known(tables, iso3, "gov_balance_pct", base_year)
    balances = [known[year] for year in range(base_year - DEFICIT_YEARS, base_year) if year in known]
    return -fmean(balances) if balances else None
