"""What an estimation leaves as TOML: scenarios extend it, the backtest reads it, and nothing else is overwritten."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import sim
from calibration.known import Formula
from sim.data.edition import key_of
from sim.errors import RunError
from sim.evaluation.backtest.estimates import check_cutoffs
from sim.evaluation.backtest.origins import LAST, ORIGINS, past_scenario
from sim.evaluation.calibration import fragment as writing
from sim.evaluation.calibration.calibrate import Calibration, calibrate, table
from sim.evaluation.calibration.fragment import DRAWS, MARK, check_destination, draws_by_cutoff, every, fragment, write
from sim.evaluation.calibration.parameters import shipped
from sim.model.estimated import ESTIMATED
from sim.scenario.edit.change import number_names, with_numbers


@pytest.fixture
def found(formula: Formula) -> Calibration:
    return calibrate(LAST, paths=16, workers=1)


def test_the_file_is_a_scenario_with_the_estimate_and_nothing_else(found: Calibration) -> None:
    scenario = sim.loads(fragment(found))
    assert shipped(scenario) == found.numbers
    plain = sim.loads('[parameters]\nuse = "shipped"')
    assert scenario.digest == with_numbers(plain, found.numbers).digest
    assert scenario.title == f"Parameters estimated from the shares of 2014 to {LAST}"
    assert key_of() in str(scenario.source)
    assert f"2015 to {LAST}" in str(scenario.description)
    assert number_names(scenario) == number_names(sim.loads(""))


def test_a_scenario_of_the_same_folder_runs_with_it(found: Calibration, tmp_path: Path) -> None:
    (tmp_path / "estimated.toml").write_text(fragment(found), encoding="utf-8")
    own = 'title = "Mine"\nextends = "estimated.toml"\n[will]\nreversion = 0.2\n'
    (tmp_path / "mine.toml").write_text(own)
    scenario = sim.load(tmp_path / "mine.toml")
    assert (scenario.title, scenario.will.reversion) == ("Mine", 0.2)
    assert shipped(scenario) == found.numbers
    results = sim.simulate(scenario, paths=32, executor="serial")
    plain = sim.loads(own.replace('extends = "estimated.toml"\n', ""))
    assert results.digest() != sim.simulate(plain, paths=32, executor="serial").digest()


def test_beside_each_number_stand_its_range_interval_and_verdict(found: Calibration) -> None:
    lines = fragment(found).split("\n")
    for row in table(found):
        name = str(row["parameter"])
        remark = f"{row['title']}; range {row['low']:g} to {row['high']:g}; 90 %: {row['q05']:.3g} to {row['q95']:.3g}"
        line = next(line for line in lines if f"{remark}; {row['verdict']}" in line)
        if name.count(".") == 1:
            assert line.startswith(f"{name.split('.')[1]} = {row['estimate']!r} # ")
        else:  # a number inside a distribution: its remark stands above the whole of it
            assert line.startswith(f"# {name.split('.')[2]}: ")
    assert lines[0] == f"{MARK} --cutoff {LAST} --vintage {key_of()} --paths 16 --seed 2032`."
    assert "noise = { student_t = { df = 4.0, mean = 0.0, sd = " in "\n".join(lines)


def test_a_quick_estimate_says_so_and_can_be_of_one_year(formula: Formula) -> None:
    text = fragment(calibrate(2015, paths=16, workers=1, quick=True))
    assert text.startswith(f"{MARK} --cutoff 2015 --quick ")
    assert "shares of 2015, each" in str(sim.loads(text).description)


@pytest.mark.parametrize("value", [1e-7, 123456.0, 0.1 + 0.2, 3.0, -0.0])
def test_any_number_survives_the_writing(found: Calibration, value: float) -> None:
    assert tomllib.loads(f"x = {writing._inline(value)}") == {"x": value}
    text = 'a "quoted" \\ word\twith ü and # sign'
    assert tomllib.loads(f"x = {writing._text(text)} # {{ }}") == {"x": text}


def test_the_table_of_cutoffs_is_what_the_backtest_reads(found: Calibration) -> None:
    founds = [replace(found, cutoff=cutoff) for cutoff in list(ORIGINS)[1:]]
    text = every(draws_by_cutoff(founds, 2032), key_of(), 16, 2032)
    assert text.split("\n")[0] == f"{MARK} --every --vintage {key_of()} --paths 16 --seed 2032`."
    known = {int(cutoff): numbers for cutoff, numbers in tomllib.loads(text)["cutoff"].items()}
    check_cutoffs(known, ORIGINS)
    assert list(known) == list(ORIGINS)
    for each in ESTIMATED:
        assert np.mean(known[2014][each.name]) == pytest.approx(each.middle, abs=0.15 * (each.high - each.low))
    assert {len(values) for numbers in known.values() for values in numbers.values()} == {DRAWS}
    assert list(known[2020]) == sorted(found.numbers)
    assert '\n[cutoff.2015]\n"budget.deadline_weight" = ' in text
    for cutoff, numbers in known.items():
        for index in range(DRAWS):
            one = {name: values[index] for name, values in numbers.items()}
            assert shipped(with_numbers(past_scenario(cutoff, LAST), one)) == one


def test_the_same_numbers_make_the_same_bytes_in_any_order(found: Calibration) -> None:
    numbers = draws_by_cutoff([replace(found, cutoff=cutoff) for cutoff in (2016, 2015)], 1)
    turned = {cutoff: dict(reversed(numbers[cutoff].items())) for cutoff in reversed(numbers)}
    assert every(numbers, "2026-07", 16, 1) == every(turned, "2026-07", 16, 1)


def test_a_file_of_ours_is_replaced_and_any_other_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "deep" / "estimated.toml"
    for text in (f"{MARK} one`.\n", f"{MARK} two`.\n"):
        check_destination(place)
        write(text, place)
        assert place.read_bytes() == text.encode()
    assert [entry.name for entry in place.parent.iterdir()] == ["estimated.toml"]
    for other in ('title = "mine"\n', ""):
        place.write_text(other)
        for refuse in (check_destination, lambda out: write(f"{MARK}", out)):
            with pytest.raises(RunError, match="exists and was not written by `sim calibrate`; choose another file"):
                refuse(place)
        assert place.read_text() == other
    with pytest.raises(RunError, match="exists and was not written"):
        check_destination(tmp_path)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "x.toml", Path("/proc/burdenshare/x.toml")):
        with pytest.raises(RunError, match="cannot write"):
            check_destination(place)
        with pytest.raises(RunError, match="cannot write"):
            write(MARK, place)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file"]


def test_an_interrupted_writing_leaves_the_former_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "estimated.toml"
    write(f"{MARK} one`.\n", place)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(f"{MARK} two`.\n", place)
    assert place.read_text() == f"{MARK} one`.\n"
    assert [entry.name for entry in tmp_path.iterdir()] == ["estimated.toml"]
