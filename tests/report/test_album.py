"""Which picture stands under which name, drawn of what; charts are made up here, for each takes its time to draw."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from report.made import CORE, RELATED, TOTAL, ally, run
from sim.output.charts import frames
from sim.output.report import figures
from sim.output.report.figures import Album, album, choices, first_bound
from sim.results.record import Record
from sim.results.summary import ally_lines

ALLIES = (ally("Zembla"), ally("Borduria"), ally("Aland"))
ALL = run(ALLIES, CORE, RELATED, TOTAL, scenario="made")
KINDS = ("chooser", "fan", "multiples", "ranked", "compliant", "heat", "shortfall", "first_chooser", "first_years")


class Made:
    """A chart that is what it was drawn from."""

    def __init__(self, kind: str, *given: object, theme: str = "not given", **how: object) -> None:
        self.spec: dict[str, Any] = {"kind": kind, "given": given, "theme": theme, "how": how}

    def to_dict(self, *, validate: bool = True) -> dict[str, Any]:
        """Validating takes longer than drawing, of a chart that is known to be right."""
        assert not validate
        kind, theme = self.spec["kind"], self.spec["theme"]
        return {**self.spec, "description": f"{kind} {theme}", "datasets": {f"{kind} {theme}": [1]}}


def still(kind: str, given: object, theme: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(f"svg {kind} {given} {theme} of its data".encode()).decode()


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(spec: dict[str, Any], form: str) -> bytes:
        assert list(spec["datasets"]) == [f"{spec['kind']} {spec['theme']}"]
        return f"{form} {spec['kind']} {spec['given']} {spec['theme']} of its data".encode()

    def of(kind: str) -> Callable[..., Made]:
        def draw(record: Record, *given: object, **how: Any) -> Made:
            assert isinstance(record, Record)
            return Made(kind, *given, **how)

        return draw

    for kind in KINDS:
        monkeypatch.setattr(figures, kind, of(kind))
    monkeypatch.setattr(figures, "drawn", drawn)
    monkeypatch.setattr(figures, "fan_description", lambda record, iso3: f"fan of {iso3} in a run {record.scenario}")
    monkeypatch.setattr(figures, "first_descriptions", lambda record: {"AAA": f"Aland in a run {record.scenario}"})
    monkeypatch.setattr(figures, "first_bound", lambda record, year: f"nearest in {year} in a run {record.scenario}")


DRAWN: dict[str, tuple[str, tuple[object, ...], dict[str, object]]] = {
    "fan": ("chooser", ("EUC",), {}),
    "multiples": ("multiples", (2027,), {}),
    "ranked": ("ranked", (2027,), {"choose": True}),
    "compliant": ("compliant", (2027,), {}),
    "heat": ("heat", (), {}),
    "money": ("shortfall", (2027,), {"choose": True}),
    "first": ("first_chooser", ("nearest in 2027 in a run made",), {}),
    "related": ("ranked", (2027,), {"choose": True, "pillar": "related"}),
    "total": ("ranked", (2027,), {"choose": True, "pillar": "total"}),
}
"""What each picture is drawn of, in their order."""

STILLS = {"fan": ("fan", "not given"), "first": ("first_years", "not given")}
"""Pictures that stand still as another chart: of those that follow a reader's choice."""


@pytest.mark.usefixtures("charts")
def test_each_picture_is_drawn_in_both_themes_and_once_as_it_stands_still() -> None:
    pictures = album(ALL, 2027, "EUC")
    assert list(pictures.figures) == list(DRAWN)
    for name, (kind, given, how) in DRAWN.items():
        picture = pictures.figures[name]
        standing, theme = STILLS.get(name, (kind, "light"))
        assert (picture.name, picture.description) == (name, f"{standing} {theme}")
        assert picture.still == still(standing, given, theme)
        assert picture.specs == {
            theme: {"kind": kind, "given": given, "theme": theme, "how": how, "description": f"{kind} {theme}"}
            for theme in ("light", "dark")
        }


@pytest.mark.usefixtures("charts")
def test_data_stand_once_for_all_pictures_and_captions_by_ally() -> None:
    pictures = album(ALL, 2027, "EUC")
    assert pictures.store("NATO") == {
        "first": "NATO",
        "specs": {name: pictures.figures[name].specs for name in DRAWN},
        "datasets": {f"{kind} {theme}": [1] for kind, _, _ in DRAWN.values() for theme in ("light", "dark")},
        "captions": {
            "fan": {iso3: f"fan of {iso3} in a run made" for iso3 in ("EUC", "NATO", "AAA", "BBB", "ZZZ")},
            "first": {"AAA": "Aland in a run made"},
        },
    }


@pytest.mark.usefixtures("charts")
def test_without_a_core_target_there_are_no_pictures_of_it() -> None:
    assert list(album(run(ALLIES), 2027, "EUC").figures) == ["fan", "multiples"]
    pictures = album(run(ALLIES, TOTAL), 2027, "EUC")
    assert list(pictures.figures) == ["fan", "multiples", "total"]
    assert list(pictures.captions) == ["fan"]


@pytest.mark.usefixtures("charts")
def test_a_chart_without_data_of_its_own_has_its_place_too(monkeypatch: pytest.MonkeyPatch) -> None:
    class Bare(Made):
        def to_dict(self, *, validate: bool = True) -> dict[str, Any]:
            spec = super().to_dict(validate=validate)
            return {key: value for key, value in spec.items() if key != "datasets"}

    monkeypatch.setattr(figures, "drawn", lambda spec, form: b"")
    pictures = Album()
    bare: Any = Bare
    pictures.add("bare", lambda theme: bare("bare", theme=theme))
    assert pictures.datasets == {}
    assert pictures.figures["bare"].description == "bare light"


def test_a_reader_chooses_groups_before_allies_by_name() -> None:
    assert choices(ALL) == [
        ("EUC", "Europe and Canada"), ("NATO", "NATO"), ("AAA", "Aland"), ("BBB", "Borduria"), ("ZZZ", "Zembla"),
    ]  # fmt: skip


def shown(monkeypatch: pytest.MonkeyPatch, *rows: tuple[str, int, float], there: str = "") -> str:
    """Whose first year stands there in 2027, of such probabilities; allies `there` are at the target already."""
    table = pd.DataFrame(rows, columns=["iso3", "year", "probability"]).assign(target_pct=3.5)
    monkeypatch.setattr(frames, "chances", lambda _: table)
    entries = tuple(replace(entry, base_share_pct=3.5 if entry.iso3 in there else 3.49) for entry in ALLIES)
    return first_bound(replace(ALL, description=replace(ALL.description, allies=entries)), 2027)


def test_the_first_year_shown_is_that_of_the_ally_nearest_to_even_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [("AAA", 2027, 0.9), ("BBB", 2027, 0.4), ("ZZZ", 2027, 0.55), ("AAA", 2028, 0.5), ("BBB", 2026, 0.5)]
    assert shown(monkeypatch, *rows) == "ZZZ"
    assert shown(monkeypatch, *rows, there="ZZZ") == "BBB"  # just there is there
    assert shown(monkeypatch, *rows, there="ZZZ BBB") == "AAA"
    assert shown(monkeypatch, *rows, there="AAA BBB ZZZ") == "ZZZ"
    assert shown(monkeypatch, rows[1]) == "BBB"


def test_it_is_one_of_the_allies_of_a_run(record: Record) -> None:
    odds = {
        line.entry.iso3: abs(line.chances["core"].probability - 0.5)
        for line in ally_lines(record, 2030)
        if line.entry.base_share_pct < 3.5
    }
    assert first_bound(record, 2030) == min(odds, key=odds.__getitem__)
