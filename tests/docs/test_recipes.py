"""The recipes of docs/extending.md are carried out to the letter, on a copy of the project."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")
STEP = re.compile(r"<!-- step: (?P<step>[^\n]+) -->\n+```\w*\n(?P<text>.*?)```\n", re.DOTALL)
RECIPES = {
    part.splitlines()[0]: STEP.findall(part) for part in PAGE.split("\n## ")[1:] if "<!-- step: " in part
}  # fmt: skip
COPIED = ("sim", "tests", "scenarios", "docs", "pyproject.toml")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in COPIED:
        source, place = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "golden_*", ".hypothesis"))
        else:
            shutil.copy(source, place)
    return tmp_path


def test_event_section_and_table_have_a_recipe_that_is_tried() -> None:
    assert set(RECIPES) == {"An event kind", "A section of parameters", "A results table"}
    assert all(steps[-1][0] == "run" for steps in RECIPES.values())


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_works_as_it_is_written(name: str, copy: Path) -> None:
    for step, text in RECIPES[name]:
        kind, *args = step.split()
        if kind == "run":
            for line in text.strip().splitlines():
                done = run(line, copy)
                assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        else:
            STEPS[kind](text, copy / args[-1], *args[:-1])


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the page, with this Python in the place of the environment's."""
    program, *args = line.split()
    assert program.startswith(".venv/bin/")
    module = program.removeprefix(".venv/bin/")
    command = [sys.executable, *([] if module == "python" else ["-m", module]), *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=500)


def write(text: str, file: Path) -> None:
    assert not file.exists()
    file.write_text(text, "utf-8")


def append(text: str, file: Path) -> None:
    """At the end: a function or table after two empty lines, a method as the last one of the last class."""
    former = file.read_text("utf-8").rstrip("\n")
    file.write_text(f"{former}\n\n{'' if text.startswith(' ') else chr(10)}{text}", "utf-8")


def import_(text: str, file: Path) -> None:
    """Among the other imports, in their order."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if line.startswith("from sim.") and line > text)
    file.write_text("".join([*lines[:place], text, *lines[place:]]), "utf-8")


def assignment(text: str, file: Path) -> None:
    """In the place of the one to the same name."""
    (new,) = ast.parse(text).body
    assert isinstance(new, ast.Assign)
    code = file.read_text("utf-8")
    (old,) = (
        node for node in ast.parse(code).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(new.targets[0])
    )  # fmt: skip
    lines = code.splitlines(keepends=True)
    file.write_text("".join([*lines[: old.lineno - 1], text, *lines[old.end_lineno :]]), "utf-8")


def entry(text: str, file: Path, name: str) -> None:
    """The last one of a dictionary or tuple."""
    code = file.read_text("utf-8")
    (table,) = (
        node for node in ast.parse(code).body if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name
    )
    assert table.end_lineno is not None
    lines = code.splitlines(keepends=True)
    file.write_text("".join([*lines[: table.end_lineno - 1], text, *lines[table.end_lineno - 1 :]]), "utf-8")


def after(text: str, file: Path, name: str) -> None:
    """Below a field of a class."""
    code = file.read_text("utf-8")
    (field,) = (
        node
        for node in ast.walk(ast.parse(code))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == name
    )
    assert field.end_lineno is not None
    lines = code.splitlines(keepends=True)
    file.write_text("".join([*lines[: field.end_lineno], text, *lines[field.end_lineno :]]), "utf-8")


STEPS = {"write": write, "append": append, "import": import_, "assignment": assignment, "entry": entry, "after": after}
