"""What the tests of the exports share: runs to export, and each format read back by another library."""

from __future__ import annotations

from dataclasses import replace

import pytest

from results.made import made
from sim.results.facade import Results
from sim.results.record import Record


@pytest.fixture(scope="session")
def record() -> Record:
    """The record made by hand, with the facts a scenario of a proposal has."""
    run = made().record
    yardsticks = tuple(
        replace(entry, agreed="not agreed: proposed in June 2025") for entry in run.description.yardsticks
    )
    told = replace(
        run.description, title="A proposal (not adopted)", source="a speech", description="What if?\nIt is a what-if.",
        yardsticks=yardsticks,
    )  # fmt: skip
    return replace(run, description=told, manifest={**run.manifest, "burdenshare": "0.1.0"})


@pytest.fixture(scope="session")
def results(record: Record) -> Results:
    return Results(record)
