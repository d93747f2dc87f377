"""The fan: what was published, and where the simulated runs go from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from sim.charts import frames
from sim.charts.look import Chart, Look, dressed, look, wrapped
from sim.record.record import Record, Yardstick
from sim.words import share, target

BANDS = (("q05", "q95", 0.16), ("q10", "q90", 0.20), ("q25", "q75", 0.28))
"""Of 90, 80 and 50 % of the runs, from the widest."""

HISTORY_FROM = 2014
FLOOR_PCT = 0.0


def fan(record: Record, iso3: str = frames.EUROPE, *, theme: str = "light", width: int = 640, height: int = 340) -> Chart:
    """Share of GDP of one ally or group ("EUC", "NATO"): published, then simulated.

    Bands hold 50, 80 and 90 % of the runs in each year. Rules mark the target's year and dated events, ticks the
    figures of earlier editions, a dashed line the path a government announced.

    Raises:
        KeyError: an ally the run has not.
    """
    colours = look(theme)
    layers = _layers(record, [iso3], colours, words=True)
    name = frames.name_of(record, iso3)
    chart = alt.layer(*layers).properties(width=width, height=height)
    return dressed(
        chart, theme, title=f"{name}: core defence spending, % of GDP", lines=_below(record, iso3), tells=_told(record, iso3)
    )


def chooser(record: Record, first: str, *, theme: str = "light", width: int = 640, height: int = 340) -> Chart:
    """The fan of every ally and of both groups in one chart; its parameter `ally` chooses (a code, `first` at start)."""
    colours, codes = look(theme), [*(e.iso3 for e in record.description.allies), frames.EUROPE, "NATO"]
    chosen = alt.param(name="ally", value=first)
    layers = [layer.transform_filter("datum.iso3 === ally || !isValid(datum.iso3)")
              for layer in _layers(record, codes, colours, words=True)]  # fmt: skip
    chart = alt.layer(*layers).add_params(chosen).properties(width=width, height=height)
    lines = ["Published shares, then the middle of the simulated runs and the bands that hold 50, 80 and 90 % of them."]
    return dressed(chart, theme, title="Core defence spending, % of GDP", lines=lines, tells="The fan of one ally.")


def multiples(record: Record, *, theme: str = "light", columns: int = 4, size: int = 150) -> Chart:
    """Small fans of Europe and Canada and of every ally, the most probable to meet the core target first, on one scale.

    `columns` panels side by side, each `size` wide.
    """
    colours, year = look(theme), _year(record)
    order = frames.ranking(record, year) or [entry.iso3 for entry in record.description.allies]
    codes = [frames.EUROPE, *order]
    names = [frames.name_of(record, iso3) for iso3 in codes]
    data = pd.concat([frames.bands(record, codes), frames.history(record, codes)])
    base, top = alt.Chart(data), max(6.0, float(data.q95.max()))
    x = alt.X("year:Q", title=None, axis=alt.Axis(format="d", values=[2014, 2020, 2026, 2032], labelFontSize=10, grid=False),
              scale=alt.Scale(domain=[HISTORY_FROM, record.description.years[-1]], nice=False))  # fmt: skip
    y = {"axis": alt.Axis(title=None, values=[0, 2, 4, 6], labelFontSize=10, labelOverlap=False),
         "scale": alt.Scale(domain=[0, top], nice=False)}  # fmt: skip
    simulated, published = base.transform_filter("isValid(datum.q50)"), base.transform_filter("isValid(datum.share_pct)")
    layers: list[Any] = [
        simulated.mark_area(color=colours.simulated, opacity=opacity + 0.06).encode(x=x, y=alt.Y(f"{low}:Q", **y), y2=f"{high}:Q")
        for low, high, opacity in (BANDS[0], BANDS[2])
    ]
    layers.append(simulated.mark_line(color=colours.simulated, strokeWidth=1.5).encode(x=x, y=alt.Y("q50:Q", **y)))
    layers.append(published.mark_line(color=colours.ink, strokeWidth=1.5).encode(x=x, y=alt.Y("share_pct:Q", **y)))
    core = record.description.yardstick("core")
    if core is not None:
        layers.append(base.mark_rule(color=colours.target, strokeDash=[4, 3]).encode(y=alt.YDatum(core.share_pct, **y)))
    chart = alt.layer(*layers).properties(width=size, height=round(size * 0.62)).facet(
        facet=alt.Facet("ally:N", sort=names, title=None, header=alt.Header(labelAnchor="start", labelPadding=2)),
        columns=columns, spacing={"row": 12, "column": 18},
    )  # fmt: skip
    aim = f" Dashed: {_yardstick(core)}." if core else ""
    lines = wrapped(
        "% of GDP on one scale, the most probable to meet the target first. Single line: published. Bands: where 50 and 90 % "
        f"of the simulated runs lie, with their middle.{aim}", 92,
    )  # fmt: skip
    told = f"Small fan charts of {len(order)} allies, ordered by the probability of meeting the core target in {year}."
    return dressed(chart, theme, title="Every ally's fan", lines=lines, tells=told)


def _layers(record: Record, codes: Sequence[str], colours: Look, *, words: bool) -> list[Any]:
    """Bands, target, pledges, events, path, history: from the back to the front."""
    last = record.description.years[-1]
    x = alt.X(
        "year:Q", title=None, scale=alt.Scale(domain=[HISTORY_FROM, last + 0.6], nice=False),
        axis=alt.Axis(format="d", values=list(range(HISTORY_FROM, last + 1, 2)), grid=False),
    )  # fmt: skip
    bands, past = frames.bands(record, codes), frames.history(record, codes)
    y = {"title": "% of GDP, core outlays as NATO counts them", "scale": _scale(record, bands)}
    base = alt.Chart(bands)
    tip = [alt.Tooltip("ally:N", title="ally"), alt.Tooltip("year:Q", title="year", format="d"),
           *[alt.Tooltip(f"{level}:Q", title=f"{label} of the runs at or below", format=".1f")
             for level, label in (("q05", "5 %"), ("q25", "25 %"), ("q50", "50 %"), ("q75", "75 %"), ("q95", "95 %"))]]  # fmt: skip
    layers: list[Any] = [
        base.mark_area(color=colours.simulated, opacity=opacity).encode(
            x=x, y=alt.Y(f"{low}:Q", **y), y2=f"{high}:Q", tooltip=tip)
        for low, high, opacity in BANDS
    ]  # fmt: skip
    layers.append(base.mark_line(color=colours.simulated, strokeWidth=2.5).encode(x=x, y=alt.Y("q50:Q", **y), tooltip=tip))
    layers += _targets(record, codes, colours, x, y) + _dated(record, colours, x)
    path = frames.announced(record, codes)
    if len(path):
        path = path[path.year <= last]
        layers.append(alt.Chart(path).mark_line(color=colours.national, strokeDash=[2, 3], strokeWidth=2)
                      .encode(x=x, y=alt.Y("share_pct:Q", **y)))  # fmt: skip
    old = frames.vintages(record, codes)
    if len(old):
        layers.append(alt.Chart(old).mark_tick(color=colours.quiet, thickness=1.5, size=11, orient="horizontal", opacity=1).encode(
            x=x, y=alt.Y("share_pct:Q", **y),
            tooltip=[alt.Tooltip("year:Q", format="d"), alt.Tooltip("edition:N", title="edition"),
                     alt.Tooltip("share_pct:Q", title="% of GDP, all outlays", format=".2f")]))  # fmt: skip
    seen = [alt.Tooltip("year:Q", format="d"), alt.Tooltip("share_pct:Q", title="% of GDP", format=".2f"), "status:N"]
    known = alt.Chart(past)
    layers.append(known.mark_line(color=colours.ink, strokeWidth=1.8).encode(x=x, y=alt.Y("share_pct:Q", **y)))
    for status, filled in (("actual", True), ("estimate", False)):
        layers.append(
            known.transform_filter(f"datum.status === '{status}'")
            .mark_point(color=colours.ink, fill=colours.ink if filled else colours.paper, size=42, opacity=1, strokeWidth=1.6)
            .encode(x=x, y=alt.Y("share_pct:Q", **y), tooltip=seen)
        )
    if words:
        layers += _labels(bands, colours, x, y, last)
    return layers


def _labels(bands: pd.DataFrame, colours: Look, x: Any, y: dict[str, Any], last: int) -> list[Any]:
    """The figures of the last year, beside the bands' ends."""
    ends = bands[bands.year == last].melt(["iso3", "year"], ["q05", "q50", "q95"], "level", "value")
    ends["told"] = [share(value) for value in ends.value]
    text = alt.Chart(ends).encode(x=x, y=alt.Y("value:Q", **y), text="told:N")
    style = {"align": "left", "dx": 5, "fontSize": 12}
    return [
        text.transform_filter("datum.level === 'q50'").mark_text(color=colours.simulated, fontWeight=700, **style),
        text.transform_filter("datum.level !== 'q50'").mark_text(color=colours.quiet, **style),
    ]


def _targets(record: Record, codes: Sequence[str], colours: Look, x: Any, y: dict[str, Any]) -> list[Any]:
    """The yardstick's line and year, and what governments pledged themselves."""
    core, layers, last = record.description.yardstick("core"), [], record.description.years[-1]
    if core is not None:
        bound = pd.DataFrame({"iso3": [c for c in codes if len(c) == 3 and (c in frames.NAMES or core.binds(c))]})
        bound["share_pct"], bound["from"], bound["year"] = core.share_pct, HISTORY_FROM, last
        bound["words"] = _yardstick(core)
        layers.append(alt.Chart(bound).mark_rule(color=colours.target, strokeDash=[6, 4], strokeWidth=1.6)
                      .encode(x=alt.X("from:Q"), x2="year:Q", y=alt.Y("share_pct:Q", **y)))  # fmt: skip
        layers.append(alt.Chart(bound).mark_text(color=colours.target, align="left", baseline="bottom", dy=-4, fontSize=12)
                      .encode(x=alt.X("from:Q"), y=alt.Y("share_pct:Q", **y), text="words:N"))  # fmt: skip
    own = frames.pledges(record, codes)
    if len(own):
        own["at"] = own.year.clip(upper=last)
        layers.append(alt.Chart(own).mark_point(shape="diamond", size=90, filled=False, color=colours.national, strokeWidth=2,
                                                opacity=1)
                      .encode(x=alt.X("at:Q"), y=alt.Y("share_pct:Q", **y), tooltip=["words:N"]))  # fmt: skip
        text = alt.Chart(own).encode(x=alt.X("at:Q"), y=alt.Y("share_pct:Q", **y), text="words:N")
        layers += _on_paper(text, colours, colours.national, align="right", dx=-10, dy=14)
    return layers


def _dated(record: Record, colours: Look, x: Any) -> list[Any]:
    """What the scenario sets at a date, as rules with their words at the top."""
    found = frames.events(record)
    if not len(found):
        return []
    found["row"] = range(len(found))
    rules = alt.Chart(found).encode(x=alt.X("when:Q"))
    words = []
    for row in range(len(found)):
        one = alt.Chart(found[found.row == row].drop(columns="row"))
        text = one.encode(x=alt.X("when:Q"), y=alt.value(alt.expr(f"height - {8 + 15 * (row % 5)}")), text="words:N")
        words += _on_paper(text, colours, colours.ink, align="right", dx=-5)
    return [rules.mark_rule(color=colours.quiet, strokeDash=[1, 3], strokeWidth=1.4), *words]


def _on_paper(text: Any, colours: Look, ink: str, **where: Any) -> list[Any]:
    """A text that stays readable on whatever it crosses: a rim of the paper's colour below it."""
    rim = text.mark_text(color=colours.paper, stroke=colours.paper, strokeWidth=4, opacity=0.85, fontSize=11.5, **where)
    return [rim, text.mark_text(color=ink, fontSize=11.5, **where)]


def _scale(record: Record, bands: pd.DataFrame) -> alt.Scale:
    """From 0, with room for the target's words above its line; of a chooser as the chosen ally needs it."""
    core = record.description.yardstick("core")
    least = core.share_pct * 1.12 if core else 1.0
    tops = {str(code): round(max(float(top), least) * 1.02, 2) for code, top in bands.groupby("iso3").q95.max().items()}
    if len(tops) == 1:
        return alt.Scale(domain=[0, *tops.values()], nice=False)
    return alt.Scale(domainMin=0, domainMax=alt.expr(f"({json.dumps(tops)})[ally]"), nice=False)


def _yardstick(core: Yardstick) -> str:
    agreed = " (proposed, not agreed)" if core.agreed.startswith("not agreed") else ""
    return f"{target(core.share_pct)} % by {core.by}{agreed}"


def _year(record: Record) -> int:
    from sim.results.summary import default_year

    return default_year(record)


def _below(record: Record, iso3: str) -> list[str]:
    text = "Line with points: published by NATO, July 2026 (hollow: estimate). Bands: where 50, 80 and 90 % of the simulated "
    text += "runs lie."
    if frames.packaged(record) is None:
        text = text.replace("published by NATO, July 2026", "the run's own tables")
    if len(frames.vintages(record, [iso3])):
        text += " Ticks: earlier editions, all outlays."
    if len(frames.announced(record, [iso3])):
        text += " Dotted: the announced path."
    return [*wrapped(text), f"Scenario: {record.description.title}"[:110]]


def _told(record: Record, iso3: str) -> str:
    """The chart in a sentence, for those who do not see it."""
    table, name, last = frames.bands(record, [iso3]), frames.name_of(record, iso3), record.description.years[-1]
    end = table[table.year == last].iloc[0]
    return (
        f"{name} spent {frames.base_share_pct(record, iso3):.2f} % of GDP in {record.description.base_year}; in {last} half "
        f"of the simulated runs are at {share(end.q50)} % or below, and 90 of 100 lie between {share(end.q05)} and "
        f"{share(end.q95)} %."
    )
