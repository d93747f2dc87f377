"""All fans side by side, small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sim.charts import frames
from sim.charts.fan import BANDS, HISTORY_FROM, fan_told, yardstick_words
from sim.charts.look import Chart, dressed, look, wrapped
from sim.record.record import Record

TOP_PCT = 6.0
"""The scale goes at least up to here."""


def multiples(
    record: Record, year: int | None = None, allies: Sequence[str] = (), *, theme: str = "light", columns: int = 4,
    size: int = 150,
) -> Chart:  # fmt: skip
    """Small fans of Europe and Canada and of every ally, the most probable to meet the core target first, on one scale.

    They stand by `year`, that of the core target unless given; or only `allies` and groups, in the order given.
    `columns` panels side by side, each `size` wide.
    """
    record = frames.readable(record)
    colours, year, core = look(theme), frames.year_of(record, year), record.description.yardstick("core")
    order = frames.ranking(record, year) or [entry.iso3 for entry in record.description.allies]
    codes = list(allies) or [frames.EUROPE, *order]
    data = pd.concat([frames.bands(record, codes), frames.history(record, codes)])
    base, last = alt.Chart(data), record.description.years[-1]
    scale = alt.Scale(domain=[0, max(TOP_PCT, float(data.q95.max()))], nice=False)
    axis = alt.Axis(title=None, values=[0, 2, 4, 6], labelFontSize=10, labelOverlap=False)
    years = alt.Axis(
        format="d", values=[HISTORY_FROM, record.description.base_year, last], labelFontSize=10, grid=False
    )
    x = alt.X("year:Q", title=None, axis=years, scale=alt.Scale(domain=[HISTORY_FROM, last], nice=False))

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", axis=axis, scale=scale)

    simulated, published = (base.transform_filter(f"isValid(datum.{column})") for column in ("q50", "share_pct"))
    layers: list[Any] = [
        simulated.mark_area(color=colours.simulated, opacity=opacity + 0.06).encode(x=x, y=y(low), y2=f"{high}:Q")
        for low, high, opacity in (BANDS[0], BANDS[2])
    ]
    layers.append(simulated.mark_line(color=colours.simulated, strokeWidth=1.5).encode(x=x, y=y("q50")))
    layers.append(published.mark_line(color=colours.ink, strokeWidth=1.5).encode(x=x, y=y("share_pct")))
    if core is not None:
        rule = base.mark_rule(color=colours.target, strokeDash=[4, 3])
        layers.append(rule.encode(y=alt.YDatum(core.share_pct, axis=axis, scale=scale)))
    names = [frames.name_of(record, iso3) for iso3 in codes]
    head = alt.Header(labelAnchor="start", labelPadding=2, labelLimit=0)
    facet = alt.Facet("ally:N", sort=names, title=None, header=head)
    panels = alt.layer(*layers).properties(width=size, height=round(size * 0.62))
    chart = panels.facet(facet=facet, columns=columns, spacing={"row": 12, "column": 18})
    aim = f" Dashed: {yardstick_words(core)}." if core else ""
    ranked = "" if allies else ", the most probable to meet the target first"
    lines = wrapped(
        f"% of GDP on one scale{ranked}. Single line: published. Bands: where what is spent lies in 50 and 90 % of "
        f"the simulated runs, with the middle.{aim}", 92 if len(codes) >= columns else 24 * len(codes),
    )  # fmt: skip
    told = f"Small fan charts of {len(order)} allies, ordered by the probability of meeting the core target in {year}."
    if allies:
        told = " ".join(fan_told(record, iso3) for iso3 in codes)
    title = "Core defence spending" if allies else "Every ally's fan"
    return dressed(chart, theme, title=title, lines=lines, tells=told)
