"""The edges of the equations: where a value is held, what type it has, and on which side of a limit the limit lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.test_followed import SIZE, moved
from model.test_world import ally
from sim.model.equations import budget, growth, outturn, related, targets
from sim.model.equations.urgency import HistoricalJump, past_urgency, power
from sim.model.state import TargetInForce
from sim.model.urgency_state import UrgencyState
from sim.numerics import arrays
from sim.numerics.arrays import (
    LEAST_GDP_USD_BN,
    MOST_GDP_USD_BN,
    MOST_PCT,
    at,
    at_least,
    at_most,
    broadcast,
    clip,
    positive,
    select,
)
from support import per_path


def array(*values: float) -> Any:
    return np.array(values, dtype=np.float32)


def test_a_year_halves_gdp_at_most_and_doubles_it_at_most() -> None:
    after = growth.next_gdp(array(10, 10, 10, 10), 3.0, array(-90, -3, 3, 200))
    assert after.tolist() == pytest.approx([5.0, 10.0, 10.6, 20.0])
    assert growth.held_gdp(array(1e-9, 5.0, 1e9)).tolist() == pytest.approx([LEAST_GDP_USD_BN, 5.0, MOST_GDP_USD_BN])


def test_a_surprise_of_growth_is_at_least_minus_fifty_and_own_recessions_lower_it() -> None:
    assert per_path(growth.surprise(1.0, array(4.0, -80.0))).tolist() == [5.0, -50.0]
    assert per_path(growth.surprise(1.0, array(4.0), array(3.0))).tolist() == [2.0]


def test_no_share_is_above_all_of_gdp() -> None:
    assert outturn.outturn(array(130.0), array(90.0), 0.0, 0.0, floor_pct=0.2).tolist() == [MOST_PCT]
    assert outturn.outturn(array(0.0), array(0.3), 0.0, 0.0, floor_pct=0.2).tolist() == pytest.approx([0.2])
    assert outturn.reported(array(90.0), 0.5).tolist() == [MOST_PCT]
    assert outturn.pushed(array(90.0), 99.0, array(0.5))[0].tolist() == [MOST_PCT]


def test_a_rise_is_executed_in_part_and_a_cut_in_full() -> None:
    share = array(2.0, 2.0, 2.0)
    money = outturn.budgeted(share, array(0.5, -0.5, 0.0), 0.8)
    assert money.tolist() == pytest.approx([2.4, 1.5, 2.0])
    after = outturn.outturn(money, share, 0.0, 25.0, floor_pct=0.2)
    assert after.tolist() == pytest.approx([2.4 / 1.25, 1.5 / 1.25, 2.0 / 1.25])


def test_a_late_push_is_possible_at_just_the_reach() -> None:
    before = array(2.0, 1.75)
    assert outturn.late_push_in_reach(before, 2.5, True, reach_pct=0.5, reach=1.0).tolist() == [True, False]
    assert outturn.late_push_in_reach(before, 2.5, True, reach_pct=1.0, reach=0.25).tolist() == [True, False]


def test_room_is_single_precision_as_what_it_multiplies() -> None:
    limits = {"debt_from_pct": 60.0, "debt_span_pct": 60.0, "deficit_from_pct": 3.0, "deficit_span_pct": 3.0}
    room = budget.fiscal_room(100.0, 1.0, loss=0.45, **limits)
    assert room.dtype == np.float32
    assert room == pytest.approx(1 - 0.45 * 40 / 60)
    deep = budget.fiscal_room(10.0, 4.5, loss=0.45, **limits)
    assert (deep.dtype, float(deep)) == (np.float32, pytest.approx(1 - 0.45 * 0.5))


def test_a_number_is_spread_and_an_array_copied_in_single_precision() -> None:
    assert (broadcast(0.1, 3).dtype, broadcast(0.1, 3).shape) == (np.dtype(np.float32), (3,))
    values = np.array([1.0, 2.0])
    copied = broadcast(values, 2)
    copied[0] = 9.0
    assert (copied.dtype, values[0]) == (np.dtype(np.float32), 1.0)
    assert at(0.5, np.array([1])) == 0.5
    assert at(array(1, 2, 3), np.array([2, 0])).tolist() == [3.0, 1.0]
    assert at(np.float32(4.0), np.array([1])) == 4.0


def test_bounds_hold_numbers_and_arrays() -> None:
    values = array(-1.0, 0.5, 3.0)
    assert positive(values).tolist() == [0.0, 0.5, 3.0]
    assert at_most(values, 1.0).tolist() == [-1.0, 0.5, 1.0]
    assert at_least(values, array(0.0, 1.0, 2.0)).tolist() == [0.0, 1.0, 3.0]
    assert clip(values, 0.0, 1.0).tolist() == [0.0, 0.5, 1.0]
    assert [at_most(3.0, 1.0), at_least(3.0, 5.0), clip(2.0, 0.0, 1.0)] == [1.0, 5.0, 1.0]
    assert {bound(values, 1.0).dtype for bound in (at_most, at_least)} == {values.dtype}
    with pytest.raises(ValueError, match="read-only"):
        np.add(values, 1, out=arrays._zeros(3))


def test_bounds_that_are_arrays_hold_path_by_path() -> None:
    values, low, high = array(-1.0, 0.5, 3.0, 0.5), array(0.0, 0.0, 0.0, 2.0), array(1.0, 1.0, 2.0, 1.0)
    assert clip(values, low, high).tolist() == [0.0, 0.5, 2.0, 1.0]
    assert clip(values, low, high).dtype == np.float32


def test_either_takes_the_bits_of_one_or_of_the_other() -> None:
    odd = array(np.nan, np.inf, -np.inf, -0.0, 1e-45, -3.25)
    mask = np.array([True, False, True, False, True, False])
    for one, other in ((odd, -odd), (odd, array(*[7.0] * 6)), (odd, 2.1), (2.1, odd), (2.1, 3.5), (np.inf, odd)):
        chosen = select(mask, one, other)
        assert chosen.dtype == np.float32
        expected = np.where(mask, np.asarray(one, dtype=np.float32), np.asarray(other, dtype=np.float32))
        assert chosen.view(np.int32).tolist() == expected.view(np.int32).tolist()
    assert odd.view(np.int32).tolist() == array(np.nan, np.inf, -np.inf, -0.0, 1e-45, -3.25).view(np.int32).tolist()


def test_security_related_outlays_stay_at_or_above_zero() -> None:
    assert related.next_related(array(1.0, 0.0), array(0.5, 0.0), -0.5, speed=0.5, scale_pct=2.0).tolist() == [0.5, 0.0]


def test_urgency_of_the_past_is_a_number_unless_the_decay_differs_by_path() -> None:
    sizes = {"first": 1.0, "second": 0.25, "later": 9.0}
    history = [
        HistoricalJump(2014, 3, "first", ""),
        HistoricalJump(2015, 3, "second", ""),
        HistoricalJump(2015, 4, "later", ""),
    ]
    one = past_urgency(2015, 3, 0.5, sizes, history)
    assert isinstance(one, float)
    assert one == 0.5**12 + 0.25
    monthly = array(0.9, 0.99)
    two = past_urgency(2015, 3, monthly, sizes, history[:1])
    assert per_path(two).dtype == np.float32
    assert per_path(two).tolist() == power(monthly.astype(np.float64), 12).astype(np.float32).tolist()


def test_jumps_of_the_past_may_differ_by_path() -> None:
    sizes = {"first": array(1.0, 0.5), "second": 0.25}
    history = [HistoricalJump(2014, 3, "first", ""), HistoricalJump(2015, 3, "second", "")]
    assert per_path(past_urgency(2015, 3, 1.0, sizes, history)).tolist() == [1.25, 0.75]


def test_what_all_paths_agree_on_stays_a_number_and_the_rest_is_single_precision() -> None:
    dates_apart = [TargetInForce(3.5, 2032.0, 1.0, SIZE), moved(TargetInForce(3.5, 2040.0, 1.0, SIZE), [1], by=2028.0)]
    share, due, commitment = targets.followed(ally(2.0), dates_apart, 1.0)
    assert (share, commitment) == (3.5, 1.0)
    assert not isinstance(share, np.ndarray)
    assert (per_path(due).dtype, per_path(due).tolist()) == (np.dtype(np.float32), [2032.0, 2028.0, 2032.0])
    shares_apart = [moved(TargetInForce(3.5, 2032.0, 1.0, SIZE), [1], share_pct=4.0)]
    assert per_path(targets.followed(ally(2.0), shares_apart, 1.0).share_pct).dtype == np.float32
    assert targets.years_left(2032.0, 2027).dtype == np.float32


def test_a_commitment_is_held_to_what_binds_as_a_number_or_an_array() -> None:
    assert targets.least(1.0, 0.3) == 0.3
    held = targets.least(array(1.0, 0.2), 0.3)
    assert (per_path(held).dtype, per_path(held).tolist()) == (np.float32, pytest.approx([0.3, 0.2]))


def test_the_common_factor_is_single_precision() -> None:
    common = growth.common_factor(0.5, np.array([True, False]), 5.0, 0.1)
    assert (per_path(common).dtype, per_path(common).tolist()) == (np.float32, pytest.approx([0.5 - 4.5, 1.0]))


def test_nobody_is_followed_without_a_target_that_binds() -> None:
    nobody = targets.Followed(0.0, 9999.0, 0.0)
    assert targets.followed(ally(2.0), [], 1.0) == nobody
    assert targets.followed(ally(2.0), [TargetInForce(3.5, 2032.0, 0.0, SIZE)], 1.0) == nobody
    nowhere = ally(2.0)
    nowhere.pledge(3.0, 2030.0, 0.5, False, np.array([], dtype=np.intp))
    assert targets.followed(nowhere, [], 1.0) == nobody
    somewhere = ally(2.0)
    somewhere.pledge(3.0, 2030.0, 0.5, False, np.array([1]))
    found = targets.followed(somewhere, [], 1.0)
    assert [per_path(value).tolist() for value in found] == [[0, 3, 0], [9999, 2030, 9999], [0, 0.5, 0]]
    assert {per_path(value).dtype for value in found} == {np.dtype(np.float32)}


def test_a_jump_that_is_a_number_has_the_bits_of_one_that_is_drawn() -> None:
    """Both are rounded to single precision before they are added, as everywhere else."""
    for jump in np.linspace(0.01, 1.0, 200).tolist():
        number, drawn = ally(0.7), ally(0.7)
        places, nowhere = np.array([0, 2]), np.array([], dtype=np.intp)
        number.change_governments(places, jump, nowhere)
        drawn.change_governments(places, np.full(2, jump, dtype=np.float32), nowhere)
        assert number.will.tolist() == drawn.will.tolist()


def test_a_decay_that_differs_by_path_is_taken_to_its_power_in_double_precision() -> None:
    monthly = array(0.9957, 0.9803)
    level = UrgencyState(array(1.0, 1.0), 0, monthly).level(60)
    assert level.dtype == np.float32
    assert level.tolist() == power(monthly.astype(np.float64), 60).astype(np.float32).tolist()
