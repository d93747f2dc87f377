"""Probabilities as pictures: the ranking of allies, allies by year, how many at once, and when first."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from sim.charts import frames
from sim.charts.look import Chart, dressed, look, wrapped
from sim.record.counts import TALLIES
from sim.record.record import Record, Yardstick
from sim.results.summary import alliance_line, default_year, step_of
from sim.words import number, target

ROW = 19
"""Height of an ally's row."""

PILLARS = {"core": "core", "related": "security-related", "total": "total"}


def ranked(record: Record, year: int | None = None, *, pillar: str = "core", theme: str = "light", width: int = 520) -> Chart:
    """Probability of meeting the yardstick in a year, ally by ally: a dot with its 95 % interval, ranked.

    Hollow: what it is without late pushes, which are compliance on paper. Raises ValueError where the pillar has no
    yardstick, UsageError for a year that is not simulated.
    """
    colours, aim, year = look(theme), _aim(record, pillar), _year(record, year)
    table = frames.chances(record, pillar)
    table = table[table.year == year].sort_values(["probability", "ally"], ascending=[False, True])
    order = list(table.ally)
    y = alt.Y("ally:N", sort=order, title=None, axis=alt.Axis(grid=True, domain=False, ticks=False, labelLimit=160))
    x = alt.X("probability:Q", title="simulated runs of 100, given the assumptions",
              scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(labelExpr="datum.value * 100", values=[0, 0.25, 0.5, 0.75, 1]))  # fmt: skip
    tips = [alt.Tooltip("ally:N"), alt.Tooltip("told:N", title="of 100 runs"),
            alt.Tooltip("ci_low:Q", format=".3f"), alt.Tooltip("ci_high:Q", format=".3f"),
            alt.Tooltip("without_late_push:Q", format=".2f", title="without late push")]  # fmt: skip
    base = alt.Chart(table).encode(y=y)
    layers: list[Any] = [
        base.mark_rule(color=colours.quiet, strokeWidth=1).encode(x="without_late_push:Q", x2="probability:Q"),
        base.mark_point(color=colours.quiet, fill=colours.paper, size=34, opacity=1).encode(x="without_late_push:Q"),
        base.mark_rule(color=colours.simulated, strokeWidth=5, opacity=0.45).encode(x="ci_low:Q", x2="ci_high:Q"),
        base.mark_point(color=colours.simulated, fill=colours.simulated, size=58, opacity=1).encode(x=x, tooltip=tips),
        base.mark_text(color=colours.ink, align="left", dx=9, fontSize=12).encode(x=x, text="told:N"),
        alt.Chart().mark_rule(color=colours.target, strokeDash=[2, 3]).encode(x=alt.datum(0.5)),
    ]
    chart = alt.layer(*layers, data=table).properties(width=width, height=ROW * len(order))
    lines = wrapped(
        f"{_measured(aim)}. Dot: probability, with the Monte Carlo 95 % interval (often narrower than the dot). Hollow: "
        "without a late push, which is compliance on paper. Dotted: even odds.", 84,
    )  # fmt: skip
    first, last = table.iloc[0], table.iloc[-1]
    told = (f"{len(order)} allies ranked by the probability of meeting {target(aim.share_pct)} % in {year}: from {first.ally}, "
            f"{first.told} of 100 simulated runs, to {last.ally}, {last.told}.")  # fmt: skip
    title = f"Who meets {target(aim.share_pct)} % in {year}"
    return dressed(chart, theme, title=title, lines=lines, tells=told, assumption=pillar != "core")


def heat(record: Record, *, pillar: str = "core", theme: str = "light", cell: int = 62) -> Chart:
    """Probability of meeting the yardstick, allies by years, with the figure in each cell."""
    colours, aim = look(theme), _aim(record, pillar)
    table = frames.chances(record, pillar)
    last = table[table.year == record.description.years[-1]]
    order = list(last.sort_values(["probability", "ally"], ascending=[False, True]).ally)
    y = alt.Y("ally:N", sort=order, title=None, axis=alt.Axis(domain=False, ticks=False, labelLimit=160))
    x = alt.X("year:O", title=None, axis=alt.Axis(orient="top", labelAngle=0, domain=False, ticks=False))
    base = alt.Chart(table).encode(x=x, y=y)
    dark_cell = "datum.probability > 0.55"
    ink, pale = (colours.ink, "#ffffff") if theme == "light" else ("#0b1116", colours.ink)
    words = alt.condition(dark_cell, alt.value(pale if theme == "light" else ink), alt.value(ink if theme == "light" else pale))
    layers = [
        base.mark_rect(stroke=colours.paper, strokeWidth=1).encode(
            color=alt.Color("probability:Q", scale=alt.Scale(domain=[0, 1], range=list(colours.scheme)), legend=None),
            tooltip=["ally:N", "year:O", alt.Tooltip("told:N", title="of 100 runs"), alt.Tooltip("target_pct:Q")]),
        base.mark_text(fontSize=12).encode(text="told:N", color=words),
    ]  # fmt: skip
    years = len(record.description.years)
    chart = alt.layer(*layers).properties(width=min(cell, 700 // years) * years, height=(ROW + 1) * len(order))
    lines = wrapped(f"{_measured(aim)}. Of 100 simulated runs, given the assumptions; darker is more." if theme == "light" else
                    f"{_measured(aim)}. Of 100 simulated runs, given the assumptions; lighter is more.", 84)  # fmt: skip
    told = (f"A table of {len(order)} allies by year, {record.description.years[0]} to {record.description.years[-1]}: of 100 "
            f"simulated runs, how many are at {target(aim.share_pct)} % or above.")  # fmt: skip
    title = f"At {target(aim.share_pct)} % or above, year by year"
    return dressed(chart, theme, title=title, lines=lines, tells=told, assumption=pillar != "core")


def compliant(record: Record, year: int | None = None, *, theme: str = "light", width: int = 640, height: int = 260) -> Chart:
    """How many allies meet the core target in a year: the runs of 100 for each number, with and without late pushes."""
    colours, aim, year = look(theme), _aim(record, "core"), _year(record, year)
    counts, step, paths = record.counts.arrays["number"], step_of(record, year), record.counts.paths
    with_push, without = (counts[TALLIES.index(name), step] / paths for name in ("core", "core_without_late_push"))
    seen = np.flatnonzero((with_push + without) > 0.0005)
    span = range(int(seen.min()), int(seen.max()) + 1)
    table = pd.DataFrame({"allies": list(span), "with": with_push[list(span)], "without": without[list(span)]})
    line = alliance_line(record, year)
    assert line.counted is not None
    assert line.counted_without is not None
    middle = pd.DataFrame({"allies": [line.counted.middle], "words": [f"{number(line.counted.middle, line.bound)} expected"]})
    x = alt.X("left:Q", title=f"allies at {target(aim.share_pct)} % or above, of {line.bound}",
              axis=alt.Axis(format="d", tickMinStep=1, grid=False), scale=alt.Scale(domain=[span[0] - 0.6, span[-1] + 0.6], nice=False))  # fmt: skip
    y = alt.Y("with:Q", title="simulated runs of 100", axis=alt.Axis(labelExpr="datum.value * 100", tickCount=5))
    base = alt.Chart(table)
    bars = base.transform_calculate(left="datum.allies - 0.42", right="datum.allies + 0.42")
    tips = [alt.Tooltip("allies:Q"), alt.Tooltip("with:Q", format=".3f", title="probability"),
            alt.Tooltip("without:Q", format=".3f", title="without late push")]  # fmt: skip
    layers = [
        bars.mark_bar(color=colours.simulated, opacity=0.75).encode(x=x, x2="right:Q", y=y, y2=alt.datum(0), tooltip=tips),
        bars.mark_rule(color=colours.target, strokeWidth=2.5).encode(x="left:Q", x2="right:Q", y="without:Q"),
        alt.Chart(middle).mark_rule(color=colours.ink, strokeDash=[5, 3]).encode(x="allies:Q"),
        alt.Chart(middle).mark_text(color=colours.ink, align="left", dx=6, fontSize=12, fontWeight=600)
        .encode(x="allies:Q", y=alt.value(6), text="words:N"),
    ]  # fmt: skip
    chart = alt.layer(*layers).properties(width=width, height=height)
    lines = wrapped(f"{_measured(aim)}. Bars: all compliance. Strokes: without late pushes, which are compliance on paper. The "
                    "allies' shocks are largely common, so the spread is wide.", 96)  # fmt: skip
    told = (f"Between {number(line.counted.q05, line.bound)} and {number(line.counted.q95, line.bound)} of {line.bound} allies are at "
            f"{target(aim.share_pct)} % in {year} in 90 of 100 simulated runs; {number(line.counted.middle, line.bound)} are expected.")  # fmt: skip
    return dressed(chart, theme, title=f"How many allies meet {target(aim.share_pct)} % in {year}", lines=lines, tells=told)


def first_years(record: Record, iso3: str, *, theme: str = "light", width: int = 640, height: int = 230) -> Chart:
    """The year in which one ally first meets the core target: the runs of 100 for each, and in how many it then stays.

    Raises:
        KeyError: an ally that the core target does not bind.
    """
    table = _firsts(record)
    table = table[table.iso3 == iso3]
    if table.empty:
        raise KeyError(iso3)
    name = frames.name_of(record, iso3)
    chart = _first_layers(record, table, theme).properties(width=width, height=height)
    never = table[table.when.str.startswith("not by")].iloc[0]
    told = f"{name}: in {never.told} of 100 simulated runs the target is not met by {record.description.years[-1]}."
    return dressed(chart, theme, title=f"{name}: when the target is first met", lines=_first_lines(record), tells=told)


def first_chooser(record: Record, first: str, *, theme: str = "light", width: int = 640, height: int = 230) -> Chart:
    """The same for every ally; the chart's parameter `ally` chooses."""
    chosen = alt.param(name="ally", value=first)
    chart = _first_layers(record, _firsts(record), theme, "datum.iso3 === ally").add_params(chosen)
    chart = chart.properties(width=width, height=height)
    told = "The years in which one ally first meets the target."
    return dressed(chart, theme, title="When the target is first met", lines=_first_lines(record), tells=told)


def _firsts(record: Record) -> pd.DataFrame:
    from sim.results.intervals import wilson
    from sim.results.tables import first_year
    from sim.words import percent

    table, paths, last = first_year(record), record.counts.paths, record.description.years[-1]
    low, high = wilson(np.rint(table.probability.to_numpy() * paths).astype(np.int64), paths)
    table["told"] = [percent(*row) for row in zip(table.probability, low, high, strict=True)]
    base = record.description.base_year
    table["when"] = [
        f"not by {last}" if pd.isna(year) else "already" if year == base else str(int(year)) for year in table.year
    ]
    return table[["iso3", "ally", "when", "probability", "probability_staying", "told"]]


def _first_layers(record: Record, table: pd.DataFrame, theme: str, keep: str = "true") -> Any:
    colours = look(theme)
    order = list(dict.fromkeys(table.when))
    two_lines = "indexof(datum.label, 'not by') === 0 ? ['not by', slice(datum.label, 7)] : datum.label"
    x = alt.X("when:N", sort=order, title=None, axis=alt.Axis(labelAngle=0, labelExpr=two_lines, grid=False))
    y = alt.Y("probability:Q", title="simulated runs of 100", axis=alt.Axis(labelExpr="datum.value * 100", tickCount=5))
    base = alt.Chart(table).transform_filter(keep)
    tips = ["ally:N", "when:N", alt.Tooltip("told:N", title="of 100 runs"),
            alt.Tooltip("probability_staying:Q", format=".2f", title="and stays to the end")]  # fmt: skip
    return alt.layer(
        base.mark_bar(color=colours.paper, stroke=colours.simulated, strokeWidth=1.5).encode(x=x, y=y, tooltip=tips),
        base.mark_bar(color=colours.simulated, opacity=0.75).encode(x=x, y="probability_staying:Q", tooltip=tips),
        base.mark_text(color=colours.ink, dy=-8, fontSize=12).encode(x=x, y=y, text="told:N"),
    )


def _first_lines(record: Record) -> list[str]:
    aim = _aim(record, "core")
    return wrapped(f"{_measured(aim)}. Filled: the runs in which the target is met in every later year as well.", 96)


def _aim(record: Record, pillar: str) -> Yardstick:
    aim = record.description.yardstick(pillar)
    if aim is None:
        raise ValueError(f"the run has no target for the {PILLARS.get(pillar, pillar)} pillar")
    return aim


def _year(record: Record, year: int | None) -> int:
    return default_year(record) if year is None else record.description.years[step_of(record, year)]


def _measured(aim: Yardstick) -> str:
    agreed = f" ({aim.agreed})" if aim.agreed else ""
    return f"Measured against {PILLARS[aim.pillar]} {target(aim.share_pct)} % of GDP by {aim.by}{agreed}"
