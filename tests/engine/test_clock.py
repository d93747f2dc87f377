"""The calendar of a block: months in whole numbers, and places inside a month that are declared."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from simpy import Event

from sim.engine.clock import Clock, Process
from sim.model.calendar import RANKS, Phase, split_month


def noted(clock: Clock, *asked: tuple[int, Phase, int | None]) -> list[tuple[int, Phase, int | None]]:
    """In which order events come that are asked for in another, up to December 2027."""
    seen: list[tuple[int, Phase, int | None]] = []

    def wait(month: int, phase: Phase, rank: int | None) -> Process:
        yield clock.at(month, phase) if rank is None else clock.at(month, phase, rank)
        assert clock.month == month
        seen.append((month, phase, rank))

    for each in asked:
        clock.start(wait(*each))
    clock.run(2027)
    return seen


def test_events_come_by_month_phase_and_rank_and_first_where_no_rank_is_given() -> None:
    order = [
        (0, Phase.END, 3),
        (5, Phase.MACRO, None),
        (5, Phase.MACRO, 1),
        (5, Phase.MACRO, RANKS - 1),
        (5, Phase.EVENT, None),
        (5, Phase.BUDGET, 7),
        (6, Phase.MACRO, 2),
    ]
    assert noted(Clock(2026), *reversed(order)) == order


def test_a_run_ends_with_the_last_december_and_not_before_all_of_it() -> None:
    december = (23, Phase.RECORD, RANKS - 1)
    assert noted(Clock(2026), december, (24, Phase.MACRO, 0), (30, Phase.EVENT, 0)) == [december]


def test_months_are_counted_from_the_base_year() -> None:
    clock = Clock(2026)
    assert [clock.month_of(2026, 1), clock.month_of(2026, 12), clock.month_of(2028, 3)] == [0, 11, 26]
    assert split_month("2028-05") == (2028, 5)
    assert (clock.month, clock.year) == (0, 2026)
    clock.run(2028)
    assert (clock.month, clock.year) == (35, 2028)


@pytest.mark.parametrize("rank", [-1, RANKS])
def test_a_rank_that_would_fall_into_another_phase_is_refused(rank: int) -> None:
    with pytest.raises(ValueError, match=rf"^rank {rank} is not in 0\.\.999$"):
        Clock(2026).at(3, Phase.EVENT, rank)


def test_an_event_of_the_clock_can_be_awaited_with_others() -> None:
    """It is an event of SimPy like any other: a process may wait for two at once."""
    clock, seen = Clock(2026), []

    def both() -> Iterator[Event]:
        yield clock.at(3, Phase.EVENT) & clock.at(8, Phase.EVENT)
        seen.append(clock.month)

    clock.start(both())
    clock.run(2026)
    assert seen == [8]
