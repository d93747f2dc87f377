"""The page of former names leads to what is there."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "former-names.md").read_text("utf-8")
MODULES, NAMES = PAGE.partition("## Words")[0].split("## Classes")


def test_every_module_that_is_named_is_there_and_no_former_one_is() -> None:
    rows = [line.split("|")[1:3] for line in MODULES.splitlines() if line.startswith("| `")]
    assert len(rows) > 30
    for before, after in rows:
        for name in re.findall(r"`(sim[\w.]+)`", after):
            import_module(name)
        (former,) = re.findall(r"`([\w.]+)`", before)
        assert not (ROOT / former.replace(".", "/")).with_suffix(".py").exists() or f"`{former}`" in after


def test_every_class_and_function_that_is_named_is_there() -> None:
    there: set[str] = set()
    for file in (ROOT / "sim").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                there.add(node.name)
            elif isinstance(node, ast.Name | ast.arg):
                there.add(node.id if isinstance(node, ast.Name) else node.arg)
    rows = [line.split("|")[2] for line in NAMES.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    for after in rows:
        for name in re.findall(r"`([\w.]+)`", after):
            assert name.rpartition(".")[2] in there, name
