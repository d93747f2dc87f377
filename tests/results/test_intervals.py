"""Wilson's interval beside SciPy's, and the two ways to ask how wide it is."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from sim.results.intervals import half_width, paths_needed, wilson, wilson_of

CASES = [(0, 16), (1, 16), (8, 16), (16, 16), (37, 1_000), (50_000, 100_000)]


@pytest.mark.parametrize(("hits", "paths"), CASES)
def test_the_interval_is_wilsons(hits: int, paths: int) -> None:
    low, high = wilson(np.array([hits]), paths)
    theirs = binomtest(hits, paths).proportion_ci(0.95, method="wilson")
    assert [low[0], high[0]] == pytest.approx([theirs.low, theirs.high], abs=1e-12)


@pytest.mark.parametrize(("hits", "paths"), [*CASES, (29, 100), (57, 99)])
def test_the_interval_of_one_probability_is_that_of_its_count(hits: int, paths: int) -> None:
    """0.29 * 100 is a hair below 29: the count is the nearest whole number, not the one below."""
    low, high = wilson(np.array([hits]), paths)
    assert wilson_of(hits / paths, paths) == (low[0], high[0])


@pytest.mark.parametrize(("hits", "paths"), CASES)
def test_half_of_its_width_is_half_of_its_width_and_its_paths_are_those_that_give_it(hits: int, paths: int) -> None:
    theirs = binomtest(hits, paths).proportion_ci(0.95, method="wilson")
    half = half_width(hits / paths, paths)
    assert half == pytest.approx((theirs.high - theirs.low) / 2, abs=1e-12)
    assert paths_needed(hits / paths, half) == pytest.approx(paths, rel=1e-9)
