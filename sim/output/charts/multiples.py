"""All fans side by side, small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sim.data.edition import FIRST_YEAR
from sim.output.charts import frames
from sim.output.charts.fan import BANDS, fan_description, yardstick_words
from sim.output.charts.look import Chart, dressed, look, wrapped
from sim.results.record import Record
from sim.text.footnotes import BEYOND

TOP_PCT = 6.0
"""The scale goes at least up to here."""


def multiples(
    record: Record, year: int | None = None, allies: Sequence[str] = (), *, theme: str = "light", columns: int = 4,
    size: int = 150,
) -> Chart:  # fmt: skip
    """Small fans of Europe and Canada and of every ally, the most probable to meet the target first, on one scale.

    They stand by `year`, that of the target unless given, and allies that it does not bind come last, without its line;
    or only `allies` and groups, in the order given.
    `columns` panels side by side, each `size` wide.
    """
    record = frames.readable(record)
    colours, year, core = look(theme), frames.year_of(record, year), record.description.yardstick("core")
    order = frames.ranking(record, year)
    codes = list(allies) or [frames.EUROPE, *order]
    bands = frames.bands(record, codes)
    beyond = frames.beyond(bands)
    data = pd.concat([frames.drawable(bands) if beyond else bands, frames.history(record, codes)])
    base, last = alt.Chart(data), record.description.years[-1]
    scale = alt.Scale(domain=[0, max(TOP_PCT, float(data.q95.max()))], nice=False)
    axis = alt.Axis(title=None, values=[0, 2, 4, 6], labelFontSize=10, labelOverlap=False)
    first = min(FIRST_YEAR, record.description.base_year)
    years = alt.Axis(format="d", values=[first, record.description.base_year, last], labelFontSize=10, grid=False)
    x = alt.X("year:Q", title=None, axis=years, scale=alt.Scale(domain=[first, last], nice=False))

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
        aims = [frames.name_of(record, code) for code in codes if frames.binds(record, core, code)]
        bound = base if len(aims) == len(codes) else base.transform_filter(alt.FieldOneOfPredicate("ally", aims))
        rule = bound.mark_rule(color=colours.target, strokeDash=[4, 3])
        layers.append(rule.encode(y=alt.YDatum(core.share_pct, axis=axis, scale=scale)))
    names = [frames.name_of(record, iso3) for iso3 in codes]
    head = alt.Header(labelAnchor="start", labelPadding=2, labelLimit=0)
    facet = alt.Facet("ally:N", sort=names, title=None, header=head)
    panels = alt.layer(*layers).properties(width=size, height=round(size * 0.62))
    chart = panels.facet(facet=facet, columns=columns, spacing={"row": 12, "column": 18})
    aim = f" Dashed: {yardstick_words(core)}." if core else ""
    by, description = _order(record, year, len(order))
    ranked = "" if allies else f", {by}"
    width = 92 if len(codes) >= columns else 24 * len(codes)
    lines = wrapped(
        f"% of GDP on one scale{ranked}. Single line: {frames.published(record)}. Bands: where what is spent lies in "
        f"50 and 90 % of the simulated runs, with the middle.{aim}{f' {BEYOND}' if beyond else ''}", width,
    )  # fmt: skip
    if allies:
        description = " ".join(fan_description(record, iso3) for iso3 in codes)
    title = "Core defence spending" if allies else "Every ally's fan"
    return dressed(chart, theme, title=title, lines=[*lines, *frames.based_on(record, width)], description=description)


def _order(record: Record, year: int, allies: int) -> tuple[str, str]:
    """By what the panels are ordered, for those who see them, and a sentence for those who do not."""
    pillar = record.description.main_pillar
    if pillar is None:
        by, ordered = "the highest median first", f"the median share in {year}"
    else:
        by = f"the most probable to meet the {'' if pillar == 'core' else f'{pillar} '}target first"
        ordered = f"the probability of meeting the {pillar} target in {year}"
        unbound = allies - len(record.description.bound(pillar))
        by += f", the {unbound} that it does not bind last" if unbound else ""
    return by, f"Small fan charts of {allies} allies, ordered by {ordered}."
