"""The file of a frozen forecast: the same bytes each time, and no edit unnoticed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from frozen.conftest import AS_SHIPPED_ONLY, DATE
from sim.data.edition import LAST_YEAR
from sim.errors import RunError, ScenarioError, UsageError
from sim.evaluation.forecasts import files
from sim.evaluation.forecasts.making import freeze
from sim.evaluation.forecasts.schema import AS_SHIPPED, SHIPPED, Frozen

FORECASTS = Path(__file__).parents[2] / "forecasts"


def codes(error: pytest.ExceptionInfo[ScenarioError]) -> list[str]:
    faults = error.value.faults
    assert all(fault.file and fault.rule and fault.remedy for fault in faults)
    return [fault.code for fault in faults]


@pytest.mark.parametrize("which", ["frozen", "two", "drawn_and_shipped"])
def test_what_is_written_is_read(which: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    frozen: Frozen = request.getfixturevalue(which)
    file = tmp_path / "new" / "f.json"
    assert files.write(frozen, file)
    assert files.read(file) == frozen
    assert [entry.name for entry in file.parent.iterdir()] == ["f.json"]
    content = json.loads(file.read_text("utf-8"))
    assert content["sha256"] == files.digest_of(frozen) == files.digest_of(files.read(file))
    assert (content["format"], len(content["forecasters"])) == (2, len(frozen.forecasters))


def test_the_same_arguments_give_the_same_bytes(frozen: Frozen, scenarios: Mapping[str, sim.Scenario]) -> None:
    again = freeze(scenarios, DATE, forecasters=AS_SHIPPED_ONLY, paths=320, seed=7, workers=2)
    assert files.text(again) == files.text(frozen)
    other = freeze(scenarios, DATE, forecasters=AS_SHIPPED_ONLY, paths=320, seed=8, workers=1)
    assert files.digest_of(other) != files.digest_of(frozen)


def test_of_several_frozen_at_once_the_first_alone_stands(
    by_hand: Frozen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one is finished while this one is being written down."""
    first = by_hand.model_copy(update={"date": "2026-10"})
    write = files.write_new

    def slower(content: bytes, out: Path) -> bool:
        monkeypatch.undo()
        assert files.write(first, out)
        return write(content, out)

    monkeypatch.setattr(files, "write_new", slower)
    with pytest.raises(UsageError, match="holds another forecast, and what is frozen is not replaced"):
        files.write(by_hand, tmp_path / "f.json")
    assert files.read(tmp_path / "f.json") == first
    assert not files.write(first, tmp_path / "f.json")


@given(st.data())
def test_no_digit_can_be_changed(
    by_hand: Frozen, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = files.text(by_hand)
    place = data.draw(st.sampled_from([found.start() for found in re.finditer("[0-9]", text)]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))
    changed = text[:place] + digit + text[place + 1 :]
    file = tmp_path_factory.getbasetemp() / "changed.json"
    file.write_text(changed, encoding="utf-8")
    if _same_numbers(text, changed):  # 0.80 for 0.8 cannot come of replacing a digit, 1e1 for 1e01 neither
        pytest.fail("a digit without a meaning")
    with pytest.raises(ScenarioError):
        files.read(file)


def _same_numbers(one: str, other: str) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except json.JSONDecodeError:
        return False


def test_layout_is_not_content(by_hand: Frozen, tmp_path: Path) -> None:
    content = json.loads(files.text(by_hand))
    file = tmp_path / "f.json"
    file.write_text(json.dumps(dict(reversed(content.items())), indent=4), encoding="utf-8")
    assert files.read(file) == by_hand


@pytest.mark.parametrize(
    ("spoil", "code", "words"),
    [
        (lambda text: text[:-200], "bad-json", "must be JSON"),
        (lambda text: "", "bad-json", "must be JSON"),
        (lambda text: "[1, 2]", "no-forecast", "must be a frozen forecast"),
        (lambda text: '{"kind": "something else"}', "no-forecast", "must be a frozen forecast"),
        (lambda text: text.replace('"by": 2028', '"by": 2029'), "damaged-forecast", "changed or damaged"),
        (lambda text: text.replace('"title": "By hand"', '"title": "by hand"'), "damaged-forecast", "changed"),
        (lambda text: text.replace('"seed": 1,', '"seed": 1.0,'), "damaged-forecast", "changed"),
        (lambda text: text.replace('"seed": 1,', '"seed": 2, "seed": 1,'), "bad-json", "the key seed stands twice"),
        (lambda text: text.replace('"seed": 1,', '"seed": NaN,'), "bad-json", "NaN is no finite number"),
        (lambda text: text.replace('"seed": 1,', '"seed": 1e999,'), "bad-json", "1e999 is no finite number"),
        (lambda text: text.replace('"sha256"', '"sha"'), "damaged-forecast", "must be the sha256"),
        (lambda text: "[" * 100_000, "bad-json", "must be JSON that can be read"),
    ],
)
def test_a_damaged_file_is_refused(
    by_hand: Frozen, tmp_path: Path, spoil: Callable[[str], str], code: str, words: str
) -> None:
    file = tmp_path / "f.json"
    file.write_text(spoil(files.text(by_hand)), encoding="utf-8")
    with pytest.raises(ScenarioError, match=words) as error:
        files.read(file)
    assert codes(error) == [code]


def test_a_file_of_format_1_holds_the_scenarios_of_one_forecaster(by_hand: Frozen, tmp_path: Path) -> None:
    content = json.loads(files.text(by_hand))
    former = {**content, "format": 1, "scenarios": content["forecasters"][0]["scenarios"]}
    del former["forecasters"]
    for cell in former["scenarios"][0]["shares"]:
        del cell["over_parameters"]
    former["sha256"] = files.digest(former)
    file = tmp_path / "f.json"
    file.write_text(json.dumps(former), encoding="utf-8")
    read = files.read(file)
    assert read == by_hand.model_copy(update={"format": 1})
    assert [forecaster.name for forecaster in read.forecasters] == ["shipped"]
    assert json.loads(files.text(read)) == former
    assert files.digest_of(read) == former["sha256"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (lambda c: c.update(forecasters=[]), "forecasters", "must not stand in a file of format 1"),
        (lambda c: c.update(forecasters=c.pop("scenarios")), "forecasters", "must not stand in a file of format 1"),
        (lambda c: c.pop("scenarios"), "scenarios", "valid array"),
        (lambda c: c.update(scenarios=[]), "scenarios", "at least 1 item"),
        (lambda c: c.update(more=1), "more", "Extra inputs"),
        (lambda c: c["scenarios"][0].update(paths=0), "scenarios.0.paths", "greater than or equal to 1"),
        (
            lambda c: c["scenarios"][1]["shares"][2].update(over_parameters=None),
            "scenarios.1.shares.2.over_parameters",
            "must not stand in a file of format 1",
        ),
        (lambda c: c["scenarios"][0]["shares"].append(1), "scenarios.0.shares.288", "should be an object"),
        (lambda c: c["scenarios"].append(1), "scenarios.2", "should be an object"),
    ],
)
def test_faults_of_a_file_of_format_1_are_named_as_they_stand_in_it(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], field: str, words: str
) -> None:
    content = json.loads((FORECASTS / "2026-11.json").read_text(encoding="utf-8"))
    assert content["format"] == 1
    change(content)
    content["sha256"] = files.digest(content)
    file = tmp_path / "f.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ScenarioError, match=words) as error:
        files.read(file)
    assert error.value.faults[0].field == field


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        files.read(tmp_path / "f.json")
    assert codes(error) == ["no-such-file"]


def first_cell(content: dict[str, Any]) -> dict[str, Any]:
    cell: dict[str, Any] = content["forecasters"][0]["scenarios"][0]["shares"][0]
    return cell


def other(content: dict[str, Any]) -> dict[str, Any]:
    """What the second forecaster says of the first scenario."""
    forecast: dict[str, Any] = content["forecasters"][1]["scenarios"][0]
    return forecast


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda c: c["forecasters"][1].update(name="shipped"), "forecasters must have different names"),
        (lambda c: c["forecasters"][1].update(name="Coin"), "should match pattern"),
        (lambda c: c["forecasters"][1].update(name="a" * 17), "should match pattern"),
        (lambda c: c["forecasters"][1].update(description=""), "at least 1 character"),
        (lambda c: c["forecasters"][1].update(scenarios=[]), "at least 1 item"),
        (lambda c: c.update(forecasters=[]), "at least 1 item"),
        (lambda c: other(c).update(name="another"), "must forecast the same"),
        (lambda c: other(c).update(scenario_digest="2" * 64), "must forecast the same"),
        (lambda c: other(c).update(data_digest="2" * 64), "must forecast the same"),
        (lambda c: other(c)["target"].update(share_pct=3.0), "must forecast the same"),
        (lambda c: other(c)["shares"][0].update(at_target=None), "must forecast the same"),
        (lambda c: [cell.update(iso3="FRA") for cell in other(c)["shares"][::3]], "must forecast the same"),
        (lambda c: other(c)["number"][0].update(pmf=[0.2, 0.3, 0.5]), "must forecast the same"),
        (lambda c: c.update(scenarios=c["forecasters"][0]["scenarios"]), "Extra inputs"),
        (lambda c: first_cell(c)["quantiles"].reverse() or first_cell(c)["quantiles"].append(0.0), "must not fall"),
        (lambda c: first_cell(c)["quantiles"].pop(), "must have a quantile a level"),
        (lambda c: first_cell(c).update(at_target=[1.2, 0.0, 1.0]), "less than or equal to 1"),
        (lambda c: first_cell(c).pop("over_parameters"), "Field required"),
        (lambda c: first_cell(c).update(over_parameters=[0.6, 0.5]), "must not end below where it begins"),
        (lambda c: first_cell(c).update(over_parameters=[-0.1, 0.5]), "greater than or equal to 0"),
        (lambda c: first_cell(c).update(over_parameters=[0.5]), "Field required"),
        (lambda c: first_cell(c).update(over_parameters=[0.5, 0.6]), "must have a range over parameters, or none"),
        (
            lambda c: [cell.update(over_parameters=[0.5, 0.6]) for cell in other(c)["shares"]],
            "over parameters, or none",
        ),
        (lambda c: other(c)["number"][0].update(pmf=[0.5, 0.4]), "must sum to 1"),
        (lambda c: other(c)["shares"].pop(), "must have every year once"),
        (lambda c: c["forecasters"][0]["scenarios"].append(other(c)), "must have different names"),
        (lambda c: c.update(date="2026-13"), "months go from 01 to 12"),
        (lambda c: c.update(date="2026-02-30"), "that month has the days 01 to 28"),
        (lambda c: c.update(more=1), "Extra inputs"),
        (lambda c: c.update(format=3), "must be 1 or 2"),
        (lambda c: c.pop("format"), "must be 1 or 2"),
    ],
)
def test_a_file_that_was_hashed_anew_must_still_hold_a_forecast(
    two_by_hand: Frozen, tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    content = json.loads(files.text(two_by_hand))
    change(content)
    content["sha256"] = files.digest(content)
    file = tmp_path / "f.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ScenarioError, match=words) as error:
        files.read(file)
    assert codes(error) in (["damaged-forecast"], ["other-format"])


def test_what_is_frozen_is_not_replaced(by_hand: Frozen, tmp_path: Path) -> None:
    file = tmp_path / "f.json"
    assert files.write(by_hand, file)
    before = file.read_bytes()
    assert not files.write(by_hand, file)
    with pytest.raises(UsageError, match="what is frozen is not replaced"):
        files.write(by_hand.model_copy(update={"date": "2026-12"}), file)
    assert file.read_bytes() == before
    notes = tmp_path / "notes.json"
    notes.write_text("{}")
    for refused in (files.check_destination, lambda place: files.write(by_hand, place)):
        with pytest.raises(ScenarioError, match="must be a frozen forecast"):
            refused(notes)
    assert notes.read_text() == "{}"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["f.json", "notes.json"]


def test_a_place_that_cannot_be_written_is_said_before_the_runs(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot write"):
        files.check_destination(tmp_path / "file" / "f.json")
    files.check_destination(tmp_path / "new" / "f.json")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file"]


def test_the_recipe_of_the_page_gives_the_digest(by_hand: Frozen, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "forecasts.md").read_text(encoding="utf-8")
    recipe = page.split("```python\n", 1)[1].split("```", 1)[0]
    file = tmp_path / "2026-11.json"
    file.write_text(files.text(by_hand), encoding="utf-8")
    exec(recipe.replace("forecasts/2026-11.json", str(file)), {})
    file.write_text(files.text(by_hand).replace("0.8", "0.7", 1), encoding="utf-8")
    with pytest.raises(AssertionError):
        exec(recipe.replace("forecasts/2026-11.json", str(file)), {})


def test_the_forecasters_of_the_page_are_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[2] / "docs" / "forecasts.md").read_text(encoding="utf-8")
    recipe = page.split("```python\n", 2)[2].split("```", 1)[0]
    monkeypatch.chdir(tmp_path)
    exec(recipe.replace("2026-11", DATE).replace("2028", f"{LAST_YEAR + 2}"), {})
    drawn, shipped, half = files.read("three.json").forecasters
    assert (drawn.name, shipped.name, shipped.description) == ("drawn", SHIPPED, AS_SHIPPED)
    assert (half.name, half.description) == ("half", "Every scenario with half its urgency.")
    assert half.scenarios != shipped.scenarios


@pytest.mark.parametrize("file", sorted(FORECASTS.glob("*.json")), ids=lambda file: file.name)
def test_the_forecasts_of_the_project_are_as_they_were_frozen(file: Path) -> None:
    frozen = files.read(file)
    assert frozen.date == file.stem
    assert files.text(frozen) == file.read_text(encoding="utf-8")
