"""docs/model/ says what the code does: every default, unit and scope, every equation's function, every stream."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

import sim
from sim.distributions.scalar import written
from sim.model import sections
from sim.model.calendar import Phase
from sim.model.equations.exposure import Rule
from sim.model.equations.urgency import HISTORY
from sim.model.estimated import ESTIMATED
from sim.model.events import AnyEvent
from sim.model.parameters import Urgency, Will
from sim.model.state import AllyState
from sim.numerics.streams import STREAM_VERSION, Streams

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "model"
PAGES = {file.stem: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.md"))}
PAGE, DRAWS = PAGES["equations"], PAGES["draws"]

SECTIONS = {section.name: section.model for section in sections.SECTIONS}
PARAMETERS = [(section, name) for section, model in SECTIONS.items() for name in model.model_fields]
KINDS = {get_args(event.model_fields["kind"].annotation)[0]: event for event in get_args(get_args(AnyEvent)[0])}
"""The class of every kind of event."""

EQUATIONS = (
    "numerics/arrays", "engine/growth_inputs", "engine/outlook_inputs",
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


def part_of(heading: str, page: str = PAGE) -> str:
    """The text under a heading, to the next one."""
    assert page.count(f"\n{heading}\n") == 1, heading
    after = page.split(f"\n{heading}\n", 1)[1]
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


def symbols(page: str = PAGE) -> list[str]:
    """What the table of symbols calls by its name in the code."""
    return [name for row in rows_of(part_of("## Symbols", page)) for name in re.findall(r"`(\w+)`", row[1])]


def test_every_symbol_is_called_as_in_the_code() -> None:
    """The second column names fields of an ally's state, but for the year of a target; the text names classes."""
    names = symbols()
    assert len(names) > 15
    assert [name for name in names if name not in {field.name for field in fields(AllyState)} and name != "by"] == []
    text = part_of("## Symbols")
    classes = re.findall(r"`([A-Z]\w+)` in\s+\[`(sim/[\w/]+\.py)`\]", text)
    assert len(classes) == 2
    for name, file in classes:
        assert re.search(rf"^class {name}\b", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), name


def phases_of(table: str) -> dict[str, list[str]]:
    """The kinds of events that stand in each row of a table of phases, by phase."""
    rows = re.findall(r"^[ |`]*([A-Z]{3,})\b(.*(?:\n {5,}.*)*)", table, re.MULTILINE)
    return {name: [kind for kind in re.findall(r"`+(\w+)`+", cells) if kind in KINDS] for name, cells in rows}


@pytest.mark.parametrize("table", [Phase.__doc__, part_of("## Time")], ids=["calendar", "page"])
def test_a_table_of_phases_has_every_phase_and_the_events_that_act_in_it(table: str) -> None:
    stated = phases_of(table)
    assert [phase.name for phase in Phase if phase is not Phase.END] == [name for name in stated if name != "END"]
    meant = {name: sorted(kind for kind, event in KINDS.items() if event.phase.name == name) for name in stated}
    assert {name: sorted(kinds) for name, kinds in stated.items()} == meant


def functions_of(module: str) -> list[str]:
    """The public functions of one of the equations' files."""
    tree = ast.parse((ROOT / "sim" / f"{module}.py").read_text(encoding="utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")]


NAMED = re.compile(r"\[`(?P<file>sim/[\w/]+\.py)`\]\((?P<link>[^)]+)\): (?P<names>[^;.]+)")
"""A file, and the functions of it that stand behind it, to the next file or the end of the sentence."""


def named_functions(page: str) -> list[tuple[str, str, str]]:
    """File, link and name of every function that a page names."""
    return [
        (found["file"], found["link"], name)
        for found in NAMED.finditer(page)
        for name in re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", found["names"]))
    ]


@pytest.mark.parametrize("module", EQUATIONS)
def test_the_page_names_every_function_of_the_equations(module: str) -> None:
    named = {function for file, _, function in named_functions(PAGE) if file == f"sim/{module}.py"}
    assert [name for name in functions_of(module) if name not in named] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_no_function_that_is_not_there(page: str) -> None:
    named = named_functions(PAGES[page])
    assert len(named) > (40 if page == "equations" else 0 if page == "draws" else -1)
    for file, link, function in named:
        assert (FOLDER / link).resolve() == ROOT / file
        code = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^ *(def {function}\(|{function} = )", code, re.MULTILINE), function


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading(page: str) -> None:
    links = re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", PAGES[page])
    assert links
    for link, anchor in links:
        file = (FOLDER / link).resolve() if link else FOLDER / f"{page}.md"
        assert file.exists(), link
        assert not anchor or anchor in anchors_of(file.read_text(encoding="utf-8")), f"{link}#{anchor}"


def anchors_of(page: str) -> set[str]:
    """The headings of a page, as a file browser links to them."""
    return {re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-") for line in page.splitlines()
            if line.startswith("#")}  # fmt: skip


def test_the_equations_stand_in_order() -> None:
    assert re.findall(r"^## (\d+)\. ", PAGE, re.MULTILINE) == [str(number) for number in range(1, 11)]


def test_the_tables_of_parameters_are_what_their_command_writes() -> None:
    code = "import sys, parameters; sys.stdout.buffer.write(parameters.tables().encode())"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tools", capture_output=True, check=True).stdout
    shown = PAGE.split("<!-- parameters -->\n", 1)[1].split("\n<!-- end of parameters -->", 1)[0]
    assert shown == made.decode(), "`make docs` writes them anew"


def typed(page: str) -> str:
    """A page without what commands have written into it."""
    return re.sub(r"<!-- (\w+).*?-->.*?<!-- end of \1", "", page, flags=re.DOTALL)


def test_the_pages_can_be_read_in_an_hour() -> None:
    words = {name: len(typed(page).replace("|", " ").split()) for name, page in PAGES.items()}
    assert sum(words.values()) <= 60 * 145, "145 words a minute"
    assert words["index"] <= 500, "it fits a screen"


@pytest.mark.parametrize("page", ["README.md", *(f"docs/model/{name}.md" for name in PAGES)])
def test_readers_are_told_in_their_own_words(page: str) -> None:
    """The code's words for these two are no reader's: something is closed on paper; governments feel threatened."""
    text = typed((ROOT / page).read_text(encoding="utf-8")).lower()
    assert [word for word in ("late push", "urgency at half", "half the urgency") if word in text] == []


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
    table = part_of("## Streams", DRAWS)
    general = {name: re.sub(r"^param/(?!event)[a-z]*", "param/<section>", name) for name in names}
    missing = [name for name, row in sorted(general.items()) if not re.search(f"`{re.escape(row)}(?![a-z_])", table)]
    assert missing == []


def test_the_example_of_bits_is_true() -> None:
    """What a second program can check itself against."""
    found = re.search(
        r"seed (\d+), stream\s`([\w/]+)`, ally (\d+), period (\d+), .* have (\d+), (\d+) and (\d+)", DRAWS
    )
    assert found is not None
    words = Streams(int(found[1]), 0, 16).uint16(found[2], ally=int(found[3]), period=int(found[4]))
    assert [int(word) for word in words[:3]] == [int(found[place]) for place in (5, 6, 7)]
    assert f"`STREAM_VERSION` is {STREAM_VERSION}." in DRAWS


def test_the_readers_of_the_page_see_a_wrong_default() -> None:
    """The control: a table that says something else is read as something else."""
    row = rows_of("| name | default |\n|---|---|\n| `peer` | `0.06` |")[0]
    assert row == ["`peer`", "`0.06`"]
    assert value_of(row[1]) != Will.model_fields["peer"].default
    assert value_of("from the data") is None
    assert value_of("`true`") is True


def test_what_is_estimated_and_its_ranges_are_those_of_the_code() -> None:
    rows = [row for row in rows_of(part_of("## Where parameters come from")) if "." in row[0]]
    assert rows == [
        [f"`{each.name}`", f"{each.low:g}", f"{each.high:g}", f"{each.high:g}" if each.in_earnest else ""]
        for each in ESTIMATED
    ]


def test_the_rules_of_exposure_are_those_of_the_code() -> None:
    rules = [re.findall(r"`(\w+)`", row[0]) for row in rows_of(part_of("## 5. Desired share (`budget`), December"))]
    assert [rule for found in rules for rule in found] == [*Rule]


def test_what_has_happened_to_urgency_is_that_of_the_code() -> None:
    rows = rows_of(part_of("## 3. Urgency (`urgency`), any month"))
    assert rows == [
        [f"{jump.year}-{jump.month:02}", f"`{jump.size}`", f"{Urgency.model_fields[jump.size].default}", *row[3:]]
        for jump, row in zip(HISTORY, rows, strict=True)
    ]
