"""What a frozen forecast holds. Shares are core outlays, % of GDP, as NATO prints them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date as calendar_date
from itertools import pairwise
from math import fsum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from sim.arguments import MOST_PATHS

FORMAT: Final = 2
"""Raised when the content changes its meaning; a file of format 1, of one forecaster and without ranges over
parameters, is read as well."""

SHIPPED: Final = "shipped"
AS_SHIPPED: Final = "Every scenario with the parameters as shipped, but for those that its file sets."
"""The forecaster of a file of format 1, which does not name it, and what it does."""

LEVELS: Final = (
    0.01, 0.025, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40, 0.45, 0.50,
    0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.95, 0.975, 0.99,
)  # fmt: skip
"""The 23 probability levels of the forecast hubs."""

THRESHOLDS_PCT: Final = (2.0, 2.5, 3.0, 3.5, 5.0)
LOG_SCORE_FLOOR: Final = 0.01
"""Nothing is said to be below 1 or above 99 of 100 runs, and nothing is scored as if it had been."""

MOST_YEARS: Final = 60
FIRST_YEAR, LAST_YEAR = 2000, 2099
"""That a date may have."""

Probability = Annotated[float, Field(ge=0, le=1)]
Share = Annotated[float, Field(ge=0, le=100)]
Year = Annotated[int, Field(ge=1949, le=2200)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Text = Annotated[str, Field(max_length=10_000)]
ForecasterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,15}$")]
"""A name that a forecast hub takes for that of a model."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
StatedChance = tuple[Probability, Probability, Probability]
"""A probability and its 95 % Wilson interval, low and high: Monte Carlo error only."""
StatedRange = tuple[Probability, Probability]
"""The central 90 % of a probability over the parameters drawn, low and high: apart from Monte Carlo error."""


def last_day(date: str) -> str:
    """The day by which a forecast of that date stood, YYYY-MM-DD: the day itself, or the last one of its month.

    Raises:
        ValueError: no such day.
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", date):
        raise ValueError(f"a date is written YYYY-MM or YYYY-MM-DD, such as 2026-11, not {date[:40]}")
    year, month, *days = map(int, date.split("-"))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{date}: the year of a date lies from {FIRST_YEAR} to {LAST_YEAR}; correct the year")
    if not 1 <= month <= 12:
        raise ValueError(f"{date}: months go from 01 to 12; write the month behind the year, such as {year}-11")
    last = monthrange(year, month)[1]
    day = days[0] if days else last
    if not 1 <= day <= last:
        raise ValueError(f"{date}: that month has the days 01 to {last}; correct the day, or give the month alone")
    return calendar_date(year, month, day).isoformat()


def check_in_time(date: str, base_year: int) -> None:
    """Refuse a date of which no forecast is made that goes on from `base_year`.

    No clock is read, so that the same call gives the same file on every day: a date to come is taken as one before is.
    A file that has a later date all the same is read, and scoring says what was known by then.

    Raises:
        ValueError: no such day, one before the base year, or one after the first year forecast.
    """
    first = base_year + 1
    if not f"{base_year}-01-01" <= last_day(date) <= f"{first}-12-31":
        raise ValueError(
            f"{date}: a forecast is dated before what it forecasts and not before what it goes on from; one from "
            f"{first} on has a date from {base_year}-01 to {first}-12"
        )


class Part(BaseModel):
    """Frozen, with no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ForecastTarget(Part):
    """The core target that compliance is measured against."""

    share_pct: Share
    by: Year
    agreed: Text


class ForecastCell(Part):
    """One ally, or Europe and Canada (EUC), in one year."""

    iso3: Code
    ally: Text
    year: Year
    at_target: StatedChance | None
    """Of reporting at least the target; null where it does not bind the ally."""
    over_parameters: StatedRange | None
    """The range of that probability; null in a forecast without one, and for EUC."""
    without_late_push: StatedChance | None
    """The same, spent only: without what is closed on paper; null for EUC."""
    at_least: tuple[StatedChance, ...]
    """Of reporting at least each of the forecast's thresholds."""
    quantiles: tuple[Share, ...]
    """The reported share at each of the forecast's levels, on the grid of 0.01."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if any(low > high for low, high in pairwise(self.quantiles)):
            raise ValueError("quantiles must not fall with their level")
        if self.over_parameters and self.over_parameters[0] > self.over_parameters[1]:
            raise ValueError("a range over parameters must not end below where it begins")
        return self


class ForecastNumber(Part):
    """How many allies are at the target in one year: the probabilities of 0 to all that it binds."""

    year: Year
    pmf: Annotated[tuple[Probability, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if abs(fsum(self.pmf) - 1) > 1e-9:
            raise ValueError("the probabilities of a distribution must sum to 1")
        return self


class Forecast(Part):
    """What one scenario says of the years after its base year."""

    name: Annotated[Text, Field(min_length=1)]
    title: Text
    source: Text
    note: Text
    base_year: Year
    last_year: Year
    scenario_last_year: Year
    """The last year of the scenario file itself."""
    target: ForecastTarget
    scenario_digest: Sha256
    """Of the scenario as its file has it."""
    simulated_digest: Sha256
    """Of the scenario as it was simulated: another one where its horizon was prolonged or the forecaster changed it."""
    data_digest: Sha256
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    paths: Annotated[int, Field(ge=1, le=MOST_PATHS)]
    shares: tuple[ForecastCell, ...]
    number: tuple[ForecastNumber, ...]

    @property
    def years(self) -> range:
        """The years forecast."""
        return range(self.base_year + 1, self.last_year + 1)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not 1 <= len(self.years) <= MOST_YEARS:
            raise ValueError(f"from 1 to {MOST_YEARS} years must be forecast")
        units = {cell.iso3 for cell in self.shares}
        wanted = [(iso3, year) for iso3 in sorted(units) for year in self.years]
        if sorted((cell.iso3, cell.year) for cell in self.shares) != wanted:
            raise ValueError("every ally must have every year once")
        if [entry.year for entry in self.number] != list(self.years):
            raise ValueError("the number of allies must have every year once, in order")
        bound = [cell.at_target is not None and cell.iso3 != "EUC" for cell in self.shares]
        if [cell.over_parameters is not None for cell in self.shares] not in (bound, [False] * len(bound)):
            raise ValueError("every ally that the target binds must have a range over parameters, or none")
        return self


class FrozenForecaster(Part):
    """One of those who forecast: what it makes of a scenario, and what it then says of each."""

    name: ForecasterName
    description: Annotated[Text, Field(min_length=1)]
    """One sentence."""
    scenarios: Annotated[tuple[Forecast, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if len({forecast.name for forecast in self.scenarios}) < len(self.scenarios):
            raise ValueError("scenarios must have different names")
        return self


class Frozen(Part):
    """A frozen forecast: everything in its file but the sha256 over it."""

    kind: Literal["burdenshare frozen forecast"] = "burdenshare frozen forecast"
    format: Literal[1, 2] = FORMAT
    date: str
    burdenshare: Text
    stream_version: Annotated[int, Field(ge=1)]
    reading: dict[str, Text]
    pillar: Literal["core"] = "core"
    levels: tuple[Probability, ...] = LEVELS
    thresholds_pct: tuple[Share, ...] = THRESHOLDS_PCT
    log_score_floor: Annotated[float, Field(gt=0, le=0.5)] = LOG_SCORE_FLOOR
    forecasters: Annotated[tuple[FrozenForecaster, ...], Field(min_length=1)]
    """Of the same scenarios, which they simulate each in its way."""

    @property
    def scenarios(self) -> tuple[Forecast, ...]:
        """What is forecast, as the first forecaster has it; names, targets, years and allies are those of all."""
        return self.forecasters[0].scenarios

    @field_validator("date")
    @classmethod
    def _in_the_calendar(cls, value: str) -> str:
        last_day(value)
        return value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.levels != LEVELS:
            raise ValueError("levels must be the 23 of the forecast hubs")
        if len({forecaster.name for forecaster in self.forecasters}) < len(self.forecasters):
            raise ValueError("forecasters must have different names")
        forecasts = [forecast for forecaster in self.forecasters for forecast in forecaster.scenarios]
        asked = [_asked(forecast) for forecast in forecasts]
        if asked != asked[: len(self.scenarios)] * len(self.forecasters):
            raise ValueError("forecasters must forecast the same allies and years of the same scenarios")
        for cell in (cell for forecast in forecasts for cell in forecast.shares):
            if len(cell.quantiles) != len(self.levels) or len(cell.at_least) != len(self.thresholds_pct):
                raise ValueError(f"{cell.iso3} {cell.year} must have a quantile a level and a probability a threshold")
        return self


def _asked(forecast: Forecast) -> tuple[object, ...]:
    """What a forecast is of, whatever it says: of the same scenario it is the same for every forecaster."""
    tasks = tuple((cell.iso3, cell.year, cell.at_target is None) for cell in forecast.shares)
    numbers = tuple(len(entry.pmf) for entry in forecast.number)
    given = (forecast.name, forecast.scenario_digest, forecast.data_digest, forecast.target, forecast.years)
    return (*given, tasks, numbers)
