"""Figures in words: never a certainty, never more digits than the interval carries."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.results.intervals import wilson
from sim.words import did_you_mean, interval, number, of_100, percent, plain, share


def chance(met: int, paths: int) -> tuple[float, float, float]:
    low, high = wilson(np.array([met]), paths)
    return met / paths, float(low[0]), float(high[0])


@given(st.integers(1, 10_000_000), st.floats(0, 1))
def test_no_number_of_runs_makes_a_certainty(paths: int, part: float) -> None:
    found = chance(round(part * paths), paths)
    assert percent(*found).lstrip("~") not in ("0", "100")
    assert interval(*found[1:]).split("–")[-1] != "100"
    assert interval(*found[1:]).split("–")[0] != "0"
    assert sum(char.isdigit() for char in percent(*found)) <= 2


@pytest.mark.parametrize(
    ("met", "paths", "words"),
    [
        (0, 100_000, "<1"),
        (600, 100_000, "<1"),
        (100_000, 100_000, ">99"),
        (99_600, 100_000, ">99"),
        (83_456, 100_000, "83"),
        (0, 100, "<4"),
        (100, 100, ">96"),
        (37, 100, "~40"),
        (1, 30, "<17"),
    ],
)
def test_a_probability_has_the_digits_its_interval_allows(met: int, paths: int, words: str) -> None:
    assert percent(*chance(met, paths)) == words


def test_an_interval_is_rounded_outward() -> None:
    assert interval(0.827, 0.832) == "82–84"
    assert interval(0.0, 0.0001) == "<1"
    assert interval(0.995, 1.0) == ">99"
    assert interval(0.0, 1.0) == "any"
    assert interval(0.82, 0.84) == "82–84"


def test_a_sentence_speaks_the_signs() -> None:
    assert of_100(*chance(0, 100_000)) == "in fewer than 1 of 100 simulated runs"
    assert of_100(*chance(100_000, 100_000)) == "in more than 99 of 100 simulated runs"
    assert of_100(*chance(37, 100)) == "in about 40 of 100 simulated runs"


def test_shares_and_counts_have_two_digits() -> None:
    assert [share(value) for value in (3.249, 9.94, 9.96, 12.3)] == ["3.2", "9.9", "10", "12"]
    assert [number(value, 31) for value in (0.2, 9.6, 12.5, 30.8, 31.0)] == ["<1", "10", "13", ">30", "31"]


def test_a_users_text_cannot_command_the_terminal() -> None:
    assert plain("a\x1b[31mb\nc\u202ed") == "a [31mb c d"


def test_a_near_word_is_offered_and_a_far_one_is_not() -> None:
    assert did_you_mean("rnu", ["run", "check"]) == "Did you mean 'run'?"
    assert did_you_mean("xyz", ["run", "check"]) == ""
