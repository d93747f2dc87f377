"""docs/model.md says what the code does: every default, unit and scope, every equation's function, every stream."""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.distributions.scalar import written
from sim.model import sections
from sim.model.parameters import Will
from sim.numerics.streams import STREAM_VERSION, Streams

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")

SECTIONS = {section.name: section.model for section in sections.SECTIONS}
PARAMETERS = [(section, name) for section, model in SECTIONS.items() for name in model.model_fields]
EQUATIONS = (
    "numerics/arrays",
    *(f"model/equations/{name}" for name in (
        "budget", "exposure", "growth", "outturn", "related", "targets", "urgency", "will"
    )),
)  # fmt: skip


def rows_of(text: str) -> list[list[str]]:
    """The rows of a page's tables, cell by cell, without heads and rulers."""
    rows: list[list[str]] = []
    lines = text.splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("|") and not line.startswith("|---") and not following.startswith("|---"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def part_of(heading: str) -> str:
    """The text under a heading, to the next one."""
    assert PAGE.count(f"\n{heading}\n") == 1, heading
    after = PAGE.split(f"\n{heading}\n", 1)[1]
    return re.split(r"\n#{2,3} ", after, maxsplit=1)[0]


def value_of(cell: str) -> Any:
    """What a cell says of a default: `0.07`, a distribution as in a scenario file, or words for what the data give."""
    return tomllib.loads(f"value = {cell.strip('`')}")["value"] if cell.startswith("`") else None


TABLES = {section: {row[0].strip("`"): row for row in rows_of(part_of(f"### `[{section}]`"))} for section in SECTIONS}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_parameter_stands_in_its_table_once_and_in_order(section: str) -> None:
    names = [row[0].strip("`") for row in rows_of(part_of(f"### `[{section}]`"))]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert names == list(SECTIONS[section].model_fields)


@pytest.mark.parametrize(("section", "name"), PARAMETERS, ids=lambda part: str(part))
def test_default_unit_and_scope_are_those_of_the_code(section: str, name: str) -> None:
    field = SECTIONS[section].model_fields[name]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    _, default, unit, scope, evidence, _ = TABLES[section][name]
    stated, meant = value_of(default), written(field.default)
    assert (stated, type(stated)) == (meant, type(meant))
    assert unit == extra.get("unit", "-")
    assert scope == extra.get("scope", "fixed")
    assert evidence
    if "evidence" in extra:
        assert evidence.startswith("judgement") == str(extra["evidence"]).startswith("judgement")
        assert evidence.startswith("assumption") == str(extra["evidence"]).startswith("assumption")


def test_the_random_events_of_every_scenario_are_those_of_the_code() -> None:
    stated = {}
    for name, rate, parameter, default, _ in rows_of(part_of("## Events"))[:3]:
        stated[name.strip("`")] = (float(rate), parameter.strip("`"), value_of(default))
    meant = {}
    for event in sim.loads('title = "nothing of its own"').event:
        parameter = next(name for name in type(event).model_fields if name in ("size", "factor"))
        meant[event.name] = (event.rate, parameter, written(getattr(event, parameter)))
    assert stated == meant


def functions_of(module: str) -> list[str]:
    """The public functions of one of the equations' files."""
    tree = ast.parse((ROOT / "sim" / f"{module}.py").read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


@pytest.mark.parametrize("module", EQUATIONS)
def test_the_page_names_every_function_of_the_equations(module: str) -> None:
    missing = [name for name in functions_of(module) if f"`sim/{module}.py: {name}`" not in PAGE]
    assert missing == []


def test_the_page_names_no_function_that_is_not_there() -> None:
    named = re.findall(r"`(sim/[\w/]+\.py): (\w+)`\]\(\.\./([\w/.]+)\)", PAGE)
    assert len(named) > 20
    for file, function, link in named:
        assert file == link
        assert re.search(
            rf"^(def {function}\(|{function} = )", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE
        ), function


def test_every_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\((\.\./[^)#]+)\)", PAGE):
        assert (ROOT / "docs" / link).exists(), link
    anchors = {re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in PAGE.splitlines()
               if line.startswith("#")}  # fmt: skip
    for anchor in re.findall(r"\]\(#([^)]+)\)", PAGE):
        assert anchor in anchors, anchor


STREAM = re.compile(r"(param|growth|will|outturn|related|election|event)/[a-z_/]*")


def streams_of(folder: str) -> set[str]:
    """Names of streams as they stand in the code of a folder, up to the first part that varies."""
    found: set[str] = set()
    for path in (ROOT / "sim" / folder).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = node.values[0] if isinstance(node, ast.JoinedStr) else node
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and (name := STREAM.match(text.value)):
                found.add(name.group())
    return found


def test_the_page_names_every_stream() -> None:
    names = streams_of("engine")
    assert {"outturn/execution", "growth/factor", "election/early/month", "event/"} <= names
    table = part_of("### Streams")
    general = {name: re.sub(r"^param/(?!event)[a-z]*", "param/<section>", name) for name in names}
    missing = [name for name, row in sorted(general.items()) if not re.search(f"`{re.escape(row)}(?![a-z_])", table)]
    assert missing == []


def test_the_example_of_bits_is_true() -> None:
    """What a second program can check itself against."""
    found = re.search(r"seed (\d+), stream\s`([\w/]+)`, ally (\d+), period (\d+), .* have (\d+), (\d+) and (\d+)", PAGE)
    assert found is not None
    words = Streams(int(found[1]), 0, 16).uint16(found[2], ally=int(found[3]), period=int(found[4]))
    assert [int(word) for word in words[:3]] == [int(found[place]) for place in (5, 6, 7)]
    assert f"`STREAM_VERSION` is {STREAM_VERSION}." in PAGE


def test_the_readers_of_the_page_see_a_wrong_default() -> None:
    """The control: a table that says something else is read as something else."""
    row = rows_of("| name | default |\n|---|---|\n| `peer` | `0.06` |")[0]
    assert row == ["`peer`", "`0.06`"]
    assert value_of(row[1]) != Will.model_fields["peer"].default
    assert value_of("from the data") is None
    assert value_of("`true`") is True
