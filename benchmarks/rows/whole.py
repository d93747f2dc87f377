"""The whole simulation beside NumPy merely drawing; the same with a small recorder; 10,000 paths for a user."""

from __future__ import annotations

import numpy as np

import sim
from benchmarks.measure import PROCESSOR, WALL, Work, in_turns, ratio, spread
from benchmarks.product import ALLIES, FILE, MAIN, NUMPY, SEED, YEARS, block, counted, events_of_a_block, numpy_draws
from benchmarks.report import Found, Line, verdict
from sim.distributions.draws import Draws
from sim.engine.block import BlockSimulation, run_block
from sim.engine.drawn_parameters import Parameters
from sim.engine.observer import Observer
from sim.execution.simulate import BLOCK
from sim.numerics.grid import printed
from sim.results.counts import CELLS

TURNS = 7
MUST, REACH, SECONDS = 0.45, 0.30, 0.12
FEW = 10_000


class CoreOnly:
    """Counts the printed core share, and who meets the core target, each December: int64 (allies, years, CELLS)."""

    def __init__(self, stage: BlockSimulation) -> None:
        target = MAIN.yardstick("core")
        assert target is not None
        self._stage, self._goal = stage, int(printed(target.share_pct))
        self.shares = np.zeros((ALLIES, YEARS, CELLS), dtype=np.int64)
        self.compliant = np.zeros((ALLIES, YEARS), dtype=np.int64)

    def record(self, year: int) -> None:
        """Count one December."""
        step = year - self._stage.years.base - 1
        for index, ally in enumerate(self._stage.world.allies.values()):
            assert ally.reported_pct is not None
            cells = np.minimum(printed(ally.reported_pct), CELLS - 1)
            self.shares[index, step] = np.bincount(cells, minlength=CELLS)
            self.compliant[index, step] = self.shares[index, step, self._goal :].sum()


def core_only(paths: int = BLOCK) -> CoreOnly:
    """One block, recorded by the small recorder."""
    draws = Draws(SEED, 0, paths)
    stage = BlockSimulation(MAIN, Parameters((MAIN,), draws), draws, Observer())
    recorder = CoreOnly(stage)
    stage.run(recorder.record)
    return recorder


def whole() -> Found:
    """Everything recorded."""
    seconds = in_turns({"product": block(), "numpy": numpy_draws()}, TURNS)
    found, path = ratio(seconds["product"], seconds["numpy"]), spread(seconds["product"])
    must = "" if found.middle <= REACH else f"the must of {MUST:.2f}: {verdict(found.middle <= MUST)}"
    line = Line(f"whole simulation, everything recorded, {NUMPY}", f"{found.text()} times", f"≤ {REACH:.2f}",
                verdict(found.middle <= REACH, must))  # fmt: skip
    rate = Line("paths a second, one core", f"{1 / path.middle:,.0f}")
    return Found([line, rate], {
        "ratio": found.kept(), "path_us": 1e6 * path.middle, "numpy_path_us": 1e6 * spread(seconds["numpy"]).middle,
        "block": BLOCK, "events": events_of_a_block(), "turns": TURNS,
    })  # fmt: skip


def core() -> Found:
    """Core counts and the core histogram only, the same as the whole recorder's."""
    full = run_block(MAIN, SEED, 0, BLOCK).arrays

    def same(recorder: CoreOnly) -> bool:
        return bool(
            np.array_equal(recorder.shares, full["shares"][0])
            and np.array_equal(recorder.compliant, full["compliant"][0])
        )

    seconds = in_turns({"core": Work(core_only, same, BLOCK), "numpy": numpy_draws()}, TURNS)
    found = ratio(seconds["core"], seconds["numpy"])
    line = Line(f"the same, core counts and the core histogram only, {NUMPY}", f"{found.text()} times",
                f"≤ {REACH:.2f}", verdict(found.middle <= REACH))  # fmt: skip
    return Found([line], {"ratio": found.kept(), "turns": TURNS})


def ten_thousand() -> Found:
    """`sim.simulate` of 10,000 paths as a user calls it, in a process that has simulated before."""
    scenario = sim.load(FILE)
    work = Work(
        lambda: sim.simulate(scenario, paths=FEW, executor="serial"), lambda done: counted(done.record.counts, FEW)
    )
    processor, wall = in_turns({"": work}, TURNS, PROCESSOR)[""], in_turns({"": work}, TURNS, WALL)[""]
    found = spread(processor)
    line = Line(f"{FEW:,} paths, warm, inside one process: processor time", f"{found.text(unit=' s')}",
                f"≤ {SECONDS} s", verdict(found.middle <= SECONDS))  # fmt: skip
    on_the_wall = Line("the same, time on the wall", spread(wall).text(unit=" s"))
    return Found([line, on_the_wall], {"seconds": found.kept(), "wall_s": spread(wall).kept(), "turns": TURNS})
