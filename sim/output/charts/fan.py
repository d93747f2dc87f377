"""The fan: what was published, and where the simulated runs go from there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import altair as alt
import pandas as pd

from sim.arguments import COUNTED_PCT
from sim.data.edition import FIRST_OF_CORE, FIRST_YEAR, in_words, name_of
from sim.output.charts import frames
from sim.output.charts.look import Chart, Look, dressed, look, wrapped
from sim.output.origins import OWN, known, meaning, not_natos, own_file, own_tables
from sim.results.record import Record, Yardstick
from sim.text.figures import published_share, share, target
from sim.text.footnotes import BEYOND

BANDS = (("q05", "q95", 0.16), ("q10", "q90", 0.20), ("q25", "q75", 0.28))
"""Of 90, 80 and 50 % of the runs, from the widest; each with its opacity."""

TITLE, OWN_TITLE = "% of GDP, core outlays as NATO counts them", "% of GDP, core outlays"
ROOM = 1.12
"""How far above the target's line the scale goes on, so that its words have room."""


@dataclass(frozen=True)
class Panel:
    """What all layers of a fan share: whose they are, colours and axes."""

    record: Record
    codes: Sequence[str]
    colours: Look
    scale: alt.Scale

    @property
    def first(self) -> int:
        """The first year shown: that of NATO's table, or an earlier base year."""
        return min(FIRST_YEAR, self.record.description.base_year)

    @property
    def last(self) -> int:
        """The last year simulated."""
        return self.record.description.years[-1]

    @property
    def title(self) -> str:
        """What the shares are: NATO's, or partly figures of the user's own."""
        members = (entry for code in self.codes for entry in frames.members_of(self.record, code))
        own = not known(self.record) or any(not_natos(self.record, entry) for entry in members)
        return OWN_TITLE if own else TITLE

    def x(self, field: str = "year") -> alt.X:
        """Years."""
        return alt.X(
            f"{field}:Q", title=None, scale=alt.Scale(domain=[self.first, self.last + 0.6], nice=False),
            axis=alt.Axis(format="d", values=list(range(self.first, self.last + 1, 2)), grid=False),
        )  # fmt: skip

    def y(self, field: str = "share_pct") -> alt.Y:
        """Shares of GDP."""
        return alt.Y(f"{field}:Q", title=self.title, scale=self.scale)


def fan(
    record: Record, iso3: str = frames.EUROPE, *, straight: bool = False, theme: str = "light", width: int = 640,
    height: int = 340,
) -> Chart:  # fmt: skip
    """Share of GDP of one ally or group ("EUC", "NATO"): published, then simulated.

    Bands hold 50, 80 and 90 % of the runs in each year. Dotted rules mark dated events, ticks the figures of earlier
    editions, a dotted line the path a government announced; with `straight` a dash-dotted one goes from the base year's
    share to the target in its year, if that is still to come.

    Raises:
        KeyError: an ally the run has not.
    """
    record = frames.readable(record)
    name, core = frames.name_of(record, iso3), record.description.yardstick("core")
    straight = straight and core is not None and core.by > record.description.base_year  # no line leads back
    panel = Panel(record, [iso3], look(theme), _scale(record, [iso3]))
    layers = _layers(panel)
    if straight and core is not None and frames.binds(record, core, iso3):
        layers.append(_straight(panel, iso3, core))
    chart = alt.layer(*layers).properties(width=width, height=height)
    title, lines = f"{name}: core defence spending, % of GDP", _below(record, iso3, straight)
    return dressed(chart, theme, title=title, lines=lines, description=fan_description(record, iso3))


def chooser(record: Record, first: str, *, theme: str = "light", width: int = 640, height: int = 340) -> Chart:
    """The fan of every ally and both groups in one chart; its parameter `ally` chooses (a code, `first` at start)."""
    record = frames.readable(record)
    codes = [*(entry.iso3 for entry in record.description.allies), *frames.NAMES]
    panel = Panel(record, codes, look(theme), _scale(record, codes))
    shown = "datum.iso3 === ally || !isValid(datum.iso3)"  # what has no ally is the alliance's
    layers = [layer.transform_filter(shown) for layer in _layers(panel)]
    chart = alt.layer(*layers).add_params(alt.param(name="ally", value=first)).properties(width=width, height=height)
    lines = [
        f"{_whose(record)}, then what is spent: the middle of the runs, and where 50, 80 and 90 % of them lie.",
        "Dashed thin: the middle as reported, with what is closed on paper.",
    ]
    return dressed(
        chart, theme, title="Core defence spending, % of GDP", lines=lines,
        description="The fan of the ally that is chosen.",
    )  # fmt: skip


def _layers(panel: Panel) -> list[Any]:
    """Bands, target, events, path, editions, history, figures at the end: from the back to the front."""
    bands, colours = frames.drawable(frames.bands(panel.record, panel.codes)), panel.colours
    base = alt.Chart(bands)
    named = (("q05", "5 %"), ("q25", "25 %"), ("q50", "50 %"), ("q75", "75 %"), ("q95", "95 %"))
    tips = [
        alt.Tooltip("ally:N"), alt.Tooltip("year:Q", format="d"),
        *(alt.Tooltip(f"{level}_text:N", title=f"{part} of the runs spend at most") for level, part in named),
        alt.Tooltip("reported_text:N", title="50 % report at most, with what is on paper"),
    ]  # fmt: skip
    layers: list[Any] = [
        base.mark_area(color=colours.simulated, opacity=opacity).encode(
            x=panel.x(), y=panel.y(low), y2=f"{high}:Q", tooltip=tips
        )
        for low, high, opacity in BANDS
    ]
    middle = base.mark_line(color=colours.simulated, strokeWidth=2.5)
    if (bands.reported != bands.q50).any():
        on_paper = base.mark_line(color=colours.simulated, strokeWidth=1.4, strokeDash=[2, 2])
        layers.append(on_paper.encode(x=panel.x(), y=panel.y("reported"), tooltip=tips))
    layers.append(middle.encode(x=panel.x(), y=panel.y("q50"), tooltip=tips))
    return [*layers, *_aims(panel), *_events(panel), *_published(panel), *_ends(panel, bands)]


def _published(panel: Panel) -> list[Any]:
    """Announced path, earlier editions, and the published shares: filled where actual, hollow where estimated."""
    colours, layers = panel.colours, []
    path, old = frames.announced(panel.record, panel.codes), frames.vintages(panel.record, panel.codes)
    if len(path):
        line = alt.Chart(path[path.year <= panel.last])
        dotted = line.mark_line(color=colours.national, strokeDash=[2, 3], strokeWidth=2)
        layers.append(dotted.encode(x=panel.x(), y=panel.y()))
    if len(old):
        tips = [alt.Tooltip("year:Q", format="d"), alt.Tooltip("edition:N"),
                alt.Tooltip("text:N", title="% of GDP, all outlays")]  # fmt: skip
        old["text"] = [published_share(value) for value in old.share_pct]
        ticks = alt.Chart(old).mark_tick(color=colours.quiet, thickness=1.5, size=11, orient="horizontal", opacity=1)
        layers.append(ticks.encode(x=panel.x(), y=panel.y(), tooltip=tips))
    published = frames.history(panel.record, panel.codes)
    published["text"] = [published_share(value) for value in published.share_pct]
    known = alt.Chart(published)
    layers.append(known.mark_line(color=colours.ink, strokeWidth=1.8).encode(x=panel.x(), y=panel.y()))
    tips = [
        alt.Tooltip("year:Q", format="d"), alt.Tooltip("text:N", title="% of GDP"), alt.Tooltip("status:N"),
    ]  # fmt: skip
    fills = {"actual": colours.ink, "estimate": colours.paper, frames.SET: colours.national}
    fills |= {own: colours.national for own in (frames.OWN, frames.PARTLY) if own in set(published.status)}
    for status, inside in fills.items():
        points = known.transform_filter(f"datum.status === '{status}'")
        marks = points.mark_point(color=colours.ink, fill=inside, size=42, opacity=1, strokeWidth=1.6)
        layers.append(marks.encode(x=panel.x(), y=panel.y(), tooltip=tips))
    return layers


def _ends(panel: Panel, bands: pd.DataFrame) -> list[Any]:
    """The figures of the last year, beside the ends of the widest band and of the middle."""
    ends = bands[bands.year == panel.last].melt(["iso3", "year"], ["q05", "q50", "q95"], "level", "value")
    ends["text"] = [share(value) for value in ends.value]
    if frames.beyond(bands):  # words where the picture ends
        drawn = frames.drawable(bands)
        ends["value"] = drawn[drawn.year == panel.last].melt(["iso3", "year"], ["q05", "q50", "q95"]).value.to_numpy()
    text = alt.Chart(ends).encode(x=panel.x(), y=panel.y("value"), text="text:N")
    middle, outer = (text.transform_filter(f"datum.level {sign} 'q50'") for sign in ("===", "!=="))
    return [
        middle.mark_text(color=panel.colours.simulated, fontWeight=700, align="left", dx=5, fontSize=12),
        outer.mark_text(color=panel.colours.quiet, align="left", dx=5, fontSize=12),
    ]


def _aims(panel: Panel) -> list[Any]:
    """The yardstick's line to its year, and what governments pledged themselves, as diamonds."""
    core, colours, layers = panel.record.description.yardstick("core"), panel.colours, []
    if core is not None:
        bound = pd.DataFrame({"iso3": [code for code in panel.codes if frames.binds(panel.record, core, code)]})
        bound = bound.assign(share_pct=core.share_pct, start=panel.first, end=panel.last, label=yardstick_words(core))
        line = alt.Chart(bound).encode(x=panel.x("start"), y=panel.y())
        layers.append(line.mark_rule(color=colours.target, strokeDash=[6, 4], strokeWidth=1.6).encode(x2="end:Q"))
        label = line.mark_text(color=colours.target, align="left", baseline="bottom", dy=-4, fontSize=12)
        layers.append(label.encode(text="label:N"))
    own = frames.pledges(panel.record, panel.codes)
    if len(own):
        own["at"] = own.year.clip(upper=panel.last)
        at = alt.Chart(own).encode(x=panel.x("at"), y=panel.y())
        diamond = at.mark_point(shape="diamond", size=90, color=colours.national, strokeWidth=2, opacity=1)
        layers.append(diamond.encode(tooltip=["label:N"]))
        layers += _on_paper(at.encode(text="label:N"), colours, colours.national, dx=-10, dy=14)
    return layers


def _events(panel: Panel) -> list[Any]:
    """What the scenario sets at a date, as dotted rules with their words at the foot."""
    found, colours = frames.events(panel.record), panel.colours
    found = found[found.iso3.isna() | found.iso3.isin(panel.codes)]
    if not len(found):
        return []
    rules = alt.Chart(found).mark_rule(color=colours.quiet, strokeDash=[1, 3], strokeWidth=1.4)
    layers = [rules.encode(x=panel.x("when"))]
    for row in range(len(found)):
        height = alt.value(alt.expr(f"height - {8 + 15 * (row % 5)}"))
        text = alt.Chart(found[row : row + 1]).encode(x=panel.x("when"), y=height, text="label:N")
        layers += _on_paper(text, colours, colours.ink, dx=-5, dy=0)
    return layers


def _on_paper(text: Any, colours: Look, ink: str, *, dx: int, dy: int) -> list[Any]:
    """A text that stays readable on whatever it crosses: a rim of the paper's colour below it."""
    where = {"align": "right", "dx": dx, "dy": dy, "fontSize": 11.5}
    rim = text.mark_text(color=colours.paper, stroke=colours.paper, strokeWidth=4, opacity=0.85, **where)
    return [rim, text.mark_text(color=ink, **where)]


def _straight(panel: Panel, iso3: str, core: Yardstick) -> Any:
    """The even step a year from the base year to the target; to the run's end, where the target lies beyond it."""
    base, last = panel.record.description.base_year, min(panel.last, core.by)
    start = frames.base_share_pct(panel.record, iso3)
    step = (core.share_pct - start) / (core.by - base)
    line = pd.DataFrame({"year": [base, last], "share_pct": [start, start + step * (last - base)]})
    dashes = alt.Chart(line).mark_line(color=panel.colours.target, strokeDash=[8, 3, 2, 3], strokeWidth=1.8)
    return dashes.encode(x=panel.x(), y=panel.y())


def _scale(record: Record, codes: Sequence[str]) -> alt.Scale:
    """From 0, with room for the target's words above its line; of a chooser as the chosen ally needs it."""
    core = record.description.yardstick("core")
    tops = frames.bands(record, codes).replace(inf, COUNTED_PCT).groupby("iso3").q95.max()
    least = {code: core.share_pct * ROOM if core and frames.binds(record, core, code) else 1.0 for code in codes}
    found = {str(code): round(max(float(top), least[str(code)]) * 1.02, 2) for code, top in tops.items()}
    if len(found) == 1:
        return alt.Scale(domain=[0, *found.values()], nice=False)
    return alt.Scale(domainMin=0, domainMax=alt.expr(f"({json.dumps(found)})[ally]"), nice=False)


def yardstick_words(core: Yardstick) -> str:
    """The target as a picture names it: "3.5 % by 2032 (proposed, not agreed)"."""
    agreed = " (proposed, not agreed)" if core.agreed.startswith("not agreed") else ""
    return f"{target(core.share_pct)} % by {core.by}{agreed}"


def _below(record: Record, iso3: str, straight: bool) -> list[str]:
    parts = [
        f"Line with points: {_by(record, iso3)} (hollow: estimate).",
        "Bands: where what is spent lies in 50, 80 and 90 % of the simulated runs.",
    ]
    bands = frames.bands(record, [iso3])
    if (bands.reported != bands.q50).any():
        parts.append("Dashed thin: the middle as reported, with what is on paper.")
    earlier = frames.vintages(record, [iso3]).edition
    if len(earlier):
        since = f" before {in_words(FIRST_OF_CORE)}" if earlier.max() >= FIRST_OF_CORE else ""
        parts.append(f"Ticks: earlier editions, all outlays{since}.")
    if set(frames.history(record, [iso3]).status) & {frames.SET}:
        parts.append("The figure of the base year is set by the scenario.")
    if iso3 in frames.NAMES:
        whose = f"own GDP figures ({own_file(record, 'gdp')})" if "gdp" in own_tables(record) else "the IMF's GDP"
        parts.append(f"The fan starts from the average by {whose if known(record) else 'GDP'}.")
    if len(frames.announced(record, [iso3])):
        parts.append("Dotted: the announced path.")
    core = record.description.yardstick("core")
    if core and not frames.binds(record, core, iso3):
        whom = "all of them" if iso3 in frames.NAMES else frames.name_of(record, iso3)
        parts.append(f"The core target of {target(core.share_pct)} % by {core.by} does not bind {whom}.")
    elif straight and core:
        parts.append("Dash-dotted: a straight line to the target.")
    if frames.beyond(bands):
        parts.append(BEYOND)
    return [*wrapped(" ".join(parts)), f"Scenario: {record.description.title}", *frames.based_on(record)]


def _whose(record: Record) -> str:
    """What the shares up to the base year are, as the beginning of a sentence."""
    status = frames.published(record)
    return "Published shares" if status == "published" else f"Shares {status}"


def _by(record: Record, iso3: str) -> str:
    """Whose figures the line with points has."""
    if not known(record):
        return "not the packaged figures"
    natos, own = f"published by NATO, {name_of()}", own_tables(record).get("shares")
    base, status = record.description.base_year, frames.history(record, [iso3]).status.iloc[-1]
    if status == frames.PARTLY:
        whose = f"own figures ({own_file(record, 'shares')})" if own else "figures set by the scenario"
        return f"{natos}; that of {base} has {whose} in it"
    if own is None or iso3 in frames.NAMES:
        return natos
    whose = meaning(record, OWN) if status == frames.OWN else natos
    return (
        f"{whose}; earlier years are left out, as {own_file(record, 'shares')} changes the table"
        if own.overlay
        else whose
    )


def fan_description(record: Record, iso3: str) -> str:
    """The chart in a sentence, for those who do not see it."""
    table, name, last = frames.bands(record, [iso3]), frames.name_of(record, iso3), record.description.years[-1]
    end, base = table[table.year == last].iloc[0], frames.history(record, [iso3]).iloc[-1]
    verb = {
        "actual": "spent", "estimate": "is estimated at", frames.SET: "is set by the scenario at",
        frames.OWN: f"is at, by {meaning(record, OWN)}," if base.status == frames.OWN else "",
        frames.PARTLY: "is at, with own figures of the scenario in it,",
    }[base.status]  # fmt: skip
    start = f"{name} {verb} {published_share(base.share_pct)} % of GDP in {base.year}; in {last} "
    if end.q95 == inf:
        half = "above" if end.q50 == inf else f"at {share(end.q50)} % or below, and some above"
        lowest = "90 of 100 above" if end.q05 == inf else f"5 of 100 at {share(end.q05)} % or below"
        return f"{start}half of the simulated runs are {half} {COUNTED_PCT:.0f} %, {lowest}; no more is counted there."
    return (
        f"{start}half of the simulated runs spend {share(end.q50)} % or less, and 90 of 100 between {share(end.q05)} "
        f"and {share(end.q95)} %; as reported, with what is on paper, the middle is {share(end.reported)} %."
    )
