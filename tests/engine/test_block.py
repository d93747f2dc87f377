"""A job's blocks are its paths one after the other; what an onlooker is told of elections is what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import numpy as np
import pytest

import sim
from sim.data.tables import load_tables
from sim.engine import block
from sim.engine.block import Job, keep_freed_memory, run_block, run_job
from sim.engine.elections import EARLY, GOVERNMENT, SCHEDULED
from sim.engine.observer import Observer
from sim.model.state import AllyState, Hit, World

TARGET = "[targets.core]\nshare_pct = 3.5\nby = 2030\n[horizon]\nlast_year = 2029\n"


CODES = {ally.iso3: ally.iso_numeric for ally in load_tables().armed_allies()}
HELD = {"will": np.float32, "last_vote": np.int16, "changes": np.uint16}
"""What a block holds of every ally and path, in no more bytes than it needs: memory is what bounds a block."""


def test_a_job_is_its_blocks_one_after_the_other() -> None:
    scenario = sim.loads(TARGET)
    whole = run_block(scenario, 7, 32, 80, ["share_pct"])
    for size in (16, 32, 80, 4_096):
        parts = run_job(Job(scenario, 7, 32, 80, size, ("share_pct",)))
        assert (parts.first, parts.paths) == (32, 80)
        assert parts.digest() == whole.digest()


def test_a_process_keeps_what_blocks_free_and_is_told_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []
    asked: list[None] = []

    def library(name: None) -> SimpleNamespace:
        asked.append(name)
        return SimpleNamespace(mallopt=lambda parameter, size: told.append((parameter, size)))

    monkeypatch.setattr(block.ctypes, "CDLL", library)
    keep_freed_memory.cache_clear()
    for first in (0, 16):
        run_block(sim.loads(TARGET), 7, first, 16)
    assert asked == [None]
    assert told == [(-3, 32 * 1024**2), (-1, 1024**3)], "mallopt(3): M_MMAP_THRESHOLD, M_TRIM_THRESHOLD"
    keep_freed_memory.cache_clear()


def test_changes_of_government_are_counted_for_those_who_ask_only() -> None:
    counted = []

    class Bystander(Observer):
        def begin(self, world: World) -> None:
            counted.append(world.changes)

    run_block(sim.loads(TARGET), 7, 0, 16, observer=Bystander())
    assert counted == [None]


@pytest.mark.parametrize("missing", [AttributeError, OSError, TypeError])
def test_where_memory_cannot_be_kept_a_block_runs_without(
    missing: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def library(name: None) -> None:
        asked.append(name)
        raise missing

    asked: list[None] = []
    monkeypatch.setattr(block.ctypes, "CDLL", library)
    keep_freed_memory.cache_clear()
    keep_freed_memory()
    keep_freed_memory()
    assert asked == [None], "a process is asked once"
    keep_freed_memory.cache_clear()


class Polls(Observer):
    """Notes every election and fall it is told of."""

    asks_for_changes = True

    def begin(self, world: World) -> None:
        self.world = world
        held = {name: getattr(world, name) for name in ("will", "last_vote", "changes")}
        assert {name: values.dtype for name, values in held.items()} == HELD
        self.seen: list[tuple[str, str, int, int, int]] = []  # stream, ally, year, month, paths

    @contextmanager
    def happening(self, words: Callable[[Hit], str], ally: AllyState | None, hit: Hit) -> Iterator[None]:
        yield
        if ally is None or hit.stream not in (GOVERNMENT, EARLY, SCHEDULED):
            return
        clock = self.world.calendar
        assert hit.draws is self.world.draws
        assert (hit.period, hit.ally) == (clock.year, CODES[ally.iso3])
        assert ally.code == CODES[ally.iso3]
        assert hit.paths.size
        assert (np.diff(hit.paths) > 0).all()
        assert ally.in_prose in words(hit)
        self.seen.append((hit.stream, ally.iso3, clock.year, clock.month % 12 + 1, hit.paths.size))


def polls(politics: str) -> list[tuple[str, str, int, int, int]]:
    observer = Polls()
    run_block(sim.loads(f"{TARGET}[budget]\npledges = false\n[will]\n{politics}"), 3, 0, 512, observer=observer)
    return observer.seen


def test_onlookers_are_told_of_every_election_by_ally_stream_and_month() -> None:
    seen = polls("early_election_rate = 0.5\nchange_between_elections = 0.5\n")
    assert {stream for stream, *_ in seen} == {GOVERNMENT, EARLY, SCHEDULED}
    assert {month for stream, _, _, month, _ in seen if stream == GOVERNMENT} == {1}
    assert {month for stream, _, _, month, _ in seen if stream == EARLY} == set(range(1, 13))
    assert len({iso3 for _, iso3, *_ in seen}) == 31
    assert all(paths < 512 for stream, *_, paths in seen if stream != SCHEDULED)


@pytest.mark.parametrize("quiet", ["early_election_rate = 0.0\nchange_between_elections = 0.0\n"])
def test_nobody_is_told_of_what_happens_on_no_path(quiet: str) -> None:
    seen = polls(quiet)
    assert {stream for stream, *_ in seen} == {SCHEDULED}
    assert {paths for *_, paths in seen} == {512}, "no earlier vote makes one void"
    snap = '[[event]]\nname = "snap"\nkind = "election"\nally = "DEU"\nwhen = "2028-06"\n'
    assert {(iso3, year) for _, iso3, year, *_ in seen} - {
        (iso3, year) for _, iso3, year, *_ in polls(quiet + snap)
    } == {("DEU", 2029)}, "all of its paths have voted"


def test_which_target_a_blocks_other_paths_follow_moves_no_bit() -> None:
    """A target that all paths of a block follow is a number, else an array: a constant excess meets both alike."""
    scenario = sim.loads(
        "[horizon]\nlast_year = 2030\n[targets.core]\nshare_pct = 2.37\nby = 2027\nyardstick = true\n"
        "[targets.more]\nshare_pct = 2.83\nby = 2028\n"
        "[outturn]\nlate_push_excess = 0.01234567\nlate_push_reach_pct = 2.0\n"
    )
    whole = run_block(scenario, 7, 0, 512, ["reported_pct"]).kept["reported_pct"]
    for first in range(0, 512, 16):
        part = run_block(scenario, 7, first, 16, ["reported_pct"]).kept["reported_pct"]
        assert (part == whole[:, :, first : first + 16]).all()
