"""Where parameters come from that no file says: rows that are all the estimate, and a part of the paths in earnest."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import tomli_w
from hypothesis import strategies as st

import sim
from properties.making import Table, holds_for, loaded, run, seeds, tables
from sim.data.tables import load_tables
from sim.results.counts import KEEPABLE

ROWS = 5


@cache
def all_the_estimate() -> str:
    """A table of draws in which every row is the estimate."""
    estimate = load_tables().parameter_draws[0]
    rows = [estimate.model_copy(update={"draw": draw}).model_dump() for draw in range(ROWS + 1)]
    return "\n".join([",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]) + "\n"


def with_source(table: Table, **source: object) -> Table:
    """The tables with other words on where parameters come from."""
    return {**table, "parameters": {**table.get("parameters", {}), **source}}


def same_bits(one: sim.Results, two: sim.Results) -> bool:
    """Whether every kept number of every path is the same."""
    return all(np.array_equal(one.paths(name), two.paths(name)) for name in KEEPABLE)


@holds_for(6, 60, table=tables(), kept=st.sampled_from((0.0, 0.4)), seed=seeds,
           rule=st.sampled_from(("drawn", "coasts")))  # fmt: skip
def test_where_all_rows_are_the_estimate_a_drawn_run_is_the_estimated_one(
    table: Table, kept: float, seed: int, rule: str
) -> None:
    source = {"in_earnest": kept, "geography": rule}
    drawn = {**with_source(table, use="drawn", **source), "data": {"parameter_draws": "draws.csv"}}
    with TemporaryDirectory() as folder:
        (Path(folder) / "draws.csv").write_text(all_the_estimate(), "utf-8")
        (Path(folder) / "drawn.toml").write_text(tomli_w.dumps(drawn), "utf-8")
        own = sim.load(Path(folder) / "drawn.toml")
        assert same_bits(run(own, 48, seed), run(loaded(with_source(table, use="estimated", **source)), 48, seed))


def test_the_packaged_rows_are_not_the_estimate() -> None:
    """The control of the above."""
    table: Table = {"targets": {"core": {"share_pct": 3.5, "by": 2030}}}
    drawn, estimated = (
        run(loaded(with_source(table, use=use, in_earnest=0.0, geography="coasts"))) for use in ("drawn", "estimated")
    )
    assert not same_bits(drawn, estimated)


@holds_for(4, 60, table=tables(), seed=seeds)
def test_a_path_in_earnest_is_that_of_a_run_in_which_all_are_and_any_other_that_of_a_run_in_which_none_is(
    table: Table, seed: int
) -> None:
    none, some, every = (run(loaded(with_source(table, use="drawn", in_earnest=p)), 48, seed) for p in (0.0, 0.5, 1.0))
    as_none, as_every = (
        np.all([(some.paths(name) == end.paths(name)).all(axis=(0, 1)) for name in KEEPABLE], axis=0)
        for end in (none, every)
    )
    assert (as_none | as_every).all()


def test_both_kinds_of_path_are_there() -> None:
    """The control of the above: the two runs differ on every path, and the path of the run between is one of each."""
    table: Table = {"targets": {"core": {"share_pct": 3.5, "by": 2030}}}
    none, some, every = (run(loaded(with_source(table, use="drawn", in_earnest=p)), 64) for p in (0.0, 0.5, 1.0))
    like = [(some.paths("share_pct") == end.paths("share_pct")).all(axis=(0, 1)) for end in (none, every)]
    assert not (like[0] & like[1]).any()
    assert 0.2 < like[1].mean() < 0.8
