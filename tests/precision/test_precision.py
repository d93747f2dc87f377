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

import sim
from results.made import PATHS, YEARS, made, without
from sim.arguments import MOST_PATHS
from sim.execution import simulate, stopping
from sim.execution.stopping import FINEST, Precision, half_widths
from sim.numerics.streams import STRETCH
from sim.output.terminal.run_document import document
from sim.results.counts import CERTAIN, EXPECTED, PARTS_OF_PATH, QUESTIONS, TALLIES, Counts
from sim.results.intervals import Z95, half_width, interval
from sim.results.record import AllyDescription, Description, Record, Yardstick
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


def counts(paths: int, met: int, evenly: float = 1) -> Counts:
    """Of the one ally: on `met` of the paths it complies, never on paper; stretch by stretch so much more evenly."""
    whole, stretches, p = Counts.empty(0, paths, 1, 1), paths // STRETCH, met / paths
    for name in ("compliant", "in_force"):
        whole.arrays[name][...] = met
    whole.arrays["expected"][...] = met * CERTAIN
    for name in ("shares", "spent_shares", "group_shares", "spent_group_shares", "first_year"):
        whole.arrays[name][..., 0] = paths
    whole.arrays["number"][..., 0, 1] = met
    whole.arrays["number"][..., 0, 0] = paths - met
    sums = np.full(stretches, STRETCH * p)
    sums[::2] += 2 * sqrt(STRETCH * p * (1 - p) / evenly)  # half of them: two values, twice so far apart as they stray
    for name, parts in (("expected_moments", PARTS_OF_PATH), ("number_moments", 1)):
        kept = np.floor(parts * sums).astype(np.int64)
        whole.arrays[name][0], whole.arrays[name][1] = kept.sum(), (kept**2).sum()
    whole.arrays["expected_moments"][:, QUESTIONS.index("not_yet_due")] = 0
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
    """The first look after 4,096 paths, by Wilson's intervals: several looks in a short run."""
    monkeypatch.setattr(stopping, "FIRST", STRETCH)


def widest(results: sim.Results) -> float:
    """Half the widest interval of the pages of a run, percentage points."""
    return 50 * max(high - low for low, high in ends(results.record))


def ends(record: Record) -> Iterator[tuple[float, float]]:
    """Every interval that the pages of a run have, of all years."""
    for year in record.description.years:
        chances = [chance for line in ally_lines(record, year) for chance in line.chances.values()]
        many = alliance_line(record, year).many
        for chance in [*chances, *([many] if many else [])]:
            yield chance.ci_low, chance.ci_high
            yield chance.without_low, chance.without_high
            yield chance.in_force_low, chance.in_force_high
            yield chance.not_yet_due_low, chance.not_yet_due_high


# The rule, by hand. Of p = 1/4 in n paths a 95 % interval reaches to t sqrt(3/16 / n / evenly).


def test_the_first_look_is_at_eight_stretches_or_at_what_one_half_takes() -> None:
    assert Precision(0.5, ONE).wanted(None) == 32_768
    assert Precision(1, ONE).wanted(None) == 9_600  # 9,600.0 less 3.84: no run needs more
    assert Precision(5, ONE).wanted(None) == 384
    assert Precision(50, ONE).wanted(None) == 16


def test_one_half_takes_the_square_of_its_standard_error() -> None:
    """1.96 standard errors of sqrt(1/4 / n), less what Wilson's interval is narrower; whole stretches from 8 on."""
    assert Precision(0.2, ONE).most == 241_664 == 59 * 4_096  # 240,087.2
    assert Precision(0.54, ONE).most == 36_864 == 9 * 4_096  # 32,928.2
    assert Precision(0.55, ONE).most == 31_744  # 31,738.6: fewer than eight stretches


def test_the_next_look_is_where_the_widest_interval_is_narrow_enough() -> None:
    rule = Precision(0.2, ONE)
    assert rule.wanted(counts(32_768, 8_192, evenly=7)) == 45_056  # 42,793 by (0.2286 / 0.2)^2: the stretch above
    spread = sqrt(8 / 7 * 0.1875 / 32_768 / 7)
    assert rule.reached_points == pytest.approx(100 * 2.364624 * spread, rel=1e-3)
    assert rule.wanted(counts(45_056, 11_264, evenly=7)) == 45_056
    narrowly = counts(819_200, 204_800, evenly=1.39)  # missed by 0.0802: 2 % more, 835,584, and the stretch above
    assert Precision(0.08, ONE).wanted(narrowly) == 839_680


def test_the_next_look_is_never_beyond_half_as_many_again_nor_beyond_what_one_half_takes() -> None:
    rule = Precision(0.2, ONE)
    assert rule.wanted(counts(32_768, 16_384)) == 53_248  # the whole stretch above 49,152
    assert rule.wanted(counts(196_608, 98_304)) == 241_664


def test_where_chance_made_an_interval_too_wide_the_run_goes_on_beyond_that() -> None:
    """Two of three stretches further apart than paths drawn by themselves would be."""
    rule = Precision(0.2, ONE)
    assert rule.wanted(counts(241_664, 120_832, evenly=1.2)) == 241_664
    assert rule.wanted(counts(241_664, 120_832, evenly=0.9)) > 241_664


def test_a_probability_never_seen_is_not_taken_for_known() -> None:
    """No success: the interval reaches to t^2 / (paths + t^2), 0.0171 % of 8 stretches."""
    rule = Precision(0.0085, ONE)
    assert rule.wanted(counts(32_768, 0)) == 36_864
    assert rule.reached_points == pytest.approx(100 * 2.364624**2 / (32_768 + 2.364624**2) / 2, rel=1e-4)
    assert Precision(0.0086, ONE).wanted(counts(32_768, 0)) == 32_768


def test_the_bar_is_told_what_the_run_will_take() -> None:
    rule = Precision(0.2, ONE)
    assert rule.expected_total(counts(1_600, 400)) == 180_224  # 180,000 by Wilson's interval of so few
    assert rule.expected_total(counts(32_768, 8_192, evenly=7)) == 45_056
    assert rule.expected_total(counts(32_768, 0)) == 32_768
    assert rule.expected_total(counts(1_600, 800)) == 241_664


# Whose intervals.


@pytest.mark.parametrize("left_out", [(), ("core",), ("related", "total")])
def test_the_intervals_are_those_of_every_page(left_out: tuple[str, ...]) -> None:
    record = without(made().record, *left_out)
    found = half_widths(record.counts, record.description)
    assert {round(half, 12) for half in found} | {round(none_of(PATHS), 12)} == {
        round((high - low) / 2, 12) for low, high in ends(record)
    } | {round(none_of(PATHS), 12)}
    documents = [document(record, year, ally_lines(record, year), alliance_line(record, year), None) for year in YEARS]
    table = sim.Results(record).compliance()
    for stated in (
        [low_high for each in documents for low_high in stated_ends(each)],
        [*zip(table.ci_low.dropna(), table.ci_high.dropna(), strict=True)],
    ):
        assert {round((high - low) / 2, 12) for low, high in stated} <= {round(half, 12) for half in found}


def none_of(paths: int) -> float:
    """Half the interval of what cannot be, which a pillar without reviews has for those put off."""
    return Z95**2 / (paths + Z95**2) / 2


def stated_ends(node: object) -> Iterator[tuple[float, float]]:
    """Intervals in a document of a run."""
    if isinstance(node, dict):
        if isinstance(node.get("ci_low"), float):
            yield node["ci_low"], node["ci_high"]
        for value in node.values():
            yield from stated_ends(value)
    elif isinstance(node, list):
        for value in node:
            yield from stated_ends(value)


def test_an_ally_that_no_target_binds_does_not_prolong_the_run() -> None:
    """The total binds all but Italy; its figures are wide and count for nothing."""
    record = without(made().record, "core", "related")
    expected = record.counts.arrays["expected"]
    expected[...] = 0
    expected[EXPECTED.index("total"), 1] = CERTAIN * PATHS // 2
    assert half_widths(record.counts, record.description).max() == pytest.approx(none_of(PATHS))
    expected[EXPECTED.index("total_without_late_push"), 0, 1] = CERTAIN * PATHS // 2
    assert half_widths(record.counts, record.description).max() == pytest.approx(half_width(PATHS))


def test_the_allies_counted_together_count() -> None:
    record = without(made().record, "related", "total")
    arrays = record.counts.arrays
    for name in ("compliant", "on_paper", "in_force", "not_yet_due", "expected", "number"):
        arrays[name][...] = 0
    arrays["number"][..., 2] = PATHS
    assert half_widths(record.counts, record.description).max() == pytest.approx(none_of(PATHS))
    arrays["number"][TALLIES.index("core_without_late_push"), 1] = (0, 0, PATHS // 2, PATHS // 2, 0)  # at least 3 of 4
    assert half_widths(record.counts, record.description).max() == pytest.approx(half_width(PATHS))


# Whole runs.


def test_workers_blocks_and_executors_change_neither_paths_nor_bits() -> None:
    ways: list[dict[str, Any]] = [
        {}, {"executor": "serial", "block": 4_096}, {"executor": "processes", "workers": 1, "block": 12_288},
        {"workers": 2, "block": 8_192},
    ]  # fmt: skip
    scenario = sim.loads(TEXT + RARE)
    rules = [Watched(0.08, simulate.describe(scenario)) for _ in ways]
    runs = [simulate.simulate(scenario, seed=2, until=rule, **way) for rule, way in zip(rules, ways, strict=True)]
    taken = runs[0].counts.paths
    assert 32_768 < taken < rules[0].most  # the draws decide, not one half alone
    assert {tuple(rule.looks) for rule in rules} == {(*rules[0].looks[:-2], taken, taken)}
    assert {(record.manifest["paths"], record.manifest["precision_points"]) for record in runs} == {(taken, 0.08)}
    once = sim.simulate(scenario, taken, seed=2, executor="serial")
    assert {record.counts.digest() for record in runs} == {once.digest()}
    assert not active_children()


def test_another_seed_may_take_other_paths() -> None:
    """The control: the number of paths follows from the draws."""
    scenario = sim.loads(TEXT + RARE)
    taken = [sim.simulate(scenario, seed=seed, precision=0.08, executor="serial").paths_simulated for seed in range(4)]
    assert len(set(taken)) > 1


@pytest.mark.usefixtures("early")
@pytest.mark.parametrize(("members", "points"), [("", 0.9), (RARE, 0.09)])
@pytest.mark.parametrize("seed", range(2))
def test_the_intervals_are_narrow_enough_and_were_not_at_the_look_before(
    members: str, points: float, seed: int
) -> None:
    """By Wilson's intervals, and by those of stretches."""
    scenario = sim.loads(TEXT + members)
    rule = Watched(points, simulate.describe(scenario))
    results = sim.Results(simulate.simulate(scenario, seed=seed, until=rule, executor="serial"))
    *looks, taken, again = rule.looks
    assert looks[0] == STRETCH
    assert taken == again == results.paths_simulated
    assert widest(results) < points
    assert widest(results) == pytest.approx(rule.reached_points)
    for before in looks:
        assert widest(sim.simulate(scenario, before, seed, executor="serial")) >= points
    growing = zip(looks, [*looks[1:], taken], strict=True)
    assert all(before < after <= 1.5 * before + STRETCH for before, after in growing)


def test_the_numbers_of_a_real_run(rutte: sim.Scenario) -> None:
    """Nothing replaced: two looks, and 3 % fewer paths would have been too few."""
    results = sim.simulate(rutte, precision=0.7, executor="serial")
    assert 16_384 < results.paths_simulated <= 19_600
    assert widest(results) < 0.7
    fewer = int(results.paths_simulated * 0.97)
    assert widest(sim.simulate(rutte, fewer, executor="serial")) >= 0.7


def test_the_manifest_is_kept(scenario: sim.Scenario, tmp_path: Path) -> None:
    results = sim.simulate(scenario, precision=10, executor="serial")
    results.save(tmp_path / "run")
    manifest = sim.Results.open(tmp_path / "run").manifest
    assert (manifest["precision_points"], manifest["paths"]) == (10, 96)
    assert json.loads((tmp_path / "run" / "manifest.json").read_text())["manifest"]["precision_points"] == 10
    assert sim.simulate(scenario, 16, executor="serial").manifest["precision_points"] is None


@pytest.mark.usefixtures("early")
def test_progress_ends_at_the_paths_taken(scenario: sim.Scenario) -> None:
    seen: list[tuple[int, int]] = []
    results = sim.simulate(
        scenario, precision=0.9, executor="serial", block=4_096, progress=lambda *now: seen.append(now)
    )
    assert seen[-1] == (results.paths_simulated, results.paths_simulated)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert all(done <= likely <= 11_856 for done, likely in seen)


def test_kept_paths_are_those_taken(scenario: sim.Scenario) -> None:
    results = sim.simulate(scenario, precision=10, executor="serial", keep=["share_pct"])
    assert results.paths("share_pct").shape == (31, 3, 96)


# Refusals.


@pytest.mark.parametrize("points", [0, -1, 50.1, float("nan"), float("inf"), "0.2", True, None, 1j])
def test_what_is_no_precision_is_refused(points: Any) -> None:
    with pytest.raises(
        sim.UsageError,
        match=r"^precision must be a number .* above 0 and at most 50, not .*; 0\.2 takes at most about 240,000",
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
    assert 100 * half_width(MOST_PATHS) < FINEST < 100 * half_width(MOST_PATHS) + 1e-4


def test_paths_beside_a_precision_are_refused(scenario: sim.Scenario) -> None:
    with pytest.raises(sim.UsageError, match=r"paths = 320 and precision = 0\.2 exclude each other: .*; leave one out"):
        sim.simulate(scenario, 320, precision=0.2)


def test_a_scenario_without_a_target_has_nothing_to_be_precise_about() -> None:
    with pytest.raises(sim.UsageError, match=r"precision = 2 means nothing: .* no target.*add \[targets\.core\]"):
        sim.simulate(sim.loads("run = { paths = 320 }"), precision=2)


# What the intervals mean after a rule that looks several times.

P, POINTS, EVENLY, RUNS = 0.2, 0.2, 3, 2_000
"""53,000 paths are needed: at least two looks."""


def coverage(stops: Callable[[Precision, Counts], bool]) -> float:
    """In what share of the runs the interval at the end holds the probability the paths were drawn with."""
    rng, held = np.random.default_rng(5), 0
    for _ in range(RUNS):
        rule = Precision(POINTS, ONE)
        now = drawn(rng, 0, rule.wanted(None))
        while not stops(rule, now) and (wanted := rule.wanted(now)) > now.paths:
            now = now.merged(drawn(rng, now.paths, wanted - now.paths))
        low, high = of_core(now)
        held += low <= P <= high
    return held / RUNS


def drawn(rng: np.random.Generator, first: int, paths: int) -> Counts:
    """Of the one ally: whole stretches, each more even than independent paths."""
    of_chance = rng.binomial(STRETCH, P, paths // STRETCH) - STRETCH * P
    parts = np.rint(PARTS_OF_PATH * (STRETCH * P + of_chance / sqrt(EVENLY))).astype(np.int64)
    found = Counts.empty(first, paths, 1, 1)
    for name in ("core", "core_without_late_push"):
        found.arrays["expected"][EXPECTED.index(name)] = parts.sum() * CERTAIN // PARTS_OF_PATH
        found.arrays["expected_moments"][:, QUESTIONS.index(name), 0, 0] = parts.sum(), (parts**2).sum()
    return found


def of_core(now: Counts) -> tuple[float, float]:
    probability = now.arrays["expected"][EXPECTED.index("core"), 0, 0] / (CERTAIN * now.paths)
    moments = now.arrays["expected_moments"][:, QUESTIONS.index("core"), 0, 0]
    low, high = interval(probability, moments, now.paths, PARTS_OF_PATH)
    return float(low), float(high)


def test_looking_at_widths_leaves_the_intervals_nearly_their_95_percent() -> None:
    """It ends a little sooner where the spread seems small: .93 here, of the one probability that decides."""
    assert 0.92 < coverage(lambda rule, now: False) < 0.96


def test_looking_at_where_the_interval_lies_would_not() -> None:
    """The control: a rule that also ends where the interval misses the truth is found out."""

    def misses(rule: Precision, now: Counts) -> bool:
        low, high = of_core(now)
        return not low <= P <= high

    assert coverage(misses) < 0.92
