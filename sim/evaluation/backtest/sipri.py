"""The hindcast on SIPRI's measure: from the Decembers of 1999 to 2013, before NATO's table begins.

A test backwards in time: the parameters are the packaged draws, estimated on NATO's shares since 2014, so what is
forecast are earlier years on another measure. Of each December nothing later is known but those parameters and what the
model ships with (hazards of elections, geography, rates of events): shares to the origin, growth as the mean of the ten
years before, the members of the day, Riga's target from 2006 on and no target before, and no pledge, path or budget.
What past jumps of urgency the model's history has lie after all of this; the war in Georgia of August 2008 has happened
from origin 2008 on, its size drawn by the prior of crises.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim import arguments
from sim.data.rows import AllyRow, ShareRow, SipriShareRow
from sim.data.tables import Replacement, load_tables
from sim.engine.outlook_inputs import debt_pct, deficit_pct
from sim.engine.variants import reported_shares
from sim.evaluation.backtest.backtest import MOST_BACKTEST_PATHS, Backtest, Forecaster, scored
from sim.evaluation.backtest.baselines import BASELINES, NO_TARGET, Past, target_in_force
from sim.evaluation.backtest.forecast_scores import Ensemble, Floats, ForecastScores, Indices
from sim.model.estimated import JUMP_MEAN
from sim.model.parameters import Budget
from sim.scenario.loading.load import reload
from sim.scenario.schema import Scenario

FIRST, LAST = 1995, 2018
"""The years of the table `sipri_shares`; that of growth begins in the same year."""

ORIGINS: Final = range(1999, 2014)
"""Decembers forecast from: after the five years that make a norm, before NATO's own table."""

HORIZONS: Final = 5

SEEN_FROM: Final = 2014
"""The first year whose shares, on NATO's measure, the parameters were estimated on."""

GEORGIA: Final = "2008-08"
"""The war in Georgia."""

FORECASTER: Final = "drawn"
TITLE: Final = f"parameters drawn from the estimate on NATO's shares from {SEEN_FROM} on, half of the paths in earnest"


@dataclass(frozen=True, eq=False)
class Hindcast(Backtest):
    """Scores on SIPRI's measure: of the model, whose one forecaster is `FORECASTER`, and of the baselines.

    An ally has scores from the origins at which it was a member.
    """

    since: int = ORIGINS[0]  # the first origin compared

    @property
    def origins(self) -> range:
        """The years whose December a forecast was made in."""
        return ORIGINS

    @property
    def first_year(self) -> int:
        """The first year of `shares`."""
        return FIRST

    @property
    def compared_from(self) -> int:
        """The first origin whose scores are compared."""
        return self.since

    @property
    def horizons(self) -> range:
        """Years ahead."""
        return range(1, HORIZONS + 1)

    def modes(self) -> list[ForecastScores]:
        """The model's own forecasts."""
        return [self.scores[FORECASTER]]

    def baselines(self) -> list[ForecastScores]:
        """The simple forecasts."""
        return [scores for name, scores in self.scores.items() if name != FORECASTER]

    def from_origin(self, origin: int) -> Hindcast:
        """The same, compared from a later origin on: from 2006 those that know a target."""
        return replace(self, since=origin)

    def before_origin(self, origin: int) -> Hindcast:
        """The same without the forecasts from an origin on."""
        made_in = self.target_years() - np.array(self.horizons)
        return self._without(made_in >= origin)

    def to_year(self, last: int) -> Hindcast:
        """The same without what is about later years: to 2013 no year is left that the parameters were estimated on."""
        return self._without(self.target_years() > last)

    def _without(self, cells: NDArray[np.bool_]) -> Hindcast:
        """The same with some cells (origin, horizon) of the scores blank."""
        return replace(self, scores={name: _blank(scores, cells) for name, scores in self.scores.items()})


def _blank(scores: ForecastScores, cells: NDArray[np.bool_]) -> ForecastScores:
    """Scores with some cells (origin, horizon) blank."""

    def blank(values: Floats) -> Floats:
        return np.where(cells.reshape(*cells.shape, *[1] * (values.ndim - 2)), np.nan, values)

    known = {field.name: getattr(scores, field.name) for field in fields(scores)}
    arrays: dict[str, Any] = {name: values for name, values in known.items() if isinstance(values, np.ndarray)}
    arrays.pop("histories")  # of cells whose probability is blank they are not read
    blanked: dict[str, Any] = {name: blank(values) for name, values in arrays.items()}
    return replace(scores, **blanked, inside={level: blank(values) for level, values in scores.inside.items()})


def hindcast(
    rows: Sequence[SipriShareRow], *, paths: int = 4_096, seed: int = 2032,
    progress: Callable[[int, int], None] | None = None,
) -> Hindcast:  # fmt: skip
    """Forecast from every origin and score it against `rows`, the table `sipri_shares` or one like it.

    It is meant to be run once on the packaged table, when equations and priors are final (`make sipri-hindcast`); tests
    give it rows of their own making. `progress` is called with the forecasts made and all there are.

    Raises:
        UsageError: an impossible number of paths or seed.
    """
    most = f"from 1 to {MOST_BACKTEST_PATHS:,}, for a forecast is held whole"
    paths, seed = arguments.whole("paths", paths, range(1, MOST_BACKTEST_PATHS + 1), most), arguments.seed(seed)
    allies = load_tables().armed_allies()
    shares = shares_of(rows, allies)

    def members(origin: int) -> Indices:
        return _members(origin, allies, shares)

    def model(origin: int, last: int) -> Ensemble | None:
        codes = {allies[index].iso3 for index in members(origin)}
        known = [row for row in rows if row.iso3 in codes]
        made: Ensemble = reported_shares([past_scenario(origin, last, known)], seed, paths)[0]
        return made

    def baseline(make: Callable[..., Ensemble | None], origin: int, last: int) -> Ensemble | None:
        forecast = members(origin)
        codes, years = tuple(allies[index].iso_numeric for index in forecast), range(FIRST, origin + 1)
        past = Past(codes, years, shares[forecast, : len(years)], *target_in_force(origin))
        return make(past, last - origin, paths, seed)

    makers: dict[str, tuple[str, Forecaster]] = {FORECASTER: (TITLE, model)}
    makers |= {name: (each.title, partial(baseline, each.ensemble)) for name, each in BASELINES.items()}
    scores = scored(makers, shares, FIRST, ORIGINS, HORIZONS, seed, members, progress)
    return Hindcast(tuple(ally.iso3 for ally in allies), shares, scores, paths, seed)


def shares_of(rows: Sequence[SipriShareRow], allies: Sequence[AllyRow]) -> Floats:
    """Every ally's share in every year from 1995 to 2018, (ally, year), % of GDP; nan where SIPRI has none."""
    known = {row.key: row.milex_pct for row in rows}
    return np.array([[known.get((ally.iso3, year), np.nan) for year in range(FIRST, LAST + 1)] for ally in allies])


def members_at(origin: int) -> tuple[AllyRow, ...]:
    """Who had joined by the end of a year and has armed forces, by ISO numeric code."""
    return tuple(ally for ally in load_tables().armed_allies() if ally.joined_nato <= origin)


def _members(origin: int, allies: Sequence[AllyRow], shares: Floats) -> Indices:
    """The rows of the members at an origin whose shares are known from 1995 to the last year forecast."""
    joined = {ally.iso3 for ally in members_at(origin)}
    known: list[bool] = [bool(np.isfinite(row).all()) for row in shares[:, : origin + HORIZONS + 1 - FIRST]]
    return np.array([row for row, ally in enumerate(allies) if ally.iso3 in joined and known[row]], dtype=np.intp)


def past_scenario(origin: int, last_year: int, rows: Sequence[SipriShareRow]) -> Scenario:
    """The drawn forecaster from December of `origin` to `last_year`, with what was known then.

    `rows` are the shares of those who are forecast; no later one than the origin's enters. All others are no part of
    the alliance: nobody's peers, and bound by nothing.

    Raises:
        ScenarioError: a figure of the origin is missing.
    """
    tables = load_tables()
    known = [row for row in rows if FIRST <= row.year <= origin]
    forecast = {row.iso3 for row in known if row.year == origin}
    lines = [
        f'title = "From December {origin}, on SIPRI\'s measure"',
        f"[horizon]\nbase_year = {origin}\nlast_year = {last_year}",
        '[parameters]\nuse = "drawn"',
        "[outturn]\nbase_error = 0.0 # origin and outcome are of one edition",
    ]
    share, due = target_in_force(origin)
    if (share, due) != NO_TARGET:
        lines.append(f"[targets.core]\nshare_pct = {share}\nby = {due}")
    if f"{origin}-12" >= GEORGIA:
        lines.append(
            f'[[event]]\nname = "georgia"\nkind = "past_crisis"\ntitle = "War in Georgia"\nwhen = "{GEORGIA}"\n'
            f"size = {{ exponential = {{ mean = {JUMP_MEAN} }} }}"
        )
    free = Budget()  # at its reference values debt and deficit take no room: of some allies the table has neither
    for iso3 in sorted(forecast):
        if debt_pct(tables, iso3, origin) is None:
            lines.append(f"[ally.{iso3}]\ndebt_pct = {free.room_debt_from_pct}")
            if deficit_pct(tables, iso3, origin) is None:
                lines.append(f"deficit_pct = {free.room_deficit_from_pct}")
    return reload("\n".join(lines), {
        "allies": _table("members of the day", AllyRow, [
            ally.model_copy(update={"armed_forces": ally.iso3 in forecast}) for ally in tables.allies
        ]),
        "shares": _table("SIPRI's shares", ShareRow, [
            ShareRow(iso3=row.iso3, year=row.year, share_pct=row.milex_pct, status="actual")
            for row in known if row.iso3 in forecast
        ]),
    })  # fmt: skip


def _table(file: str, model: type[AllyRow | ShareRow], rows: Sequence[AllyRow | ShareRow]) -> Replacement:
    """Rows as the text of a table."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(model.model_fields), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        cells = row.model_dump()
        writer.writerow({name: int(cell) if isinstance(cell, bool) else cell for name, cell in cells.items()})
    return Replacement(file, text.getvalue())
