"""The printed page of a replayed path."""

from __future__ import annotations

import textwrap

from rich.text import Text

from sim.analysis.replay import MONTHS, Entry, Story
from sim.output.terminal.console import Page
from sim.text.escaping import plain
from sim.text.figures import target
from sim.text.sentences import listed

STORY_WIDTH = 80  # columns at most: sentences read one by one are narrower than a table
WORDS = (
    "Shares are % of GDP. Will: log-odds of political will, 0 is even. Norm: what would be spent without the threat. "
    "Wants: the share it would choose if nothing held it back. Growth surprise: growth less its forecast; it moves the "
    "share the other way. Reports: what NATO prints, with the noise of reporting. Spent: the report without what is "
    "closed on paper. Budgets go on from the outturn, which is a part of a planned rise, and chance besides; "
    "where a target was closed on paper, from the target at least."
)
INDENT = 5  # months stand in the margin


MOST_TURNS = 6
"""Changes from year to year that the short page names."""


def show_short(page: Page, story: Story) -> None:
    """Print how the run comes out: who meets the target, what happened to the alliance, the largest turns."""
    width = min(page.width, STORY_WIDTH)
    _head(page, story, width)
    _outcome(page, story, width)
    names = {outcome.iso3: plain(outcome.ally) for outcome in story.outcomes}
    dropped = [
        f"{names[entry.iso3]} ({MONTHS[entry.month - 1]} {entry.year})"
        for entry in story.entries
        if entry.iso3 is not None and entry.dropped
    ]
    facts = {
        "What happened to the alliance": [
            f"{MONTHS[entry.month - 1]} {entry.year}  {_sentence(entry)}"
            for entry in story.entries
            if entry.iso3 is None and entry.kind == "event"
        ],
        "Whose new government drops what was pledged or announced": [f"{listed(dropped)}."] if dropped else [],
        "The largest turns, % of GDP as reported": [
            f"{after.year}  {plain(after.ally)} {before.reported_pct:.2f} to {after.reported_pct:.2f}"
            for before, after in story.turns(MOST_TURNS)
        ],
    }
    for head, lines in facts.items():
        page.print()
        page.print(Text(head, style="bold"), width=width)
        for line in lines or ["Nothing and nobody."]:
            page.print(Text(textwrap.fill(line, width, subsequent_indent="  ")), soft_wrap=True)
    page.print()
    page.print(Text("Every budget and outturn: of one ally with --ally, of all with --full.", style="dim"), width=width)


def _head(page: Page, story: Story, width: int) -> None:
    page.print(Text(plain(story.title), style="bold"), width=width)
    if story.based_on:
        page.print(Text(plain(story.based_on)), width=width)
    page.print(Text(story.standing), width=width)


def _outcome(page: Page, story: Story, width: int) -> None:
    """Who is at the core target when it is due, who only on paper, who is not; and how many year by year."""
    core, year = story.core, story.year
    page.print()
    if core is None:
        page.print(Text("The scenario has no core target."), width=width)
        return
    bound = [o for o in story.outcomes if o.year == year and core.binds(o.iso3)]
    met = story.met(year)
    paper = [outcome for outcome in met if outcome.on_paper(core)]
    rest = sorted((outcome for outcome in bound if outcome not in met), key=lambda outcome: -outcome.reported_pct)
    goal = f"{target(core.share_pct)} % of GDP by {core.by}"
    due = "" if year == core.by else f", before it falls due in {core.by}" if year < core.by else ""
    if not bound:
        page.print(Text(f"The core target of {goal} binds none of the allies told of."), width=width)
        return
    page.print(Text(f"Core {goal}: {len(met)} of {len(bound)} meet it in {year}{due}", style="bold"), width=width)
    for heading, outcomes in (("At it", met), ("of them closed on paper", paper), ("Below it", rest)):
        if outcomes or heading != "of them closed on paper":
            named = listed(f"{plain(o.ally)} {o.reported_pct:.2f}" for o in outcomes)
            page.print(Text(f"{heading}: {named}."), width=width)
    years = sorted({outcome.year for outcome in story.outcomes})
    if len(bound) > 1:
        counts = ", ".join(f"{each} {len(story.met(each))}" for each in years)
        page.print(Text(f"How many are at it, year by year: {counts}."), width=width)


def show(page: Page, story: Story) -> None:
    """Print how the run comes out, then the story year by year, the months in the margin."""
    width = min(page.width, STORY_WIDTH)
    _head(page, story, width)
    _outcome(page, story, width)
    year, month = 0, 0
    for entry in story.entries:
        if entry.year != year:
            page.print()
            page.print(Text(str(entry.year), style="bold"), width=width)
            month = 0
        margin = MONTHS[entry.month - 1] if entry.month != month else ""
        year, month = entry.year, entry.month
        lines = textwrap.fill(
            _sentence(entry), width, initial_indent=margin.ljust(INDENT), subsequent_indent=" " * (INDENT + 2)
        )
        style = "bold" if entry.kind == "event" and entry.iso3 is None else ""
        page.print(Text(lines, style=style), soft_wrap=True)
    page.print()
    page.print(Text(WORDS, style="dim"), width=width)


def _sentence(entry: Entry) -> str:
    """What happened, with the numbers before and after."""
    moved = ", ".join(f"{name} {_moved(entry.before[name], now)}" for name, now in entry.after.items())
    text = plain(entry.sentences())
    return f"{text} ({moved})" if moved else text


def _moved(before: float, now: float) -> str:
    if before == int(before) >= 1900:  # a year
        return f"{before:.0f} to {now:.0f}"
    return f"{before:.2f} to {now:.2f}"
