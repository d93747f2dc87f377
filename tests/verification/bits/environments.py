"""The environments of cells: variables of a fresh process, virtual environments, locales, features to leave out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bits.digest import ROOT, Spec, place

HERE = Path(__file__).resolve().parent
WITHOUT_FMA = "glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-FMA,-FMA_Usable,-FMA4,-AVX512F"
"""Lets the C library take its plain exp and log; the names are those of old and new versions."""

VERSION_LINES = re.compile(rb'^ *"(python|numpy|scipy|simpy)": .*\n', re.MULTILINE)
"""What the manifest says of versions: the only lines that may differ between two virtual environments."""


class NotRun(Exception):
    """A cell that cannot be run here; the argument says why."""


def clean(more: Mapping[str, str]) -> dict[str, str]:
    """An environment with nothing in it but where programs are, and `more`."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    return {**kept, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT), **more}


def measured(spec: Spec, more: Mapping[str, str], python: str = sys.executable) -> dict[str, Any]:
    """One cell in a process of its own: its digests, and what the process saw of its environment."""
    call = [python, str(HERE / "digest.py"), json.dumps(asdict(spec))]
    done = subprocess.run(call, capture_output=True, text=True, env=clean(more), cwd=ROOT, timeout=1_800)
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise NotRun(last[:200]) if "unsupported locale" in last else RuntimeError(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def printed(spec: Spec, more: Mapping[str, str], python: str = sys.executable) -> bytes:
    """What `sim run --json` prints, byte for byte."""
    (scenario,) = spec.scenarios
    call = [python, str(HERE / "digest.py"), json.dumps(asdict(spec)), "run", os.path.relpath(place(scenario), ROOT)]
    call += ["--json", "--paths", str(spec.paths), "--workers", "1"]
    done = subprocess.run(call, capture_output=True, env=clean(more), cwd=ROOT, timeout=1_800)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout


def in_utf8(document: bytes) -> bytes:
    """A JSON document as it would stand in UTF-8: where stdout takes ASCII only, other letters are escaped."""
    if not document.isascii():
        return document
    return (json.dumps(json.loads(document), indent=2, ensure_ascii=False) + "\n").encode()


def compiled_locales(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Locales by name, made with localedef in `folder` as they need not be installed: their variables' LOCPATH."""
    found = {}
    for name in names:
        made = folder / f"{name}.UTF-8"
        if not made.exists() and shutil.which("localedef"):
            folder.mkdir(parents=True, exist_ok=True)
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(made)], capture_output=True)
        if made.exists():
            found[name] = str(folder)
    return found


def virtual(folder: Path, python: str, resolution: str) -> str:
    """The interpreter of a virtual environment with our dependencies, the lowest or the highest that are allowed."""
    inside = folder / "bin" / "python"
    ready = folder / "ready"
    if ready.exists():
        return str(inside)
    found = shutil.which(python)
    if not found or subprocess.run([found, "-c", ""], capture_output=True).returncode:
        raise NotRun(f"no {python} on PATH")
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        raise NotRun("no uv beside this Python nor on PATH: pip install uv")
    shutil.rmtree(folder, ignore_errors=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(inside)]
    for call in (
        [uv, "venv", "--quiet", "--python", found, str(folder)],
        [*install, "--resolution", resolution, "--requirement", str(ROOT / "pyproject.toml")],
        [*install, "--no-deps", "--editable", str(ROOT)],
    ):
        done = subprocess.run(call, capture_output=True, text=True)
        if done.returncode:
            raise NotRun(f"{' '.join(call[1:3])}: {done.stderr.strip()[-300:]}")
    ready.write_text("")
    return str(inside)


def dispatched(python: str = sys.executable) -> list[str]:
    """The features that NumPy chooses between on this processor, the weakest first."""
    code = "import sys, json; sys.path.insert(0, sys.argv[1]); import digest; print(json.dumps(digest.processor()))"
    call = [python, "-c", code, str(HERE)]
    done = subprocess.run(call, capture_output=True, text=True, check=True, env=clean({}))
    found: list[str] = json.loads(done.stdout)["dispatched"]
    return found


def packages(python: str) -> dict[str, str]:
    """Versions of what an environment computes with."""
    code = (
        "import json, platform; from importlib.metadata import version\n"
        "names = ('numpy', 'scipy', 'simpy', 'pydantic', 'pandas', 'click', 'rich', 'tomli-w')\n"
        "print(json.dumps({'python': platform.python_version(), **{name: version(name) for name in names}}))"
    )
    found: dict[str, str] = json.loads(subprocess.check_output([python, "-c", code], text=True, env=clean({})))
    return found
