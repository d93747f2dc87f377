"""`sim export`: a saved run or a frozen forecast in a format that other tools read."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = ("hubverse",)


@click.command(short_help="Export a run or forecast for other tools.")
@click.argument("run")
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="hubverse: a forecast hub.")
@click.option("--out", required=True, metavar="DIR", help="The new folder to write.")
@click.option("--date", metavar="YYYY-MM-DD", help="Of a run: the day it stood.  [last of its base year]")
def command(run: str, form: str, out: str, date: str | None) -> None:
    """Export RUN, the folder of a saved run or the file of a frozen forecast.

    A hub holds the quantiles of the core share, the probability of being at the core target and the distribution of
    the number of allies there, in the columns of the hubverse (hubverse.io), and the configuration they are valid by.

    \b
    sim export forecasts/2026-11.json --format hubverse --out hub
    sim export runs/rutte_2032 --format hubverse --out hub --date 2026-11-22
    """
    from sim.frozen import hubverse

    hubverse.check_place(out)
    if Path(run).is_file():
        if date is not None:
            raise click.UsageError("--date: a frozen forecast has a date of its own.")
        from sim.frozen.files import read

        output = hubverse.export_frozen(read(run), out)
    else:
        output = _export_run(run, out, date)
    click.echo(f"Exported to {output}")


def _export_run(run: str, out: str, date: str | None) -> Path:
    from sim.frozen.hubverse import export
    from sim.frozen.making import forecast_of
    from sim.frozen.schema import last_day
    from sim.record.record import Record

    record = Record.open(run)
    day = date or f"{record.description.base_year}-12-31"
    try:
        last_day(day)
    except ValueError as error:
        raise click.UsageError(f"--date: {error}.") from None
    forecast = forecast_of(record, Path(run).resolve().name)
    return export([forecast], day, out, made_by=str(record.manifest["burdenshare"]))
