"""Stated probabilities: the exact part of the runs, its interval with the digits it carries, never a certainty."""

from __future__ import annotations

from fractions import Fraction
from math import fsum

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.evaluation.forecasts.digits import decimals, stated, stated_pmf, stated_range
from sim.results.intervals import wilson
from sim.results.parameter_range import Range


@st.composite
def counted(draw: st.DrawFn) -> tuple[int, int]:
    paths = draw(st.integers(1, 1_000_000))
    return draw(st.integers(0, paths)), paths


@given(counted())
@example((25, 167))
@example((0, 1))
@example((1, 100_000))
def test_a_stated_probability_is_the_part_of_the_runs_and_no_certainty(case: tuple[int, int]) -> None:
    count, paths = case
    probability, low, high = stated(count, paths)
    exact_low, exact_high = (float(end) for end in wilson(np.array(count), paths))
    assert 0 < probability < 1
    if 0 < count < paths:
        assert probability == count / paths
    assert 0 <= low <= exact_low + 1e-9
    assert exact_high - 1e-9 <= high <= 1
    assert low <= probability <= high


@given(st.integers(2, 1_000_000))
def test_none_and_all_of_the_runs_lie_outside_one_of_them_and_mirror_each_other(paths: int) -> None:
    none, one, all_but_one, every = (stated(count, paths)[0] for count in (0, 1, paths - 1, paths))
    assert none < one <= all_but_one < every
    assert none == 0.5 / paths
    assert none + every == pytest.approx(1, abs=1e-15)


@given(counted())
def test_the_last_digit_of_an_end_is_worth_no_more_than_the_interval(case: tuple[int, int]) -> None:
    count, paths = case
    low, high = (float(end) for end in wilson(np.array(count), paths))
    width = high - low
    unit = 10.0 ** -decimals(width)
    assert unit <= width or unit == 0.1
    assert unit * 10 > width or unit == 0.1
    for value in stated(count, paths)[1:]:
        assert abs(value / unit - round(value / unit)) < 1e-6
        assert len(repr(float(f"{value:.12f}")).rstrip("0")) <= 2 + decimals(width) or "e" in repr(value)


def test_by_hand() -> None:
    assert stated(76_123, 100_000) == (0.76123, 0.758, 0.764)  # the interval is 0.0053 wide: three decimals
    assert stated(0, 100_000) == (0.000005, 0.0, 0.00004)
    assert stated(100_000, 100_000) == (0.999995, 0.99996, 1.0)
    assert stated(1, 2) == (0.5, 0.0, 1.0)  # 0.09 to 0.91, ends outward
    assert stated(0, 1) == (0.5, 0.0, 0.8)


@given(counted(), st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
def test_a_range_over_parameters_is_rounded_outward_to_the_digits_of_the_interval_and_no_certainty(
    case: tuple[int, int], ends: list[float]
) -> None:
    count, paths = case
    low, high = stated_range(Range(*ends), count, paths)
    assert 0 <= low <= ends[0]
    assert ends[1] <= high <= 1
    assert (low, high) not in ((0, 0), (1, 1))
    interval_low, interval_high = (float(end) for end in wilson(np.array(count), paths))
    unit = 10.0 ** -decimals(interval_high - interval_low)
    for end, exact in zip((low, high), ends, strict=True):
        assert abs(end / unit - round(end / unit)) < 1e-6
        assert abs(end - exact) < unit + 1e-12 + 0.5 / paths


def test_a_range_by_hand() -> None:
    assert stated_range(Range(0.4217, 0.9312), 76_123, 100_000) == (0.421, 0.932)  # as 0.758 to 0.764
    assert stated_range(Range(0.25, 0.5), 76_123, 100_000) == (0.25, 0.5)
    assert stated_range(Range(0.31, 0.62), 20, 40) == (0.3, 0.7)
    assert stated_range(Range(0.0, 0.0), 0, 100_000) == (0.0, 0.00001)
    assert stated_range(Range(1.0, 1.0), 100_000, 100_000) == (0.99999, 1.0)


@given(st.lists(st.integers(0, 5_000), min_size=1, max_size=32).filter(sum))
def test_a_distribution_is_exact_and_sums_to_1(counts: list[int]) -> None:
    paths = sum(counts)
    pmf = stated_pmf(counts, paths)
    assert abs(fsum(pmf) - 1) < 1e-12
    assert [Fraction(value).limit_denominator(paths) for value in pmf] == [Fraction(count, paths) for count in counts]
    assert [value == 0 for value in pmf] == [count == 0 for count in counts]


def test_a_distribution_by_hand() -> None:
    assert stated_pmf([1, 1, 1], 3) == (1 / 3, 1 / 3, 1 / 3)
    assert stated_pmf([0, 1, 99_999], 100_000) == (0.0, 0.00001, 0.99999)
    with pytest.raises(ValueError, match="sum to the 3 paths, not to 2"):
        stated_pmf([1, 1], 3)
