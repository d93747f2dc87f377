"""A run as one JSON document: facts, units, and each table as a list of records."""

from __future__ import annotations

from pathlib import Path

from sim.output.exports.content import Content, is_marked
from sim.output.exports.units import COLUMNS
from sim.text.escaping import json_text


def write(content: Content, destination: Path) -> None:
    """Write the document; a missing value is null."""
    tables = {
        name: [dict(zip(columns, row, strict=True)) for row in content.rows(name)] for name, columns in COLUMNS.items()
    }
    destination.write_bytes(json_text({**content.head(), "tables": tables}, 1).encode())


def is_ours(destination: Path) -> bool:
    """Whether the file is such a document."""
    return is_marked(destination, "json")
