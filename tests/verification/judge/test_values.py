"""Values, chances and months follow their declared laws, and wrong ones are told apart by the same judge."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from judge import wrong
from judge.judge import CHECKS, Control, broken
from judge.laws import SAMPLED, words_of
from judge.values import chance_checks, family_checks, function_checks, spread_checks, value_checks, variant_checks
from sim.distributions import families as f
from sim.distributions.draws import Draws

NORMAL = f.Normal(mean=0.3, sd=1.0)


def test_every_value_follows_its_law() -> None:
    checks = value_checks()
    assert broken(checks) == []
    assert len(checks) == CHECKS["values"]


def test_every_chance_and_month_follows_its_law() -> None:
    checks = chance_checks()
    assert broken(checks) == []
    assert len(checks) == CHECKS["chances"]


def test_every_kind_of_family_is_drawn_from() -> None:
    assert {type(family) for family in SAMPLED} == set(f.FAMILIES.values())
    assert len({words_of(family) for family in SAMPLED}) == len(SAMPLED)


@cache
def on_values(wrong_draws: type[Draws], family: f.Family = NORMAL) -> Callable[[], list[str]]:
    return cache(lambda: broken(family_checks(family, 1, wrong_draws)))


@cache
def on_chances(wrong_draws: type[Draws]) -> Callable[[], list[str]]:
    return cache(lambda: broken(chance_checks(1, wrong_draws)))


NO_SECOND, ONE_WORD, LOST_BIT = (
    wrong.draws_on(streams) for streams in (wrong.NoSecondWord, wrong.SameSecondWord, wrong.LostBit)
)
EXPONENTIAL = f.Exponential(mean=0.7)
CONTROLS = [
    Control("values a fiftieth too high", "normal mean=0.3 sd=1: moment 1", on_values(wrong.Shifted)),
    Control("values a hundredth too wide", "normal mean=0.3 sd=1: moment 2", on_values(wrong.Wider)),
    Control("values mirrored at the mean", "exponential mean=0.7: cells", on_values(wrong.Turned, EXPONENTIAL)),
    Control("values mirrored at the mean", "exponential mean=0.7: moment 3", on_values(wrong.Turned, EXPONENTIAL)),
    Control("end cells of one value", "normal mean=0.3 sd=1: inside the low end", on_values(wrong.Unrefined)),
    Control("end cells of one value", "normal mean=0.3 sd=1: inside the high end", on_values(wrong.Unrefined)),
    Control("the refining word is the word", "normal mean=0.3 sd=1: inside the high end", on_values(ONE_WORD)),
    Control("the lowest bit is lost", "normal mean=0.3 sd=1: low end", on_values(LOST_BIT)),
    Control("the lowest bit is lost", "normal mean=0.3 sd=1: high end", on_values(LOST_BIT)),
    Control("a function of a value is forgotten", "1 - exp(-rate): cells",
            lambda: broken(function_checks(1, wrong.WithoutFunction))),
    Control("chances of one word", "chance 1e-06", on_chances(NO_SECOND)),
    Control("chances of one word", "chance 0.333: on the threshold", on_chances(NO_SECOND)),
    Control("chances of one word", "chance a path, 1.25 words", on_chances(NO_SECOND)),
    Control("the refining word is the word", "chance 0.45: on the threshold", on_chances(ONE_WORD)),
    Control("all paths have the mean chance", "chance a path, 0 to 0.2", on_chances(wrong.MeanChance)),
    Control("December never comes", "months", on_chances(wrong.ElevenMonths)),
    Control("the last row is never taken", "parameters/draw, one of 512", on_chances(wrong.NeverTheLast)),
    Control("the third map is never read", "parameters/geography, one of 3", on_chances(wrong.NeverTheLast)),
    Control("row and map are of one word", "row, kept pledge and map", on_chances(wrong.OneWordForAll)),
    Control("all paths have the mean spread", "a path's own: normal mean=-1.5 sd=0.1: cells",
            lambda: broken(spread_checks(wrong.MeanSpread))),
    Control("all paths have the mean spread", "a path's own: student_t df=4 mean=1.5 sd=2: cells",
            lambda: broken(spread_checks(wrong.MeanSpread))),
    Control("variants share their random numbers", "own numbers: between stretches",
            lambda: broken(variant_checks(wrong.SharedLuck))),
    Control("variants share the first one's law", "own numbers: exponential mean=0.5: cells",
            lambda: broken(variant_checks(wrong.FirstLaw))),
]  # fmt: skip


@pytest.mark.parametrize("control", CONTROLS, ids=str)
def test_wrong_draws_are_told_apart(control: Control) -> None:
    assert control.told()[0]
