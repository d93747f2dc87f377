"""A parameter is drawn as often as its scope says, at the address that the page states, for whom the file says."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.distributions.draws import Distributions, Draws
from sim.distributions.families import Uniform
from sim.distributions.quantile_tables import Quantiles, table_of
from sim.engine.drawn_parameters import Parameters
from sim.scenario.edit.change import with_numbers

FRANCE, GERMANY = ("FRA", 250), ("DEU", 276)
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
    assert (parameters.budget(*GERMANY).speed == speed).all()
    assert (parameters.budget("ITA", 380).speed == speed).all()
    assert (parameters.growth().recession_probability == parameters.growth(*GERMANY).recession_probability).all()


def test_what_is_drawn_once_an_ally_has_the_allys_address() -> None:
    draws, parameters = made(TEXT)
    assert (parameters.growth(*GERMANY).sd_pct == draws.value("param/growth.sd_pct", LAW, ally=276)).all()
    assert (parameters.related(*FRANCE).start == draws.value("param/related.start", LAW, ally=250)).all()
    assert (parameters.growth().sd_pct == draws.value("param/growth.sd_pct", LAW)).all()


def test_an_ally_has_numbers_and_laws_of_its_own() -> None:
    draws, parameters = made(TEXT)
    own = draws.value("param/budget.speed", Uniform(low=0.1, high=0.8), ally=250)
    assert (parameters.budget(*FRANCE).speed == own).all()
    for section, name, common, other in (
        ("growth", "forecast_shift_pct", 0.0, 1.5),
        ("budget", "max_fall", 0.05, 0.02),
        ("outturn", "floor_pct", 0.3, 0.4),
        ("related", "counted_cap_pct", 1.5, 1.1),
    ):
        of = getattr(parameters, section)
        assert (getattr(of(*GERMANY), name), getattr(of(*FRANCE), name)) == (common, other)


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
        speed = Parameters([scenario], draws).budget(*FRANCE).speed
        assert (speed == draws.value("param/budget.speed", law, ally=250)).all()
        assert (speed != Parameters([scenario], draws).budget(*GERMANY).speed).any()


def test_what_is_drawn_later_comes_back_as_a_table() -> None:
    _, parameters = made(TEXT)
    reporting = parameters.outturn(*GERMANY).reporting
    assert isinstance(reporting, Quantiles)
    assert reporting is table_of(LAW)


def test_what_variants_agree_on_is_one_number_or_law_and_the_rest_one_a_variant() -> None:
    """Two files that say the same hold equal laws, not the same ones."""
    draws, parameters = made(TEXT, TEXT.replace("max_fall = 0.05", "max_fall = 0.06"))
    budget = parameters.budget(*GERMANY)
    assert budget.speed_max == 0.8
    assert (budget.speed == draws.value("param/budget.speed", LAW)).all()
    assert budget.max_fall.tolist() == pytest.approx([0.05] * 64 + [0.06] * 64)
    assert isinstance(parameters.outturn(*GERMANY).reporting, Quantiles)


def test_variants_may_differ_in_what_is_drawn_every_year() -> None:
    scenario = sim.loads(TEXT)
    other = with_numbers(scenario, {"outturn.reporting.high": 0.5})
    draws = Draws(3, 0, 64, 2)
    assert isinstance(Parameters([scenario, other], draws).outturn(*GERMANY).reporting, Distributions)
