"""The backtest: from every December since 2014 forecast what came, and score it against simple baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim import arguments
from sim.data.tables import Tables, load_tables
from sim.engine.variants import reported_shares
from sim.errors import UsageError
from sim.evaluation.backtest.baselines import BASELINES, Past, target_in_force
from sim.evaluation.backtest.estimates import Numbers, carried_on, check_cutoffs, drawn_from, packaged
from sim.evaluation.backtest.forecast_scores import Ensemble, Floats, ForecastScores, Indices
from sim.evaluation.backtest.origins import (
    COMPARED_FROM,
    FIRST,
    LAST,
    ORIGINS,
    Mode,
    first_estimate_origins,
    past_scenario,
)
from sim.scenario.schema import Scenario

HORIZONS = 10
"""Years ahead at most."""

MOST_BACKTEST_PATHS = 100_000
"""Simulated runs of one forecast at most: about a gigabyte."""

Forecaster = Callable[[int, int], Ensemble | None]
"""Origin and last year to an ensemble (ally, horizon, members), or None where too little is known."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """All scores, by forecaster: first the modes of the model, then the baselines.

    The mode first-estimates forecasts from a few origins only, so its scores stand apart: beside those of out-of-sample
    on the same origins, and in no figure with others.

    >>> import sim.backtest
    >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
    >>> scores.shares.shape, scores.paths
    ((31, 13), 64)
    """

    iso3: tuple[str, ...]
    shares: Floats  # (ally, year) from `first_year`, % of GDP
    scores: dict[str, ForecastScores]
    paths: int
    seed: int
    first_estimates: ForecastScores | None = None

    @property
    def origins(self) -> range:
        """The years whose December a forecast was made in.

        >>> import sim.backtest
        >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> scores.origins
        range(2014, 2026)
        """
        return ORIGINS

    @property
    def first_year(self) -> int:
        """The first year of `shares`.

        >>> import sim.backtest
        >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> scores.first_year
        2014
        """
        return FIRST

    @property
    def compared_from(self) -> int:
        """The first origin whose scores are compared: every baseline has what it needs, or begins a year later.

        >>> import sim.backtest
        >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> scores.compared_from
        2015
        """
        return COMPARED_FROM

    @property
    def horizons(self) -> range:
        """Years ahead.

        >>> import sim.backtest
        >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> scores.horizons
        range(1, 11)
        """
        return range(1, HORIZONS + 1)

    def modes(self) -> list[ForecastScores]:
        """The model's own forecasts, each mode apart.

        >>> import sim.backtest
        >>> test = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> [each.name.value for each in test.modes()]
        ['as-shipped']
        """
        return [scores for name, scores in self.scores.items() if name in set(Mode)]

    def baselines(self) -> list[ForecastScores]:
        """The simple forecasts.

        >>> import sim.backtest
        >>> test = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> [each.name for each in test.baselines()][:3]
        ['persistence', 'random_walk', 'drift']
        """
        return [scores for name, scores in self.scores.items() if name not in set(Mode)]

    def target_years(self) -> Floats:
        """(origin, horizon): the year forecast.

        >>> import sim.backtest
        >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
        >>> scores.target_years()[0, :3].tolist()
        [2015.0, 2016.0, 2017.0]
        """
        years: Floats = np.add.outer(np.array(self.origins, dtype=np.float64), np.array(self.horizons))
        return years


def backtest(
    *,
    paths: int = 4_096,
    seed: int = 2032,
    modes: Sequence[Mode] = tuple(Mode),
    estimates: Mapping[int, Numbers] | None = None,
    change: Callable[[Scenario], Scenario] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Run it. `estimates` replace the packaged ones of the out-of-sample mode; nothing of this is random but `seed`.

    `change` is made to every past scenario before the model runs it, so that another assumption can be scored.
    `progress` is called with the forecasts made and all there are.

    Raises:
        ScenarioError: the mode out-of-sample is asked for and an origin has no estimates.
        UsageError: an impossible number of paths or seed, an estimate that no scenario can take, or the mode
            first-estimates without out-of-sample, beside which alone it can be read.

    >>> import numpy as np
    >>> import sim.backtest
    >>> scores = sim.backtest.backtest(paths=64, modes=[sim.backtest.Mode.AS_SHIPPED])
    >>> for found in (scores.modes()[0], scores.baselines()[0]):
    ...     print(f"{found.title}: {np.nanmean(found.crps[:, 0]):.2f} points, one year ahead")
    parameters as shipped, which have seen the whole history; events random: 0.11 points, one year ahead
    the share stays: 0.18 points, one year ahead
    """
    most = f"from 1 to {MOST_BACKTEST_PATHS:,}, for a forecast is held whole"
    paths, seed = arguments.whole("paths", paths, range(1, MOST_BACKTEST_PATHS + 1), most), arguments.seed(seed)
    if Mode.FIRST_ESTIMATES in modes and Mode.OUT_OF_SAMPLE not in modes:
        raise UsageError(
            f"{Mode.FIRST_ESTIMATES} is compared with {Mode.OUT_OF_SAMPLE} on the origins of which first estimates are "
            f"known; ask for {Mode.OUT_OF_SAMPLE} as well"
        )
    tables = load_tables()
    allies = tables.armed_allies()
    shares = shares_of(tables)
    codes = tuple(ally.iso_numeric for ally in allies)
    makers = dict(_forecasters(shares, codes, paths, seed, modes, estimates, change))
    everyone = np.arange(len(allies))
    scores = scored(makers, shares, FIRST, ORIGINS, HORIZONS, seed, lambda _: everyone, progress)
    apart = scores.pop(Mode.FIRST_ESTIMATES, None)
    return Backtest(tuple(ally.iso3 for ally in allies), shares, scores, paths, seed, apart)


def scored(
    makers: Mapping[str, tuple[str, Forecaster]], shares: Floats, first_year: int, origins: range, horizons: int,
    seed: int, members: Callable[[int], Indices], progress: Callable[[int, int], None] | None = None,
) -> dict[str, ForecastScores]:  # fmt: skip
    """Forecast by each of `makers` (title and forecaster by name) from every origin, and score it against `shares`.

    `shares` are (ally, year) from `first_year`; `members` are the rows of the allies forecast from an origin, of whom
    every one has its shares in the years forecast.
    """
    last_year = first_year + shares.shape[1] - 1
    scores = {
        name: ForecastScores.empty(name, title, len(origins), horizons, len(shares))
        for name, (title, _) in makers.items()
    }
    done, wanted = 0, len(makers) * len(origins)
    for name, (_, forecast) in makers.items():
        for index, origin in enumerate(origins):
            last, allies = min(origin + horizons, last_year), members(origin)
            ensemble = forecast(origin, last)
            if ensemble is not None:
                seen = shares[allies, origin + 1 - first_year : last + 1 - first_year]
                scores[name].add(index, origin, ensemble, seen, seed, allies)
            done += 1
            if progress is not None:
                progress(done, wanted)
    return scores


def shares_of(tables: Tables) -> Floats:
    """Every ally's share in every year since 2014, (ally, year), % of GDP, by ISO numeric code."""
    rows = [[tables.share(ally.iso3, year) for year in range(FIRST, LAST + 1)] for ally in tables.armed_allies()]
    return np.array([[np.nan if cell is None else cell.share_pct for cell in row] for row in rows])


def model_forecast(
    origin: int, last_year: int, *, mode: Mode, paths: int, seed: int, numbers: Numbers,
    change: Callable[[Scenario], Scenario] | None = None,
) -> Ensemble:  # fmt: skip
    """The model's forecast from an origin, reported core shares (ally, horizon, path).

    `numbers` are what its parameters are drawn from, as in a run that uses `drawn`; without any they are as shipped. So
    the forecast is as unsure of the parameters as their estimate is.
    """
    scenario = past_scenario(
        origin, last_year, events_given=mode is Mode.EVENTS_GIVEN, first_estimates=mode is Mode.FIRST_ESTIMATES
    )
    if numbers:
        scenario = drawn_from(scenario, numbers)
    shares: Ensemble = reported_shares([change(scenario) if change else scenario], seed, paths)[0]
    return shares


def _forecasters(
    shares: Floats, codes: tuple[int, ...], paths: int, seed: int, modes: Sequence[Mode],
    estimates: Mapping[int, Numbers] | None, change: Callable[[Scenario], Scenario] | None,
) -> Iterator[tuple[str, tuple[str, Forecaster]]]:  # fmt: skip
    for mode in modes:
        known: Mapping[int, Numbers] = {origin: {} for origin in ORIGINS}
        title = mode.in_words
        if mode in (Mode.OUT_OF_SAMPLE, Mode.FIRST_ESTIMATES):
            known = carried_on(packaged(), ORIGINS) if estimates is None else estimates
            check_cutoffs(known, ORIGINS)
            if estimates is None and (last := max(packaged())) < ORIGINS[-1]:
                title += f", after {last} those of {last}"

        def forecast(
            origin: int, last: int, mode: Mode = mode, known: Mapping[int, Numbers] = known
        ) -> Ensemble | None:
            if mode is Mode.FIRST_ESTIMATES and origin not in first_estimate_origins():
                return None
            return model_forecast(origin, last, mode=mode, paths=paths, seed=seed, numbers=known[origin], change=change)

        yield mode, (title, forecast)
    for name, baseline in BASELINES.items():

        def from_past(
            origin: int, last: int, make: Callable[..., Ensemble | None] = baseline.ensemble
        ) -> Ensemble | None:
            past = Past(codes, range(FIRST, origin + 1), shares[:, : origin + 1 - FIRST], *target_in_force(origin))
            return make(past, last - origin, paths, seed)

        yield name, (baseline.title, from_past)
