"""`sim replay`: one of the simulated runs told with its dates."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.questions.replay import Entry, Story


@click.command(short_help="Tell one simulated run.")
@click.argument("file")
@click.option("--path", type=click.IntRange(min=0), required=True, help="Number of the path, from 0.")
@click.option("--seed", type=int, help="Seed of the run; the scenario's unless given.")
@click.option(
    "--ally", "allies", multiple=True, metavar="ALLY", help="Tell of this ally only: code or name. Repeatable."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def command(file: str, path: int, seed: int | None, allies: tuple[str, ...], as_json: bool) -> None:
    """Tell one simulated run of the scenario FILE: events, elections, budgets and outturns in order.

    It has the bits of that path in `sim run` with the same seed, whatever the number of paths.

    \b
    sim replay scenarios/rutte_2032.toml --path 48213 --ally france
    """
    from sim.scenario import load

    scenario = load(file)
    codes: tuple[str, ...] = ()
    if allies:
        from sim.cli.allies import find
        from sim.data.tables import load_tables

        codes = tuple(row.iso3 for row in find(allies, load_tables(scenario.replacements), counted=True))
    from sim.questions.replay import Story, replay

    whole = replay(scenario, path, seed)
    told = (entry for entry in whole.entries if not codes or entry.iso3 is None or entry.iso3 in codes)
    kept = tuple(sorted(told, key=_place))
    story = Story(whole.title, whole.path, whole.seed, kept)
    if as_json:
        from sim.cli.terminal import write_json

        write_json(_document(story))
        return
    from sim.cli.show.story_page import show
    from sim.cli.terminal import page

    show(page(), story)


def _place(entry: Entry) -> tuple[int, int, int, str]:
    """Month by month; in December each ally's outturn, then the budget that was adopted on it."""
    yearly = ("outturn", "budget")
    if entry.kind not in yearly:
        return entry.year, entry.month, 0, ""
    return entry.year, entry.month, 1, f"{entry.iso3} {yearly.index(entry.kind)}"


def _document(story: Story) -> dict[str, object]:
    return {
        "title": story.title,
        "path": story.path,
        "seed": story.seed,
        "note": "one of the simulated runs, given the assumptions",
        "entries": [asdict(entry) for entry in story.entries],
    }
