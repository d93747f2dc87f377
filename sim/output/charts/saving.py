"""A chart as a file: SVG, PNG, PDF or JSON, without a network."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from sim.errors import UsageError
from sim.files.writing import write_bytes
from sim.output.charts import engine

FORMATS = ("svg", "png", "pdf", "json")


def save(chart: Any, path: str | os.PathLike[str]) -> Path:
    """Write a chart in the format its ending names; a former file stays whole until the new one is.

    Raises:
        UsageError: an ending that names no format.
        RunError: the place cannot be written, or the chart engine cannot work here.

    >>> import sim, sim.charts
    >>> results = sim.simulate(sim.load("rutte_2032"), paths=2_000)
    >>> chart = sim.charts.draw("fan", results.record, ally="POL")
    >>> sim.charts.save(chart, "poland.json").name
    'poland.json'
    """
    file = Path(path)
    form = file.suffix[1:].lower()
    if form not in FORMATS:
        raise UsageError(f"{file.name} must end in one of {', '.join(f'.{known}' for known in FORMATS)}")
    write_bytes(content(chart, form), file)
    return file


def content(chart: Any, form: str) -> bytes:
    """The chart in a format of FORMATS, as bytes."""
    return drawn(chart.to_dict(), form)


def drawn(spec: dict[str, Any], form: str) -> bytes:
    """A Vega-Lite specification in a format of FORMATS, as bytes.

    Raises:
        RunError: the chart engine cannot work here.
    """
    if form == "json":
        return (json.dumps(spec, indent=1, sort_keys=True) + "\n").encode()
    return engine.picture(spec, form)
