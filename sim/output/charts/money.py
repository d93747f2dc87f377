"""Money short of the target, ally by ally."""

from __future__ import annotations

from math import inf

import altair as alt

from sim.numerics.grid import usd_cell
from sim.output.charts import frames
from sim.output.charts.frames import ROW, aim_of, readable, year_of
from sim.output.charts.look import Chart, dressed, look, marked, wrapped
from sim.results.counts import CELLS
from sim.results.record import Record
from sim.results.tables import gap
from sim.text.figures import money, target

LEAST_USD_BN = 0.05
"""Allies that are short of less are counted in the chart's text, not drawn."""


def shortfall(
    record: Record, year: int | None = None, *, choose: bool = False, theme: str = "light", width: int = 520
) -> Chart:
    """Expected money that what is spent is short of the core target in a year, with its 95 % quantile.

    USD billion of the base year; the part of it that is closed on paper is hollow.

    With `choose` the chart has the parameter `ally`, whose row it marks.

    Raises:
        ValueError: the run has no core target.
        UsageError: a year that is not simulated.
    """
    record = readable(record)
    colours, aim, year = look(theme), aim_of(record, "core"), year_of(record, year)
    table = gap(record)
    table = table[table.year == year]
    of_all = table[table.iso3 == "NATO"].iloc[0]
    whole, on_paper = money(float(of_all.shortfall_usd_bn_mean)), float(of_all.on_paper_usd_bn_mean)
    closed = f" Hollow: closed on paper, USD {money(on_paper)} bn in all." if on_paper else ""
    table = table[~table.iso3.isin(["EUC", "NATO"])].dropna(subset="shortfall_usd_bn_mean")
    table = table.sort_values("shortfall_usd_bn_mean", ascending=False)
    drawn = table[table.shortfall_usd_bn_mean >= LEAST_USD_BN].copy()
    beyond = drawn.shortfall_usd_bn_q95 == inf
    ends = {e.iso3: (CELLS - 2) * usd_cell(e.gdp_usd_bn) for e in record.description.allies}
    for column, text in (("shortfall_usd_bn_mean", "text"), ("on_paper_usd_bn_mean", "text_on_paper")):
        drawn[text] = [money(value) for value in drawn[column]]
    drawn["text_most"] = [
        money(value) if value < inf else f"more than {money(ends[iso3])}"
        for iso3, value in zip(drawn.iso3, drawn.shortfall_usd_bn_q95, strict=True)
    ]
    drawn["shortfall_usd_bn_q95"] = drawn.shortfall_usd_bn_q95.where(~beyond, drawn.iso3.map(ends))  # where it ends
    drawn["reported"] = drawn.shortfall_usd_bn_mean - drawn.on_paper_usd_bn_mean
    rows = alt.Axis(domain=False, ticks=False, labelLimit=0)
    base = alt.Chart(drawn).encode(y=alt.Y("ally:N", sort=list(drawn.ally), title=None, axis=rows))
    prices = f"USD billion a year, prices of {record.description.base_year}"
    x = alt.X("shortfall_usd_bn_mean:Q", title=prices, axis=alt.Axis(tickCount=6))
    tips = [
        alt.Tooltip("ally:N"), alt.Tooltip("text:N", title="expected, USD bn"),
        alt.Tooltip("text_on_paper:N", title="of it closed on paper, USD bn"),
        alt.Tooltip("text_most:N", title="at most in 95 of 100 runs, USD bn"),
    ]  # fmt: skip
    most = base.encode(x="shortfall_usd_bn_q95:Q")
    chart = alt.layer(
        base.mark_rule(color=colours.quiet).encode(x="shortfall_usd_bn_mean:Q", x2="shortfall_usd_bn_q95:Q"),
        base.mark_bar(color=colours.paper, stroke=colours.simulated, height=11).encode(x=x, tooltip=tips),
        base.mark_bar(color=colours.simulated, opacity=0.8, height=11).encode(x="reported:Q", tooltip=tips),
        most.mark_tick(color=colours.quiet, thickness=2, size=11).encode(tooltip=tips),
        most.mark_text(color=colours.ink, align="left", dx=5, fontSize=12).encode(text="text:N"),
    )
    chart = (marked(chart, base, theme) if choose else chart).properties(width=width, height=ROW * max(len(drawn), 1))
    rest, goal = len(table) - len(drawn), target(aim.share_pct)
    some = f" of the {len(table)} allies that the target binds" if len(table) < len(record.description.allies) else ""
    lines = wrapped(
        f"Bar and figure: what is spent falls short by so much, expected over all runs, USD {whole} bn in all{some}."
        f"{closed} Tick: not exceeded in 95 of 100 runs."
        + (f" Of {int(beyond.sum())} allies it is more than can be counted." if beyond.any() else "")
        + (f" {rest} more allies are short of less than USD {LEAST_USD_BN} bn." if rest else ""), 84,
    )  # fmt: skip
    first = ", ".join(f"{row.ally} {row.text}" for row in drawn.head(3).itertuples())
    description = (
        f"Expected shortfall to {goal} % of GDP in {year}, USD billion: {whole} in all; the most: {first or 'nobody'}."
    )
    return dressed(
        chart,
        theme,
        title=f"Who holds the shortfall to {goal} % in {year}",
        lines=[*lines, *frames.based_on(record, 84)],
        description=description,
    )
