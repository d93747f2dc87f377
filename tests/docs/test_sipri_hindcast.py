"""The page of the hindcast on SIPRI's measure says what its scores are, whatever they are; all here are made up."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sipri_hindcast
from sipri_hindcast import bias, page, short, slope_words

from backtest.changed import made_up
from sim.data.tables import load_tables
from sim.evaluation.backtest.baselines import BASELINES
from sim.evaluation.backtest.forecast_scores import HISTORIES, LEVELS, ForecastScores
from sim.evaluation.backtest.sipri import FIRST, FORECASTER, HORIZONS, ORIGINS, Hindcast, members_at, shares_of

ROOT = Path(__file__).parents[2]
ALLIES = load_tables().armed_allies()
SHARES = shares_of(made_up(), ALLIES)
FORECAST = np.array([[[ally in members_at(origin) for ally in ALLIES]] * HORIZONS for origin in ORIGINS])
SEEN = np.array([[SHARES[:, origin + ahead - FIRST] for ahead in range(1, HORIZONS + 1)] for origin in ORIGINS])
COUNT = ((np.nan_to_num(SEEN) >= 1.995) & FORECAST).sum(axis=-1)


def by_horizon(*values: float) -> np.ndarray:
    """(origin, horizon, ally): a value a horizon, where there is a forecast; some origins are harder than others."""
    harder = 1 + 0.02 * np.random.default_rng(2).normal(size=(len(ORIGINS), 1, 1))
    return np.where(FORECAST, np.array(values)[np.newaxis, :, np.newaxis] * harder, np.nan)


def scores(
    name: str, crps: np.ndarray, *, sure: float = 0.5, held: Any = 0.9, off: float = 0.0, near: bool = True
) -> ForecastScores:
    """A forecaster: its odds are `sure` on the right side, its bands hold `held`, its medians lie `off` too high."""
    number = np.zeros((len(ORIGINS), HORIZONS, len(ALLIES) + 1))
    for cell, count in np.ndenumerate(COUNT):
        number[(*cell, count if near else len(ALLIES))] = 1.0
    held = np.broadcast_to(np.asarray(held, dtype=float).reshape(-1, 1), (HORIZONS, 1))
    inside = {level: np.where(FORECAST, held * level / 90, np.nan) for level in LEVELS}
    probability = np.where(FORECAST, np.where(np.nan_to_num(SEEN) >= 1.995, sure, 1 - sure), np.nan)
    median = np.where(FORECAST, SEEN + off, np.nan)
    flat = np.nanmean(crps, axis=-1)
    histories = np.zeros((*crps.shape, HISTORIES), dtype=np.bool_)
    return ForecastScores(
        name, name, crps, crps, inside, probability, median, median, median, number, flat, flat, histories
    )


def made_of(*crps: float, line: float = 0.7, **given: Any) -> Hindcast:
    """A hindcast whose best baseline has a CRPS of 0.2 everywhere, and the model what is given."""
    found = {FORECASTER: scores(FORECASTER, by_horizon(*crps), **given)}
    for index, name in enumerate(BASELINES):
        found[name] = scores(name, by_horizon(*[0.2 + 0.01 * index] * HORIZONS), sure=line)
    return Hindcast(tuple(ally.iso3 for ally in ALLIES), SHARES, found, 64, 7)


WINS, LOSES, MIXED = (0.1, 0.11, 0.12, 0.13, 0.14), (0.3, 0.31, 0.32, 0.33, 0.34), (0.1, 0.19, 0.21, 0.3, 0.3)


@pytest.mark.parametrize(
    ("crps", "words", "mark"),
    [
        (WINS, "The model beats the best of ten simple baselines at every distance", "1, 2, 3, 4 and 5 years ahead"),
        (LOSES, "The model loses to the best of ten simple baselines at every distance", "nowhere"),
        (MIXED, "beats the best of ten simple baselines 1 and 2 years ahead and loses to it 3, 4 and 5 years ahead",
         "1 year ahead"),
    ],
)  # fmt: skip
def test_who_is_better_is_said_by_the_ratios(crps: tuple[float, ...], words: str, mark: str) -> None:
    (line, early, *_) = short(made_of(*crps)).split("\n")
    assert words in line
    ratios = ", ".join(f"{value / 0.2:.2f}" for value in crps)
    assert f"one to five years ahead: {ratios})" in line
    assert f"a ratio of 0.90, is reached {mark}." in line
    assert f"one to five years ahead: {ratios})" in early


@pytest.mark.parametrize(("crps", "words"), [(WINS, "tells a lead 1, 2 and 3"), (LOSES, "tells a defeat 1, 2 and 3")])
def test_what_is_told_from_chance_is_a_lead_or_a_defeat(crps: tuple[float, ...], words: str) -> None:
    assert f"{words} years ahead from chance" in short(made_of(*crps))


def test_where_nothing_is_told_from_chance_the_page_says_so() -> None:
    even = made_of(*[0.2] * 5)
    assert "tells the difference from chance nowhere" in short(even)


def test_the_years_that_were_estimated_on_are_left_out_where_the_page_says_so() -> None:
    """The model loses on them alone."""
    test = made_of(*WINS)
    late = np.add.outer(np.array(ORIGINS), np.arange(1, HORIZONS + 1)) >= 2014
    test.scores[FORECASTER].crps[late] = np.where(FORECAST[late], 2.0, np.nan)
    whole, early = short(test).split("\n")[:2]
    assert "loses" in whole
    assert "The model beats the best baseline at every distance" in early


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (0.9, "they are as wide as they should be"),
        ([0.8, 0.9, 0.9, 0.9, 0.7], "they are too narrow 1 and 5 years ahead"),
        ([0.9, 0.97, 0.9, 0.9, 0.9], "they are too wide 2 years ahead"),
        ([0.5, 0.97, 0.9, 0.9, 0.9], "they are too narrow 1 year ahead and too wide 2 years ahead"),
    ],
)
def test_bands_are_called_what_they_are(held: Any, words: str) -> None:
    assert words in short(made_of(*WINS, held=held))


@pytest.mark.parametrize(
    ("off", "words"),
    [(0.1, "At every distance its medians lie above"), (-0.1, "At every distance its medians lie below")],
)
def test_forecasts_are_called_too_high_or_too_low(off: float, words: str) -> None:
    test = made_of(*WINS, off=off)
    assert bias(test) == pytest.approx([off] * 5)
    assert f"{words} what came" in short(test)
    assert f"{off:+.2f}, {off:+.2f}" in short(test)


@pytest.mark.parametrize(("ours", "theirs", "words"), [(0.9, 0.6, "beats"), (0.6, 0.9, "loses to")])
def test_standing_at_2_percent_is_scored_against_the_straight_line(ours: float, theirs: float, words: str) -> None:
    line = next(line for line in short(made_of(*WINS, sure=ours, line=theirs)).split("\n") if "from 2006 on" in line)
    assert f"The model {words} a straight line to the target at every distance" in line
    assert f"{((1 - ours) / (1 - theirs)) ** 2:.2f}" in line


@pytest.mark.parametrize(
    ("slope", "words"),
    [(0.7, "is 0.70: they were too sure"), (1.4, "is 1.40: they were too timid"), (None, "No slope")],
)
def test_the_odds_are_called_what_they_are(slope: float | None, words: str) -> None:
    assert words in slope_words(slope)


def test_the_slope_is_that_of_the_origins_with_a_target() -> None:
    """Odds of 0.6 that are always on the right side are too timid; before 2006 they are on the wrong one."""
    test = made_of(*WINS, sure=0.6)
    early = test.scores[FORECASTER].probability[np.array(ORIGINS) < 2006]
    test.scores[FORECASTER].probability[np.array(ORIGINS) < 2006] = 1 - early
    assert "they were too timid" in short(test)


@pytest.mark.parametrize(
    ("near", "words"), [(True, "75 of 75 forecasts: too wide"), (False, "0 of 75 forecasts: the bands")]
)
def test_the_number_of_members_is_held_or_not(near: bool, words: str) -> None:
    assert f"It lay in its 90 % band in {words}" in short(made_of(*WINS, near=near))


@pytest.mark.parametrize("crps", [WINS, LOSES, MIXED])
def test_the_page_is_whole_and_changes_nothing(crps: tuple[float, ...]) -> None:
    text = page(made_of(*crps))
    assert text.rstrip().endswith("Nothing was changed because of it.")
    assert not re.search(r"[{}]|nan|None", text)
    assert "https://www.sipri.org/databases/milex" in text
    first, later, last = (len(members_at(origin)) for origin in (1999, 2004, 2009))
    assert f"{first} from December 1999, {later} from 2004, {last} from 2009" in text
    tables = [block for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 9
    for block in tables:
        assert len({line.count("|") for line in block.split("\n")}) == 1
    assert [line.split("|")[1].strip() for line in tables[4].split("\n")[2:]] == [str(origin) for origin in ORIGINS]
    assert ("**loses**" in tables[4]) == (crps != WINS)


def test_parts_of_the_forecasts_are_those_they_are_called() -> None:
    """The model loses from 2006 on alone."""
    test = made_of(*WINS)
    late = np.array(ORIGINS) >= 2006
    test.scores[FORECASTER].crps[late] *= 4
    rows = {row.split("|")[1].strip(): row for row in sipri_hindcast.parts_section(test).split("\n")}
    assert "0.50 (" in rows["origins before 2006"]
    assert "2.00 (" in rows["origins from 2006 on"]


def test_a_page_that_is_there_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "page.md"
    there.write_text("as it was")
    monkeypatch.setattr(sipri_hindcast, "PAGE_FILE", there)
    monkeypatch.setattr(sipri_hindcast, "hindcast", lambda *_, **__: pytest.fail("it was run"))
    with pytest.raises(SystemExit, match="this test is run once"):
        sipri_hindcast.main([])
    assert there.read_text() == "as it was"


def test_what_is_run_is_the_packaged_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a run: the table is given on, and what comes back is written."""
    asked: list[Any] = []

    def pretended(rows: Any, **words: Any) -> Hindcast:
        asked.append((rows, words))
        return made_of(*MIXED)

    monkeypatch.setattr(sipri_hindcast, "hindcast", pretended)
    monkeypatch.setattr(sipri_hindcast, "PAGE_FILE", tmp_path / "page.md")
    monkeypatch.setattr(sipri_hindcast, "PICTURE", tmp_path / "scores.svg")
    sipri_hindcast.main([])
    assert asked == [(load_tables().sipri_shares, {"paths": 4_096, "seed": 2032})]
    assert (tmp_path / "page.md").read_text("utf-8") == page(made_of(*MIXED))
    picture = (tmp_path / "scores.svg").read_text("utf-8")
    assert "the model" in picture
    assert "each December 1999 to 2013" in picture
