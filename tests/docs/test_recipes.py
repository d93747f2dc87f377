"""The recipes of docs/extending.md are carried out to the letter, on a copy of the project."""

from __future__ import annotations

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from editions.made import NATO, NATO_IN_WORDS, YEAR
from importing.publishers import nato
from sim.data.edition import FIRST_YEAR, LAST_YEAR
from sim.data.tables import load_tables

ROOT = Path(__file__).parents[2]
EDITION = "An edition of the data"
PAGE = (ROOT / "docs" / "extending.md").read_text("utf-8")
STEP = re.compile(r"<!-- step: (?P<step>[^\n]+) -->\n+```\w*\n(?P<text>.*?)```\n", re.DOTALL)
RECIPES = {
    part.splitlines()[0]: STEP.findall(part) for part in PAGE.split("\n## ")[1:] if "<!-- step: " in part
}  # fmt: skip
COPIED = ("sim", "tests", "scenarios", "docs", "tools", "pyproject.toml")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in COPIED:
        source, place = ROOT / name, tmp_path / name
        if source.is_dir():
            shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__", "golden_*", ".hypothesis"))
        else:
            shutil.copy(source, place)
    return tmp_path


def test_every_recipe_is_tried() -> None:
    assert set(RECIPES) == {
        "An event kind",
        "A section of parameters",
        "A results table",
        "A chart",
        "An executor",
        EDITION,
        "A question",
    }
    assert all(steps[-1][0] == "run" for steps in RECIPES.values())


LONG = ("A section of parameters", "A chart", "An executor", "A question")
"""Those that draw every picture, start many processes, or try every example."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name in LONG)) for name in RECIPES if name != EDITION],
)
def test_a_recipe_works_as_it_is_written(name: str, copy: Path) -> None:
    carry_out(name, copy)


def test_the_recipe_of_an_edition_works_as_it_is_written(copy: Path) -> None:
    """Its example is the next edition, whose workbook is made as NATO makes them; afterwards the package is of it."""
    (copy / f"def-exp-{YEAR}-en.xlsx").write_bytes(workbook())
    carry_out(EDITION, copy)
    told = "from sim.data.edition import *; print(LAST_YEAR, ESTIMATED_YEARS, name_of(), key_of(), full_editions()[-1])"
    done = subprocess.run([sys.executable, "-c", told], cwd=copy, capture_output=True, text=True, check=True)
    assert done.stdout == f"{YEAR} {(LAST_YEAR, YEAR)} {NATO_IN_WORDS} {NATO} {NATO}\n"
    with (copy / "sim/data/tables/shares.csv").open(encoding="utf-8") as text:
        now = {(row["iso3"], int(row["year"])): row for row in csv.DictReader(text)}
    for row in load_tables().shares:
        first = row.share_pct if row.year == LAST_YEAR else row.first_estimate_pct
        assert now[row.iso3, row.year]["first_estimate_pct"] == ("" if first is None else f"{first:g}")
    assert now["DEU", YEAR]["share_pct"] == f"{moved('DEU'):g}"


def moved(iso3: str) -> float:
    """A share of the new year, made up."""
    row = load_tables().share(iso3, LAST_YEAR)
    assert row is not None
    return round(row.share_pct + 0.05, 2)


def workbook() -> bytes:
    """NATO's workbook of the year to come."""

    def cell(column: str) -> Callable[[str, int], float | None]:
        return lambda iso3, year: getattr(load_tables().share(iso3, min(year, LAST_YEAR)), column)

    def share(iso3: str, year: int) -> float | None:
        return moved(iso3) if year == YEAR else cell("share_pct")(iso3, year)

    columns = (share, cell("outlays_usd_m"), cell("equipment_share_pct"))
    return nato(YEAR, *columns, range(FIRST_YEAR, YEAR + 1), LAST_YEAR)


def carry_out(name: str, copy: Path) -> None:
    for step, text in RECIPES[name]:
        kind, *args = step.split()
        if kind == "run":
            for line in text.strip().splitlines():
                done = run(line, copy)
                assert done.returncode == 0, f"{line}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        else:
            STEPS[kind](text, copy / args[-1] if args else copy, *args[:-1])


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command of the page, with this Python in the place of the environment's."""
    program, *args = line.split()
    assert program.startswith(".venv/bin/")
    module = program.removeprefix(".venv/bin/")
    command = [sys.executable, *([] if module == "python" else ["-m", module]), *args]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=900
    )


def program(text: str, folder: Path) -> None:
    """Run by this Python, in the project's folder."""
    done = subprocess.run([sys.executable, "-c", text], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def rows(text: str, file: Path) -> None:
    """At the end of a table."""
    file.write_text(f"{file.read_text('utf-8')}{text}", "utf-8")


def lines(text: str, file: Path) -> None:
    """Each in the place of the one that begins alike: a key of its section, or the first cell of a table."""
    found, section = file.read_text("utf-8").splitlines(), 0
    for line in text.splitlines():
        if line.startswith("["):
            section = found.index(line)
        else:
            head = line.split(" = ")[0] + " = " if " = " in line else "|".join(line.split("|")[:2]) + "|"
            place = next(at for at in range(section, len(found)) if found[at].startswith(head))
            found[place] = line
    file.write_text("\n".join(found) + "\n", "utf-8")


def write(text: str, file: Path) -> None:
    assert not file.exists()
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


def append(text: str, file: Path) -> None:
    """At the end: a function or table after two empty lines, a method as the last one of the last class."""
    former = file.read_text("utf-8").rstrip("\n")
    file.write_text(f"{former}\n\n{'' if text.startswith(' ') else chr(10)}{text}", "utf-8")


def import_(text: str, file: Path) -> None:
    """Among the other imports of its depth, in their order; what takes names of that module already takes it too."""
    lines = file.read_text("utf-8").splitlines(keepends=True)
    module, names = text.rstrip("\n").split(" import ")
    start = f"{text[: -len(text.lstrip())]}from sim."
    for number, line in enumerate(lines):
        if line.startswith(f"{module} import "):
            known = line.rstrip("\n").split(" import ")[1].split(", ")
            lines[number] = f"{module} import {', '.join(sorted({*known, names}))}\n"
            break
        if line.startswith(start) and line > text:
            lines.insert(number, text)
            break
    else:
        raise AssertionError(f"no place for {text} in {file}")
    file.write_text("".join(lines), "utf-8")


def below(text: str, file: Path) -> None:
    """Below the first of the lines, which is there."""
    anchor = text.splitlines(keepends=True)[0]
    former = file.read_text("utf-8")
    assert former.count(anchor) == 1
    file.write_text(former.replace(anchor, text), "utf-8")


def assignment(text: str, file: Path) -> None:
    """In the place of the one to the same name."""
    (new,) = ast.parse(text).body
    code = file.read_text("utf-8")
    (old,) = (node for node in ast.parse(code).body if assigned(node) == assigned(new) != "")
    lines = code.splitlines(keepends=True)
    file.write_text("".join([*lines[: old.lineno - 1], text, *lines[old.end_lineno :]]), "utf-8")


def assigned(node: ast.stmt) -> str:
    """The name that a statement assigns to; empty for any other."""
    match node:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return ast.unparse(target)
    return ""


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


STEPS = {
    "program": program, "rows": rows, "lines": lines, "below": below,
    "write": write, "append": append, "import": import_, "assignment": assignment, "entry": entry, "after": after,
}  # fmt: skip
