"""The configuration of a forecast hub that holds our forecasts: admin.json, tasks.json and the model's metadata.

By the schemas v6.0.0 of the hubverse (github.com/hubverse-org/schemas), which a test holds them to, and after its pages
on tasks, model output and model metadata (docs.hubverse.io), read in 2026. No time unit of theirs is a year, so a
target is named by the day on which its year ends.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sim.evaluation.forecasts.schema import LEVELS, Forecast, FrozenForecaster, last_day
from sim.text.escaping import defused, plain

SCHEMAS: Final = "https://raw.githubusercontent.com/hubverse-org/schemas/main/v6.0.0"
TEAM: Final = "burdenshare"
AUTHORS: Final = "The burdenshare authors"

SHARE, COMPLIANCE, NUMBER = "core share", "core compliance", "compliant allies"
ALLIANCE: Final = "NATO"
"""The location of what is counted over all allies."""

NO, YES = "no", "yes"
UNNAMED: Final = "unpublished/burdenshare"
"""Owner and name of a hub's repository on GitHub, which the hubverse asks for, until somebody names one."""

PREFIX: Final = "scenario-"
_VALUES: Final = frozenset({"na", "nan", "null", "none", "inf", "infinity", "true", "false", "t", "f"})
"""Words that one reader or another takes for a number, a truth value or nothing."""

TASK_IDS: Final = ("origin_date", "scenario_id", "target", "target_end_date", "location")
COLUMNS: Final = (*TASK_IDS, "output_type", "output_type_id", "value")

YEARS = (
    "Years are NATO's: that of CAN and GBR is the fiscal year from April to March that begins in it, "
    "that of USA the one from October to September that ends in it: so NATO's guide to its tables of December 2002, "
    "which is read as if it still held."
)
GIVEN = "Conditional on the scenario in scenario_id, given its assumptions."
METADATA: Final[dict[str, dict[str, str]]] = {
    SHARE: {
        "target_name": "Core defence outlays as NATO reports them",
        "target_units": "% of GDP",
        "target_type": "continuous",
        "description": f"Core outlays in the year of target_end_date, on NATO's grid of 0.01. {YEARS} {GIVEN}",
    },
    COMPLIANCE: {
        "target_name": "Whether core outlays are at the scenario's target",
        "target_units": "no or yes",
        "target_type": "binary",
        "description": "Whether NATO reports at least the share of the scenario's core target in the year of "
        f"target_end_date, compliance on paper included. {YEARS} {GIVEN}",
    },
    NUMBER: {
        "target_name": "Number of allies whose core outlays are at the scenario's target",
        "target_units": "allies",
        "target_type": "ordinal",
        "description": "Of the allies that the scenario's core target binds, in the year of target_end_date. "
        f"{YEARS} {GIVEN}",
    },
}


def scenario_id(name: str) -> str:
    """The name of a scenario as a value that every reader takes for text, and no spreadsheet for a formula.

    hubdata reads a task identifier of eight digits as a date, others read "004" as 4 and "NA" as nothing: a name that
    does not begin with a letter, or is such a word, comes behind `PREFIX`, and so does one that begins with it.

    >>> [scenario_id(name) for name in ("rutte_2032", "20261231", "004", "NA", "scenario-004")]
    ['rutte_2032', 'scenario-20261231', 'scenario-004', 'scenario-NA', 'scenario-scenario-004']
    """
    text = defused(plain(name))
    text_to_all = text[:1].isalpha() and text.lower() not in _VALUES and not text.startswith(PREFIX)
    return text if text_to_all else PREFIX + text


def model_id(forecaster: str) -> str:
    """What a hub calls a forecaster, whose name is that of a model of this team."""
    return f"{TEAM}-{forecaster}"


def admin(repository: str = UNNAMED) -> dict[str, Any]:
    """hub-config/admin.json of a hub whose repository on GitHub is "owner/name"."""
    owner, name = repository.split("/")
    return {
        "schema_version": f"{SCHEMAS}/admin-schema.json",
        "name": "burdenshare: which NATO allies will keep their spending pledge",
        "maintainer": AUTHORS,
        "contact": {"name": AUTHORS},
        "repository": {"host": "github", "owner": owner, "name": name},
        "file_format": ["csv"],
        "timezone": "Europe/Brussels",
    }


def tasks(forecasts: Sequence[Forecast], date: str) -> dict[str, Any]:
    """hub-config/tasks.json: one round, whose identifier is the origin date."""
    origin = last_day(date)
    blocks: dict[str, dict[str, Any]] = {}
    for forecast in forecasts:
        for block in _blocks(forecast, origin):
            same = json.dumps({**block, "task_ids": {**block["task_ids"], "scenario_id": None}})
            joined = blocks.setdefault(same, block)
            if joined is not block:
                joined["task_ids"]["scenario_id"]["required"].append(scenario_id(forecast.name))
    return {
        "schema_version": f"{SCHEMAS}/tasks-schema.json",
        "rounds": [
            {
                "round_id_from_variable": True,
                "round_id": "origin_date",
                "model_tasks": list(blocks.values()),
                "submissions_due": {"start": origin, "end": origin},
            }
        ],
        "output_type_id_datatype": "character",
    }


def _blocks(forecast: Forecast, origin: str) -> list[dict[str, Any]]:
    """The tasks of one scenario: shares, compliance, number."""
    everyone = list(dict.fromkeys(cell.iso3 for cell in forecast.shares))
    bound = list(dict.fromkeys(cell.iso3 for cell in forecast.shares if cell.at_target))
    counts = [str(number) for number in range(len(forecast.number[0].pmf))]
    quantile = _output(list(LEVELS), {"type": "double", "minimum": 0})
    return [
        _block(forecast, origin, SHARE, everyone, {"quantile": quantile}),
        _block(forecast, origin, COMPLIANCE, bound, {"pmf": _probabilities([NO, YES])}),
        _block(forecast, origin, NUMBER, [ALLIANCE], {"pmf": _probabilities(counts)}),
    ]


def _block(
    forecast: Forecast, origin: str, target: str, locations: list[str], output: Mapping[str, Any]
) -> dict[str, Any]:
    ids = {
        "origin_date": [origin],
        "scenario_id": [scenario_id(forecast.name)],
        "target": [target],
        "target_end_date": [end_of(year) for year in forecast.years],
        "location": locations,
    }
    about = {"target_id": target, **METADATA[target], "target_keys": {"target": target}, "is_step_ahead": False}
    return {
        "task_ids": {name: {"required": values, "optional": None} for name, values in ids.items()},
        "output_type": dict(output),
        "target_metadata": [about],
    }


def _probabilities(categories: list[str]) -> dict[str, Any]:
    return _output(categories, {"type": "double", "minimum": 0, "maximum": 1})


def _output(identifiers: Sequence[object], value: dict[str, Any]) -> dict[str, Any]:
    return {"output_type_id": {"required": identifiers}, "value": value, "is_required": True}


def end_of(year: int) -> str:
    """The last day of a year."""
    return f"{year}-12-31"


def metadata_schema() -> dict[str, Any]:
    """hub-config/model-metadata-schema.json: what a model of this hub says of itself."""
    text, name = {"type": "string"}, {"type": "string", "pattern": "^[A-Za-z0-9_]+$", "maxLength": 16}
    properties: dict[str, Any] = {
        "team_name": text, "team_abbr": name, "model_name": text, "model_abbr": name, "model_version": text,
        "license": text, "methods": text, "data_inputs": text, "designated_model": {"type": "boolean"},
    }  # fmt: skip
    return {
        "$schema": "http://json-schema.org/draft-07/schema",
        "title": "Metadata of a model",
        "type": "object",
        "properties": properties,
        "required": ["team_abbr", "model_abbr", "model_version"],
        "additionalProperties": False,
    }


def metadata(forecaster: FrozenForecaster, version: str) -> dict[str, Any]:
    """What the file of a forecaster in model-metadata/ holds; `version` is burdenshare's."""
    return {
        "team_name": AUTHORS,
        "team_abbr": TEAM,
        "model_name": f"burdenshare, scenario simulator of defence budgets: {forecaster.name}",
        "model_abbr": forecaster.name,
        "model_version": version,
        "license": "BSD-3-Clause",
        "designated_model": True,
        "methods": "Simulated yearly budgets of every ally under uncertain growth, political will, elections, threat "
        "and deadlines. Quantiles and probabilities are shares of simulated runs, given the assumptions of a scenario. "
        f"{plain(forecaster.description)}",
        "data_inputs": "NATO, Defence Expenditure of NATO Countries; IMF, World Economic Outlook; ParlGov.",
    }


def yaml(facts: Mapping[str, Any]) -> str:
    """Flat facts as YAML, every text quoted as in JSON, which YAML includes."""
    return "".join(f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items())
