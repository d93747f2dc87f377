"""A scenario with numbers changed by name: what the names are, what is refused, and that nothing else moves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.distributions.families import Normal, StudentT
from sim.errors import UsageError
from sim.model.sections import SECTIONS
from sim.scenario.edit.change import number, number_names, with_numbers
from support import as_shipped

SCENARIO = Path(__file__).parents[2] / "scenarios" / "rutte_2032.toml"
PLAIN = sim.loads("")
NAMES = number_names(PLAIN)


def test_names_are_those_of_the_file_and_stand_in_its_order() -> None:
    assert {"budget.speed", "urgency.decay", "will.mean.mean", "will.mean.sd", "outturn.execution.low"} <= set(NAMES)
    assert len(NAMES) == len(set(NAMES)) > 60
    sections = list(dict.fromkeys(name.split(".")[0] for name in NAMES))
    assert sections == [section.name for section in SECTIONS]
    for name in ("will.mean", "growth.sd_pct", "budget.norm_years", "budget.pledges", "run.seed", "horizon.last_year"):
        assert name not in NAMES  # a distribution, nothing, a count, a flag, no number of the model


def test_a_number_is_read_inside_distributions_too() -> None:
    assert number(PLAIN, "budget.speed") == PLAIN.budget.speed == 0.05
    assert number(PLAIN, "outturn.noise.df") == 4.0
    assert isinstance(PLAIN.outturn.noise, StudentT)


def test_every_number_put_back_gives_the_same_scenario() -> None:
    for scenario in (as_shipped(PLAIN), as_shipped(sim.load(SCENARIO))):
        same = with_numbers(scenario, {name: number(scenario, name) for name in number_names(scenario)})
        assert same == scenario
        assert same.digest == scenario.digest
        assert with_numbers(scenario, {}) == scenario


@settings(deadline=None, max_examples=25)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "budget.speed": st.floats(0, 1),
            "will.mean.mean": st.floats(-5, 5),
            "will.mean.sd": st.floats(0, 3),
            "outturn.noise.df": st.floats(2.1, 50),
            "urgency.decay": st.floats(0, 1),
        },
    )
)
def test_what_is_changed_is_changed_and_nothing_else(numbers: dict[str, float]) -> None:
    scenario = sim.load(SCENARIO)
    other = with_numbers(scenario, numbers)
    for name in NAMES:
        assert number(other, name) == numbers.get(name, number(scenario, name))
    sections = {name.split(".")[0] for name in numbers}
    for field in type(scenario).model_fields:
        if field not in sections:
            assert getattr(other, field) is getattr(scenario, field)
    differ = any(number(scenario, name) != value for name, value in numbers.items())
    assert (other.digest != scenario.digest) == differ
    assert sim.loads(sim.dump(other)) == other.model_copy(update={"extends": None})


def test_a_number_that_is_put_is_drawn_no_more() -> None:
    drawn = sim.loads("")
    fixed = with_numbers(drawn, {"budget.speed": number(drawn, "budget.speed")})
    assert drawn.left_to_rows - fixed.left_to_rows == {("budget", "speed")}
    assert fixed.digest != drawn.digest


def test_the_scenario_itself_stays_as_it_was() -> None:
    scenario = sim.load(SCENARIO)
    digest = scenario.digest
    other = with_numbers(scenario, {"will.mean.sd": 0.1, "will.mean.mean": 1.0, "will.reversion": 0.5})
    assert other.will.mean == Normal(mean=1.0, sd=0.1)
    assert other.will.reversion == 0.5
    assert scenario.will.mean == Normal(mean=0.3, sd=1.0)
    assert scenario.digest == digest


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bugdet.speed", "did you mean budget.speed?"),
        ("will.mean.std", "did you mean will.mean.sd?"),
        ("will.mean", "did you mean will.mean."),
        ("xyzzy", "see `sim schema`"),
        ("", "see `sim schema`"),
        ("horizon", "see `sim schema`"),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(name: str, hint: str) -> None:
    for ask in (lambda: number(PLAIN, name), lambda: with_numbers(PLAIN, {name: 0.1})):
        with pytest.raises(UsageError) as error:
            ask()
        assert str(error.value).startswith(f"no number {name!r} in the scenario; {hint}")


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("budget.speed", 1.5, "must be between 0 and 1"),
        ("budget.speed", -0.1, "must be between 0 and 1"),
        ("budget.speed", float("nan"), "finite"),
        ("will.mean.sd", -1.0, "greater than or equal to 0"),
        ("will.mean.mean", float("inf"), "finite"),
        ("outturn.noise.df", 2.0, "greater than 2"),
        ("urgency.level.mean", 0.0, "greater than 0"),
        ("outturn.execution.high", 9.0, "every value must be between 0 and 5"),
        ("will.mean.mean", 1e9, "must be between -1,000,000 and 1,000,000; check the unit"),
    ],
)
def test_a_number_outside_its_bounds_is_refused_by_its_name(name: str, value: float, rule: str) -> None:
    with pytest.raises(UsageError) as error:
        with_numbers(PLAIN, {"related.speed": 0.3, "will.mean.mean": 0.2, "outturn.noise.sd": 0.1, name: value})
    assert str(error.value).startswith(f"{name} = {value!r}: ")
    assert rule in str(error.value)


def test_bounds_hold_for_what_the_numbers_make_together() -> None:
    with pytest.raises(UsageError, match=r"outturn\.execution\.low = 3\.0, outturn\.execution\.high = 2\.0: "):
        with_numbers(PLAIN, {"outturn.execution.low": 3.0, "outturn.execution.high": 2.0})
    assert with_numbers(PLAIN, {"outturn.execution.low": 3.0, "outturn.execution.high": 4.0})


def test_an_ally_keeps_what_it_has_of_its_own() -> None:
    scenario = sim.loads("[ally.ITA.budget]\nspeed = 0.4\n")
    other = with_numbers(scenario, {"budget.speed": 0.1, "budget.speed_down": 0.3})
    own = other.of_ally("ITA", other.budget)
    assert (own.speed, own.speed_down) == (0.4, 0.3)
