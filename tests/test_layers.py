"""The layers of the package: imports go down only, in no circle; SimPy is the engine's; a scenario needs no NumPy."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "sim"

FACES = ("backtest", "charts", "exports", "report")
"""For users, as `sim/__init__.py` is: nothing inside imports them."""

LAYERS = (
    "errors", "arguments", "worker", "numerics", "text", "files", "kernels", "data", "distributions", "model",
    "scenario", "results", "engine", "execution", "analysis", "evaluation", "output", *FACES, "cli", "__main__",
)  # fmt: skip
"""From the ground up. A layer imports those before it."""

NOT_BELOW = {"results": {"data", "distributions", "model", "scenario"}}
"""What a layer does without, though it lies below."""


def layer_of(module: str) -> str:
    return module.split(".")[1]


@cache
def imports(path: Path) -> frozenset[str]:
    """Modules of ours that a file imports, inside functions and for the type checker too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "sim"}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sim":
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add(full if file_of(full) else node.module)
    return frozenset(found)


def file_of(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split(".")[1:])
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    return None


FILES = sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.name != "__init__.py")


def test_every_module_is_in_a_layer() -> None:
    assert {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES} == set(LAYERS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imports(path):
        assert module != "sim", f"{path.name} imports the users' face"
        layer = layer_of(module)
        assert LAYERS.index(layer) <= LAYERS.index(own), f"{path.name} imports {module}, which lies above it"
        assert layer not in FACES, f"{path.name} imports {module}, which is for users"
        assert layer not in NOT_BELOW.get(own, set()), f"{path.name} imports {module}"


def test_no_module_imports_itself_by_way_of_others() -> None:
    """Not even for the type checker: what belongs together stands in one file, or one of the two is not needed."""
    graph = {path: {file for name in imports(path) if (file := file_of(name))} for path in FILES}
    while True:
        leaves = {path for path, below in graph.items() if not below & set(graph)}
        if not leaves:
            break
        graph = {path: below for path, below in graph.items() if path not in leaves}
    circle = {path for path in graph if any(path in below for below in graph.values())}
    assert sorted(str(path.relative_to(ROOT)) for path in circle) == []


def test_equations_are_functions_of_arrays() -> None:
    """They read no table, and what they keep are rows of values: no class of theirs does anything."""
    for file in sorted((ROOT / "model" / "equations").glob("*.py")):
        assert not {name for name in imports(file) if layer_of(name) in ("data", "files")}, file.name
        classes = [node for node in ast.parse(file.read_text("utf-8")).body if isinstance(node, ast.ClassDef)]
        acting = [node.name for node in classes if any(isinstance(part, ast.FunctionDef) for part in node.body)]
        assert acting == [], file.name


def test_parameters_are_declared_without_events() -> None:
    for name in ("declaring", "parameters", "sections", "calendar"):
        below = imports(ROOT / "model" / f"{name}.py")
        assert not {module for module in below if module.startswith("sim.model.events")}, name


def test_only_the_engine_sees_simpy() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in FILES if "import simpy" in (text := path.read_text("utf-8"))
             or "from simpy" in text}  # fmt: skip
    assert found == {"engine"}


@pytest.mark.parametrize(
    ("code", "without"),
    [
        ("import sim", {"numpy", "scipy", "pandas", "simpy", "pydantic", "rich", "altair"}),
        ("import sim; sim.load('rutte_2032')", {"numpy", "scipy", "pandas", "simpy", "rich", "altair"}),
        ("import sim; sim.simulate(sim.load('rutte_2032'), 16, executor='serial')", {"scipy", "pandas", "altair"}),
    ],
)
def test_what_is_not_needed_is_not_loaded(code: str, without: set[str]) -> None:
    command = [sys.executable, "-c", f"{code}; import sys; print(*sys.modules)"]
    loaded = set(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split())
    assert loaded & without == set()


def test_the_reader_sees_an_import(tmp_path: Path) -> None:
    """The control: a file that imports upward is seen to."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from sim.cli import main\n")
    assert imports(bad) == {"sim.cli"}
