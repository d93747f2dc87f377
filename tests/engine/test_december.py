"""What a December is worth, of states made by hand whose outcome is known; and both who take it count the same."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sim
from sim.analysis.comparison.path_outcomes import MEASURES, PathOutcomes
from sim.engine.block import run_block
from sim.engine.december import AllyOutcome, GroupOutcome, Yardsticks, outcomes, short_usd_m
from sim.engine.inputs import ally_inputs
from sim.kernels import NUMPY
from sim.results.counts import CELLS, TALLIES, Counts

CORE, RELATED, TOTAL = range(3)

ALL_THREE = """
[targets.core]
share_pct = 3.5
by = 2029
[targets.related]
pillar = "related"
share_pct = 1.5
by = 2029
[targets.total]
pillar = "total"
share_pct = 5.0
by = 2029
"""


def floats(*values: float) -> Any:
    return np.array(values, dtype=np.float32)


def ally(
    iso3: str, reported_pct: Any, related_pct: Any, gdp_usd_bn: Any, spent_pct: Any = None, pushed: Any = None
) -> Any:
    """What is read of an ally's state; where a late push made the report, `pushed`, less is spent."""
    return SimpleNamespace(
        iso3=iso3,
        europe_canada=iso3 != "USA",
        reported_pct=reported_pct,
        spent_pct=reported_pct if spent_pct is None else spent_pct,
        related_pct=related_pct,
        gdp_usd_bn=gdp_usd_bn,
        pushed=None if pushed is None else np.array(pushed, dtype=np.intp),
    )


def december(scenario: str, *allies: Any, caps: Any = None) -> list[AllyOutcome | GroupOutcome]:
    paths = SimpleNamespace(paths=len(allies[0].reported_pct), engine=NUMPY)
    world: Any = SimpleNamespace(draws=paths, allies={each.iso3: each for each in allies})
    return list(outcomes(world, Yardsticks(sim.loads(scenario)), caps or [20.0] * len(allies)))


def of_one(scenario: str, *parts: Any, **more: Any) -> AllyOutcome:
    """The outcome of Germany alone."""
    caps = more.pop("caps", None)
    found = december(scenario, ally("DEU", *parts, **more), caps=caps)[0]
    assert isinstance(found, AllyOutcome)
    return found


def told(masks: Any) -> list[list[bool] | None]:
    return [None if mask is None else mask.tolist() for mask in masks]


def test_a_target_is_met_by_the_share_as_it_is_printed() -> None:
    """3.495 prints as 3.50 and meets 3.5; so does what is exactly on it."""
    found = of_one(ALL_THREE, floats(3.4949, 3.495, 3.5, 3.6), floats(1.4949, 1.495, 1.5, 0), floats(1, 1, 1, 1))
    assert [cells.tolist() for cells in found.prints] == [
        [349, 350, 350, 360],
        [149, 150, 150, 0],
        [499, 499, 500, 360],
    ]
    assert {cells.dtype for cells in found.prints} == {np.dtype(np.int32)}
    assert told(found.met) == [[False, True, True, True], [False, True, True, False], [False, False, True, False]]
    assert found.push is None


def test_the_total_needs_the_core_as_well() -> None:
    shares, related = floats(3.4, 3.5, 3.6), floats(1.7, 1.5, 1.3)
    assert told(of_one(ALL_THREE, shares, related, floats(1, 1, 1)).met)[TOTAL] == [False, True, False]


@pytest.mark.parametrize("core", ["", '[targets.core]\nshare_pct = 3.5\nby = 2029\nmembers = ["FRA"]\n'])
def test_the_total_stands_alone_where_no_core_target_binds_the_ally(core: str) -> None:
    """And where none does, nothing is met or missed, on paper or not, and no money is short."""
    total = core + '[targets.total]\npillar = "total"\nshare_pct = 5.0\nby = 2029\n'
    found = of_one(
        total, floats(3.4, 3.5, 3.6), floats(1.7, 1.5, 1.3), floats(1, 1, 1),
        spent_pct=floats(3.3, 3.4, 3.6), pushed=[0, 1],
    )  # fmt: skip
    assert told(found.met) == [None, None, [True, True, False]]
    assert found.shortfall_usd_m is None
    assert found.push is not None
    assert told(found.push.on_paper) == [None, [False, True]]
    assert found.push.shortfall_usd_m is None
    assert found.push.on_paper_usd_m is None


def test_a_target_binds_its_members_and_nobody_else() -> None:
    scenario = '[targets.core]\nshare_pct = 3.5\nby = 2029\nmembers = ["FRA"]\n'
    each = floats(3.0), floats(0), floats(100)
    germany, france, group, _ = december(scenario, ally("DEU", *each), ally("FRA", *each))
    assert isinstance(germany, AllyOutcome)
    assert isinstance(france, AllyOutcome)
    assert isinstance(group, GroupOutcome)
    assert (told(germany.met), told(france.met)) == ([None] * 3, [[False], None, None])
    assert germany.shortfall_usd_m is None
    assert group.shortfall_usd_m.tolist() == [500]


def test_of_security_related_outlays_no_more_counts_than_the_cap() -> None:
    found = of_one(ALL_THREE, floats(3.5, 3.5), floats(2.0, 1.2), floats(1, 1), caps=[1.4])
    assert [cells.tolist() for cells in found.prints] == [[350, 350], [140, 120], [490, 470]]
    assert told(found.met)[RELATED:] == [[False, False], [False, False]]


def test_money_short_is_that_of_printed_hundredths_to_whole_millions_halves_up() -> None:
    """A hundredth of a per cent of 5 billion is half a million; nobody is short of less than nothing."""
    shares, gdp = floats(3.4949, 3.494, 3.495, 3.6, 3.0, 3.494), floats(5, 4.9, 1000, 1000, 200, 25)
    found = of_one(ALL_THREE, shares, np.zeros_like(shares), gdp)
    assert found.shortfall_usd_m is not None
    assert found.shortfall_usd_m.dtype == np.float32
    assert found.shortfall_usd_m.tolist() == [1, 0, 0, 0, 1000, 3]
    assert short_usd_m(350, np.array([340], dtype=np.int32), floats(1.24)).tolist() == [1]


def test_a_late_push_alone_brings_core_and_total() -> None:
    """On the paths: not pushed; pushed onto both; pushed onto the core, the total still missed; the total's sum was
    there but not its core; on the core without it by the hundredth."""
    spent, reported = floats(3.4, 3.45, 3.4, 3.4, 3.5), floats(3.4, 3.5, 3.52, 3.5, 3.6)
    found = of_one(
        ALL_THREE, reported, floats(1.6, 1.5, 1.2, 1.7, 1.45), floats(10, 20, 30, 40, 50),
        spent_pct=spent, pushed=[1, 2, 3, 4],
    )  # fmt: skip
    push = found.push
    assert push is not None
    assert told(found.met) == [
        [False, True, True, True, True],
        [True, True, False, True, False],
        [False, True, False, True, True],
    ]
    assert push.paths.tolist() == [1, 2, 3, 4]
    assert [cells.tolist() for cells in push.prints] == [[345, 340, 340, 350], [495, 460, 510, 495]]
    assert told(push.on_paper) == [[True, True, True, False], [True, False, True, True]]
    assert found.shortfall_usd_m is not None
    assert push.shortfall_usd_m is not None
    assert push.on_paper_usd_m is not None
    assert found.shortfall_usd_m.tolist() == [10, 0, 0, 0, 0]
    assert push.shortfall_usd_m.tolist() == [10, 30, 40, 0]
    assert push.on_paper_usd_m.tolist() == [10, 30, 40, 0]


def test_a_late_push_that_stays_short_closes_only_a_part() -> None:
    """A push toward a target that a review has lowered."""
    found = of_one(ALL_THREE, floats(3.2), floats(0), floats(100), spent_pct=floats(3.1), pushed=[0])
    assert found.shortfall_usd_m is not None
    assert found.push is not None
    assert found.push.shortfall_usd_m is not None
    assert found.push.on_paper_usd_m is not None
    assert (found.shortfall_usd_m.item(), found.push.shortfall_usd_m.item()) == (300, 400)
    assert found.push.on_paper_usd_m.item() == 100
    assert told(found.push.on_paper) == [[False], [False]]


def test_groups_are_averaged_by_gdp_and_add_up_the_money() -> None:
    """Europe and Canada first whatever the order of the allies; what it was given stays when the alliance is summed."""
    found = december(
        ALL_THREE,
        ally("USA", floats(3.0, 3.0), floats(1, 1), floats(400, 400)),
        ally("DEU", floats(2.0, 3.5), floats(1, 1), floats(100, 100), spent_pct=floats(2.0, 3.3), pushed=[1]),
        ally("FRA", floats(4.0, 3.1), floats(2.5, 1), floats(300, 100)),
        caps=[1.5, 1.5, 2.0],
    )
    places = [each.row if isinstance(each, AllyOutcome) else ("EUC", "NATO")[each.group] for each in found]
    assert places == [1, 2, "EUC", 0, "NATO"]
    europe, alliance = found[2], found[4]
    assert isinstance(europe, GroupOutcome)
    assert isinstance(alliance, GroupOutcome)
    assert [cells.tolist() for cells in europe.prints] == [[350, 330], [175, 100], [525, 430]]
    assert [cells.tolist() for cells in alliance.prints] == [[325, 310], [138, 100], [463, 410]]
    assert europe.shortfall_usd_m.tolist() == [1500, 400]
    assert alliance.shortfall_usd_m.tolist() == [3500, 2400]
    for group, spent in ((europe, [[320], [420]]), (alliance, [[307], [407]])):
        assert group.pushed.tolist() == [1]
        assert [cells.tolist() for cells in group.spent_prints] == spent
        assert group.on_paper_usd_m.tolist() == [200]


SEED, PATHS = 7, 1_003  # no multiple of 8: the last byte of a mask is not full
BOTH = """
[horizon]
last_year = 2031
[targets.core]
share_pct = 3.0
by = 2028
members = ["DEU", "FRA", "POL", "EST", "LVA", "LTU", "NLD", "USA", "NOR", "DNK"]
[targets.total]
pillar = "total"
share_pct = 4.5
by = 2029
[[event]]
name = "look"
kind = "review"
when = "2027-06"
probability = 0.4
change_pct = 0.2
years_later = 1
"""


@pytest.fixture(scope="module")
def counts() -> Counts:
    return run_block(sim.loads(BOTH), SEED, 0, PATHS)


@pytest.fixture(scope="module")
def by_path() -> PathOutcomes:
    return PathOutcomes(sim.loads(BOTH), SEED, 0, PATHS, range(2027, 2032))


def test_the_scenario_has_all_that_may_part_the_two(counts: Counts) -> None:
    arrays, names = counts.arrays, [entry.iso3 for entry in ally_inputs(sim.loads(BOTH))]
    assert (arrays["on_paper"][[CORE, TOTAL]].sum(axis=(1, 2)) > 50).all(), "late pushes bring core and total"
    assert arrays["not_yet_due"].sum() > 50, "the review puts the date off"
    assert (arrays["in_force"] != arrays["compliant"][CORE]).any()
    assert not arrays["compliant"][CORE, names.index("ITA")].any(), "it is no member"
    assert arrays["compliant"][TOTAL, names.index("GBR")].any(), "its total stands without the core"


def test_masks_of_paths_add_up_to_what_is_counted(counts: Counts, by_path: PathOutcomes) -> None:
    arrays, found = counts.arrays, np.bitwise_count(by_path.met).sum(axis=-1)
    assert (found[:3] == arrays["compliant"]).all()
    assert (
        found[TALLIES.index("core_without_late_push")] == arrays["compliant"][CORE] - arrays["on_paper"][CORE]
    ).all()
    assert found.any(axis=(1, 2)).tolist() == [True, False, True, True]


def test_figures_of_paths_are_those_that_are_counted(counts: Counts, by_path: PathOutcomes) -> None:
    arrays, figures = counts.arrays, dict(zip(MEASURES, by_path.figures, strict=True))
    for tally, name in enumerate(TALLIES):
        for step, complying in enumerate(figures[f"allies_{name}"]):
            number = arrays["number"][tally, step]
            assert (np.bincount(complying, minlength=len(number)) == number).all()
    for step, spent in enumerate(figures["euc_spent"]):
        assert (np.bincount(spent, minlength=CELLS) == arrays["spent_group_shares"][0, CORE, step]).all()
    money = np.stack([figures["euc_shortfall"], figures["nato_shortfall"]]).sum(axis=-1)
    assert (money == arrays["spent_group_shortfall_usd_m"]).all()
    assert (money[:, -1] > arrays["group_shortfall_usd_m"][:, -1]).all()


def test_only_the_years_asked_for_are_looked_at(by_path: PathOutcomes) -> None:
    some = PathOutcomes(sim.loads(BOTH), SEED, 0, PATHS, (2029, 2031))
    assert (some.met == by_path.met[:, :, [2, 4]]).all()
    assert (some.figures == by_path.figures[:, [2, 4]]).all()


def compared_as_printed(code: str) -> list[int]:
    """The lines that compare printed shares with something themselves."""
    return [
        node.lineno for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.Compare) and not isinstance(node.left, ast.BinOp)
        and ast.unparse(node.left).startswith(("printed(", "prints"))
        and isinstance(node.ops[0], ast.GtE | ast.Gt | ast.LtE | ast.Lt)
    ]  # fmt: skip


def test_only_one_function_says_when_a_share_reaches_a_target() -> None:
    files = sorted(Path(sim.__file__).parent.rglob("*.py"))
    found = {file.name: lines for file in files if (lines := compared_as_printed(file.read_text("utf-8")))}
    assert list(found) == ["grid.py"]
    seen = compared_as_printed("met = bool(printed(one) >= printed(other))\nprints[0] < goal\nprinted(one) + 1")
    assert sorted(seen) == [1, 2]
