"""Two scenarios on common random numbers: what changes for each ally."""

from __future__ import annotations

import altair as alt
import pandas as pd

from sim.output.charts.frames import ROW, short
from sim.output.charts.look import Chart, dressed, look, wrapped
from sim.text.probabilities import percent, points

LEAST = 0.005
"""Differences that round to 0 of 100 runs are counted in the chart's text, not drawn."""

ROOM = 0.12
"""Part of the scale on either side for the figures beside the dots."""


def differences(
    table: pd.DataFrame, year: int, a: str, b: str, *, pillar: str = "core", theme: str = "light", width: int = 520
) -> Chart:
    """Paired differences of probability, scenario `b` less scenario `a`, ally by ally, the largest rise first.

    `table` has the columns iso3, ally, year, pillar, probability_a, probability_b, difference, ci_low and ci_high;
    probabilities are 0 to 1.
    """
    colours = look(theme)
    table = table[(table.year == year) & (table.pillar == pillar)]
    table = table.sort_values(["difference", "ally"], ascending=[False, True])
    decided = (table.ci_low > 0) | (table.ci_high < 0)
    drawn = table[decided & (table.difference.abs() >= LEAST)].copy()
    drawn["ally"] = [short(name, 30) for name in drawn.ally]
    figures = zip(drawn.difference, drawn.ci_low, drawn.ci_high, strict=True)
    drawn["text"] = [points(*each).replace("-", "\u2212") for each in figures]
    for side in "ab":
        drawn[f"text_{side}"] = [percent(p, p, p) for p in drawn[f"probability_{side}"]]
    rows = alt.Axis(grid=True, domain=False, ticks=False, labelLimit=0)
    base = alt.Chart(drawn).encode(y=alt.Y("ally:N", sort=list(drawn.ally), title=None, axis=rows))
    low, high = min(-0.01, float(table.ci_low.min())), max(0.01, float(table.ci_high.max()))
    room = ROOM * (high - low)
    scale = alt.Scale(domain=[low - room, high + room], nice=False)
    axis = alt.Axis(labelExpr="datum.value * 100", tickCount=7)
    sides = "simulated runs of 100 more (right) or fewer (left), given the assumptions"
    x = alt.X("difference:Q", title=sides, scale=scale, axis=axis)
    tips = [
        alt.Tooltip("ally:N"), alt.Tooltip("text_a:N", title="A, of 100 runs"),
        alt.Tooltip("text_b:N", title="B, of 100 runs"), alt.Tooltip("text:N", title="B less A"),
    ]  # fmt: skip
    dot = base.mark_point(color=colours.simulated, fill=colours.simulated, size=58, opacity=1)
    more, fewer = (
        base.transform_filter(f"datum.difference {sign} 0").encode(x=f"{end}:Q", text="text:N")
        for sign, end in ((">", "ci_high"), ("<", "ci_low"))
    )
    chart = alt.layer(
        alt.Chart().mark_rule(color=colours.ink).encode(x=alt.datum(0)),
        base.mark_rule(color=colours.quiet).encode(x=x, x2=alt.datum(0)),
        base.mark_rule(color=colours.simulated, strokeWidth=5, opacity=0.45).encode(x="ci_low:Q", x2="ci_high:Q"),
        dot.encode(x=x, tooltip=tips),
        more.mark_text(color=colours.ink, align="left", dx=9, fontSize=12),
        fewer.mark_text(color=colours.ink, align="right", dx=-9, fontSize=12),
        data=drawn,
    ).properties(width=width, height=ROW * max(len(drawn), 1))
    rest = len(table) - len(drawn)
    note = "On common random numbers. Bars: 95 % intervals of the difference, Monte Carlo error only."
    note += f" {rest} allies: less than half a run of 100, or not to be told from 0." if rest else ""
    description = (
        f"Differences of probability between two scenarios in {year}: those of {len(drawn)} allies can be told from 0."
    )
    lines = [f"A: {short(a, 100)}", f"B: {short(b, 100)}", *wrapped(note, 84)]
    title = f"What B changes against A in {year}"
    return dressed(chart, theme, title=title, lines=lines, description=description, assumption=pillar != "core")
