"""A parameter is drawn as often as its scope says, at the address that the page states, for whom the file says."""

from __future__ import annotations

from typing import assert_type

import numpy as np
import pytest

import sim
from sim.distributions.draws import Distributions, Draws, Prepared
from sim.distributions.families import Family, Uniform
from sim.distributions.quantile_tables import Quantiles, table_of
from sim.engine.drawn_parameters import Parameters
from sim.engine.inputs import ally_inputs
from sim.model.parameters import Budget, Growth, Outturn, Related
from sim.numerics.arrays import Value
from sim.scenario.edit.change import with_numbers

FRANCE, GERMANY, ITALY = (
    next(entry for entry in ally_inputs(sim.loads("")) if entry.iso3 == iso3) for iso3 in ("FRA", "DEU", "ITA")
)
LAW = Uniform(low=0.1, high=0.9)
UNIFORM = "{ uniform = { low = 0.1, high = 0.9 } }"
TEXT = f"""
[growth]
recession_probability = {UNIFORM}
sd_pct = {UNIFORM}
[budget]
speed = {UNIFORM}
max_fall = 0.05
[outturn]
reporting = {UNIFORM}
floor_pct = 0.3
[related]
start = {UNIFORM}
[ally.FRA.growth]
forecast_shift_pct = 1.5
[ally.FRA.budget]
speed = {UNIFORM.replace("0.9", "0.8")}
max_fall = 0.02
[ally.FRA.outturn]
floor_pct = 0.4
[ally.FRA.related]
counted_cap_pct = 1.1
"""


def made(*texts: str) -> tuple[Draws, Parameters]:
    draws = Draws(3, 0, 64, len(texts))
    return draws, Parameters([sim.loads(text) for text in texts], draws)


def test_what_is_drawn_once_a_path_is_the_same_for_all_allies() -> None:
    draws, parameters = made(TEXT)
    speed = draws.value("param/budget.speed", LAW)
    assert np.ptp(speed) > 0.5
    assert np.array_equal(parameters.of(Budget, GERMANY).speed, speed)
    assert np.array_equal(parameters.of(Budget, ITALY).speed, speed)
    common, german = parameters.of(Growth), parameters.of(Growth, GERMANY)
    assert np.array_equal(common.recession_probability, german.recession_probability)


def test_what_is_drawn_once_an_ally_has_the_allys_address() -> None:
    draws, parameters = made(TEXT)
    common, german = parameters.of(Growth).sd_pct, parameters.of(Growth, GERMANY).sd_pct
    assert common is not None
    assert german is not None
    assert np.array_equal(german, draws.value("param/growth.sd_pct", LAW, ally=276))
    assert np.array_equal(parameters.of(Related, FRANCE).start, draws.value("param/related.start", LAW, ally=250))
    assert np.array_equal(common, draws.value("param/growth.sd_pct", LAW))


def test_an_ally_has_numbers_and_laws_of_its_own() -> None:
    draws, parameters = made(TEXT)
    own = draws.value("param/budget.speed", Uniform(low=0.1, high=0.8), ally=250)
    assert np.array_equal(parameters.of(Budget, FRANCE).speed, own)
    for section, name, common, other in (
        (Growth, "forecast_shift_pct", 0.0, 1.5),
        (Budget, "max_fall", 0.05, 0.02),
        (Outturn, "floor_pct", 0.3, 0.4),
        (Related, "counted_cap_pct", 1.5, 1.1),
    ):
        of_all, of_france = parameters.of(section, GERMANY), parameters.of(section, FRANCE)
        assert (getattr(of_all, name), getattr(of_france, name)) == (common, other)


def test_an_override_is_an_allys_own_draw_even_where_it_is_the_common_law() -> None:
    """However the scenario came about: with one object in both places, or with two that are equal."""
    written = sim.loads(f"[budget]\nspeed = {UNIFORM}\n[ally.FRA.budget]\nspeed = {UNIFORM}\n")
    law = written.budget.speed
    own = written.ally["FRA"].model_copy(
        update={"budget": written.ally["FRA"].budget.model_copy(update={"speed": law})}
    )
    built = written.model_copy(update={"ally": {**written.ally, "FRA": own}})
    assert built == written
    draws = Draws(3, 0, 64)
    for scenario in (written, built):
        speed = Parameters([scenario], draws).of(Budget, FRANCE).speed
        assert np.array_equal(speed, draws.value("param/budget.speed", law, ally=250))
        assert not np.array_equal(speed, Parameters([scenario], draws).of(Budget, GERMANY).speed)


def test_the_type_checker_knows_what_was_drawn_and_what_is_drawn_later() -> None:
    """It is the type checker that finds these wrong; a run finds that they are what they are called."""
    scenario, (draws, parameters) = sim.loads(TEXT), made(TEXT)
    common, ally = parameters.of(Growth), parameters.of(Budget, GERMANY)
    assert_type(scenario.budget.speed, float | Family)
    assert_type(ally.speed, Value)
    assert_type(common.sd_pct, Value | None)
    assert_type(common.factor, Prepared)
    assert_type(ally.norm_years, int)
    assert isinstance(ally.speed, np.ndarray)
    assert ally.speed.dtype == np.float32
    assert isinstance(ally.speed_max, float)
    assert isinstance(common.factor, Quantiles)
    assert isinstance(draws.value("growth/factor", common.factor), np.ndarray)


def test_what_is_drawn_later_comes_back_as_a_table() -> None:
    _, parameters = made(TEXT)
    reporting = parameters.of(Outturn, GERMANY).reporting
    assert isinstance(reporting, Quantiles)
    assert reporting is table_of(LAW)


def test_what_variants_agree_on_is_one_number_or_law_and_the_rest_one_a_variant() -> None:
    """Two files that say the same hold equal laws, not the same ones."""
    draws, parameters = made(TEXT, TEXT.replace("max_fall = 0.05", "max_fall = 0.06"))
    budget = parameters.of(Budget, GERMANY)
    assert budget.speed_max == 0.8
    assert np.array_equal(budget.speed, draws.value("param/budget.speed", LAW))
    assert isinstance(budget.max_fall, np.ndarray)
    assert budget.max_fall.tolist() == pytest.approx([0.05] * 64 + [0.06] * 64)
    assert isinstance(parameters.of(Outturn, GERMANY).reporting, Quantiles)


def test_variants_may_differ_in_what_is_drawn_every_year() -> None:
    scenario = sim.loads(TEXT)
    other = with_numbers(scenario, {"outturn.reporting.high": 0.5})
    draws = Draws(3, 0, 64, 2)
    assert isinstance(Parameters([scenario, other], draws).of(Outturn, GERMANY).reporting, Distributions)
