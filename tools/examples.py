"""Writes what the examples of docstrings print into them: `python tools/examples.py`, part of `make docs`.

An example that raises is left as it is and named: it is wrong, not out of date.
"""

from __future__ import annotations

import ast
import doctest
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]

Change = tuple[int, int, list[str]]  # first line, number of lines, what takes their place


class Runner(doctest.DocTestRunner):
    """Keeps what an example printed in place of what its docstring says."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.changes: list[Change] = []
        self.raised: list[str] = []

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """What it printed is other than what is written."""
        first = (test.lineno or 0) + example.lineno + example.source.count("\n")
        shown = [" " * example.indent + line for line in got.splitlines()]
        self.changes.append((first, example.want.count("\n"), shown))

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        """It did not run to its end."""
        self.raised.append(f"{test.name}, line {(test.lineno or 0) + example.lineno + 1}: {exc_info[1]}")


def rewritten(lines: list[str], changes: list[Change]) -> list[str]:
    """The lines with each change made, the last one first, since it moves those below it.

    >>> rewritten(["a", "b", "c"], [(0, 1, ["x", "y"]), (2, 1, [])])
    ['x', 'y', 'b']
    """
    lines = list(lines)
    for first, count, shown in sorted(changes, reverse=True):
        lines[first : first + count] = shown
    return lines


def tests_of(file: Path) -> Iterator[doctest.DocTest]:
    """The examples of every docstring, with the line it begins on; doctest's own finder knows none of a property's."""
    module = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    parser = doctest.DocTestParser()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            text, name = ast.get_docstring(node, clean=False) or "", getattr(node, "name", file.stem)
            yield parser.get_doctest(text, dict(vars(module)), name, str(file), node.body[0].lineno - 1)


def renewed(file: Path) -> tuple[int, list[str]]:
    """Run the examples of a file of the package and write what they print; how many changed, and what raised."""
    runner = Runner()
    for test in tests_of(file):
        if test.examples:
            runner.run(test, out=lambda _: None)
    if runner.changes:
        text = file.read_text("utf-8").split("\n")
        file.write_text("\n".join(rewritten(text, runner.changes)), "utf-8")
    return len(runner.changes), runner.raised


def main() -> int:
    """All files; 1 where an example raised."""
    files = sorted(
        file for file in (ROOT / "sim").rglob("*.py") if re.search(r"^\s*>>> ", file.read_text("utf-8"), re.M)
    )
    raised: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # examples save runs
        for file in files:
            changed, wrong = renewed(file)
            raised += wrong
            if changed:
                print(f"{file.relative_to(ROOT)}: {changed} renewed")
    for line in raised:
        print(f"raised: {line}", file=sys.stderr)
    return 1 if raised else 0


if __name__ == "__main__":
    sys.exit(main())
