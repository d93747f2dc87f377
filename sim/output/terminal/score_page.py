"""The printed page of a forecast's scores, or of what they wait for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from sim.evaluation.forecasts.schema import Frozen
from sim.evaluation.forecasts.scoring import COVERAGES, Line, Scores, SideBySide, side_by_side
from sim.output.terminal.console import Page
from sim.output.terminal.layout import Column, fit, left_out, table
from sim.text.escaping import plain

FIRST_ESTIMATE = "08"  # the month in which NATO has printed the first estimate of a year at the latest
TO_FINAL = 2  # editions from a first estimate to an actual figure: 2024 was estimated in 2024 and actual in 2026

WORDS = (
    "Brier and log score judge the probabilities of being at the core target; a coin scores 0.25 and 0.69. CRPS, in "
    "percentage points of GDP, judges the whole distribution of the share, as its quantiles tell it. Small is good.",
    "Inside: how many published shares lie in the central intervals that should hold 50, 80 and 90 of 100. Number: "
    "allies at the target, with its ranked probability score.",
    "The allies of one year share a world, so their scores are the chance of one year and not of many. Every forecast "
    "holds given the assumptions of its scenario.",
)


def show(page: Page, frozen: Frozen, scores: Scores, edition: str, last_figure: int) -> None:
    """Print the page; `last_figure` is the last year of the table of shares."""
    width = page.text_width
    names = ", ".join(plain(forecast.name) for forecast in frozen.scenarios)
    page.print(Text(f"Forecast of {frozen.date}: {names}", style="bold"), width=width)
    page.print(Text(f"Figures: {plain(edition)}."), width=width)
    page.print()
    if scores.lines:
        several = len(frozen.forecasters) > 1
        for forecaster in frozen.forecasters:
            title = f"{forecaster.name}: {plain(forecaster.description)}" if several else ""
            _table(page, title, _columns([line for line in scores.lines if line.forecaster == forecaster.name]))
        if several:
            _table(page, "Side by side", _compared(side_by_side(scores.lines)))
        for text in (_leading(frozen) if several else "", *WORDS, _known_before(frozen.date, scores.lines)):
            if text:
                page.print(Text(text, style="dim"), width=width)
    else:
        text = f"Nothing can be scored yet: the figures end with {last_figure}, the forecast begins with "
        page.print(Text(f"{text}{scores.waiting[0]}."), width=width)
    if scores.waiting:
        page.print(Text(_waiting(scores.waiting)), width=width)


def _table(page: Page, title: str, columns: Sequence[Column]) -> None:
    """A table below its title, with what did not fit."""
    kept, dropped = fit(columns, page.width)
    if title:
        page.print(Text(title, style="bold"), width=page.text_width)
    page.print(table(kept))
    if dropped:
        page.print(Text(left_out(dropped).replace("--csv or ", ""), style="dim"), width=page.text_width)
    page.print()


def _leading(frozen: Frozen) -> str:
    """Which forecaster's is the forecast: the first of the file."""
    first, *others = (forecaster.name for forecaster in frozen.forecasters)
    return f"The forecast is that of {first}; beside it {', '.join(others)}, on the same scenarios and figures."


def _waiting(years: Sequence[int]) -> str:
    """When the years that have no figure will have one, by the rhythm of NATO's editions so far."""
    first, last = years[0], years[-1]
    span = str(first) if first == last else f"{first} to {last}"
    return (
        f"Without a figure: {span}. NATO has printed its first estimate of a year in the summer of that year and the "
        f"actual figure {TO_FINAL} editions later: {first} can be scored by its estimate from the summer of {first} "
        f"on, by its actual figure from that of {first + TO_FINAL} on."
    )


def _known_before(date: str, lines: Sequence[Line]) -> str:
    """Years with a figure by the date of the forecast: NATO prints the first estimate of a year in its summer."""
    last = int(date[:4]) if date[5:7] >= FIRST_ESTIMATE else int(date[:4]) - 1
    years = sorted({line.year for line in lines if line.year <= last})
    if not years:
        return ""
    span = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    return f"No forecast: {span} had figures when it was frozen."


def _columns(lines: Sequence[Line]) -> list[Column]:
    inside = [
        Column(f"inside {c:.0%}", f"Inside\n{100 * c:.0f} %", [_inside(line, index) for line in lines], 3 + index)
        for index, c in enumerate(COVERAGES)
    ]
    return [
        Column("scenario", "Scenario", [plain(line.scenario) for line in lines], 0, right=False),
        Column("year", "Year", [str(line.year) for line in lines], 0),
        Column("figures", "Figures", [_figures(line) for line in lines], 2, right=False),
        Column("Brier", "Brier", [_score(line.brier) for line in lines], 0),
        Column("log score", "Log", [_score(line.log) for line in lines], 7),
        Column("CRPS", "CRPS", [_score(line.crps) for line in lines], 1),
        *inside,
        Column("number", "Number", ["–" if line.number is None else str(line.number) for line in lines], 8),
        Column("RPS of the number", "RPS", [_score(line.number_rps) for line in lines], 9),
    ]


def _compared(rows: Sequence[SideBySide]) -> list[Column]:
    """One row for each scenario, year and group, one column for each score and forecaster."""
    scores: dict[str, list[Mapping[str, float | None]]] = {
        "CRPS": [row.crps for row in rows],
        "Brier": [row.brier for row in rows],
        "Log": [row.log for row in rows],
        "RPS": [row.number_rps for row in rows],
    }
    return [
        Column("scenario", "Scenario", [plain(row.scenario) for row in rows], 0, right=False),
        Column("year", "Year", [str(row.year) for row in rows], 0),
        Column("figures", "Figures", [_whose(row) for row in rows], 0, right=False),
        *(
            Column(f"{score} of {name}", f"{score}\n{name}", [_score(values[name]) for values in by_row], rank)
            for rank, (score, by_row) in enumerate(scores.items(), start=1)
            for name in rows[0].crps
        ),
    ]


def _whose(row: SideBySide) -> str:
    return "Europe and Canada" if row.group == "EUC" else f"{row.scored} allies"


def _figures(line: Line) -> str:
    if line.group == "EUC":
        return f"Europe and Canada, {line.status}"
    return f"{line.scored} of {line.forecast} allies, {line.status}"


def _inside(line: Line, index: int) -> str:
    return f"{round(line.coverage[index] * line.scored)} of {line.scored}"


def _score(value: float | None) -> str:
    if value is None:
        return "–"
    return "<0.01" if 0 < value < 0.005 else f"{value:.2f}"
