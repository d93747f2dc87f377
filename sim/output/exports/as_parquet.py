"""A run as a folder of Parquet files, one a table; units and facts stand in each file's schema."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sim.output.exports.content import Content, is_marked_folder
from sim.output.exports.units import COLUMNS, TEXT, WHOLE, ColumnUnit
from sim.text.escaping import json_text

FILES = {*(f"{name}.parquet" for name in COLUMNS), "manifest.json"}


def write(content: Content, destination: Path) -> None:
    """Write the folder: text as string, whole numbers as int64, all else as double; a missing value is null.

    The schema's metadata holds `title`, `burdenshare` (the facts, JSON), and what pandas needs to give the types back.
    """
    facts = json.dumps(content.head(), ensure_ascii=False, allow_nan=False)
    for name, columns in COLUMNS.items():
        schema = pa.schema([_field(column, entry) for column, entry in columns.items()])
        table = pa.Table.from_pandas(content.tables[name], schema=schema, preserve_index=False)
        described = {**(table.schema.metadata or {}), b"title": content.facts["title"].encode(),
                     b"burdenshare": facts.encode()}  # fmt: skip
        pq.write_table(table.replace_schema_metadata(described), destination / f"{name}.parquet")
    (destination / "manifest.json").write_bytes(json_text(content.head(), 1).encode())


def is_ours(destination: Path) -> bool:
    """Whether the folder is such an export and nothing else."""
    return is_marked_folder(destination, "parquet", FILES)


def _field(name: str, column: ColumnUnit) -> pa.Field:
    kind = pa.string() if column.unit == TEXT else pa.int64() if column.unit in WHOLE else pa.float64()
    return pa.field(name, kind, metadata={"unit": column.unit, "meaning": column.meaning})
