"""How a comparison is cut, counted and put together: on made paths and made Decembers, without simulating any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.comparison import compare as comparing
from sim.analysis.comparison import paired_counts, path_outcomes
from sim.analysis.comparison.compare import comparable, compare
from sim.analysis.comparison.paired_counts import PairedCounts, PairedJob, _square_sums, run_together
from sim.analysis.comparison.path_outcomes import MEASURES, PathOutcomes
from sim.data.tables import load_tables
from sim.distributions import quantile_tables
from sim.engine.december import ALLIANCE, EUROPE_CANADA, AllyOutcome, GroupOutcome, LatePush
from sim.engine.observer import Observer
from sim.errors import Fault
from sim.execution import executors, simulate
from sim.numerics.streams import STREAM_VERSION
from sim.results.counts import TALLIES
from sim.scenario.edit.compare import builds_on

YEARS, SHAPE = (2027, 2028), (len(TALLIES), 3, 2)
MARKS = {name: np.random.default_rng(index).random((*SHAPE, 100)) < 0.5 for index, name in enumerate("abc")}
FIGURES = {
    name: np.random.default_rng(10 + index).integers(-3_000_000, 3_000_000, (len(MEASURES), 2, 100))
    for index, name in enumerate("abc")
}
"""What a hundred paths of three scenarios came to."""


@dataclass
class MadePaths:
    """Stands in for the simulation of a block; scenarios are names."""

    scenario: Any
    seed: int
    first: int
    paths: int
    years: Sequence[int]

    def __post_init__(self) -> None:
        assert (self.seed, tuple(self.years)) == (5, YEARS)
        these = slice(self.first, self.first + self.paths)
        self.met = np.packbits(MARKS[self.scenario][..., these], axis=-1)
        self.figures = FIGURES[self.scenario][..., these]


@pytest.fixture
def blocks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int, int]]:
    """Which blocks were simulated."""
    seen = []

    def made(scenario: Any, seed: int, first: int, paths: int, years: Sequence[int]) -> MadePaths:
        seen.append((scenario, first, paths))
        return MadePaths(scenario, seed, first, paths, years)

    monkeypatch.setattr(paired_counts, "PathOutcomes", made)
    return seen


def job(first: int, paths: int, block: int, **more: Any) -> PairedJob:
    names: Any = ("b", "c")
    one: Any = "a"
    return PairedJob(one, 5, first, paths, block, others=names, years=YEARS, **more)


def laid_beside(first: int, paths: int) -> PairedCounts:
    """The joint counts in the plainest way."""
    these = slice(first, first + paths)
    marks, figures = ({name: each[name][..., these] for name in "abc"} for each in (MARKS, FIGURES))
    wide = {name: figures[name].astype(object) for name in "abc"}
    return PairedCounts(
        first,
        paths,
        np.stack([marks[name].sum(axis=-1) for name in "abc"]),
        np.stack([(marks["a"] & marks[name]).sum(axis=-1) for name in "bc"]),
        np.stack([wide[name].sum(axis=-1) for name in "abc"]),
        np.stack([((wide[name] - wide["a"]) ** 2).sum(axis=-1) for name in "bc"]),
    )


def same(one: PairedCounts, other: PairedCounts) -> bool:
    return (one.first, one.paths) == (other.first, other.paths) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ("met", "both", "sums", "squares")
    )


@pytest.mark.parametrize(
    ("first", "paths", "block", "cut"),
    [(0, 48, 48, [(0, 48)]), (16, 84, 32, [(16, 32), (48, 32), (80, 20)]), (16, 32, 64, [(16, 32)])],
)
def test_a_job_is_counted_block_by_block(
    blocks: list[tuple[str, int, int]], first: int, paths: int, block: int, cut: list[tuple[int, int]]
) -> None:
    found = run_together(job(first, paths, block))
    assert same(found, laid_beside(first, paths))
    assert {found.met.dtype, found.both.dtype} == {np.dtype(np.int64)}
    assert {type(value) for value in (*found.sums.flat, *found.squares.flat)} == {int}
    assert blocks == [(name, *each) for each in cut for name in "abc"]


def test_a_worker_knows_the_distributions_it_was_handed(blocks: list[tuple[str, int, int]]) -> None:
    shape: Any = ("a shape of its own",)
    evaluated: Any = {shape: "its quantiles"}
    try:
        run_together(job(0, 16, 16, evaluated=evaluated))
        assert quantile_tables.kept()[shape] == evaluated[shape]
    finally:
        quantile_tables.kept().pop(shape, None)


def test_stretches_of_paths_are_added_in_their_order() -> None:
    assert same(laid_beside(0, 40).merged(laid_beside(40, 60)), laid_beside(0, 100))
    for first, after in ((0, 41), (0, 39), (40, 0)):
        with pytest.raises(ValueError, match=rf"^paths {first}\+40 and {after}\+16 do not join$"):
            laid_beside(first, 40).merged(laid_beside(after, 16))


@pytest.mark.parametrize("size", [0, 1, 2**20 - 1, 2**20, 2**20 + 1, 3 * 2**19, 2**36 + 12_345])
def test_squares_are_exact_where_64_bits_are_too_few(size: int) -> None:
    found = _square_sums(np.array([[size, -size, 1], [1, 2, -3]]))
    assert found.tolist() == [2 * size**2 + 1, 14]
    assert all(type(value) is int for value in found)


def outcome(row: int, met: Sequence[Any], push: LatePush | None = None) -> AllyOutcome:
    state: Any = None
    return AllyOutcome(row, state, (), tuple(met), None, push)


def late_push(paths: Iterable[int], on_paper: Iterable[bool] | None) -> LatePush:
    mask = None if on_paper is None else np.array(list(on_paper))
    other = np.ones(len(list(paths)), dtype=bool)
    return LatePush(np.array(list(paths)), (), (mask, other), None, None)


def test_what_is_spent_only_lacks_the_paths_that_are_there_on_paper() -> None:
    core = np.array([True, True, False, True, True])
    without = path_outcomes._core_without_push(
        outcome(0, (core, None, None), late_push((1, 2, 4), (True, False, False)))
    )
    assert np.array_equal(present_mask(without), [True, False, False, True, True])
    assert core.tolist() == [True, True, False, True, True]
    for push in (None, late_push((1,), None)):
        assert path_outcomes._core_without_push(outcome(0, (core, None, None), push)) is core
    assert path_outcomes._core_without_push(outcome(0, (None, core, None), late_push((1,), (True,)))) is None


def present_mask(mask: Any) -> Any:
    assert mask is not None
    return mask


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Callable[..., PathOutcomes]:
    """A block whose Decembers come to what is given, by year."""

    def of(by_year: dict[int, list[Any]], paths: int, years: Sequence[int]) -> PathOutcomes:
        made: Any = "a scenario"
        now: list[int] = []

        def draws(seed: int, first: int, size: int) -> tuple[object, ...]:
            return ("draws", seed, first, size)

        def block(scenario: Any, parameters: Any, drawn: Any, observer: Any) -> Any:
            assert (scenario, drawn) == (made, ("draws", 7, 32, paths))
            assert parameters == ("parameters", (made,), drawn)
            assert type(observer) is Observer

            def run(record: Callable[[int], None]) -> None:
                for year in by_year:
                    now[:] = [year]
                    record(year)

            return SimpleNamespace(world="the world", caps="the caps", inputs=[1, 2, 3], run=run)

        def outcomes(world: Any, yardsticks: Any, caps: Any) -> Iterator[Any]:
            assert (world, yardsticks, caps) == ("the world", ("yardsticks", made), "the caps")
            yield from by_year[now[0]]

        monkeypatch.setattr(path_outcomes, "Draws", draws)
        monkeypatch.setattr(path_outcomes, "Parameters", lambda scenarios, drawn: ("parameters", scenarios, drawn))
        monkeypatch.setattr(path_outcomes, "Yardsticks", lambda scenario: ("yardsticks", scenario))
        monkeypatch.setattr(path_outcomes, "BlockSimulation", block)
        monkeypatch.setattr(path_outcomes, "outcomes", outcomes)
        return PathOutcomes(made, 7, 32, paths, years)

    return of


def marks(*paths: int) -> Any:
    mask = np.zeros(11, dtype=bool)
    mask[list(paths)] = True
    return mask


def group(place: int, print_: int, short: float, pushed: Sequence[int] = ()) -> GroupOutcome:
    """A group's December; what is spent is 7 hundredths less where pushed, and 30 million more are short."""
    prints = tuple(np.full(11, print_ + pillar, dtype=np.int32) for pillar in (0, 100, 200))
    spent = tuple(np.full(len(pushed), print_ - 7 + pillar, dtype=np.int32) for pillar in (0, 200))
    return GroupOutcome(
        place, prints, np.full(11, short), np.array(pushed, dtype=np.int64), spent, np.full(len(pushed), 30.0)
    )


def test_a_block_keeps_who_complies_and_the_figures_of_the_alliance(simulated: Callable[..., PathOutcomes]) -> None:
    first = [
        outcome(0, (marks(0, 1, 9), None, marks(9)), late_push((1, 9), (True, False))),
        outcome(2, (marks(0), marks(10), None)),
        group(EUROPE_CANADA, 250, 1000.0, (3, 4)),
        group(ALLIANCE, 300, 2000.0, (4,)),
    ]
    second = [
        outcome(1, (marks(5), None, None)), group(EUROPE_CANADA, 260, 1100.0), group(ALLIANCE, 310, 2100.0, (0,)),
    ]  # fmt: skip
    found = simulated({2026: first[:2], 2027: first, 2028: second, 2029: first}, 11, (2027, 2028))
    met = np.unpackbits(found.met, axis=-1, count=11).astype(bool)
    assert found.met.shape == (4, 3, 2, 2)
    assert found.met.dtype == np.uint8
    expected = np.zeros((4, 3, 2, 11), dtype=bool)
    for tally, row, step, paths in (
        (0, 0, 0, (0, 1, 9)), (2, 0, 0, (9,)), (3, 0, 0, (0, 9)), (0, 2, 0, (0,)), (1, 2, 0, (10,)), (3, 2, 0, (0,)),
        (0, 1, 1, (5,)), (3, 1, 1, (5,)),
    ):  # fmt: skip
        expected[tally, row, step, list(paths)] = True
    assert np.array_equal(met, expected)
    figures = {name: found.figures[index].tolist() for index, name in enumerate(MEASURES)}
    assert found.figures.dtype == np.int64
    pushed, pushed_nato = marks(3, 4).astype(int), marks(4).astype(int)
    assert figures == {
        **{f"allies_{tally}": expected[index].sum(axis=0).tolist() for index, tally in enumerate(TALLIES)},
        "euc_spent": [(250 - 7 * pushed).tolist(), [260] * 11],
        "euc_shortfall": [(1000 + 30 * pushed).tolist(), [1100] * 11],
        "nato_shortfall": [(2000 + 30 * pushed_nato).tolist(), [2130, *[2100] * 10]],
    }


def test_whole_bytes_of_paths_take_no_byte_more(simulated: Callable[..., PathOutcomes]) -> None:
    assert [simulated({}, paths, (2027,)).met.shape[-1] for paths in (8, 9, 16)] == [1, 2, 2]
    assert simulated({}, 16, (2027, 2028, 2029)).figures.shape == (len(MEASURES), 3, 16)


TEXT = """title = "A"
horizon = { last_year = 2028 }
[run]
paths = 64
seed = 5
[targets.core]
share_pct = 3.5
by = 2028
"""
A = sim.loads(TEXT)
B = sim.loads(
    TEXT.replace('"A"', '"B"').replace("paths = 64\nseed = 5", "paths = 16\nseed = 6") + "[will]\nmean = 1.5\n"
)
C = sim.loads(TEXT.replace('"A"', '"C"').replace("last_year = 2028", "last_year = 2029"))
SHARES = "iso3,year,share_pct,status,outlays_usd_m,equipment_share_pct,first_estimate_pct\n"


@dataclass
class MadeCounts:
    """Counts that know which jobs they are of."""

    jobs: tuple[Any, ...]
    paths: int

    def merged(self, after: MadeCounts) -> MadeCounts:
        return MadeCounts((*self.jobs, *after.jobs), self.paths + after.paths)


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The executors that were chosen; they run nothing."""
    asked: list[tuple[str, int]] = []

    class Idle:
        def __enter__(self) -> Idle:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def map(self, function: object, jobs: Iterable[PairedJob]) -> Iterator[MadeCounts]:
            assert function is run_together
            yield from (MadeCounts((job,), job.paths) for job in jobs)

    def choose(name: str, count: int) -> Idle:
        asked.append((name, count))
        return Idle()

    monkeypatch.setattr(executors, "choose", choose)
    monkeypatch.setattr(executors, "cores", lambda: 4)
    return asked


def cut(comparison: Any) -> list[tuple[int, int]]:
    return [(job.first, job.paths) for job in comparison.joint.jobs]


def test_a_comparison_is_a_run_of_all_on_the_draws_of_the_first(chosen: list[tuple[str, int]]) -> None:
    found: Any = compare([A, B, C])
    (job,) = found.joint.jobs
    assert job == PairedJob(A, 5, 0, 64, 65_536, others=(B, C), years=(2027, 2028))
    assert chosen == [("serial", 4)]
    assert [each.title for each in found.scenarios] == ["A", "B", "C"]
    assert (found.years, found.paths) == ((2027, 2028), 64)
    assert [[change.path for change in changes] for changes in found.changes] == [["will.mean"], ["horizon.last_year"]]


@pytest.mark.usefixtures("chosen")
def test_its_manifest_is_what_makes_it_again(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(f"{SHARES}PRT,2026,2.6,estimate,,,\n")
    (tmp_path / "own.toml").write_text(f'{TEXT}[data]\nshares = {{ file = "mine.csv", overlay = true }}\n')
    own = sim.load(tmp_path / "own.toml")
    found = compare([A, B, own])
    packages = {name: version(name) for name in ("burdenshare", "numpy", "scipy", "simpy")}
    assert load_tables(own.replacements).digest != load_tables().digest
    assert found.manifest == {
        **packages,
        "stream_version": STREAM_VERSION,
        "scenario_digests": [A.digest, B.digest, own.digest],
        "builds_on": [builds_on(each) for each in (A, B, own)],
        "data_digests": [load_tables().digest, load_tables().digest, load_tables(own.replacements).digest],
        "seed": 5,
        "paths": 64,
    }


def test_paths_and_seed_may_be_given(chosen: list[tuple[str, int]]) -> None:
    found: Any = compare([A, B], 48, 0)
    (job,) = found.joint.jobs
    assert (job.paths, job.seed, found.manifest["seed"], found.manifest["paths"]) == (48, 0, 0, 48)


def test_one_process_takes_block_after_block(chosen: list[tuple[str, int]]) -> None:
    done: list[tuple[int, int]] = []
    found: Any = compare([A, B], 8_200, executor="serial", block=4_096, progress=lambda *each: done.append(each))
    assert cut(found) == [(0, 4_096), (4_096, 4_096), (8_192, 8)]
    assert {job.block for job in found.joint.jobs} == {4_096}
    assert done == [(4_096, 8_200), (8_192, 8_200), (8_200, 8_200)]
    large: Any = compare([A, B], 4 * 65_536, executor="serial", workers=3)
    assert cut(large) == [(first * 65_536, 65_536) for first in range(4)]
    assert chosen == [("serial", 4), ("serial", 3)]


def test_worker_processes_share_the_paths_as_those_of_a_run_do(chosen: list[tuple[str, int]]) -> None:
    found: Any = compare([A, B], 640_000, executor="processes", workers=2)
    blank = replace(found.joint.jobs[0], paths=640_000)
    assert found.joint.jobs == tuple(simulate.jobs(replace(blank, block=simulate.block_size(640_000, 2)), 2))
    usual: Any = compare([A, B], 640_000, executor="processes")
    assert usual.joint.jobs == tuple(simulate.jobs(replace(blank, block=simulate.block_size(640_000, 4)), 4))
    assert chosen == [("processes", 2), ("processes", 4)]


def test_worker_processes_are_had_where_all_scenarios_together_are_worth_them(
    chosen: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def executor(scenario: sim.Scenario, paths: int, workers: int | None) -> str:
        asked.append((scenario.title, paths, workers))
        return "serial"

    monkeypatch.setattr(simulate, "chosen_executor", executor)
    compare([A, B, C], 100)
    compare([B, A], 100, workers=3)
    compare([B, A], 100, workers=3, executor="processes")
    assert asked == [("A", 300, None), ("B", 200, 3)]
    assert chosen == [("serial", 4), ("serial", 3), ("processes", 3)]


def test_distributions_are_evaluated_before_the_jobs_are_handed_out(
    chosen: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    tabulated = []
    monkeypatch.setattr(simulate, "tabulate", lambda scenario: tabulated.append(scenario.title))
    monkeypatch.setattr(simulate, "evaluated", lambda *scenarios: {each.title: 1 for each in scenarios})
    found: Any = compare([A, B, C])
    assert tabulated == ["A", "B", "C"]
    assert found.joint.jobs[0].evaluated == {"A": 1, "B": 1, "C": 1}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"paths": 0}, "paths must be a whole number from 1 to 1,000,000,000, not 0"),
        ({"seed": -1}, r"seed must be a whole number from 0 to 2\*\*63 - 1, not -1"),
        ({"workers": 0}, "workers must be a whole number from 1 to 1,024, not 0"),
        ({"block": 8}, "block must be a whole number above 0 and a multiple of 4,096, not 8"),
    ],
)
def test_impossible_numbers_are_refused_as_those_of_a_run(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(sim.UsageError, match=f"^{said}$"):
        compare([A, B], **wrong)


def test_a_comparison_takes_two_scenarios_to_ten() -> None:
    for count in (0, 1, 11):
        with pytest.raises(sim.UsageError, match=f"^a comparison takes 2 to 10 scenarios, not {count}$"):
            comparable([A] * count)
    assert [len(comparable([A] * count)[0]) for count in (2, 10)] == [2, 10]


def test_the_years_are_those_that_all_simulate() -> None:
    for scenarios in ((A, C), (C, A)):
        descriptions, years = comparable(scenarios)
        assert years == (2027, 2028)
        assert [each.title for each in descriptions] == [each.title for each in scenarios]
    longer = sim.loads(TEXT.replace("last_year = 2028", "last_year = 2031"))
    assert comparable([longer, C])[1] == (2027, 2028, 2029)


def test_one_base_year_and_the_same_allies_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    early = sim.loads(TEXT.replace('"A"', '"E"').replace("{ last", "{ base_year = 2020, last"))
    with pytest.raises(sim.UsageError) as error:
        comparable([A, B, early])
    assert str(error.value) == (
        "'A' starts from 2026 and 'E' from 2020: scenarios that are compared must have one base year; set [horizon] "
        "base_year alike"
    )
    describe = simulate.describe

    def fewer(scenario: sim.Scenario) -> Any:
        described = describe(scenario)
        gone = {"A": ("ITA",), "B": ("FRA", "ESP")}[scenario.title]
        return replace(described, allies=tuple(entry for entry in described.allies if entry.iso3 not in gone))

    monkeypatch.setattr(simulate, "describe", fewer)
    with pytest.raises(sim.UsageError) as error:
        comparable([A, B])
    assert str(error.value) == (
        "'A' and 'B' simulate different allies (ESP, FRA, ITA in one only); give both the same [data] allies"
    )
    assert len(comparable([A, A])[0]) == 2


def test_faults_of_all_scenarios_are_told_at_once() -> None:
    faults = {name: Fault(f"{name}.toml", 1, "", "", "must be otherwise", "", "odd") for name in "ABC"}

    def broken(scenario: sim.Scenario) -> str:
        if scenario is C:
            return "fine"
        raise sim.ScenarioError((faults[scenario.title], faults["C"]))

    with pytest.raises(sim.ScenarioError) as error:
        comparing._gathered(broken, [A, C, B])
    assert error.value.faults == (faults["A"], faults["C"], faults["B"])
    assert comparing._gathered(lambda scenario: scenario.title, [A, C, B]) == ["A", "C", "B"]
