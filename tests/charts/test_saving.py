"""A chart as a file, without a network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charts.drawn import CHARTS
from sim.charts.saving import FORMATS, save
from sim.errors import RunError, UsageError

STARTS = {"svg": b"<svg", "png": b"\x89PNG\r\n", "pdf": b"%PDF-", "json": b"{"}


@pytest.mark.parametrize("form", FORMATS)
def test_a_chart_is_written_in_the_format_of_its_name(form: str, tmp_path: Path) -> None:
    place = save(CHARTS["compliant"]("dark"), tmp_path / "new" / f"chart.{form.upper()}")
    assert place.read_bytes().startswith(STARTS[form])
    assert [file.name for file in place.parent.iterdir()] == [place.name]


def test_the_json_is_the_whole_chart(tmp_path: Path) -> None:
    chart = CHARTS["compliant"]("light")
    assert json.loads(save(chart, tmp_path / "c.json").read_text()) == chart.to_dict()


def test_a_wrong_ending_and_a_place_that_cannot_be_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in one of \.svg, \.png, \.pdf, \.json"):
        save(CHARTS["compliant"]("light"), tmp_path / "chart.gif")
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot write"):
        save(CHARTS["compliant"]("light"), tmp_path / "file" / "chart.svg")
