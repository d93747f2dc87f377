"""`sim calibrate`: the page, JSON, the file it leaves, and an interrupt that loses nothing."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

import sim
from calibration.known import Formula
from cli.test_interrupt import alive, until
from sim.data.edition import key_of
from sim.data.tables import Replacement, load_tables
from sim.evaluation.backtest.origins import LAST, ORIGINS
from sim.evaluation.calibration.cache import Cache
from sim.evaluation.calibration.calibrate import calibrate, table
from sim.evaluation.calibration.fragment import DRAWS, MARK
from sim.evaluation.calibration.parameters import MIDDLE, numbers_at, shipped
from sim.model.estimated import ESTIMATED

Call = Callable[..., Any]
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
SMALL = ("--paths", 16, "--workers", 1)
EDITION = key_of()
CELLS = sum(min(5, LAST - origin) for origin in ORIGINS)
"""Origins and years ahead that are scored."""
FILE = Path(f"runs/calibration/{EDITION}-{LAST}-2032-16.npz")


def lines_of(page: str) -> list[str]:
    """The lines of the table between its rule and the next empty line."""
    return page.split("─\n", 1)[1].split("\n\n", 1)[0].split("\n")


def test_the_page_says_what_it_rests_on_and_what_is_not_pinned(call: Call, formula: Formula) -> None:
    said = call("calibrate", *SMALL)
    found = calibrate(LAST, paths=16, workers=1, work=FILE)
    assert (said.code, said.err) == (0, "")
    text = " ".join(said.out.split())
    assert said.out.startswith(
        f"Parameters estimated from the shares of 2014 to {LAST}\nEdition {EDITION}: {LAST - 2014} years, {CELLS} "
    )
    assert f"middle of the ranges {found.middle_score:.4f} as shipped {found.shipped_score:.4f}" in text
    assert f"estimate {found.score:.4f}" in text
    assert "In-sample" in text
    assert "events after each December are given" in text
    rows = table(found)
    table_lines = lines_of(said.out)
    assert [line.split()[0] for line in table_lines] == [each.name for each in ESTIMATED]
    words = {"pinned": " yes ", "partly": " partly ", "not pinned": " no "}
    for row, line in zip(rows, table_lines, strict=True):
        assert words[str(row["verdict"])] in line
    assert {row["verdict"] for row in rows} >= {"pinned", "not pinned"}
    listed = text.split("Not pinned by the figures: ")[1].split(". There the estimate shows the middle")[0]
    for row in rows:
        assert (f"{row['parameter']} ({row['title']})" in listed) == (row["verdict"] == "not pinned")
    assert max(map(len, said.out.split("\n"))) <= 118
    assert all(line == line.rstrip() for line in said.out.split("\n"))
    assert FILE.exists()


def test_a_parameter_is_shown_to_a_hundredth_of_its_range(call: Call, formula: Formula) -> None:
    by_name = {line.split()[0]: line.split() for line in lines_of(call("calibrate", *SMALL, "--cutoff", 2020).out)}
    assert by_name["budget.speed"][1:5] == ["0.000", "to", "0.300", "0.050"]
    assert by_name["budget.threat_weight"][1:5] == ["0.0", "to", "12.0", "6.0"]
    assert by_name["will.mean.mean"][1:5] == ["-1.50", "to", "1.50", "0.30"]


def test_few_years_are_told_to_be_few(call: Call, formula: Formula) -> None:
    few, many = (" ".join(call("calibrate", *SMALL, "--cutoff", year).out.split()) for year in (2018, 2019))
    assert "So few years cannot tell how much histories differ" in few
    assert "So few years" not in many
    one = call("calibrate", *SMALL, "--cutoff", 2015).out
    assert f"Edition {EDITION}: 1 year, 1 forecast of all allies' shares" in one


def test_quick_leaves_out_profiles_and_second_opinion(call: Call, formula: Formula) -> None:
    said = call("calibrate", *SMALL, "--quick")
    assert "A quick estimate: without second opinion and profiles." in said.out
    assert "Rise" not in said.out
    assert "moments" not in said.out
    made = formula.made
    assert "Rise" in call("calibrate", *SMALL).out
    assert formula.made > made


def test_json_is_one_document_that_agrees_with_the_table(call: Call, formula: Formula) -> None:
    said = call("calibrate", *SMALL, "--json")
    document = json.loads(said.out)
    found = calibrate(LAST, paths=16, workers=1, work=FILE)
    assert (said.code, said.err) == (0, "")
    facts = {name: document[name] for name in ("cutoff", "edition", "paths", "seed", "years", "cells")}
    assert facts == {
        "cutoff": LAST, "edition": EDITION, "paths": 16, "seed": 2032, "years": LAST - 2014, "cells": CELLS,
    }  # fmt: skip
    scores = document["scores"]
    assert (scores["middle"], scores["shipped"], scores["estimate"]) == (
        found.middle_score, found.shipped_score, found.score,
    )  # fmt: skip
    assert scores["in_sample"] is True
    assert document["parameters"] == table(found)
    quick = json.loads(call("calibrate", *SMALL, "--quick", "--json").out)["parameters"]
    assert set(quick[0]) == set(document["parameters"][0])
    assert quick[0]["rise"] is quick[0]["by_moments"] is None


def test_the_file_is_checked_by_sim_check_and_extended(call: Call, formula: Formula) -> None:
    said = call("calibrate", *SMALL, "--cutoff", 2021, "--out", "estimated.toml")
    assert (said.code, said.err) == (0, "Saved in estimated.toml\n")
    assert said.out.startswith("Parameters estimated")
    assert call("check", "estimated.toml").out.startswith(
        "ok  estimated.toml: Parameters estimated from the shares of 2014"
    )
    Path("mine.toml").write_text('extends = "estimated.toml"\n')
    found = calibrate(2021, paths=16, workers=1, work=Path(f"runs/calibration/{EDITION}-2021-2032-16.npz"))
    assert shipped(sim.load("mine.toml")) == found.numbers
    assert call("run", "mine.toml", "--paths", 16, "--workers", 1).code == 0
    assert call("calibrate", *SMALL, "--cutoff", 2022, "--out", "estimated.toml").code == 0
    assert shipped(sim.load("mine.toml")) != found.numbers


def test_every_cutoff_makes_the_table_of_the_backtest(call: Call, formula: Formula) -> None:
    said = call("calibrate", "--every", *SMALL, "--out", "estimates.toml")
    assert (said.code, said.err) == (0, "Saved in estimates.toml\n")
    known = tomllib.loads(Path("estimates.toml").read_text())["cutoff"]
    assert list(map(int, known)) == list(ORIGINS)
    assert all(len(values) == DRAWS for numbers in known.values() for values in numbers.values())
    assert sorted(path.name for path in Path("runs/calibration").iterdir()) == [
        f"{EDITION}-{year}-2032-16.npz" for year in range(2015, LAST)
    ]
    head = next(line for line in said.out.split("\n") if line.startswith("Parameter "))
    assert head.split()[1:] == [str(year) for year in ORIGINS]
    written = Path("estimates.toml").read_bytes()
    document = json.loads(call("calibrate", "--every", *SMALL, "--out", "estimates.toml", "--json").out)
    assert document["cutoffs"]["2014"] == numbers_at(MIDDLE)
    assert list(document["scores"]["cutoffs"]) == [str(year) for year in range(2015, LAST)]
    assert Path("estimates.toml").read_bytes() == written
    one = json.loads(call("calibrate", *SMALL, "--cutoff", 2019, "--quick", "--json").out)
    assert {row["parameter"]: row["estimate"] for row in one["parameters"]} == document["cutoffs"]["2019"]
    for row in one["parameters"]:
        assert sum(row["q05"] <= value <= row["q95"] for value in known["2019"][row["parameter"]]) > 0.7 * DRAWS


def test_every_cutoff_of_an_older_edition(call: Call, formula: Formula) -> None:
    document = json.loads(call("calibrate", "--every", *SMALL, "--vintage", "2025-08", "--json").out)
    assert list(document["cutoffs"]) == [str(year) for year in range(2014, 2025)]
    said = json.loads(call("calibrate", *SMALL, "--vintage", "2025-08", "--quick", "--json").out)
    assert said["cutoff"] == 2024


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--cutoff", 2014), f"cutoff must lie from 2015 to {LAST} in edition {EDITION}, not 2014"),
        (("--cutoff", 2025, "--vintage", "2025-08"), "cutoff must lie from 2015 to 2024 in edition 2025-08, not 2025"),
        (("--vintage", "2024"), "there are 2025-08, 2026-07"),
        (("--paths", 8), "paths must be a whole number from 16"),
        (("--workers", 0), "workers must be a whole number from 1"),
        (("--seed", -3), "seed must be a whole number"),
        (("--every", "--cutoff", 2020), "--cutoff and --every exclude each other"),
    ],
)
def test_what_cannot_be_estimated_is_a_usage_error(call: Call, args: tuple[object, ...], words: str) -> None:
    said = call("calibrate", *args)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert not Path("runs").exists()


def test_places_are_tried_before_the_work(call: Call, formula: Formula) -> None:
    Path("mine.toml").write_text('title = "mine"\n')
    for args in (("--out", "mine.toml"), ("--work", "mine.toml"), ("--work", "/proc/burdenshare")):
        said = call("calibrate", *SMALL, *args)
        assert (said.code, said.out, formula.made) == (5, "", 0)
        assert said.err.startswith("Error: ")
        assert str(args[1]) in said.err
    assert Path("mine.toml").read_text() == 'title = "mine"\n'


def test_draws_are_a_table_that_a_scenario_can_name(call: Call, formula: Formula) -> None:
    said = call("calibrate", *SMALL, "--quick", "--draws", "draws.csv", "--json")
    assert (said.code, said.err) == (0, "Saved in draws.csv\n")
    table = load_tables({"parameter_draws": Replacement("draws.csv", Path("draws.csv").read_text())}).parameter_draws
    assert [row.draw for row in table] == list(range(513))
    estimate = {row["parameter"]: row["estimate"] for row in json.loads(said.out)["parameters"]}
    assert {each.name: getattr(table[0], each.column) for each in ESTIMATED} == estimate
    assert len({row.budget_speed for row in table}) > 400
    assert call("calibrate", *SMALL, "--quick", "--draws", "draws.csv").code == 0  # a former one is replaced
    Path("mine.csv").write_text("iso3\nDEU\n")
    made = formula.made
    assert call("calibrate", *SMALL, "--draws", "mine.csv").code == 5
    assert call("calibrate", "--every", *SMALL, "--draws", "draws.csv").code == 2
    assert (Path("mine.csv").read_text(), formula.made) == ("iso3\nDEU\n", made)


def test_what_was_estimated_is_shown_even_where_it_cannot_be_written(
    call: Call, formula: Formula, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sim.RunError("cannot write x.toml: No space left on device")

    monkeypatch.setattr("sim.evaluation.calibration.fragment.write", full)
    said = call("calibrate", *SMALL, "--quick", "--out", "x.toml")
    assert (said.code, said.err) == (5, "Error: cannot write x.toml: No space left on device\n")
    assert len(lines_of(said.out)) == len(ESTIMATED)


def test_a_damaged_file_of_answers_is_told_and_no_bug(call: Call, formula: Formula) -> None:
    FILE.parent.mkdir(parents=True)
    FILE.write_bytes(b"PK\x03\x04 nothing")
    said = call("calibrate", *SMALL)
    assert (said.code, said.out) == (5, "")
    assert said.err.startswith(f"Error: {FILE} must hold the answers of an estimation")
    assert "remedy: remove it" in said.err
    assert "Incomplete" not in said.err


def test_an_interrupt_keeps_what_was_computed_and_says_how_to_go_on(call: Call, formula: Formula) -> None:
    whole = json.loads(call("calibrate", *SMALL, "--work", "elsewhere", "--json").out)
    needed, formula.made, formula.fail_at = formula.made, 0, 100
    said = call("calibrate", *SMALL, "--out", "x.toml")
    assert (said.code, said.out) == (130, "")
    assert said.err == (
        f"Incomplete. What was computed is kept in {FILE}; the same command goes on from there.\n"
        "\nInterrupted; nothing half-written is left.\n"
    )
    assert len(Cache(FILE)) == 99
    assert not Path("x.toml").exists()
    formula.made, formula.fail_at = 0, 0
    assert json.loads(call("calibrate", *SMALL, "--json").out) == whole
    assert formula.made == needed - 99


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_workers_and_keeps_what_they_computed(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """The real model in worker processes; the signal comes when the first answers are on disk."""
    early = "from sim.evaluation.calibration import cache; cache.EVERY = 2; from sim.cli import main; main()"
    line = [sys.executable, "-c", early, "calibrate", "--paths", "16", "--cutoff", "2017", "--workers", "2"]
    running = subprocess.Popen(
        line, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    file = tmp_path / f"runs/calibration/{EDITION}-2017-2032-16.npz"
    try:
        assert until(file.exists, 240)
        os.killpg(running.pid, number)
        said, complained = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, said) == (code, "")
    assert "Traceback" not in complained
    assert "the same command goes on from there" in complained
    assert len(Cache(file)) >= 2
    assert [entry.name for entry in file.parent.iterdir()] == [file.name]
    assert until(lambda: not alive(running.pid), 30)


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("args", [(), ("--quick",), ("--every",)], ids=["whole", "quick", "every"])
def test_the_page_fits_every_terminal(
    call: Call, formula: Formula, terminal: Callable[[int], io.StringIO], columns: int, args: tuple[str, ...]
) -> None:
    stream = terminal(columns)
    assert call("calibrate", *SMALL, *args).code == 0
    lines = [ESCAPE.sub("", line) for line in stream.getvalue().split("\n")]
    assert max(map(cell_len, lines)) <= columns
    assert "…" not in "".join(lines)
    rule = next(index for index, line in enumerate(lines) if line.startswith("───"))
    rows = lines[rule + 1 : rule + 1 + len(ESTIMATED)]
    assert [row.split()[0] for row in rows] == [each.name for each in ESTIMATED]  # nothing is folded
    assert lines[rule + 1 + len(ESTIMATED)].strip() == ""
    text = " ".join(" ".join(lines).split())
    assert ("Rise: of the objective" in text) == (columns >= 120 and not args)  # a note only where its column stands
    every = args == ("--every",)
    assert ("Left out for want of width" in text) == (columns < (120 if every else 200))
    assert ("speed of adjustment downward" in " ".join(rows)) == (columns == 200 and not every)


def test_progress_counts_on_a_terminal_and_is_silent_in_a_pipe(
    call: Call, formula: Formula, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    for columns in (40, 100):
        stream = Terminal()
        monkeypatch.setenv("COLUMNS", str(columns))
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stderr", stream)
            assert call("calibrate", *SMALL, "--quick", "--work", f"w{columns}", "--json").code == 0
        shown = ESCAPE.sub("", stream.getvalue())
        assert "batches" in shown
        assert "0:00:0" in shown
        assert (f"Estimating on the shares to {LAST}" in shown) == (columns == 100)
        assert f"{formula.made:,} batches" in shown
        formula.made = 0
    assert call("calibrate", *SMALL, "--quick", "--json").err == ""


def test_help_imports_nothing_heavy_and_names_the_options(call: Call) -> None:
    said = call("calibrate", "--help")
    assert said.code == 0
    options = ["cutoff", "vintage", "every", "quick", "paths", "seed", "workers", "work", "out", "json"]
    assert all(f"--{option}" in said.out for option in options)
    code = "import sys; from sim.cli import app; app.run(['calibrate', '--help']); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert not set(done.stderr.split()) & {"numpy", "pandas", "scipy", "simpy", "pydantic", "rich"}


def test_the_real_model_from_the_command_line(call: Call) -> None:
    """A year, sixteen runs: seconds."""
    said = call("calibrate", *SMALL, "--cutoff", 2015, "--quick", "--out", "estimated.toml")
    assert said.code == 0
    assert Path("estimated.toml").read_text().startswith(MARK)
    assert sim.load("estimated.toml").budget.speed != sim.loads("").budget.speed
