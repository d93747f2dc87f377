"""The house's floors: imports go down only. Reads the imports, runs nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "sim"

FLOORS: list[list[str]] = [
    [
        "errors",
        "limits",
        "words",
        "countries",
        "exact",
        "renames",
        "places",
        "strict_json",
        "clock",
        "streams",
        "executors",
    ],
    ["distributions", "data", "record", "scores"],
    ["model", "events", "scenario", "differences"],
    ["engine", "run"],
    ["results", "precision", "charts", "report", "exports"],
    ["questions", "backtest", "calibration", "frozen"],
    ["cli", "__main__"],
]
"""Rooms from the ground up. Inside a floor a room may import the rooms named before it."""

ORDER = [room for floor in FLOORS for room in floor]
ABOVE_ONLY_DATA = {"results": {"errors", "words", "exact", "record", "results"}}
"""The users' face reads the record, never the engine."""


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports(path: Path) -> set[str]:
    """Modules of ours a file imports when it runs; what only a type checker reads does not count."""
    found: set[str] = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "sim"}
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "sim":
            found |= {f"sim.{alias.name}" for alias in node.names} if node.module == "sim" else {node.module}
    return found


FILES = sorted(path for path in ROOT.rglob("*.py") if path.parent != ROOT or path.name != "__init__.py")


def test_every_room_has_a_floor() -> None:
    rooms = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in FILES}
    assert rooms == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for module in imports(path):
        assert module != "sim", f"{path.name} imports the users' face"
        room = room_of(module)
        assert ORDER.index(room) <= ORDER.index(own), f"{path.name} imports {module}, which lies above it"
        assert room in ABOVE_ONLY_DATA.get(own, {room}), f"{path.name} imports {module}"


def test_the_reader_sees_an_import(tmp_path: Path) -> None:
    """The control: a file that imports upward is seen to."""
    bad = tmp_path / "bad.py"
    bad.write_text("def f():\n    from sim.cli import main\n")
    assert imports(bad) == {"sim.cli"}
