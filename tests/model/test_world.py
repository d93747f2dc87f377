"""What may be done to the state: every variable stays in its range, and only on the paths that are hit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sim
from sim.distributions.draws import Draws
from sim.distributions.families import Uniform
from sim.engine.block import run_block
from sim.engine.clock import Clock
from sim.engine.observer import Observer
from sim.model.events.election import Election
from sim.model.state import LEAST_LEFT, MOST_WILL, AllyState, Hit, Politics, World
from sim.model.urgency_state import UrgencyState
from sim.numerics.arrays import MOST_PCT
from support import per_path

PATHS, NOWHERE = np.array([0, 2]), np.array([], dtype=np.intp)


def ally(share: float = 2.0) -> AllyState:
    def each() -> Any:
        return np.full(3, share, dtype=np.float32)

    return AllyState(
        iso3="XXX", code=1, name="X", europe_canada=True, share_pct=each(), norm_pct=each(), row=0, will=each(),
        last_vote=np.full(3, -1_000, np.int16), changes=np.zeros(3, np.uint16), mean_will=0.0, related_pct=each(),
        gdp_usd_bn=each(), base_share_pct=share, base_year=2026, politics=Politics(1.0, 0.0, 0.5, 1.0),
    )  # fmt: skip


def world(*states: AllyState) -> World:
    draws = Draws(1, 0, 3)
    zeros = np.zeros((len(states), 3), dtype=np.float32)
    urgency = UrgencyState(np.ones(3, dtype=np.float32), 0, 1.0)
    return World(
        Clock(2026), draws, urgency, {}, {f"X{index}": state for index, state in enumerate(states)}, will=zeros,
        last_vote=zeros.astype(np.int16), changes=zeros.astype(np.uint16), past_jumps={},
    )  # fmt: skip


def hold(one: AllyState, hit: Hit, month: int) -> None:
    """Call the ally's voters to the polls by an event."""
    here = world(one)
    here.allies, here.calendar = {"XXX": one}, Clock(2026)
    here.calendar.env.run(until=month)
    Election(kind="election", name="x", ally="XXX", when="2027-01").apply(here, hit)


@pytest.mark.parametrize(("state", "amount", "least_or_most"), [
    ("share_pct", -9.0, 0.0), ("share_pct", 900.0, MOST_PCT), ("norm_pct", -9.0, 0.0), ("related_pct", 900.0, MOST_PCT),
    ("will", -900.0, -MOST_WILL), ("will", 900.0, MOST_WILL),
    ("gdp_pct", -900.0, 2.0 * LEAST_LEFT), ("gdp_pct", 1e6, 2.0 / LEAST_LEFT),
])  # fmt: skip
def test_a_shock_beyond_the_range_of_a_state_ends_at_its_edge(state: str, amount: float, least_or_most: float) -> None:
    one = ally()
    one.add(state, PATHS, amount)
    values = one.gdp_usd_bn if state == "gdp_pct" else getattr(one, state)
    assert values.tolist() == pytest.approx([least_or_most, 2.0, least_or_most])


def test_a_shock_inside_the_range_is_what_it_says() -> None:
    one = ally()
    one.add("will", PATHS, -3.0)
    one.add("norm_pct", PATHS, 0.5)
    one.add("gdp_pct", PATHS, 10.0)
    assert one.will.tolist() == [-1.0, 2.0, -1.0]
    assert one.norm_pct.tolist() == [2.5, 2.0, 2.5]
    assert one.gdp_usd_bn.tolist() == pytest.approx([2.2, 2.0, 2.2])


def test_urgency_falls_to_nothing_and_no_further() -> None:
    urgency = UrgencyState(np.full(3, 0.5, dtype=np.float32), 0, 1.0)
    urgency.jump(PATHS, -2.0, 0)
    assert urgency.level(0).tolist() == [0.0, 0.5, 0.0]
    urgency.jump(PATHS, 0.25, 0)
    assert urgency.level(0).tolist() == [0.25, 0.5, 0.25]


def test_what_all_allies_share_is_computed_once_a_month_and_anew_after_a_jump() -> None:
    asked = []

    def doubled(urgency: Any, *, weight: Any) -> Any:
        asked.append(weight)
        return weight * urgency

    urgency = UrgencyState(np.ones(3, dtype=np.float32), 0, 0.5)
    first = urgency.shared(0, doubled, weight=2.0)
    assert urgency.shared(0, doubled, weight=2.0) is first
    assert urgency.shared(0, doubled, weight=3.0).tolist() == [3.0, 3.0, 3.0]
    assert urgency.shared(1, doubled, weight=2.0).tolist() == [1.0, 1.0, 1.0]
    urgency.jump(PATHS, 1.0, 1)
    assert urgency.shared(1, doubled, weight=2.0).tolist() == [3.0, 1.0, 3.0]
    weights = np.array([1, 2, 3], dtype=np.float32)
    assert urgency.shared(1, doubled, weight=weights).tolist() == [1.5, 1.0, 4.5]
    assert len(asked) == 5, "an array of weights is an ally's own"


def test_a_vote_counts_a_change_of_government_and_drops_what_was_pledged() -> None:
    one = ally()
    one.pledge(3.0, 2030.0, 1.0, False, np.arange(3))
    one.announce({2030: 3.0}, True, np.arange(3))
    for year in (2027, 2028):
        hold(one, Hit(Draws(1, 0, 3), "event/x", year, PATHS), 12 * (year - 2026))
    assert one.changes is not None
    assert one.changes.tolist() == [2, 0, 2]
    assert one.last_vote.tolist() == [24, -1_000, 24]
    assert one.will.tolist() == [3.0, 2.0, 3.0]
    assert [holds.tolist() for holds in one.in_force()] == [[False, True, False]] * 2


def test_a_lapse_has_a_draw_of_its_own() -> None:
    """Half of the changes lapse, whatever else is drawn for them."""
    one, size = ally(), 4_096
    for name in ("share_pct", "will", "last_vote", "changes"):
        setattr(one, name, np.resize(getattr(one, name), size))
    one.politics = Politics(0.5, 0.0, 0.5, 0.5)
    one.pledge(3.0, 2030.0, 1.0, False, np.arange(size))
    draws = Draws(1, 0, size)
    hold(one, Hit(draws, "event/x", 2027, np.arange(size)), 12)
    lapsed = draws.chance("event/x/change", 0.5, period=2027) & draws.chance("event/x/lapse", 0.5, period=2027)
    assert (one.in_force()[0] == ~lapsed).all()
    assert abs(lapsed.mean() - 0.25) < 0.03


def test_a_path_announced_again_holds_where_it_is_new_and_the_former_elsewhere() -> None:
    one = ally()
    one.announce({2030: 3.0}, True, np.arange(3))
    one.announce({2030: 4.0}, False, PATHS)
    assert [path.holds.tolist() for path in one.announced] == [[False, True, False], [True, False, True]]
    assert [path.holds.dtype for path in one.announced] == [np.bool_, np.bool_]


def test_what_a_story_tells_is_what_the_path_drew() -> None:
    draws, law = Draws(1, 0, 3), Uniform(low=0.0, high=1.0)
    hit = Hit(draws, "event/x", 2027, PATHS)
    assert hit.first_value("size", law) == draws.value("event/x/size", law, period=2027)[0]
    assert hit.at(PATHS[1:]).first_value("size", law) == draws.value("event/x/size", law, period=2027)[2]


def test_a_shock_of_all_allies_reaches_all_and_a_recession_adds_up() -> None:
    here = world(ally(), ally(3.0))
    assert [state.share_pct[0] for state in here.states(None)] == [2.0, 3.0]
    assert [state.share_pct[0] for state in here.states("X1")] == [3.0]
    here.lower_growth(None, PATHS, 2.0)
    here.lower_growth(None, np.array([2]), 3.0)
    here.lower_growth("X1", PATHS, 1.0)
    assert here.growth_loss_pct is not None
    assert here.growth_loss_pct.tolist() == [2.0, 0.0, 5.0]
    assert here.growth_loss_pct.dtype == np.float32
    assert here.allies["X1"].growth_loss_pct is not None
    assert here.allies["X0"].growth_loss_pct is None


def test_new_governments_jump_where_they_are_and_are_counted_if_somebody_asks() -> None:
    one = ally()
    one.pledge(3.0, 2030.0, 1.0, False, np.arange(3))
    one.change_governments(PATHS, np.array([0.5, -1.0], dtype=np.float32), NOWHERE)
    assert one.will.tolist() == [2.5, 2.0, 1.0]
    assert one.changes is not None
    assert one.changes.tolist() == [1, 0, 1]
    assert one.in_force()[0].all()
    one.changes = None
    one.change_governments(PATHS, 0.5, NOWHERE)
    assert one.will.tolist() == [3.0, 2.0, 1.5]
    assert one.will.dtype == np.float32


def test_an_ally_keeps_its_rows_of_the_world() -> None:
    """Elections reach will, votes and changes through the world's arrays: nobody may put others in their place."""
    seen: list[bool] = []

    class Same(Observer):
        asks_for_changes = True

        def begin(self, world: World) -> None:
            self.world = world

        def outturn(self, ally: AllyState, year: int) -> None:
            names = ("will", "last_vote", "changes")
            seen.append(all(np.shares_memory(getattr(ally, name), getattr(self.world, name)) for name in names))

    run_block(
        sim.loads("[targets.core]\nshare_pct = 3.5\nby = 2030\n[horizon]\nbase_year = 2026\nlast_year = 2029\n"),
        1,
        0,
        16,
        observer=Same(),
    )
    assert len(seen) == 3 * 31
    assert all(seen)


def test_allies_vote_at_once_and_some_of_the_votes_change_governments() -> None:
    here = world(ally(), ally())
    for _ in range(2):
        here.vote(17, np.array([1, 3, 5]), np.array([1, 5]), np.array([0.5, 1.0], dtype=np.float32), NOWHERE)
    assert here.will.tolist() == [[0.0, 1.0, 0.0], [0.0, 0.0, 2.0]]
    assert here.last_vote.tolist() == [[0, 17, 0], [17, 0, 17]]
    assert here.changes is not None
    assert here.changes.tolist() == [[0, 2, 0], [0, 0, 2]]
    here.changes = None
    here.vote(18, np.array([0]), np.array([0]), np.array([1.0], dtype=np.float32), NOWHERE)
    assert here.will[0, 0] == 1.0


def test_what_an_election_does_is_the_same_for_one_ally_and_for_all_at_once() -> None:
    """Two allies that vote one by one, as the calendar and events have it, and at once, as early elections do."""
    held, changing, lapsing = np.array([0, 1, 2, 4, 5]), np.array([1, 2, 5]), np.array([2, 5])
    jump = np.array([0.5, -0.25, 1.0], dtype=np.float32)
    at_once, one_by_one = world(ally(), ally()), world(ally(), ally())
    for here in (at_once, one_by_one):
        for row, one in enumerate(here.allies.values()):
            one.row, one.will, one.last_vote = row, here.will[row], here.last_vote[row]
            one.changes = None if here.changes is None else here.changes[row]
            one.pledge(3.0, 2030.0, 1.0, False, np.arange(3))
    mask, jumps = np.isin(held, changing), np.array([9.0, 0.5, -0.25, 9.0, 1.0], dtype=np.float32)
    at_once.vote(17, held, held, jumps, lapsing, mask)
    first, second = one_by_one.allies.values()
    first.vote(17, held[:3], changing[:2], jump[:2], lapsing[:1])
    second.vote(17, held[3:] - 3, changing[2:] - 3, jump[2:], lapsing[1:] - 3)
    for here in (at_once, one_by_one):
        assert here.last_vote.tolist() == [[17, 17, 17], [0, 17, 17]]
        assert here.will.tolist() == [[0.0, 0.5, -0.25], [0.0, 0.0, 1.0]]
        assert here.changes is not None
        assert here.changes.tolist() == [[0, 1, 1], [0, 0, 1]]
        assert [one.in_force()[0].tolist() for one in here.allies.values()] == [[True, True, False]] * 2


def test_the_sums_of_december_are_those_of_europe_and_canada_in_single_precision() -> None:
    here = world(ally(2.0), ally(3.0), ally(50.0))
    here.allies["X2"].europe_canada = False
    here.close_year()
    assert per_path(here.europe_canada_gdp_usd_bn).tolist() == [5.0] * 3
    assert per_path(here.europe_canada_outlays_usd_bn).tolist() == [13.0] * 3
    sums = per_path(here.europe_canada_gdp_usd_bn), per_path(here.europe_canada_outlays_usd_bn)
    assert [each.dtype for each in sums] == [np.dtype(np.float32)] * 2


def test_a_hit_on_some_paths_shares_the_draws_of_the_whole() -> None:
    hit = Hit(Draws(1, 0, 3), "event/x", 2027, np.arange(3))
    law = Uniform(low=0.0, high=1.0)
    whole = hit.draw("size", law)
    assert hit.at(PATHS).drawn is hit.drawn
    assert hit.at(PATHS).draw("size", law).tolist() == whole[PATHS].tolist()


def test_urgency_fades_by_the_month_in_double_precision_and_by_path_in_single() -> None:
    one = UrgencyState(np.ones(3, dtype=np.float32), 0, 0.99)
    assert one.level(24).tolist() == pytest.approx([0.99**24] * 3, rel=1e-7)
    assert isinstance(one._left(24), float)
    monthly = np.array([0.9, 0.99, 0.999], dtype=np.float32)
    each = UrgencyState(np.ones(3, dtype=np.float32), 0, monthly)
    by_hand = np.prod([monthly.astype(np.float64)] * 24, axis=0)
    assert each.level(24).tolist() == pytest.approx(by_hand.astype(np.float32).tolist(), rel=1e-6)
    assert per_path(each._left(24)).dtype == np.float32
    assert each.level(24) is each.level(24)
