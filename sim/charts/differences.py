"""Two scenarios under the same luck: what changes for each ally."""

from __future__ import annotations

import altair as alt
import pandas as pd

from sim.charts.look import Chart, dressed, look, wrapped
from sim.charts.odds import ROW

MARK = 0.005
"""Differences that round to 0 of 100 runs are left out."""


def differences(
    table: pd.DataFrame, year: int, a: str, b: str, *, pillar: str = "core", theme: str = "light", width: int = 520
) -> Chart:
    """Paired differences of probability, ally by ally, the largest rise first; scenario `b` less scenario `a`.

    `table` as of `Comparison.compliance()`: iso3, ally, year, pillar, probability_a, probability_b, difference, ci_low,
    ci_high; probabilities 0 to 1.
    """
    colours = look(theme)
    shown = table[(table.year == year) & (table.pillar == pillar)].sort_values(["difference", "ally"], ascending=[False, True])
    drawn = shown[shown.difference.abs() >= MARK].copy()
    drawn["told"] = [f"{100 * value:+.0f}".replace("-", "\u2212") for value in drawn.difference]
    drawn["side"] = drawn.difference.gt(0)
    y = alt.Y("ally:N", sort=list(drawn.ally), title=None, axis=alt.Axis(grid=True, domain=False, ticks=False, labelLimit=160))
    reach = max(0.05, float(drawn[["ci_low", "ci_high"]].abs().max().max()) * 1.15) if len(drawn) else 0.05
    x = alt.X("difference:Q", title="simulated runs of 100 more (right) or fewer (left), given the assumptions",
              scale=alt.Scale(domain=[-reach, reach]), axis=alt.Axis(labelExpr="datum.value * 100", tickCount=7))  # fmt: skip
    base = alt.Chart(drawn).encode(y=y)
    tips = ["ally:N", alt.Tooltip("probability_a:Q", format=".2f", title=a[:60]),
            alt.Tooltip("probability_b:Q", format=".2f", title=b[:60]), alt.Tooltip("difference:Q", format="+.3f")]  # fmt: skip
    layers = [
        alt.Chart().mark_rule(color=colours.ink, strokeWidth=1).encode(x=alt.datum(0)),
        base.mark_rule(color=colours.quiet).encode(x=alt.X("zero:Q"), x2="difference:Q").transform_calculate(zero="0"),
        base.mark_rule(color=colours.simulated, strokeWidth=5, opacity=0.45).encode(x="ci_low:Q", x2="ci_high:Q"),
        base.mark_point(color=colours.simulated, fill=colours.simulated, size=58, opacity=1).encode(x=x, tooltip=tips),
        base.transform_filter("datum.side").mark_text(color=colours.ink, align="left", dx=9, fontSize=12).encode(x=x, text="told:N"),
        base.transform_filter("!datum.side").mark_text(color=colours.ink, align="right", dx=-9, fontSize=12).encode(x=x, text="told:N"),
    ]  # fmt: skip
    chart = alt.layer(*layers, data=drawn).properties(width=width, height=ROW * max(len(drawn), 1))
    rest = len(shown) - len(drawn)
    lines = [f"A: {a}"[:100], f"B: {b}"[:100], *wrapped(
        "Both see the same luck run by run; the bars are 95 % intervals of the difference (Monte Carlo error only)."
        + (f" {rest} allies move by less than half a run of 100." if rest else ""), 84)]  # fmt: skip
    told = f"Differences of probability between two scenarios in {year}, ally by ally: {len(drawn)} allies move."
    return dressed(chart, theme, title=f"What B changes against A in {year}", lines=lines, tells=told, assumption=pillar != "core")
