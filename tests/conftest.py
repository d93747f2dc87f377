"""Scenarios the tests share; and what could not be tested is said in one line, or fails where all must be."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import Phase, settings

import sim

settings.register_profile("unshrunk", phases=(Phase.explicit, Phase.generate))
"""For mutants, which need to die and not to be told why: a failing example is not made smaller."""

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A shell that runs the tests in the background has it ignored, by what they start as well."""

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@pytest.fixture(scope="session")
def rutte() -> sim.Scenario:
    return sim.load(SCENARIOS / "rutte_2032.toml")


@pytest.fixture(scope="session")
def rutte_results(rutte: sim.Scenario) -> sim.Results:
    """4,000 paths with everything kept."""
    from sim.results.counts import KEEPABLE

    return sim.simulate(rutte, paths=4_000, seed=2032, executor="serial", keep=KEEPABLE)


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

NO_SKIPS = bool(os.environ.get("NO_SKIPS"))
"""Whether a test that cannot be run here has failed: where everything must pass, as in `.ci/run`."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Of each test, and of what sets it up."""
    return _counted((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Of each file."""
    return _counted((yield))


def _counted(report: Report) -> Report:
    """The report, of a failure where nothing may be skipped; what is expected to fail is no skip."""
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{_reason(report)}; with NO_SKIPS every test must be run"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line: what could not be tested here, and what it takes."""
    reasons = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", ()))
    if reasons:
        told = "; ".join(f"{reason}: {count} test{'s' * (count > 1)}" for reason, count in sorted(reasons.items()))
        terminalreporter.write_line(f"Not tested here: {told}.")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    place = report.longrepr
    return (place[2] if isinstance(place, tuple) else str(place)).removeprefix("Skipped: ")
