"""The README's two commands on a bare machine, from a clone: `python3 tests/fresh/report.py [run] [test]`.

Takes minutes and a package registry. What it found is kept in figures.json, from which the README has its sizes. Other
targets of the Makefile can be named, with what they take: `lint "tests TESTS=tests/report"`.
"""

from __future__ import annotations

import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from machine import bare, hidden, megabytes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FIGURES = HERE / "figures.json"


def main() -> int:
    """Clone, run what is asked for (both commands unless said), keep the figures; 1 if a command fails."""
    asked = sys.argv[1:] or ["run", "test"]
    place = Path(tempfile.mkdtemp(prefix="burdenshare-fresh-"))
    try:
        found = _found(place, asked)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    if found is None:
        return 1
    former = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps({**former, **found}, indent=1) + "\n", "utf-8")
    return 0


def _found(place: Path, asked: list[str]) -> dict[str, Any] | None:
    environment = bare(place / "machine")
    prefix, why = hidden(place / "machine")
    print(why or "libraries and fonts of the system are hidden", flush=True)
    clone = place / "burdenshare"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    found: dict[str, Any] = {
        "on": date.today().isoformat(), "python": platform.python_version(), "cores": os.cpu_count(), "hidden": not why,
    }  # fmt: skip
    for target in asked:
        started = time.monotonic()
        lines, code = _shown([*prefix, "make", *shlex.split(target)], clone, environment)
        seconds, size = round(time.monotonic() - started), megabytes(clone / ".venv")
        print(f"make {target}: exit code {code} after {seconds} s; .venv has {size} MB", flush=True)
        if code:
            return None
        if target in ("run", "test"):
            found[target] = {"seconds": seconds, "mb": size}
        if target == "run":
            call = [".venv/bin/sim", "brief", "ITA", "runs/rutte_2032", "--out", "italy.pdf"]
            subprocess.run([*prefix, *call], cwd=clone, env=environment, check=True)
            assert (clone / "italy.pdf").read_bytes().startswith(b"%PDF-")
            assert (clone / "runs" / "rutte_2032" / "report.html").stat().st_size > 100_000
        elif target == "test":
            said = [line for line in lines[-3:] if line.startswith("Not tested") or " passed" in line]
            found[target]["last_lines"] = said
    return found


def _shown(call: list[str], folder: Path, environment: dict[str, str]) -> tuple[list[str], int]:
    """Run a command, show what it says as it says it, and keep that; its exit code."""
    lines = []
    with subprocess.Popen(
        call, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        encoding="utf-8", errors="replace",
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip("\n"))
    return lines, process.returncode


if __name__ == "__main__":
    raise SystemExit(main())
