"""What must hold between the model output of a hub and the tasks that the hub asks for.

What tasks.json and admin.json themselves must be, the schemas of the hubverse say, and a test holds them to these. No
schema says anything of model output: rows agree with tasks.json, or they do not.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product
from math import fsum, isfinite
from pathlib import Path
from typing import Any

MODEL_COLUMNS = ("output_type", "output_type_id", "value")
TOLERANCE = 1e-8  # of a sum of probabilities

Task = tuple[str, ...]
"""The values of the task identifiers, in the order of tasks.json."""


def faults(hub: Path) -> list[str]:
    """Everything wrong with the model output of the hub in that folder, each in a sentence; empty where it is valid.

    Columns, file and folder names, tasks that are not asked for, tasks or identifiers that are missing, rows twice,
    values out of bounds, quantiles that fall, probabilities that do not sum to 1.
    """
    config = json.loads((hub / "hub-config" / "tasks.json").read_text(encoding="utf-8"))
    found: list[str] = []
    files = sorted((hub / "model-output").glob("*/*"))
    if not files:
        found.append("there is no model output")
    for file in files:
        found += (f"{file.name}: {fault}" for fault in _file_faults(file, hub, config["rounds"][0]))
    return found


def _file_faults(file: Path, hub: Path, tasks_of_round: Mapping[str, Any]) -> Iterator[str]:
    model = file.parent.name
    blocks: Sequence[Mapping[str, Any]] = tasks_of_round["model_tasks"]
    names = tuple(blocks[0]["task_ids"])
    round_id = names.index(tasks_of_round["round_id"])
    if not (hub / "model-metadata" / f"{model}.yml").is_file():
        yield f"there is no metadata of {model}"
    with file.open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    if sorted(header) != sorted((*names, *MODEL_COLUMNS)):
        yield f"the columns are {', '.join(header)}"
        return
    order = [header.index(name) for name in (*names, *MODEL_COLUMNS)]
    table: dict[Task, dict[str, dict[str, str]]] = {}
    seen = Counter[tuple[str, ...]]()
    for line in lines:
        cells = [line[column] for column in order]
        task, output_type, identifier, value = tuple(cells[:-3]), *cells[-3:]
        seen[(*task, output_type, identifier)] += 1
        table.setdefault(task, {}).setdefault(output_type, {})[identifier] = value
        if file.name != f"{task[round_id]}-{model}.csv":
            yield f"a row of round {task[round_id]} of {model} does not belong in this file"
    yield from (f"{', '.join(key)} stands {count} times" for key, count in seen.items() if count > 1)
    allowed: dict[Task, set[str]] = {}
    for block in blocks:
        for task in product(*(_values(block, name) for name in names)):
            allowed.setdefault(task, set()).update(block["output_type"])
        for task in product(*(block["task_ids"][name]["required"] or () for name in names)):
            for output_type, facts in block["output_type"].items():
                given = table.get(task, {}).get(output_type, {})
                if given or facts["is_required"]:
                    yield from _task_faults(f"{', '.join(task)}, {output_type}", output_type, facts, given)
    for task, outputs in table.items():
        unknown = outputs.keys() - allowed.get(task, set())
        yield from (f"{', '.join(task)}: {output_type} is not asked for" for output_type in sorted(unknown))


def _task_faults(label: str, output_type: str, facts: Mapping[str, Any], given: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the values of one task and output type, by identifier."""
    wanted = [f"{entry:g}" if isinstance(entry, float) else str(entry) for entry in facts["output_type_id"]["required"]]
    if set(given) != set(wanted):
        yield f"{label}: identifiers {', '.join(sorted(set(given) ^ set(wanted))[:5])} are missing or unknown"
        return
    try:
        values = [float(given[identifier]) for identifier in wanted]
    except ValueError:
        yield f"{label}: a value is no number"
        return
    low, high = facts["value"].get("minimum", -float("inf")), facts["value"].get("maximum", float("inf"))
    if not all(isfinite(value) and low <= value <= high for value in values):
        yield f"{label}: a value is out of bounds"
    if output_type == "quantile" and any(one > other for one, other in pairwise(values)):
        yield f"{label}: the quantiles fall"
    if output_type == "pmf" and abs(fsum(values) - 1) > TOLERANCE:
        yield f"{label}: the probabilities sum to {fsum(values)}"


def _values(block: Mapping[str, Any], name: str) -> list[str]:
    """Every value that a task identifier may have."""
    entry = block["task_ids"][name]
    return [*(entry["required"] or ()), *(entry["optional"] or ())]
