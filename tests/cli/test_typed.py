"""What people type: taken, or answered with the command that was meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest

from sim.cli import hints
from sim.cli.app import OTHER_COMMANDS
from sim.cli.commands import COMMANDS, export, module_of
from sim.cli.options import NumberParam, WholeParam, WordParam, YearParam
from sim.output.exports import FORMS

Call = Callable[..., Any]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("10000", 10_000), ("10_000", 10_000), ("10,000", 10_000), ("1,000,000", 1_000_000), ("1.000.000", 1_000_000),
        ("10 000", 10_000), ("10\u202f000", 10_000), ("10'000", 10_000), ("1e4", 10_000), ("1.5e3", 1_500),
        ("1E4", 10_000), ("10k", 10_000), ("10K", 10_000), ("0.5M", 500_000), ("1.5k", 1_500), ("2 mio", 2_000_000),
        ("-5", -5), ("0", 0), ("9223372036854775807", 2**63 - 1), ("100.0", 100), ("007", 7),
    ],
)  # fmt: skip
def test_whole_numbers_as_people_write_them(typed: str, number: int) -> None:
    assert WholeParam().convert(typed, None, None) == number


@pytest.mark.parametrize(
    "typed",
    ["", "x", "1,5", "1.5", "1e-3", "1e400", "1e", "k", "10kk", "1,00", "10,00,000", "nan", "inf", "0x10", "--", "1/2",
     "\u0663"],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a whole number"):
        WholeParam().convert(typed, None, None)


def test_a_point_that_may_stand_between_thousands_is_asked_about() -> None:
    with pytest.raises(click.BadParameter, match="can be read as 100 and as 100000"):
        WholeParam().convert("100.000", None, None)


def test_limits_years_words_and_decimal_commas() -> None:
    with pytest.raises(click.BadParameter, match="-1 is not a whole number of 0 or more"):
        WholeParam(0).convert("-1", None, None)
    with pytest.raises(click.BadParameter, match="from 1 to 10"):
        WholeParam(1, 10).convert("11", None, None)
    assert [YearParam().convert(typed, None, None) for typed in ("32", "2032", "14", "5")] == [2032, 2032, 2014, 5]
    assert [NumberParam().convert(typed, None, None) for typed in ("0.5", "0,5", "1e-1")] == [0.5, 0.5, 0.1]
    assert WordParam(["excel"], {"xlsx": "excel"}).convert(".XLSX", None, None) == "excel"


def test_numbers_allies_and_years_in_a_command(call: Call, scenario: Path) -> None:
    typed = ("--paths", "0.1k", "--seed", "1,000", "--year", "28", "--ally", "UK, Turkey", "--ally", "Holland")
    document = json.loads(call("run", scenario, "--no-half", "--workers", "1", *typed, "--json").out)
    assert (document["paths"], document["manifest"]["seed"], document["year"]) == (100, 1_000, 2028)
    assert {ally["iso3"] for ally in document["allies"]} == {"GBR", "TUR", "NLD"}


def test_one_run_is_one(call: Call, scenario: Path) -> None:
    heading = " ".join(call("run", scenario, "--no-half", "--paths", 1, "--ally", "UK").out.split())
    assert " 1 simulated run, seed 7" in heading


@pytest.fixture
def run(call: Call, scenario: Path, tmp_path: Path) -> Path:
    """A saved run of the scenario."""
    assert call("run", scenario, "--no-half", "--no-report", "--paths", 64, "--out", tmp_path / "saved").code == 0
    return tmp_path / "saved"


def test_a_run_in_the_place_of_a_scenario_and_the_other_way_round(
    call: Call, run: Path, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frozen = ["--date", "2026-11", "--out", "f.json"]
    for args in (["run", run], ["compare", scenario, run], ["replay", run, "--path", 1], ["freeze", run, *frozen]):
        said = call(*args)
        assert (said.code, said.out) == (2, "")
        assert f"{run} is a saved run, and this takes scenario files. It is shown by `sim report {run}`" in said.err
    exports = (["export", scenario, "--format", form, "--out", "x"] for form in ("csv", "hub"))
    drawn = ["chart", "fan", scenario, "--out", "a.svg"]
    for args in (["report", scenario], ["brief", "UK", scenario], drawn, *exports):
        said = call(*args)
        assert (said.code, said.out) == (2, "")
        assert f"`sim run {scenario} --out runs/proposal` makes one" in said.err
    assert "name its folder" in call("report", run / "manifest.json").err
    checked = call("check", run, scenario)
    assert (checked.code, checked.out.startswith("ok")) == (3, True)
    assert "it is a saved run: `sim report` shows it" in checked.err


def test_formats_by_the_names_and_endings_people_know(call: Call, run: Path, tmp_path: Path) -> None:
    assert set(export.OTHER_NAMES.values()) <= {*FORMS, export.HUB}
    assert call("export", run, "--format", "XLSX", "--out", tmp_path / "a.xlsx").code == 0
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    assert call("export", run, "--out", tmp_path / "a.json").code == 0
    assert json.loads((tmp_path / "a.json").read_text())
    said = call("export", run, "--out", tmp_path / "a")
    assert (said.code, "--format: the ending of" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["run", "{scenario}", "b.toml"], "Several scenarios are compared: sim compare {scenario} b.toml"),
        (["run", "{scenario}", "--ally", "EST", "LVA"], "Several allies stand with commas: --ally EST,LVA"),
        (["run", "{scenario}", "italy"], "An ally stands behind --ally: --ally italy"),
        (["run", "--paths", "10"], "For example: sim run rutte_2032"),
        (["run", "{scenario}", "--runs", "10"], "Here it is called --paths."),
        (["run", "{scenario}", "-o", "x"], "Here it is called --out."),
        (["run", "{scenario}", "--countries", "UK"], "Here it is called --ally."),
        (["compare", "{scenario}"], "one alone is run: sim run {scenario}"),
        (["chart", "pie.svg"], "sim chart fan RUN --out pie.svg"),
        (["chart", "fan"], "For example: sim chart fan runs/rutte_2032 --ally italy --out italy.svg"),
        (["report", "a", "b"], "One run at a time: sim report for each."),
        (["brief", "italy", "france"], "sim brief italy, sim brief france"),
        (["data", "italy"], "Did you mean `sim data allies ITA`?"),
        (["{scenario}"], "Did you mean `sim run {scenario}`?"),
        (["{scenario}", "b.toml"], "Did you mean `sim compare {scenario} b.toml`?"),
        (["rutte_2032"], "Did you mean `sim run rutte_2032`?"),
        (["run", "rutte_2032", "hague_2035"], "Several scenarios are compared: sim compare rutte_2032 hague_2035"),
        (["report", "rutte_2032"], "`sim run rutte_2032 --out runs/rutte_2032` makes one"),
        (["fan", "runs/x"], "Did you mean `sim chart fan`?"),
        (["validate", "{scenario}"], "Did you mean `sim check`?"),
        (["data", "imprt", "x"], "No table 'imprt'. Did you mean `sim data import x`?"),
        (["data", "Import", "x.csv", "--table", "gdp"], "Did you mean `sim data import x.csv --table gdp`?"),
        (["ls"], "Shipped scenarios are ceasefire, hague_2035, "),
        (["list", "--all"], "`sim run ceasefire` runs one; `sim data` lists the tables."),
        (["run"], "Shipped scenarios are ceasefire, hague_2035, "),
        (["check"], "Shipped scenarios are ceasefire, hague_2035, "),
        (["help", "rnu"], "Did you mean 'run'?"),
    ],
)
def test_the_command_meant_is_said(call: Call, scenario: Path, args: list[str], hint: str) -> None:
    said = call(*(arg.format(scenario=scenario) for arg in args))
    assert (said.code, said.out) == (2, "")
    assert hint.format(scenario=scenario) in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(("asked", "same"), [
    (["help"], ["--help"]),
    (["help", "--help"], ["--help"]),
    (["help", "run"], ["run", "--help"]),
    (["help", "data", "import"], ["data", "import", "--help"]),
    (["version"], ["--version"]),
])  # fmt: skip
def test_help_and_version_may_be_asked_for_as_commands(call: Call, asked: list[str], same: list[str]) -> None:
    said = call(*asked)
    assert (said.code, said.err) == (0, "")
    assert said.out == call(*same).out != ""


def test_a_missing_option_is_not_answered_with_scenarios(call: Call) -> None:
    assert "Shipped" not in call("replay", "rutte_2032").err


def test_the_command_may_be_forgotten_and_the_ally_come_last(call: Call, run: Path) -> None:
    assert f"Did you mean `sim report {run}`?" in call(run).err
    assert f"the ally comes first: sim brief italy {run}" in call("brief", run, "italy").err


def test_options_come_before_or_after(call: Call, scenario: Path) -> None:
    options = ("--paths", "64", "--no-half", "--csv")
    assert call("run", *options, scenario).out == call("run", scenario, *options).out != ""


def test_hints_name_options_and_commands_that_are_there() -> None:
    commands = [import_module(module_of(name)).command for name in COMMANDS]
    flags = {flag for command in commands for param in command.params for flag in param.opts}
    assert {flag for meant in hints.OTHER_OPTIONS.values() for flag in meant} <= flags
    assert {meant.split()[0] for meant in OTHER_COMMANDS.values()} <= {*COMMANDS}
    assert not set(OTHER_COMMANDS) & set(COMMANDS)
