"""What the model takes from the data tables for one ally, as plain numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean

from pydantic import ValidationError

from sim.data.edition import has_outlook, pledges_from
from sim.data.reader import parse
from sim.data.rows import ROWS, BudgetRow
from sim.data.tables import Tables, load_tables
from sim.engine.growth_inputs import MEAN_YEARS, forecast, own_growth_sd, sd_years
from sim.engine.outlook_inputs import as_known, debt_pct, deficit_pct
from sim.errors import Fault, ScenarioError
from sim.model.equations.exposure import Rule, exposure
from sim.model.events.pledge import AnnouncedPath, PathPoint, Pledge
from sim.scenario.schema import Scenario

PRIOR_RATE, PRIOR_YEARS = 0.08, 25.0
"""Early elections a year before an ally's record is seen, and the years of record this belief is worth (judgement)."""

RATE_WITHOUT_CALENDAR = 0.25
"""Where the table of elections has no calendar (before 2021, after 2035) they come at random, once in four years."""

LONGEST_TERM = 5
"""Years that a parliament or president of an ally may sit at most."""


@dataclass(frozen=True)
class AllyInputs:
    """One ally's facts at the start."""

    iso3: str
    code: int  # ISO numeric
    name: str
    base_share_pct: float  # % of GDP, NATO core
    estimated: bool  # whether that figure is an estimate
    norm_pct: float  # mean of the base year and the years before, % of GDP
    gdp_usd_bn: float  # nominal GDP of the base year
    growth_sd_pct: float  # sd of own growth surprises, percentage points
    forecast_pct: dict[int, float]  # growth by simulated year, %
    exposures: dict[Rule, float]  # 0 to 1, by the rule that it follows from
    debt_pct: float  # gross public debt of the year before the base year, % of GDP
    deficit_pct: float  # public deficit, mean of the three years before the base year, % of GDP
    commitment: float  # the most it feels bound by an alliance target
    elections: dict[int, int]  # month of the scheduled election, by year
    election_years: range  # years whose elections are in the data
    early_election_rate: float  # a year
    own_pledges: tuple[Pledge | AnnouncedPath, ...]  # own pledges and path of the data
    budgets: tuple[BudgetRow, ...]  # of the years simulated, by year

    @property
    def exposure(self) -> float:
        """Its exposure to Russia as shipped, 0 to 1."""
        return self.exposures[Rule.COASTS]

    @property
    def europe_canada(self) -> bool:
        """Whether it belongs to Europe and Canada: every ally but the United States."""
        return self.iso3 != "USA"


@lru_cache(maxsize=8)
def ally_inputs(scenario: Scenario) -> tuple[AllyInputs, ...]:
    """The inputs of every ally with armed forces, by ISO numeric code.

    Raises:
        ScenarioError: a figure that the run needs is missing from the tables.
    """
    tables = load_tables(scenario.replacements)
    growth: dict[str, dict[int, float]] = {}
    for row in tables.gdp:
        if row.growth_pct is not None:
            growth.setdefault(row.iso3, {})[row.year] = row.growth_pct
    armed = tables.armed_allies()
    members = {ally.iso3: growth.get(ally.iso3, {}) for ally in armed}
    faults: list[Fault] = []
    inputs = []
    for ally in armed:
        try:
            inputs.append(_inputs(scenario, tables, members, ally.iso3, faults))
        except ValidationError as error:  # a pledge or path of the tables that no event can be
            first = error.errors()[0]
            named = "pledges" if error.title == "Pledge" else "announced_paths"
            file, _ = _location(scenario, named, ally.iso3)
            faults.append(Fault(
                file=file, line=0,
                field=f"{ally.iso3}.{'.'.join(map(str, first['loc']))}", value=str(first["input"])[:60],
                rule=first["msg"], remedy="correct the row, or switch it off with [budget] pledges or announced_paths",
                code="bad-commitment",
            ))  # fmt: skip
    if faults:
        raise ScenarioError(tuple(faults))
    return tuple(entry for entry in inputs if entry is not None)


def _inputs(
    scenario: Scenario, tables: Tables, growth: dict[str, dict[int, float]], iso3: str, faults: list[Fault]
) -> AllyInputs | None:
    base, last = scenario.horizon.base_year, scenario.horizon.last_year
    years = range(base + 1, last + 1)
    ally, geography, own = tables.ally(iso3), tables.geography_of(iso3), scenario.ally.get(iso3)
    row, gdp = tables.share(iso3, base), tables.gdp_row(iso3, base)
    share = own.share_pct if own and own.share_pct is not None else (row.share_pct if row else None)
    debt = own.debt_pct if own and own.debt_pct is not None else debt_pct(tables, iso3, base)
    deficit = own.deficit_pct if own and own.deficit_pct is not None else deficit_pct(tables, iso3, base)
    gaps = []

    def gap(table: str, column: str, year: int | str, key: str = "") -> None:
        location = _location(scenario, table, iso3, int(year) if str(year).isdigit() else None)
        gaps.append(_missing(table, iso3, column, f"of {year}", f"or set [ally.{iso3}] {key}" if key else "", location))

    if share is None:
        gap("shares", "share_pct", base, "share_pct")
    if gdp is None or gdp.nominal_usd_bn is None:
        gap("gdp", "nominal_usd_bn", base)
    if debt is None:
        gap("gdp", "gov_debt_pct", base - 1, "debt_pct")
    if deficit is None:
        gap("gdp", "gov_balance_pct", base - 1, "deficit_pct")
    blank = first_growth_missing(growth[iso3], base, last)
    if blank is not None:
        gap("gdp", "growth_pct", blank)
    if (unseen := _unelected(scenario, tables, iso3, base, last)) is not None:
        faults.append(unseen)
    first = base - scenario.of_ally(iso3, scenario.budget).norm_years + 1
    known = {row.year: row.share_pct for row in tables.shares_of(iso3) if row.year < base}
    past = {year: value for year, value in known.items() if year >= first}
    # a table that begins later than the habit has no hole there: it is the mean of the years that there are
    hole = next((year for year in range(max(first, min(known, default=base)), base) if year not in past), None)
    if hole is not None and (own is None or own.norm_pct is None):
        gap("shares", "share_pct", hole, "norm_pct")
    faults += gaps
    if gaps or share is None or gdp is None or gdp.nominal_usd_bn is None or debt is None or deficit is None:
        return None
    facts = (
        geography.distance_moscow_km, geography.land_border_russia, geography.near_coast, geography.black_sea_only,
        geography.exposure_override,
    )  # fmt: skip
    near = {rule: exposure(*facts, rule) for rule in Rule}
    expected = forecast(as_known(tables, iso3, "growth_pct", base), base, list(years))
    return AllyInputs(
        iso3=iso3,
        code=ally.iso_numeric,
        name=ally.name,
        base_share_pct=share,
        estimated=row is not None and row.status == "estimate" and not (own and own.share_pct is not None),
        norm_pct=own.norm_pct if own and own.norm_pct is not None else fmean([*past.values(), share]),
        gdp_usd_bn=gdp.nominal_usd_bn,
        growth_sd_pct=own_growth_sd(growth, iso3, base),
        forecast_pct=dict(zip(years, expected, strict=True)),
        exposures=dict.fromkeys(Rule, own.exposure) if own and own.exposure is not None else near,
        debt_pct=debt,
        deficit_pct=deficit,
        commitment=own.commitment if own and own.commitment is not None else 1.0,
        elections=_scheduled(tables, iso3, base),
        election_years=_election_years(tables),
        early_election_rate=_early_rate(tables, iso3),
        own_pledges=_own_pledges(scenario, tables, iso3),
        budgets=_budgets(scenario, tables, iso3),
    )


def first_growth_missing(growth_pct: Mapping[int, float], base_year: int, last_year: int) -> str | None:
    """The first years that `own_growth_sd` and `forecast` need and a series lacks; None where it suffices."""
    measured = sd_years(base_year)
    if sum(year in growth_pct for year in measured) < 2:
        return f"two years of {measured[0]} to {measured[-1]}"
    if not has_outlook(base_year):
        # a series that begins later has no hole there: its mean is of the years that there are
        past = range(max(base_year - 9, min(growth_pct)), base_year + 1)
        wanted_years = min(MEAN_YEARS, len(past))  # or one bad year stands for all to come
        enough = sum(year in growth_pct for year in past) >= wanted_years
        return None if enough else f"{wanted_years} years of {past[0]} to {past[-1]}"
    wanted = range(base_year + 1, max(base_year + 1, min(last_year, max(growth_pct))) + 1)  # one forecast at least
    return next((str(year) for year in wanted if year not in growth_pct), None)


def _scheduled(tables: Tables, iso3: str, base_year: int) -> dict[int, int]:
    """The months of an ally's scheduled elections by year, of two in a year the first: the second would be skipped."""
    months: dict[int, int] = {}
    for row in tables.elections_of(iso3):
        if row.executive and row.year > base_year and not row.early:  # nobody foresaw those
            months[row.year] = min(row.month, months.get(row.year, row.month))
    return months


def _unelected(scenario: Scenario, tables: Tables, iso3: str, base_year: int, last_year: int) -> Fault | None:
    """The fault of a user's calendar that leaves an ally longer without an election than any term lasts."""
    rows = [row for row in tables.elections_of(iso3) if row.executive]
    if not any(tables.is_own("elections", row) for row in rows):  # the packaged ones, or an ally that holds none
        return None
    covered = _election_years(tables)
    before, last = max(base_year, covered[0] - 1), min(last_year, covered[-1])
    for year in [*sorted({row.year for row in rows if before < row.year <= last}), last + 1]:
        if year - before > LONGEST_TERM + (year > last):
            file, _ = _location(scenario, "elections", iso3)
            return Fault(
                file=file, line=0, field=iso3, value=f"none from {before + 1} to {year - 1}",
                rule=f"an ally must vote every {LONGEST_TERM} years at least while the table has a calendar "
                f"({covered[0]} to {covered[-1]})",
                remedy="add the elections due, with status projected where they follow from the term alone",
                code="missing-election",
            )  # fmt: skip
        before = year
    return None


def _election_years(tables: Tables) -> range:
    years = [row.year for row in tables.elections if row.executive]
    return range(min(years), max(years) + 1) if years else range(0)


def _early_rate(tables: Tables, iso3: str) -> float:
    record = tables.early_elections_of(iso3)
    if record is None or record.n_early is None or record.exposure_years is None:
        return PRIOR_RATE
    return (record.n_early + PRIOR_RATE * PRIOR_YEARS) / (record.exposure_years + PRIOR_YEARS)


def _own_pledges(scenario: Scenario, tables: Tables, iso3: str) -> tuple[Pledge | AnnouncedPath, ...]:
    budget = scenario.of_ally(iso3, scenario.budget)
    if scenario.horizon.base_year < pledges_from():  # none of the data was made yet
        return ()
    december = f"{scenario.horizon.base_year}-12-31"
    own: list[Pledge | AnnouncedPath] = []
    if budget.pledges:
        for row in tables.pledges_of(iso3):
            if (
                row.role
                # dates as ISO text compare like dates; a row without one was always known
                and (row.announced or "") <= december
                and row.target_pct is not None
                and row.target_year is not None
            ):
                own.append(Pledge(
                    kind="pledge", name=f"{iso3.lower()}_{row.role}", title=f"National {row.role.replace('_', '-')}",
                    ally=iso3, share_pct=row.target_pct, by=row.target_year, opt_out=row.role == "opt_out",
                ))  # fmt: skip
    points = [
        point for point in tables.announced_path(iso3, december)
        if point.year > scenario.horizon.base_year  # what has passed is no plan
    ]  # fmt: skip
    if budget.announced_paths and points:
        own.append(AnnouncedPath(
            kind="announced_path", name=f"{iso3.lower()}_path", title="Announced path", ally=iso3,
            points=tuple(PathPoint(year=p.year, share_pct=p.share_pct) for p in points),
            firm=points[0].kind != "plan",
        ))  # fmt: skip
    return tuple(own)


def _budgets(scenario: Scenario, tables: Tables, iso3: str) -> tuple[BudgetRow, ...]:
    base = scenario.horizon.base_year
    if not scenario.of_ally(iso3, scenario.budget).adopted:
        return ()
    return tuple(row for row in tables.budgets_of(iso3, f"{base}-12-31") if row.year > base)


def _location(scenario: Scenario, table: str, iso3: str, year: int | None = None) -> tuple[str, int]:
    """Where a figure would stand: the user's own file, with the line of a row that is there, or the packaged table.

    Without a year it is all rows of the ally; then the file alone is named.
    """
    own = scenario.replacements.get(table)
    if own is None:
        return f"data table {table}", 0
    rows = [(line, row) for line, row in parse(own.text, own.file, ROWS[table]).rows if row.key[0] == iso3]
    line = next((line for line, row in rows if year is not None and row.key[:2] == (iso3, year)), 0)
    if own.overlay and not (line or (year is None and rows)):
        return f"data table {table}", 0
    return own.file, line


def _missing(
    table: str, iso3: str, column: str, years: str, otherwise: str = "", location: tuple[str, int] | None = None
) -> Fault:
    file, line = location or (f"data table {table}", 0)
    remedy = " ".join(part for part in ("fill the table, choose another base_year,", otherwise) if part)
    return Fault(
        file=file, line=line, field=f"{iso3}.{column}", value="blank",
        rule=f"the run needs the figure {years}", remedy=remedy.rstrip(","), code="missing-figure",
    )  # fmt: skip
