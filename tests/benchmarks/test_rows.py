"""What the benchmarks assert of the work tells a whole run from a smaller one; what they watch they put back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import simpy

from benchmarks import product
from benchmarks.alone import alone
from benchmarks.rows import costs, scaling, whole, workers
from sim.distributions.draws import Draws
from sim.engine.block import run_block
from sim.execution import executors
from sim.numerics.streams import Streams

PATHS = 64


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Whatever a benchmark replaces to look at it stands again afterwards."""
    before = simpy.Environment.step, dict(vars(Draws)), dict(vars(Streams)), dict(executors.EXECUTORS)
    choose = executors.choose
    yield
    assert before == (
        simpy.Environment.step, dict(vars(Draws)), dict(vars(Streams)), dict(executors.EXECUTORS),
    )  # fmt: skip
    assert executors.choose is choose


def test_a_block_that_lacks_paths_is_not_done() -> None:
    counts = run_block(product.MAIN, product.SEED, 0, PATHS)
    assert product.counted(counts, PATHS)
    assert not product.counted(counts, PATHS + 16)
    counts.arrays["group_shares"][1, 2, 3, 400] += 1
    assert not product.counted(counts, PATHS)


def test_the_small_recorder_counts_what_the_whole_one_does() -> None:
    arrays = run_block(product.MAIN, product.SEED, 0, PATHS).arrays
    small = whole.core_only(PATHS)
    assert np.array_equal(small.shares, arrays["shares"][0])
    assert np.array_equal(small.compliant, arrays["compliant"][0])


def test_events_are_counted_and_more_years_have_more() -> None:
    assert product.events_of_a_block(16) == product.events_of_a_block(16) > product.ALLIES * product.YEARS


def test_words_are_counted_and_grow_with_the_paths() -> None:
    def words(paths: int) -> int:
        with costs.ledger() as found:
            run_block(product.MAIN, product.SEED, 0, paths)
        assert 0 < found.seconds[Streams] < found.seconds[Draws]
        return found.words

    assert words(10 * 1_024) == pytest.approx(10 * words(1_024), rel=0.05)


def test_bare_simpy_runs_as_many_events_as_it_says() -> None:
    bare, taken = costs.bare_simpy(), 0
    plain = simpy.Environment.step

    class Counting(simpy.Environment):
        def step(self) -> None:
            nonlocal taken
            taken += 1
            plain(self)

    costs.Environment, kept = Counting, costs.Environment
    try:
        assert bare.done(bare.run())
    finally:
        costs.Environment = kept
    assert taken == pytest.approx(bare.units, rel=0.01)  # and what starts and ends a process


def test_a_table_of_allies_leaves_out_all_but_three() -> None:
    few = scaling.with_allies(3)
    counts = run_block(few, 1, 0, 16)
    assert product.counted(counts, 16, allies=3)


def test_events_are_as_many_as_asked_for() -> None:
    none, some = scaling.with_events(product.MAIN, (0, 5))
    assert none.event == ()
    assert {event.kind for event in some.event} == {"crisis"}
    assert len(some.event) == 5


def test_auto_is_asked_without_simulating(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "cores", lambda: 2)  # on one processor it knows no workers
    paths = workers._auto_takes_a_pool_from()
    assert workers._asked(paths - 1) == "serial"
    assert workers._asked(paths) == "processes"


def test_a_process_of_its_own_tells_time_and_memory() -> None:
    found = alone(product.FILE, 32, turns=2, warm=True)
    assert len(found["thread_s"]) == len(found["wall_s"]) == 2
    assert 20 < found["memory_mb"] < 2_000
