"""The schema for editors and the reference of the format, both written from the models."""

import json
import tomllib
from functools import lru_cache
from pathlib import Path

import jsonschema
import pytest

from sim.errors import UsageError
from sim.scenario import json_schema, loads
from sim.scenario.loading.checks.codes import CODES
from sim.scenario.loading.checks.keys import EVENTS, SECTIONS, keys_of
from sim.scenario.reference import BEGIN, END, main, reference, rewritten

ROOT = Path(__file__).parent.parent.parent
FORMAT = ROOT / "docs" / "scenario-format.md"
FILES = sorted((ROOT / "scenarios").glob("*.toml")) + sorted((ROOT / "tests" / "scenarios" / "valid").glob("*.toml"))
WRONG = [
    "unknown_section", "unknown_parameter", "unknown_key_of_event", "unknown_key_of_target", "unknown_family",
    "two_families", "empty_distribution", "negative_sd", "probability_above_one", "boolean_for_a_number",
    "text_for_a_number", "number_for_a_boolean", "fraction_for_a_year_and_a_half", "unknown_pillar", "unknown_kind",
    "event_without_name", "month_13", "name_with_capitals", "code_in_small_letters", "internal_field",
]  # fmt: skip


@lru_cache
def validator() -> jsonschema.Draft202012Validator:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_is_a_schema() -> None:
    schema = json_schema()
    assert schema["$schema"].endswith("2020-12/schema")
    assert schema["title"]
    assert schema == json_schema()
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema
    assert "replacements" not in schema["properties"]
    assert '"null"' not in json.dumps(schema)


def test_everything_is_described() -> None:
    """Every parameter and every key of every event has words, and every parameter takes both forms."""
    definitions = json_schema()["$defs"]
    for model in [*SECTIONS.values(), *EVENTS.values()]:
        for key in keys_of(model):
            value = definitions[model.__name__]["properties"][key]
            assert "description" in value or key == "kind", (model, key)
            if value.get("scope", "fixed") != "fixed":
                assert [next(iter(form)) for form in value["anyOf"]] == ["type", "$ref"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenarios_fit_the_schema(file: Path) -> None:
    text = file.read_text(encoding="utf-8-sig")
    assert [error.message for error in validator().iter_errors(tomllib.loads(text))] == []


@pytest.mark.parametrize("name", WRONG)
def test_the_schema_finds_what_an_editor_should(name: str) -> None:
    """Typing errors, wrong types and numbers out of bounds; what holds between keys is not its business."""
    file = ROOT / "tests" / "scenarios" / "invalid" / f"{name}.toml"
    text = file.read_text(encoding="utf-8") if file.exists() else "[horizon]\nlast_year = 2032.5\n"
    assert not validator().is_valid(tomllib.loads(text))


def test_the_reference_is_that_of_the_schema() -> None:
    """After a change of the schema: python -m sim.scenario.reference --write docs/scenario-format.md."""
    text = FORMAT.read_text(encoding="utf-8")
    assert rewritten(text) == text


def test_the_reference_names_everything() -> None:
    text = reference()
    for model in [*SECTIONS.values(), *EVENTS.values()]:
        assert all(f"| `{key}` |" in text for key in keys_of(model))
    assert all(f"`{code}`" in text for code in CODES)


def test_the_reference_is_written_between_its_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.md"
    file.write_text(f"before\n{BEGIN}\nsomething outdated\n{END}\nafter\n")
    assert main(["--write", str(file)]) == 0
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "something outdated" not in text
    assert main([]) == 0
    assert capsys.readouterr().out.strip() in text
    with pytest.raises(UsageError, match="no lines"):
        rewritten("no markers")


def test_examples_of_the_description_load() -> None:
    """Every TOML block of the page is a scenario or a part of one."""
    blocks = FORMAT.read_text(encoding="utf-8").split("```toml\n")[1:]
    assert len(blocks) >= 5
    for block in blocks:
        text = block.partition("```")[0]
        if "extends =" not in text and "[data]" not in text:
            loads(text)
