"""The command itself: help, suggestions, exit codes, and what is not imported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from sim.cli import app
from sim.cli.commands import COMMANDS
from sim.errors import Fault, RunError, ScenarioError, UsageError

Call = Callable[..., Any]


def test_help_lists_every_command_and_each_explains_itself(call: Call) -> None:
    said = call("--help")
    assert said.code == 0
    for name, line in COMMANDS.items():
        assert f"{name} " in said.out
        assert line in said.out
        own = call(name, "--help")
        assert (own.code, own.err) == (0, "")
        assert own.out.startswith(f"Usage: sim {name}")


def test_the_catalogue_is_complete() -> None:
    files = {file.stem for file in Path(app.__file__).with_name("commands").glob("*.py")}
    assert files - {"__init__", "data_import"} == set(COMMANDS)


def test_the_version_is_that_of_the_distribution(call: Call) -> None:
    from importlib.metadata import version

    assert call("--version").out == f"burdenshare {version('burdenshare')}\n"


@pytest.mark.parametrize(
    ("args", "hint"),
    [
        (["rnu"], "Did you mean 'run'?"),
        (["xyzzy"], "There are run, compare, check"),
        (["run", "--pahts", "3", "x.toml"], "--paths"),
        (["data", "pledge"], "Did you mean 'pledges'?"),
        (["data", "allies", "germny"], "Did you mean Germany (DEU)?"),
        (["data", "allies", "qqq"], "`sim data allies` lists them"),
        (["data", "allies", "atlantis"], "`sim data allies` lists them"),
        (["data", "allies", "EUC"], "Europe and Canada is a group, no ally"),
    ],
)
def test_a_misspelt_word_is_a_usage_error_with_a_suggestion(call: Call, args: list[str], hint: str) -> None:
    said = call(*args)
    assert (said.code, said.out) == (2, "")
    assert hint in said.err
    assert "Traceback" not in said.err


FAULT = Fault("x.toml", 3, "will.mean", "9", "must be less", "write less", "out-of-range")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UsageError("paths must be more"), 2, "Error: paths must be more\n"),
        (click.UsageError("no such thing"), 2, "Error: no such thing\n"),
        (ScenarioError((FAULT,)), 3, f"1 fault\n{FAULT}\n"),
        (RunError("damaged"), 5, "Error: damaged\n"),
        (MemoryError(), 5, "Error: not enough memory; try fewer --workers\n"),
        (OSError(28, "No space left on device"), 5, "Error: cannot read or write: No space left on device\n"),
        (KeyboardInterrupt(), 130, "\nInterrupted; nothing half-written is left.\n"),
        (
            EOFError(),
            1,
            "This is a bug in sim, not in your input. Please report it with the text above and the command you gave.\n",
        ),
        (BrokenPipeError(32, "Broken pipe"), 5, "Error: cannot write: Broken pipe\n"),
    ],
)
def test_each_kind_of_error_has_its_exit_code(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, words: str
) -> None:
    fail_with(monkeypatch, error)
    said = call("schema")
    assert (said.code, said.out) == (code, "")
    assert said.err.endswith(words)
    assert ("Traceback" in said.err) == (code == 1)
    assert ("Interrupted" in said.err) == (code == 130)


def test_a_bug_shows_where_and_asks_to_report_it(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(monkeypatch, ZeroDivisionError("our fault"))
    said = call("schema")
    assert said.code == 1
    assert "Traceback" in said.err
    assert "ZeroDivisionError: our fault" in said.err
    assert "This is a bug in sim, not in your input. Please report it" in said.err


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def raising() -> None:
        raise error

    monkeypatch.setattr(app.LazyGroup, "get_command", lambda *_: click.Command("schema", callback=raising))


def imported(*args: object) -> set[str]:
    """The modules in memory after a call, in a process of its own."""
    code = "import sys; from sim.cli import app; app.run(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code, *map(str, args)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    return set(done.stderr.split("\n")[-2].split())


HEAVY = {"numpy", "pandas", "scipy", "simpy", "pydantic", "rich"}


def test_help_imports_nothing_heavy() -> None:
    assert not imported("--help") & HEAVY
    assert not imported("run", "--help") & HEAVY


def test_check_and_schema_import_no_numpy(scenario: Path) -> None:
    assert not imported("check", scenario) & {"numpy", "pandas", "scipy"}
    assert not imported("schema") & {"numpy", "pandas", "scipy"}


def test_run_imports_neither_pandas_nor_scipy_stats(scenario: Path) -> None:
    for form in ((), ("--json",), ("--csv",)):
        assert not imported("run", scenario, *form) & {"pandas", "scipy.stats"}


@pytest.mark.parametrize("args", [("data", "gdp", "--csv"), ("data", "gdp"), ("schema",)])
def test_a_closed_pipe_is_silent(args: tuple[str, ...]) -> None:
    writer = subprocess.Popen([sys.executable, "-m", "sim", *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout
    assert writer.stderr
    writer.stdout.close()
    assert writer.stderr.read() == b""
    writer.stderr.close()
    assert writer.wait(60) == 0


@pytest.mark.parametrize("closed", [">&3", ">&3 2>&1"])
def test_a_run_is_saved_with_its_report_also_where_nobody_reads_on(closed: str, scenario: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    line = 'true < "$3" & exec 3> "$3"; wait; "$0" -m sim run "$1" --no-half --workers 1 --out "$2" ' + closed
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, str(scenario), str(tmp_path / "run"), str(tmp_path / "pipe")],
        capture_output=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "run" / "report.html").is_file()


def test_stdout_closed_before_the_start_is_no_bug(scenario: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m sim check "$1" >&-', sys.executable, str(scenario)], stderr=subprocess.PIPE, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_an_error_of_the_environment() -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m sim data shares --csv > /dev/full', sys.executable], stderr=subprocess.PIPE, timeout=60
    )
    assert done.returncode == 5
    assert done.stderr == b"Error: cannot read or write: No space left on device\n"


def test_an_ascii_terminal_gets_ascii(process: Call) -> None:
    page = process("data", "allies", "türkiye", PYTHONIOENCODING="ascii").out
    assert page.isascii()
    assert page.startswith("Turkiye (TUR)\n")
