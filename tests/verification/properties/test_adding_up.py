"""Every path is counted once and alike everywhere; parts add up to the whole; parts of a run to the run."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import strategies as st

import sim
from properties.making import TALLY, holds_for, made, run, seeds
from sim.engine.block import Job, run_job
from sim.numerics.grid import printed
from sim.results.counts import CELLS, KEEPABLE, PILLARS, TALLIES, Counts
from sim.results.record import Description, Yardstick

CORE, RELATED, TOTAL = range(3)


def check_counts(results: sim.Results, scenario: sim.Scenario) -> None:
    """Everything that holds of any run's counts."""
    description, counts = results.record.description, results.record.counts
    core = description.yardstick("core")
    check_sums(description, counts, core)
    check_order(description, counts, core)
    check_printed(description, counts)
    check_total(scenario, description, counts, core)
    if core is not None:
        check_first_years(description, counts, core)
        check_shortfall(description, counts, core)
    check_groups(description, counts)
    check_ranges(scenario, counts)


def check_sums(description: Description, counts: Counts, core: Yardstick | None) -> None:
    """Every histogram holds every path once."""
    arrays, paths = counts.arrays, counts.paths
    assert all((array >= 0).all() for array in arrays.values())
    for name in ("shares", "group_shares", "number"):
        assert (arrays[name].sum(axis=-1) == paths).all(), name
    bound = [paths if core and core.binds(entry.iso3) else 0 for entry in description.allies]
    assert (arrays["shortfall_usd"].sum(axis=-1) == np.array(bound)[:, None]).all()
    # A first year is noted in the end for everybody; whoever is not measured never complies.
    assert (arrays["first_year"].sum(axis=-1) == paths).all()
    free = np.array(bound) == 0
    assert (arrays["first_year"][free, -1] == paths).all()
    assert (arrays["group_shortfall_usd"].sum(axis=-1) == paths).all()


def check_order(description: Description, counts: Counts, core: Yardstick | None) -> None:
    """On paper is a part of compliant, the total a part of the core, and the numbers are sums over the allies."""
    arrays = counts.arrays
    compliant, paper = arrays["compliant"], arrays["on_paper"]
    assert (paper <= compliant).all()
    assert (compliant <= counts.paths).all()
    assert (paper[RELATED] == 0).all()  # a late push is of core outlays
    for pillar, name in enumerate(PILLARS):
        target = description.yardstick(name)
        unbound = [target is None or not target.binds(entry.iso3) for entry in description.allies]
        assert (compliant[pillar][unbound] == 0).all()
    if core is not None:
        both = [core.binds(entry.iso3) for entry in description.allies]
        assert (compliant[TOTAL][both] <= compliant[CORE][both]).all()
    expected = (arrays["number"] * np.arange(arrays["number"].shape[-1])).sum(axis=-1)
    assert (expected[:3] == compliant.sum(axis=1)).all()
    assert (expected[TALLIES.index("core_without_late_push")] == (compliant[CORE] - paper[CORE]).sum(axis=0)).all()


def check_printed(description: Description, counts: Counts) -> None:
    """Compliance is the upper tail of the printed shares, and these are the kept paths'."""
    shares, compliant = counts.arrays["shares"], counts.arrays["compliant"]
    reported = printed(counts.kept["reported_pct"])
    for index, entry in enumerate(description.allies):
        for pillar, name in enumerate(PILLARS[:2]):
            target = description.yardstick(name)
            if target is not None and target.binds(entry.iso3):
                goal = int(printed(target.share_pct))
                assert (compliant[pillar, index] == shares[pillar, index, :, goal:].sum(axis=-1)).all()
        for step in range(len(description.years)):
            cells = np.minimum(reported[index, step], CELLS - 1)
            assert (shares[CORE, index, step] == np.bincount(cells, minlength=CELLS)).all()


def check_total(scenario: sim.Scenario, description: Description, counts: Counts, core: Yardstick | None) -> None:
    """The total is met where report and counted security-related outlays reach it together, and the core is met."""
    target = description.yardstick("total")
    for index, entry in enumerate(description.allies):
        cap = scenario.of_ally(entry.iso3, scenario.related).counted_cap_pct
        if target is None or not target.binds(entry.iso3) or not isinstance(cap, float):
            continue
        reported, related = counts.kept["reported_pct"][index], counts.kept["related_pct"][index]
        met = printed(reported + np.minimum(related, np.float32(cap))) >= printed(target.share_pct)
        if core is not None and core.binds(entry.iso3):
            met &= printed(reported) >= printed(core.share_pct)
        assert (counts.arrays["compliant"][TOTAL, index] == met.sum(axis=-1)).all()


def check_first_years(description: Description, counts: Counts, core: Yardstick) -> None:
    """First year and staying, path by path from the kept reports."""
    arrays, goal, steps = counts.arrays, int(printed(core.share_pct)), len(description.years)
    for index, entry in enumerate(description.allies):
        if not core.binds(entry.iso3):
            continue
        start = np.full((1, counts.paths), printed(entry.base_share_pct) >= goal)
        met = np.concatenate([start, printed(counts.kept["reported_pct"][index]) >= goal])
        first = np.where(met.any(axis=0), met.argmax(axis=0), steps + 1)
        stays = np.array([f <= steps and met[f:, path].all() for path, f in enumerate(first)])
        assert (arrays["first_year"][index] == np.bincount(first, minlength=steps + 2)).all()
        assert (arrays["kept_from"][index] == np.bincount(first[stays], minlength=steps + 2)).all()
        assert arrays["kept_from"][index].sum() <= arrays["compliant"][CORE, index, -1]  # who stays is there
        so_far = arrays["first_year"][index].cumsum()[1:-1]
        assert (so_far >= arrays["compliant"][CORE, index]).all()  # whoever complies has begun to


def check_shortfall(description: Description, counts: Counts, core: Yardstick) -> None:
    """Money short is that of printed hundredths; groups are short of what their members are, to the million."""
    arrays, kept = counts.arrays, counts.kept
    europe = np.array([entry.europe_canada for entry in description.allies])
    money = arrays["shortfall_usd_m"]
    assert (arrays["group_shortfall_usd_m"] == [money[europe].sum(axis=0), money.sum(axis=0)]).all()
    bound = np.array([core.binds(entry.iso3) for entry in description.allies])[:, None, None]
    short = np.maximum(int(printed(core.share_pct)) - printed(kept["reported_pct"]).astype(float), 0) * bound
    exact = (short * kept["gdp_usd_bn"].astype(float) / 10).sum(axis=-1)  # hundredths of a per cent, USD million
    assert (np.abs(money - exact) <= 0.5 * counts.paths + 1e-6 * exact).all()  # each path's is rounded to a million
    for name in ("shortfall", "group_shortfall"):  # a late push closes some of it on paper, and opens none
        assert (arrays[f"spent_{name}_usd_m"] >= arrays[f"{name}_usd_m"]).all()
        assert (arrays[f"spent_{name}_usd"].sum(axis=-1) == arrays[f"{name}_usd"].sum(axis=-1)).all()
    assert (arrays["shortfall_usd"][..., 0][bound[:, 0, 0]] >= arrays["compliant"][CORE][bound[:, 0, 0]]).all()


def check_groups(description: Description, counts: Counts) -> None:
    """The averages of Europe and Canada and of NATO are the GDP-weighted means of the allies' core shares.

    In double precision here and in single there: sorted, no path is further than a cell from where it was counted.
    """
    gdp, reported = (counts.kept[name].astype(float) for name in ("gdp_usd_bn", "reported_pct"))
    europe = np.array([entry.europe_canada for entry in description.allies])
    for group, members in enumerate((europe, np.ones_like(europe))):
        average = (gdp * reported)[members].sum(axis=0) / gdp[members].sum(axis=0)
        for step, cells in enumerate(counts.arrays["group_shares"][group, CORE]):
            counted = np.repeat(np.arange(CELLS), cells)
            there = np.minimum(np.sort(np.floor(average[step] * 100 + 0.5)), CELLS - 1)
            assert np.abs(there - counted).max() <= 1


def check_ranges(scenario: sim.Scenario, counts: Counts) -> None:
    """Finite, nothing below 0, outlays at or above their floor and no share beyond 100 % of GDP."""
    for name in ("share_pct", "reported_pct", "related_pct", "gdp_usd_bn"):
        values = counts.kept[name]
        assert np.isfinite(values).all()
        assert values.min() >= 0
        assert name == "gdp_usd_bn" or values.max() <= 100
    floors = [scenario.of_ally(iso3, scenario.outturn).floor_pct for iso3 in scenario.ally]
    if all(isinstance(floor, float) for floor in (*floors, scenario.outturn.floor_pct)):
        assert counts.kept["share_pct"].min() >= np.float32(min(*floors, scenario.outturn.floor_pct))
    assert np.isfinite(counts.kept["will"]).all()
    assert np.isfinite(counts.kept["plan_pct"]).all()


@holds_for(8, 100, scenario=made(), seed=seeds)
def test_the_counts_of_a_made_scenario_add_up(scenario: sim.Scenario, seed: int) -> None:
    check_counts(run(scenario, 40, seed), scenario)


@st.composite
def cuts(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Where a run is cut, in sixteens, and in which order neighbours are joined."""
    inner = sorted(draw(st.sets(st.integers(1, 5), min_size=2, max_size=4)))
    places = [0, *inner, 6]
    joins = [draw(st.integers(0, parts - 2)) for parts in range(len(places) - 1, 1, -1)]
    return places, joins


@holds_for(3, 40, scenario=made(3), seed=seeds, cut=cuts(), turned=st.booleans())
def test_parts_of_a_run_merge_to_the_run_in_any_grouping(
    scenario: sim.Scenario, seed: int, cut: tuple[list[int], list[int]], turned: bool
) -> None:
    """Associative and commutative: whichever neighbours are joined first, and whichever is asked to take the other."""
    places, joins = cut
    whole = run(scenario, 90, seed)
    parts = []
    for first, last in pairwise(places):
        TALLY.runs += 1
        parts.append(run_job(Job(scenario, seed, 16 * first, min(16 * last, 90) - 16 * first, 16, KEEPABLE)))
    for place in joins:
        one, two = parts[place : place + 2]
        parts[place : place + 2] = [two.merged(one) if turned else one.merged(two)]
    assert parts[0].digest() == whole.digest()
    if len(places) > 3:
        again = run_job(Job(scenario, seed, 0, 16, 16, KEEPABLE))
        with pytest.raises(ValueError, match="do not join"):
            again.merged(run_job(Job(scenario, seed, 32, 16, 16, KEEPABLE)))
