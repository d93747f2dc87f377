"""`sim run`: simulate a scenario and print with what probability allies meet its targets."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import inputs, options
from sim.errors import RunError

if TYPE_CHECKING:
    from sim.analysis.sensitivity import HalfUrgency
    from sim.execution.stopping import Precision
    from sim.results.record import Record
    from sim.results.summary import AllySummary
    from sim.scenario import Scenario

SORTS = ("probability", "spent-only", "related", "total", "median", "share", "first-year", "name", "iso3")


@click.command(short_help="Simulate a scenario.")
@click.argument("file")
@options.paths()
@click.option(
    "--precision", type=options.NumberParam(), metavar="POINTS",
    help="In place of --paths: as many as it takes until no 95 % interval reaches POINTS percentage points to a side.",
)  # fmt: skip
@options.seed()
@options.workers()
@options.engine()
@options.allies()
@click.option("--sort", type=click.Choice(SORTS, case_sensitive=False), help="Order of the allies.  [probability]")
@options.year("Year shown; the core target's unless given.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the compliance table of all years and pillars as CSV.")
@click.option("--out", metavar="DIR", help="Save the run as a folder, with its report.")
@click.option("--report/--no-report", default=True, help="With --out: write the report as well.  [report]")
@click.option("--half/--no-half", default=True, help="Also count as if governments felt half as threatened.  [half]")
def command(
    file: str, paths: int | None, precision: float | None, seed: int | None, workers: int | None, engine: str,
    allies: tuple[str, ...], sort: str | None, year: int | None, as_json: bool, as_csv: bool, out: str | None,
    report: bool, half: bool,
) -> None:  # fmt: skip
    """Simulate the scenario FILE and print, for each ally, in how many of 100 simulated runs it meets the target.

    FILE is a TOML file or the name of a shipped scenario.

    \b
    sim run rutte_2032
    sim run rutte_2032 --ally italy --ally ESP --sort median
    sim run rutte_2032 --precision 0.2
    sim run rutte_2032 --json > run.json
    """
    if as_json and as_csv:
        raise click.UsageError("--json and --csv exclude each other.")
    scenario = inputs.scenario(file)
    chosen = _chosen(scenario, allies)
    _check(scenario, year, sort)
    if out is not None:
        from sim.cli.saving import check_destination

        check_destination(out)
    _tell_notes(scenario)
    record = _simulate(scenario, paths, precision, seed, workers, engine)
    if out is None:
        _print(scenario, record, chosen, sort, year, as_json, as_csv, half)
        return
    from sim.cli.saving import save, stands
    from sim.output.terminal.console import note
    from sim.text.escaping import plain

    try:
        former = save(record, out)
    except RunError:  # show what was computed, even so
        _print(scenario, record, chosen, sort, year, as_json, as_csv, half=False)
        raise
    note(f"Saved in {plain(out)}" + (f", in place of: {former}" if former else ""))
    with _said_to_be_saved(out, report):
        _print(scenario, record, chosen, sort, year, as_json, as_csv, half)
        if report and not stands(record, out):
            note(f"{plain(out)} holds another run by now: no report of this one is written there.")
        elif report:
            from sim.cli.reporting import NAME, write_report

            sys.stdout.flush()
            write_report(record, Path(out) / NAME, year, file)
            note(f"Report in {plain(str(Path(out) / NAME))}")


def _tell_notes(scenario: Scenario) -> None:
    from sim.output.terminal.console import note
    from sim.scenario.notes import notes
    from sim.text.escaping import plain

    for text in notes(scenario):
        note(f"Note: {plain(text)}.")


@contextmanager
def _said_to_be_saved(out: str, report: bool) -> Iterator[None]:
    """Whatever ends the command once the run stands, it is said how to go on."""
    try:
        yield
    except BaseException:
        from sim.output.terminal.console import note
        from sim.text.escaping import plain

        again = plain(shlex.join(["sim", "report", out]))
        wanted = f"; its report is not written: `{again}` writes it" if report else ""
        with suppress(OSError):  # a terminal that is gone
            note(f"\nThe run is saved in {plain(out)}{wanted}.")
        raise


def _chosen(scenario: Scenario, typed: tuple[str, ...]) -> tuple[str, ...]:
    """Codes of the allies to show."""
    from sim.cli.allies import find
    from sim.data.tables import load_tables

    tables = load_tables(scenario.replacements)
    rows = find(typed, tables, counted=True) if typed else tables.armed_allies()
    return tuple(row.iso3 for row in rows)


def _check(scenario: Scenario, year: int | None, sort: str | None) -> None:
    """What would only be found wrong after the run."""
    first, last = scenario.horizon.base_year + 1, scenario.horizon.last_year
    if year is not None and not first <= year <= last:
        raise click.UsageError(f"--year: the scenario simulates {first} to {last}, not {year}.")
    if sort == "probability" and not any(map(scenario.yardstick, ("core", "related", "total"))):
        raise click.UsageError("--sort probability: the scenario has no target.")
    pillar = {"spent-only": "core", "first-year": "core"}.get(sort or "", sort or "")
    if pillar in ("core", "related", "total") and scenario.yardstick(pillar) is None:
        raise click.UsageError(f"--sort {sort}: the scenario has no {pillar} target.")


def _simulate(
    scenario: Scenario, paths: int | None, precision: float | None, seed: int | None, workers: int | None, engine: str
) -> Record:
    from sim.execution import simulate
    from sim.output.terminal.console import note, progress

    until, detail = None, None
    if precision is not None:
        from sim.execution.stopping import Precision

        until = Precision(precision, simulate.describe(scenario))
        detail = partial(_reached, until)
    likely = until.most if until else scenario.run.paths if paths is None else paths
    started = time.monotonic()
    with progress("Simulating", likely, detail) as advance:
        command = shlex.join(["sim", *(os.fsencode(each).decode("utf-8", "replace") for each in sys.argv[1:])])
        record = simulate.simulate(
            scenario, paths, seed, until=until, workers=workers, engine=engine, progress=advance, command=command
        )
    if sys.stderr.isatty():
        took, done = time.monotonic() - started, record.counts.paths
        note(f"{done:,} runs in {took:.1f} s ({done / took:,.0f} a second)")
    return record


def _reached(precision: Precision) -> str:
    return f"within {precision.reached_points:.2g} points"


def _print(
    scenario: Scenario, record: Record, chosen: tuple[str, ...], sort: str | None, year: int | None,
    as_json: bool, as_csv: bool, half: bool,
) -> None:  # fmt: skip
    from sim.output.terminal import console
    from sim.results import summary

    if as_csv:
        from sim.results.rows import COMPLIANCE_COLUMNS, compliance_rows

        rows = (row for row in compliance_rows(record) if row[0] in chosen and year in (None, row[2]))
        console.write_csv(COMPLIANCE_COLUMNS, rows)
        return
    shown_year = summary.default_year(record) if year is None else year
    lines = [line for line in summary.ally_lines(record, shown_year) if line.entry.iso3 in chosen]
    lines = _sorted(lines, sort, record.description.main_pillar)
    alliance = summary.alliance_line(record, shown_year)
    halved = _half(scenario, record, shown_year) if half and alliance.counted else None
    if as_json:
        from sim.output.terminal.run_document import document

        console.write_json(document(record, shown_year, lines, alliance, halved))
        return
    from sim.output.terminal.run_page import show

    show(console.page(), record, shown_year, lines, alliance, halved)


def _half(scenario: Scenario, record: Record, year: int) -> HalfUrgency:
    from sim.analysis.sensitivity import half_urgency
    from sim.output.terminal.console import waiting

    with waiting("Counting as if governments felt half as threatened"):
        return half_urgency(scenario, record, year)


def _sorted(lines: list[AllySummary], sort: str | None, main: str | None) -> list[AllySummary]:
    """Highest first; names and first years lowest first; ties by median, then by name.

    A probability is that of the main pillar; allies that a target does not bind come after those it does.
    """

    def chance(line: AllySummary, pillar: str | None) -> float:
        return line.chances[pillar].probability if pillar in line.chances else -1.0

    def key(line: AllySummary) -> float | str:
        match sort:
            case "name":
                from sim.data.countries import plainly

                return plainly(line.entry.name)
            case "iso3":
                return line.entry.iso3
            case "share":
                return -line.entry.base_share_pct
            case "median":
                return -line.spent.middle
            case "first-year":
                return line.first_year or (9_999 if "core" in line.chances else 10_000)
            case "spent-only":
                return -line.chances["core"].without_late_push if "core" in line.chances else 1.0
            case "related" | "total":
                return -chance(line, sort)
            case _:
                return -chance(line, main)

    return sorted(lines, key=lambda line: (key(line), -line.spent.middle, line.entry.name))
