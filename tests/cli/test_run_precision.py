"""`sim run --precision`: how many runs it took, in the heading and for machines; what is refused; the bar."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from cli.test_terminal import ESCAPE, on_terminal

Call = Callable[..., Any]
QUICK = ("--no-half", "--workers", 1)


def test_the_heading_says_how_many_runs_it_took_and_why(call: Call, scenario: Path) -> None:
    said = call("run", scenario, *QUICK, "--precision", 2.5)
    assert (said.code, said.err) == (0, "")
    text = " ".join(said.out.split())
    assert "Year 2029. 1,536 simulated runs, as many as a precision of 2.5 percentage points takes, seed 7." in text
    assert "no 95 % interval of a probability, of any ally, target and year, reaches as far as 2.5 percentage" in text
    assert "a precision of 5 percentage points takes" in " ".join(
        call("run", scenario, *QUICK, "--precision", 5).out.split()
    )


def test_one_point_is_one_point(call: Call, scenario: Path) -> None:
    text = " ".join(call("run", scenario, *QUICK, "--precision", 1).out.split())
    assert "9,600 simulated runs, as many as a precision of 1 percentage point takes, seed 7." in text


def test_without_it_the_page_does_not_speak_of_it(call: Call, scenario: Path) -> None:
    said = call("run", scenario, *QUICK)
    assert "320 simulated runs, seed 7." in said.out
    assert "recision" not in said.out


def test_json_has_the_precision_and_the_paths(call: Call, scenario: Path) -> None:
    document = json.loads(call("run", scenario, *QUICK, "--precision", 5, "--json").out)
    assert (document["manifest"]["precision_points"], document["manifest"]["paths"], document["paths"]) == (5, 384, 384)
    for ally in document["allies"]:
        for pillar in ("core", "related", "total"):
            assert 50 * (ally[pillar]["ci_high"] - ally[pillar]["ci_low"]) < 5
    document = json.loads(call("run", scenario, *QUICK, "--json").out)
    assert document["manifest"]["precision_points"] is None


def test_year_ally_and_form_change_no_number_of_runs(call: Call, scenario: Path) -> None:
    """What is shown does not decide how long the run is: the saved one serves for all that can be shown of it."""
    for more in (("--year", 2027), ("--ally", "ESP")):
        assert json.loads(call("run", scenario, *QUICK, "--precision", 5, "--json", *more).out)["paths"] == 384
    rows = csv.DictReader(io.StringIO(call("run", scenario, *QUICK, "--precision", 5, "--csv").out))
    assert {row["paths"] for row in rows} == {"384"}


def test_the_saved_run_is_that_of_python(call: Call, scenario: Path, tmp_path: Path) -> None:
    assert call("run", scenario, *QUICK, "--precision", 5, "--out", tmp_path / "run").code == 0
    saved = sim.Results.open(tmp_path / "run")
    assert saved.digest() == sim.simulate(sim.load(scenario), precision=5, executor="serial").digest()
    assert saved.manifest["precision_points"] == 5


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--precision", "0"), "precision must be a number of percentage points above 0 and at most 50, not 0.0; 0.2"),
        (("--precision", "nan"), "at most 50, not nan"),
        (("--precision", "50.5"), "at most 50, not 50.5"),
        (("--precision", "1e-3"), "at least 0.0031 percentage points, what the most paths (1,000,000,000) give"),
        (("--precision", "1", "--paths", "5"), "paths = 5 and precision = 1.0 exclude each other"),
        (("--precision", "fine"), "'--precision': 'fine' is not a number, such as 0.5"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(
    call: Call, scenario: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.setattr("sim.execution.simulate.run_job", lambda _: 1 / 0)
    said = call("run", scenario, *QUICK, *words)
    assert (said.code, said.out) == (2, "")
    assert complaint in said.err


def test_a_scenario_without_targets_is_refused(call: Call, aimless: Path) -> None:
    said = call("run", aimless, "--precision", 5)
    assert (said.code, said.out) == (2, "")
    assert "add [targets.core], or give a number of paths" in said.err


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_terminal_sees_how_far_the_widest_interval_reaches(scenario: Path, columns: int) -> None:
    _, sent = on_terminal(columns, "run", scenario, *QUICK, "--precision", 0.7)
    seen = [float(reach) for reach in re.findall(r"within ([\d.]+) points", ESCAPE.sub("", sent))]
    assert seen[0] == 50
    assert seen[-1] == pytest.approx(0.7, abs=0.02)
    assert sorted(seen, reverse=True) == seen
    assert ("paths/s" in sent) == (columns >= 90)
    assert re.search(r"19,\d{3} runs in .* a second\)", sent)
    assert "…" not in sent
