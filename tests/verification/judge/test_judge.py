"""The judge itself: its bounds hold, its distributions are those of theory, and it says what it has against whom."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from judge import judge
from judge.judge import FAMILY_WISE, SHARE, Check, Control, all_correlations, bound, cells, correlation, trials


def test_the_shares_add_up_to_the_family_wise_error() -> None:
    assert pytest.approx(FAMILY_WISE) == SHARE * sum(judge.CHECKS.values())
    assert Check("just", SHARE).holds
    assert not Check("less", SHARE * 0.999).holds


@pytest.mark.parametrize("chance", [0.5, 0.01])
def test_the_bound_of_two_cells_is_above_the_exact_probability(chance: float) -> None:
    """All that is as far off or further: for two cells the exact probability is a sum over the binomial.

    At a sum of a it is near exp(-a) / sqrt(pi a), and Chernoff for two numbers leaves a exp(1 - a). That much is
    lost, and half of it again where hits are whole numbers.
    """
    number, compared = 4_000, 0
    n = np.arange(number + 1)
    law = stats.binom(number, chance)
    apart = _apart(n, number * chance) + _apart(number - n, number * (1 - chance))
    for index in range(int(number * chance), number, 20)[1:40]:
        exact = float(law.pmf(n[apart >= apart[index] - 1e-9]).sum())
        found = cells("", [index, number - index], [chance, 1 - chance]).p
        assert exact <= found
        a = float(apart[index])
        if 1e-15 < found < 1:
            compared += 1
            assert found < 1.5 * math.e * a * math.sqrt(math.pi * a) * exact
    assert compared > 1


@pytest.mark.parametrize(("chances", "actual"), [
    ([0.5, 0.3, 0.2], [0.5, 0.3, 0.2]), ([0.9, 0.05, 0.05], [0.9, 0.05, 0.05]), ([0.5, 0.3, 0.2], [0.54, 0.26, 0.2]),
    ([0.25, 0.25, 0.5], [0.21, 0.29, 0.5]),
])  # fmt: skip
def test_the_bound_of_three_cells_is_above_the_exact_probability(
    chances: list[float], actual: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every outcome of 25 draws, small as the cells are; the actual chances are off by what is allowed for."""
    monkeypatch.setattr(judge, "LEAST", 0)
    number, off = 25, max(abs(a - b) for a, b in zip(chances, actual, strict=True)) / 2
    outcomes = [(i, j, number - i - j) for i in range(number + 1) for j in range(number + 1 - i)]
    bounds = np.array([cells("", outcome, chances, off).p for outcome in outcomes])
    exact = stats.multinomial(number, actual).pmf(outcomes)
    for most in np.unique(bounds[bounds < 1])[::10]:
        assert exact[bounds <= most].sum() <= most * (1 + 1e-9)


def test_the_bound_of_large_cells_is_that_of_a_chi_square() -> None:
    """Half a chi-square of k degrees exceeds a with a probability of at most exp(k/2 - a) (2a/k)^(k/2), by Chernoff."""
    expected = np.full(64, 1e6)
    seen = expected + 1_500 * np.tile([1.0, -1.0], 32)
    a = float(64 * 1_500**2 / 1e6 / 2)
    assert cells("", seen, expected / expected.sum()).p == pytest.approx(math.exp(32 - a) * (a / 32) ** 32, rel=0.02)


def test_far_out_chi_square_would_be_too_small() -> None:
    """Why cells are bounded: 50 hits where 20 are expected, one cell in many."""
    number, chance = 100_000, 20 / 100_000
    exact = float(stats.binom(number, chance).sf(49))
    check = cells("", [50, number - 50], [chance, 1 - chance])
    assert stats.chi2.sf(check.facts["chi_square"], 1) < 0.01 * exact < exact < check.p


def test_cells_may_lie_off_by_what_is_known() -> None:
    """Under the law that is off most, the probability of what is seen is still bounded; without allowance it is not."""
    number, off, error = 4_000_000, 5e-4, 0.5 / math.sqrt(4_000_000)
    hits = round(number * (0.5 + off + 7.5 * error))
    strict, lent = (cells("", [hits, number - hits], [0.5, 0.5], allowed) for allowed in (0.0, off / 2))
    exact = float(stats.binom(number, 0.5 + off).sf(hits - 1))
    assert not strict.holds
    assert lent.holds
    assert lent.p > exact


def test_hits_of_unequal_chance_are_bounded() -> None:
    """With equal chances the bound is above the binomial's tail, and not by much."""
    for hits in (260, 300, 340):
        exact = 2 * float(stats.binom(1_000, 0.2).sf(hits - 1))
        assert exact < trials("", hits, np.full(1_000, 0.2)).p < 40 * exact


def test_the_bound_of_a_correlation_is_the_one_that_just_holds() -> None:
    most = bound(19_900, 65_536)
    r = np.zeros(19_900)
    for part in (0.9999, 1.0001):
        r[-1] = -part * most
        assert correlation("", r, 65_536).holds == (part < 1)


def test_all_correlations_follow_a_chi_square() -> None:
    """The mean and the spread of the sum over independent rows, 400 times; the seed is fixed."""
    rng, sums = np.random.default_rng(2032), []
    for _ in range(400):
        rows = rng.standard_normal((20, 500))
        r = np.corrcoef(rows)[np.triu_indices(20, 1)]
        sums.append(all_correlations("", r, 500).facts["chi_square"])
    assert abs(np.mean(sums) - 190) < 5 * math.sqrt(380 / 400)
    assert abs(np.var(sums) / 380 - 1) < 5 * math.sqrt(2 / 400)


def test_a_control_tells_only_what_it_is_caught_by() -> None:
    lines = ["storm: events: p = 1.0e-20, {}", "storm: events: more: p = 1.0e-20, {}", "DEU votes on other paths"]
    assert Control("", "storm: events", lambda: lines).told() == (lines[:1], 2)
    assert Control("", "votes on other paths", lambda: lines).told() == (lines[2:], 2)
    assert Control("", "sd_off", lambda: ["sd_off: 2 > 1", "mean_off: 2 > 1"]).told() == (["sd_off: 2 > 1"], 1)
    assert Control("", "events", lambda: lines).told() == ([], 3)
    assert Control("", "storm: events", list).told() == ([], 0)


def _apart(n: np.ndarray, expected: float) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 0, n * np.log(n / expected), 0.0)
