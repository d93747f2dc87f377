"""What the hubverse's schemas v6.0.0 ask of admin.json and tasks.json, in our own words, as far as our hubs go.

Written from github.com/hubverse-org/schemas at c90f87b (October 2025), v6.0.0/admin-schema.json and tasks-schema.json,
and NEWS.md there.
"""

from __future__ import annotations

from typing import Any


def closed(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


TEXT = {"type": "string"}
DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}

ADMIN = closed(
    {
        "schema_version": {"const": "https://raw.githubusercontent.com/hubverse-org/schemas/main/v6.0.0/admin-schema.json"},
        "name": TEXT,
        "maintainer": TEXT,
        "contact": closed({"name": TEXT, "email": TEXT}, []),
        # since 3.0.0, in place of repository_url and repository_host; all three are required
        "repository": closed({"host": {"const": "github"}, "owner": TEXT, "name": TEXT}, ["host", "owner", "name"]),
        "file_format": {"type": "array", "items": {"enum": ["csv", "parquet", "arrow"]}},
        "timezone": {"enum": ["Europe/Brussels", "Europe/Berlin", "Europe/London", "US/Eastern"]},  # of some 400
    },  # since 6.0.0 no model_output_dir, and nothing else but additional_metadata
    ["schema_version", "name", "maintainer", "contact", "repository", "file_format", "timezone"],
)  # fmt: skip


def choices(item: dict[str, Any]) -> dict[str, Any]:
    values = {"type": ["array", "null"], "uniqueItems": True, "items": item}
    return closed({"required": values, "optional": values}, ["required", "optional"])


def output(item: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    identifiers = closed({"required": {"type": "array", "uniqueItems": True, "items": item}}, ["required"])
    facts = {"output_type_id": identifiers, "value": value, "is_required": {"type": "boolean"}}
    return closed(facts, list(facts))


LEVEL = {"type": "number", "minimum": 0, "maximum": 1}
NUMBER = {"type": "number"}
QUANTILE = closed({"type": {"enum": ["double", "integer"]}, "minimum": NUMBER, "maximum": NUMBER}, ["type"])
PMF = closed(
    {"type": {"const": "double"}, "minimum": {"const": 0}, "maximum": {"const": 1}}, ["type", "minimum", "maximum"]
)
KINDS = ["continuous", "discrete", "date", "binary", "nominal", "ordinal", "compositional"]

TARGET = {
    **closed(
        {
            "target_id": {"type": "string", "maxLength": 30},
            "target_name": {"type": "string", "maxLength": 100},
            "target_units": {"type": "string", "maxLength": 100},
            "target_keys": {
                "type": ["object", "null"], "minProperties": 1, "maxProperties": 1, "additionalProperties": TEXT,
            },
            "description": TEXT,
            "target_type": {"enum": KINDS},
            "is_step_ahead": {"type": "boolean"},
            "time_unit": {"enum": ["day", "week", "month"]},
        },
        ["target_id", "target_name", "target_units", "target_type", "target_keys", "is_step_ahead"],
    ),
    "if": {"properties": {"is_step_ahead": {"const": True}}},
    "then": {"required": ["time_unit"]},
}  # fmt: skip

MODEL_TASK = closed(
    {
        "task_ids": {
            "type": "object",
            "properties": {
                "origin_date": choices(DATE),
                "scenario_id": choices({"type": ["integer", "string"]}),
                "location": choices(TEXT),
                "target": choices(TEXT),
                "target_end_date": choices(DATE),
            },
            "additionalProperties": choices({}),
        },
        "output_type": closed({"quantile": output(LEVEL, QUANTILE), "pmf": output(TEXT, PMF)}, []),
        "target_metadata": {"type": "array", "items": TARGET},
    },
    ["task_ids", "output_type", "target_metadata"],
)

ROUND = closed(
    {
        "round_id_from_variable": {"type": "boolean"},
        "round_id": TEXT,
        "model_tasks": {"type": "array", "items": MODEL_TASK},
        "submissions_due": closed({"start": DATE, "end": DATE}, ["start", "end"]),
    },
    ["round_id_from_variable", "round_id", "model_tasks", "submissions_due"],
)

TASKS = closed(
    {
        "schema_version": {"const": "https://raw.githubusercontent.com/hubverse-org/schemas/main/v6.0.0/tasks-schema.json"},
        "rounds": {"type": "array", "items": ROUND},
        "output_type_id_datatype": {"enum": ["auto", "character", "double", "integer", "logical", "Date"]},
    },
    ["rounds", "schema_version"],
)  # fmt: skip
