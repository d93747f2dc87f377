"""A few scenarios in which everything happens, path by path and count by count: quick enough for every mutant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import HealthCheck, Phase, given, settings

import sim
from reference.compare import Found, hold
from reference.facts import read
from reference.scenarios import scenarios

ROOT = Path(__file__).resolve().parents[3]
FILES = {
    "every event": ROOT / "tests" / "scenarios" / "valid" / "every_event.toml",
    "look back": ROOT / "tests" / "scenarios" / "valid" / "look_back.toml",
    "main": ROOT / "scenarios" / "rutte_2032.toml",
}
OUTSIDE: dict[str, Any] = {
    "horizon": {"base_year": 2025, "last_year": 2028},
    "targets": {
        "core": {"share_pct": 3.5, "by": 2028, "yardstick": True, "members": ["POL", "ITA"]},
        "own": {"share_pct": 2.4, "by": 2026},
        "total": {"pillar": "total", "share_pct": 3.4, "by": 2028},
    },
    "outturn": {"late_push_weight": 1.0, "late_push_reach_pct": 2.0},
}
"""Allies that the core yardstick does not bind push toward another target: their total is on paper."""


@pytest.mark.parametrize("name", FILES)
def test_a_scenario_in_which_much_happens(name: str) -> None:
    hold(read(FILES[name]), sim.load(FILES[name]), 3, 2032, Found())


def test_a_push_toward_another_target_leaves_the_total_on_paper() -> None:
    product = sim.loads(tomli_w.dumps(OUTSIDE))
    hold(OUTSIDE, product, 3, 2032, Found())
    total = sim.simulate(product, paths=64, seed=1).compliance().query("pillar == 'total' and iso3 == 'HRV'")
    assert (total["without_late_push"] < total["probability"]).any()


@settings(max_examples=5, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(scenario=scenarios(most_years=4))
def test_scenarios_of_every_make(scenario: dict[str, Any]) -> None:
    hold(scenario, sim.loads(tomli_w.dumps(scenario)), 2, 7, Found())
