"""What the packaged tables say about the allies, gathered from table after table."""

from __future__ import annotations

from dataclasses import dataclass

from sim.data.edition import FIRST_YEAR, LAST_YEAR
from sim.data.rows import AllyRow, ElectionRow
from sim.data.tables import Tables, load_tables
from sim.engine.inputs import AllyInputs, ally_inputs
from sim.scenario import Scenario, loads

HELD = ("held", "presumed held")
YEARS = (FIRST_YEAR, 2021, LAST_YEAR - 1, LAST_YEAR)
"""Shown in the table of all allies: the first on record, the last before the invasion, and the latest."""

OVERVIEW_COLUMNS = (
    "iso3", "ally", "joined_nato", "eu_member", "armed_forces", *(f"share_{year}_pct" for year in YEARS),
    f"share_{LAST_YEAR}_status", f"gdp_{LAST_YEAR}_usd_bn", f"debt_{LAST_YEAR - 1}_pct", "exposure",
    "early_elections_per_year", "next_election", "own_pledge",
)  # fmt: skip
YEAR_COLUMNS = (
    "iso3", "year", "share_pct", "status", "outlays_usd_m", "equipment_share_pct", "first_estimate_pct", "growth_pct",
    "gov_debt_pct",
)  # fmt: skip


@dataclass(frozen=True)
class AllyData:
    """One ally in every table; `inputs` is what a run takes from them, None for one that is never counted."""

    row: AllyRow
    inputs: AllyInputs | None
    early_rate: float | None  # early elections a year
    norm_years: int | None  # how many shares its norm is the mean of; None: the scenario sets the norm itself
    tables: Tables

    @property
    def next_election(self) -> ElectionRow | None:
        """The next that determines who sets the budget."""
        ahead = (e for e in self.tables.elections_of(self.row.iso3) if e.executive and e.status not in HELD)
        return next(ahead, None)

    @property
    def own_pledge(self) -> str:
        """Targets that the model gives to this ally: "3.5 by 2029"; empty where none."""
        kinds = {"opt_out": " (opt-out)"}
        pledges = self.tables.pledges_of(self.row.iso3)
        return ", ".join(f"{p.target_pct:g} by {p.target_year}{kinds.get(p.role or '', '')}" for p in pledges)

    @property
    def gdp_usd_bn(self) -> float | None:
        """Nominal GDP of the latest year, bn current USD."""
        row = self.tables.gdp_row(self.row.iso3, YEARS[-1])
        return row.nominal_usd_bn if row else None

    @property
    def debt_pct(self) -> float | None:
        """Gross public debt of the year before, % of GDP: what a run from the latest year starts from."""
        return self.tables.debt_pct(self.row.iso3, YEARS[-1] - 1)

    def share_pct(self, year: int) -> float | None:
        """Core outlays, % of GDP."""
        found = self.tables.share(self.row.iso3, year)
        return found.share_pct if found else None

    def estimated(self, year: int) -> bool:
        """Whether that figure is an estimate."""
        found = self.tables.share(self.row.iso3, year)
        return found is not None and found.status == "estimate"

    def overview(self) -> tuple[object, ...]:
        """The ally's line in the table of all, as OVERVIEW_COLUMNS."""
        row, last = self.row, YEARS[-1]
        status = None if self.share_pct(last) is None else "estimate" if self.estimated(last) else "actual"
        return (
            row.iso3, row.name, row.joined_nato, int(row.eu_member), int(row.armed_forces),
            *(self.share_pct(year) for year in YEARS), status, self.gdp_usd_bn,
            self.debt_pct, round(self.inputs.exposure, 3) if self.inputs else None,
            None if self.early_rate is None else round(self.early_rate, 3),
            month_of(self.next_election) if self.next_election else None, self.own_pledge or None,
        )  # fmt: skip

    def years(self) -> list[tuple[object, ...]]:
        """Year by year from the first share on record, as YEAR_COLUMNS."""
        iso3 = self.row.iso3
        last = max((row.year for row in self.tables.gdp if row.iso3 == iso3), default=YEARS[-1])
        rows: list[tuple[object, ...]] = []
        for year in range(YEARS[0], last + 1):
            share, gdp = self.tables.share(iso3, year), self.tables.gdp_row(iso3, year)
            spent = (share.share_pct, share.status, share.outlays_usd_m) if share else (None, None, None)
            kit = (share.equipment_share_pct, share.first_estimate_pct) if share else (None, None)
            rows.append((iso3, year, *spent, *kit, *((gdp.growth_pct, gdp.gov_debt_pct) if gdp else (None, None))))
        return rows

    def document(self) -> dict[str, object]:
        """Everything, for JSON."""
        iso3, tables = self.row.iso3, self.tables
        return {
            **dict(zip(OVERVIEW_COLUMNS, self.overview(), strict=True)),
            "geography": tables.geography_of(iso3).model_dump(mode="json"),
            "years": [dict(zip(YEAR_COLUMNS, row, strict=True)) for row in self.years()],
            "elections": [row.model_dump(mode="json") for row in tables.elections_of(iso3)],
            "statements": [row.model_dump(mode="json") for row in tables.pledges if row.iso3 == iso3],
            "budgets": [row.model_dump(mode="json") for row in tables.budgets_of(iso3)],
            "announced_path": [row.model_dump(mode="json") for row in tables.announced_path(iso3)],
        }


def every_ally(scenario: Scenario | None = None) -> list[AllyData]:
    """All allies by name, Iceland included: by the tables in force in a scenario, or by the packaged ones."""
    scenario = scenario or loads('title = "the packaged figures"')
    tables = load_tables(scenario.replacements)
    inputs = {entry.iso3: entry for entry in ally_inputs(scenario)}
    rows = sorted(tables.allies, key=lambda row: row.name)
    return [
        AllyData(
            row, inputs.get(row.iso3), _early_rate(scenario, inputs.get(row.iso3)),
            _norm_years(scenario, row.iso3, tables), tables,
        )
        for row in rows
    ]  # fmt: skip


def _early_rate(scenario: Scenario, entry: AllyInputs | None) -> float | None:
    """What the scenario says, else the ally's record."""
    if entry is None:
        return None
    own = scenario.of_ally(entry.iso3, scenario.will).early_election_rate
    return float(own) if isinstance(own, (int, float)) else entry.early_election_rate


def _norm_years(scenario: Scenario, iso3: str, tables: Tables) -> int | None:
    """As `sim.engine.inputs` counts them: to the base year, fewer where the table begins later."""
    own = scenario.ally.get(iso3)
    if own is not None and own.norm_pct is not None:
        return None
    base = scenario.horizon.base_year
    first = base - scenario.of_ally(iso3, scenario.budget).norm_years + 1
    return 1 + sum(first <= row.year < base for row in tables.shares_of(iso3))


def month_of(row: ElectionRow) -> str:
    """The date of an election, as far as it is known."""
    return f"{row.year}-{row.month:02}" + (f"-{row.day:02}" if row.day else "")
