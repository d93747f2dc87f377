"""Where a block's time goes: SimPy's own, Python's a call, the draws, the arithmetic; and what the cache is worth."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from functools import wraps
from types import FunctionType
from typing import Any

import numpy as np
from simpy import Environment, Event

from benchmarks.measure import WALL, Work, figure, in_turns, ratio, spread
from benchmarks.passes import COUNTING, passes
from benchmarks.product import ALLIES, ALLY_YEARS, MAIN, SEED, block, events_of_a_block, using
from benchmarks.report import Found, Line, verdict
from sim.distributions.draws import Draws
from sim.engine.block import run_block
from sim.engine.recorder import ONE
from sim.execution.simulate import BLOCK
from sim.numerics.streams import Streams
from sim.results.counts import CELLS

TURNS = 9
CALLS_REACH = 0.25
DRAWN_REACH = 1.25
BARE_EVENTS = 50_000
FEW = 16


def bare_simpy() -> Work:
    """As many processes as there are allies, each waiting for the next month; seconds are for one event."""
    months = BARE_EVENTS // ALLIES

    def live(environment: Environment) -> Generator[Event, Any, None]:
        for _ in range(months):
            yield environment.timeout(1)

    def run() -> float:
        environment = Environment()
        for _ in range(ALLIES):
            environment.process(live(environment))
        environment.run()
        return float(environment.now)

    return Work(run, lambda now: now == months, months * ALLIES)


def drawn() -> Found:
    """What drawing the parameters costs, with all that is counted by row: a block of each, in turns."""
    works = {use: block(scenario=using(MAIN, use)) for use in ("drawn", "shipped")}
    seconds = in_turns(works, TURNS)
    times = ratio(seconds["drawn"], seconds["shipped"])
    line = Line("A block with parameters drawn, over one as shipped", times.text(), f"≤ {DRAWN_REACH}",
                verdict(times.middle <= DRAWN_REACH))  # fmt: skip
    return Found([line], {"drawn": times.kept(), "turns": TURNS})


def python() -> Found:
    """SimPy's own cost, and what Python's calls take whatever the number of paths, as parts of a block."""
    events = events_of_a_block()
    works = {"block": block(), "few": few(), "event": bare_simpy()}
    seconds = in_turns(works, TURNS)
    blocks = [path * BLOCK for path in seconds["block"]]
    simpy = ratio([events * event for event in seconds["event"]], blocks)
    calls = ratio(seconds["few"], blocks)
    event_us = 1e6 * spread(seconds["event"]).middle
    return Found(
        [
            Line(f"SimPy's own: {events:,} events at {figure(event_us)} µs, part of a block", simpy.text(100, " %")),
            Line(f"Python's calls: a block of {FEW} paths over one of {BLOCK:,}", calls.text(100, " %"),
                 f"≤ {100 * CALLS_REACH:.0f} %", verdict(calls.middle <= CALLS_REACH)),
        ],
        {
            "simpy": simpy.kept(), "calls": calls.kept(), "events": events, "turns": TURNS,
            "event_us": event_us, "block_s": spread(blocks).middle,
            "few_s": spread(seconds["few"]).middle,
        },
    )  # fmt: skip


def few() -> Work:
    """A block of 16 paths: the calls of a block with next to nothing in them; seconds are for all of it."""
    small = block(FEW)
    return Work(small.run, small.done)


class Ledger:
    """Seconds spent inside the draws and, of them, inside the streams; calls that come from inside do not count twice.

    On the wall: some thousand readings of the thread's own clock would be a part of what is measured.
    """

    def __init__(self) -> None:
        self.seconds = {Draws: 0.0, Streams: 0.0}
        self.words = 0
        self._depth = {Draws: 0, Streams: 0}

    def watched(self, owner: type, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, its time entered under its class."""

        @wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            if self._depth[owner]:
                return function(*args, **options)
            self._depth[owner] = 1
            start = WALL()
            try:
                drawn = function(*args, **options)
            finally:
                self.seconds[owner] += WALL() - start
                self._depth[owner] = 0
            if owner is Streams:
                self.words += len(drawn)
            return drawn

        return call


@contextmanager
def ledger() -> Iterator[Ledger]:
    """Every public method of the draws and of the streams watched."""
    kept, found = [], Ledger()
    for owner in (Draws, Streams):
        for name, function in list(vars(owner).items()):
            if isinstance(function, FunctionType) and not name.startswith("_"):
                kept.append((owner, name, function))
                setattr(owner, name, found.watched(owner, function))
    try:
        yield found
    finally:
        for owner, name, function in kept:
            setattr(owner, name, function)


def additions(number: float) -> Work:
    """So many passes an ally-year of the cheapest kind: one array of a block added to another."""
    one, other, total = (np.ones(BLOCK, dtype=np.float32) for _ in range(3))
    times = round(number * ALLY_YEARS)

    def run() -> float:
        for _ in range(times):
            np.add(one, other, out=total)
        return float(total[-1])

    return Work(run, lambda last: last == 2, BLOCK)


def counting(number: float) -> Work:
    """So many counts an ally-year of a block's paths into a histogram, spread over a hundred cells."""
    cells, times = np.arange(BLOCK) * 7 % 100, round(number * ALLY_YEARS)

    def run() -> int:
        histogram = np.zeros(CELLS, dtype=np.int64)
        for _ in range(times):
            np.add.at(histogram, cells, ONE)
        return int(histogram.sum())

    return Work(run, lambda counted: counted == times * BLOCK, BLOCK)


def parts() -> tuple[list[float], list[float], int]:
    """Of some blocks the part spent in the streams, the part spent in the draws besides, and the words drawn in one."""
    drawing, looking = [], []
    with ledger() as first:
        run_block(MAIN, SEED, 0, BLOCK)
    assert first.words >= 5 * ALLY_YEARS * BLOCK, "a block without draws is no simulation"
    for _ in range(TURNS):
        with ledger() as found:
            start = WALL()
            run_block(MAIN, SEED, 0, BLOCK)
            whole = WALL() - start
        assert found.words == first.words
        drawing.append(found.seconds[Streams] / whole)
        looking.append((found.seconds[Draws] - found.seconds[Streams]) / whole)
    return drawing, looking, first.words


def limit() -> Found:
    """How a block's time is divided, and what its passes and counts would take were each the cheapest there is."""
    drawing, looking, words = parts()
    found = passes()
    counts = found.pop(COUNTING)
    number = sum(found.values())
    assert counts >= 4, "three shares and the money short of every ally and year are counted"
    seconds = in_turns({"block": block(), "additions": additions(number), "counting": counting(counts)}, TURNS // 2)
    passing, histograms = (ratio(seconds[name], seconds["block"]) for name in ("additions", "counting"))
    drawn, looked = spread(drawing), spread(looking)
    return Found(
        [
            Line(f"drawing {words / BLOCK:,.0f} words of 16 bits a path, part of a block", drawn.text(100, " %")),
            Line("looking them up in tables and comparing them, part of a block", looked.text(100, " %")),
            Line(f"{number:.0f} passes of NumPy an ally-year, were each an addition in cache, part of a block",
                 passing.text(100, " %")),
            Line(f"{counts:.1f} counts into histograms an ally-year, part of a block", histograms.text(100, " %")),
        ],
        {"words": words, "drawing": drawn.kept(), "looking_up": looked.kept(), "passes": number,
         "passing": passing.kept(), "counts": counts, "histograms": histograms.kept(), "block": BLOCK, "turns": TURNS},
    )  # fmt: skip
