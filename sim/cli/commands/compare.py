"""`sim compare`: scenarios compared with the first of them, on common random numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sim.cli import inputs, options
from sim.errors import Fault, ScenarioError
from sim.text.escaping import plain

if TYPE_CHECKING:
    from sim.analysis.comparison.facade import Comparison
    from sim.scenario import Scenario


@click.command(short_help="Compare scenarios.")
@click.argument("files", nargs=-1, required=True, metavar="A B [MORE]...")
@options.paths("Simulated runs of each; the first scenario's number unless given.")
@options.seed("Seed of every draw; the first scenario's unless given.")
@options.workers()
@options.allies()
@options.year("Year shown; that of the first scenario's core target unless given.")
@click.option("--all", "every", is_flag=True, help="Show also the allies whose difference cannot be told from 0.")
@click.option("--chart", metavar="FILE", help="Draw the differences of two scenarios as .svg, .png, .pdf or .json.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    files: tuple[str, ...], paths: int | None, seed: int | None, workers: int | None, allies: tuple[str, ...],
    year: int | None, every: bool, chart: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare scenario files with the first, A: for each ally, in how many more or fewer of 100 simulated runs it
    meets the target, and in what the files differ.

    Each is a TOML file or the name of a shipped scenario. All see the same random numbers, path by path, so that a
    difference is that of the assumptions and its interval is narrow.

    \b
    sim compare rutte_2032 hague_2035
    sim compare rutte_2032 ceasefire us_retrenchment --year 2030
    sim compare a.toml b.toml --ally italy --ally ESP --json
    """
    if len(files) < 2:
        raise click.UsageError(f"compare takes two scenario files or more; one alone is run: sim run {plain(files[0])}")
    if chart is not None:
        _check_chart(chart, len(files))
    scenarios = _loaded(files)
    codes = _chosen(scenarios[0], allies)
    _check(scenarios, year)
    comparison = _compare(scenarios, paths, seed, workers)
    shown_year = comparison.year if year is None else year
    if chart is not None:
        _draw(comparison, shown_year, chart)
    from sim.output.terminal import console

    if as_json:
        from sim.output.terminal.compare_document import document

        console.write_json(document(comparison, shown_year, codes))
        return
    from sim.output.terminal.compare_page import show

    show(console.page(), comparison, shown_year, codes, every=every or bool(allies))


def _check_chart(chart: str, scenarios: int) -> None:
    """What would only be found wrong after the runs."""
    from pathlib import Path

    from sim.files.writing import try_write
    from sim.output.charts.saving import FORMATS

    if scenarios > 2:
        raise click.UsageError("--chart: draws two scenarios; give the first and one other.")
    if Path(chart).suffix[1:].lower() not in FORMATS:
        raise click.UsageError(f"--chart: {chart} must end in one of {', '.join(f'.{known}' for known in FORMATS)}.")
    try_write(chart)


def _draw(comparison: Comparison, year: int, chart: str) -> None:
    from sim.output.charts.differences import differences
    from sim.output.charts.saving import save
    from sim.output.terminal.console import note
    from sim.text.escaping import plain

    a, b = comparison.titles
    file = save(differences(comparison.compliance(), year, a, b), chart)
    note(f"Chart in {plain(str(file))}")


def _loaded(files: tuple[str, ...]) -> list[Scenario]:
    """Every scenario; raises ScenarioError with the faults of all files at once."""
    scenarios = []
    faults: dict[Fault, None] = {}  # each once, where files share one they extend
    for file in files:
        try:
            scenarios.append(inputs.scenario(file))
        except ScenarioError as error:
            faults |= dict.fromkeys(error.faults)
    if faults:
        raise ScenarioError(tuple(faults))
    return scenarios


def _chosen(first: Scenario, typed: tuple[str, ...]) -> frozenset[str] | None:
    """Codes of the allies to show; None: all."""
    if not typed:
        return None
    from sim.cli.allies import find
    from sim.data.tables import load_tables

    return frozenset(row.iso3 for row in find(typed, load_tables(first.replacements), counted=True))


def _check(scenarios: list[Scenario], year: int | None) -> None:
    """What would only be found wrong after the runs."""
    from sim.analysis.comparison.compare import comparable

    _, years = comparable(scenarios)
    if year is not None and year not in years:
        raise click.UsageError(f"--year: the scenarios have the years {years[0]} to {years[-1]} in common, not {year}.")


def _compare(scenarios: list[Scenario], paths: int | None, seed: int | None, workers: int | None) -> Comparison:
    from sim.analysis.comparison.compare import compare
    from sim.output.terminal.console import progress

    likely = scenarios[0].run.paths if paths is None else paths
    with progress("Comparing", likely) as advance:
        return compare(scenarios, paths, seed, workers=workers, progress=advance)
