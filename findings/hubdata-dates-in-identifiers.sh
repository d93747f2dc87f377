#!/usr/bin/env bash
# A task identifier that tasks.json gives as text is read as text, one would think: JSON tells texts from numbers, and the
# hubverse's schema lets scenario_id be a text. hubdata tries date.fromisoformat on each text first: a column whose
# identifiers are all eight digits, or an ISO week, is a column of dates. One other name beside them, and it is text again.
# A forecast date that is the name of a model's run therefore does not come back as it was written.
# Source: hubdata 0.2.0, create_hub_schema.py; https://github.com/hubverse-org/hub-data (needs Python 3.11 or later, whose
# date.fromisoformat takes more forms).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check hubdata==0.2.0 pyarrow==26.0.1
venv/bin/python - << 'END'
from hubdata import __version__, create_hub_schema

def type_of(identifiers):
    values = {"required": identifiers, "optional": None}
    mean = {"output_type_id": {"required": None}, "is_required": True, "value": {"type": "double"}}
    task = {"task_ids": {"scenario_id": values}, "output_type": {"mean": mean}}
    return str(create_hub_schema({"rounds": [{"model_tasks": [task]}]}).field("scenario_id").type)

expected = {
    ("20261231",): "date32[day]", ("2026-W53-4",): "date32[day]", ("NA", "20261231"): "date32[day]",
    ("20261231", "base"): "string", ("004",): "string", ("1.5",): "string",
}
seen = {identifiers: type_of(list(identifiers)) for identifiers in expected}
print("hubdata", __version__)
for identifiers, kind in seen.items():
    print(f"{identifiers!r:24} {kind}")
assert seen == expected
END
