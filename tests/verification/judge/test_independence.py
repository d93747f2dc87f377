"""Draws at different addresses know nothing of each other, and streams that do are told apart by the same judge."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from judge import wrong
from judge.independence import (
    ADDRESSES,
    NATO,
    PERIODS,
    Maker,
    address_checks,
    addresses,
    names_of_the_page,
    serial_checks,
    stream_checks,
    stretch_checks,
    uniformity_checks,
)  # fmt: skip
from judge.judge import CHECKS, Control, broken
from judge.politics import table
from sim.numerics.streams import Streams

FEW = 1 << 12


def test_no_address_knows_of_another() -> None:
    checks = stream_checks()
    assert broken(checks) == []
    assert len(checks) == CHECKS["streams"]


def test_the_addresses_are_of_every_kind() -> None:
    places = addresses()
    assert len(set(places)) == ADDRESSES
    assert {place.name for place in places} == {name for name, _ in names_of_the_page()}
    assert {
        "outturn/late_push/excess", "election/early/jump", "event/crisis/month", "param/will.mean", "parameters/draw",
        "parameters/in_earnest", "parameters/geography",
    } <= {name for name, _ in names_of_the_page()}  # fmt: skip
    same_but_ally = [(place.name, place.period) for place in places if place.ally]
    same_but_year = [(place.name, place.ally) for place in places]
    assert max(same_but_ally.count(pair) for pair in same_but_ally) > 1
    assert max(same_but_year.count(pair) for pair in same_but_year) > 1
    assert PERIODS == 60


def test_the_allies_are_those_of_the_data() -> None:
    assert list(NATO) == sorted(int(row["iso_numeric"]) for row in table("allies") if row["armed_forces"] == "1")


@cache
def on_addresses(streams: Maker) -> Callable[[], list[str]]:
    return cache(lambda: broken(address_checks(streams, paths=FEW)))


@cache
def on_series(streams: Maker) -> Callable[[], list[str]]:
    return cache(lambda: broken(serial_checks(streams, paths=FEW)))


@cache
def on_stretches(streams: Maker) -> Callable[[], list[str]]:
    return cache(lambda: broken(stretch_checks(streams)))


@cache
def on_words(streams: Maker) -> Callable[[], list[str]]:
    return cache(lambda: broken(uniformity_checks(streams)))


CONTROLS = [
    Control("names that end alike are one stream", "addresses: largest", on_addresses(wrong.ReusedName)),
    Control("names that end alike are one stream", "addresses: all", on_addresses(wrong.ReusedName)),
    Control("every year is the first", "addresses: largest", on_addresses(wrong.IgnoredPeriod)),
    Control("an ally has its neighbour's draws", "addresses: largest", on_addresses(wrong.NeighbouringAlly)),
    Control("an ally has its neighbour's draws", "squares of addresses: largest", on_addresses(wrong.NeighbouringAlly)),
    Control("years overlap by all but a path", "addresses, a path further: largest",
            on_addresses(wrong.OverlappingLane)),
    Control("years overlap by all but a path", "addresses, a path further: all", on_addresses(wrong.OverlappingLane)),
    Control("years differ in sign alone", "squares of addresses: all", on_addresses(wrong.Mirrored)),
    Control("all stretches are one arrangement", "inside stretches: largest", on_stretches(wrong.OneArrangement)),
    Control("all stretches are one arrangement", "inside stretches: all", on_stretches(wrong.OneArrangement)),
    Control("all stretches are one arrangement", "planes of 16 by 16", on_stretches(wrong.OneArrangement)),
    Control("stretches are not mixed", "planes of 64 by 64", on_stretches(wrong.Unmixed)),
    Control("every year is the first", "outturn/noise over 60 periods: largest", on_series(wrong.IgnoredPeriod)),
    Control("every year is the first", "outturn/noise over 60 periods: all", on_series(wrong.IgnoredPeriod)),
    Control("every year is the first", "growth/factor: periods 1 apart", on_series(wrong.IgnoredPeriod)),
    Control("years overlap by all but a counter", "growth/factor over 60 periods, 16 paths further: largest",
            on_series(wrong.OverlappingCounter)),
    Control("years overlap by all but a counter", "growth/factor over 60 periods, 16 paths further: all",
            on_series(wrong.OverlappingCounter)),
    Control("an ally has its neighbour's draws", "outturn/noise over allies: largest",
            on_series(wrong.NeighbouringAlly)),
    Control("an ally has its neighbour's draws", "outturn/noise over allies: all", on_series(wrong.NeighbouringAlly)),
    Control("seeds that differ by little are one", "seeds: largest", on_series(wrong.SeedByThousands)),
    Control("seeds that differ by little are one", "seeds: all", on_series(wrong.SeedByThousands)),
    Control("the refining word is the word", "outturn/execution: both words: largest", on_series(wrong.SameSecondWord)),
    Control("every second path has its neighbour's word", "outturn/execution: paths 1 apart", on_series(wrong.Doubled)),
    Control("every second path has its neighbour's word", "pairs of neighbours", on_words(wrong.Doubled)),
    Control("the lowest bit is lost", "the lowest bits", on_words(wrong.LostBit)),
    Control("words above a certain one never come", "all words", on_words(wrong.Narrow)),
    Control("one lane in sixteen lacks its highest bit", "lanes", on_words(wrong.TiltedLane)),
]  # fmt: skip


def test_nothing_is_said_against_the_streams_as_they_are() -> None:
    """On the paths of a control."""
    assert on_addresses(Streams)() == on_series(Streams)() == []


@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_streams_that_share_bits_are_told_apart(control: Control) -> None:
    assert control.told()[0]
