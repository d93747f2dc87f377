"""The rows, tables and notes of a comparison whose counts are made by hand, so that each figure can be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from sim.analysis.comparison.facade import Comparison
from sim.analysis.comparison.intervals import of_difference, paired
from sim.analysis.comparison.paired_counts import PairedCounts
from sim.analysis.comparison.path_outcomes import MEASURES
from sim.analysis.comparison.record import default_year, yardstick_in_words
from sim.analysis.comparison.rows import AllianceRow, PairRow, alliance_rows, pair_rows, pillar_of
from sim.numerics.streams import STRETCH
from sim.results.counts import CERTAIN, PARTS_OF_PATH, TALLIES
from sim.results.intervals import interval
from sim.results.record import AllyDescription, Description, Yardstick
from sim.scenario.edit.compare import Difference

PATHS, STRETCHES = 1000, 9
ALLIES = tuple(
    AllyDescription(3 * name[0], name, 2.0, False, 100.0, True) for name in ("Aland", "Borduria", "Carpania")
)
CORE, TOTAL = Yardstick("core", "core", 3.5, 2027, None), Yardstick("total", "total", 5.0, 2027, None)
RELATED = Yardstick("related", "related", 1.5, 2028, None)
SECOND = replace(CORE, members=("BBB", "CCC"))
SOME = (Difference("will.mean", 0.3, 0.5), Difference("growth.sd_pct", None, 2.0))


def described(title: str, *yardsticks: Yardstick, last: int = 2028) -> Description:
    return Description(title, "", "", 2026, tuple(range(2027, last + 1)), ALLIES, yardsticks)


def made(
    *scenarios: Description, changes: tuple[tuple[Difference, ...], ...], years: tuple[int, ...] = (2027, 2028),
    paths: int = PATHS,
) -> Comparison:  # fmt: skip
    """Every count another number; what complies in both is less than what complies in either."""
    count, others = len(scenarios), len(scenarios) - 1
    places = len(TALLIES), len(ALLIES), len(years)
    met = 100 + np.arange(count * np.prod(places), dtype=np.int64).reshape(count, *places) * 7 % 800
    both = np.arange(others * np.prod(places), dtype=np.int64).reshape(others, *places) * 3 % 100
    sums = 1000 + np.arange(count * len(MEASURES) * len(years)).reshape(count, len(MEASURES), -1) ** 2
    squares = 10**6 + np.arange(others * len(MEASURES) * len(years)).reshape(others, len(MEASURES), -1) * 1000
    expected = met * CERTAIN - 1_000 * np.arange(met.size).reshape(met.shape)  # not what is counted, but near
    rng = np.random.default_rng(2)
    stretches = rng.integers(0, 32 * 400, (count, *places, STRETCHES))
    figures = rng.integers(-9_000, 9_000, (others, len(MEASURES), len(years), STRETCHES)).astype(object)
    moments, differences, of_figures = (
        np.stack([each.sum(axis=-1), (each**2).sum(axis=-1)], axis=1)
        for each in (stretches, stretches[1:] - stretches[0], figures)
    )
    joint = PairedCounts(
        0, paths, met, both, sums.astype(object), squares.astype(object), expected, moments, differences, of_figures
    )
    facts = {"builds_on": [{"name": f"base of {each.title}"} for each in scenarios]}
    return Comparison(scenarios, years, joint, changes, facts)


A, B, C = described("a", CORE, TOTAL), described("b", CORE, RELATED, TOTAL), described("c", SECOND, RELATED)
THREE = made(A, B, C, changes=(SOME, ()))


def expected_pair(other: int, pillar: str, ally: int, step: int, made: Comparison = THREE) -> PairRow:
    joint, paths, cell = made.joint, made.paths, (TALLIES.index(pillar), ally, step)
    a, b = int(joint.met[(0, *cell)]), int(joint.met[(other + 1, *cell)])
    both = int(joint.both[(other, *cell)])
    p, q = (joint.expected[(which, *cell)] / (CERTAIN * paths) for which in (0, other + 1))
    difference = int(joint.expected[(other + 1, *cell)] - joint.expected[(0, *cell)]) / (CERTAIN * paths)
    moments = joint.difference_moments[(other, slice(None), *cell)].tolist()
    low, high = of_difference(difference, b - a, a + b - 2 * both, moments, paths, PARTS_OF_PATH)
    if other == 1:
        low = high = 0.0
    (low_a, high_a), (low_b, high_b) = (
        map(float, interval(each, joint.moments[(which, slice(None), *cell)], paths, PARTS_OF_PATH))
        for each, which in ((p, 0), (q, other + 1))
    )
    return PairRow(
        ALLIES[ally].iso3, ALLIES[ally].name, 2027 + step, pillar, "bc"[other], p, q, difference, max(low, -1.0),
        min(high, 1.0), a - both, b - both, low_a, high_a, low_b, high_b, paths,
    )  # fmt: skip


def test_pairs_are_those_that_both_scenarios_measure() -> None:
    """B beside A by core and total, C by what binds two of three allies; each of all years, in this order."""
    assert list(pair_rows(THREE)) == [
        expected_pair(other, pillar, ally, step)
        for other, pillars, allies in (
            (0, ("core", "total", "core_without_late_push"), (0, 1, 2)),
            (1, ("core", "core_without_late_push"), (1, 2)),
        )
        for pillar in pillars
        for ally in allies
        for step in (0, 1)
    ]  # fmt: skip
    assert list(pair_rows(THREE, 2028)) == [row for row in pair_rows(THREE) if row.year == 2028]
    long = made(A, B, changes=(SOME,), paths=STRETCHES * STRETCH + 16)
    assert next(pair_rows(long)) == expected_pair(0, "core", 0, 0, long)
    assert next(pair_rows(long)).ci_low != paired(*_totals(next(pair_rows(long))), long.paths)[0]
    turned = made(C, A, changes=(SOME,))
    assert {(row.iso3, row.pillar) for row in pair_rows(turned)} == {
        (iso3, pillar) for iso3 in ("BBB", "CCC") for pillar in ("core", "core_without_late_push")
    }
    assert {row.pillar for row in pair_rows(made(B, A, changes=(SOME,)))} == {"core", "total", "core_without_late_push"}


def _totals(row: PairRow) -> tuple[int, int]:
    return row.only_b - row.only_a, row.only_b + row.only_a


USD = ("USD billion", 1_000)
MEASURED = {
    "allies_core": ("allies", 1), "allies_total": ("allies", 1), "allies_core_without_late_push": ("allies", 1),
    "euc_spent": ("% of GDP", 100), "euc_shortfall": USD, "nato_shortfall": USD,
}  # fmt: skip


def expected_alliance(other: int, measure: str, step: int) -> AllianceRow:
    joint, (unit, parts), place = THREE.joint, MEASURED[measure], (MEASURES.index(measure), step)
    counted = a, b = int(joint.sums[(0, *place)]), int(joint.sums[(other + 1, *place)])
    one, of_moment = 1, 1
    if unit == "allies":
        a, b = (int(joint.expected[which, place[0], :, step].sum()) for which in (0, other + 1))
        one, of_moment = CERTAIN, PARTS_OF_PATH
    low, high = (0.0, 0.0) if other == 1 else of_difference(
        (b - a) / (one * PATHS), counted[1] - counted[0], int(joint.squares[(other, *place)]),
        joint.figure_moments[other, :, place[0], step].tolist(), PATHS, of_moment,
    )  # fmt: skip
    return AllianceRow(
        "bc"[other], 2027 + step, measure, unit, a / one / PATHS / parts, b / one / PATHS / parts,
        (b - a) / one / PATHS / parts, low / parts, high / parts, PATHS,
    )  # fmt: skip


def test_figures_of_the_alliance_are_those_that_both_scenarios_measure() -> None:
    assert list(alliance_rows(THREE)) == [
        expected_alliance(other, measure, step)
        for other in (0, 1)
        for measure in MEASURED
        if other == 0 or measure != "allies_total"
        for step in (0, 1)
    ]
    assert list(alliance_rows(THREE, 2028)) == [row for row in alliance_rows(THREE) if row.year == 2028]
    aimless = described("none")
    for scenarios in ((A, aimless), (aimless, A)):
        assert {row.measure for row in alliance_rows(made(*scenarios, changes=(SOME,)))} == {"euc_spent"}


def test_a_measure_needs_the_yardstick_of_its_pillar() -> None:
    assert {measure: pillar_of(measure) for measure in MEASURES} == {
        "allies_core": "core", "allies_related": "related", "allies_total": "total",
        "allies_core_without_late_push": "core", "euc_spent": None, "euc_shortfall": "core", "nato_shortfall": "core",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "apart"),
    [(-0.1, 0.1, False), (0.0, 0.1, False), (-0.1, 0.0, False), (0.01, 0.1, True), (-0.1, -0.01, True)],
)
@pytest.mark.parametrize("rows", [pair_rows, alliance_rows])
def test_scenarios_are_told_apart_where_the_interval_leaves_0_out(
    rows: Callable[..., Any], low: float, high: float, apart: bool
) -> None:
    row = replace(next(rows(THREE)), ci_low=low, ci_high=high)
    assert row.told_apart is apart


def test_a_crossing_of_one_half_is_beyond_both_intervals() -> None:
    def crossing(a: float, b: float, half: float = 0.03) -> str:
        ends: Any = {"low_a": a - half, "high_a": a + half, "low_b": b - half, "high_b": b + half}
        return replace(next(pair_rows(THREE)), probability_a=a, probability_b=b, **ends).crosses_half

    assert [crossing(0.4, 0.6), crossing(0.6, 0.4), crossing(0.4, 0.45), crossing(0.6, 0.7)] == [
        "up",
        "down",
        "no",
        "no",
    ]
    assert [crossing(0.49, 0.6), crossing(0.4, 0.51), crossing(0.51, 0.4), crossing(0.6, 0.49)] == ["no"] * 4
    assert [crossing(*pair, half=0) for pair in ((0.5, 0.6), (0.4, 0.5), (0.5, 0.4), (0.6, 0.5))] == ["no"] * 4


def test_the_tables_are_the_rows() -> None:
    pairs, figures = list(pair_rows(THREE)), list(alliance_rows(THREE))
    assert THREE.compliance().to_dict("records") == [asdict(row) for row in pairs]
    assert THREE.alliance().to_dict("records") == [asdict(row) for row in figures]
    kept = ("iso3", "ally", "year", "pillar", "scenario", "probability_a", "probability_b", "crosses_half")
    assert THREE.flips().to_dict("records") == [
        {name: getattr(row, name) for name in kept}
        | {"only_a_part": row.only_a / PATHS, "only_b_part": row.only_b / PATHS, "paths": PATHS}
        for row in pairs
    ]


def test_a_comparison_of_nothing_has_tables_with_their_columns() -> None:
    nothing = made(described("none"), described("no other"), changes=(SOME,))
    assert list(nothing.compliance().columns) == list(THREE.compliance().columns)
    assert list(nothing.flips().columns) == list(THREE.flips().columns)
    same = made(A, B, changes=((),)).scenario_differences()
    assert same.empty
    assert list(same.columns) == ["scenario", "path", "change", "value_a", "value_b"]


def test_differences_stand_by_scenario_with_their_values_in_words() -> None:
    third = (Difference("horizon.last_year", 2032, None),)
    assert made(A, B, C, changes=(SOME, third)).scenario_differences().to_dict("records") == [
        {"scenario": "b", "path": "will.mean", "change": "changed", "value_a": "0.3", "value_b": "0.5"},
        {"scenario": "b", "path": "growth.sd_pct", "change": "added", "value_a": "not set", "value_b": "2"},
        {"scenario": "c", "path": "horizon.last_year", "change": "removed", "value_a": "2032", "value_b": "not set"},
    ]


def test_a_comparison_with_changes_of_one_scenario_only_is_refused() -> None:
    broken = made(A, B, C, changes=(SOME,))
    for asked in (broken.scenario_differences, broken.notes):
        with pytest.raises(ValueError, match="shorter"):
            asked()


def test_what_a_comparison_says_of_itself() -> None:
    assert (THREE.paths, THREE.same, THREE.year, THREE.letters, THREE.titles) == (
        PATHS, (False, True), 2027, "ABC", ("a", "b", "c"),
    )  # fmt: skip
    assert THREE.based_on == ("Based on base of a.", "Based on base of b.", "Based on base of c.")
    twice = made(A, B, replace(C, title="a"), changes=((), ()))
    assert twice.titles == ("a (A)", "b", "a (C)")


def test_the_year_to_look_at_is_simulated_by_all() -> None:
    assert [default_year(A, years) for years in ((2026, 2027, 2028), (2028, 2029))] == [2027, 2029]
    assert default_year(described("none"), (2027, 2028, 2029)) == 2029


def test_a_yardstick_in_words_has_its_date_once() -> None:
    later = replace(TOTAL, by=2030)
    assert yardstick_in_words(A) == "core 3.5 % of GDP by 2027"
    assert yardstick_in_words(B, ("core", "total", "related")) == (
        "core 3.5 %, total 5 % of GDP by 2027, related 1.5 % of GDP by 2028"
    )
    assert yardstick_in_words(described("", CORE, later), ("core", "total")) == (
        "core 3.5 % of GDP by 2027, total 5 % of GDP by 2030"
    )
    assert yardstick_in_words(A, ("core", "related", "total")) == (
        "core 3.5 % of GDP by 2027, no related target, total 5 % of GDP by 2027"
    )
    assert yardstick_in_words(described("none"), ("core", "related")) == "no core target, no related target"


BINDING = (
    "The core targets bind different allies: one by one only those are compared whom both bind, and a count of allies "
    "is of those bound in its scenario."
)


def test_notes_say_what_must_be_known_before_a_difference_is_read() -> None:
    assert made(A, replace(A, title="b"), changes=(SOME,)).notes() == ()
    assert THREE.notes() == (
        "Each is measured against its own yardstick. A: no related target, total 5 % of GDP by 2027; "
        "B: related 1.5 % of GDP by 2028, total 5 % of GDP by 2027; C: related 1.5 % of GDP by 2028, no total target.",
        "Where a scenario has no related target, related is not compared.",
        "Where a scenario has no total target, total is not compared.",
        BINDING,
        "A and C simulate the same: every difference is exactly 0.",
    )
    higher = replace(A, yardsticks=(replace(CORE, share_pct=4.0), TOTAL))
    assert made(A, higher, changes=(SOME,)).notes() == (
        "Each is measured against its own yardstick. A: core 3.5 % of GDP by 2027; B: core 4 % of GDP by 2027.",
    )
    same_members = replace(SECOND, members=("CCC", "BBB"))
    assert made(described("a", SECOND), described("b", same_members), changes=(SOME,)).notes() == ()


def test_notes_name_the_years_in_which_the_scenarios_end() -> None:
    longer = described("b", CORE, TOTAL, last=2030)
    assert made(A, longer, changes=(SOME,)).notes() == (
        "They end in different years (A 2028, B 2030): compared to 2028.",
    )
    three = made(described("a", CORE, TOTAL, last=2029), longer, changes=(SOME,), years=(2027, 2028, 2029))
    assert three.notes() == ("They end in different years (A 2029, B 2030): compared to 2029.",)
