"""The engine gives what can be worked out without it; see docs/model/equations.md, "Closed forms it must reproduce"."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy import stats

import sim
from closed_forms import forms
from closed_forms.forms import SHARE, STATISTICAL, WITHOUT_CHANCE, Exact
from judge.judge import Check, binomial, cells

PATHS = 1 << 16


@pytest.mark.parametrize("form", STATISTICAL, ids=lambda form: form.__name__)
def test_a_form_with_chance(form: Callable[[int], Iterator[Check]]) -> None:
    """Family-wise error over all forms: 1e-6."""
    checks = list(form(PATHS))
    assert len(checks) == STATISTICAL[form]
    assert [check for check in checks if check.p < SHARE] == []


@pytest.mark.parametrize("form", WITHOUT_CHANCE, ids=lambda form: form.__name__)
def test_a_form_without_chance(form: Callable[[], Iterator[Exact]]) -> None:
    exact = list(form())
    assert exact
    assert [comparison for comparison in exact if not comparison.holds] == []


def test_the_forms_are_the_numbers_of_the_page() -> None:
    assert forms.chance_of_three() == pytest.approx(0.7136, abs=5e-5)
    mean, variance, _ = forms.jumps(0.08)
    assert (round(mean, 3), round(variance, 3)) == (0.514, 0.426)
    assert 1 - math.exp(-0.7) == pytest.approx(0.5034, abs=5e-5)
    assert stats.beta(8, 2).mean() == pytest.approx(0.8)
    assert stats.beta(8, 2).std() == pytest.approx(0.1206, abs=5e-5)


CONTROLS = {
    "1: money rises by 6.4 %": lambda: binomial("", _three(0.064), PATHS, forms.chance_of_three()),
    "2: growth of sd 2.4": lambda: _moments("growth_alone", 2.4 / 2.5),
    "4: jumps that fade by 0.09": lambda: next(forms.moments("", _urgency(0.09), *forms.jumps(0.08))),
    "5: at a rate of 0.075": lambda: binomial("", int((_crises(0.075) > 0).sum()), PATHS, 1 - math.exp(-0.7)),
    "6: an ally's own noise at sd 1.1": lambda: _positive(1.1),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_a_wrong_model_is_told_apart(name: str) -> None:
    assert CONTROLS[name]().p < SHARE


def test_a_wrong_form_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without chance: a speed of 0.2001, a line that arrives a year late, a share that drifts by a millionth."""
    found, place, _ = forms.shares(forms.scenario("partial_adjustment", budget__speed=0.2001), 16)
    form = np.array([4 - 2 * 0.8**years for years in range(1, 8)])
    assert np.abs(found[place["FRA"]] - form[:, None]).max() > 4 * forms._roundings(7)
    monkeypatch.setattr(forms, "scenario", lambda name, **numbers: _later(name, **numbers))
    assert not any(comparison.holds for comparison in forms.deadline())


_scenario = forms.scenario


def _later(name: str, **numbers: float) -> sim.Scenario:
    loaded = _scenario(name, **numbers)
    target = loaded.targets["core"].model_copy(update={"by": 2034})
    return loaded.model_copy(update={"targets": {"core": target}})


def _three(rise: float) -> int:
    found, place, _ = forms.shares(_scenario("steady_money", budget__max_rise=rise), PATHS)
    return int((found[place["FRA"], -1] >= 3).sum())


def _moments(name: str, factor: float) -> Check:
    found, place, start = forms.kept(name, PATHS)
    logs = np.log(found[place["FRA"], 0] / start[place["FRA"]]) * factor
    mean = forms.log_surprise(1)
    *_, variance = forms.moments("", logs, mean, forms.log_surprise(2, mean), forms.log_surprise(4, mean))
    return variance


def _urgency(decay: float) -> np.ndarray:
    return forms.watched(_scenario("shot_noise", urgency__decay=decay), PATHS).urgency.astype(float)


def _crises(rate: float) -> np.ndarray:
    loaded = _scenario("crises")
    events = [event.model_copy(update={"rate": rate}) if event.name == "crisis" else event for event in loaded.event]
    return forms.watched(loaded.model_copy(update={"event": tuple(events)}), PATHS).urgency


def _positive(sd: float) -> Check:
    seen = forms.watched(_scenario("common_growth", growth__ally_noise__sd=sd), PATHS)
    counts = np.bincount((np.stack(list(seen.surprises.values())) > 0).sum(axis=0), minlength=32)
    return cells("", counts, np.full(32, 1 / 32))
