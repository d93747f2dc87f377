"""Making the report of a run: the stories where the run's scenario can be read again, a sign of life meanwhile."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypedDict

from sim.results.record import Record

if TYPE_CHECKING:
    from sim.analysis.sensitivity import Sensitivity
    from sim.analysis.stories import Narrative


class ReportParts(TypedDict):
    """Parts of a report."""

    stories: tuple[Narrative, ...]
    sensitivities: tuple[Sensitivity, ...]


UNNAMED = "SCENARIO"
"""The scenario of a run that no command made."""

NAME = "report.html"
"""The report inside a run's folder."""


def write_report(record: Record, out: str | os.PathLike[str], year: int | None = None, file: str = UNNAMED) -> None:
    """Write the report of a run; a former one stays whole until the new one is.

    `file` names the scenario in the commands that the report shows.

    Raises:
        RunError: the place cannot be written.
        UsageError: a year that is not simulated.
    """
    from sim.files.writing import write_text
    from sim.output.report.page import report
    from sim.output.terminal.console import waiting
    from sim.results.summary import default_year, step_of

    shown = default_year(record) if year is None else year
    step_of(record, shown)
    with waiting("Writing the report"):
        base = record.manifest.get("builds_on", {"title": "", "changes": ()})
        parts = _parts(record, shown, file)
        page = report(record, year=shown, **parts, builds_on=base["title"], differences=base["changes"])
    write_text(page, out)


def _parts(record: Record, year: int, file: str) -> ReportParts:
    """What takes the scenario and not the record alone: single runs, and what other assumptions would do."""
    from sim.analysis.sensitivity import sensitivities
    from sim.analysis.stories import scenario_of, three
    from sim.errors import UsageError
    from sim.output.terminal.console import note

    try:
        scenario = scenario_of(record)
        return {"stories": three(scenario, record, year, file), "sensitivities": sensitivities(scenario, record, year)}
    except UsageError as error:
        note(f"The report tells neither single runs nor what other assumptions would do: {error}.")
        return {"stories": (), "sensitivities": ()}
