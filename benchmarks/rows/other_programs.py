"""The product beside other programs of the same model; each computes the same cells, or it is no peer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from benchmarks.measure import Spread, Work, in_turns, ratio
from benchmarks.peers.facts import Facts, Missing, Outcome, facts_of
from benchmarks.product import ALLY_YEARS, MAIN, SEED, block, using
from benchmarks.report import Found, Line, verdict
from sim.execution.simulate import BLOCK

REMEDY = '`pip install -e ".[bench]"` gets numba'
TURNS = 7
AT_ONCE = 16_384
"""Paths that the straightforward peers compute at once: float64 arrays of more no longer fit the cache."""

SIMPY_TIMES = 300


def c_kernel() -> Found:
    """Beside the hand-written fused C kernel."""
    (found,), seconds = _beside({"c_kernel": 4 * BLOCK})
    line = Line("beside the hand-written, fused C kernel (one thread, its own generator), time a path",
                f"{found.text()} times")  # fmt: skip
    return Found([line], seconds | {"ratio": found.kept()})


def scalar_simpy() -> Found:
    """Beside one scalar SimPy environment a path."""
    return _times_faster("one scalar SimPy environment a path", "scalar_simpy", 64, SIMPY_TIMES)


def straightforward() -> Found:
    """Beside what an able analyst would write: with numba, with NumPy."""
    names = {"numba_kernel": "a straightforward numba kernel", "straight_numpy": "a straightforward NumPy script"}
    lines, figures = list[Line](), dict[str, Any]()
    for name, program in names.items():
        try:
            (found,), seconds = _beside({name: AT_ONCE})
        except Missing as missing:
            lines.append(_missing(f"beside {program}", missing, "faster"))
            continue
        faster = _inverse(found)
        lines.append(Line(f"beside {program}, paths a second", f"{faster.text()} times", "faster",
                          verdict(faster.middle > 1)))  # fmt: skip
        figures |= {name: seconds | {"faster": faster.kept()}}
    return Found(lines, figures)


def _times_faster(name: str, peer: str, paths: int, reach: int) -> Found:
    try:
        (found,), seconds = _beside({peer: paths})
    except Missing as missing:
        return Found([_missing(f"beside {name}", missing, f"≥ {reach:,} times")])
    faster = _inverse(found)
    line = Line(f"beside {name}, paths a second", f"{faster.text()} times", f"≥ {reach:,} times",
                verdict(faster.middle >= reach))  # fmt: skip
    return Found([line], seconds | {"faster": faster.kept()})


def _work(run: Callable[[Facts, int, int], Outcome], facts: Facts, paths: int) -> Work:
    return Work(lambda: run(facts, paths, SEED), lambda done: done.ally_years == paths * ALLY_YEARS, paths)


def _beside(peers: Mapping[str, int]) -> tuple[list[Spread], dict[str, Any]]:
    """The product's time over each peer's, for one path; `peers` names them with the paths they are timed on.

    Raises:
        Missing: a package or a compiler is not there.
    """
    scenario = using(MAIN, "shipped")  # the peers draw no parameters
    facts = facts_of(scenario)
    works = {"product": block(scenario=scenario)}
    for name, paths in peers.items():
        run = import_module(f"benchmarks.peers.{name}").run
        works[name] = _work(run, facts, paths)
    seconds = in_turns(works, TURNS)
    us = {f"{name}_path_us": 1e6 * sorted(times)[TURNS // 2] for name, times in seconds.items()}
    return [ratio(seconds["product"], seconds[name]) for name in peers], us | {"turns": TURNS}


def _inverse(found: Spread) -> Spread:
    return Spread(1 / found.middle, 1 / found.high, 1 / found.low)


def _missing(what: str, missing: Missing, reach: str) -> Line:
    return Line(what, "not measured", reach, f"{str(missing).partition(';')[0]}: {REMEDY}")
