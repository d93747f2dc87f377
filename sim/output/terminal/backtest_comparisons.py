"""The printed tables of a backtest's comparisons: what others forecast, and how national plans fared."""

from __future__ import annotations

from typing import Any

from sim.data.edition import name_of
from sim.data.tables import load_tables
from sim.evaluation.backtest.comparisons import COUNT, plan_summary
from sim.evaluation.backtest.score_tables import Rows
from sim.output.terminal.backtest_page import heading, points, put, say
from sim.output.terminal.cells import percent_of
from sim.output.terminal.console import Page
from sim.output.terminal.layout import Column
from sim.text.figures import share
from sim.text.probabilities import percent

ROOMY = 44  # columns from which a name of 14 letters fits beside the figures
OUTSIDE = (
    "The model, as shipped and with random events, starts from the December before somebody spoke and so knows less "
    "than they did. Median, and the band of 90 of 100 simulated runs. Said: their figure or range, where given with "
    "the probability they attached to it; the model's for the same range stands beside it. Many measure by definitions "
    "of their own, which the notes of `sim data outside_forecasts` say. Counts that came are of the members of that "
    "year, in the edition of {edition}."
)
PLANS = (
    "P: in how many of 100 simulated runs, given the assumptions, the share stands at the plan's figure in its year, "
    "with the plan as a pledge of that ally and without it. The model, as shipped, starts from the December before the "
    "announcement; its parameters have seen what came. Kept: NATO's share of that year, as now printed, reaches the "
    "figure. Brier: squared distance of the probability from what came; a coin scores 0.25. + entered after the rates "
    "were first reckoned, and not in the summary. Best weight: what part of the way to the figure of every plan the "
    "shares went, from the model's mean of the December before the plan's year, which knows of no plan."
)


def show_outside(page: Page, rows: Rows) -> None:
    """Print what others forecast compared with the model's forecast and what came."""
    heading(page, "What others forecast")
    ours, names = [row["ours"] for row in rows], _names()
    of = [", ".join(names.get(part, part) for part in row["subject"].split(", ")) for row in rows]
    put(page, [
        Column("subject", "Of", of, 0, right=False, most=14 if page.width >= ROOMY else 12),
        Column("year", "Year", [str(row["target_year"]) for row in rows], 0),
        Column("made", "Made", [row["made"] for row in rows], 3, right=False),
        Column("by", "By", [row["forecaster"] for row in rows], 4, right=False, most=24),
        Column("said", "Said", [_said(row) for row in rows], 0),
        Column("their probability", "of\n100", [_percent(row["probability_pct"]) for row in rows], 5),
        Column("model from December", "Model\nfrom", [str(own["origin"]) for own in ours], 6),
        Column("model", "Model", [_figure(own["median"], row) for own, row in zip(ours, rows, strict=True)], 0),
        Column("band", "90 of\n100", [_band(own, row) for own, row in zip(ours, rows, strict=True)], 1),
        Column("model's probability", "of\n100", [_percent(own.get("probability_pct")) for own in ours], 5),
        Column("came", "Came", [_came(own["came"], row) for own, row in zip(ours, rows, strict=True)], 0),
    ])  # fmt: skip
    say(page, OUTSIDE.format(edition=name_of()), dim=True)


def show_plans(page: Page, rows: Rows, weights: Rows, paths: int) -> None:
    """Print every closed national plan with the model's probabilities (`paths` runs each), summary and best weights."""
    heading(page, "National plans kept")
    names = _names()
    summary = plan_summary(rows)
    put(page, [
        Column("lead", "Lead", [line["lead"] for line in summary], 0, right=False),
        Column("plans", "Plans", [str(line["n"]) for line in summary], 0),
        Column("kept", "Kept", [str(round(line["hit_rate"] * line["n"])) for line in summary], 0),
        Column("mean P", "Mean\nP", [percent_of(line["probability"], paths * line["n"]) for line in summary], 1),
        Column("Brier", "Brier", [points(line["brier_probability"]) for line in summary], 2),
        Column("mean P without the pledge", "Mean P\nwithout",
               [percent_of(line["without_pledge"], paths * line["n"]) for line in summary], 3),
        Column("Brier without", "Brier\nwithout", [points(line["brier_without_pledge"]) for line in summary], 4),
    ])  # fmt: skip
    put(page, [
        Column("announced", "Announced", [line["lead"] for line in weights], 0, right=False),
        Column("plans", "Plans", [str(line["n"]) for line in weights], 0),
        Column("best weight", "Best\nweight", [_weight(line["weight"]) for line in weights], 0),
    ])  # fmt: skip
    put(page, [
        Column("ally", "Ally", [names[row["iso3"]] + ("+" if row["added"] else "") for row in rows], 0, right=False),
        Column("announced", "Announced", [row["announced"] for row in rows], 3, right=False),
        Column("plan", "% of\nGDP", [f"{row['target_pct']:g}" for row in rows], 0),
        Column("year", "Year", [str(row["target_year"]) for row in rows], 0),
        Column("lead", "Lead", [row["lead"] for row in rows], 4, right=False),
        Column("P", "P", [percent_of(row["probability"], paths) for row in rows], 0),
        Column("P without the pledge", "P\nwithout", [percent_of(row["without_pledge"], paths) for row in rows], 2),
        Column("kept", "Kept", ["yes" if row["met"] else "no" for row in rows], 1, right=False),
    ])  # fmt: skip
    say(page, PLANS, dim=True)


def _weight(value: float | None) -> str:
    return "–" if value is None else points(value)


def _names() -> dict[str, str]:
    return {ally.iso3: ally.name for ally in load_tables().allies}


def _said(row: dict[str, Any]) -> str:
    """A value as it was given, or a range: "2.5–2.6", "≤10", "≥15"."""
    value, low, high = row["value"], row["low"], row["high"]
    if value is not None:
        return f"{value:g}"
    if low is None or high is None:
        return f"≤{high:g}" if low is None else f"≥{low:g}"
    return f"≤{high:g}" if low == 0 else f"{low:g}–{high:g}"


def _figure(value: float, row: dict[str, Any]) -> str:
    return f"{value:.0f}" if row["subject"] == COUNT else share(value)


def _band(own: dict[str, Any], row: dict[str, Any]) -> str:
    return f"{_figure(own['q05'], row)}–{_figure(own['q95'], row)}"


def _came(value: float | None, row: dict[str, Any]) -> str:
    if value is None:
        return "–"
    return f"{value:.0f}" if row["subject"] == COUNT else f"{value:.2f}"


def _percent(value: float | None) -> str:
    return "" if value is None else percent(value / 100, value / 100, value / 100)
