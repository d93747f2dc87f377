"""Whatever a user's file, folder or table holds, a terminal shows it and obeys nothing of it, and JSON escapes it."""

from __future__ import annotations

import ast
import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import TARGETS, Call, Said
from sim import cli
from sim.data.tables import load_tables

ODD = "od\x1b[2Jd \u202eeman\u2066\x07\x9b\x7f"
"""Clears the screen, turns the reading direction, rings."""
SHOWN = "od\\u001b[2Jd \\u202eeman\\u2066\\u0007\\u009b\\u007f"
NAME = "Bel\u202egium"
"""A table refuses control characters, and takes what turns the reading direction."""
FORMULA = "=1+cmd|' /C calc'!A0"


def scenario(folder: Path, name: str) -> Path:
    """A scenario with an odd title, whose own table of allies calls Belgium so, in an odd file of an odd folder."""
    folder = folder / ODD
    folder.mkdir()
    rows = [",".join("" if value is None else str(int(value) if isinstance(value, bool) else value) for value in row)
            for row in (tuple(entry.model_dump().values()) for entry in load_tables().allies)]  # fmt: skip
    header = ",".join(type(load_tables().allies[0]).model_fields)
    text = "\n".join([header, *rows]).replace("Belgium", f'"{name}"')
    (folder / "allies.csv").write_text(f"{text}\n", encoding="utf-8")
    file = folder / f"{ODD}.toml"
    head = f"title = {json.dumps(ODD)}\nhorizon = {{ last_year = 2030 }}\nrun = {{ paths = 320, seed = 7 }}\n"
    file.write_text(f'{head}data = {{ allies = "allies.csv" }}\n{TARGETS}', encoding="utf-8")
    return file


def harmless(said: Said) -> Said:
    for stream in (said.out, said.err):
        assert all(char.isprintable() or char == "\n" for char in stream), stream
    return said


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    return scenario(tmp_path, NAME)


def test_pages_success_lines_and_errors_obey_nothing(odd: Path, call: Call) -> None:
    run = odd.with_name(f"run\n{ODD}")
    commands = [
        ["check", odd], ["run", odd, "--workers", 1],
        ["run", odd, "--out", run, "--workers", 1], ["run", odd, "--out", run, "--workers", 1],
        ["replay", odd, "--path", 3], ["replay", odd, "--path", 3, "--ally", "BEL"],
        ["compare", odd, odd, "--chart", odd.with_suffix(".svg"), "--workers", 1],
        ["export", run, "--format", "csv", "--out", odd.with_name("csv")],
        ["report", run, "--out", odd.with_suffix(".html")], ["brief", "BEL", run, "--out", odd.with_name("brief.html")],
        ["chart", "fan", run, "--ally", "BEL", "--out", odd.with_suffix(".png")],
    ]  # fmt: skip
    seen = ""
    for command in commands:
        said = harmless(call(*command))
        assert said.code == 0, (command, said.err)
        seen += said.out + said.err
    for words in (f"Saved in {odd.parent.parent}/{SHOWN}/run {SHOWN}", f"in place of: {SHOWN}, 320 runs", SHOWN,
                  "Bel\\u202egium", "Chart in", "Exported to"):  # fmt: skip
        assert words in seen, words


@pytest.mark.parametrize(
    "args",
    [
        [f"ch{ODD}"], ["check", f"{ODD}.toml"], ["run", f"{ODD}.toml"], ["run", f"--{ODD}"],
        ["export", ODD, "--format", ODD],
        ["export", ODD, "--format", "csv", "--out", "x"], ["data", ODD], ["report", ODD], ["check"],
        ["calibrate", "--work", f"file/{ODD}"], ["score", ODD],
        ["backtest", "--mode", ODD], ["replay", ODD, "--path", ODD],
    ],
)  # fmt: skip
def test_errors_obey_nothing(args: list[str], call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    said = harmless(call(*args))
    assert said.code in (2, 3, 5)
    assert said.err


def test_a_bug_of_ours_obeys_nothing(call: Call, odd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise ZeroDivisionError(ODD)

    monkeypatch.setattr("sim.scenario.load", failing)
    said = harmless(call("check", odd))
    assert said.code == 1
    assert f"ZeroDivisionError: {SHOWN}" in said.err


def test_json_escapes_and_gives_back(odd: Path, call: Call) -> None:
    for command in (["check", odd], ["run", odd, "--workers", 1], ["replay", odd, "--path", 3],
                    ["compare", odd, odd, "--workers", 1]):  # fmt: skip
        said = harmless(call(*command, "--json"))
        assert json.dumps(ODD)[1:-1].replace("\x7f", "\\u007f") in said.out
        assert ODD in _texts(json.loads(said.out))
        if command[0] == "run":
            assert NAME in _texts(json.loads(said.out))


def _texts(document: object) -> set[str]:
    if isinstance(document, dict):
        return set().union(*map(_texts, document.values()))
    if isinstance(document, list):
        return set().union(*map(_texts, document))
    return {document} if isinstance(document, str) else set()


def test_no_cell_of_csv_is_a_formula(tmp_path: Path, call: Call) -> None:
    said = call("run", scenario(tmp_path, FORMULA), "--csv", "--workers", 1)
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert {row["ally"] for row in rows if row["iso3"] == "BEL"} == {f"'{FORMULA}"}
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@" and cell and not _number(cell)]


def _number(cell: str) -> bool:
    try:
        return float(cell) == float(cell)
    except ValueError:
        return False


def test_whatever_is_printed_goes_through_the_terminal() -> None:
    """A line that is printed elsewhere would have to be made harmless there."""
    found = []
    package = Path(cli.__file__).parents[1]
    for file in (*package.glob("cli/**/*.py"), *package.glob("output/terminal/*.py")):
        if file.name not in ("console.py", "app.py"):
            found += [f"{file.name}: {name}" for name in _calls(ast.parse(file.read_text(encoding="utf-8")))]
    assert not [entry for entry in found if entry.endswith((": print", "echo", ".write"))], found


def _calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif ast.unparse(node.func).startswith(("click.echo", "click.secho", "sys.stdout.", "sys.stderr.")):
                yield ast.unparse(node.func)
