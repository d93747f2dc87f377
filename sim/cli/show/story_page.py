"""The printed page of a replayed path."""

from __future__ import annotations

import textwrap

from rich.text import Text

from sim.cli.terminal import Page
from sim.questions.replay import MONTHS, Entry, Story
from sim.words import plain

MOST_TEXT = 80  # columns of running text at most
WORDS = (
    "Shares are % of GDP. Will: log-odds of political will, 0 is even. Norm: what would be spent without the threat. "
    "Wants: the share it would choose if nothing held it back. Growth surprise: growth less its forecast; it moves the "
    "share the other way. Spent: of a planned rise a part, and chance besides; the next plan starts from it. Reports: "
    "what NATO prints, with the noise of reporting."
)
INDENT = 5  # months stand in the margin


def show(page: Page, story: Story) -> None:
    """Print the story year by year, the months in the margin."""
    width = min(page.width, MOST_TEXT)
    page.print(Text(plain(story.title), style="bold"), width=width)
    page.print(Text(story.standing), width=width)
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
    return f"{plain(entry.text)} ({moved})" if moved else plain(entry.text)


def _moved(before: float, now: float) -> str:
    if before == int(before) >= 1900:  # a year
        return f"{before:.0f} to {now:.0f}"
    return f"{before:.2f} to {now:.2f}"
