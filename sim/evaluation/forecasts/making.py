"""From scenarios to a forecast: simulate, and keep of each run what can be scored later."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.arguments import COUNTED_PCT
from sim.data.catalogue import catalogue
from sim.errors import UsageError
from sim.evaluation.forecasts.digits import stated, stated_pmf, stated_range
from sim.evaluation.forecasts.schema import (
    AS_SHIPPED,
    LEVELS,
    SHIPPED,
    THRESHOLDS_PCT,
    Forecast,
    ForecastCell,
    ForecastNumber,
    ForecastTarget,
    Frozen,
    FrozenForecaster,
    StatedChance,
    StatedRange,
    last_day,
)
from sim.execution import simulate
from sim.model.parameters import Horizon
from sim.numerics.grid import HUNDREDTHS, printed
from sim.numerics.streams import STREAM_VERSION
from sim.results.counts import GROUPS, PILLARS, TALLIES
from sim.results.intervals import quantile
from sim.results.parameter_range import of_probability
from sim.results.record import Record, Yardstick
from sim.scenario import Scenario
from sim.scenario.edit.compare import builds_on
from sim.scenario.schema import Data
from sim.text.sentences import based_on

LAST_YEAR = 2035
CORE, EUC, NUMBER = PILLARS.index("core"), GROUPS.index("EUC"), TALLIES.index("core")
EUC_NAME = "Europe and Canada"

Forecasters = Mapping[str, tuple[str, Callable[[Scenario], Scenario]]]
"""By name: what a forecaster does, in one sentence, and the scenario that it simulates in the place of a given one."""


def _using(use: Literal["drawn", "shipped"]) -> Callable[[Scenario], Scenario]:
    """A function that takes the parameters of a scenario from elsewhere, but for those that its file sets."""

    def changed(scenario: Scenario) -> Scenario:
        return scenario.model_copy(update={"parameters": scenario.parameters.model_copy(update={"use": use})})

    return changed


FORECASTERS: Forecasters = {
    "drawn": (
        "Every scenario with the parameters, but for those that its file sets, drawn from what the figures allow, and "
        "the pledge kept in earnest on half of the paths.",
        _using("drawn"),
    ),
    SHIPPED: (AS_SHIPPED, _using("shipped")),
}

READING = {
    "forecasters": "each with its name, what it does, and what it says of every scenario",
    "share": "core outlays, % of GDP, as NATO prints them; EUC is Europe and Canada, weighted by GDP",
    "at_target": "[probability, low, high]: the share of simulated runs that report at least the target in that year, "
    "given the assumptions of the scenario, and its 95 % Wilson interval, that of independent runs, rounded outward: "
    "Monte Carlo error only. None or all of the runs are stated half a run from 0 or 1",
    "over_parameters": "[low, high]: the central 90 % of the probability at_target over the parameters drawn, apart "
    "from Monte Carlo error, rounded outward; null where the parameters are not drawn, or by too few runs to tell",
    "without_late_push": "as at_target, without compliance on paper: the last distance closed by reclassification",
    "at_least": "as at_target, for each of thresholds_pct",
    "quantiles": "of the share at each of levels, on the grid of 0.01",
    "pmf": "probability of 0, 1, 2, ... allies at the target, the share of simulated runs; a 0 came about in none",
    "log_score_floor": "probabilities are scored as if they lay this far from 0 and 1 at least",
    "sha256": "of this document without the key sha256, as JSON in ASCII with sorted keys and without blanks",
}


def freeze(
    scenarios: Mapping[str, Scenario],
    date: str,
    last_year: int = LAST_YEAR,
    *,
    forecasters: Forecasters = FORECASTERS,
    paths: int | None = None,
    seed: int | None = None,
    workers: int | None = None,
    progress: simulate.Progress | None = None,
) -> Frozen:
    """Simulate scenarios by name to `last_year` and freeze what they say; `date` is YYYY-MM or YYYY-MM-DD.

    Each of the `forecasters` simulates all of them, on the same random numbers. A scenario that ends earlier is
    prolonged, and its part of the forecast says so. The number of paths and the seed are each scenario's own unless
    given. The same arguments give the same forecast, bit for bit.

    Raises:
        UsageError: a date before that of the packaged figures that a scenario uses or after the first year forecast, a
            last year that a scenario cannot reach, or a scenario without a core target.
        ScenarioError: a scenario's figures do not suffice.
    """
    _in_time(scenarios, date)
    for name, scenario in scenarios.items():
        if scenario.yardstick("core") is None:
            raise UsageError(f"{name} has no core target, so nothing in it can be frozen; add [targets.core]")
    simulated = {
        (forecaster, name): prolonged(change(scenario), last_year, name)
        for forecaster, (_, change) in forecasters.items()
        for name, scenario in scenarios.items()
    }
    wanted = [scenario.run.paths if paths is None else paths for scenario in simulated.values()]
    said: dict[str, list[Forecast]] = {forecaster: [] for forecaster in forecasters}
    for index, ((forecaster, name), scenario) in enumerate(simulated.items()):
        before = sum(wanted[:index])
        advance = None if progress is None else partial(_advance, progress, before, sum(wanted))
        record = simulate.simulate(scenario, paths, seed, workers=workers, progress=advance)
        said[forecaster].append(forecast_of(record, name, last_year, scenarios[name]))
    return Frozen(
        date=date,
        burdenshare=version("burdenshare"),
        stream_version=STREAM_VERSION,
        reading=READING,
        forecasters=tuple(
            FrozenForecaster(name=name, description=description, scenarios=tuple(said[name]))
            for name, (description, _) in forecasters.items()
        ),
    )


def _in_time(scenarios: Mapping[str, Scenario], date: str) -> None:
    """Nobody can have forecast before the newest figure that the forecast rests on was known, nor what has been."""
    for name, scenario in scenarios.items():
        first = scenario.horizon.base_year + 1
        if last_day(date) > f"{first}-12-31":
            raise UsageError(
                f"a forecast is dated before what it forecasts: {name} goes from {first} on, and cannot be of {date}; "
                f"give a date to {first}-12, or a scenario with a later horizon.base_year. For what was known in the "
                "past there is `sim backtest`"
            )
        cutoff, table = max(
            (entry.cutoff, entry.name)
            for entry in catalogue()
            if entry.name in (*Data.model_fields, "outlook_vintages")
            and (entry.name not in scenario.replacements or scenario.replacements[entry.name].overlay)
        )
        if last_day(date) < cutoff.isoformat():
            raise UsageError(
                f"{name} rests on figures as known on {cutoff} (table {table}): its forecast cannot be of {date}; give "
                "that day or a later one. For what was known in the past there is `sim backtest`"
            )


def prolonged(scenario: Scenario, last_year: int, name: str = "the scenario") -> Scenario:
    """The same scenario, simulated to `last_year` at least; raises UsageError where it cannot be."""
    base = scenario.horizon.base_year
    if not base < last_year <= base + 40:
        raise UsageError(f"the last year lies between {base + 1} and {base + 40} for {name}, not at {last_year}")
    if scenario.horizon.last_year >= last_year:
        return scenario
    # Not model_copy: it would keep the digest of the shorter one, where that has been asked for.
    facts = {field: getattr(scenario, field) for field in type(scenario).model_fields}
    longer = type(scenario)(**facts | {"horizon": Horizon(base_year=base, last_year=last_year)})
    longer.__dict__["base"] = scenario.base
    return longer


def forecast_of(record: Record, name: str, last_year: int | None = None, file: Scenario | None = None) -> Forecast:
    """What a run says, to `last_year` (the run's unless given); `file` is the scenario before it was prolonged.

    Raises:
        UsageError: the run has no core target.
    """
    description, manifest = record.description, record.manifest
    core = description.yardstick("core")
    if core is None:
        raise UsageError(f"{name} has no core target, so there is no compliance to forecast")
    own_last = file.horizon.last_year if file else description.years[-1]
    based = based_on(builds_on(file)) if file else record.based_on
    last = description.years[-1] if last_year is None else last_year
    steps = [step for step, year in enumerate(description.years) if year <= last]
    return Forecast(
        name=name,
        title=description.title,
        source=description.source,
        note=" ".join(filter(None, (_note(own_last, last, core), based))),
        base_year=description.base_year,
        last_year=last,
        scenario_last_year=own_last,
        target=ForecastTarget(share_pct=core.share_pct, by=core.by, agreed=core.agreed),
        scenario_digest=file.digest if file else str(manifest["scenario_digest"]),
        simulated_digest=str(manifest["scenario_digest"]),
        data_digest=str(manifest["data_digest"]),
        seed=int(manifest["seed"]),
        paths=record.counts.paths,
        shares=tuple(_cells(record, core, steps)),
        number=tuple(_numbers(record, core, steps)),
    )


def _advance(progress: simulate.Progress, before: int, total: int, done: int, _: int) -> None:
    progress(before + done, total)


def _note(own_last: int, last: int, core: Yardstick) -> str:
    if last <= own_last:
        return ""
    after = f"; its core target of {core.share_pct:g} % stays in force after {core.by}" if core.by < last else ""
    return f"The scenario's file ends in {own_last}; it was simulated to {last} for this forecast{after}."


def _cells(record: Record, core: Yardstick, steps: list[int]) -> Iterator[ForecastCell]:
    """Every ally, then Europe and Canada, year by year."""
    arrays, description = record.counts.arrays, record.description
    for ally, entry in enumerate(description.allies):
        bound = core.binds(entry.iso3)
        for step in steps:
            met = int(arrays["compliant"][CORE, ally, step])
            pushed = int(arrays["on_paper"][CORE, ally, step])
            yield ForecastCell(
                iso3=entry.iso3,
                ally=entry.name,
                year=description.years[step],
                at_target=stated(met, record.counts.paths) if bound else None,
                over_parameters=_over_parameters(record, ally, step) if bound else None,
                without_late_push=stated(met - pushed, record.counts.paths) if bound else None,
                at_least=tuple(_reaching(arrays["shares"][CORE, ally, step], share) for share in THRESHOLDS_PCT),
                quantiles=_quantiles(arrays["shares"][CORE, ally, step], entry.name, description.years[step]),
            )
    for step in steps:
        histogram = arrays["group_shares"][EUC, CORE, step]
        yield ForecastCell(
            iso3="EUC",
            ally=EUC_NAME,
            year=description.years[step],
            at_target=_reaching(histogram, core.share_pct) if core.members is None else None,
            over_parameters=None,
            without_late_push=None,
            at_least=tuple(_reaching(histogram, share) for share in THRESHOLDS_PCT),
            quantiles=_quantiles(histogram, EUC_NAME, description.years[step]),
        )


def _numbers(record: Record, core: Yardstick, steps: list[int]) -> Iterator[ForecastNumber]:
    bound = sum(core.binds(entry.iso3) for entry in record.description.allies)
    for step in steps:
        counts = [int(count) for count in record.counts.arrays["number"][NUMBER, step, : bound + 1]]
        yield ForecastNumber(year=record.description.years[step], pmf=stated_pmf(counts, record.counts.paths))


def _over_parameters(record: Record, ally: int, step: int) -> StatedRange | None:
    """The range of an ally's probability of being at the target; None by one row of parameters or too few paths."""
    arrays = record.counts.arrays
    met = int(arrays["compliant"][CORE, ally, step])
    found = of_probability(arrays["row_compliant"][CORE, ally, step], arrays["row_paths"], met / record.counts.paths)
    return None if found is None else stated_range(found, met, record.counts.paths)


def _reaching(histogram: NDArray[np.int64], share_pct: float) -> StatedChance:
    """The probability of a share of at least `share_pct`, as it would be printed."""
    return stated(int(histogram[int(printed(share_pct)) :].sum()), int(histogram.sum()))


def _quantiles(histogram: NDArray[np.int64], name: str, year: int) -> tuple[float, ...]:
    """Raises UsageError where one lies above the grid that shares are counted on: a score could not be taken of it."""
    found = [float(quantile(histogram, level, HUNDREDTHS, open_end=True)) for level in LEVELS]
    if inf in found:
        raise UsageError(
            f"{name} spends more than {COUNTED_PCT} % of GDP in {year} in too many runs: shares are counted to there, "
            "so its quantiles cannot be frozen"
        )
    return tuple(found)
