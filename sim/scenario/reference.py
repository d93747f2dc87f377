"""The tables of docs/scenario-format.md, written from the schema: `python -m sim.scenario.reference --write FILE`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from sim.distributions.families import FAMILIES
from sim.errors import UsageError
from sim.model.events.base import Event
from sim.model.events.pledge import PathPoint
from sim.model.parameters import Target
from sim.scenario.jsonschema import json_schema
from sim.scenario.loading.checks.codes import CODES
from sim.scenario.loading.checks.keys import EVENTS, SECTIONS, keys_of
from sim.scenario.schema import OF_ALLY, AllySection

BEGIN: Final = "<!-- begin: written by python -m sim.scenario.reference -->"
END: Final = "<!-- end -->"
_SCOPES: Final = {
    "path": "once a path", "ally": "once an ally and path", "year": "each year", "event": "each time", "fixed": "never",
}  # fmt: skip
_TYPES: Final = {"integer": "whole number", "number": "number", "string": "text", "boolean": "true or false"}


def reference() -> str:
    """Markdown tables of every section, event kind, family and fault."""
    definitions = json_schema()["$defs"]
    parts: list[str] = []
    for section, model in SECTIONS.items():
        parts += [f"### `[{section}]`", "", cleandoc(model.__doc__ or ""), "", *_table(model, definitions), ""]
        if section == "run":
            parts += ["### `[targets.NAME]`", "", Target.__doc__ or "", "", *_table(Target, definitions), ""]
    parts += ["### `[ally.XXX]`", "", AllySection.__doc__ or "", ""]
    parts += [*_table(AllySection, definitions, leave_out=tuple(OF_ALLY)), ""]
    parts += [*_sections_of_ally(), ""]
    parts += ["### Every `[[event]]`", "", *_table(Event, definitions, like=next(iter(EVENTS.values()))), ""]
    for kind, event in EVENTS.items():
        parts += [
            f'### `kind = "{kind}"`',
            "",
            event.__doc__ or "",
            "",
            *_table(event, definitions, _shared(event)),
            "",
        ]
    parts += ["### Families of distributions", "", *_families(definitions), ""]
    parts += ["### Faults", "", "| code | meaning |", "|---|---|"]
    parts += [_row(f"`{code}`", meaning) for code, meaning in CODES.items()]
    return "\n".join(parts)


def rewritten(text: str) -> str:
    """`text` with the part between the two markers written anew; raises UsageError where they are missing."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise UsageError(f"the file has no lines {BEGIN} and {END}")
    return f"{head}{BEGIN}\n\n{reference()}\n\n{END}{tail}"


def _sections_of_ally() -> Iterator[str]:
    yield "Below it can stand, with the keys of the section of the same name:"
    yield ""
    for section, model in OF_ALLY.items():
        common = [f"`{key}`" for key in keys_of(SECTIONS[section]) if key not in keys_of(model)]
        yield f"- `[ally.XXX.{section}]`" + (f", but not {', '.join(common)}, which all allies share" if common else "")


def _shared(event: type[Event]) -> tuple[str, ...]:
    """Keys of every event that this kind takes unchanged."""
    same = (name for name in Event.model_fields if event.model_fields[name].default == Event.model_fields[name].default)
    return ("kind", *same)


def _table(
    model: type[BaseModel],
    definitions: Mapping[str, Any],
    leave_out: tuple[str, ...] = (),
    like: type[BaseModel] | None = None,
) -> Iterator[str]:
    """The table of one model's keys; `like` has the schema where `model` itself has none."""
    properties = definitions[(like or model).__name__]["properties"]
    keys = [key for key in keys_of(model) if key not in leave_out]
    if not keys:
        yield "No keys of its own."
        return
    scoped = any("scope" in properties[key] for key in keys)
    yield _row("key", "default", "takes", "bounds", *(("unit", "drawn", "evidence") if scoped else ()), "meaning")
    yield "|---" * (8 if scoped else 5) + "|"
    for key, field in zip(keys_of(model), model.model_fields.values(), strict=True):
        if key in leave_out:
            continue
        value = properties[key]
        default = "*required*" if field.is_required() else _default(value)
        scope = (value.get("unit", ""), _SCOPES.get(value.get("scope", ""), ""), value.get("evidence", ""))
        meaning = value.get("description", "").removesuffix(f" ({scope[0]}; {scope[2]})")
        takes = "one of the kinds below" if like and key == "kind" else _takes(value)
        bounds = "a month such as `2028-05`" if key == "when" else _bounds(value)
        yield _row(f"`{key}`", default, takes, bounds, *(scope if scoped else ()), meaning)


def _families(definitions: Mapping[str, Any]) -> Iterator[str]:
    yield _row("family", "parameter", "default", "bounds", "meaning")
    yield "|---|---|---|---|---|"
    for name, family in FAMILIES.items():
        yield _row(f"`{name}`", "", "", "", definitions[family.__name__]["description"])
        for key, field in zip(keys_of(family), family.model_fields.values(), strict=True):
            value = definitions[family.__name__]["properties"][key]
            default = "*required*" if field.is_required() else _default(value)
            yield _row("", f"`{key}`", default, _bounds(value), value.get("description", ""))


def _default(value: Mapping[str, Any]) -> str:
    return f"`{as_toml(value['default'])}`" if "default" in value else ""


def as_toml(value: Any) -> str:
    """A default as a file writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(part)}" for key, part in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)


def _takes(value: Mapping[str, Any]) -> str:
    if "const" in value:
        return f'`"{value["const"]}"`'
    if "enum" in value:
        return ", ".join(f"`{choice}`" for choice in value["enum"])
    if "anyOf" in value:
        return "number or distribution"
    if "oneOf" in value:
        return "text, or `{ file = …, overlay = true }`"
    if value.get("type") == "array":
        inner = value["items"]
        points = inner.get("$ref", "").endswith(PathPoint.__name__)
        return "list of " + ("`{ year = …, share_pct = … }`" if points else "codes such as `DEU`")
    return _TYPES.get(value.get("type", ""), "table")


def _bounds(value: Mapping[str, Any]) -> str:
    number = (value.get("anyOf") or value.get("oneOf") or [value])[0]
    phrases = {
        "minimum": "at least", "exclusiveMinimum": "above", "maximum": "at most", "exclusiveMaximum": "below",
        "maxLength": "characters: at most",
    }  # fmt: skip
    found = [f"{text} {_number(number[key])}" for key, text in phrases.items() if key in number]
    if value.get("pattern") == "^[A-Z]{3}$":
        found.append("a code such as `DEU`")
    return ", ".join(found)


def _number(value: float) -> str:
    if value == 2**63:
        return "2^63"
    return f"{value:,}" if isinstance(value, int) and value >= 10_000 else f"{value:g}"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Print the tables, or write them into a file."""
    parser = argparse.ArgumentParser(prog="python -m sim.scenario.reference", description=__doc__)
    parser.add_argument("--write", metavar="FILE", type=Path, help="rewrite the part of FILE between its two markers")
    file: Path | None = parser.parse_args(arguments).write
    if file is None:
        print(reference())
    else:
        file.write_text(rewritten(file.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
