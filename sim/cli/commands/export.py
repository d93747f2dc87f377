"""`sim export`: a saved run or a frozen forecast in a format that other tools read."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli import inputs, options
from sim.output.exports import FORMS

HUB = "hubverse"
OTHER_NAMES = {
    "xlsx": "excel", "xls": "excel", "workbook": "excel", "pq": "parquet", "arrow": "parquet", "nc": "netcdf",
    "netcdf4": "netcdf", "xarray": "netcdf", "hub": HUB,
}  # fmt: skip
"""What formats are called elsewhere."""


def _line(name: str, about: str, extra: str = "") -> str:
    return f"{name:<10}{about}{f' (extra: {extra})' if extra else ''}"


HELP = f"""Export RUN, the folder that `sim run --out` has saved, with all its tables, their units and how to read them.

\b
{chr(10).join(_line(name, form.about, form.extra) for name, form in FORMS.items())}
{_line(HUB, "a forecast hub in a new folder; RUN may be the file of a frozen forecast")}

A former export of the same format is replaced once the new one is complete; anything else in its place is left alone. A
hub holds the quantiles of the core share, the probability of being at the core target and the distribution of the
number of allies there, in the columns of hubverse.io, and the configuration they are valid by.

\b
sim export runs/rutte_2032 --format excel --out rutte_2032.xlsx
sim export runs/rutte_2032 --format csv --out rutte_2032_csv
sim export forecasts/2026-11.json --format hubverse --out hub
sim export runs/rutte_2032 --format hubverse --out hub --date 2026-11-22
"""


@click.command(short_help="Export a run or forecast for other tools.", help=HELP)
@click.argument("run")
@click.option(
    "--format", "form", type=options.WordParam([*FORMS, HUB], OTHER_NAMES),
    help="What to write: see above; by the ending of PLACE unless given.",
)  # fmt: skip
@click.option("--out", required=True, metavar="PLACE", help="The file or folder to write.")
@click.option("--repository", metavar="OWNER/NAME", help="hubverse: where on GitHub the hub is to be published.")
@click.option("--date", metavar="YYYY-MM-DD", help="hubverse, of a run: the day it stood.  [last of its base year]")
def command(run: str, form: str | None, out: str, date: str | None, repository: str | None) -> None:
    """Export a saved run or a frozen forecast; `HELP` is what users read."""
    form = form or _by_ending(out)
    if form != HUB and (date, repository) != (None, None):
        raise click.UsageError(f"--{'date' if date else 'repository'}: only a hub has one ({HUB}).")
    written = _export_hub(run, out, date, repository) if form == HUB else [_export_tables(run, form, out)]
    from sim.output.terminal.console import say
    from sim.text.escaping import plain

    for file in written:
        say(f"Exported to {plain(str(file))}")


def _by_ending(out: str) -> str:
    """The format whose files end as `out` does."""
    ending = Path(out).suffix.lower()
    found = [name for name, form in FORMS.items() if form.ending == ending and ending]
    if not found:
        raise click.UsageError(f"--format: the ending of {out} names none; choose one of {', '.join([*FORMS, HUB])}.")
    return found[0]


def _export_tables(run: str, form: str, out: str) -> Path:
    if Path(run).is_file() and Path(run).suffix.lower() != ".toml":
        raise click.UsageError(f"{run} is a file: {form} exports the folder of a saved run, {HUB} a frozen forecast.")
    from sim.output.exports import check, export

    check(form, out)
    return export(inputs.saved_run(run), form, out)


def _export_hub(run: str, out: str, date: str | None, repository: str | None) -> list[Path]:
    from sim.evaluation.forecasts import hubverse
    from sim.evaluation.forecasts.hub_config import UNNAMED

    repository = repository or UNNAMED
    hubverse.check_repository(repository)

    hubverse.check_destination(out)
    if Path(run).is_file() and Path(run).suffix.lower() != ".toml":
        if date is not None:
            raise click.UsageError("--date: a frozen forecast has a date of its own.")
        from sim.evaluation.forecasts.files import read

        return hubverse.export_frozen(read(run), out, repository)
    from sim.evaluation.forecasts.making import forecast_of
    from sim.evaluation.forecasts.schema import FrozenForecaster, check_in_time

    record = inputs.saved_run(run)
    day = date or f"{record.description.base_year}-12-31"
    try:
        check_in_time(day, record.description.base_year)
    except ValueError as error:
        raise click.UsageError(f"--date: {error}.") from None
    forecast = forecast_of(record, Path(run).resolve().name)
    only = FrozenForecaster(name="sim", description="A saved run, as its scenario has it.", scenarios=(forecast,))
    return hubverse.export([only], day, out, made_by=str(record.manifest["burdenshare"]), repository=repository)
