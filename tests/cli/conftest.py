"""What the tests of the command line share: small scenarios, a call in this process, one in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.cli import app

TARGETS = """
[targets.core]
share_pct = 3.5
by = 2029
[targets.related]
pillar = "related"
share_pct = 1.5
by = 2029
[targets.total]
pillar = "total"
share_pct = 5.0
by = 2029
"""
HEAD = """title = "A proposal, not adopted"
horizon = { base_year = 2026, last_year = 2030 }
run = { paths = 320, seed = 7 }
"""


@dataclass(frozen=True)
class Said:
    """What a call left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in this process."""

    def calling(*args: object) -> Said:
        code = app.run([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return calling


@pytest.fixture
def process() -> Call:
    """Call the command line in a process of its own."""

    def calling(*args: object, **environment: str) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "sim", *map(str, args)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **environment},
            timeout=60,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return calling


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Targets of all three pillars by 2029, four years, 320 paths."""
    file = tmp_path / "proposal.toml"
    file.write_text(HEAD + TARGETS)
    return file


@pytest.fixture
def aimless(tmp_path: Path) -> Path:
    """A scenario without any target."""
    file = tmp_path / "aimless.toml"
    file.write_text(HEAD)
    return file


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    """A scenario with one fault, on its last line."""
    file = tmp_path / "faulty.toml"
    file.write_text(HEAD + TARGETS + "[will]\nmeen = 0.3\n")
    return file
