"""Digits of probabilities: as many as the interval carries, never a certainty."""

from __future__ import annotations

from math import fsum

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from sim.evaluation.forecasts.digits import decimals, stated, stated_pmf
from sim.results.intervals import wilson


@st.composite
def counted(draw: st.DrawFn) -> tuple[int, int]:
    paths = draw(st.integers(1, 1_000_000))
    return draw(st.integers(0, paths)), paths


@given(counted())
@example((25, 167))  # .1497 in an interval from .1035: .1 would lie outside
def test_a_stated_probability_is_no_certainty_and_lies_in_its_interval(case: tuple[int, int]) -> None:
    count, paths = case
    probability, low, high = stated(count, paths)
    exact_low, exact_high = (float(end) for end in wilson(np.array(count), paths))
    assert 0 < probability < 1
    assert exact_low - 1e-12 <= probability <= exact_high + 1e-12
    assert 0 <= low <= exact_low + 1e-9
    assert exact_high - 1e-9 <= high <= 1


@given(counted())
def test_the_last_digit_is_worth_no_more_than_the_interval(case: tuple[int, int]) -> None:
    count, paths = case
    low, high = (float(end) for end in wilson(np.array(count), paths))
    width = high - low
    unit = 10.0 ** -decimals(width)
    assert unit <= width or unit == 0.1
    assert unit * 10 > width or unit == 0.1
    for value in stated(count, paths):
        assert abs(value / unit - round(value / unit)) < 1e-6
        assert len(repr(float(f"{value:.12f}")).rstrip("0")) <= 2 + decimals(width) or "e" in repr(value)


def test_by_hand() -> None:
    assert stated(76_123, 100_000) == (0.761, 0.758, 0.764)  # the interval is 0.0053 wide: three decimals
    assert stated(0, 100_000) == (0.00001, 0.0, 0.00004)
    assert stated(100_000, 100_000) == (0.99999, 0.99996, 1.0)
    assert stated(1, 2) == (0.5, 0.0, 1.0)  # 0.09 to 0.91, ends outward


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=32).filter(sum))
def test_a_distribution_sums_to_1_and_moves_no_entry_by_a_unit(counts: list[int]) -> None:
    paths = sum(counts)
    pmf = stated_pmf(counts, paths)
    decimals = max(len(f"{value:.12f}".rstrip("0").split(".")[1]) for value in pmf)
    assert abs(fsum(pmf) - 1) < 1e-12
    assert all(abs(value - count / paths) < 10.0**-decimals + 1e-12 for value, count in zip(pmf, counts, strict=True))
    assert all(value == 0 for value, count in zip(pmf, counts, strict=True) if count == 0)


def test_a_distribution_by_hand() -> None:
    assert stated_pmf([1, 1, 1], 3) == (0.4, 0.3, 0.3)  # one decimal, the first of equal remainders rounded up
    assert stated_pmf([0, 100_000], 100_000) == (0.0, 1.0)
