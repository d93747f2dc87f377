"""`sim replay`: one of the simulated runs told with its dates."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from sim.cli import inputs, options

if TYPE_CHECKING:
    from sim.analysis.replay import Outcome, Story


@click.command(short_help="Tell one simulated run.")
@click.argument("file")
@click.option("--path", type=options.WholeParam(0), required=True, help="Number of the path, from 0.")
@options.seed("Seed of the run; the scenario's unless given.")
@options.allies("Tell of this ally only: code or name. Several: repeat it, or commas.")
@click.option("--full", is_flag=True, help="Tell every budget and outturn of all allies, year by year.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, the whole story in it.")
def command(file: str, path: int, seed: int | None, allies: tuple[str, ...], full: bool, as_json: bool) -> None:
    """Tell one simulated run of the scenario FILE: who meets the target, what happened to the alliance, large turns.

    With --ally or --full, events, elections, budgets and outturns in order.

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
    from sim.analysis.replay import replay

    story = replay(scenario, path, seed)
    if codes:
        story = story.of(*codes)
    if as_json:
        from sim.output.terminal.console import write_json

        write_json(_document(story))
        return
    from sim.output.terminal.console import page
    from sim.output.terminal.story_page import show, show_short

    (show if full or codes else show_short)(page(), story)


def _document(story: Story) -> dict[str, object]:
    return {
        "title": story.title,
        "based_on": story.based_on or None,
        "path": story.path,
        "seed": story.seed,
        "note": story.standing,
        "parameters": story.parameters._asdict(),
        "target": None if story.core is None else asdict(story.core),
        "outcomes": [_outcome(story, outcome) for outcome in story.outcomes],
        "entries": [{**asdict(entry), "text": entry.sentences()} for entry in story.entries],
    }


def _outcome(story: Story, outcome: Outcome) -> dict[str, object]:
    """A report, whether it meets the core target (null: none binds the ally), and whether on paper alone."""
    core = story.core if story.core and story.core.binds(outcome.iso3) else None
    return {
        **asdict(outcome),
        "met": None if core is None else outcome.reaches(core),
        "on_paper": None if core is None else outcome.on_paper(core),
    }
