"""The picture of how time grows, as SVG: seconds against paths, allies, years and events; readable in black."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import pandas as pd

PICTURE = Path(__file__).parent / "pictures" / "scaling.svg"
INK, GREY = "#111111", "#6b6b6b"
LOOKS: dict[str, Any] = {
    "background": "white",
    "font": "sans-serif",
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "gridColor": "#e4e4e4",
             "domainColor": GREY, "tickColor": GREY},
    "title": {"fontSize": 14, "anchor": "start", "subtitleFontSize": 12, "subtitleColor": "#444444",
              "subtitlePadding": 4, "offset": 12},
    "view": {"stroke": None},
}  # fmt: skip
PANELS = ("paths", "allies", "years", "events")


def chart(figures: dict[str, Any]) -> alt.TopLevelMixin:
    """From the figures of the row `scaling`."""
    panels = [_panel(name, figures) for name in PANELS]
    rows = [alt.hconcat(*panels[start : start + 2], spacing=44) for start in (0, 2)]
    title = alt.Title(
        "Time grows as the work does",
        subtitle=[
            "Filled: processor time on one core. Dotted: the offset. Open: the time beyond it, whose slope is given.",
            f"Dashed: slope 1, twice the work in twice the time. Blocks of {figures['block']:,} paths.",
        ],
    )
    joined: alt.TopLevelMixin = alt.vconcat(*rows, spacing=32).properties(title=title).configure(**LOOKS)
    return joined


def save(figures: dict[str, Any], file: Path = PICTURE) -> None:
    """Write the picture."""
    file.parent.mkdir(parents=True, exist_ok=True)
    chart(figures).save(file)


def _panel(name: str, figures: dict[str, Any]) -> alt.LayerChart | alt.FacetChart:
    axis = figures[name]
    rest = axis["seconds_at_0"]
    title = f"random events, {figures['allies']['sizes'][0]} allies" if name == "events" else name
    measured = pd.DataFrame({"size": axis["sizes"], "seconds": axis["seconds"]})
    measured["beyond"] = measured.seconds - rest
    first, last = measured["size"].iloc[0], measured["size"].iloc[-1]
    each = measured.beyond.iloc[-1] / last
    lowest = [measured.seconds.min(), max(measured.beyond.min(), each * first), *([rest] if rest > 0 else [])]
    low, high = 0.6 * min(lowest), 1.5 * measured.seconds.max()
    start = max(first, low / each)  # where the line of slope 1 enters the panel
    even = pd.DataFrame({"size": [start, last], "seconds": [start * each, last * each]})
    x = alt.X(
        "size:Q", title=title, scale=alt.Scale(type="log", nice=False, domain=[first / 1.2, last * 1.2]),
        axis=alt.Axis(values=axis["sizes"], format="~s" if last > 999 else "d", grid=False),
    )  # fmt: skip
    ticks = [factor * 10.0**power for power in range(-4, 4) for factor in (1, 3) if low < factor * 10.0**power < high]
    scale = alt.Scale(type="log", nice=False, domain=[low, high])
    y = alt.Y("seconds:Q", title="seconds", scale=scale, axis=alt.Axis(values=ticks, format="~g"))
    beyond = alt.Y("beyond:Q", scale=scale)
    layers = (
        alt.Chart(pd.DataFrame({"seconds": [max(rest, low)]})).mark_rule(color=INK, strokeDash=[1, 3]).encode(y=y),
        alt.Chart(even).mark_line(color=INK, strokeDash=[6, 4], strokeWidth=1.2).encode(x=x, y=y),
        alt.Chart(measured).mark_line(color=INK, strokeWidth=1.8).encode(x=x, y=y),
        alt.Chart(measured).mark_point(color=INK, filled=True, opacity=1, size=60).encode(x=x, y=y),
        alt.Chart(measured[measured.beyond > low])
        .mark_point(color=INK, fill="white", filled=True, stroke=INK, strokeWidth=1.3, opacity=1, size=45)
        .encode(x=x, y=beyond),
    )
    slope = axis["slopes"]["seconds_beyond"]
    heading = alt.Title(f"{name}: slope {slope:.2f}", fontSize=13, fontWeight="normal", frame="group")
    return alt.layer(*layers).properties(width=290, height=200, title=heading)
