"""A pledge that is nowhere above a target in force asks for nothing that the ally is not bound to, and moves no bit."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume
from hypothesis import strategies as st

from properties.making import Table, holds_for, loaded, run, seeds, shipped, tables, tables_of
from properties.monotone import core_of
from reference.scenarios import ALLIES, happens_from, timed

SHARES = (1.0, 0.3, 0.55)
"""Commitments, none of them 0: a target of 0 binds nobody, and any pledge is above it."""


@st.composite
def bound(draw: st.DrawFn) -> tuple[Table, Table, str]:
    """A scenario, a target that holds an ally there to its share and date on every path, and that ally."""
    table, ally = draw(tables()), draw(st.sampled_from(ALLIES))
    name = core_of(table)
    target = table["targets"][name] | {"commitment": draw(st.sampled_from(SHARES))}
    target.pop("members", None)
    table["targets"][name] = target
    table["event"] = [event for event in table.get("event", ()) if event.get("target", "core") != name]
    own = table.setdefault("ally", {}).setdefault(ally, {})
    own["commitment"] = draw(st.sampled_from(SHARES))
    return table, target | {"commitment": min(target["commitment"], own["commitment"])}, ally


@st.composite
def lesser(draw: st.DrawFn) -> tuple[Table, Table]:
    """A scenario, and the same with a pledge no higher, due no earlier and bound no more than a target in force."""
    table, target, ally = draw(bound())
    base, last = table["horizon"]["base_year"], table["horizon"]["last_year"]
    pledge: Table = {
        "name": draw(st.sampled_from(("aa_lesser", "lesser", "zz_lesser"))), "kind": "pledge", "ally": ally,
        "share_pct": max(round(target["share_pct"] - draw(st.integers(0, 200)) / 100, 3), 0.1),
        "commitment": target["commitment"] * draw(st.sampled_from((1.0, 0.5, 0.1, 0.0))),
        **draw(timed(base, last, undated=True)),
    }  # fmt: skip
    pledge["by"] = max(target["by"] + draw(st.sampled_from((0, 1, 25))), happens_from(pledge, base))
    at_once = [event for event in table["event"] if event.get("ally") == ally and event.get("kind") == "pledge"]
    assume("rate" in pledge or all(event.get("when") != pledge.get("when") for event in at_once))
    more = deepcopy(table)
    more["event"].append(pledge)
    return table, more


@holds_for(12, 200, pair=lesser(), seed=seeds)
def test_a_pledge_that_is_nowhere_above_a_target_in_force_moves_no_bit(pair: tuple[Table, Table], seed: int) -> None:
    before, after = (run(loaded(table), 32, seed) for table in pair)
    assert after.digest() == before.digest()


def with_pledge(name: str, **pledge: Any) -> Table:
    table = tables_of(shipped(name))
    table["event"].append({"name": "a_vow", "kind": "pledge", "ally": "DEU", **pledge})
    return table


@pytest.mark.parametrize("name", ["rutte_2032", "hague_2035", "hague_2035_review", "us_five_percent_now"])
@pytest.mark.parametrize(
    "pledge",
    [
        {"share_pct": 3.5, "by": 2060},
        {"share_pct": 3.49, "by": 2040},
        {"share_pct": 3.5, "by": 2029, "commitment": 0.5},
        {"share_pct": 2.0, "by": 2040, "commitment": 0.1},
    ],
)
def test_germany_is_not_moved_by_less_than_it_has_pledged(name: str, pledge: Table) -> None:
    """It has 3.5 % by 2029 in the data; on paths above that share a later date would ask for a slower cut."""
    assert run(loaded(with_pledge(name, **pledge)), 512).digest() == run(shipped(name), 512).digest()


@pytest.mark.parametrize("pledge", [{"share_pct": 3.6, "by": 2060}, {"share_pct": 3.5, "by": 2028}])
def test_more_than_it_has_pledged_moves_it(pledge: Table) -> None:
    """The control: a share a tenth higher, or the same a year earlier."""
    before, after = run(shipped("rutte_2032"), 512), run(loaded(with_pledge("rutte_2032", **pledge)), 512)
    assert after.digest() != before.digest()
