"""`sim replay`: one of the simulated runs told with its dates."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sim.cli import inputs, options

if TYPE_CHECKING:
    from sim.questions.replay import Story


@click.command(short_help="Tell one simulated run.")
@click.argument("file")
@click.option("--path", type=options.Whole(0), required=True, help="Number of the path, from 0.")
@options.seed("Seed of the run; the scenario's unless given.")
@options.allies("Tell of this ally only: code or name. Several: repeat it, or commas.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(file: str, path: int, seed: int | None, allies: tuple[str, ...], as_json: bool) -> None:
    """Tell one simulated run of the scenario FILE: events, elections, budgets and outturns in order.

    FILE is a TOML file or the name of a shipped scenario. The run has the bits of that path in `sim run` with the same
    seed, whatever the number of paths.

    \b
    sim replay rutte_2032 --path 48213 --ally france
    """
    scenario = inputs.scenario(file)
    codes: tuple[str, ...] = ()
    if allies:
        from sim.cli.allies import find
        from sim.data.tables import load_tables

        codes = tuple(row.iso3 for row in find(allies, load_tables(scenario.replacements), counted=True))
    from sim.questions.replay import replay

    story = replay(scenario, path, seed)
    if codes:
        story = story.of(*codes)
    if as_json:
        from sim.cli.terminal import write_json

        write_json(_document(story))
        return
    from sim.cli.show.story_page import show
    from sim.cli.terminal import page

    show(page(), story)


def _document(story: Story) -> dict[str, object]:
    return {
        "title": story.title,
        "path": story.path,
        "seed": story.seed,
        "note": story.standing,
        "entries": [asdict(entry) for entry in story.entries],
    }
