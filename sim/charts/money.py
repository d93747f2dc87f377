"""Money short of the target, ally by ally."""

from __future__ import annotations

import altair as alt

from sim.charts.look import Chart, dressed, look, wrapped
from sim.charts.odds import ROW
from sim.record.record import Record
from sim.results.summary import default_year, step_of
from sim.results.tables import gap
from sim.words import money, target

LEAST_USD_BN = 0.05
"""Allies that are short of less are counted in the chart's text, not drawn."""


def shortfall(record: Record, year: int | None = None, *, theme: str = "light", width: int = 520) -> Chart:
    """Expected money short of the core target in a year, USD billion of the base year, with its 95 % quantile.

    Raises:
        ValueError: the run has no core target.
        UsageError: a year that is not simulated.
    """
    colours, aim = look(theme), record.description.yardstick("core")
    if aim is None:
        raise ValueError("the run has no target for the core pillar")
    year = default_year(record) if year is None else record.description.years[step_of(record, year)]
    table = gap(record)
    table = table[table.year == year]
    whole = float(table[table.iso3 == "NATO"].shortfall_usd_bn_mean.iloc[0])
    table = table[~table.iso3.isin(["EUC", "NATO"])].sort_values("shortfall_usd_bn_mean", ascending=False)
    drawn = table[table.shortfall_usd_bn_mean >= LEAST_USD_BN].copy()
    drawn["told"] = [money(value) for value in drawn.shortfall_usd_bn_mean]
    y = alt.Y("ally:N", sort=list(drawn.ally), title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=160))
    x = alt.X("shortfall_usd_bn_mean:Q", title=f"USD billion a year, prices of {record.description.base_year}",
              axis=alt.Axis(tickCount=6))  # fmt: skip
    base = alt.Chart(drawn).encode(y=y)
    tips = ["ally:N", alt.Tooltip("shortfall_usd_bn_mean:Q", format=".1f", title="expected, USD bn"),
            alt.Tooltip("shortfall_usd_bn_q95:Q", format=".1f", title="in 95 of 100 runs at most, USD bn")]  # fmt: skip
    layers = [
        base.mark_rule(color=colours.quiet).encode(x="shortfall_usd_bn_mean:Q", x2="shortfall_usd_bn_q95:Q"),
        base.mark_bar(color=colours.simulated, opacity=0.8, height=11).encode(x=x, tooltip=tips),
        base.mark_tick(color=colours.quiet, thickness=2, size=11).encode(x="shortfall_usd_bn_q95:Q", tooltip=tips),
        base.mark_text(color=colours.ink, align="left", dx=5, fontSize=12, dy=0).encode(
            x="shortfall_usd_bn_q95:Q", text="told:N"),
    ]  # fmt: skip
    chart = alt.layer(*layers).properties(width=width, height=ROW * max(len(drawn), 1))
    rest = len(table) - len(drawn)
    lines = wrapped(
        f"Bar and figure: expected over all simulated runs, USD {money(whole)} bn in all. Tick: not exceeded in 95 of 100 runs."
        + (f" {rest} more allies are short of less than USD 0.05 bn." if rest else ""), 84,
    )  # fmt: skip
    first = ", ".join(f"{row.ally} {row.told}" for row in drawn.head(3).itertuples())
    told = f"Expected shortfall to {target(aim.share_pct)} % of GDP in {year}, USD billion: {money(whole)} in all; the most: {first}."
    return dressed(chart, theme, title=f"Who holds the shortfall to {target(aim.share_pct)} % in {year}", lines=lines, tells=told)

