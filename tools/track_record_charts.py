"""The pictures of docs/track-record.md, as SVG: one chart definition each, readable without colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from sim.evaluation.backtest import score_tables
from sim.evaluation.backtest.backtest import Backtest
from sim.evaluation.backtest.origins import Mode

INK, GREY, RUST = "#1b3a5c", "#8a8f98", "#b3541e"
WHOM = "31 allies, forecasts from each December 2015 to 2025."
WORDS: dict[str, str] = {
    Mode.OUT_OF_SAMPLE: "model, out of sample",
    Mode.AS_SHIPPED: "model, as shipped",
    Mode.EVENTS_GIVEN: "model, events given",
}
LOOKS: dict[str, Any] = {
    "background": "white",
    "font": "sans-serif",
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridColor": "#e6e8eb"},
    "header": {"labelFontSize": 12},
    "title": {"fontSize": 14, "anchor": "start", "subtitleFontSize": 12, "subtitleColor": "#555b66"},
    "view": {"stroke": None},
}


def save(chart: alt.TopLevelMixin, path: Path) -> None:
    """Write the picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chart.save(path)


def scores_chart(test: Backtest, words: Mapping[str, str] = WORDS, whom: str = WHOM) -> alt.TopLevelMixin:
    """Mean CRPS by horizon: the model's forecasters as heavy lines with their names, the baselines in grey.

    `words` are the names of the model's own by forecaster, `whom` says in a sentence what the scores are of.
    """
    rows = pd.DataFrame(score_tables.score_rows(test))
    rows["name"] = [words.get(name, name.replace("_", " ")) for name in rows.forecaster]
    rows["model"] = rows.forecaster.isin(list(words))
    best = rows[~rows.model].sort_values("crps_pp").groupby("horizon").head(1)
    base = alt.Chart(rows).encode(
        x=alt.X("horizon:Q", title="years ahead", axis=alt.Axis(tickCount=5, format="d", grid=False)),
        y=alt.Y("crps_pp:Q", title="mean CRPS, percentage points of GDP (smaller is better)"),
        detail="name:N",
    )
    baselines = base.transform_filter("!datum.model").mark_line(color=GREY, opacity=0.45, strokeWidth=1.2)
    modes = (
        base.transform_filter("datum.model")
        .mark_line(color=INK, strokeWidth=2.6)
        .encode(strokeDash=alt.StrokeDash("name:N", legend=None, sort=list(words.values())))
    )
    ends = rows[rows.horizon == rows.horizon.max()].sort_values("crps_pp")
    ends["place"] = _apart(list(ends.crps_pp), 0.034 * float(ends.crps_pp.max()))
    last = alt.Chart(ends).encode(x="horizon:Q", y="place:Q")
    names = last.transform_filter("datum.model").mark_text(
        align="left", dx=8, fontSize=12, color=INK, fontWeight="bold"
    )
    others = last.transform_filter("!datum.model").mark_text(align="left", dx=8, fontSize=10, color="#6b7280")
    marks = alt.Chart(best).mark_point(shape="diamond", size=90, color=RUST, filled=True)
    title = alt.Title(
        "The model beside ten simple baselines",
        subtitle=f"{whom} Grey: baselines. Diamond: the best of them.",
    )
    named = [label.encode(text="name:N") for label in (names, others)]
    chart: alt.TopLevelMixin = (
        alt.layer(baselines, modes, marks.encode(x="horizon:Q", y="crps_pp:Q"), *named)
        .properties(width=520, height=420, title=title)
        .configure(**LOOKS)
    )
    return chart


def reliability_chart(test: Backtest) -> alt.TopLevelMixin:
    """Forecast against observed frequency of standing at 2 %, by mode, with the number of cases."""
    frames = []
    for mode in test.modes():
        found = pd.DataFrame(score_tables.reliability_rows(test, mode))
        found["mode"] = WORDS[Mode(mode.name)]
        found["low"], found["high"] = zip(*map(_band, found.forecast, found.cases), strict=True)
        frames.append(found)
    rows = pd.concat(frames)
    even = alt.Chart().mark_rule(color=GREY, strokeDash=[4, 4]).encode(
        x=alt.datum(0), y=alt.datum(0), x2=alt.datum(1), y2=alt.datum(1)
    )  # fmt: skip
    x = alt.X("forecast:Q", title="probability forecast", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    y = alt.Y("seen:Q", title="part that came true", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    bars = alt.Chart().mark_rule(color=GREY, strokeWidth=6, opacity=0.35).encode(x=x, y="low:Q", y2="high:Q")
    points = alt.Chart().mark_point(color=INK, filled=True, opacity=1, size=70).encode(x=x, y=y)
    counts = (
        alt.Chart().mark_text(dx=12, dy=8, fontSize=10, color="#555b66", align="left").encode(x=x, y=y, text="cases:Q")
    )
    title = alt.Title(
        "When the model said 30 %, how often did it come?",
        subtitle=[
            "Standing at 2 % or more, 1 to 5 years ahead; the number of forecasts beside each point.",
            "Grey bars: where 90 % of the points of a perfect model would lie if all forecasts were independent.",
        ],
    )
    chart: alt.TopLevelMixin = (
        alt.layer(even, bars, points, counts, data=rows)
        .properties(width=230, height=230)
        .facet(column=alt.Column("mode:N", title=None, sort=list(WORDS.values())))
        .properties(title=title)
        .configure(**LOOKS)
    )
    return chart


def shares_of_pit(test: Backtest) -> alt.TopLevelMixin:
    """Where in their forecast distribution the outcomes fell, by mode."""
    frames = []
    for mode in test.modes():
        values = score_tables.pit_values(test, mode)
        counts, edges = np.histogram(values, bins=10, range=(0, 1))
        frames.append(
            pd.DataFrame(
                {"from": edges[:-1], "to": edges[1:], "part": counts / counts.sum(), "mode": WORDS[Mode(mode.name)]}
            )
        )
    rows = pd.concat(frames)
    bars = (
        alt.Chart()
        .mark_bar(color=INK, opacity=0.8)
        .encode(
            x=alt.X("from:Q", bin="binned", title="place in its forecast: 0 lowest, 1 highest"),
            x2="to:Q",
            y=alt.Y("part:Q", title="part of all outcomes", axis=alt.Axis(format=".0%")),
        )
    )
    even = alt.Chart().mark_rule(color=RUST, strokeDash=[4, 4], strokeWidth=1.5).encode(y=alt.datum(0.1))
    title = alt.Title(
        "Were the outcomes as uncertain as the forecasts said?",
        subtitle="Dashed: a forecast that is right about its own uncertainty",
    )
    chart: alt.TopLevelMixin = (
        alt.layer(bars, even, data=rows)
        .properties(width=230, height=180)
        .facet(column=alt.Column("mode:N", title=None, sort=list(WORDS.values())))
        .properties(title=title)
        .configure(**LOOKS)
    )
    return chart


def _band(probability: float, cases: int) -> tuple[float, float]:
    """The central 90 % of a frequency among independent cases of one probability."""
    from scipy.stats import binom

    low, high = binom.ppf([0.05, 0.95], cases, probability) / cases
    return float(low), float(high)


def _apart(values: list[float], least: float) -> list[float]:
    """Rising values moved until none is nearer than `least` to the one below: places for labels.

    Those that crowd stand around their mean, so that the last is as far from its line as the first.
    """
    crowds: list[list[float]] = []
    for value in values:
        crowds.append([value])
        while len(crowds) > 1 and _spread(crowds[-1], least)[0] < _spread(crowds[-2], least)[-1] + least:
            crowds[-2:] = [crowds[-2] + crowds[-1]]
    return [place for crowd in crowds for place in _spread(crowd, least)]


def _spread(crowd: Sequence[float], least: float) -> list[float]:
    """As many places around the mean of some values, `least` apart."""
    first = fmean(crowd) - least * (len(crowd) - 1) / 2
    return [first + least * index for index in range(len(crowd))]
