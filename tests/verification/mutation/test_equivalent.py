"""Mutants listed as equivalent are of code that is there: the campaign says so only after hours."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from evidence import ROOT
from mutation.campaign import MODULES, equivalent


@cache
def functions(module: str) -> dict[str, list[str]]:
    """The lines of every function and method of a module, as mutmut names it."""
    text = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
    lines = [line.strip() for line in text.splitlines()]

    def named(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, list[str]]]:
        for node in body:
            if isinstance(node, ast.FunctionDef):
                yield f"{prefix}.{node.name}", lines[node.lineno - 1 : node.end_lineno]
            elif isinstance(node, ast.ClassDef):
                yield from named(node.body, f"{prefix}.{node.name}")

    return dict(named(ast.parse(text).body, module))


def lines_of(function: str) -> list[str]:
    """The lines of a function, by its full name; none where there is no such function."""
    parts = function.split(".")
    modules = (".".join(parts[:end]) for end in range(len(parts) - 1, 1, -1))
    module = next((name for name in modules if ROOT.joinpath(*name.split(".")).with_suffix(".py").is_file()), None)
    return functions(module).get(function, []) if module else []


def stands_in(before: str, lines: list[str]) -> bool:
    """Whether one line, or a few in a row, read so."""
    return any(
        " ".join(lines[start:end]) == before
        for start in range(len(lines))
        for end in range(start + 1, min(start + 8, len(lines)) + 1)
    )


@pytest.mark.parametrize("function", sorted({function for function, _, _ in equivalent()}))
def test_each_names_a_function_that_is_mutated_and_a_line_of_it(function: str) -> None:
    assert sum(module.has(function) for module in MODULES.values()) == 1
    lines = lines_of(function)
    assert lines, f"equivalent.toml: there is no {function}; give it the name it has now, or take it out"
    gone = [before for named, before, _ in equivalent() if named == function and not stands_in(before, lines)]
    assert not gone, f"equivalent.toml: no such line in {function}; write it as it is now, or take it out"


def test_what_is_no_more_is_seen() -> None:
    lines = lines_of("sim.model.state.World.by_ally")
    assert stands_in("size = self.draws.paths", lines)
    assert not stands_in("size = self.draws", lines)
    assert lines_of("sim.model.state.World.vote") == lines_of("sim.model.nowhere.vote") == []
