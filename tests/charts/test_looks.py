"""Readable by everybody: contrast, colour-blindness, words for those who do not see it, the stamp of an assumption."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import vl_convert

from charts.drawn import CHARTS
from sim.output.charts.look import LOOKS

SEEN_BY = {
    # Machado, Oliveira and Fernandes (2009), severity 1: how the red, green and blue of a screen are seen.
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear(colour), strict=True))


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def shade(scheme: Sequence[str], probability: float) -> str:
    """The colour of a cell: straight between the colours of the scheme, as Vega mixes them."""
    place = probability * (len(scheme) - 1)
    first = min(int(place), len(scheme) - 2)
    ends = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in scheme[first : first + 2]]
    return "#" + "".join(f"{round(a + (b - a) * (place - first)):02x}" for a, b in zip(*ends, strict=True))


@pytest.mark.parametrize("theme", LOOKS)
def test_text_and_lines_stand_out_from_the_paper(theme: str) -> None:
    look = LOOKS[theme]
    for text in (look.ink, look.quiet, look.simulated, look.target, look.national):
        assert contrast(text, look.paper) >= 4.5


@pytest.mark.parametrize("theme", LOOKS)
def test_the_figure_in_a_cell_stands_out_from_it_at_every_probability(theme: str) -> None:
    look = LOOKS[theme]
    for probability in (index / 1000 for index in range(1001)):
        figure = look.after if probability > look.turn else look.before
        assert contrast(figure, shade(look.scheme, probability)) >= 4.5, probability


@pytest.mark.parametrize("theme", LOOKS)
@pytest.mark.parametrize("kind", SEEN_BY)
def test_simulated_and_target_differ_for_colour_blind_readers(theme: str, kind: str) -> None:
    look = LOOKS[theme]
    one, two = (
        [sum(w * part for w, part in zip(row, linear(colour), strict=True)) for row in SEEN_BY[kind]]
        for colour in (look.simulated, look.target)
    )
    assert sum((a - b) ** 2 for a, b in zip(one, two, strict=True)) ** 0.5 > 0.15


@pytest.mark.parametrize("theme", LOOKS)
def test_the_shades_of_the_heat_map_go_one_way(theme: str) -> None:
    levels = [luminance(shade) for shade in LOOKS[theme].scheme]
    assert levels == sorted(levels, reverse=theme == "light")


@pytest.mark.parametrize("theme", LOOKS)
@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_told_in_words_and_titled_and_has_units(name: str, theme: str) -> None:
    spec = CHARTS[name](theme).to_dict()
    assert len(spec["description"]) > 20
    assert spec["title"]["text"]
    assert spec["background"] == LOOKS[theme].paper
    said = str(spec)
    assert "% of GDP" in said or "runs of 100" in said or "100 simulated runs" in said or "USD" in said


def test_what_rests_on_an_assumption_is_stamped_and_nothing_else() -> None:
    for name, draw in CHARTS.items():
        spec = draw("light").to_dict()
        stamped = name in ("ranked_total", "heat_related")
        assert spec["title"]["subtitle"][0].startswith("ASSUMPTION") is stamped
        assert spec["description"].startswith("Assumption.") is stamped


def test_a_proposal_that_was_not_agreed_says_so_wherever_it_is_measured_against() -> None:
    for name in set(CHARTS) - {"differences", "shortfall", "shortfall_choose"}:
        assert "not agreed" in str(CHARTS[name]("light").to_dict()), name


@pytest.mark.parametrize("name", CHARTS)
def test_no_line_of_the_grid_lies_over_the_marks(name: str) -> None:
    """Vega-Lite lifts the axes above a mark that fills the rows: over numbers, lines read as struck through."""
    spec = vl_convert.vegalite_to_vega(CHARTS[name]("light").to_dict())
    groups = [spec, *(mark for mark in spec["marks"] if mark["type"] == "group")]
    lines = [axis for group in groups for axis in group.get("axes", []) if axis.get("grid")]
    assert all(axis["zindex"] == 0 for axis in lines)
    assert lines or name.startswith(("heat", "shortfall"))
