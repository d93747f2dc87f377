"""Two worker processes beside one process, on the wall; and whether `auto` knows when they do not pay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from benchmarks.alone import fresh
from benchmarks.measure import WALL, Work, figure, in_turns, ratio, spread
from benchmarks.product import ALLY_YEARS, FILE, MAIN, counted
from benchmarks.report import Found, Line, verdict
from sim.execution import executors, simulate

TURNS = 3
PATHS, MANY = 400_000, 4_000_000
WORKERS, REACH = 2, 1.8
START_TURNS = 3
FEW = 32
LARGEST_ASKED = 2**27


class Warm:
    """An executor whose processes are there already, and stay."""

    def __init__(self, kept: executors.Executor) -> None:
        self._kept = kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """The processes are kept for the next run."""

    def map(self, function: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
        """The results, in order."""
        yield from self._kept.map(function, jobs)


def workers() -> Found:
    """A warm pool, and the choice of `auto`."""
    cores = executors.cores()
    if cores < WORKERS:
        return Found([Line("two workers", "not measured", f"≥ {REACH} times", f"this machine has {cores} processor")])
    with executors.choose("processes", WORKERS) as pool:
        executors.EXECUTORS["warm"] = lambda _: Warm(pool)
        try:
            works = {"one": _work("serial", 1), "two": _work("warm", WORKERS)}
            seconds = in_turns(works, TURNS, WALL)
        finally:
            del executors.EXECUTORS["warm"]
    faster = ratio(seconds["one"], seconds["two"])
    label = f"{WORKERS} workers, warm, beside one process: {PATHS:,} paths, {cores} cores"
    line = Line(label, f"{faster.text()} times", f"≥ {REACH} times", verdict(faster.middle >= REACH))
    choice, figures = _choice(spread(seconds["one"]).middle, faster.middle)
    return Found([line, *choice], {"cores": cores, "faster": faster.kept(), "turns": TURNS} | figures)


def cold_start() -> Found:
    """A run long enough to hide what starting the processes costs, each in a process of its own."""
    cores = executors.cores()
    if cores < WORKERS:
        return Found([Line("two workers", "not measured", f"≥ {REACH} times", f"this machine has {cores} processor")])
    turns = [
        {number: fresh(FILE, MANY, workers=number)["wall_s"][0] for number in order}
        for order in ((1, WORKERS), (WORKERS, 1), (1, WORKERS))
    ]
    faster = spread([wall[1] / wall[WORKERS] for wall in turns])
    label = f"{WORKERS} workers, cold, beside one process: {MANY:,} paths, {cores} cores"
    line = Line(label, faster.text(unit=" times"), f"≥ {REACH} times", verdict(faster.middle >= REACH))
    return Found([line], {
        "cores": cores, "faster": faster.kept(), "one_s": [wall[1] for wall in turns],
        "two_s": [wall[WORKERS] for wall in turns],
    })  # fmt: skip


def _choice(path_s: float, faster: float) -> tuple[list[Line], dict[str, Any]]:
    """From how many paths a cold pool pays, by what starting it costs, and from how many `auto` takes one."""
    starts = [
        fresh(FILE, FEW, workers=WORKERS)["wall_s"][0] - fresh(FILE, FEW)["wall_s"][0] for _ in range(START_TURNS)
    ]
    start = spread(starts)
    pays = start.middle / (path_s * (1 - 1 / faster)) if faster > 1 else float("inf")
    takes = _auto_takes_a_pool_from()
    return [
        Line(f"starting {WORKERS} workers, wall", start.text(unit=" s")),
        Line(f"`auto` takes workers from {figure(takes)} paths on", f"they pay from {figure(pays)} paths on"
             if pays < float("inf") else "they never pay", "serial where a pool would not pay", verdict(takes >= pays)),
    ], {"start_s": start.kept(), "pays_from": pays if pays < float("inf") else None, "auto_from": takes,
        "auto_from_ally_years": takes * ALLY_YEARS}  # fmt: skip


class _Chosen(Exception):
    """What `auto` would have taken."""


def _auto_takes_a_pool_from() -> int:
    """The fewest paths for which `auto` chooses worker processes: asked, not simulated."""
    serial, pool = 1, LARGEST_ASKED
    assert _asked(serial) == "serial"
    assert _asked(pool) == "processes"
    while pool - serial > 1:
        middle = (serial + pool) // 2
        serial, pool = (middle, pool) if _asked(middle) == "serial" else (serial, middle)
    return pool


def _asked(paths: int) -> str:
    plain = executors.choose

    def asked(name: str, workers: int) -> executors.Executor:
        raise _Chosen(name)

    executors.choose = asked
    try:
        simulate.simulate(MAIN, paths)
    except _Chosen as chosen:
        return str(chosen)
    finally:
        executors.choose = plain
    raise AssertionError("a run that asks for no executor")


def _work(executor: str, workers: int) -> Work:
    return Work(
        lambda: simulate.simulate(MAIN, PATHS, executor=executor, workers=workers).counts,
        lambda counts: counted(counts, PATHS),
        PATHS,
    )
