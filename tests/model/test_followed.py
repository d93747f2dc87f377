"""Which target an ally follows, path by path, beside the rule written down anew."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.test_world import ally
from sim.model.equations.targets import followed
from sim.model.state import AllyState, OwnPath, TargetInForce

SIZE = 3
EVERYWHERE = np.arange(SIZE)


def spread(value: Any) -> list[float]:
    return [float(each) for each in np.broadcast_to(np.asarray(value, dtype=np.float32), (SIZE,))]


def by_path(state: AllyState, targets: list[TargetInForce], binding: float) -> list[tuple[float, ...]]:
    """The page's rule, one path at a time: the last opt-out that holds, or the first of what binds to most."""
    rows = []
    for path in EVERYWHERE:
        opt_outs = [p for p in state.pledges if p.opt_out and p.holds[path]]
        if opt_outs:
            rows.append((opt_outs[-1].share_pct, opt_outs[-1].by, opt_outs[-1].commitment))
            continue
        open_to = [
            (spread(t.share_pct)[path], spread(t.by)[path], min(spread(t.commitment)[path], binding)) for t in targets
        ]
        open_to += [(p.share_pct, p.by, p.commitment) for p in state.pledges if not p.opt_out and p.holds[path]]
        binds = [(-np.float32(c) * np.float32(t), due, index) for index, (t, due, c) in enumerate(open_to) if c > 0]
        rows.append(open_to[min(binds)[-1]] if binds else (0.0, 9999.0, 0.0))
    return rows


def same(state: AllyState, targets: list[TargetInForce], binding: float = 1.0) -> None:
    found = followed(state, targets, binding)
    got = list(zip(*(spread(value) for value in found), strict=True))
    assert got == [pytest.approx(row) for row in by_path(state, targets, binding)]


def moved(target: TargetInForce, paths: list[int], **new: float) -> TargetInForce:
    """A target that a summit has changed on some paths."""
    target.set(np.array(paths, dtype=np.intp), new.get("share_pct"), new.get("by"), new.get("commitment"))
    return target


def test_an_opt_out_wins_over_what_comes_after_it() -> None:
    state = ally(2.0)
    state.pledge(2.1, 2035.0, 1.0, True, np.array([0]))
    state.pledge(5.0, 2028.0, 1.0, False, EVERYWHERE)
    same(state, [TargetInForce(3.5, 2032.0, 1.0, SIZE)])
    assert spread(followed(state, [], 1.0).share_pct) == pytest.approx([2.1, 5.0, 5.0])


def test_of_two_opt_outs_the_later_wins_where_it_holds() -> None:
    state = ally(2.0)
    state.pledge(2.1, 2035.0, 1.0, True, EVERYWHERE)
    state.pledge(2.6, 2033.0, 1.0, True, np.array([1]))
    same(state, [TargetInForce(3.5, 2032.0, 1.0, SIZE)])
    assert spread(followed(state, [], 1.0).share_pct) == pytest.approx([2.1, 2.6, 2.1])


def test_a_commitment_taken_away_on_some_paths_holds_nobody_there() -> None:
    target = moved(TargetInForce(3.5, 2032.0, 1.0, SIZE), [2], commitment=0.0)
    same(ally(2.0), [target])
    assert spread(followed(ally(2.0), [target], 1.0).due) == [2032, 2032, 9999]


def test_a_commitment_that_differs_by_path_is_held_to_what_binds() -> None:
    target = moved(TargetInForce(3.5, 2032.0, 1.0, SIZE), [1], commitment=0.2)
    assert spread(followed(ally(2.0), [target], 0.3).commitment) == pytest.approx([0.3, 0.2, 0.3])


def test_of_equal_targets_the_one_due_first_is_followed_and_then_the_first_named() -> None:
    later, sooner = TargetInForce(3.5, 2035.0, 1.0, SIZE), TargetInForce(3.5, 2032.0, 1.0, SIZE)
    for targets in ([later, sooner], [sooner, later]):
        assert followed(ally(4.0), targets, 1.0) == (3.5, 2032.0, 1.0)
    state = ally(4.0)
    state.pledge(3.5, 2029.0, 1.0, False, EVERYWHERE)
    assert followed(state, [later, sooner], 1.0) == (3.5, 2029.0, 1.0)
    two = [TargetInForce(4.0, 2030.0, 0.5, SIZE), TargetInForce(2.0, 2030.0, 1.0, SIZE)]  # 2 % of GDP is bound by both
    assert followed(ally(3.0), two, 1.0).share_pct == 4.0
    assert followed(ally(3.0), two[::-1], 1.0).share_pct == 2.0


@pytest.mark.parametrize("share", [2.0, 3.4, 3.6, 6.0])
def test_what_binds_to_most_is_followed_wherever_the_ally_stands(share: float) -> None:
    pledge, demand = TargetInForce(3.5, 2035.0, 1.0, SIZE), TargetInForce(5.0, 2027.0, 0.3, SIZE)
    assert followed(ally(share), [demand, pledge], 1.0) == (3.5, 2035.0, 1.0)
    assert followed(ally(share), [demand, pledge], 0.3) == (5.0, 2027.0, 0.3)  # who is bound to neither by more
    demand.set(np.array([1]), None, None, 0.75)
    assert spread(followed(ally(share), [demand, pledge], 1.0).share_pct) == [3.5, 5.0, 3.5]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_any_targets_and_pledges_are_followed_by_the_rule(data: st.DataObject) -> None:
    some = st.lists(st.integers(0, SIZE - 1), unique=True).map(sorted)
    shares, years = st.sampled_from([1.5, 2.0, 2.5, 3.5, 5.0]), st.sampled_from([2020.0, 2027.0, 2029.0, 2032.0])
    commitments = st.sampled_from([0.0, 0.3, 1.0])
    targets = [
        moved(
            TargetInForce(data.draw(shares), data.draw(years), data.draw(commitments), SIZE), data.draw(some),
            share_pct=data.draw(shares), by=data.draw(years), commitment=data.draw(commitments),
        )
        for _ in range(data.draw(st.integers(0, 2)))
    ]  # fmt: skip
    targets += [TargetInForce(data.draw(shares), data.draw(years), data.draw(commitments), SIZE)]
    state = ally(data.draw(shares))
    for _ in range(data.draw(st.integers(0, 3))):
        paths = np.array(data.draw(some), dtype=np.intp)
        commitment = data.draw(st.sampled_from([0.3, 1.0]))
        state.pledge(data.draw(shares), data.draw(years), commitment, data.draw(st.booleans()), paths)
    same(state, targets, data.draw(st.sampled_from([0.3, 1.0])))


def test_an_announced_path_has_its_first_and_last_year_and_its_points() -> None:
    path = OwnPath({2026: 2.0, 2030: 2.8, 2032: 3.0}, False, np.ones(SIZE, dtype=np.bool_))
    assert [path.share_pct(year) for year in (2025, 2026, 2030, 2031, 2032, 2033)] == pytest.approx(
        [None, 2.0, 2.8, 2.9, 3.0, None]
    )
