"""What is counted, recounted from the kept paths: cell by cell, in the single precision that paths are kept in."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import sim
from sim.distributions.draws import Draws
from sim.distributions.families import Uniform
from sim.engine.block import run_block
from sim.engine.december import Sums, reckoned
from sim.engine.inputs import ally_inputs
from sim.engine.recorder import _usd_cells
from sim.numerics.grid import printed
from sim.results.counts import CELLS, KEEPABLE, Counts

SEED, PATHS = 5, 1_024
SCENARIO = """
[horizon]
last_year = 2030
[targets.core]
share_pct = 3.5
by = 2029
[targets.total]
pillar = "total"
share_pct = 5.0
by = 2029
[ally.DEU.related]
counted_cap_pct = { uniform = { low = 0.2, high = 1.4 } }
[ally.FRA.related]
counted_cap_pct = 0.7
[ally.USA]
share_pct = 1.5
[[event]]
name = "rearm"
kind = "shock"
state = "share_pct"
ally = "LUX"
when = "2028-03"
amount = 30.0
"""


@pytest.fixture
def counts() -> Counts:
    return run_block(sim.loads(SCENARIO), SEED, 0, PATHS, KEEPABLE)


@pytest.fixture
def allies() -> list[str]:
    return [entry.iso3 for entry in ally_inputs(sim.loads(SCENARIO))]


def histogram(cells: NDArray[np.int32]) -> NDArray[np.int64]:
    """Paths by cell; what lies above the grid stands in the last."""
    return np.bincount(np.minimum(cells, CELLS - 1), minlength=CELLS)


def pillars(counts: Counts, allies: list[str]) -> list[NDArray[np.float32]]:
    """Core, counted related and total share of every ally, year and path."""
    caps = np.full((len(allies), 1, PATHS), 1.5, dtype=np.float32)
    drawn = Draws(SEED, 0, PATHS).value("param/related.counted_cap_pct", Uniform(low=0.2, high=1.4), ally=276)
    caps[allies.index("DEU")], caps[allies.index("FRA")] = drawn, 0.7
    core, related = counts.kept["reported_pct"], np.minimum(counts.kept["related_pct"], caps)
    return [core, related, core + related]


def test_every_share_is_counted_in_its_hundredth(counts: Counts, allies: list[str]) -> None:
    for pillar, shares in enumerate(pillars(counts, allies)):
        for index in range(len(allies)):
            for step in range(4):
                assert (counts.arrays["shares"][pillar, index, step] == histogram(printed(shares[index, step]))).all()
    beyond = counts.arrays["shares"][0, allies.index("LUX"), 1:, -1]
    assert (beyond > PATHS // 2).all(), "a share above the grid is counted in its last cell"


def test_the_average_of_a_group_is_outlays_over_gdp_member_by_member(counts: Counts, allies: list[str]) -> None:
    """Europe and Canada in the allies' order, then the United States for the alliance; in single precision.

    The total is the sum of both outlays: added ally by ally it would differ in the last place.
    """
    gdp = counts.kept["gdp_usd_bn"]
    order = [index for index, iso3 in enumerate(allies) if iso3 != "USA"]
    for group, members in enumerate((order, [*order, allies.index("USA")])):
        core, related, whole = np.zeros((3, 4, PATHS), dtype=np.float32)
        core_pct, related_pct, _ = pillars(counts, allies)
        for index in members:
            core += gdp[index] * core_pct[index]
            related += gdp[index] * related_pct[index]
            whole += gdp[index]
        for pillar, money in enumerate((core, related, core + related)):
            for step, average in enumerate(money / whole):
                found = counts.arrays["group_shares"][group, pillar, step]
                assert (found == histogram(printed(average))).all()


def test_money_short_is_that_of_printed_hundredths_to_the_million(counts: Counts, allies: list[str]) -> None:
    """A cell is a hundredth of a per cent of the base year's GDP, of the ally or of the group."""
    arrays = counts.arrays
    goal, start = 350, np.array([entry.gdp_usd_bn for entry in ally_inputs(sim.loads(SCENARIO))])
    short = np.maximum(goal - printed(counts.kept["reported_pct"]), 0).astype(np.float32)
    tenths = counts.kept["gdp_usd_bn"] * np.float32(0.1)
    millions = np.floor(short * tenths + np.float32(0.5))
    assert millions.dtype == np.float32
    assert (arrays["shortfall_usd_m"] == millions.astype(np.int64).sum(axis=-1)).all()
    assert arrays["shortfall_usd_m"].max() > 1 << 24, "more than single precision adds up exactly"
    europe = np.array([iso3 != "USA" for iso3 in allies])
    for step in range(4):
        for index in range(len(allies)):
            cells = in_cells(millions[index, step], start[index])
            assert (arrays["shortfall_usd"][index, step] == histogram(cells)).all()
        for group, members in enumerate((europe, np.ones_like(europe))):
            together = millions[members, step].astype(np.float64).sum(axis=0)
            assert arrays["group_shortfall_usd_m"][group, step] == together.sum()
            cells = in_cells(together.astype(np.float32), sum(start[members].tolist()))
            assert (arrays["group_shortfall_usd"][group, step] == histogram(cells)).all()


def test_what_is_spent_is_counted_without_what_is_on_paper(counts: Counts, allies: list[str]) -> None:
    """Shares by ally and group and money short, as what is reported is, of the shares before a late push."""
    arrays, kept = counts.arrays, counts.kept
    reported, spent, gdp = (kept[name] for name in ("reported_pct", "spent_pct", "gdp_usd_bn"))
    assert ((spent < reported).mean(axis=(0, 2))[2:] > 0.01).all(), "late pushes when the target is due"
    assert (spent <= reported).all()
    related = pillars(counts, allies)[1]
    for row, shares in enumerate((spent, spent + related)):
        for index in range(len(allies)):
            for step in range(4):
                assert (arrays["spent_shares"][row, index, step] == histogram(printed(shares[index, step]))).all()
    order = [index for index, iso3 in enumerate(allies) if iso3 != "USA"]
    for group, members in enumerate((order, [*order, allies.index("USA")])):
        core, counted, whole, paper = np.zeros((4, 4, PATHS), dtype=np.float32)
        for index in members:
            core += gdp[index] * reported[index]
            counted += gdp[index] * related[index]
            whole += gdp[index]
            paper += gdp[index] * (reported[index] - spent[index])
        for row, average in enumerate(((core - paper) / whole, (core - paper + counted) / whole)):
            for step in range(4):
                found = arrays["spent_group_shares"][group, row, step]
                assert (found == histogram(printed(average[step]))).all()
    start = np.array([entry.gdp_usd_bn for entry in ally_inputs(sim.loads(SCENARIO))])
    short = np.maximum(350 - printed(spent), 0).astype(np.float32)
    millions = np.floor(short * (gdp * np.float32(0.1)) + np.float32(0.5))
    assert (arrays["spent_shortfall_usd_m"] == millions.astype(np.int64).sum(axis=-1)).all()
    for step in range(4):
        for index in range(len(allies)):
            cells = in_cells(millions[index, step], start[index])
            assert (arrays["spent_shortfall_usd"][index, step] == histogram(cells)).all()
        for group, members in enumerate((order, range(len(allies)))):
            together = millions[list(members), step].astype(np.float64).sum(axis=0)
            assert arrays["spent_group_shortfall_usd_m"][group, step] == together.sum()
            cells = in_cells(together.astype(np.float32), sum(start[list(members)].tolist()))
            assert (arrays["spent_group_shortfall_usd"][group, step] == histogram(cells)).all()


def in_cells(usd_m: NDArray[np.float32], gdp_usd_bn: float) -> NDArray[np.int32]:
    """Money in hundredths of a per cent of GDP, to the nearest."""
    per_million = np.float32(0.001 / (gdp_usd_bn / 10_000))
    return (usd_m * per_million + np.float32(0.5)).astype(np.int32)


def test_money_far_above_the_grid_stays_on_it() -> None:
    assert _usd_cells(np.array([0.0, 1e9, 1e30], dtype=np.float32), 0.001).tolist() == [0, CELLS, CELLS]


def test_money_is_given_its_cell_in_single_precision() -> None:
    """2^24 + 8191 becomes the even 2^24 + 8192, which is 1024.5 cells of 2^14 million and rounds up."""
    assert _usd_cells(np.array([2.0**24 + 8191]), 16.384).tolist() == [1025]


def test_a_group_is_summed_in_the_precision_of_its_members_and_its_money_short_exactly() -> None:
    sums, one = Sums(2), np.array([1.0, 2.0], dtype=np.float32)
    into = sums.gdp, sums.core, sums.related, sums.shortfall_usd_m
    for gdp in ([2.0**21, 2.0], [1.0, 1.0]):
        reckoned(one, 3 * one, np.array(gdp, dtype=np.float32), *into, 100.0, 210, None, None)
    assert {sums.gdp.dtype, *(share.dtype for share in sums.shares_pct)} == {np.dtype(np.float32)}
    assert sums.gdp.tolist() == [2**21 + 1, 3]
    assert [share.tolist() for share in sums.shares_pct] == [[1, 2], [3, 6], [4, 8]]
    assert sums.shortfall_usd_m.tolist() == [23_068_672 + 11, 2 + 1], "an odd number, as no float32 of that size is"


SUMMIT = """
[horizon]
last_year = 2031
[targets.core]
share_pct = 3.5
by = 2029
[[event]]
name = "assembly"
kind = "summit"
when = "2027-06"
probability = 0.5
"""


@pytest.mark.parametrize(("decided", "goal", "by"), [
    ("by = 2031\n", 350, 2031),
    ("share_pct = 2.5\n", 250, 2029),
    ("share_pct = 4.5\nby = 2030\n", 450, 2030),
    ("by = 2028\n", 350, 2028),
    ("commitment = 0.5\n", 350, 2029),
])  # fmt: skip
def test_the_target_in_force_is_the_one_decided_where_it_was(decided: str, goal: int, by: int) -> None:
    """Where the year was put off, it is not yet due from the old one until the new one has come, unless it is met."""
    scenario = sim.loads(SUMMIT + decided)
    counts = run_block(scenario, SEED, 0, 256, ["reported_pct"])
    hit = Draws(SEED, 0, 256).chance("event/assembly/occurs", 0.5, period=2027)
    assert 96 < hit.sum() < 160
    cells = printed(counts.kept["reported_pct"])
    for step, year in enumerate(range(2027, 2032)):
        met = cells[:, step] >= np.where(hit, goal, 350)
        waiting = hit & (2029 <= year < by) & ~met
        assert (counts.arrays["not_yet_due"][:, step] == waiting.sum(axis=-1)).all(), year
        assert (counts.arrays["in_force"][:, step] == (met | waiting).sum(axis=-1)).all(), year
