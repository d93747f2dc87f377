"""Variants side by side in one block: each is the run it would be alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.engine.variants import reported_shares
from sim.errors import UsageError
from sim.evaluation.backtest.origins import past_scenario
from sim.scenario.edit.change import with_numbers
from support import as_shipped, changed

SCENARIOS = Path(__file__).parents[2] / "scenarios"
SEED = 5

APART = 2e-5
"""Percentage points that rounding may make. A number that all paths share is rounded once to float64, one a path to
float32. A share below 8 % has a last place of 4.8e-7, half of which a rounding may lose; some 40 roundings a year over
6 years make 240 * 2.4e-7 = 6e-5 if all went one way and sqrt(240) * 2.4e-7 = 4e-6 as they fall. This lies between."""

FLIPPED = 0.01
"""Part of the paths on which rounding may carry a draw over its threshold (a late push made or not)."""

VARIANTS: dict[str, dict[str, float]] = {
    "as loaded": {},
    "spread of will": {"will.mean.mean": -0.7, "will.mean.sd": 0.3},
    "noise": {"outturn.noise.sd": 0.02, "outturn.reporting.sd": 0.001, "related.start.mean": 0.2},
    "shape": {"outturn.noise.df": 3.0, "outturn.execution.a": 5.0, "urgency.level.log_sd": 0.5},
    "decay": {"urgency.decay": 0.25, "urgency.level.mean": 1.4},
    "probabilities": {
        "will.change_at_election": 0.95,
        "will.change_between_elections": 0.4,
        "will.lapse_probability": 0.05,
        "growth.recession_probability": 0.3,
        "outturn.late_push_weight": 0.2,
    },
    "numbers": {"budget.speed": 0.2, "budget.threat_weight": 10.0, "budget.max_fall": 0.01, "outturn.floor_pct": 1.5},
    "draws of a few": {"will.change_jump.sd": 1.0, "outturn.late_push_excess.sd": 0.04, "growth.factor.sd": 3.0},
}

EVENTS = """
[parameters]
use = "shipped"
[horizon]
last_year = 2030
[targets.core]
share_pct = 3.5
by = 2029
[[event]]
name = "storm"
kind = "crisis"
rate = 0.3
size = { uniform = { low = 0.1, high = 0.9 } }
[[event]]
name = "slump"
kind = "recession"
when = "2028-03"
probability = 0.5
size_pct = { uniform = { low = 1.0, high = 6.0 } }
[[event]]
name = "snap"
kind = "election"
ally = "FRA"
when = "2027-10"
[ally.ITA.will]
mean = { normal = { mean = 0.8, sd = 0.5 } }
[ally.POL.budget]
speed = 0.5
"""


def alone(scenario: sim.Scenario, paths: int) -> np.ndarray:
    return sim.simulate(scenario, paths=paths, seed=SEED, executor="serial", keep=["reported_pct"]).paths(
        "reported_pct"
    )


def flips(one: np.ndarray, other: np.ndarray) -> float:
    """Part of the paths with a difference that rounding does not make."""
    return float((np.abs(one - other) > APART).any(axis=(0, 1)).mean())


@pytest.mark.parametrize("text", [None, EVENTS], ids=["shipped", "events"])
def test_each_variant_is_the_run_of_its_own(text: str | None) -> None:
    scenario = as_shipped(sim.load(SCENARIOS / "rutte_2032.toml")) if text is None else sim.loads(text)
    variants = [with_numbers(scenario, numbers) for numbers in VARIANTS.values()]
    paths = 200  # no multiple of 16
    block = reported_shares(variants, SEED, paths)
    assert block.dtype == np.float32
    own = [alone(variant, paths) for variant in variants]
    assert block.shape == (len(variants), *own[0].shape)
    for index, found in enumerate(own):
        assert flips(block[index], found) <= FLIPPED
        assert flips(block[index], own[index - 1]) > 0.5  # the control: the next variant is another


def test_a_variants_luck_does_not_depend_on_its_neighbours() -> None:
    """The same variant in another place of another block has the same bits: it never stops being one of several."""
    scenario = past_scenario(2021, 2026, events_given=True)
    a, b, c = (with_numbers(scenario, numbers) for numbers in list(VARIANTS.values())[1:4])
    first, second = reported_shares([a, b, c], SEED, 48), reported_shares([c, b, a], SEED, 48)
    assert (first == second[::-1]).all()


@pytest.mark.parametrize("file", ["rutte_2032.toml", "russian_offensive.toml", "recession.toml"])
def test_a_single_variant_has_the_bits_of_the_run(file: str) -> None:
    scenario = sim.load(SCENARIOS / file)
    assert (reported_shares([scenario], SEED, 100)[0] == alone(scenario, 100)).all()


def test_without_the_same_luck_each_variant_has_the_paths_that_follow() -> None:
    scenario = sim.loads(EVENTS)
    variants = [with_numbers(scenario, VARIANTS[name]) for name in ("spread of will", "noise", "probabilities")]
    paths = 96
    block = reported_shares(variants, SEED, paths, common_random_numbers=False)
    for index, variant in enumerate(variants):
        long = alone(variant, paths * len(variants))
        assert flips(block[index], long[:, :, index * paths : (index + 1) * paths]) <= FLIPPED
    assert flips(block[1], alone(variants[1], paths)) > 0.5  # the control: not the first paths


def refused(scenario: sim.Scenario, **update: Any) -> str:
    with pytest.raises(UsageError) as error:
        reported_shares([scenario, scenario.model_copy(update=update)], SEED, 16)
    return str(error.value)


def test_variants_that_differ_in_more_than_numbers_are_refused() -> None:
    scenario = sim.loads(EVENTS)
    target = scenario.targets["core"]
    later = {"core": target.model_copy(update={"by": 2030})}
    assert refused(scenario, targets=later) == "variants must not differ in targets"
    assert refused(scenario, event=scenario.event[:-1]) == "variants must not differ in event"
    assert refused(scenario, ally={}) == "variants must not differ in ally"
    longer = scenario.horizon.model_copy(update={"last_year": 2031})
    assert refused(scenario, horizon=longer) == "variants must not differ in horizon"
    for section, field, value in (
        ("budget", "norm_years", 3),
        ("budget", "pledges", False),
        ("outturn", "late_push", False),
    ):
        other = getattr(scenario, section).model_copy(update={field: value})
        assert refused(scenario, **{section: other}) == f"variants must not differ in {section}.{field}"


@pytest.mark.parametrize(("section", "field"), [("growth", "sd_pct"), ("will", "early_election_rate")])
def test_what_comes_from_the_data_is_given_in_all_variants_or_in_none(section: str, field: str) -> None:
    """A number beside none would be a number for some allies' paths and nan for the rest."""
    scenario = sim.loads(EVENTS)
    given = [changed(scenario, **{section: {field: value}}) for value in (0.5, 1.5)]
    assert np.isfinite(reported_shares(given, SEED, 16)).all()
    for pair in ([scenario, given[0]], [given[0], scenario]):
        with pytest.raises(UsageError, match=rf"^{section}\.{field} must be given in all variants or in none$"):
            reported_shares(pair, SEED, 16)


def test_title_and_source_may_differ() -> None:
    scenario = sim.loads(EVENTS)
    named = scenario.model_copy(update={"title": "Another", "source": "a guess", "description": "the same"})
    block = reported_shares([scenario, named], SEED, 16)
    assert (block[0] == block[1]).all()
