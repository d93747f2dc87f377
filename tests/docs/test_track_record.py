"""docs/track-record.md and the estimates it rests on are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from sim.data.tables import load_tables
from sim.evaluation.backtest.backtest import model_forecast, shares_of
from sim.evaluation.backtest.estimates import packaged
from sim.evaluation.backtest.origins import FIRST, LAST, ORIGINS, Mode, past_scenario
from sim.evaluation.calibration.calibrate import calibrate
from sim.evaluation.calibration.fragment import draws_by_cutoff
from sim.evaluation.calibration.parameters import shipped
from sim.evaluation.scores.crps import crps
from sim.model import estimated
from sim.model.estimated import ESTIMATED

PAGE = Path(__file__).parents[2] / "docs" / "track-record.md"
PATHS, SEED, SHORT = 4_096, 2032, 5


def printed_scores(name: str) -> list[float]:
    """The first row of the page that gives this forecaster's scores."""
    row = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| **{name}** |"))
    return [float(cell.strip(" *")) for cell in row.split("|")[2:-1]]


@pytest.mark.parametrize("mode", [Mode.AS_SHIPPED, Mode.OUT_OF_SAMPLE])
def test_the_scores_on_the_page_are_those_of_the_code(mode: Mode) -> None:
    shares = shares_of(load_tables())
    scores: list[list[float]] = [[] for _ in range(SHORT)]
    for origin in range(2015, LAST):
        last = min(origin + SHORT, LAST)
        numbers = packaged()[origin] if mode is Mode.OUT_OF_SAMPLE else {}
        ensemble = model_forecast(origin, last, mode=mode, paths=PATHS, seed=SEED, numbers=numbers)
        seen = shares[:, origin + 1 - FIRST : last + 1 - FIRST].astype(np.float32)
        for step, value in enumerate(crps(ensemble, seen).mean(axis=0)):
            scores[step].append(float(value))
    assert printed_scores(mode) == pytest.approx([np.mean(column) for column in scores], abs=0.0006)


def test_the_estimates_are_those_of_the_calibration() -> None:
    """Of the first cutoff: the others take longer."""
    found = draws_by_cutoff([calibrate(2015, quick=True)], SEED)
    for cutoff in (2014, 2015):
        for each in ESTIMATED:
            stored = packaged()[cutoff][each.name]
            assert stored == pytest.approx(found[cutoff][each.name], abs=0.02 * (each.high - each.low))


def test_there_is_an_estimate_for_every_origin() -> None:
    assert list(packaged()) == list(ORIGINS)


def test_page_and_code_agree_on_whose_middle_is_the_shipped_value() -> None:
    """Ranges were set by people who knew the shipped values: the page says of how many parameters it shows."""
    as_shipped = shipped(past_scenario(FIRST, LAST))
    found = [each.name for each in ESTIMATED if each.middle == as_shipped[each.name]]
    assert found == ["budget.threat_weight", "budget.pledge_weight", "budget.deadline_weight"]
    said = "the middle of three of them is the shipped value"
    assert " ".join(PAGE.read_text(encoding="utf-8").split()).count(said) == 2
    assert "middle of three of them" in " ".join((estimated.__doc__ or "").split())


def test_the_pictures_are_there() -> None:
    for name in re.findall(r"\]\((pictures/[^)]+)\)", PAGE.read_text(encoding="utf-8")):
        assert "<svg" in (PAGE.parent / name).read_text(encoding="utf-8")[:500]
