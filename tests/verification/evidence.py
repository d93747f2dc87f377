"""What the long verifications found: one JSON file each in docs/verification/, from which docs/verification.md is made.

A verification keeps its figures together with a digest of the code they were found on, so that `make verify`
repeats only what has changed since.
"""

from __future__ import annotations

import ast
import json
import platform
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from sim.files.writing import write_text

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "verification"
MODEL = ("sim/data", "sim/distributions", "sim/engine", "sim/kernels", "sim/model", "sim/numerics",
         "sim/results/counts.py", "sim/scenario", "sim/execution/simulate.py")  # fmt: skip
"""What decides the bits of a result."""


def digest(sources: Sequence[str] = MODEL) -> str:
    """sha256 over what the files of some folders of the project say to a machine.

    Of Python that is the syntax tree without docstrings: no comment, no line break and no path of a file makes a
    verification stale. Of anything else it is every byte.
    """
    found = []
    for source in sources:
        start = ROOT / source
        if not start.exists():
            raise FileNotFoundError(f"no such file or folder to take a digest of: {source}")
        files = sorted(start.rglob("*")) if start.is_dir() else [start]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                content = said(file.read_text("utf-8")).encode() if file.suffix == ".py" else file.read_bytes()
                found.append(sha256(content).digest())
    return sha256(b"".join(sorted(found))).hexdigest()


def said(code: str) -> str:
    """Python without its comments and docstrings, in one layout."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_text(part)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _is_text(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


def keep(name: str, figures: dict[str, Any], *, command: str, sources: Sequence[str] = MODEL) -> Path:
    """Write the figures of a verification, with the command that prints them and the code they hold for."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = {
        "command": command, "on": date.today().isoformat(), "python": platform.python_version(),
        "numpy": np.__version__, "machine": platform.machine(), "sources": sorted(sources), "code": digest(sources),
        "figures": figures,
    }  # fmt: skip
    file = FOLDER / f"{name}.json"
    write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", file)
    return file


def kept(name: str) -> dict[str, Any] | None:
    """What a verification left, or None."""
    file = FOLDER / f"{name}.json"
    if not file.exists():
        return None
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def current(name: str) -> bool:
    """Whether a verification's figures were found on the code as it is."""
    found = kept(name)
    return found is not None and found["code"] == digest(found["sources"])
