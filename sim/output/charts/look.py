"""How all pictures look: two themes of one design, readable without colour and by colour-blind readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import altair as alt

FONT = "'Liberation Sans', Helvetica, Arial, sans-serif"
"""The first comes with vl-convert, so that labels take the same room on every machine; the next two are as wide."""
ASSUMPTION = "ASSUMPTION"
"""The stamp of what rests on an assumption throughout: NATO publishes no ally's security-related outlays."""

Chart = alt.LayerChart | alt.FacetChart | alt.VConcatChart | alt.HConcatChart | alt.Chart


@dataclass(frozen=True)
class Look:
    """The colours of a theme, each with what it stands for.

    Blue and orange are told apart by all common kinds of colour-blindness; no meaning rests on them alone.
    """

    paper: str
    ink: str
    quiet: str  # what explains
    line: str  # grids, zero lines
    simulated: str
    target: str
    national: str
    scheme: tuple[str, ...]  # from a probability of 0 to 1
    turn: float  # where figures on it change between black and white, so that both stand out by 4.5 to 1
    before: str  # up to there
    after: str  # beyond


LOOKS: dict[str, Look] = {
    "light": Look(
        "#ffffff", "#15202b", "#4a5764", "#d9dee3", "#0b5394", "#b3400d", "#5b3a8c",
        ("#f3f6f9", "#c9dcee", "#8db8dd", "#4a8cc4", "#1f5f9e", "#0a3566"),
        0.68, "#000000", "#ffffff",
    ),
    "dark": Look(
        "#12171c", "#e8ecef", "#a9b4be", "#36414b", "#7ab8f5", "#ff9a5c", "#c9a6ff",
        ("#1b232b", "#1d3a57", "#22557f", "#3b7db3", "#7fb5e0", "#d3e8fa"),
        0.59, "#ffffff", "#000000",
    ),
}  # fmt: skip


def look(theme: str) -> Look:
    """The look of a theme; raises ValueError for any but "light" and "dark"."""
    if theme not in LOOKS:
        raise ValueError(f"theme must be light or dark, not {theme!r}")
    return LOOKS[theme]


def dressed(
    chart: Any, theme: str, *, title: str, lines: list[str], description: str, assumption: bool = False
) -> Chart:  # fmt: skip
    """The chart with its title, the lines below it, its colours, and the sentence a screen reader says.

    What rests on an assumption throughout is stamped: the word leads the lines below the title.
    """
    colours = look(theme)
    below = [f"{ASSUMPTION}: NATO publishes no ally's security-related outlays.", *lines] if assumption else lines
    heading = alt.TitleParams(
        text=title, subtitle=below, anchor="start", frame="bounds", color=colours.ink, fontSize=15, fontWeight=600,
        subtitleColor=colours.quiet, subtitleFontSize=12, subtitlePadding=6, offset=12, subtitleLineHeight=16,
        lineHeight=19,
    )  # fmt: skip
    stamped = f"{ASSUMPTION.capitalize()}. {description}" if assumption else description
    axis = {
        "labelColor": colours.ink, "titleColor": colours.quiet, "gridColor": colours.line, "domainColor": colours.line,
        "tickColor": colours.line, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    finished = (
        chart.properties(title=heading, description=stamped, background=colours.paper, padding=12)
        .configure(font=FONT)
        .configure_view(stroke=None)
        .configure_axis(**axis)
        .configure_header(labelColor=colours.ink, labelFontSize=12, labelFontWeight=600, title=None)
        .configure_legend(labelColor=colours.ink, titleColor=colours.quiet, labelFontSize=12, titleFontSize=12)
    )
    return cast(Chart, finished)


def marked(chart: Any, base: Any, theme: str) -> Any:
    """A layered chart with rows by `ally`, with the parameter `ally` (a code): its row is marked. None at first.

    `base` has the rows' y and the column iso3.
    """
    band = base.transform_filter("datum.iso3 === ally").mark_rect(color=look(theme).simulated, opacity=0.16)
    return alt.layer(band, *chart.layer, data=chart.data).add_params(alt.param(name="ally", value=""))


def wrapped(text: str, width: int = 88) -> list[str]:
    """A text in lines, for titles, which do not wrap by themselves."""
    from textwrap import wrap

    return wrap(text, width) or [""]
