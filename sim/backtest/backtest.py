"""The backtest: from every December since 2014 forecast what came, and score it beside simple rivals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.backtest.estimates import packaged
from sim.backtest.judging import Ensemble, Floats, Judged
from sim.backtest.origins import FIRST, LAST, ORIGINS, Mode, past_scenario
from sim.backtest.rivals import RIVALS, Past, target_in_force
from sim.data.tables import Tables, load_tables
from sim.run import simulate
from sim.scenario.changing import with_numbers

HORIZONS = 10
"""Years ahead at most."""

Forecaster = Callable[[int, int], Ensemble | None]
"""Origin and last year to an ensemble (ally, horizon, members), or None where too little is known."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """All scores, by forecaster: first the modes of the model, then the rivals."""

    iso3: tuple[str, ...]
    shares: Floats  # (ally, year) from 2014, % of GDP
    judged: dict[str, Judged]
    paths: int
    seed: int

    @property
    def origins(self) -> range:
        """The years whose December a forecast was made in."""
        return ORIGINS

    @property
    def horizons(self) -> range:
        """Years ahead."""
        return range(1, HORIZONS + 1)

    def modes(self) -> list[Judged]:
        """The model's own forecasts, each mode apart."""
        return [judged for name, judged in self.judged.items() if name in set(Mode)]

    def rivals(self) -> list[Judged]:
        """The simple forecasts."""
        return [judged for name, judged in self.judged.items() if name not in set(Mode)]

    def target_years(self) -> Floats:
        """(origin, horizon): the year forecast."""
        years: Floats = np.add.outer(np.array(self.origins, dtype=np.float64), np.array(self.horizons))
        return years


def backtest(
    *,
    paths: int = 4_096,
    seed: int = 2032,
    modes: Sequence[Mode] = tuple(Mode),
    estimates: Mapping[int, Mapping[str, float]] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Run it. `estimates` replace the packaged ones of the out-of-sample mode; nothing of this is random but `seed`.

    `progress` is called with the forecasts made and all there are.
    """
    tables = load_tables()
    allies = tables.armed_allies()
    shares = shares_of(tables)
    makers = dict(_forecasters(shares, tuple(ally.iso_numeric for ally in allies), paths, seed, modes, estimates))
    judged = {
        name: Judged.empty(name, title, len(ORIGINS), HORIZONS, len(allies)) for name, (title, _) in makers.items()
    }
    done, wanted = 0, len(makers) * len(ORIGINS)
    for name, (_, forecast) in makers.items():
        for place, origin in enumerate(ORIGINS):
            last = min(origin + HORIZONS, LAST)
            ensemble = forecast(origin, last)
            if ensemble is not None:
                judged[name].judge(place, origin, ensemble, shares[:, origin + 1 - FIRST : last + 1 - FIRST], seed)
            done += 1
            if progress is not None:
                progress(done, wanted)
    return Backtest(tuple(ally.iso3 for ally in allies), shares, judged, paths, seed)


def shares_of(tables: Tables) -> Floats:
    """Every ally's share in every year since 2014, (ally, year), % of GDP, by ISO numeric code."""
    rows = [[tables.share(ally.iso3, year) for year in range(FIRST, LAST + 1)] for ally in tables.armed_allies()]
    return np.array([[np.nan if cell is None else cell.share_pct for cell in row] for row in rows])


def model_forecast(
    origin: int, last_year: int, *, mode: Mode, paths: int, seed: int, numbers: Mapping[str, float]
) -> Ensemble:
    """The model's forecast from an origin, reported core shares (ally, horizon, path); `numbers` replace its own."""
    scenario = with_numbers(past_scenario(origin, last_year, events_given=mode is Mode.EVENTS_GIVEN), numbers)
    record = simulate(scenario, paths, seed, keep=["reported_pct"], executor="serial")
    return record.counts.kept["reported_pct"]


def _forecasters(
    shares: Floats, codes: tuple[int, ...], paths: int, seed: int, modes: Sequence[Mode],
    estimates: Mapping[int, Mapping[str, float]] | None,
) -> Iterator[tuple[str, tuple[str, Forecaster]]]:  # fmt: skip
    for mode in modes:
        known = (estimates or packaged()) if mode is Mode.OUT_OF_SAMPLE else {}

        def forecast(
            origin: int, last: int, mode: Mode = mode, known: Mapping[int, Mapping[str, float]] = known
        ) -> Ensemble:
            return model_forecast(origin, last, mode=mode, paths=paths, seed=seed, numbers=known.get(origin, {}))

        yield mode, (mode.in_words, forecast)
    for name, rival in RIVALS.items():

        def from_past(origin: int, last: int, make: Callable[..., Ensemble | None] = rival.ensemble) -> Ensemble | None:
            past = Past(codes, range(FIRST, origin + 1), shares[:, : origin + 1 - FIRST], *target_in_force(origin))
            return make(past, last - origin, paths, seed)

        yield name, (rival.title, from_past)
