"""The JSON Schema of scenario files, for editors: completion, meaning of keys, typing errors while they are made."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel

from sim.distributions.families import FAMILIES, Family
from sim.distributions.scalar import written
from sim.model.parameters import Target
from sim.scenario.loading.checks.keys import EVENTS, NOT_IN_FILES, SECTIONS
from sim.scenario.schema import OF_ALLY, AllySection, Scenario

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_MONTH: Final = r"^(20[0-9][0-9]|2100)-(0[1-9]|1[0-2])$"
_DISTRIBUTION: Final = {"$ref": "#/$defs/Distribution"}


def json_schema() -> dict[str, Any]:
    """A JSON Schema (draft 2020-12) of one scenario file, as a new dict of plain values.

    A file may leave out what it inherits, so targets and events need not be complete here, though a scenario's must
    be when all is resolved; what holds between keys is left to `sim.load`.
    """
    schema: dict[str, Any] = Scenario.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs")
    properties = {key: _value(value) for key, value in schema["properties"].items() if key not in NOT_IN_FILES}
    inheritable: tuple[type[BaseModel], ...] = (Target, *EVENTS.values())
    tables: tuple[type[BaseModel], ...] = (AllySection, *SECTIONS.values(), *OF_ALLY.values())
    for model in inheritable + tables:
        _complete(definitions[model.__name__], model)
    for model in inheritable:
        definitions[model.__name__].pop("required", None)
    for family in FAMILIES.values():
        definitions[family.__name__]["description"] = (family.__doc__ or "").strip()
    definitions["Distribution"] = {
        "title": "Distribution",
        "description": "a random value: a table with one key, its family",
        "oneOf": [{"$ref": f"#/$defs/{family.__name__}Distribution"} for family in FAMILIES.values()],
    }
    definitions["InheritedEvent"] = _inherited(definitions)
    definitions.pop("Replacement")
    properties["targets"]["additionalProperties"] = properties["ally"]["additionalProperties"] = False
    properties["event"]["items"] = _event()
    for section in SECTIONS:
        properties[section].pop("default")  # its parts are those of its keys
    return {
        "$schema": DIALECT,
        "title": "Scenario of allied defence budgets",
        "description": "One TOML file; laid over the file it extends and over the packaged defaults.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "$defs": definitions,
    }


def _complete(definition: dict[str, Any], model: type[BaseModel]) -> None:
    """Put a table's keys as the file has them, with their defaults as it writes them."""
    for name, field in model.model_fields.items():
        key = field.alias or name
        value = _value(definition["properties"][key])
        if isinstance(field.default, Family):
            value["default"] = written(field.default)
        if key == "when":
            value["pattern"] = _MONTH
        definition["properties"][key] = value


def _value(value: dict[str, Any]) -> dict[str, Any]:
    """A value as TOML can write it: no null; a parameter is a number within its bounds or a distribution."""
    value = {key: part for key, part in value.items() if not (key == "default" and part is None)}
    if value.get("scope", "fixed") != "fixed":
        number: dict[str, Any] = {"type": "number"}
        for bound, keyword in (("low", "minimum"), ("high", "maximum")):
            if value.get(bound) is not None:
                number[keyword] = value[bound]
        kept: dict[str, Any] = {
            key: value[key] for key in ("title", "default", "unit", "scope", "evidence") if key in value
        }
        text = f"{value['description']} ({value['unit']}; {value['evidence']})"
        return {**kept, "description": text, "anyOf": [number, dict(_DISTRIBUTION)]}
    choices = [choice for choice in value.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        return {**{key: part for key, part in value.items() if key != "anyOf"}, **choices[0]}
    return value


def _event() -> dict[str, Any]:
    """One of the kinds, or, without a kind, a change of an inherited event."""
    kinds = {"oneOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in EVENTS.values()]}
    return {
        "type": "object",
        "required": ["name"],
        "if": {"required": ["kind"]},
        "then": kinds,
        "else": {"$ref": "#/$defs/InheritedEvent"},
    }


def _inherited(definitions: dict[str, Any]) -> dict[str, Any]:
    """What an event without a kind may say: any key of any kind."""
    properties: dict[str, list[Any]] = {}
    for model in EVENTS.values():
        for key, value in definitions[model.__name__]["properties"].items():
            if value not in properties.setdefault(key, []):
                properties[key].append(value)
    properties.pop("kind")
    return {
        "title": "InheritedEvent",
        "description": "changes the inherited event of this name",
        "type": "object",
        "properties": {key: found[0] if len(found) == 1 else {"anyOf": found} for key, found in properties.items()},
        "additionalProperties": False,
    }
