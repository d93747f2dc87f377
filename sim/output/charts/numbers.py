"""How many allies meet the target at once, and when one first does."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from sim.output.charts import frames
from sim.output.charts.frames import RUNS, aim_of, in_words, measured, year_of
from sim.output.charts.look import Chart, dressed, look, wrapped
from sim.output.over_parameters import halves_sentence, span_of_number
from sim.results.counts import TALLIES
from sim.results.record import Record
from sim.results.summary import AllianceSummary, alliance_line, step_of
from sim.results.tables import first_year
from sim.text.figures import number, target, whole
from sim.text.sentences import allies, among

SEEN = 0.0005
"""Numbers of allies that fewer runs have are not drawn."""

NEVER = "not by"


def compliant(
    record: Record, year: int | None = None, *, theme: str = "light", width: int = 640, height: int = 260
) -> Chart:
    """How many allies meet the core target in a year: the runs of 100 for each number, reported and spent only.

    Raises:
        ValueError: the run has no core target.
        UsageError: a year that is not simulated.
    """
    record = frames.readable(record)
    colours, aim, year = look(theme), aim_of(record, "core"), year_of(record, year)
    line, goal = alliance_line(record, year), target(aim.share_pct)
    counts, step = record.counts.arrays["number"], step_of(record, year)
    reported, without = (
        counts[TALLIES.index(name), step] / record.counts.paths for name in ("core", "core_without_late_push")
    )
    drawn = np.flatnonzero(reported + without > SEEN)
    span = np.arange(drawn.min(), drawn.max() + 1)
    table = pd.DataFrame({"allies": span, "probability": reported[span], "without": without[span]})
    table = table.assign(left=table.allies - 0.42, right=table.allies + 0.42)
    for column in ("probability", "without"):
        table[f"{column}_text"] = in_words(table[column], record)
    assert line.counted is not None
    bound = line.bound["core"]
    low, middle, high = whole(line.counted.q05), number(line.counted.middle, bound), whole(line.counted.q95)
    expected = pd.DataFrame({"allies": [line.counted.middle], "label": [f"{middle} expected"]})
    axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    scale = alt.Scale(domain=[int(span[0]) - 0.6, int(span[-1]) + 0.6], nice=False)
    x = alt.X("left:Q", title=f"allies at {goal} % or above, of {among(bound, line.allies)}", axis=axis, scale=scale)
    y = alt.Y("probability:Q", title=RUNS, axis=alt.Axis(labelExpr="datum.value * 100", tickCount=5))
    tips = [alt.Tooltip("allies:Q"), alt.Tooltip("probability_text:N", title="of 100 runs"),
            alt.Tooltip("without_text:N", title="spent only")]  # fmt: skip
    base, at = alt.Chart(table).encode(x=x, x2="right:Q"), alt.Chart(expected).encode(x="allies:Q")
    bars = base.mark_bar(color=colours.simulated, opacity=0.75).encode(y=y, y2=alt.datum(0), tooltip=tips)
    label = at.mark_text(color=colours.ink, align="left", dx=6, fontSize=12, fontWeight=600)
    layers: list[Any] = [
        bars,
        base.mark_rule(color=colours.target, strokeWidth=2.5).encode(y="without:Q"),
        at.mark_rule(color=colours.ink, strokeDash=[5, 3]),
        label.encode(y=alt.value(6), text="label:N"),
    ]
    chart = alt.layer(*layers).properties(width=width, height=height)
    lines = wrapped(
        f"{measured(record, aim)} Bars: all compliance. Strokes: spent only, without what is closed on paper. "
        f"{_by_parameters(line)}"
        "Some shocks are common, so the spread is wider than if each ally stood alone.", 96,
    )  # fmt: skip
    description = (
        f"Between {low} and {high} of {allies(bound)} are at {goal} % in {year} in 90 of 100 simulated runs; "
        f"{middle} are expected."
    )
    return dressed(
        chart,
        theme,
        title=f"How many allies meet {goal} % in {year}",
        lines=[*lines, *frames.based_on(record, 96)],
        description=description,
    )


def _by_parameters(line: AllianceSummary) -> str:
    """What the parameters drawn make of the expected number, with a blank behind; "" where they are not drawn."""
    span = span_of_number(line)
    expected = f"By the parameters drawn {span} are expected." if span else ""
    return "".join(f"{sentence} " for sentence in (expected, halves_sentence(line)) if sentence)


def first_years(record: Record, iso3: str, *, theme: str = "light", width: int = 640, height: int = 230) -> Chart:
    """The year in which one ally first meets the core target: the runs of 100 for each, and in how many it then stays.

    Raises:
        ValueError: the run has no core target.
        KeyError: an ally that it does not bind.
    """
    record = frames.readable(record)
    aim, table = aim_of(record, "core"), _firsts(record)
    table = table[table.iso3 == iso3]
    if table.empty:
        raise KeyError(iso3)
    chart = _first_layers(table, theme).properties(width=width, height=height)
    name, description = frames.name_of(record, iso3), first_descriptions(record)[iso3]
    lines = wrapped(f"{measured(record, aim)} {STAYS}", 96)
    return dressed(
        chart,
        theme,
        title=f"{name}: when a run first meets the target",
        lines=[*lines, *frames.based_on(record, 96)],
        description=description,
    )


def first_chooser(record: Record, first: str, *, theme: str = "light", width: int = 640, height: int = 230) -> Chart:
    """The same for every ally that the core target binds; the chart's parameter `ally` chooses."""
    record = frames.readable(record)
    aim, table = aim_of(record, "core"), _firsts(record)
    chart = _first_layers(table, theme, "datum.iso3 === ally").add_params(alt.param(name="ally", value=first))
    chart = chart.properties(width=width, height=height)
    lines = wrapped(f"{measured(record, aim)} {STAYS}", 96)
    return dressed(
        chart,
        theme,
        title="When a run first meets the target",
        lines=[*lines, *frames.based_on(record, 96)],
        description="The years in which one ally first meets the target.",
    )


def first_descriptions(record: Record) -> dict[str, str]:
    """The chart of each ally that the core target binds, in a sentence, by code."""
    table, last = _firsts(record), record.description.years[-1]
    never = table[table.when.str.startswith(NEVER)]
    return {
        iso3: f"{ally}: in {text} of 100 simulated runs the target is never met to {last}."
        for iso3, ally, text in zip(never.iso3, never.ally, never.text, strict=True)
    }


STAYS = (
    "Of each run the year in which it is first met, whether or not it stays so. Filled: the runs in which it is met in "
    "every later year as well."
)


def _firsts(record: Record) -> pd.DataFrame:
    """iso3, ally, when (in words, in order), probability, probability_staying, text, text_staying."""
    table, last = first_year(record), record.description.years[-1]
    text, staying = (in_words(table[name], record) for name in ("probability", "probability_staying"))
    names = {record.description.base_year: "already"}
    when = [f"{NEVER} {last}" if pd.isna(year) else names.get(int(year), str(year)) for year in table.year]
    return table.drop(columns="year").assign(when=when, text=text, text_staying=staying)


def _first_layers(table: pd.DataFrame, theme: str, shown: str = "true") -> Any:
    colours, base = look(theme), alt.Chart(table).transform_filter(shown)
    in_two_lines = f"indexof(datum.label, '{NEVER}') === 0 ? ['{NEVER}', slice(datum.label, 7)] : datum.label"
    axis = alt.Axis(labelAngle=0, labelExpr=in_two_lines, grid=False)
    x = alt.X("when:N", sort=list(dict.fromkeys(table.when)), title=None, axis=axis)
    y = alt.Y("probability:Q", title=RUNS, axis=alt.Axis(labelExpr="datum.value * 100", tickCount=5))
    tips = [alt.Tooltip("ally:N"), alt.Tooltip("when:N"), alt.Tooltip("text:N", title="of 100 runs"),
            alt.Tooltip("text_staying:N", title="and stays to the end")]  # fmt: skip
    hollow = base.mark_bar(color=colours.paper, stroke=colours.simulated, strokeWidth=1.5)
    return alt.layer(
        hollow.encode(x=x, y=y, tooltip=tips),
        base.mark_bar(color=colours.simulated, opacity=0.75).encode(x=x, y="probability_staying:Q", tooltip=tips),
        base.mark_text(color=colours.ink, dy=-8, fontSize=12).encode(x=x, y=y, text="text:N"),
    )
