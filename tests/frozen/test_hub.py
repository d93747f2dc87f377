"""The export as a hub: it says what the forecast says, and is valid by the schemas that the hubverse publishes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from frozen.conftest import DATE
from sim.arguments import MOST_PATHS
from sim.errors import RunError, UsageError
from sim.evaluation.forecasts import hub_config, hubverse
from sim.evaluation.forecasts.digits import stated, stated_pmf
from sim.evaluation.forecasts.hub_checks import faults
from sim.evaluation.forecasts.hub_config import UNNAMED
from sim.evaluation.forecasts.making import forecast_of
from sim.evaluation.forecasts.schema import AS_SHIPPED, LEVELS, SHIPPED, Forecast, Frozen, FrozenForecaster
from sim.results.counts import PILLARS, TALLIES

SCHEMAS = {
    file.name.removesuffix("-schema.json"): json.loads(file.read_text(encoding="utf-8"))
    for file in (Path(__file__).parent / "schemas").glob("*-schema.json")
}
"""What the hubverse publishes, by the name of the file in hub-config/ that it is of."""


def check(configuration: Any, name: str) -> None:
    """Raises ValidationError where a file of hub-config/ breaks the schema of that name, formats of texts included."""
    kind = jsonschema.Draft202012Validator
    kind(SCHEMAS[name], format_checker=kind.FORMAT_CHECKER).validate(configuration)


def lines(output: Path) -> list[dict[str, str]]:
    with output.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def shipped(*forecasts: Forecast) -> FrozenForecaster:
    return FrozenForecaster(name=SHIPPED, description=AS_SHIPPED, scenarios=forecasts)


def config(hub: Path, name: str) -> Any:
    return json.loads((hub / "hub-config" / f"{name}.json").read_text(encoding="utf-8"))


def metadata(hub: Path, model: str) -> dict[str, Any]:
    text = (hub / "model-metadata" / f"{model}.yml").read_text("utf-8")
    return {key: json.loads(value) for key, value in (line.split(": ", 1) for line in text.strip().split("\n"))}


YES = "EST,pmf,yes,0.8\n2026-11-30,hand,core compliance,2027-12-31,"


@pytest.fixture
def hub(by_hand: Frozen, tmp_path: Path) -> Path:
    hubverse.export_frozen(by_hand, tmp_path / "hub")
    return tmp_path / "hub"


def test_files_stand_where_the_hubverse_looks_for_them(by_hand: Frozen, tmp_path: Path) -> None:
    (output,) = hubverse.export_frozen(by_hand, tmp_path / "new" / "hub")
    hub = tmp_path / "new" / "hub"
    assert sorted(str(file.relative_to(hub)) for file in hub.rglob("*") if file.is_file()) == [
        "hub-config/admin.json",
        "hub-config/model-metadata-schema.json",
        "hub-config/tasks.json",
        "model-metadata/burdenshare-shipped.yml",
        "model-output/burdenshare-shipped/2026-11-30-burdenshare-shipped.csv",
    ]
    assert output == hub / "model-output" / "burdenshare-shipped" / "2026-11-30-burdenshare-shipped.csv"
    header = output.read_text("utf-8").split("\n", 1)[0]
    assert header == "origin_date,scenario_id,target,target_end_date,location,output_type,output_type_id,value"
    assert [entry.name for entry in hub.parent.iterdir()] == ["hub"]


def test_the_export_read_back_is_the_forecast(frozen: Frozen, tmp_path: Path) -> None:
    (output,) = hubverse.export_frozen(frozen, tmp_path / "hub")
    table = lines(output)
    found = {
        (row["scenario_id"], row["target"], row["location"], row["target_end_date"], row["output_type_id"]): float(
            row["value"]
        )
        for row in table
    }
    assert len(found) == len(table)
    assert {row["origin_date"] for row in table} == {f"{DATE}-30"}
    expected: dict[tuple[str, ...], float] = {}
    for forecast in frozen.scenarios:
        for cell in forecast.shares:
            assert cell.at_target
            key, end = (forecast.name,), f"{cell.year}-12-31"
            for level, value in zip(LEVELS, cell.quantiles, strict=True):
                expected[(*key, "core share", cell.iso3, end, f"{level:g}")] = value
            expected[(*key, "core compliance", cell.iso3, end, "yes")] = cell.at_target[0]
            expected[(*key, "core compliance", cell.iso3, end, "no")] = float(1 - Decimal(repr(cell.at_target[0])))
        for entry in forecast.number:
            for number, value in enumerate(entry.pmf):
                expected[(forecast.name, "compliant allies", "NATO", f"{entry.year}-12-31", str(number))] = value
    assert found == expected
    assert {(row["target"], row["output_type"]) for row in table} == {
        ("core share", "quantile"), ("core compliance", "pmf"), ("compliant allies", "pmf"),
    }  # fmt: skip


@given(st.integers(1, MOST_PATHS), st.data())
def test_a_probability_is_written_whole_without_an_exponent(paths: int, data: st.DataObject) -> None:
    probability = data.draw(st.integers(1, paths)) / paths
    text = hubverse._plain(probability)
    assert float(text) == probability > 0
    assert not set(text) - set("0123456789.")
    assert len(text.replace(".", "").lstrip("0")) <= 17


def test_numbers_by_hand() -> None:
    values = {0.0: "0", 1.0: "1", 3.0: "3", 2.25: "2.25", 1e-05: "0.00001", 1e-09: "0.000000001", 10.0: "10"}
    assert [hubverse._plain(value) for value in values] == list(values.values())


def test_what_came_about_in_one_run_of_100_000_is_not_0(by_hand: Frozen, tmp_path: Path) -> None:
    """Nor what did not in one of them; a log score of 0 would be infinite."""
    forecast = by_hand.scenarios[0]
    one, rest = stated(1, 100_000), stated_pmf([60_000, 39_999, 1], 100_000)
    chance = {"shares": tuple(
        cell.model_copy(update={"at_target": one}) if cell.at_target else cell for cell in forecast.shares
    )}  # fmt: skip
    number = {"number": tuple(entry.model_copy(update={"pmf": rest}) for entry in forecast.number)}
    rare = shipped(forecast.model_copy(update=chance | number))
    table = lines(hubverse.export([rare], "2026-11", tmp_path / "hub")[0])
    expected = {"yes": "0.00001", "no": "0.99999", "0": "0.6", "1": "0.39999", "2": "0.00001"}
    for identifier, value in expected.items():
        assert {row["value"] for row in table if row["output_type_id"] == identifier} == {value}


def test_no_outcome_that_was_simulated_is_0(scenarios: Mapping[str, sim.Scenario], tmp_path: Path) -> None:
    """Each probability of the hub is the part of the runs, and the two of compliance sum to 1 exactly."""
    record = sim.simulate(scenarios["hague_2035"], paths=112, seed=7, executor="serial").record
    table = lines(hubverse.export([shipped(forecast_of(record, "hague_2035"))], DATE, tmp_path / "hub")[0])
    values = {
        (row["target"], row["location"], int(row["target_end_date"][:4]), row["output_type_id"]): row["value"]
        for row in table
    }
    rare = 0
    for step, year in enumerate(record.description.years):
        for number, count in enumerate(record.counts.arrays["number"][TALLIES.index("core"), step, :32].tolist()):
            assert float(values["compliant allies", "NATO", year, str(number)]) == count / 112
            rare += count == 1
        for ally, entry in enumerate(record.description.allies):
            count = int(record.counts.arrays["compliant"][PILLARS.index("core"), ally, step])
            no, yes = (values["core compliance", entry.iso3, year, answer] for answer in ("no", "yes"))
            assert float(yes) == min(max(count, 0.5), 111.5) / 112
            assert float(no) == float(1 - Fraction(yes)) > 0
    assert rare > 10  # the probabilities that rounding took away


def test_the_hub_is_valid_by_its_own_tasks(frozen: Frozen, tmp_path: Path) -> None:
    hubverse.export_frozen(frozen, tmp_path / "hub")
    assert faults(tmp_path / "hub") == []
    tasks = config(tmp_path / "hub", "tasks")["rounds"][0]["model_tasks"]
    assert [block["target_metadata"][0]["target_type"] for block in tasks] == ["continuous", "binary", "ordinal"]
    assert all(block["task_ids"]["scenario_id"]["required"] == ["rutte_2032", "hague_2035"] for block in tasks)


def test_every_forecaster_is_a_model_of_the_hub(two: Frozen, frozen: Frozen, tmp_path: Path) -> None:
    outputs = hubverse.export_frozen(two, tmp_path / "two")
    (only,) = hubverse.export_frozen(frozen, tmp_path / "one")
    models = ["burdenshare-shipped", "burdenshare-half"]
    assert outputs == [tmp_path / "two" / "model-output" / model / f"{DATE}-30-{model}.csv" for model in models]
    assert faults(tmp_path / "two") == []
    assert outputs[0].read_bytes() == only.read_bytes() != outputs[1].read_bytes()
    assert config(tmp_path / "two", "tasks") == config(tmp_path / "one", "tasks")
    yes = next(row for row in lines(outputs[1]) if row["output_type_id"] == "yes")
    chance = two.forecasters[1].scenarios[0].shares[0].at_target
    assert chance
    assert float(yes["value"]) == chance[0]
    for model, forecaster in zip(models, two.forecasters, strict=True):
        facts = metadata(tmp_path / "two", model)
        jsonschema.validate(facts, config(tmp_path / "two", "model-metadata-schema"))
        assert (f"{facts['team_abbr']}-{facts['model_abbr']}", facts["model_name"].split(": ")[1]) == (
            model, forecaster.name,
        )  # fmt: skip
        assert facts["methods"].endswith(f"given the assumptions of a scenario. {forecaster.description}")


def test_the_models_of_the_project_are_its_forecasters_and_ranges_over_parameters_stay_out(
    drawn_and_shipped: Frozen, tmp_path: Path
) -> None:
    outputs = hubverse.export_frozen(drawn_and_shipped, tmp_path / "hub")
    assert [output.parent.name for output in outputs] == ["burdenshare-drawn", "burdenshare-shipped"]
    assert faults(tmp_path / "hub") == []
    without = [
        forecaster.model_copy(update={"scenarios": tuple(
            forecast.model_copy(update={"shares": tuple(
                cell.model_copy(update={"over_parameters": None}) for cell in forecast.shares
            )})
            for forecast in forecaster.scenarios
        )})
        for forecaster in drawn_and_shipped.forecasters
    ]  # fmt: skip
    assert without[0] != drawn_and_shipped.forecasters[0]
    for output, same in zip(outputs, hubverse.export(without, DATE, tmp_path / "without"), strict=True):
        assert output.read_bytes() == same.read_bytes()


def test_targets_say_which_months_a_year_has(hub: Path) -> None:
    blocks = config(hub, "tasks")["rounds"][0]["model_tasks"]
    assert len(blocks) == 3
    for block in blocks:
        (about,) = block["target_metadata"]
        assert "that of CAN and GBR is the fiscal year from April to March that begins in it" in about["description"]
        assert "that of USA the one from October to September that ends in it" in about["description"]
        assert "NATO's guide to its tables of December 2002, which is read as if it still held" in about["description"]


def test_scenarios_with_other_years_have_tasks_of_their_own(by_hand: Frozen, tmp_path: Path) -> None:
    forecast = by_hand.scenarios[0]
    short = forecast.model_copy(update={
        "name": "short", "last_year": 2027, "number": forecast.number[:1],
        "shares": tuple(cell for cell in forecast.shares if cell.year == 2027),
    })  # fmt: skip
    hubverse.export([shipped(forecast, short)], "2026-11", tmp_path / "hub")
    assert faults(tmp_path / "hub") == []
    assert len(config(tmp_path / "hub", "tasks")["rounds"][0]["model_tasks"]) == 6


def test_the_configuration_is_valid_by_the_published_schemas(frozen: Frozen, by_hand: Frozen, tmp_path: Path) -> None:
    for place, forecast in (("one", frozen), ("two", by_hand)):
        hubverse.export_frozen(forecast, tmp_path / place, "someone/nato-hub.2" if place == "two" else UNNAMED)
        names = {file.stem for file in (tmp_path / place / "hub-config").iterdir()} - {"model-metadata-schema"}
        assert names == {"admin", "tasks"}
        for name in names:
            configuration = config(tmp_path / place, name)
            check(configuration, name)
            assert configuration["schema_version"] == SCHEMAS[name]["$id"]


def test_what_no_schema_says_of_targets_holds(hub: Path) -> None:
    """Its keys are one value of a task identifier of the same block, as the description of target_keys asks."""
    for block in config(hub, "tasks")["rounds"][0]["model_tasks"]:
        (about,) = block["target_metadata"]
        ((key, value),) = about["target_keys"].items()
        assert block["task_ids"][key]["required"] == [value]


def test_the_published_schemas_are_of_the_version_that_hubs_name() -> None:
    assert {name: schema["$id"] for name, schema in SCHEMAS.items()} == {
        name: f"{hub_config.SCHEMAS}/{name}-schema.json" for name in ("admin", "tasks", "target-data")
    }
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "change",
    [
        lambda tasks: tasks.update(extra=1),
        lambda tasks: tasks.pop("schema_version"),
        lambda tasks: tasks["rounds"][0].pop("submissions_due"),
        lambda tasks: tasks["rounds"][0]["submissions_due"].update(end="2026-11-31"),
        lambda tasks: tasks["rounds"][0]["model_tasks"][1]["output_type"]["pmf"]["value"].update(maximum=2),
        lambda tasks: tasks["rounds"][0]["model_tasks"][0]["task_ids"]["target"].pop("optional"),
        lambda tasks: tasks["rounds"][0]["model_tasks"][0]["target_metadata"][0].update(is_step_ahead=True),
    ],
)
def test_the_schemas_refuse_tasks_that_break_them(hub: Path, change: Callable[[Any], object]) -> None:
    tasks = config(hub, "tasks")
    check(tasks, "tasks")
    change(tasks)
    with pytest.raises(jsonschema.ValidationError):
        check(tasks, "tasks")


@pytest.mark.parametrize(
    "change",
    [
        lambda admin: admin.update(model_output_dir="model-output"),
        lambda admin: admin.pop("contact"),
        lambda admin: admin["repository"].pop("host"),
        lambda admin: admin["repository"].pop("owner"),
        lambda admin: admin["repository"].update(host="gitlab"),
        lambda admin: admin["contact"].update(phone="1"),
        lambda admin: admin["contact"].update(email="nobody"),
        lambda admin: admin.update(timezone="CEST"),
    ],
)
def test_the_schemas_refuse_an_admin_that_breaks_them(hub: Path, change: Callable[[Any], object]) -> None:
    admin = config(hub, "admin")
    check(admin, "admin")
    change(admin)
    with pytest.raises(jsonschema.ValidationError):
        check(admin, "admin")


def test_a_hub_names_the_repository_that_it_is_published_in(by_hand: Frozen, hub: Path, tmp_path: Path) -> None:
    assert config(hub, "admin")["repository"] == {"host": "github", "owner": "unpublished", "name": "burdenshare"}
    hubverse.export_frozen(by_hand, tmp_path / "named", "someone/nato-hub.2")
    assert config(tmp_path / "named", "admin")["repository"] == {
        "host": "github", "owner": "someone", "name": "nato-hub.2",
    }  # fmt: skip
    for none in ("", "hub", "a/b/c", "a b/c", "/c", "a/", "https://example.org/a", "a/b\n"):
        with pytest.raises(UsageError, match="is written owner/name"):
            hubverse.export_frozen(by_hand, tmp_path / "none", none)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("rutte_2032", "rutte_2032"), ("Ägypten", "Ägypten"), ("20261231", "scenario-20261231"),
        ("004", "scenario-004"),
        ("2026-12-31", "scenario-2026-12-31"), ("2026-W01-1", "scenario-2026-W01-1"), ("1.5", "scenario-1.5"),
        ("1e5", "scenario-1e5"), ("NA", "scenario-NA"), ("nan", "scenario-nan"), ("TRUE", "scenario-TRUE"),
        ("inf", "scenario-inf"), ("Nato", "Nato"), ("scenario-004", "scenario-scenario-004"), ("", "scenario-"),
        ("=1+1", "scenario-'=1+1"), ("-1", "scenario-'-1"), ("a;=1+1", "a;'=1+1"), (" 1", "scenario-1"),
        ("a\nb", "a b"), ("a\u202eb", "a\\u202eb"),
    ],
)  # fmt: skip
def test_a_scenario_is_named_by_a_text_whatever_it_is_called(
    by_hand: Frozen, tmp_path: Path, name: str, identifier: str
) -> None:
    """By numbers and dates hubdata and others would give the column a type of its own, and could not read it back."""
    forecast = by_hand.scenarios[0].model_copy(update={"name": name})
    other = by_hand.scenarios[0].model_copy(update={"name": "other"})
    table = lines(hubverse.export([shipped(forecast, other)], "2026-11", tmp_path / "hub")[0])
    assert {row["scenario_id"] for row in table} == {identifier, "other"}
    for block in config(tmp_path / "hub", "tasks")["rounds"][0]["model_tasks"]:
        assert block["task_ids"]["scenario_id"]["required"] == [identifier, "other"]


def test_the_metadata_follow_the_schema_shipped_with_them(hub: Path) -> None:
    facts = metadata(hub, "burdenshare-shipped")
    jsonschema.validate(facts, config(hub, "model-metadata-schema"))
    assert (f"{facts['team_abbr']}-{facts['model_abbr']}", facts["model_version"]) == ("burdenshare-shipped", "0.1.0")
    assert "given the assumptions" in facts["methods"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2026-11-30,hand,core share,2027-12-31,EST,quantile,0.5,3\n", "", "identifiers 0.5 are missing"),
        ("EST,quantile,0.5,3\n", "EST,quantile,0.5,3.5\n", "quantiles fall"),
        ("EST,quantile,0.5,3\n", "EST,quantile,0.5,-1\n", "out of bounds"),
        ("EST,quantile,0.5,3\n", "EST,quantile,0.5,nan\n", "out of bounds"),
        ("EST,quantile,0.99,3\n", "EST,quantile,0.99,inf\n", "out of bounds"),
        ("EST,quantile,0.5,3\n", "EST,quantile,0.5,three\n", "no number"),
        ("EST,quantile,0.5,3\n", "EST,quantile,0.51,3\n", "missing or unknown"),
        ("EST,pmf,yes,0.8\n", "EST,pmf,yes,0.9\n", "probabilities sum to"),
        ("EST,pmf,yes,0.8\n", f"{YES}EST,pmf,yes,0.8\n", "2 times"),
        ("EST,pmf,yes,0.8\n", f"{YES}ITA,pmf,yes,1\n", "asked"),
        ("EST,pmf,yes,0.8\n", f"{YES}EST,mean,,1\n", "mean is not"),
        ("2026-11-30,hand,core share,2027-12-31,EST", "2026-10-31,hand,core share,2027-12-31,EST", "round 2026-10-31"),
        ("scenario_id", "scenario", "the columns are"),
    ],
)  # fmt: skip
def test_the_check_sees_every_kind_of_fault(hub: Path, old: str, new: str, words: str) -> None:
    (output,) = hub.glob("model-output/*/*.csv")
    text = output.read_text("utf-8")
    assert old in text
    output.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(words in fault for fault in faults(hub)), faults(hub)


def test_the_check_misses_neither_metadata_nor_output(hub: Path) -> None:
    (hub / "model-metadata" / "burdenshare-shipped.yml").unlink()
    assert any("no metadata" in fault for fault in faults(hub))
    (output,) = hub.glob("model-output/*/*.csv")
    output.unlink()
    assert faults(hub) == ["there is no model output"]


def test_a_hub_that_would_not_be_valid_is_not_written(
    by_hand: Frozen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubverse, "_plain", lambda value: "2")
    with pytest.raises(AssertionError, match="would not be valid"):
        hubverse.export_frozen(by_hand, tmp_path / "hub")
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_a_users_is_replaced(by_hand: Frozen, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    hubverse.export_frozen(by_hand, tmp_path / "empty")
    (tmp_path / "file").write_text("")
    for taken in ("empty", "file"):
        with pytest.raises(RunError, match="choose another place"):
            hubverse.export_frozen(by_hand, tmp_path / taken)
    with pytest.raises(RunError, match="cannot write"):
        hubverse.export_frozen(by_hand, tmp_path / "file" / "hub")
