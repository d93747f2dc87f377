"""The baselines: their formulas by hand, the scores they are known by, and what must not move them."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.data.tables import load_tables
from sim.distributions.draws import Draws
from sim.distributions.families import Normal
from sim.evaluation.backtest.baseline_fits import fit_adjustment, fit_moving_average
from sim.evaluation.backtest.baselines import BASELINES, FLOOR_PCT, NO_TARGET, Past, target_in_force
from sim.evaluation.scores.crps import crps
from sim.numerics.streams import Streams
from support import present

SEED, MEMBERS = 2032, 4096
EVERY_RIVAL = pytest.mark.parametrize("name", BASELINES)


@lru_cache
def printed_shares() -> tuple[tuple[int, ...], np.ndarray]:
    """ISO numeric codes and the shares (ally, year) of 2014 to 2026."""
    tables = load_tables()
    allies = tables.armed_allies()
    rows = [[present(tables.share(ally.iso3, year)).share_pct for year in range(2014, 2027)] for ally in allies]
    return tuple(ally.iso_numeric for ally in allies), np.array(rows)


def past_at(origin: int, shares: np.ndarray | None = None) -> Past:
    codes, packaged = printed_shares()
    shares = packaged if shares is None else shares
    return Past(codes, range(2014, origin + 1), shares[:, : origin - 2013], *target_in_force(origin))


def small(shares: list[list[float]], target_pct: float = 2.0, due: int = 2024, first: int = 2014) -> Past:
    """A few allies with the codes 8, 56, 100."""
    table = np.array(shares)
    return Past((8, 56, 100)[: len(table)], range(first, first + table.shape[1]), table, target_pct, due)


def normal(name: str, code: int, origin: int, horizon: int, members: int = 16) -> np.ndarray:
    """The baseline's standard normal at its documented address."""
    law = Normal(mean=0.0, sd=1.0)
    return Draws(7, 0, members).value(f"rival/{name}", law, ally=code, period=100 * origin + horizon).astype(float)


def picked(name: str, code: int, origin: int, horizon: int, places: int) -> np.ndarray:
    words = Streams(7, 0, 16).uint16(f"rival/{name}", ally=code, period=100 * origin + horizon)
    return words.astype(int) * places // 65_536


def made(name: str, past: Past, horizons: int = 2) -> np.ndarray:
    ensemble = BASELINES[name].ensemble(past, horizons, 16, seed=7)
    assert ensemble is not None
    assert ensemble.dtype == np.float32
    assert ensemble.shape == (len(past.codes), horizons, 16)
    return ensemble.astype(float)


YARDSTICKS = {
    "random_walk": (0.154, 0.258, 0.335, 0.388, 0.431),
    "bootstrap": (0.142, 0.228, 0.292, 0.332, 0.354),
    "drift": (0.146, 0.244, 0.332, 0.394, 0.426),
    "straight_line": (0.156, 0.231, 0.277, 0.308, 0.331),
}
"""Mean CRPS, percentage points, horizons 1 to 5: 31 allies, origins 2015 to 2025, target years to 2026; found by a
program of its own, with NumPy's random numbers."""


@pytest.mark.parametrize("name", YARDSTICKS)
def test_known_scores_are_met(name: str) -> None:
    _, shares = printed_shares()
    scores: list[list[np.ndarray]] = [[] for _ in range(5)]
    for origin in range(2015, 2026):
        horizons = min(5, 2026 - origin)
        ensemble = BASELINES[name].ensemble(past_at(origin), horizons, MEMBERS, SEED)
        assert ensemble is not None
        found = crps(ensemble, shares[:, origin - 2013 : origin - 2013 + horizons])
        for horizon in range(horizons):
            scores[horizon].append(found[:, horizon])
    assert [len(cases) for cases in scores] == [11, 10, 9, 8, 7]
    assert [np.mean(cases) for cases in scores] == pytest.approx(YARDSTICKS[name], abs=0.002)


@EVERY_RIVAL
def test_the_first_members_of_more_are_the_fewer(name: str) -> None:
    baseline, past = BASELINES[name], past_at(2020)
    few, many = (baseline.ensemble(past, 3, members, SEED) for members in (40, 100))
    np.testing.assert_array_equal(few, present(many)[:, :, :40])
    np.testing.assert_array_equal(
        present(few)[:, :2], baseline.ensemble(past, 2, 40, SEED), "fewer horizons, the same forecasts"
    )


@EVERY_RIVAL
def test_the_order_of_allies_moves_no_bit(name: str) -> None:
    past = past_at(2021)
    order = np.random.default_rng(1).permutation(31)
    shuffled = Past(
        tuple(past.codes[place] for place in order), past.years, past.shares_pct[order], past.target_pct, past.due
    )
    one, other = (BASELINES[name].ensemble(known, 4, 64, SEED) for known in (past, shuffled))
    np.testing.assert_array_equal(present(one)[order], other)


@EVERY_RIVAL
def test_nothing_after_the_origin_is_seen(name: str) -> None:
    """Other figures from 2021 on: the forecast of 2020 stays. The control: another figure of 2020 moves it."""
    _, shares = printed_shares()
    later, earlier = shares.copy(), shares.copy()
    later[:, 7:] += 1.0
    earlier[:, 6] += 0.1
    before, after, control = (
        BASELINES[name].ensemble(past_at(2020, table), 3, 32, SEED) for table in (shares, later, earlier)
    )
    np.testing.assert_array_equal(before, after)
    assert (before != control).any(axis=2).all()


@EVERY_RIVAL
def test_seeds_and_origins_draw_for_themselves(name: str) -> None:
    """But for the forecast without chance."""
    flat = [[1.0, 1.2, 1.1, 1.3, 1.2]] * 2
    first, again = made(name, small(flat)), BASELINES[name].ensemble(small(flat), 2, 16, seed=8)
    later = made(name, small(flat, due=2025, first=2015))
    assert (first == again).all() == (name == "persistence")
    assert (first == later).all() == (name == "persistence")


@EVERY_RIVAL
@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 8), min_size=4, max_size=4), min_size=1, max_size=3), st.booleans())
def test_no_share_is_below_the_floor(name: str, shares: list[list[float]], after: bool) -> None:
    past = small(shares, *((3.5, 2035) if after else (2.0, 2016)))
    ensemble = BASELINES[name].ensemble(past, 6, 32, SEED)
    assert np.isfinite(ensemble).all()
    assert (ensemble >= np.float32(FLOOR_PCT)).all()


def test_the_floor_is_reached() -> None:
    """The control: a walk from 0.25 would leave it."""
    ensemble = BASELINES["random_walk"].ensemble(small([[0.25]]), 5, 1000, SEED)
    assert 0.2 < (present(ensemble)[0, 4] == np.float32(0.2)).mean() < 0.6


@pytest.mark.parametrize(
    ("years", "missing"),
    [
        (1, {"bootstrap", "bootstrap_of_years", "drift", "half_kept_own_spread", "partial_adjustment", "arima_011"}),
        (2, {"arima_011"}),
        (3, set()),
    ],
)
def test_what_needs_more_history_is_not_made(years: int, missing: set[str]) -> None:
    past = small([[1.0, 1.1, 1.3][:years]] * 2)
    assert {name for name, baseline in BASELINES.items() if baseline.ensemble(past, 2, 16, 1) is None} == missing


def test_persistence() -> None:
    assert (made("persistence", small([[1.5, 1.23]])) == np.float32(1.23)).all()


def test_random_walk_by_hand() -> None:
    ensemble = made("random_walk", small([[9.0, 1.5], [9.0, 2.5]]))
    for index, (code, share) in enumerate([(8, 1.5), (56, 2.5)]):
        for horizon in (1, 2):
            by_hand = share + 0.17 * math.sqrt(horizon) * normal("random_walk", code, 2015, horizon)
            np.testing.assert_allclose(ensemble[index, horizon - 1], by_hand, rtol=1e-6)


@pytest.mark.parametrize(
    ("shares", "yearly"),
    [([1.0, 1.3], 0.3), ([9.0, 1.0, 1.1, 1.2, 1.5, 1.8], 0.2), ([2.0, 1.9, 1.7], -0.15)],
    ids=["one year", "four of five years", "two years"],
)
def test_drift_by_hand(shares: list[float], yearly: float) -> None:
    origin = 2014 + len(shares) - 1
    ensemble = made("drift", small([shares]))
    for horizon in (1, 2):
        by_hand = shares[-1] + yearly * horizon + 0.17 * math.sqrt(horizon) * normal("drift", 8, origin, horizon)
        np.testing.assert_allclose(ensemble[0, horizon - 1], by_hand, rtol=1e-6)


@pytest.mark.parametrize(("name", "kept"), [("straight_line", 1.0), ("half_kept", 0.5)])
@pytest.mark.parametrize(
    ("share", "due", "added"),
    [
        (1.4, 2017, (0.2, 0.4, 0.6, 0.6)),  # three years left
        (1.4, 2012, (0.6, 0.6, 0.6, 0.6)),  # overdue: at once
        (1.4, 2014, (0.6, 0.6, 0.6, 0.6)),  # due at the origin: at once
        (2.6, 2017, (0.0, 0.0, 0.0, 0.0)),  # above the target: stays
    ],
)
def test_lines_by_hand(name: str, kept: float, share: float, due: int, added: tuple[float, ...]) -> None:
    ensemble = made(name, small([[share]], due=due), horizons=4)
    for horizon, more in enumerate(added, start=1):
        by_hand = share + kept * more + 0.17 * math.sqrt(horizon) * normal(name, 8, 2014, horizon)
        np.testing.assert_allclose(ensemble[0, horizon - 1], by_hand, rtol=1e-6)


def test_bootstrap_by_hand() -> None:
    """Changes 0.1 and 0.4 of one ally, -0.2 and 0.3 of the other, one pool for both."""
    ensemble = made("bootstrap", small([[1.0, 1.1, 1.5], [2.0, 1.8, 2.1]]))
    pool = np.array([-0.2, 0.1, 0.3, 0.4])
    for index, (code, share) in enumerate([(8, 1.5), (56, 2.1)]):
        first = share + pool[picked("bootstrap", code, 2016, 1, 4)]
        np.testing.assert_allclose(ensemble[index, 0], first, rtol=1e-6)
        np.testing.assert_allclose(ensemble[index, 1], first + pool[picked("bootstrap", code, 2016, 2, 4)], rtol=1e-6)


def test_bootstrap_of_years_by_hand() -> None:
    """The same year for both allies, each with its own change of it."""
    ensemble = made("bootstrap_of_years", small([[1.0, 1.1, 1.5], [2.0, 1.8, 2.1]]))
    one, two = (picked("bootstrap_of_years", 0, 2016, horizon, 2) for horizon in (1, 2))
    for index, (share, changes) in enumerate([(1.5, [0.1, 0.4]), (2.1, [-0.2, 0.3])]):
        own = np.array(changes)
        np.testing.assert_allclose(ensemble[index, 0], share + own[one], rtol=1e-6)
        np.testing.assert_allclose(ensemble[index, 1], share + own[one] + own[two], rtol=1e-6)


def test_every_place_is_drawn_equally_often() -> None:
    past = past_at(2024)
    ensemble = BASELINES["bootstrap_of_years"].ensemble(past, 1, 1 << 16, SEED)
    steps = np.round(present(ensemble)[0, 0] - np.float32(past.last_pct[0]), 4)
    counts = np.unique(steps, return_counts=True)[1]
    repeats = np.unique(np.round(past.changes_pct[0], 4), return_counts=True)[1]
    assert (np.abs(counts - repeats * 6553.6) < 5 * np.sqrt(repeats * 6553.6)).all()


def test_partial_adjustment_by_hand() -> None:
    """Distances 1, 0.5, -1, -0.5; changes 0.5, 0.1, -0.5, 0: pull 1.05 / 2.5; errors 0.08, -0.11, -0.08, 0.21."""
    past = small([[1.0, 1.5, 1.6], [3.0, 2.5, 2.5]])
    fit = fit_adjustment(2.0 - past.shares_pct[:, :-1], past.changes_pct)
    assert fit.pull == pytest.approx(0.42)
    assert fit.error_pct == pytest.approx(math.sqrt((0.08**2 + 0.11**2 + 0.08**2 + 0.21**2) / 3))
    ensemble = made("partial_adjustment", past)
    for index, (code, share) in enumerate([(8, 1.6), (56, 2.5)]):
        level = share
        for horizon in (1, 2):
            error = fit.error_pct * normal("partial_adjustment", code, 2016, horizon)
            level = level + 0.42 * (2.0 - level) + error
            np.testing.assert_allclose(ensemble[index, horizon - 1], level, rtol=1e-5)


def test_an_adjustment_is_fitted_to_the_targets_of_its_time() -> None:
    """From 2025 the aim is 3.5, but what was done before was done against 2."""
    shares = [[1.0] + [2.0] * 11]
    past = small(shares, 3.5, 2035)
    assert past.origin == 2025
    ensemble = made("partial_adjustment", past, horizons=1)
    np.testing.assert_allclose(ensemble, 3.5, rtol=1e-6)  # one step of 1 closed a distance of 1: pull 1, no error
    assert [target_in_force(year) for year in (2014, 2024, 2025)] == [(2.0, 2024), (2.0, 2024), (3.5, 2035)]


def test_rigas_target_had_no_date_and_before_it_there_was_none() -> None:
    """It is as far off in every year as that of Wales was when it was agreed."""
    assert [target_in_force(year) for year in (2006, 2010, 2013)] == [(2.0, 2016), (2.0, 2020), (2.0, 2023)]
    assert [target_in_force(year) for year in (1999, 2005)] == [NO_TARGET, NO_TARGET] == [(0.0, 9999)] * 2


@pytest.mark.parametrize("name", ["straight_line", "half_kept", "half_kept_own_spread", "partial_adjustment"])
def test_without_a_target_nobody_moves_but_by_errors(name: str) -> None:
    past = small([[1.0, 1.5, 1.6], [3.0, 2.5, 2.5]], *NO_TARGET, first=2001)
    ensemble = made(name, past)
    spread = {"half_kept_own_spread": math.sqrt(0.1275), "partial_adjustment": math.sqrt(0.51 / 3)}.get(name, 0.17)
    for index, (code, share) in enumerate([(8, 1.6), (56, 2.5)]):
        one, two = (spread * normal(name, code, 2003, horizon) for horizon in (1, 2))
        summed = one + two if name == "partial_adjustment" else math.sqrt(2) * two
        np.testing.assert_allclose(ensemble[index, 0], share + one, rtol=1e-5)
        np.testing.assert_allclose(ensemble[index, 1], share + summed, rtol=1e-5)


def test_an_adjustment_takes_nothing_from_the_years_before_the_first_target() -> None:
    """2005 knows no target: its rise of 1 is an error only; that of 2007 closed half of a distance of 0.4."""
    past = small([[0.6, 1.6, 1.6, 1.8]], 2.0, 2017, first=2004)
    fit = fit_adjustment(np.array([[0.0, 0.0, 0.4]]), past.changes_pct)
    assert fit.pull == pytest.approx(0.5)
    ensemble = made("partial_adjustment", past, horizons=1)
    error = fit.error_pct * normal("partial_adjustment", 8, 2007, 1)
    np.testing.assert_allclose(ensemble[0, 0], np.maximum(1.8 + 0.5 * 0.2 + error, FLOOR_PCT), rtol=1e-5)


def test_arima_by_hand() -> None:
    past = small([[1.0, 1.1, 1.5, 1.4], [2.0, 1.8, 2.1, 2.2]])
    fit = fit_moving_average(past.changes_pct)
    theta, last = fit.theta, []
    for changes in ([0.1, 0.4, -0.1], [-0.2, 0.3, 0.1]):
        error = 0.0
        for change in changes:
            error = change - theta * error
        last.append(error)
    np.testing.assert_allclose(fit.last, last)
    ensemble = made("arima_011", past)
    for index, (code, share) in enumerate([(8, 1.4), (56, 2.2)]):
        one, two = (fit.error_pct * normal("arima_011", code, 2017, horizon) for horizon in (1, 2))
        first = share + one + theta * last[index]
        np.testing.assert_allclose(ensemble[index, 0], first, rtol=1e-5)
        np.testing.assert_allclose(ensemble[index, 1], first + two + theta * one, rtol=1e-5)


@pytest.mark.parametrize(
    ("codes", "years", "shares", "match"),
    [
        ((8, 8), range(2014, 2016), np.ones((2, 2)), "its own code"),
        ((0, 8), range(2014, 2016), np.ones((2, 2)), "0 is the alliance"),
        ((8,), range(2014, 2018, 2), np.ones((1, 2)), "without a gap"),
        ((8,), range(2014, 2014), np.ones((1, 0)), "one year or more"),
        ((8,), range(2014, 2016), np.ones((1, 3)), "have that shape"),
        ((8,), range(2014, 2016), np.array([[1.0, np.nan]]), "missing"),
    ],
)
def test_a_past_that_does_not_fit_is_refused(
    codes: tuple[int, ...], years: range, shares: np.ndarray, match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        Past(codes, years, shares, 2.0, 2024)


def test_the_catalogue() -> None:
    assert all(baseline.name == name and baseline.title for name, baseline in BASELINES.items())
    assert len({baseline.title for baseline in BASELINES.values()}) == len(BASELINES) == 10
    assert present(BASELINES["drift"].ensemble(past_at(2020), 1, 1, SEED)).shape == (31, 1, 1)
    with pytest.raises(ValueError, match="1 to 99 horizons"):
        BASELINES["drift"].ensemble(past_at(2020), 0, 16, SEED)
