"""Pages that the tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.cli.reporting import write_report
from sim.results.record import Record

SCENARIOS = Path(__file__).parents[2] / "scenarios"
PATHS = 2_000


@pytest.fixture(scope="session")
def record() -> Record:
    return sim.simulate(sim.load(SCENARIOS / "rutte_2032.toml"), PATHS, 2032, executor="serial").record


@pytest.fixture(scope="session")
def page(record: Record, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the main scenario, with its stories."""
    place = tmp_path_factory.mktemp("report") / "report.html"
    write_report(record, place, file="scenarios/rutte_2032.toml")
    return place
