"""What a call costs before it does anything: beside bare Python, in one run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCENARIO = Path(__file__).parent.parent / "scenarios" / "rutte_2032.toml"
CALLS = {
    "bare Python": ("-c", "pass"),
    "sim --help": ("-m", "sim", "--help"),
    "sim check": ("-m", "sim", "check", str(SCENARIO)),
    "sim run of 16 paths": ("-m", "sim", "run", str(SCENARIO), "--paths", "16"),
}


@pytest.mark.benchmark(group="start-up")
@pytest.mark.parametrize("name", CALLS)
def test_start_up(benchmark: Any, name: str) -> None:
    """A process of its own, its output thrown away."""
    done = benchmark.pedantic(
        subprocess.run, ([sys.executable, *CALLS[name]],), {"capture_output": True, "check": False}, rounds=7
    )
    assert done.returncode == 0
    assert bool(done.stdout) == (name != "bare Python")
