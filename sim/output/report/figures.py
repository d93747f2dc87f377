"""The report's pictures: each drawn live where scripts run, and as a still picture where they do not, and in print."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sim.output.charts import frames
from sim.output.charts.fan import chooser, fan, fan_description
from sim.output.charts.look import LOOKS, Chart
from sim.output.charts.money import shortfall
from sim.output.charts.multiples import multiples
from sim.output.charts.numbers import compliant, first_chooser, first_descriptions, first_years
from sim.output.charts.ranking import heat, ranked
from sim.output.charts.saving import drawn
from sim.results.record import Record


@dataclass(frozen=True)
class Picture:
    """A picture of the page."""

    name: str
    description: str  # what a screen reader says, and stands where no picture can
    still: str  # an SVG as a data address
    specs: dict[str, dict[str, Any]]  # Vega-Lite by theme, without its data


class Album:
    """Figures that share their data: it stands once in the page, whichever theme and chart shows it."""

    def __init__(self) -> None:
        self.figures: dict[str, Picture] = {}
        self.datasets: dict[str, Any] = {}
        self.captions: dict[str, dict[str, str]] = {}

    def add(self, name: str, draw: Callable[[str], Chart], still: Chart | None = None) -> None:
        """A figure; `draw` makes it in a theme, `still` is drawn where it stands still (the light one unless given)."""
        specs = {theme: draw(theme).to_dict(validate=False) for theme in LOOKS}
        shown = specs["light"] if still is None else still.to_dict(validate=False)
        picture = b64encode(drawn(shown, "svg")).decode()
        description = str(shown["description"])
        for spec in specs.values():
            self.datasets |= spec.pop("datasets", {})
        self.figures[name] = Picture(name, description, f"data:image/svg+xml;base64,{picture}", specs)

    def store(self, first: str) -> dict[str, Any]:
        """What the page's script reads; `captions` has the descriptions of charts that follow an ally, by code."""
        specs = {name: figure.specs for name, figure in self.figures.items()}
        return {"first": first, "specs": specs, "datasets": self.datasets, "captions": self.captions}


def album(record: Record, year: int, first: str) -> Album:
    """All figures of the report; those that need a core target only where there is one.

    `first` is the ally or group whose fan stands there before a reader chooses.
    """
    pictures = Album()
    pictures.add("fan", lambda theme: chooser(record, first, theme=theme), fan(record, first))
    pictures.captions["fan"] = {iso3: fan_description(record, iso3) for iso3, _ in choices(record)}
    pictures.add("multiples", lambda theme: multiples(record, year, theme=theme))
    if record.description.yardstick("core") is not None:
        pictures.add("ranked", lambda theme: ranked(record, year, choose=True, theme=theme))
        pictures.add("compliant", lambda theme: compliant(record, year, theme=theme))
        pictures.add("heat", lambda theme: heat(record, theme=theme))
        pictures.add("money", lambda theme: shortfall(record, year, choose=True, theme=theme))
        ally = first_bound(record, year)
        pictures.captions["first"] = first_descriptions(record)
        pictures.add("first", lambda theme: first_chooser(record, ally, theme=theme), first_years(record, ally))
    for aim in record.description.assumed:
        pictures.add(aim.pillar, partial(_assumed, record, year, aim.pillar))
    return pictures


def _assumed(record: Record, year: int, pillar: str, theme: str) -> Chart:
    """The allies ranked by a target that rests on an assumption."""
    return ranked(record, year, pillar=pillar, choose=True, theme=theme)


def first_bound(record: Record, year: int) -> str:
    """Whose first year stands there before a reader chooses: of the allies not there yet the nearest to even odds."""
    table = frames.chances(record)
    table = table[table.year == year]
    there = [entry.iso3 for entry in record.description.allies if entry.base_share_pct >= table.target_pct.iloc[0]]
    open_ = table[~table.iso3.isin(there)]
    table = open_ if len(open_) else table
    return str(table.iloc[(table.probability - 0.5).abs().argmin()].iso3)


def choices(record: Record) -> Sequence[tuple[str, str]]:
    """What a reader can choose: code and name, groups first."""
    allies = sorted((entry.name, entry.iso3) for entry in record.description.allies)
    return [*frames.NAMES.items(), *((iso3, name) for name, iso3 in allies)]
