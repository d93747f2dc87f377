"""One frozen model per table: the columns, their units and what a cell may hold; blank is None, never 0.

Every class names its table and the columns that identify a row; sources and editions stand in tables.toml.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from sim.data.cells import (
    Balance,
    Dated,
    Debt,
    DeflatorPct,
    Edition,
    Flag,
    GrowthPct,
    Iso3,
    Month,
    Number,
    Percent,
    Share,
    Text,
    Usd,
    Whole,
    Year,
)

ZeroToOne = Annotated[Number, Field(ge=0, le=1)]


class Row(BaseModel):
    """One line of a table: frozen, no other columns than declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    TABLE: ClassVar[str]
    KEY: ClassVar[tuple[str, ...]]  # the columns that together name a row
    WHOLE_ALLY: ClassVar[bool] = False  # laid over the packaged table, a row exchanges all rows of its ally

    @property
    def key(self) -> tuple[Any, ...]:
        """The values of the key columns."""
        return tuple(getattr(self, column) for column in self.KEY)

    @property
    def exchanges(self) -> tuple[Any, ...]:
        """Of a row laid over a table: the same for the rows that it takes the place of."""
        return (getattr(self, "iso3", None),) if self.WHOLE_ALLY else self.key


class AllyRow(Row):
    """A member of NATO. ISO 3166; NATO (years of accession); European Union (membership)."""

    TABLE: ClassVar[str] = "allies"
    KEY: ClassVar[tuple[str, ...]] = ("iso3",)
    iso3: Iso3
    iso_numeric: Annotated[Whole, Field(ge=1, le=999)]
    name: Text
    joined_nato: Annotated[Whole, Field(ge=1949, le=2100)]
    eu_member: Flag
    armed_forces: Flag  # Iceland has none: listed, never counted


class GeographyRow(Row):
    """Where an ally lies towards Russia; great-circle distance of capitals in km, own computation."""

    TABLE: ClassVar[str] = "geography"
    KEY: ClassVar[tuple[str, ...]] = ("iso3",)
    iso3: Iso3
    distance_moscow_km: Annotated[Number, Field(gt=0, le=20_038)]
    land_border_russia: Flag
    near_coast: Flag  # on the Baltic, the North Sea or the Black Sea
    black_sea_only: Flag  # of these on the Black Sea alone
    exposure_override: Annotated[Number, Field(ge=0, le=1)] | None = None  # judgement, replaces the formula
    note: Text | None = None


class ShareRow(Row):
    """Core outlays of one ally and year, % of GDP (constant 2021 prices); NATO, table 3."""

    TABLE: ClassVar[str] = "shares"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year")
    iso3: Iso3
    year: Year
    share_pct: Share
    status: Literal["actual", "estimate"]
    outlays_usd_m: Usd | None = None  # million current USD
    equipment_share_pct: Percent | None = None  # % of the ally's outlays
    first_estimate_pct: Share | None = None  # % of GDP, as first published in that year, definition of the day


class AggregateRow(Row):
    """NATO's own aggregates, % of GDP, members of the day; NATO, tables 2 and 3."""

    TABLE: ClassVar[str] = "aggregates"
    KEY: ClassVar[tuple[str, ...]] = ("name", "year")
    name: Literal["Europe and Canada", "NATO total"]
    year: Year
    share_pct: Share
    status: Literal["actual", "estimate"]
    outlays_usd_m: Usd | None = None  # million current USD


class VintageRow(Row):
    """One ally-year as one edition printed it, % of GDP; NATO."""

    TABLE: ClassVar[str] = "share_vintages"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year", "edition")
    iso3: Iso3
    year: Year
    edition: Edition
    share_pct: Share
    status: Literal["actual", "estimate"]
    basis: Text


class GdpRow(Row):
    """Growth, money and public finance of one ally and year; IMF, World Economic Outlook."""

    TABLE: ClassVar[str] = "gdp"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year")
    iso3: Iso3
    year: Year
    growth_pct: GrowthPct | None = None  # real, a year
    nominal_usd_bn: Annotated[Number, Field(ge=0.1, le=1e6)] | None = None  # current USD
    deflator_pct: DeflatorPct | None = None  # change a year, national currency
    gov_balance_pct: Balance | None = None  # net lending, % of GDP
    gov_debt_pct: Debt | None = None  # gross, % of GDP
    gov_spending_pct: Annotated[Number, Field(ge=0, le=200)] | None = None  # % of GDP
    status: Literal["actual", "estimate", "forecast"]


class ElectionRow(Row):
    """An election held or due; national laws and press."""

    TABLE: ClassVar[str] = "elections"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year", "month", "kind")
    WHOLE_ALLY: ClassVar[bool] = True  # one calendar: a date that moved must not stay at its old place
    iso3: Iso3
    year: Year
    month: Month
    day: Annotated[Whole, Field(ge=1, le=31)] | None = None
    kind: Literal["parliamentary", "presidential", "legislative midterm"]
    executive: Flag  # it determines the executive
    status: Literal["held", "presumed held", "scheduled", "latest date", "projected"]
    early: Flag | None = None  # before the end of the term; blank for elections to come
    basis: Text


class EarlyElectionRow(Row):
    """Early elections since 1990 and the years in which one could have happened; ParlGov, 2024."""

    TABLE: ClassVar[str] = "early_elections"
    KEY: ClassVar[tuple[str, ...]] = ("iso3",)
    iso3: Iso3
    n_early: Annotated[Whole, Field(ge=0, le=1000)] | None = None
    exposure_years: Annotated[Number, Field(gt=0, le=200)] | None = None
    note: Text | None = None


class PledgeRow(Row):
    """A documented target, budget figure, ambition or refusal, % of GDP; speaker and date in `source`."""

    TABLE: ClassVar[str] = "pledges"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "target_year", "target_pct", "measure")
    WHOLE_ALLY: ClassVar[bool] = True  # a target that changed must not hold beside the new one
    iso3: Iso3  # ALL: the alliance
    target_pct: Share | None = None
    target_year: Year | None = None
    measure: Text  # national measures differ from NATO's by up to about 0.5 pp
    announced: Dated | None = None
    actor: Text | None = None
    status: Literal[
        "alliance pledge", "law", "budget", "draft budget", "funded plan", "plan", "conditional plan",
        "superseded plan", "commitment", "ambition", "proposal", "statement", "hold", "refusal", "none found",
    ]  # fmt: skip
    source: Text | None = None
    note: Text | None = None
    role: Literal["pledge", "opt_out"] | None = None  # what the model gives to the ally


class AnnouncedPathRow(Row):
    """A point on NATO's measure that an ally's announced path runs through, % of GDP."""

    TABLE: ClassVar[str] = "announced_paths"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year", "announced")
    WHOLE_ALLY: ClassVar[bool] = True  # one path: points of an earlier one have no place in it
    iso3: Iso3
    year: Year
    share_pct: Share
    kind: Literal["law", "funded plan", "plan"]
    announced: Dated  # what was not yet announced belongs to no forecast made before
    source: Text
    reading: Flag  # a conversion or interpretation of ours


class BudgetRow(Row):
    """An ally's budget of one year, adopted or drafted, on NATO's measure, % of GDP; speaker and date in `source`."""

    TABLE: ClassVar[str] = "budgets"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year", "stage")
    iso3: Iso3
    year: Year  # of a fiscal year NATO's: see docs/data.md
    share_pct: Share
    basis: Text  # measure of the source
    stage: Literal["law", "adopted", "draft"]
    announced: Dated  # what was not yet announced belongs to no forecast made before
    source: Text
    reading: Flag  # a conversion or interpretation of ours, shown in `note`
    note: Text | None = None


class RussiaRow(Row):
    """Russian military outlays, two measures never to be joined; SIPRI, and the budget plan."""

    TABLE: ClassVar[str] = "russia"
    KEY: ClassVar[tuple[str, ...]] = ("year", "basis")
    year: Year
    share_pct: Share  # % of GDP
    usd_bn_current: Usd | None = None
    usd_bn_2024: Usd | None = None  # prices and exchange rates of 2024
    gov_spending_share_pct: Percent | None = None  # % of general government spending
    ppp_equiv_usd_bn: Usd | None = None  # share times IMF GDP in international dollars; not a military PPP
    basis: Literal["SIPRI", "federal budget plan"]
    note: Text | None = None


class SipriShareRow(Row):
    """Military outlays of one ally and year on SIPRI's own measure; SIPRI, Military Expenditure Database."""

    TABLE: ClassVar[str] = "sipri_shares"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year")
    iso3: Iso3
    year: Year
    milex_pct: Share  # % of GDP; not called share_pct, so that no file of NATO's shares is taken for this table


class PromiseRow(Row):
    """An earlier national target whose end is known or near, % of GDP; speaker or publisher and date in `source`."""

    TABLE: ClassVar[str] = "promises"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "announced", "target_year")
    iso3: Iso3
    announced: Dated  # of a span of years, the first
    target_pct: Share  # national measures differ from NATO's by up to about 0.5 pp
    target_year: Year
    result: Literal["met", "missed", "reached early", "open"]  # as found by hand; code derives it from the shares
    trivial: Flag  # at or below, or 0.02 above, the level of the year before: stays out of hit rates
    added: Flag  # entered after the hit rates were first reckoned
    source: Text
    note: Text | None = None


class PublishedCountRow(Row):
    """Allies at or above 2 % of GDP as NATO or a member said at the time."""

    TABLE: ClassVar[str] = "published_counts"
    KEY: ClassVar[tuple[str, ...]] = ("year", "published")
    year: Year
    published: Dated | None = None
    reached: Annotated[Whole, Field(ge=0, le=100)]
    members: Annotated[Whole, Field(ge=1, le=100)]  # with armed forces, on the day
    source: Text


class OutlookVintageRow(Row):
    """One ally-year as one outlook printed it; IMF, World Economic Outlook."""

    TABLE: ClassVar[str] = "outlook_vintages"
    KEY: ClassVar[tuple[str, ...]] = ("iso3", "year", "edition")
    iso3: Iso3
    year: Year
    edition: Edition
    growth_pct: GrowthPct | None = None  # real, a year
    deflator_pct: DeflatorPct | None = None  # change a year, national currency
    gov_balance_pct: Balance | None = None  # net lending, % of GDP
    gov_debt_pct: Debt | None = None  # gross, % of GDP
    last_actual: Year  # the last year that this edition takes for known; later ones are estimates and forecasts


class ForecastRow(Row):
    """A number that others forecast: a value, or the range in which it was to lie."""

    TABLE: ClassVar[str] = "outside_forecasts"
    KEY: ClassVar[tuple[str, ...]] = ("made", "forecaster", "subject", "target_year", "low")
    made: Dated
    forecaster: Text
    subject: Text  # "allies at 2 %", the code of an ally, or a group of countries
    members: Annotated[Whole, Field(ge=1, le=100)] | None = None  # of a count: how many there were
    target_year: Year
    value: Annotated[Number, Field(ge=0, le=100)] | None = None
    low: Annotated[Number, Field(ge=0, le=100)] | None = None
    high: Annotated[Number, Field(ge=0, le=100)] | None = None
    probability_pct: Percent | None = None  # that it lies from low to high
    unit: Literal["% of GDP", "allies"]
    source: Text
    verified: Literal["seen", "general knowledge"]
    note: Text | None = None


class ParameterDrawRow(Row):
    """One draw of the parameters as unsure as they are; those of a row belong together. burdenshare (own estimate).

    Draw 0 is the estimate itself. A column is the parameter's name in a scenario file, its points as underscores.
    """

    TABLE: ClassVar[str] = "parameter_draws"
    KEY: ClassVar[tuple[str, ...]] = ("draw",)
    draw: Annotated[Whole, Field(ge=0, le=4096)]
    budget_speed: ZeroToOne
    budget_speed_urgency: Annotated[Number, Field(ge=0, le=10)]
    budget_speed_down: ZeroToOne
    budget_threat_weight: Annotated[Number, Field(ge=0, le=50)]
    budget_threat_urgency: Annotated[Number, Field(ge=0, le=10)]
    budget_norm_learning: ZeroToOne
    budget_pledge_weight: ZeroToOne
    budget_deadline_weight: ZeroToOne
    budget_headroom_pct: Annotated[Number, Field(ge=0, le=50)]
    will_mean_mean: Annotated[Number, Field(ge=-10, le=10)]
    will_mean_sd: Annotated[Number, Field(ge=0, le=10)]
    urgency_decay: ZeroToOne
    urgency_crimea_jump: Annotated[Number, Field(ge=0, le=10)]
    urgency_invasion_jump: Annotated[Number, Field(ge=0, le=10)]
    urgency_us_warning_jump: Annotated[Number, Field(ge=0, le=10)]
    outturn_noise_sd: ZeroToOne
    outturn_late_push_weight: ZeroToOne


ROWS: Final[dict[str, type[Row]]] = {
    model.TABLE: model
    for model in (
        AllyRow, GeographyRow, ShareRow, AggregateRow, VintageRow, GdpRow, ElectionRow, EarlyElectionRow,
        PledgeRow, AnnouncedPathRow, BudgetRow, RussiaRow, SipriShareRow, PromiseRow, PublishedCountRow,
        OutlookVintageRow, ForecastRow, ParameterDrawRow,
    )
}  # fmt: skip
