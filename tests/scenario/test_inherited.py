"""What a file takes over of the one it extends, and what it must say itself: title, source, description, `agreed`."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

import sim
from sim.scenario.edit.compare import builds_on, differences
from sim.text.sentences import based_on

BASE = """
title = "What was agreed"
source = "A summit, 25 June 2025"
description = "The words of the summit."
horizon = { last_year = 2029 }
run = { paths = 64 }
[targets.core]
share_pct = 3.5
by = 2029
agreed = "at the summit"
"""
SHIPPED = sorted(Path(__file__).parents[2].glob("scenarios/*.toml"))


def child(tmp_path: Path, text: str = "", name: str = "germany_suspends") -> sim.Scenario:
    (tmp_path / "summit.toml").write_text(BASE)
    file = tmp_path / f"{name}.toml"
    file.write_text(f'extends = "summit.toml"\n{text}')
    return sim.load(file)


def test_a_child_inherits_neither_title_nor_source_nor_description(tmp_path: Path) -> None:
    scenario = child(tmp_path)
    assert (scenario.title, scenario.source, scenario.description) == ("Germany suspends", None, None)
    assert scenario.targets["core"].agreed == "at the summit"
    own = child(tmp_path, 'title = "T"\nsource = "S"\ndescription = "D"\n')
    assert (own.title, own.source, own.description) == ("T", "S", "D")


def test_nor_does_a_grandchild(tmp_path: Path) -> None:
    child(tmp_path, 'source = "S"\n')
    (tmp_path / "later-still.toml").write_text('extends = "germany_suspends.toml"\n')
    scenario = sim.load(tmp_path / "later-still.toml")
    assert (scenario.title, scenario.source) == ("Later still", None)
    assert scenario.base is not None
    assert scenario.base.name == "germany_suspends"


@pytest.mark.parametrize(
    ("change", "agreed"),
    [
        ("share_pct = 4.0", None),
        ("by = 2028", None),
        ('members = ["DEU"]', None),
        ('pillar = "total"', None),
        ("share_pct = 3.5", "at the summit"),
        ('pillar = "core"', "at the summit"),
        ("commitment = 0.5", "at the summit"),
        ('share_pct = 4.0\nagreed = "nowhere"', "nowhere"),
    ],
)
def test_what_was_agreed_falls_with_what_it_was_about(tmp_path: Path, change: str, agreed: str | None) -> None:
    assert child(tmp_path, f"[targets.core]\n{change}\n").targets["core"].agreed == agreed


def test_what_a_part_leaves_open_is_completed_not_changed(tmp_path: Path) -> None:
    (tmp_path / "part.toml").write_text('[targets.core]\nshare_pct = 3.5\nagreed = "at the summit"\n')
    (tmp_path / "whole.toml").write_text('extends = "part.toml"\n[targets.core]\nby = 2029\n')
    scenario = sim.load(tmp_path / "whole.toml")
    assert scenario.targets["core"].agreed == "at the summit"
    assert scenario.base is not None
    assert scenario.base.scenario is None
    assert based_on(builds_on(scenario)) == "Based on part."


def test_a_run_says_what_it_is_based_on_and_what_is_otherwise(tmp_path: Path) -> None:
    event = "[[event]]\nname = 'war'\nkind = 'crisis'\nwhen = '2028-01'\nsize = 1.0\n"
    scenario = child(tmp_path, f"[targets.core]\nshare_pct = 4.0\n[will]\npeer = 0.1\n{event}")
    changes = "targets.core.share_pct from 3.5 to 4; will.peer from 0.05 to 0.1; event[war] added."
    told = f"Based on summit, changed: {changes}"
    results = sim.simulate(scenario, executor="serial")
    assert results.record.based_on == told
    results.save(tmp_path / "run")
    assert sim.Results.open(tmp_path / "run").record.based_on == told
    assert told in results._repr_html_()
    assert "based on summit" in scenario._repr_html_()
    assert str(sim.replay(scenario, 3)).splitlines()[1] == told
    compared = sim.compare(scenario, child(tmp_path), paths=16, executor="serial")
    assert compared.based_on == (told, "Based on summit.")


@pytest.mark.parametrize(("change", "told"), [
    ('agreed = "nowhere"', "changed: targets.core.agreed from at the summit to nowhere."),
    ('agreed = ""', "changed: targets.core.agreed removed."),
    ('share_pct = 4.0\nagreed = "nowhere"',
     "changed: targets.core.share_pct from 3.5 to 4; targets.core.agreed from at the summit to nowhere."),
    ("share_pct = 4.0", "changed: targets.core.share_pct from 3.5 to 4."),  # and so not what was agreed
    ('agreed = "at the summit"', ""),
])  # fmt: skip
def test_what_else_is_said_to_have_been_agreed_is_told(tmp_path: Path, change: str, told: str) -> None:
    scenario = child(tmp_path, f"[targets.core]\n{change}\n")
    assert based_on(builds_on(scenario)) == (f"Based on summit, {told}" if told else "Based on summit.")


def test_what_is_agreed_comes_with_the_targets(tmp_path: Path) -> None:
    scenario = child(tmp_path, '[will]\npeer = 0.1\n[targets.core]\nagreed = "nowhere"\n')
    assert [path for path, *_ in builds_on(scenario)["changes"]] == ["targets.core.agreed", "will.peer"]


def test_other_words_for_an_event_are_told(tmp_path: Path) -> None:
    scenario = child(tmp_path, '[[event]]\nname = "crisis"\ntitle = "An attack"\n')
    assert "event[crisis].title" in based_on(builds_on(scenario))


def test_a_change_made_in_python_counts(tmp_path: Path) -> None:
    scenario = child(tmp_path).with_urgency(0.5)
    assert "urgency.level" in based_on(builds_on(scenario))


def test_who_extends_nothing_is_based_on_nothing(tmp_path: Path) -> None:
    child(tmp_path)
    scenario = sim.load(tmp_path / "summit.toml")
    assert scenario.base is None
    assert based_on(builds_on(scenario)) == ""
    assert builds_on(scenario)["title"] == "the defaults of the model"


def test_what_is_said_of_a_target_is_no_difference(tmp_path: Path) -> None:
    """So that two scenarios that simulate the same are known to."""
    one, other = child(tmp_path), child(tmp_path, '[targets.core]\nagreed = "nowhere"\n')
    assert one.digest != other.digest
    assert differences(one, other) == ()


def test_the_base_is_no_part_of_what_a_scenario_is(tmp_path: Path) -> None:
    scenario = child(tmp_path)
    assert scenario == sim.loads(sim.dump(scenario))
    assert pickle.loads(pickle.dumps(scenario)) == scenario


def test_many_changes_are_counted_and_long_values_cut() -> None:
    changes = [[f"a.b{number}", "x" * 90, "1"] for number in range(8)]
    told = based_on({"name": "n", "title": "t", "changes": changes})
    assert told.endswith("; and 3 more.")
    assert "x" * 41 not in told


def test_a_title_made_from_a_file_has_room_and_sense(tmp_path: Path) -> None:
    for name, title in (("a" * 150, "A" + "a" * 99), ("---", "untitled"), ("Übung 7", "Übung 7")):
        assert child(tmp_path, name=name).title == title


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_scenario_speaks_for_itself(file: Path) -> None:
    scenario = sim.load(file)
    assert scenario.source
    assert scenario.description
    assert all(target.agreed for target in scenario.targets.values())
    assert json.dumps(builds_on(scenario))
