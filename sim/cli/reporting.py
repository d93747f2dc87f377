"""Making the report of a run: the stories where the run's scenario can be read again, a sign of life meanwhile."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, TypedDict

from sim.record.record import Record

if TYPE_CHECKING:
    from sim.report.told import Lever, Story


class Told(TypedDict):
    """Parts of a report."""

    stories: tuple[Story, ...]
    levers: tuple[Lever, ...]


NAME = "report.html"
"""The report inside a run's folder."""


def write_report(
    record: Record, place: str | os.PathLike[str], year: int | None = None, file: str | None = None
) -> None:
    """Write the report of a run; a former one stays whole until the new one is.

    `file` names the scenario in it; it is the one of the run's command unless given.

    Raises:
        RunError: the place cannot be written.
        UsageError: a year that is not simulated.
    """
    from sim.cli.terminal import waiting
    from sim.places import write_text
    from sim.report.page import report
    from sim.results.summary import default_year, step_of

    shown = default_year(record) if year is None else year
    step_of(record, shown)
    with waiting("Writing the report"):
        base = record.manifest.get("builds_on", {"title": "", "changes": ()})
        told = _told(record, shown, file or _file_of(record))
        page = report(record, year=shown, **told, builds_on=base["title"], differences=base["changes"])
    write_text(page, place)


def _file_of(record: Record) -> str:
    """The scenario as the command of the run named it; SCENARIO where no such command made the run."""
    import click

    from sim.cli.commands.run import command

    try:
        words = shlex.split(str(record.manifest.get("command", "")))
        if words[:2] == ["sim", "run"]:
            given = command.make_context("run", words[2:], resilient_parsing=True).params
            return str(given["file"] or "SCENARIO")
    except (ValueError, click.ClickException):
        pass
    return "SCENARIO"


def _told(record: Record, year: int, file: str) -> Told:
    """What takes the scenario and not the record alone: single runs, and what other assumptions would do."""
    from sim.cli.terminal import note
    from sim.errors import UsageError
    from sim.questions.leverage import levers
    from sim.questions.stories import scenario_of, three

    try:
        scenario = scenario_of(record)
        return {"stories": three(scenario, record, year, file), "levers": levers(scenario, record, year)}
    except UsageError as error:
        note(f"The report tells neither single runs nor what other assumptions would do: {error}.")
        return {"stories": (), "levers": ()}
