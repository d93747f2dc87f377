"""A crisis before the run has left what has not faded of it, on its part of the paths, and nothing else happens."""

from __future__ import annotations

import numpy as np
import pytest

import sim
from sim.distributions.draws import Draws
from sim.distributions.families import Exponential
from sim.engine.block import BlockSimulation
from sim.engine.drawn_parameters import Parameters
from sim.engine.observer import Observer
from sim.errors import ScenarioError

DECAY = """
[urgency]
level = 1.0
decay = 0.12
"""
DECAY_BY_PATH = """
[urgency]
level = 1.0
decay = { uniform = { low = 0.01, high = 0.3 } }
"""
CRISIS = """
[[event]]
name = "war"
kind = "past_crisis"
when = "%s"
"""
PATHS = 256
SIZE = Exponential(mean=0.7)


def at_start(text: str) -> np.ndarray:
    """A in December of the base year, before anything else."""
    draws = Draws(5, 0, PATHS)
    scenario = sim.loads(text)
    simulation = BlockSimulation(scenario, Parameters((scenario,), draws), draws, Observer())
    return simulation.world.urgency.level(11).astype(np.float64)


@pytest.mark.parametrize(("when", "months"), [("2026-12", 0), ("2026-03", 9), ("2024-02", 34), ("2008-08", 220)])
def test_what_has_not_faded_is_felt_at_the_start(when: str, months: int) -> None:
    draws = Draws(5, 0, PATHS)
    size = draws.value("event/war/size", SIZE, period=2026)
    left = at_start(DECAY + CRISIS % when) - at_start(DECAY)
    assert left == pytest.approx(size * np.exp(-0.12 * months / 12), abs=1e-5)
    decay = draws.value("param/urgency.decay", sim.loads(DECAY_BY_PATH).urgency.decay)
    left = at_start(DECAY_BY_PATH + CRISIS % when) - at_start(DECAY_BY_PATH)
    assert left == pytest.approx(size * np.exp(-decay * months / 12), abs=1e-4)


def test_it_is_of_its_part_of_the_paths() -> None:
    text = DECAY + CRISIS % "2020-01" + "probability = 0.5\nsize = 1.0\n"
    left = at_start(text) - at_start(DECAY)
    hit = Draws(5, 0, PATHS).chance("event/war/occurs", 0.5, period=2026)
    assert left == pytest.approx(np.where(hit, np.exp(-0.12 * 83 / 12), 0.0), abs=1e-5)
    assert 90 < hit.sum() < 166


@pytest.mark.parametrize("when", ["2027-01", "2030-06"])
def test_in_the_run_it_is_none(when: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        sim.loads(CRISIS % when)
    (fault,) = caught.value.faults
    assert (fault.code, fault.value) == ("after-the-start", f'"{when}"')
    assert fault.rule == "must lie before the run, in 2026-12 at the latest: what comes later is a crisis"


def test_it_needs_its_month() -> None:
    for time, words in (("rate = 0.1", "has a month"), ("", "needs a time")):
        with pytest.raises(ScenarioError, match=words):
            sim.loads(f'[[event]]\nname = "war"\nkind = "past_crisis"\n{time}\n')


def test_its_story_says_when_and_how_much() -> None:
    scenario = sim.loads(CRISIS % "2008-08" + "size = 0.8\n")
    assert [event.when for event in scenario.event if event.kind == "past_crisis"] == ["2008-08"]
    story = sim.replay(scenario, path=3)
    assert "War: in 2008-08 urgency jumped by 0.80." in str(story)
