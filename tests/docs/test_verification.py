"""docs/verification.md is what its command makes of the figures found, none of which says that a part failed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from evidence import FOLDER, ROOT
from verify import VERIFICATIONS

MINIMUM = 0.9
MUTATED = [name for name in VERIFICATIONS if name.startswith("mutation_")]


def figures(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found["figures"]


def test_the_page_is_what_its_command_writes() -> None:
    code = "import sys, verification; sys.stdout.buffer.write(verification.page().encode())"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tools", capture_output=True, check=True).stdout
    assert (ROOT / "docs" / "verification.md").read_bytes() == made


def test_every_proof_has_left_its_figures() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(VERIFICATIONS)
    scripts = [part.command[0] for part in VERIFICATIONS.values()]
    assert all((ROOT / "tests" / "verification" / script).is_file() for script in scripts)


@pytest.mark.parametrize("name", VERIFICATIONS)
def test_figures_name_the_command_that_prints_them(name: str) -> None:
    found = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    script = found["command"].split()[1]
    assert (ROOT / script).is_file()
    assert script == f"tests/verification/{VERIFICATIONS[name].command[0]}"
    assert all((ROOT / source).exists() for source in found["sources"])


def test_the_page_says_what_was_not_tried() -> None:
    page = (ROOT / "docs" / "verification.md").read_text("utf-8")
    for module in map(figures, MUTATED):
        assert (f"The module {module['module']} has not been tried to the end." in page) == bool(module["untried"])


def test_no_proof_failed() -> None:
    assert figures("reference")["turned_by_chance"] <= figures("reference")["turned_allowed"]
    assert all(row["holds"] for part in ("chance", "exact") for row in figures("closed_forms")[part])
    assert not any(row["counterexamples"] for row in figures("properties")["properties"])
    assert (figures("bits")["wrong"], figures("bits")["not_run"], figures("bits")["controls_that_differ"]) == (0, 0, 3)
    assert figures("fuzz")["cases"] >= 100_000
    assert figures("fuzz")["broken"] == figures("guided")["crashes"] == 0
    kept = {
        json.loads(file.read_text("utf-8"))["what"]
        for file in (ROOT / "tests" / "verification" / "fuzz" / "corpus").glob("*.json")
    }
    assert set(figures("guided")["causes"]) <= kept, "what was found is tried in every test run"
    assert figures("guided")["seconds"] >= 3600
    assert all(figures(name)["score"] >= MINIMUM for name in MUTATED)
