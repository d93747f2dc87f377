"""Pages show what their commands print: tutorial, recipes, explanations, the command line's own help."""

from __future__ import annotations

import re
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from sim.cli.commands import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"


def module(name: str) -> ModuleType:
    """A script of docs/."""
    spec = spec_from_file_location(name, DOCS.parent / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


commands = module("commands")


@pytest.mark.parametrize("page", commands.pages(), ids=lambda page: page.relative_to(DOCS.parent).as_posix())
def test_pages_show_what_their_commands_print(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert commands.written(text) == text, "`make docs` writes it anew"


def test_every_command_has_its_help() -> None:
    text = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `sim (\w+)`$", text, re.MULTILINE) == list(COMMANDS)


def test_a_page_is_written_from_what_is_printed() -> None:
    """The control: what stood there goes, and what a command prints comes; a wrong call is an error."""
    page = (
        "<!-- file: a.py -->\n\n```python\nprint(6 * 7)\nprint(1)\n```\n\n"
        "<!-- output: python a.py | head -n 1 -->\nold\n<!-- end of output -->\n"
    )
    shown = "<!-- output: python a.py | head -n 1 -->\n\n```console\n$ python a.py | head -n 1\n42\n```\n\n<!-- end of"
    assert shown in commands.written(page)
    assert commands.written(commands.written(page)) == commands.written(page)
    with pytest.raises(RuntimeError):
        commands.written(page.replace("6 * 7", "6 / 0"))


def test_faults_may_be_shown_and_never_simulated() -> None:
    page = (
        "<!-- file: scenarios/a.toml -->\n\n```toml\ntitel = 1\n```\n\n"
        "<!-- output: sim check scenarios/a.toml -->\n<!-- end of output -->\n"
    )
    assert "did you mean title?" in commands.written(page)
    with pytest.raises(RuntimeError):
        commands.written(page.replace("sim check", "sim run"))
