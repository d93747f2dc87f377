"""Allies by their probability: ranked in one year, and year by year."""

from __future__ import annotations

from typing import Any

import altair as alt

from sim.output.charts import frames
from sim.output.charts.frames import ROW, RUNS, aim_of, measured, year_of
from sim.output.charts.look import Chart, dressed, look, marked, wrapped
from sim.results.intervals import method
from sim.results.record import Record
from sim.text.figures import target
from sim.text.footnotes import ASSUMPTION

HOLLOW = "Hollow: spent only, without what is closed on paper."
BAR = "Bar: central 90 % over the parameters drawn, in brackets at the right."

ROOM_FOR_BOTH = 56
"""Width of a cell that holds two figures."""


def ranked(
    record: Record, year: int | None = None, *, pillar: str = "core", choose: bool = False, theme: str = "light",
    width: int = 520,
) -> Chart:  # fmt: skip
    """Probability of meeting the yardstick in a year, ally by ally: a dot with its 95 % interval, ranked.

    Where parameters are drawn, the central 90 % over them stands in the place of that interval, which is narrower.
    Hollow: what it is of what is spent only, without what is closed on paper. With `choose` the chart has the parameter
    `ally`, whose row it marks.

    Raises:
        ValueError: the pillar has no yardstick.
        UsageError: a year that is not simulated.
    """
    record = frames.readable(record)
    colours, aim, year = look(theme), aim_of(record, pillar), year_of(record, year)
    table = frames.chances(record, pillar)
    table = table[table.year == year].sort_values(["probability", "ally"], ascending=[False, True])
    # Below the marks: where a band marks a row, Vega-Lite would lay the lines over them.
    rows = alt.Axis(grid=True, domain=False, ticks=False, labelLimit=0, zindex=0)
    base = alt.Chart(table).encode(y=alt.Y("ally:N", sort=list(table.ally), title=None, axis=rows))
    hundred = alt.Axis(labelExpr="datum.value * 100", values=[0, 0.25, 0.5, 0.75, 1])
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("probability:Q", title=f"{RUNS}, given the assumptions", scale=scale, axis=hundred)
    drawn = bool((table.text_range != "").any())
    table["in_brackets"] = "(" + table.text_range + ")"
    tips = [
        alt.Tooltip("ally:N"), alt.Tooltip("text:N", title="of 100 runs"),
        *[alt.Tooltip("text_range:N", title="over parameters")] * drawn,
        alt.Tooltip("text_interval:N", title="95 % interval"),
        alt.Tooltip("text_without:N", title="spent only"),
    ]  # fmt: skip
    thin, thick = base.mark_rule(color=colours.quiet), base.mark_rule(color=colours.simulated, strokeWidth=5)
    dot = base.mark_point(color=colours.simulated, fill=colours.simulated, size=58, opacity=1)
    hollow = base.mark_point(color=colours.quiet, fill=colours.paper, size=34, opacity=1)
    figure = base.mark_text(color=colours.ink, align="left", dx=9, fontSize=12)
    if drawn:  # in a column: beside its dot a figure would lie on the bar, at the bar's end it would seem to be its own
        bar = base.mark_rule(color=colours.simulated, strokeWidth=9).encode(
            x="over_parameters_low:Q", x2="over_parameters_high:Q", opacity=alt.value(0.28)
        )
        ranges = base.mark_text(color=colours.quiet, align="left", dx=34, fontSize=12)
        texts = [
            figure.encode(x=alt.value("width"), text="text:N"),
            ranges.encode(x=alt.value("width"), text="in_brackets:N"),
        ]
    else:
        bar = thick.encode(x="ci_low:Q", x2="ci_high:Q", opacity=alt.value(0.45))
        texts = [figure.encode(x="ci_high:Q", text="text:N")]
    layers: list[Any] = [
        thin.encode(x="without_late_push:Q", x2="probability:Q"),
        hollow.encode(x="without_late_push:Q"),
        bar,
        dot.encode(x=x, tooltip=tips),
        *texts,
        alt.Chart().mark_rule(color=colours.target, strokeDash=[2, 3]).encode(x=alt.datum(0.5)),
    ]
    chart = alt.layer(*layers, data=table)
    chart = (marked(chart, base, theme) if choose else chart).properties(width=width, height=ROW * len(table))
    whose = ", Wilson's" if method(record.counts.paths) == "wilson" else ""
    dots = f"Dot: probability, with the Monte Carlo 95 % interval (often narrower than the dot{whose})."
    lines = wrapped(
        f"{measured(record, aim)} {f'Dot: probability. {BAR}' if drawn else dots} "
        f"{ASSUMPTION if pillar == 'related' else HOLLOW} Dotted: even odds.", 96 if drawn else 84,
    )  # fmt: skip
    first, last, goal = table.iloc[0], table.iloc[-1], target(aim.share_pct)
    description = (
        f"{len(table)} allies ranked by the probability of meeting {goal} % in {year}: from {first.ally}, {first.text} "
        f"of 100 simulated runs, to {last.ally}, {last.text}."
    )
    title = f"Who meets {goal} % in {year}"
    return dressed(
        chart, theme, title=title, lines=[*lines, *frames.based_on(record, 84)], description=description,
        assumption=pillar != "core",
    )  # fmt: skip


def heat(record: Record, *, pillar: str = "core", theme: str = "light", cell: int = 62) -> Chart:
    """Probability of meeting the yardstick, allies by years, with the figure in each cell.

    Raises:
        ValueError: the pillar has no yardstick.
    """
    record = frames.readable(record)
    colours, aim, years = look(theme), aim_of(record, pillar), record.description.years
    table = frames.chances(record, pillar)
    last = table[table.year == years[-1]].sort_values(["probability", "ally"], ascending=[False, True])
    y = alt.Y("ally:N", sort=list(last.ally), title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=0))
    x = alt.X("year:O", title=None, axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False))
    width = min(cell, 700 // len(years))
    both = width >= ROOM_FOR_BOTH and (table.text != table.text_without).any()
    table["figure"] = [
        f"{text} ({without})" if both and text != without else text
        for text, without in zip(table.text, table.text_without, strict=True)
    ]
    base = alt.Chart(table).encode(x=x, y=y)
    shades = alt.Color("probability:Q", scale=alt.Scale(domain=[0, 1], range=list(colours.scheme)), legend=None)
    drawn = bool((table.text_range != "").any())
    tips = [alt.Tooltip("ally:N"), alt.Tooltip("year:O"), alt.Tooltip("text:N", title="of 100 runs"),
            *[alt.Tooltip("text_range:N", title="over parameters")] * drawn,
            alt.Tooltip("text_without:N", title="spent only")]  # fmt: skip
    ink = alt.condition(f"datum.probability > {colours.turn}", alt.value(colours.after), alt.value(colours.before))
    chart = alt.layer(
        base.mark_rect(stroke=colours.paper, strokeWidth=1).encode(color=shades, tooltip=tips),
        base.mark_text(fontSize=12).encode(text="figure:N", color=ink),
    ).properties(width=width * len(years), height=(ROW + 1) * len(last))
    stronger = "darker" if theme == "light" else "lighter"
    brackets = " In brackets, where it differs: spent only, without what is closed on paper." if both else ""
    lines = wrapped(
        f"{measured(record, aim)} Of 100 simulated runs, given the assumptions; {stronger} is more.{brackets}", 84
    )
    goal = target(aim.share_pct)
    description = (
        f"A table of {len(last)} allies by year, {years[0]} to {years[-1]}: of 100 simulated runs, how many are at "
        f"{goal} % or above."
    )
    title = f"At {goal} % or above, year by year"
    return dressed(
        chart, theme, title=title, lines=[*lines, *frames.based_on(record, 84)], description=description,
        assumption=pillar != "core",
    )  # fmt: skip
