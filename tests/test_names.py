"""One name for one thing: no public class of the package shares its name with another class or with an alias."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

SIM = Path(__file__).parents[1] / "sim"


def named(kind: str) -> dict[str, set[str]]:
    """By name, the files that define a class of that name, or a module's own alias (`Rows = list[...]`)."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in sorted(SIM.rglob("*.py")):
        tree, where = ast.parse(file.read_text("utf-8")), file.relative_to(SIM).as_posix()
        if kind == "class":
            for node in ast.walk(tree):
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    found[node.name].add(f"{where}:{node.lineno}")
            continue
        for statement in tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for target in targets:
                if isinstance(target, ast.Name) and target.id[0].isupper() and not target.id.isupper():
                    found[target.id].add(f"{where}:{statement.lineno}")
    return found


def test_no_public_class_name_is_defined_twice() -> None:
    classes = named("class")
    assert len(classes) > 100
    assert {name: files for name, files in classes.items() if len(files) > 1} == {}


def test_no_alias_has_the_name_of_a_class() -> None:
    classes, aliases = named("class"), named("alias")
    assert len(aliases) > 30
    assert {name: classes[name] | aliases[name] for name in classes.keys() & aliases.keys()} == {}


FORMER = {"told", "place", "places", "beside", "judge", "judged", "befall", "twin", "luck",
          "lever", "levers", "leverage", "honest"}  # fmt: skip
"""Names that meant something in this project only; docs/reference/former-names.md has those in their stead."""


def names_in(code: str) -> set[str]:
    """Every name that a module's code gives or uses: of modules, functions, arguments, variables, attributes."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name) | ast.alias(asname=str(name)):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.keyword(arg=str(name)):
                found.add(name)
            case _:
                pass
    return found


def test_a_name_is_seen_wherever_it_stands() -> None:
    code = "from a import b as told\ndef beside(place, *, judged=1): return place.luck(twin=f'{places}')\n"
    assert names_in(code) >= {"told", "beside", "place", "judged", "luck", "twin", "places"}


def test_no_name_is_of_the_projects_own_dialect() -> None:
    found = {file.relative_to(SIM).as_posix(): names_in(file.read_text("utf-8")) & FORMER for file in SIM.rglob("*.py")}
    assert {file: names for file, names in found.items() if names} == {}
    assert not {file for file in found if file.rpartition("/")[2].removesuffix(".py") in FORMER}
