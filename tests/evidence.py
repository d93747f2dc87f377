"""What the long proofs found: one JSON file each in docs/verification/, from which docs/verification.md is made.

A proof keeps its figures together with a digest of the code they were found on, so that `make verify` repeats only
what has changed since.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from sim.files.writing import write_text

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "verification"
MODEL = ("sim/data", "sim/distributions", "sim/engine", "sim/model", "sim/numerics", "sim/results/counts.py",
         "sim/scenario", "sim/execution/simulate.py")  # fmt: skip
"""What decides the bits of a result."""


def digest(places: Sequence[str] = MODEL) -> str:
    """sha256 over the files of some folders of the project, but for what Python compiles."""
    found = sha256()
    for place in sorted(places):
        start = ROOT / place
        if not start.exists():
            raise FileNotFoundError(f"no such file or folder to take a digest of: {place}")
        files = sorted(start.rglob("*")) if start.is_dir() else [start]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                found.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()


def keep(name: str, figures: dict[str, Any], *, command: str, places: Sequence[str] = MODEL) -> Path:
    """Write the figures of a proof, with the command that prints them and the code they hold for."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {
        "command": command, "on": date.today().isoformat(), "python": platform.python_version(),
        "numpy": np.__version__, "machine": platform.machine(), "places": sorted(places), "code": digest(places),
        "figures": figures,
    }  # fmt: skip
    file = FOLDER / f"{name}.json"
    write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", file)
    return file


def kept(name: str) -> dict[str, Any] | None:
    """What a proof left, or None."""
    file = FOLDER / f"{name}.json"
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def current(name: str) -> bool:
    """Whether a proof's figures were found on the code as it is."""
    found = kept(name)
    return found is not None and found["code"] == digest(found["places"])
