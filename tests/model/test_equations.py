"""The equations alone, against numbers worked out by hand and the properties they must have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data.tables import load_tables
from sim.engine.growth_inputs import own_growth_sd
from sim.model.equations import budget, growth, outturn, related, will
from sim.model.equations.exposure import Rule, exposure
from sim.model.equations.targets import Followed, bound_pct, followed, years_left
from sim.model.equations.urgency import HISTORY, past_urgency
from sim.model.parameters import Urgency
from sim.model.state import AllyState, OwnPath, Politics, TargetInForce
from sim.model.urgency_state import UrgencyState
from sim.numerics.arrays import link, saturate
from sim.numerics.exact import monthly_factor
from sim.numerics.grid import printed, reaches
from support import per_path

reals = st.floats(-50, 50, width=32)
shares = st.floats(np.float32(0.2), 10, width=32)


def array(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_links_at_known_points() -> None:
    assert link(array(0.0)) == 0.5
    assert link(array(2.0)) == pytest.approx((1 + 2 / math.sqrt(8)) / 2, rel=1e-6)
    assert saturate(array(0.0)) == 0
    assert saturate(array(1.0)) == pytest.approx(1 - 1 / (1 + 1 + 0.5 + 1 / 6), rel=1e-6)


@given(reals)
def test_link_is_near_the_logistic_function_and_symmetric(x: float) -> None:
    value = float(link(array(x))[0])
    assert 0 <= value <= 1
    assert abs(value - 1 / (1 + math.exp(-x))) < 0.06
    assert value + float(link(array(-x))[0]) == pytest.approx(1, abs=1e-6)


@given(st.floats(0, 10, width=32))
def test_saturate_is_near_one_minus_exp(a: float) -> None:
    assert abs(float(saturate(array(a))[0]) - (1 - math.exp(-a))) < 0.03


def test_urgency_of_history_in_december_2026() -> None:
    sizes = dict(Urgency())
    assert past_urgency(2026, 12, monthly_factor(0.05), sizes) == pytest.approx(1.61, abs=0.005)
    assert past_urgency(2014, 2, monthly_factor(0.05), sizes) == 0
    assert past_urgency(2014, 3, monthly_factor(0.05), sizes) == sizes[HISTORY[0].size] == 0.35


def test_urgency_fades_jumps_and_halves() -> None:
    urgency = UrgencyState(array(1.0, 1.0, 1.0), 11, monthly_factor(0.05))
    np.testing.assert_allclose(urgency.level(23), math.exp(-0.05), rtol=1e-6)
    untouched = urgency.level(30)[2]
    urgency.jump(np.array([0]), 0.7, 23)
    urgency.scale(np.array([1]), 0.5)
    level = urgency.level(23)
    assert level[0] == pytest.approx(math.exp(-0.05) + 0.7, rel=1e-6)
    assert level[1] == pytest.approx(math.exp(-0.05) / 2, rel=1e-6)
    assert urgency.level(30)[2] == untouched


def test_urgency_with_a_random_decay_agrees_with_numbers() -> None:
    several = UrgencyState(array(1.0, 1.0), 11, array(monthly_factor(0.05), monthly_factor(0.2)))
    for index, decay in enumerate((0.05, 0.2)):
        one = UrgencyState(array(1.0), 11, monthly_factor(decay))
        assert several.level(60)[index] == pytest.approx(float(one.level(60)[0]), rel=1e-5)


def test_growth_noise_of_the_data_is_what_the_page_says() -> None:
    series: dict[str, dict[int, float]] = {}
    tables = load_tables()
    armed = {ally.iso3 for ally in tables.armed_allies()}
    for row in tables.gdp:
        if row.growth_pct is not None and row.iso3 in armed:
            series.setdefault(row.iso3, {})[row.year] = row.growth_pct
    stated = {"BEL": 0.9, "FRA": 0.9, "USA": 1.2, "DEU": 1.5, "LTU": 2.3, "EST": 3.4, "GRC": 3.7, "LVA": 3.8}
    for iso3, sd in stated.items():
        assert round(own_growth_sd(series, iso3, 2026), 1) == pytest.approx(sd, abs=0.1001)


def test_the_common_factor_has_mean_zero() -> None:
    hit = growth.common_factor(0.0, np.array([True, False]), 5.0, 0.07)
    assert hit == pytest.approx([5 * 0.07 - 5, 5 * 0.07], rel=1e-6)


def test_exposure_from_geography() -> None:
    assert exposure(1609, False, True, False) == pytest.approx(math.log(2200 / 1609))
    assert exposure(867, True, True, False) == pytest.approx(math.log(2200 / 867))
    assert exposure(1151, True, True, False) == 0.9
    assert exposure(1569, False, False, False) == pytest.approx(0.4 * math.log(2200 / 1569))
    assert exposure(7822, False, False, False) == 0
    assert exposure(892, True, True, False, override=0.5) == 0.5


def test_exposure_by_the_other_rules() -> None:
    assert exposure(1569, False, False, False, rule=Rule.DISTANCE) == pytest.approx(math.log(2200 / 1569))
    assert exposure(1777, False, True, True) == pytest.approx(math.log(2200 / 1777))
    assert exposure(1777, False, True, True, rule=Rule.SHELTERED_BLACK_SEA) == pytest.approx(
        0.4 * math.log(2200 / 1777)
    )
    assert exposure(1609, False, True, False, rule=Rule.SHELTERED_BLACK_SEA) == pytest.approx(math.log(2200 / 1609))
    assert exposure(7822, False, False, False, rule=Rule.DISTANCE) == 0
    assert {exposure(892, True, True, False, 0.5, rule) for rule in Rule} == {0.5}


def test_fiscal_room_is_what_the_worse_of_debt_and_deficit_leaves() -> None:
    limits = {"debt_from_pct": 60, "debt_span_pct": 60, "deficit_from_pct": 3, "deficit_span_pct": 3}
    room = {
        (debt, deficit): float(budget.fiscal_room(debt, deficit, loss=0.45, **limits))
        for debt, deficit in ((30, -8), (90, 0), (200, 0), (30, 4), (30, 9), (90, 4), (90, 6))
    }
    assert room == pytest.approx(
        {(30, -8): 1, (90, 0): 0.775, (200, 0): 0.55, (30, 4): 0.85, (30, 9): 0.55, (90, 4): 0.775, (90, 6): 0.55}
    )


def test_deadline_alone_is_a_straight_line_to_the_target() -> None:
    """Closed form 3, the deadline rule with w = room = weight = 1."""
    share = array(2.0)
    for year in range(2027, 2033):
        share = share + budget.pledged_step(3.5, share, 2032 - year + 1, 1.0, weight=1.0)
    assert share[0] == pytest.approx(3.5, abs=1e-6)


def test_deadline_with_a_weight_leaves_the_stated_gap() -> None:
    share, gap = array(2.0), 1.5
    for left in range(6, 0, -1):
        share = share + budget.pledged_step(3.5, share, left, 1.0, weight=0.5)
        gap *= 1 - 0.5 / left
    assert 3.5 - share[0] == pytest.approx(gap, abs=1e-6)


def test_partial_adjustment() -> None:
    share = array(2.0)
    for _ in range(5):
        speed_up = budget.speed_up(array(0.0), speed=0.3, speed_urgency=0.18, speed_max=0.8)
        share = share + budget.pull(array(3.0), share, speed_up, 1.0, speed_down=0.2)
    assert share[0] == pytest.approx(3 - 0.7**5, abs=1e-6)


@given(shares, reals, reals, st.floats(0, 1, width=32))
def test_a_plan_stays_within_reach(share: float, pull: float, pledged: float, willing: float) -> None:
    limits = {"max_rise_pct": 1.0, "max_rise": 0.4, "max_fall": 0.08}
    plan = budget.plan(
        array(pull), array(pledged), array(willing), array(share), headroom_pct=3.0, headroom_weight=0.5, **limits
    )
    assert -0.08 * share * (1 + 1e-5) <= plan[0] <= min(1.0, 0.4 * share) * (1 + 1e-5)
    if plan[0] > 0:
        assert plan[0] <= 0.5 * max(3.0 - share, 0) + 1e-5


def planned(share: float, willing: float, *, desired: float, target: float = 2.0, left: int = 3) -> float:
    """The plan of an ally that would rather be at `desired`, with nothing in the way of a budget."""
    speed_up = budget.speed_up(array(1.0), speed=0.05, speed_urgency=0.18, speed_max=0.8)
    pull = budget.pull(array(desired), array(share), speed_up, 1.0, speed_down=0.2)
    pledged = budget.pledged_step(target, array(share), left, 1.0, weight=0.5)
    wide = {"headroom_pct": 50.0, "headroom_weight": 1.0, "max_rise_pct": 50.0, "max_rise": 50.0, "max_fall": 1.0}
    return float(budget.plan(pull, pledged, array(willing), array(share), **wide)[0])


@given(st.floats(0, 1, width=32), st.floats(0, 5, width=32))
def test_nothing_jumps_where_the_target_is_reached(willing: float, desired: float) -> None:
    """A share just below the target and one just above are planned alike."""
    assert planned(1.9999, willing, desired=desired) == pytest.approx(
        planned(2.0001, willing, desired=desired), abs=1e-3
    )


@given(st.floats(0.2, 6), st.floats(0.2, 6), st.floats(0, 1, width=32), st.floats(0, 5, width=32))
def test_who_stands_higher_plans_to_stand_higher(one: float, other: float, willing: float, desired: float) -> None:
    low, high = sorted((one, other))
    after = [share + planned(share, willing, desired=desired) for share in (low, high)]
    assert after[0] <= after[1] + 1e-5


@given(st.floats(0.2, 6), st.floats(0, 1, width=32), st.floats(0, 1, width=32), st.floats(0, 5, width=32))
def test_the_more_willing_never_plans_less(share: float, one: float, other: float, desired: float) -> None:
    low, high = sorted((one, other))
    assert planned(share, low, desired=desired) <= planned(share, high, desired=desired) + 1e-6


def test_a_fully_willing_ally_never_plans_below_the_target() -> None:
    assert 2.5 + planned(2.5, 1.0, desired=0.5) == pytest.approx(2.1)  # the pull alone: a fifth of the excess
    assert 2.1 + planned(2.1, 1.0, desired=0.5) == pytest.approx(2.0)
    assert 2.1 + planned(2.1, 0.0, desired=0.5) == pytest.approx(1.78)


def test_printed_rounds_halves_up_as_nato_prints() -> None:
    assert printed_of(3.495) == 350
    assert printed_of(3.494) == 349
    assert printed_of(2.0) == 200
    assert printed_of(1.995) == 200
    assert printed_of(3.005) == 301


def test_a_share_reaches_a_target_that_prints_alike() -> None:
    assert reaches(printed([3.494, 3.495, 3.5, 3.51]), 3.5).tolist() == [False, True, True, True]
    assert reaches(printed(3.494), 3.494), "the target is printed too"
    assert reaches(printed(array(2.0, 2.0)), array(2.004, 2.005)).tolist() == [True, False]


def printed_of(share: float) -> int:
    return int(printed(share))


def spent(share: np.ndarray, plan: np.ndarray, execution: float, noise: float, surprise: Any) -> np.ndarray:
    return outturn.outturn(outturn.budgeted(share, plan, execution), share, noise, surprise, floor_pct=0.2)


def test_outturn_moves_the_share_against_the_surprise() -> None:
    after = spent(array(2.0, 2.0, 2.0), array(0.1, -0.1, 0.0), 0.8, 0.0, array(0.0, 0.0, -4.0))
    assert after == pytest.approx([2.08, 1.9, 2 / 0.96], rel=1e-6)
    assert spent(array(0.21), array(-0.1), 1.0, 0.0, 0.0) == pytest.approx([0.2])


@given(shares, st.floats(-0.5, 0.5), st.floats(-0.2, 0.2), st.floats(-0.1, 0.1), st.floats(-10, 10))
def test_the_noise_needed_is_the_noise_that_brings_a_report(
    share: float, plan: float, noise: float, reporting: float, surprise: float
) -> None:
    """Equations 7 and 8 turned round: the noise that a report needs is the one that brought it."""
    money = outturn.budgeted(array(share), array(plan), 0.8)
    spent = outturn.outturn(money, array(share), noise, surprise, floor_pct=-100.0)
    report = spent * (1 + reporting)
    slope, spared = outturn.noise_needed(money, array(share), reporting, surprise)
    assert slope * report - spared == pytest.approx([noise], abs=2e-5)


def test_no_noise_brings_a_report_where_there_is_no_share_or_nothing_is_reported() -> None:
    slope, spared = outturn.noise_needed(array(0.0, 0.0, 2.0), array(0.0, 0.0, 2.0), array(0.0, 0.1, -1.5), 0.0)
    assert slope.dtype == spared.dtype == np.float32
    assert (slope * np.float32(3.5) - spared > 1e5).all()
    slope, spared = outturn.noise_needed(array(4.0), array(0.0), 0.0, 0.0)
    assert slope * np.float32(3.5) - spared < -1e5


def test_late_push_is_open_only_near_due_and_short() -> None:
    before, reported = array(3.2, 3.0, 3.2, 3.2), array(3.3, 3.3, 3.6, 3.3)
    in_reach = outturn.late_push_in_reach(before, 3.5, np.array([1, 1, 1, 0], bool), reach_pct=0.4, reach=0.6)
    assert in_reach.tolist() == [True, False, True, False]
    assert outturn.late_push_open(reported, 3.5, in_reach).tolist() == [True, False, False, False]


def test_peers_and_drift() -> None:
    assert will.peer_average(30.0, 10.0, 4.0, 2.0) == pytest.approx(26 / 8)
    after = will.drift(array(1.0), 0.0, 0.1, 3.0, array(2.0), reversion=0.15, peer=0.05)
    assert after == pytest.approx([0.85 + 0.1 + 0.05])


def test_related_stays_at_or_above_zero_and_counts_to_its_cap() -> None:
    assert related.next_related(array(0.01), array(0.0), -0.5, speed=0.35, scale_pct=2.0) == [0.0]
    assert related.counted(array(1.2, 1.8), cap_pct=1.5) == pytest.approx([1.2, 1.5])


def ally(share: float) -> AllyState:
    one = array(share, share)
    return AllyState(
        iso3="XXX", code=1, name="X", europe_canada=True, share_pct=one, norm_pct=one.copy(), row=0, will=one.copy(),
        last_vote=np.zeros(2, np.int16), changes=np.zeros(2, np.uint16), mean_will=0.0, related_pct=one.copy(),
        gdp_usd_bn=one.copy(), base_share_pct=share, base_year=2026, politics=Politics(0.45, 0.06, 0.0, 0.5),
    )  # fmt: skip


def test_what_binds_to_most_is_followed_and_an_opt_out_wins_until_it_lapses() -> None:
    state = ally(2.0)
    alliance = [TargetInForce(3.5, 2032.0, 1.0, 2), TargetInForce(5.0, 2027.0, 0.8, 2)]
    share, due, commitment = followed(state, alliance, 1.0)
    assert (share, due, commitment) == (5.0, 2027, pytest.approx(0.8)), "numbers, where all paths agree"
    state.pledge(2.1, 2035.0, 1.0, True, np.array([0, 1]))
    state.drop_pledges(np.array([1]))
    share, due, _ = followed(state, alliance, 1.0)
    assert per_path(share).tolist() == pytest.approx([2.1, 5.0])
    assert followed(ally(2.0), [TargetInForce(3.5, 2032.0, 1.0, 2)], 0.3) == (3.5, 2032.0, 0.3)
    assert followed(ally(2.0), [], 1.0)[2] == 0


def test_an_announced_path_is_straight_between_points() -> None:
    path = OwnPath({2026: 2.0, 2030: 2.8, 2032: 3.0}, False, np.array([True]))
    assert path.share_pct(2028) == pytest.approx(2.4)
    assert path.share_pct(2031) == pytest.approx(2.9)
    assert path.share_pct(2033) is None


def test_the_norm_learns_what_the_threat_does_not_explain() -> None:
    assert budget.learned_norm(array(2.0), array(3.0), array(0.6), learning=0.2) == pytest.approx([2.08])
    assert budget.learned_norm(array(2.0), array(3.0), array(1.6), learning=0.2) == pytest.approx([2.0])


def test_the_years_left_count_the_budget_being_made() -> None:
    assert years_left(2032.0, 2027) == 6
    assert years_left(2032.0, 2032) == 1
    assert years_left(2032.0, 2040) == 1
    assert bound_pct(Followed(3.5, 2032.0, 0.3)) == np.float32(3.5) * np.float32(0.3)


def test_related_aims_at_what_will_and_urgency_ask() -> None:
    aim = 2.0 * float(link(array(1.5))[0])
    inclined = budget.inclined(array(0.5), array(1.0))
    after = related.next_related(array(1.0), inclined, 0.0, speed=0.35, scale_pct=2.0)
    assert after == pytest.approx([1.0 + 0.35 * (aim - 1.0)])


def test_a_late_push_lifts_report_and_share() -> None:
    report, share = outturn.pushed(array(3.3, 3.6), 3.5, array(-0.01, 0.02))
    assert report == pytest.approx([3.535, 3.57])
    assert share == pytest.approx([3.5, 3.6])


def test_a_report_is_never_negative() -> None:
    assert outturn.reported(array(2.0), -1.5) == [0.0]


def test_premium_and_desired_by_hand() -> None:
    felt = budget.felt(array(1.6), weight=0.5)
    premium = budget.threat_premium(array(0.3), felt, saturate(array(1.6)), weight=budget.at_risk(6.0, 0.5))
    x = 0.3 + 0.8
    by_hand = 6 * 0.5 * (1 + x / math.sqrt(x * x + 4)) * (1 - 1 / (1 + 1.6 + 1.28 + 1.6**3 / 6))
    assert premium == pytest.approx([by_hand], rel=1e-6)
    desired = budget.desired_share(array(2.0), array(0.4), array(0.6), 3.5, pledge_weight=0.5, cap_pct=5.0)
    assert desired == pytest.approx([2.0 + 0.5 * 0.6 * 1.5 + 0.4])
