"""`sim freeze`: a forecast with a date, in a file that nobody can change unnoticed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import inputs, options
from sim.text.escaping import plain
from sim.text.sentences import runs

if TYPE_CHECKING:
    from sim.evaluation.forecasts.schema import Frozen


@click.command(short_help="Freeze a forecast to be scored later.")
@click.argument("scenarios", nargs=-1, required=True, metavar="SCENARIO...")
@click.option("--date", required=True, metavar="YYYY-MM", help="When the forecast is made: a month, or YYYY-MM-DD.")
@click.option("--out", required=True, metavar="FILE", help="The JSON file to write; a forecast there stays as it is.")
@options.year("Last year forecast.", "--to", "last_year", default=2035, show_default=True)
@options.paths("Simulated runs of each; the scenario's number unless given.")
@options.seed()
@options.workers()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(
    scenarios: tuple[str, ...], date: str, out: str, last_year: int, paths: int | None, seed: int | None,
    workers: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Simulate each SCENARIO and freeze what it says of every ally and year, to be scored when the figures are known.

    Two forecasters do so, on the same random numbers: "drawn", which leads, takes the parameters from what the figures
    allow and keeps the pledge in earnest in half of the runs; "shipped" takes them as shipped. What a SCENARIO's file
    sets stands in both.

    SCENARIO is a TOML file or the name of a shipped one. The same version gives the same bytes. A scenario that ends
    before the last year is prolonged, and the file says so.

    \b
    sim freeze rutte_2032 hague_2035 --date 2026-11 --out forecasts/2026-11.json
    """
    names = [Path(file).stem for file in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"Two scenarios are called {plain(name)}; forecasts go by file names.")
    from sim.evaluation.forecasts import files
    from sim.evaluation.forecasts.schema import last_day

    try:
        last_day(date)
    except ValueError as error:
        raise click.UsageError(f"--date: {error}.") from None
    files.check_destination(out)
    from sim.evaluation.forecasts.making import FORECASTERS, freeze
    from sim.output.terminal.console import progress

    loaded = {name: inputs.scenario(file) for name, file in zip(names, scenarios, strict=True)}
    wanted = len(FORECASTERS) * sum(paths or scenario.run.paths for scenario in loaded.values())
    with progress("Simulating", wanted) as advance:
        frozen = freeze(loaded, date, last_year, paths=paths, seed=seed, workers=workers, progress=advance)
    written = files.write(frozen, out)
    _print(frozen, out, written, as_json)


def _print(frozen: Frozen, out: str, written: bool, as_json: bool) -> None:
    from sim.evaluation.forecasts.files import digest_of

    sha256 = digest_of(frozen)
    from sim.output.terminal.console import say, write_json

    if as_json:
        keys = ("name", "title", "note", "base_year", "last_year", "paths", "seed", "scenario_digest", "data_digest")
        write_json({
            "file": out,
            "written": written,
            "date": frozen.date,
            "sha256": sha256,
            "forecasters": [
                {
                    "name": forecaster.name,
                    "description": forecaster.description,
                    "scenarios": [{key: getattr(forecast, key) for key in keys} for forecast in forecaster.scenarios],
                }
                for forecaster in frozen.forecasters
            ],
        })  # fmt: skip
        return
    say(f"Frozen in {plain(out)}" if written else f"{plain(out)} holds this forecast already")
    for forecaster in frozen.forecasters:
        say(f"  {forecaster.name}: {plain(forecaster.description)}")
        for forecast in forecaster.scenarios:
            allies = len({cell.iso3 for cell in forecast.shares}) - 1
            years = f"{forecast.years[0]}–{forecast.years[-1]}"
            counted = f"{runs(forecast.paths)}, seed {forecast.seed}"
            note = f". {forecast.note}" if forecast.note else ""
            say(f"    {plain(forecast.name)}: {allies} allies and Europe and Canada, {years}; {counted}{plain(note)}")
    say(f"  sha256 {sha256}")
