"""Each chart draws the picture that was looked at."""

from __future__ import annotations

import pytest

from charts.drawn import CHARTS, GOLDEN
from sim.output.charts.saving import content


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_the_picture_that_was_looked_at(name: str) -> None:
    assert content(CHARTS[name]("light"), "svg") == (GOLDEN / f"{name}.svg").read_bytes()


def test_no_picture_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.glob("*")} == set(CHARTS)
