"""Executors: the same results in the same order from each, one pool for all calls inside `with`, none left behind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

from sim.errors import RunError, UsageError
from sim.execution import executors, simulate
from sim.execution.executors.processes import Processes

PID = "__import__('os').getpid()"
DEATH = "__import__('os')._exit(9)"
JOBS = [f"{number} ** 2" for number in range(11)]
SQUARES = [number**2 for number in range(11)]
"""Expressions for `eval`: a function that every worker has."""


@pytest.mark.parametrize("name", sorted(executors.EXECUTORS))
@pytest.mark.parametrize("kept", [False, True])
def test_results_come_in_the_order_of_the_jobs(name: str, kept: bool) -> None:
    executor = executors.choose(name, 2)
    if kept:
        with executor as same:
            assert same is executor
            assert list(executor.map(eval, JOBS)) == list(executor.map(eval, JOBS)) == SQUARES
    assert list(executor.map(eval, JOBS)) == SQUARES
    assert list(executor.map(eval, [])) == []
    assert not active_children()


def test_one_pool_serves_every_call_inside_with() -> None:
    with Processes(1) as executor:
        first, second = (set(executor.map(eval, [PID, PID])) for _ in range(2))
        assert first == second
    assert not active_children()
    with executor:
        assert set(executor.map(eval, [PID])) != first


def test_without_with_each_call_has_a_pool_of_its_own() -> None:
    """The control: the comparison of process numbers can tell pools apart."""
    executor = Processes(1)
    assert list(executor.map(eval, [PID])) != list(executor.map(eval, [PID]))


def test_a_job_that_fails_fails_alone() -> None:
    with Processes(1) as executor:
        with pytest.raises(ZeroDivisionError):
            list(executor.map(eval, ["1", "1 / 0", "2"]))
        assert list(executor.map(eval, JOBS)) == SQUARES
    assert not active_children()


@pytest.mark.parametrize("kept", [False, True])
def test_a_worker_that_dies_is_told_with_a_remedy(kept: bool) -> None:
    executor = Processes(1)
    if kept:
        executor.__enter__()
    with pytest.raises(RunError, match=r"exit code 9.*--workers 1, or executor=\"serial\""):
        list(executor.map(eval, [DEATH, "1"]))
    if kept:
        executor.__exit__()
    assert not active_children()


def test_results_nobody_wants_any_more_leave_no_worker() -> None:
    found = Processes(1).map(eval, JOBS)
    assert next(found) == 0
    assert isinstance(found, Iterator)
    found.close()  # type: ignore[attr-defined]
    assert not active_children()


def test_no_more_jobs_are_under_way_than_two_a_worker() -> None:
    asked: list[str] = []

    def jobs() -> Iterator[str]:
        for job in JOBS:
            asked.append(job)
            yield job

    with Processes(1) as executor:
        found = executor.map(eval, jobs())
        assert next(found) == 0
        assert len(asked) == 2
        assert list(found) == SQUARES[1:]


def test_an_unknown_executor_is_refused() -> None:
    with pytest.raises(UsageError, match="no executor 'grid'; there are auto, serial, processes"):
        executors.choose("grid", 1)


def test_blocks_are_small_enough_to_be_shared_and_no_smaller_than_pays() -> None:
    paths = (1_000, 200_000, 4_000_000)
    sizes = {(number, workers): simulate.block_size(number, workers) for number in paths for workers in (1, 2, 8)}
    assert {size for (_, workers), size in sizes.items() if workers == 1} == {simulate.BLOCK}
    assert sizes[1_000, 2] == sizes[200_000, 8] == simulate.LEAST_BLOCK
    assert sizes[200_000, 2] == 7 * 4_096, "four blocks a worker, in whole stretches of paths"
    assert sizes[4_000_000, 8] == simulate.BLOCK


@pytest.mark.parametrize(("system", "workers"), [("win32", 61), ("linux", 64), ("darwin", 64)])
def test_windows_has_as_many_workers_as_it_can_wait_for(
    system: str, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert Processes(64).workers == workers
    assert Processes(2).workers == 2
