"""The range over parameters: right where the probabilities of the rows are known, whatever the paths a row has."""

from __future__ import annotations

import numpy as np
import pytest

from sim.results.parameter_range import LEAST_PATHS, Range, of_mean, of_probability

ROWS = 1_024


def ranged(met: np.ndarray, paths: np.ndarray) -> Range | None:
    """Of the probability as counted."""
    return of_probability(met, paths, met.sum() / paths.sum())


def ranged_mean(histograms: np.ndarray) -> Range | None:
    return of_mean(histograms, float(histograms.sum(axis=0) @ np.arange(histograms.shape[1]) / histograms.sum()))


def present(found: Range | None) -> Range:
    assert found is not None
    return found


@pytest.mark.parametrize("paths", [8, 40, 400])
def test_the_range_is_that_of_the_rows_and_not_of_chance(paths: int) -> None:
    rng = np.random.default_rng(paths)
    chances = rng.beta(4, 6, ROWS)
    found = [present(ranged(rng.binomial(paths, chances), np.full(ROWS, paths))) for _ in range(20)]
    low, high = np.quantile(chances, [0.05, 0.95])
    assert np.mean([each.low for each in found]) == pytest.approx(low, abs=0.03)
    assert np.mean([each.high for each in found]) == pytest.approx(high, abs=0.03)


def test_rows_that_agree_have_hardly_a_range() -> None:
    rng = np.random.default_rng(1)
    paths = rng.poisson(30, ROWS)
    low, high = present(ranged(rng.binomial(paths, 0.3), paths))
    assert 0.27 < low <= high < 0.33
    naive = np.quantile(rng.binomial(30, 0.3, ROWS) / 30, [0.05, 0.95])
    assert naive[1] - naive[0] > 5 * (high - low)  # what the rows' own frequencies would have said


def test_the_ends_are_none_other_than_the_rows_where_chance_plays_no_part() -> None:
    paths = np.full(20, 1_000_000)
    met = np.arange(20) * 50_000
    low, high = present(ranged(met, paths))
    assert (low, high) == pytest.approx((0.0, 0.9), abs=1e-4)  # the first of 20 rows, and the nineteenth


def test_rows_count_by_their_paths() -> None:
    met, paths = np.array([0, 100, 90_000]), np.array([1_000, 1_000, 98_000])
    low, high = present(ranged(met, paths))
    assert high == pytest.approx(90_000 / 98_000, abs=1e-3)
    assert low == 90_100 / 100_000  # the probability, which lies below nineteen of twenty


def test_a_rare_outcome_of_a_few_rows_lies_in_its_range() -> None:
    met = np.where(np.arange(ROWS) < 20, 30, 0)
    paths = np.full(ROWS, 100)
    low, high = present(ranged(met, paths))
    assert low < met.sum() / paths.sum() == high


def test_the_range_of_a_mean() -> None:
    rng = np.random.default_rng(7)
    means = rng.normal(12, 2, ROWS)
    values = np.clip(np.rint(rng.normal(means[:, None], 3, (ROWS, 20))), 0, 31).astype(int)
    histograms = np.stack([np.bincount(row, minlength=32) for row in values])
    low, high = present(ranged_mean(histograms))
    assert (low, high) == pytest.approx(tuple(np.quantile(means, [0.05, 0.95])), abs=0.3)


def test_the_range_of_a_mean_by_hand() -> None:
    """A row of 2 paths with 0 and 2, whose mean has variance 1 by chance, beside one of 8 paths that all have 5."""
    histograms = np.zeros((2, 6), dtype=np.int64)
    histograms[0, [0, 2]], histograms[1, 5] = 1, 8
    mean, apart = 4.2, (1 - 4.2, 5 - 4.2)
    between = 0.2 * (apart[0] ** 2 - 1) + 0.8 * apart[1] ** 2
    drawn_together = np.sqrt(between / (0.2 * apart[0] ** 2 + 0.8 * apart[1] ** 2))
    assert ranged_mean(histograms) == pytest.approx([mean + drawn_together * each for each in apart])
    with_one_path = np.vstack([histograms, np.eye(6, dtype=np.int64)[:1]])
    assert ranged_mean(with_one_path) == ranged_mean(histograms)  # it says nothing of its row's variance


def test_one_row_or_too_few_paths_say_nothing() -> None:
    assert ranged(np.array([30]), np.array([100])) is None
    assert ranged_mean(np.ones((1, 32), dtype=np.int64)) is None
    few = np.full(10, LEAST_PATHS - 1)
    assert ranged(few // 2, few) is None
    assert ranged(few // 2 + 1, few + 1) is not None
    assert ranged_mean(np.eye(10, dtype=np.int64)) is None


def test_a_row_that_no_path_took_changes_nothing() -> None:
    met, paths = np.array([10, 40, 25]), np.array([100, 100, 100])
    assert ranged(np.append(met, 0), np.append(paths, 0)) == ranged(met, paths)


def test_the_probability_that_is_shown_lies_in_the_range_whatever_was_counted() -> None:
    met, paths = np.arange(20) * 50, np.full(20, 1_000)
    low, high = present(ranged(met, paths))
    assert (present(of_probability(met, paths, 0.99)), present(of_probability(met, paths, 0.0))) == (
        (low, 0.99), (0.0, high),
    )  # fmt: skip
    histograms = np.eye(20, dtype=np.int64) * 1_000
    low, high = present(ranged_mean(histograms))
    assert present(of_mean(histograms, 19.5)) == (low, 19.5)
