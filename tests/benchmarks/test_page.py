"""The page of the benchmarks is what its command makes of the figures kept, and says what is missed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "benchmarks"


@pytest.fixture
def figures() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / "figures.json").read_text("utf-8"))
    return found


def test_the_page_is_what_its_command_writes() -> None:
    code = "import sys; from benchmarks import page, report; sys.stdout.buffer.write(page.page(report.kept()).encode())"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout
    assert (FOLDER / "README.md").read_bytes() == made


def test_every_row_has_its_command_and_was_measured(figures: dict[str, Any]) -> None:
    code = "from benchmarks.table import LONG, ROWS; print(*(name for name in ROWS if name not in LONG))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert set(told.split()) <= set(figures)
    for name, row in figures.items():
        assert row["command"] == f"python benchmarks/table.py --only {name}"
        assert all(line["measured"] != "not measured" for line in row["lines"])


def test_what_is_missed_is_named(figures: dict[str, Any]) -> None:
    text = (FOLDER / "README.md").read_text("utf-8")
    for row in figures.values():
        for line in row["lines"]:
            if line["reach"] and not line["reached"].startswith("yes"):
                assert f"- {line['what']}: {line['measured']}; aimed at {line['reach']}" in text


def test_the_picture_is_there() -> None:
    picture = (FOLDER / "pictures" / "scaling.svg").read_text("utf-8")
    assert "<svg" in picture
    assert "Time grows as the work does" in picture
