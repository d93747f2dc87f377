"""A precision: when a run may end, by hand; the same paths on any workers and blocks; narrow enough, and not before."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from math import sqrt
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from results.made import PATHS, YEARS, made, without
from sim.arguments import MOST_PATHS
from sim.execution import simulate, stopping
from sim.execution.stopping import FINEST, Precision, probabilities
from sim.output.terminal.run_document import document
from sim.results.counts import TALLIES, Counts
from sim.results.intervals import half_width, paths_needed, wilson
from sim.results.record import AllyDescription, Description, Yardstick
from sim.results.summary import alliance_line, ally_lines

ONE = Description(
    "one ally, one year", "", "", 2026, (2027,), (AllyDescription("ITA", "Italy", 2.0, False, 2_500.0, True),),
    (Yardstick("core", "half", 3.5, 2027, None),),
)  # fmt: skip
TEXT = """
horizon = { last_year = 2029 }
run = { paths = 320, seed = 7 }
[targets.core]
share_pct = 3.5
by = 2028
"""
RARE = 'members = ["BEL"]\n'
"""Belgium alone, which hardly ever meets it."""


def counts(paths: int, met: int) -> Counts:
    """Of the one ally: on `met` of the paths it complies, never on paper."""
    whole = Counts.empty(0, paths, 1, 1)
    for name in ("compliant", "in_force"):
        whole.arrays[name][...] = met
    for name in ("shares", "spent_shares", "group_shares", "spent_group_shares", "first_year"):
        whole.arrays[name][..., 0] = paths
    whole.arrays["number"][..., 0, 1] = met
    whole.arrays["number"][..., 0, 0] = paths - met
    return whole


class Watched(Precision):
    """Notes where it looked."""

    def wanted(self, counts: Counts | None) -> int:
        paths = super().wanted(counts)
        self.looks = [paths] if counts is None else [*self.looks, paths]
        return paths


@pytest.fixture
def scenario() -> sim.Scenario:
    return sim.loads(TEXT)


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first look after 4,096 paths: several looks in a short run."""
    monkeypatch.setattr(stopping, "FIRST", 4_096)


def widest(results: sim.Results) -> float:
    """Half the widest interval of the compliance table, percentage points, by the intervals it prints."""
    table, paths = results.compliance(), results.paths_simulated
    spans = [(table["ci_high"] - table["ci_low"]).max()]
    for column in ("without_late_push", "in_force", "not_yet_due"):
        low, high = wilson((table[column].dropna() * paths).round().to_numpy(), paths)
        spans.append((high - low).max())
    for year in results.record.description.years:
        if many := alliance_line(results.record, year).many:
            spans += [many.ci_high - many.ci_low, many.without_high - many.without_low]
    return 50 * max(spans)


# The arithmetic.


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_the_half_width_is_half_of_the_interval(drawn: tuple[int, int]) -> None:
    paths, met = drawn
    low, high = wilson(np.array([met]), paths)
    assert half_width(met / paths, paths) == pytest.approx((high[0] - low[0]) / 2, rel=1e-6, abs=1e-15)


@given(st.floats(0, 1), st.floats(3.1e-5, 0.49))
def test_the_paths_needed_give_the_half_width(probability: float, half: float) -> None:
    needed = paths_needed(probability, half)
    assert half_width(probability, needed) == pytest.approx(half, rel=1e-9)  # type: ignore[arg-type]
    assert half_width(probability, needed * 1.01 + 1) < half  # type: ignore[arg-type]
    assert needed <= paths_needed(0.5, half) * (1 + 1e-9)


def test_one_half_takes_the_square_of_its_standard_error() -> None:
    """1.96 standard errors of sqrt(1/4 / n), less what Wilson's interval is narrower."""
    assert paths_needed(0.5, 0.002) == pytest.approx((1.959964 * 0.5 / 0.002) ** 2 - 1.959964**2, rel=1e-6)
    assert half_width(0.5, 240_087) == pytest.approx(1.959964 * sqrt(0.25 / 240_087), rel=1e-4)


# The rule, by hand. With p = 1/4: 1.959964^2 * 3/16 / 0.005^2 = 28,811 paths, and Wilson's are 1.3 more.


def test_the_first_look_is_at_a_fixed_number() -> None:
    assert Precision(0.5, ONE).wanted(None) == 16_384
    assert Precision(1, ONE).wanted(None) == 12_288  # the multiple of 4,096 above 9,600: no run needs more
    assert Precision(5, ONE).wanted(None) == Precision(50, ONE).wanted(None) == 4_096


def test_the_next_look_is_where_the_widest_interval_is_narrow_enough() -> None:
    rule = Precision(0.5, ONE)
    assert rule.wanted(counts(16_384, 4_096)) == 32_768  # the multiple of 4,096 above 28,812
    assert rule.reached_points == pytest.approx(100 * 1.959964 * sqrt(0.1875 / 16_384), rel=1e-3)
    assert rule.wanted(counts(32_768, 8_192)) == 32_768
    assert rule.wanted(counts(28_672, 7_168)) == 32_768  # narrowly missed
    rule = Precision(0.2, ONE)
    assert rule.wanted(counts(229_376, 91_200)) == 237_568  # as narrowly: 2 % more, 233,964, and the multiple above


def test_the_next_look_is_never_beyond_twice_the_paths_nor_beyond_what_one_half_takes() -> None:
    rule = Precision(0.2, ONE)
    assert rule.most == 241_664  # the multiple of 4,096 above 240,087.2
    assert rule.wanted(counts(16_384, 4_096)) == 32_768
    assert rule.wanted(counts(131_072, 65_536)) == 241_664
    assert rule.wanted(counts(237_568, 118_784)) == 241_664
    assert rule.wanted(counts(241_664, 120_832)) == 241_664


def test_a_probability_never_seen_is_not_taken_for_known() -> None:
    """No success: the interval reaches to 3.84 / (paths + 3.84)."""
    rule = Precision(0.01, ONE)
    assert (
        rule.wanted(counts(16_384, 0)) == 20_480
    )  # half of it: the multiple of 4,096 above 3.84 * (5,000 - 1) = 19,203.5
    assert rule.wanted(counts(20_480, 0)) == 20_480


def test_the_bar_is_told_what_the_run_will_take() -> None:
    rule = Precision(0.5, ONE)
    assert rule.expected_total(counts(1_600, 400)) == 32_768
    assert rule.expected_total(counts(32_768, 8_192)) == 32_768
    assert rule.expected_total(counts(16_384, 0)) == 16_384


# Whose intervals.


def numbers(node: object) -> Iterator[float]:
    """Probabilities in a document of a run."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("probability", "without_late_push", "in_force", "not_yet_due") and isinstance(value, float):
                yield value
            yield from numbers(value)
    elif isinstance(node, list):
        for value in node:
            yield from numbers(value)


@pytest.mark.parametrize("left_out", [(), ("core",), ("related", "total")])
def test_the_probabilities_are_those_of_every_document_and_of_the_table(left_out: tuple[str, ...]) -> None:
    record = without(made().record, *left_out)
    found = sorted(probabilities(record))
    documents = [document(record, year, ally_lines(record, year), alliance_line(record, year), None) for year in YEARS]
    assert found == sorted(numbers(documents))
    table = sim.Results(record).compliance()
    for column in ("probability", "without_late_push", "in_force", "not_yet_due"):
        assert set(table[column].dropna()) <= set(found)
    assert len(found) == 4 * (table.probability.notna().sum() + (0 if "core" in left_out else len(YEARS)))


def test_an_ally_that_no_target_binds_does_not_prolong_the_run() -> None:
    """The total binds all but Italy; its counts are wide and count for nothing."""
    record = without(made().record, "core", "related")
    arrays = record.counts.arrays
    arrays["compliant"][2] = 0
    arrays["on_paper"][2] = 0
    arrays["compliant"][2, 1] = PATHS // 2
    assert set(probabilities(record)) == {0.0}
    arrays["compliant"][2, 0, 1] = PATHS // 2
    assert set(probabilities(record)) == {0.0, 0.5}


def test_the_allies_counted_together_count() -> None:
    record = without(made().record, "related", "total")
    arrays = record.counts.arrays
    for name in ("compliant", "on_paper", "in_force", "not_yet_due", "number"):
        arrays[name][...] = 0
    arrays["number"][..., 2] = PATHS
    assert set(probabilities(record)) == {0.0}
    arrays["number"][TALLIES.index("core_without_late_push"), 1] = (0, 0, PATHS // 2, PATHS // 2, 0)  # at least 3 of 4
    assert set(probabilities(record)) == {0.0, 0.5}


# Whole runs.


@pytest.mark.usefixtures("early")
def test_workers_blocks_and_executors_change_neither_paths_nor_bits() -> None:
    ways: list[dict[str, Any]] = [
        {}, {"executor": "serial", "block": 4_096}, {"executor": "serial", "block": 12_288},
        {"executor": "processes", "workers": 1, "block": 8_192}, {"workers": 2, "block": 4_096},
    ]  # fmt: skip
    scenario = sim.loads(TEXT + RARE)
    rules = [Watched(0.2, simulate.describe(scenario)) for _ in ways]
    runs = [simulate.simulate(scenario, until=rule, **way) for rule, way in zip(rules, ways, strict=True)]
    taken = runs[0].counts.paths
    assert 4_096 < taken < rules[0].most  # the draws decide, not one half alone
    assert {tuple(rule.looks) for rule in rules} == {(*rules[0].looks[:-2], taken, taken)}
    assert {(record.manifest["paths"], record.manifest["precision_points"]) for record in runs} == {(taken, 0.2)}
    assert {record.counts.digest() for record in runs} == {sim.simulate(scenario, taken, executor="serial").digest()}
    assert not active_children()


@pytest.mark.usefixtures("early")
def test_another_seed_may_take_other_paths() -> None:
    """The control: the number of paths follows from the draws."""
    scenario = sim.loads(TEXT + RARE)
    taken = [sim.simulate(scenario, seed=seed, precision=0.1, executor="serial").paths_simulated for seed in range(4)]
    assert len(set(taken)) > 1


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize(("members", "points"), [("", 0.7), (RARE, 0.2)])
@pytest.mark.parametrize("seed", range(3))
def test_the_intervals_are_narrow_enough_and_were_not_at_the_look_before(
    members: str, points: float, seed: int
) -> None:
    scenario = sim.loads(TEXT + members)
    rule = Watched(points, simulate.describe(scenario))
    results = sim.Results(simulate.simulate(scenario, seed=seed, until=rule, executor="serial"))
    *looks, taken, again = rule.looks
    assert looks[0] == 4_096
    assert taken == again == results.paths_simulated
    assert widest(results) < points
    assert widest(results) == pytest.approx(rule.reached_points)
    for before in looks:
        assert widest(sim.simulate(scenario, before, seed, executor="serial")) >= points
    assert all(before < after <= 2 * before for before, after in zip(looks, [*looks[1:], taken], strict=True))


def test_the_numbers_of_a_real_run(rutte: sim.Scenario) -> None:
    """Nothing replaced: two looks, and a stretch fewer would have been too few."""
    results = sim.simulate(rutte, precision=0.7, executor="serial")
    assert results.paths_simulated == 20_480
    assert widest(results) < 0.7
    assert widest(sim.simulate(rutte, 16_384, executor="serial")) >= 0.7


def test_the_manifest_is_kept(scenario: sim.Scenario, tmp_path: Path) -> None:
    results = sim.simulate(scenario, precision=10, executor="serial")
    results.save(tmp_path / "run")
    manifest = sim.Results.open(tmp_path / "run").manifest
    assert (manifest["precision_points"], manifest["paths"]) == (10, 4_096)
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["manifest"]["precision_points"] == 10
    assert sim.simulate(scenario, 16, executor="serial").manifest["precision_points"] is None


@pytest.mark.usefixtures("early")
def test_progress_ends_at_the_paths_taken(scenario: sim.Scenario) -> None:
    seen: list[tuple[int, int]] = []
    results = sim.simulate(
        scenario, precision=0.7, executor="serial", block=4_096, progress=lambda *now: seen.append(now)
    )
    assert seen[-1] == (results.paths_simulated, results.paths_simulated)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert all(done <= likely <= 20_480 for done, likely in seen)


def test_kept_paths_are_those_taken(scenario: sim.Scenario) -> None:
    results = sim.simulate(scenario, precision=10, executor="serial", keep=["share_pct"])
    assert results.paths("share_pct").shape == (31, 3, 4_096)


# Refusals.


@pytest.mark.parametrize("points", [0, -1, 50.1, float("nan"), float("inf"), "0.2", True, None, 1j])
def test_what_is_no_precision_is_refused(points: Any) -> None:
    with pytest.raises(
        sim.UsageError, match=r"^precision must be a number .* above 0 and at most 50, not .*; 0\.2 takes about 240,000"
    ):
        Precision(points, ONE)


@pytest.mark.parametrize("points", [0.003, 1e-9, 1e-300])
def test_more_than_the_most_paths_give_is_refused_with_what_they_give(points: float) -> None:
    with pytest.raises(
        sim.UsageError, match=rf"at least 0\.0031 .*1,000,000,000.* not {points}; ask for 0\.0031 or more"
    ):
        Precision(points, ONE)


def test_the_finest_precision_offered_can_be_asked_for() -> None:
    assert FINEST == 0.0031
    assert 0.99e9 < Precision(FINEST, ONE).most <= MOST_PATHS
    assert 100 * half_width(0.5, MOST_PATHS) < FINEST < 100 * half_width(0.5, MOST_PATHS) + 1e-4


def test_paths_beside_a_precision_are_refused(scenario: sim.Scenario) -> None:
    with pytest.raises(sim.UsageError, match=r"paths = 320 and precision = 0\.2 exclude each other: .*; leave one out"):
        sim.simulate(scenario, 320, precision=0.2)


def test_a_scenario_without_a_target_has_nothing_to_be_precise_about() -> None:
    with pytest.raises(sim.UsageError, match=r"precision = 2 means nothing: .* no target.*add \[targets\.core\]"):
        sim.simulate(sim.loads("run = { paths = 320 }"), precision=2)


# What the intervals mean after a rule that looks several times.

P, POINTS, RUNS = 0.02, 0.15, 1_000
"""34,000 paths are needed: at least two looks."""


def coverage(ends: Callable[[Precision, Counts], bool]) -> float:
    """In what share of the runs the interval at the end holds the probability the paths were drawn with."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(RUNS):
        rule = Precision(POINTS, ONE)
        paths, met, wanted = 0, 0, rule.wanted(None)
        while paths < wanted:
            met += int(rng.binomial(wanted - paths, P))
            paths, now = wanted, counts(wanted, met)
            wanted = paths if ends(rule, now) else rule.wanted(now)
        low, high = wilson(np.array([met]), paths)
        held += bool(low[0] <= P <= high[0])
    return held / RUNS


def test_looking_at_widths_leaves_the_intervals_their_95_percent() -> None:
    assert abs(coverage(lambda rule, now: False) - 0.95) < 3 * sqrt(0.95 * 0.05 / RUNS)


def test_looking_at_where_the_interval_lies_would_not() -> None:
    """The control: a rule that also ends where the interval misses the truth is found out."""

    def misses(rule: Precision, now: Counts) -> bool:
        met = now.arrays["compliant"][:1, 0, 0]
        low, high = wilson(met, now.paths)
        return not low[0] <= P <= high[0]

    assert coverage(misses) < 0.95 - 3 * sqrt(0.95 * 0.05 / RUNS)
