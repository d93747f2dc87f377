"""What happens to the alliance: common growth, events dated and random, the closing of each year."""

from __future__ import annotations

import numpy as np

from sim.engine.clock import Clock, Process
from sim.engine.drawn_parameters import Parameters
from sim.engine.observer import Observer
from sim.model.calendar import COMMON_GROWTH_RANK, Phase, Years, split_month
from sim.model.equations.growth import common_factor
from sim.model.events.base import Event
from sim.model.parameters import Growth
from sim.model.state import Hit, World
from sim.numerics.exact import yearly_probability


def common_growth(clock: Clock, world: World, parameters: Parameters, years: Years) -> Process:
    """f_t of equation 2, each January."""
    p, draws = parameters.of(Growth), world.draws
    for year in years.simulated:
        yield clock.at(clock.month_of(year, 1), Phase.MACRO, COMMON_GROWTH_RANK)
        factor = draws.value("growth/factor", p.factor, period=year)
        recession = draws.chance("growth/recession", p.recession_probability, period=year)
        surprise = common_factor(factor, recession, p.recession_depth_pct, p.recession_probability)
        if world.growth_loss_pct is not None:
            surprise, world.growth_loss_pct = surprise - world.growth_loss_pct, None
        world.common_surprise_pct = surprise


def happens_at_start(event: Event, years: Years) -> bool:
    """Whether an event is a fact of the base year: a pledge or path without a date, or with one before the run."""
    return event.rate is None and (event.when is None or split_month(event.when)[0] <= years.base)


def dated(clock: Clock, world: World, event: Event, rank: int, observer: Observer) -> Process:
    """An event in its month, on its part of the paths. Growth is annual: a recession acts from January."""
    assert event.when is not None
    year, month = split_month(event.when)
    month = 1 if event.phase is Phase.MACRO else month
    yield clock.at(clock.month_of(year, month), event.phase, rank)
    happen(world, event, year, observer)


def happen(world: World, event: Event, year: int, observer: Observer) -> None:
    """Apply a dated event, or a fact of the start, now."""
    everyone = np.arange(world.draws.paths)
    hit = Hit(world.draws, f"event/{event.name}", year, everyone)
    part = world.draws.value(f"param/event.{event.name}.probability", event.probability)
    _strike(world, event, hit.at(hit.chosen("occurs", part)), observer)


def recurring(clock: Clock, world: World, event: Event, rank: int, years: Years, observer: Observer) -> Process:
    """An event that comes at a rate: at most once a path and year, in a month that is equally likely to be any.

    The paths hit are bucketed by month in January, and only months that hit some path wake up.
    """
    assert event.rate is not None
    draws, stream = world.draws, f"event/{event.name}"
    chance = draws.value(f"param/event.{event.name}.rate", event.rate, of=yearly_probability)
    for year in years.simulated:
        yield clock.at(clock.month_of(year, 1), Phase.MACRO, rank)
        hit = Hit(draws, stream, year, np.arange(draws.paths))
        struck = hit.at(hit.chosen("occurs", chance))
        if not struck.paths.size:
            continue
        if event.phase is Phase.MACRO:
            _strike(world, event, struck, observer)
            continue
        months = draws.month(f"{stream}/month", period=year)[struck.paths]
        # unique sorts, and must: the clock goes forward only
        for month in np.unique(months):
            yield clock.at(clock.month_of(year, int(month)), event.phase, rank)
            _strike(world, event, struck.at(struck.paths[months == month]), observer)


def close_years(clock: Clock, world: World, years: Years) -> Process:
    """Each December, the sums that the peers' average is read from."""
    for year in (years.base, *years.simulated):
        yield clock.at(clock.month_of(year, 12), Phase.RECORD)
        world.close_year()


def _strike(world: World, event: Event, hit: Hit, observer: Observer) -> None:
    if hit.paths.size:
        iso3 = getattr(event, "ally", None)
        ally = None if iso3 is None else world.state(iso3)
        who = "the alliance" if ally is None else ally.in_prose
        with observer.happening(lambda at: event.story(at, who), ally, hit):
            event.apply(world, hit)
