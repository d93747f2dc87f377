"""`sim chart`: a picture of a saved run."""

from __future__ import annotations

import click

from sim.cli import inputs, options

KINDS = ("fan", "multiples", "ranked", "heat", "compliant", "first-years", "shortfall")


@click.command(short_help="Draw a picture of a saved run.")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("run")
@click.option("--out", required=True, metavar="FILE", help="The .svg, .png, .pdf or .json file to write.")
@options.allies(
    "Of fan, multiples and first-years: code or name; EUC and NATO are groups. Several: repeat it, or commas."
)
@options.year("Of ranked, multiples, compliant and shortfall.  [the core target's]")
@click.option(
    "--pillar", type=click.Choice(("core", "related", "total")), help="Of ranked and heat.  [core, if measured]"
)
@click.option("--theme", type=click.Choice(("light", "dark")), default="light", help="Colours.  [light]")
def command(
    kind: str, run: str, out: str, allies: tuple[str, ...], year: int | None, pillar: str | None, theme: str
) -> None:
    """Draw a picture of RUN, the folder that `sim run --out` has saved.

    fan: one ally or group, published and simulated; several allies side by side. multiples: all fans, small. ranked:
    who meets the target, in order. heat: allies by years. compliant: how many at once. first-years: when one ally
    first does. shortfall: the money, ally by ally.

    \b
    sim chart fan runs/rutte_2032 --ally italy --out italy.svg
    sim chart fan runs/rutte_2032 --ally DEU,FRA,GBR --out three.svg
    sim chart ranked runs/rutte_2032 --theme dark --out ranked.png
    """
    from sim.cli.allies import find_in
    from sim.errors import UsageError
    from sim.files.writing import try_write
    from sim.output.charts.saving import FORMATS
    from sim.output.terminal.console import say

    if out.rpartition(".")[2].lower() not in FORMATS:
        raise UsageError(f"{out} must end in one of {', '.join(f'.{known}' for known in FORMATS)}")
    record = inputs.saved_run(run)
    try_write(out)
    from sim.output.charts.catalogue import draw
    from sim.output.charts.saving import save
    from sim.text.escaping import plain

    codes = find_in(allies, record, groups=True)
    if len(codes) > 1 and kind == "first-years":
        commands = ", ".join(f"--ally {iso3}" for iso3 in codes[:2])
        raise UsageError(f"the chart first-years is of one ally; draw one for each: {commands}")
    if kind == "multiples" or len(codes) > 1:
        kind = "multiples" if kind == "fan" else kind
        chart = draw(kind, record, theme=theme, allies=codes or None, year=year, pillar=pillar)
    else:
        chart = draw(kind, record, theme=theme, ally=next(iter(codes), None), year=year, pillar=pillar)
    say(plain(str(save(chart, out))))
