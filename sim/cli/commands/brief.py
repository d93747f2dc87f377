"""`sim brief`: one page on one ally."""

from __future__ import annotations

from pathlib import Path

import click

from sim.cli import inputs, options

RUN = "runs/rutte_2032"
"""Where `make run` leaves the main scenario's run."""


@click.command(short_help="Write one page on one ally.")
@click.argument("ally")
@click.argument("run", required=False)
@click.option("--out", metavar="FILE", help="The .html or .pdf file to write.  [brief-CODE.html]")
@options.year("Year the brief is about; the core target's unless given.")
def command(ally: str, run: str | None, out: str | None, year: int | None) -> None:
    """Write a page on ALLY, code or name: its history and fan, what the target takes, the odds beside base rates.

    RUN is the folder of a saved run, runs/rutte_2032 unless given, which `make run` writes.

    \b
    sim brief ITA
    sim brief italy runs/hague_2035 --out italy.pdf
    """
    from sim.cli.allies import find_in
    from sim.data.countries import look_up
    from sim.errors import UsageError
    from sim.files.writing import try_write, write_bytes
    from sim.output.terminal.console import say, waiting

    if Path(ally).is_dir():
        raise UsageError(f"the ally comes first: sim brief {run or 'ALLY'} {ally}")
    if run is not None and not Path(run).exists() and look_up(run):
        raise UsageError(f"a brief is on one ally; write one for each: sim brief {ally}, sim brief {run}")
    if run is None and not Path(RUN).is_dir():
        raise UsageError(f"there is no run in {RUN}; name one, or write it: sim run SCENARIO --out {RUN}")
    record = inputs.saved_run(run or RUN)
    codes = find_in([ally], record)
    if len(codes) > 1:
        raise UsageError(f"a brief is on one ally; write one for each: sim brief {codes[0]}, sim brief {codes[1]}")
    (iso3,) = codes
    file = Path(out or f"brief-{iso3}.html")
    if file.suffix.lower() not in (".html", ".pdf"):
        raise UsageError(f"{file} must end in .html or .pdf")
    try_write(file)
    from sim.output.report.brief import brief
    from sim.output.report.brief_pdf import pdf
    from sim.text.escaping import plain

    with waiting("Writing the brief"):
        is_pdf = file.suffix.lower() == ".pdf"
        content = pdf(record, iso3, year=year) if is_pdf else brief(record, iso3, year=year).encode()
    write_bytes(content, file)
    say(plain(str(file)))
