"""What a row of the table is, on what machine it was measured, and where its figures are kept."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from sim.execution import executors
from sim.files.writing import write_text

HERE = Path(__file__).parent
FIGURES = HERE / "figures.json"
PACKAGES = ("burdenshare", "numpy", "scipy", "simpy", "numba")


@dataclass(frozen=True)
class Line:
    """A line of the table; `reached` is yes, no, nothing where nothing was to be reached, or a short remark."""

    what: str
    measured: str
    reach: str = ""
    reached: str = ""


@dataclass(frozen=True)
class Found:
    """What a row leaves: its lines, and the figures behind them."""

    lines: list[Line]
    figures: dict[str, Any] = field(default_factory=dict)


Row = Callable[[], Found]


def verdict(good: bool, remark: str = "") -> str:
    """Yes or no, with a remark."""
    return f"{'yes' if good else 'no'}{'; ' if remark else ''}{remark}"


def conditions() -> dict[str, Any]:
    """Machine, processors and versions that a row was measured with, and the code, as a digest over sim/."""
    return {
        "on": date.today().isoformat(),
        "machine": f"{processor()}, {platform.system()} {platform.machine()}",
        "cores": executors.cores(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,  # others' work, before ours
        "python": platform.python_version(),
        "versions": {name: installed for name in PACKAGES if (installed := _installed(name))},
        "compiler": compiler(),
        "code": code(),
    }


@lru_cache(maxsize=1)
def code() -> str:
    """sha256 over the package's sources and tables, shortened: of which code the figures are."""
    root, whole = HERE.parent, sha256()
    for file in sorted((root / "sim").rglob("*")):
        if file.suffix in (".py", ".toml", ".csv", ".npy"):
            whole.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    return whole.hexdigest()[:12]


def processor() -> str:
    """The processor's name, as the system tells it."""
    answer = Path("/proc/cpuinfo")
    lines = answer.read_text(encoding="utf-8").splitlines() if answer.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "processor unknown")


@lru_cache(maxsize=1)
def compiler() -> str | None:
    """The C compiler in one line, None where there is none."""
    if shutil.which("cc") is None:
        return None
    answer = subprocess.run(["cc", "--version"], capture_output=True, text=True, check=False).stdout
    return answer.partition("\n")[0] or None


def kept(file: Path = FIGURES) -> dict[str, Any]:
    """Figures by row, of earlier runs."""
    rows: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return rows


def keep(name: str, found: Found, seconds: float, given: dict[str, Any], order: list[str], file: Path) -> None:
    """Put a row's figures in the place of its former ones."""
    rows = kept(file)
    rows[name] = {
        "command": f"python benchmarks/table.py --only {name}", "took_s": round(seconds, 1), "conditions": given,
        "lines": [asdict(line) for line in found.lines], "figures": found.figures,
    }  # fmt: skip
    ordered = {each: rows[each] for each in order if each in rows}
    write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", file)


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
