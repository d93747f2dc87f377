"""`sim report`: a saved run as one page to read."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.cli import inputs, options

if TYPE_CHECKING:
    from sim.results.record import Record


@click.command(short_help="Write the report of a saved run.")
@click.argument("run")
@click.option("--out", metavar="FILE", help="The HTML file to write.  [report.html in RUN]")
@options.year("Year the report is about; the core target's unless given.")
def command(run: str, out: str | None, year: int | None) -> None:
    """Write the report of RUN, the folder of a saved run: one HTML file with sentences, pictures and tables.

    It needs no network and shows all but the choice of an ally without scripts as well.

    \b
    sim run scenarios/rutte_2032.toml --out runs/rutte_2032
    sim report runs/rutte_2032 --out rutte_2032.html
    """
    from sim.cli.reporting import NAME, write_report
    from sim.errors import UsageError
    from sim.files.writing import try_write
    from sim.output.terminal.console import say
    from sim.text.escaping import plain

    record = inputs.saved_run(run)
    file = Path(out) if out is not None else Path(run) / NAME
    if file.is_dir():
        raise UsageError(f"{file} is a folder; name the file to write, such as {file / NAME}")
    if file.suffix.lower() != ".html":
        raise UsageError(f"{file} must end in .html")
    try_write(file)
    write_report(record, file, year, file_of(record))
    say(plain(str(file)))


def file_of(record: Record) -> str:
    """The scenario as the command of the run named it."""
    from sim.cli.commands.run import command as run
    from sim.cli.reporting import UNNAMED

    try:
        parts = shlex.split(str(record.manifest.get("command", "")))
        if parts[:2] == ["sim", "run"]:
            given = run.make_context("run", parts[2:], resilient_parsing=True).params
            return str(given["file"] or UNNAMED)
    except (ValueError, click.ClickException):
        pass
    return UNNAMED
