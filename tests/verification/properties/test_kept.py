"""What is written comes back: runs, scenarios, numbers. Scenarios are values: frozen, equal, hashable, picklable."""

from __future__ import annotations

import pickle
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
import tomli_w
from hypothesis import assume
from hypothesis import strategies as st
from pydantic import ValidationError

import sim
from properties.making import SHIPPED, Table, holds_for, loaded, made, run, seeds, shipped, tables
from sim.scenario.edit.change import number, number_names, with_numbers

TABLES = ("compliance", "shares", "alliance", "gap", "first_year")


@holds_for(4, 40, scenario=made(3), seed=seeds, paths=st.integers(1, 40))
def test_a_saved_run_opens_equal_in_every_table(scenario: sim.Scenario, seed: int, paths: int) -> None:
    results = run(scenario, paths, seed)
    with TemporaryDirectory() as folder:
        results.save(Path(folder) / "run")
        opened = sim.Results.open(Path(folder) / "run")
    assert opened.digest() == results.digest()
    assert opened.record.description == results.record.description
    assert opened.record.scenario == results.record.scenario
    assert opened.manifest == results.manifest
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(opened, name)(), getattr(results, name)(), check_exact=True)


def check_text(scenario: sim.Scenario) -> None:
    """Written out and read again: the same scenario, digest and text."""
    text = sim.dump(scenario)
    again = sim.loads(text)
    assert again == scenario
    assert again.digest == scenario.digest
    assert sim.dump(again) == text


def check_value(scenario: sim.Scenario) -> None:
    """Equal copies have one hash, cross a process border, and cannot be changed."""
    copy = pickle.loads(pickle.dumps(scenario))
    assert copy == scenario
    assert copy.digest == scenario.digest
    assert {scenario: 1}[copy] == 1
    assert scenario.model_copy() == scenario
    for name in type(scenario).model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(scenario, name, None)
    for section in (scenario.budget, scenario.horizon, *scenario.event, *scenario.targets.values()):
        with pytest.raises(ValidationError, match="frozen"):
            section.by = None
    assert copy == scenario


@holds_for(12, 300, scenario=made(12))
def test_the_text_of_a_made_scenario_gives_it_back(scenario: sim.Scenario) -> None:
    check_text(scenario)
    check_value(scenario)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_scenario_is_a_value(name: str) -> None:
    check_text(shipped(name))
    check_value(shipped(name))


@holds_for(8, 150, first=tables(), second=tables())
def test_two_scenarios_are_equal_if_their_digests_are(first: Table, second: Table) -> None:
    """Title, source and the paths and seed they ask for are no part of what is simulated."""
    one, two = loaded(first), loaded(second)
    assert (one == two) == (one.digest == two.digest)
    named = loaded({**first, "title": "another", "run": {"paths": 7, "seed": 9}})
    assert named.digest == one.digest
    assert named != one


@holds_for(8, 150, table=tables())
def test_a_scenario_extended_by_nothing_but_what_it_is_called_is_itself(table: Table) -> None:
    """Title, source and description are of the file that states them, and are not inherited."""
    called = {"title": "untitled"} | {name: table[name] for name in ("title", "source", "description") if name in table}
    with TemporaryDirectory() as folder:
        written(folder, "base", table)
        assert sim.load(written(folder, "child", {**called, "extends": "base.toml"})) == loaded(table)
        (Path(folder) / "dump.toml").write_text(sim.dump(loaded(table)), encoding="utf-8")
        assert sim.load(written(folder, "other", {**called, "extends": "dump.toml"})) == loaded(table)


def written(folder: str, name: str, table: Table) -> Path:
    """The file of a table."""
    place = Path(folder) / f"{name}.toml"
    place.write_text(tomli_w.dumps(table), encoding="utf-8")
    return place


def overlay(table: Table, base: Table) -> Table:
    """What a file may say over another: as the table, with its events moved into the years of the other's run."""
    year = base["horizon"]["base_year"] + 1
    over = {"title": "untitled"}
    over |= {name: value for name, value in table.items() if name not in ("horizon", "targets", "event")}
    over["event"] = [
        {**event, "when": f"{year}-{event['when'][5:]}"} if "when" in event else event
        for event in table.get("event", ())
        if event.get("kind") not in ("pledge", "summit", "review")
    ]
    return over


def loaded_or_refused(file: Path) -> sim.Scenario | list[tuple[str, str, str]]:
    """A file's scenario, or what is wrong with it."""
    try:
        return sim.load(file)
    except sim.ScenarioError as error:
        return [(fault.code, fault.field, fault.value) for fault in error.faults]


@holds_for(12, 150, base=tables(), middle=tables(), last=tables())
def test_extending_in_steps_is_extending_what_was_resolved(base: Table, middle: Table, last: Table) -> None:
    """last over (middle over base): as three files, and with the two lower ones written out as one.

    What may not stand over the one, such as a parameter of a default event to which `middle` gave another kind, may
    not stand over the other. What no file says is left to rows of parameters where `last` asks for them, written out or
    not.
    """
    with TemporaryDirectory() as folder:
        written(folder, "base", base)
        between = written(folder, "middle", {**overlay(middle, base), "extends": "base.toml"})
        top = written(folder, "last", {**overlay(last, base), "extends": "middle.toml"})
        resolved = loaded_or_refused(between)
        assume(isinstance(resolved, sim.Scenario))
        (Path(folder) / "resolved.toml").write_text(sim.dump(resolved), encoding="utf-8")
        short = written(folder, "short", {**overlay(last, base), "extends": "resolved.toml"})
        assert loaded_or_refused(short) == loaded_or_refused(top)


@holds_for(20, 300, drawn=made(), data=st.data())
def test_a_number_changed_and_changed_back_leaves_the_scenario(drawn: sim.Scenario, data: st.DataObject) -> None:
    """Of a scenario that says the number: one that leaves it to rows of parameters is another than one that says it."""
    name = data.draw(st.sampled_from(number_names(drawn)))
    former, value = number(drawn, name), data.draw(st.floats(0, 1))
    scenario = with_numbers(drawn, {name: former})
    section, field, *_ = name.split(".")
    assert (scenario.digest == drawn.digest) == ((section, field) not in drawn.left_to_rows)
    try:
        other = with_numbers(scenario, {name: value})
    except sim.UsageError:
        return  # a number that breaks a rule is refused by name: see tests/scenario/test_changing.py
    assert number(other, name) == value
    assert (other == scenario) == (value == former)
    assert (other.digest == scenario.digest) == (value == former)
    back = with_numbers(other, {name: former})
    assert back == scenario
    assert back.digest == scenario.digest
    assert number_names(other) == number_names(scenario)
