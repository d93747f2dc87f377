"""A chart as a file, without a network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sim
from charts.drawn import CHARTS, record
from sim.cli import app
from sim.cli.commands import chart as command
from sim.data.edition import LAST_YEAR
from sim.errors import RunError, UsageError
from sim.output.charts.catalogue import KINDS, draw
from sim.output.charts.saving import FORMATS, save

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


def test_every_chart_of_a_run_has_a_name(tmp_path: Path) -> None:
    assert tuple(KINDS) == command.KINDS
    for kind in KINDS:
        chart = draw(kind, record(), ally="ITA" if kind == "first-years" else None)
        assert chart.to_dict()["title"]["text"]


@pytest.mark.parametrize(
    ("kind", "choices", "told"),
    [
        ("pie", {}, "there is no chart 'pie'; there are fan, multiples"),
        ("heat", {"year": 2030}, "the chart heat has no choice of year"),
        ("first-years", {}, "is of one ally: name it"),
        ("first-years", {"ally": "EUC"}, "the core target does not bind EUC"),
        ("fan", {"ally": "ISL"}, "the run has no ally ISL"),
        ("ranked", {"year": 2050}, f"{LAST_YEAR + 1} to 2032, not 2050"),
    ],
)
def test_a_chart_that_cannot_be_says_why(kind: str, choices: dict[str, Any], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        draw(kind, record(), **choices)


def test_choices_are_the_charts() -> None:
    assert "Italy" in draw("fan", record(), ally="ITA").to_dict()["title"]["text"]
    assert draw("ranked", record(), year=2029, pillar="total").to_dict()["title"]["text"] == "Who meets 5 % in 2029"
    bare = sim.simulate(sim.loads("[horizon]\nlast_year = 2028"), 32, 1).record
    with pytest.raises(UsageError, match="no target for the pillar core"):
        draw("ranked", bare)
    assert draw("multiples", bare).to_dict()["title"]["text"] == "Every ally's fan"


def test_the_command_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record().save(tmp_path / "run")
    out = tmp_path / "a" / "b.svg"
    assert app.run(["chart", "fan", str(tmp_path / "run"), "--ally", "germany", "--out", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}\n"
    assert b"Germany: core defence spending" in out.read_bytes()
    assert app.run(["chart", "fan", str(tmp_path / "run"), "--out", "x.gif"]) == 2
    assert "x.gif must end in one of" in capsys.readouterr().err


def test_several_allies_are_drawn_side_by_side_and_nobody_else(tmp_path: Path, capsys: Any) -> None:
    """In the order given, however they are written; a chart of one ally says how to draw several."""
    run, out = tmp_path / "run", tmp_path / "a.json"
    record().save(run)
    for words in (["--ally", "UK", "--ally", "france"], ["--ally", "UK, France"]):
        assert app.run(["chart", "fan", str(run), *words, "--out", str(out)]) == 0
        spec = json.loads(out.read_text())
        assert spec["facet"]["sort"] == ["United Kingdom", "France"]
        rows = next(iter(spec["datasets"].values()))
        assert {row["ally"] for row in rows} == {"United Kingdom", "France"}
    assert app.run(["chart", "first-years", str(run), "--ally", "UK,France", "--out", str(out)]) == 2
    assert "draw one for each: --ally GBR, --ally FRA" in capsys.readouterr().err
    with pytest.raises(UsageError, match="the run has no ally XXX"):
        draw("multiples", record(), allies=["DEU", "XXX"])
