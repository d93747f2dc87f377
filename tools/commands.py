"""Writes what commands print into the pages that show them: `python tools/commands.py`, part of `make docs`.

A page says what is to be run; everything on it is run in its order, in a folder of its own that holds `scenarios/`:

- `<!-- file: NAME -->` before a block of code: the code is written to that file.
- `<!-- output: COMMAND -->` to `<!-- end of output -->`: the command and what it prints, whatever stood there before.
- `<!-- help of every command -->` to `<!-- end of help -->`: `sim COMMAND --help` of the whole catalogue.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]

FILE = re.compile(r"<!-- file: (?P<name>\S+) -->\n+```\w*\n(?P<text>.*?)```\n", re.DOTALL)
OUTPUT = re.compile(r"(?P<mark><!-- output: (?P<command>[^\n]+) -->\n).*?(?=<!-- end of output -->)", re.DOTALL)
HELP = re.compile(r"(?P<helped><!-- help of every command -->\n).*?(?=<!-- end of help -->)", re.DOTALL)
MARKED = re.compile(f"{FILE.pattern}|{OUTPUT.pattern}|{HELP.pattern}", re.DOTALL)


def pages() -> list[Path]:
    """The pages that show a command, the README among them."""
    places = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in places if OUTPUT.search(text := page.read_text("utf-8")) or HELP.search(text)]


def run(command: str, folder: Path) -> str:
    """What a command prints, in a pipe; `sim` and `python` are those of this environment, `| head -n 9` is understood.

    Raises:
        RuntimeError: it went wrong.
    """
    command, _, lines = command.partition(" | head -n ")
    program, *given = shlex.split(command)
    ours = {"sim": [sys.executable, "-m", "sim"], "python": [sys.executable]}[program]
    usual = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    env = {**usual, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([*ours, *given], cwd=folder, env=env, capture_output=True, encoding="utf-8")
    faulty = given[:1] == ["check"] and done.returncode == 3  # a page may show what is wrong with a scenario
    if done.returncode and not faulty:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr}")
    printed = (done.stdout + done.stderr).rstrip()
    return "\n".join(printed.splitlines()[: int(lines)]) if lines else printed


def shown(commands: Sequence[str], folder: Path) -> str:
    """A block of commands, each above its output."""
    return "```console\n" + "\n".join(f"$ {command}\n{run(command, folder)}" for command in commands) + "\n```\n"


def helped(folder: Path) -> str:
    """The help of every command, each under its heading."""
    from sim.cli.commands import COMMANDS

    commands = {name: [f"sim {name} --help"] for name in COMMANDS}
    commands["data"].append("sim data import --help")
    parts = [f"\n## `sim {name}`\n\n{shown(lines, folder)}" for name, lines in commands.items()]
    return f"\n## `sim`\n\n{shown(['sim --help'], folder)}" + "".join(parts)


def written(page: str) -> str:
    """A page with everything run anew."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copytree(ROOT / "scenarios", folder / "scenarios")

        def act(found: re.Match[str]) -> str:
            if found["name"]:
                file = folder / found["name"]
                file.write_text(found["text"], encoding="utf-8")
                return found[0]
            if found["helped"]:
                return f"{found['helped']}{helped(folder)}\n"
            return f"{found['mark']}\n{shown(found['command'].split(' && '), folder)}\n"

        return MARKED.sub(act, page)


def main() -> None:
    """Write the pages given, or all."""
    for page in [Path(name) for name in sys.argv[1:]] or pages():
        page.write_text(written(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
