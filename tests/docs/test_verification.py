"""docs/verification.md is what its command makes of the proofs' figures, none of which says that a proof failed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from evidence import FOLDER, ROOT
from verify import PROOFS

MINIMUM = 0.9


def figures(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found["figures"]


def test_the_page_is_what_its_command_writes() -> None:
    code = "import sys, verification; sys.stdout.buffer.write(verification.page().encode())"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tools", capture_output=True, check=True).stdout
    assert (ROOT / "docs" / "verification.md").read_bytes() == made


def test_every_proof_has_left_its_figures() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(PROOFS)
    assert all((ROOT / "tests" / "verification" / proof.command[0]).is_file() for proof in PROOFS.values())


@pytest.mark.parametrize("name", PROOFS)
def test_figures_name_the_command_that_prints_them(name: str) -> None:
    found = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    script = found["command"].split()[1]
    assert (ROOT / script).is_file()
    assert script == f"tests/verification/{PROOFS[name].command[0]}"
    assert all((ROOT / place).exists() for place in found["places"])


def test_the_page_says_what_was_not_tried() -> None:
    page = (ROOT / "docs" / "verification.md").read_text("utf-8")
    for room in figures("mutation")["rooms"]:
        assert (f"The room {room['room']} has not been tried to the end." in page) == bool(room["untried"])
    for room in figures("mutation")["not_run"]:
        assert f"The room {room} has not been run yet." in page


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
    assert all(room["score"] >= MINIMUM for room in figures("mutation")["rooms"])
