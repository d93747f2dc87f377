"""On a terminal: widths from 40 to 200, colour and its absence, the progress bar; in a pipe, none of them."""

from __future__ import annotations

import os
import pty
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

Call = Callable[..., Any]
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def on_terminal(columns: int, *args: object, **environment: str) -> tuple[int, str]:
    """Exit code and everything a terminal of that width was sent."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update({"COLUMNS": str(columns), "TERM": "xterm-256color", **environment})
        os.execv(sys.executable, [sys.executable, "-m", "sim", *map(str, args)])
    sent = b""
    while True:
        try:
            piece = os.read(terminal, 65_536)
        except OSError:  # Linux: the other side is closed
            break
        if not piece:
            break
        sent += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), sent.decode()


def page(sent: str) -> list[str]:
    """The lines of the page, behind what the progress bar left."""
    lines = [ESCAPE.sub("", line).rstrip("\r") for line in sent.split("\n")]
    begin = next(index for index, line in enumerate(lines) if "A proposal, not adopted" in line)
    return lines[begin:]


@pytest.mark.parametrize("columns", [40, 60, 80, 120, 200])
def test_the_page_fits_every_terminal(scenario: Path, columns: int) -> None:
    code, sent = on_terminal(columns, "run", scenario, "--no-half", "--workers", 1)
    lines = page(sent)
    assert code == 0
    assert max(map(cell_len, lines)) <= columns
    assert "…" not in "".join(lines)
    text = " ".join(" ".join(lines).split())
    assert ("Left out for want of width: P related, P total" in text) == (columns < 100)
    assert ("Lithuania" in text) == (columns > 60)
    assert "Monte Carlo error only" in text
    rule = next(index for index, line in enumerate(lines) if line.startswith("───"))
    assert lines[rule + 1 :].index("") == 31  # one line an ally: nothing is folded


def test_the_terminal_sees_progress_and_bold(scenario: Path) -> None:
    _, sent = on_terminal(100, "run", scenario, "--no-half", "--workers", 1, "--paths", 640)
    assert "Simulating" in sent
    assert "paths/s" in sent
    assert "640 runs in" in sent
    assert COLOUR.search(sent)


def test_no_color_is_respected(scenario: Path) -> None:
    _, sent = on_terminal(100, "run", scenario, "--no-half", "--workers", 1, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m|\x1b\[38", sent)


def test_a_pipe_sees_neither_colour_nor_progress(process: Call, scenario: Path) -> None:
    said = process("run", scenario, "--no-half", "--workers", 1, COLUMNS="40", TERM="xterm-256color")
    assert (said.code, said.err) == (0, "")
    assert "\x1b" not in said.out
    assert "Left out" not in said.out


def test_a_title_cannot_command_the_terminal(scenario: Path) -> None:
    text = scenario.read_text().replace("A proposal", "\\u001b[2J[bold]A proposal")
    scenario.write_text(text)
    _, sent = on_terminal(100, "run", scenario, "--no-half", "--workers", 1)
    assert "[2J[bold]A proposal, not adopted" in sent
    assert "\x1b[2J" not in sent


def test_data_fits_a_narrow_terminal() -> None:
    for args in (("data",), ("data", "allies"), ("data", "allies", "usa"), ("data", "pledges", "usa")):
        code, sent = on_terminal(40, *args)
        assert code == 0
        lines = [ESCAPE.sub("", line).rstrip("\r") for line in sent.split("\n")]
        assert max(map(cell_len, lines)) <= 40
        if "Elections" in lines:  # one line an election: nothing is folded or cut off
            head = next(index for index, line in enumerate(lines) if line.startswith("Date"))
            row = re.compile(r"20\d\d-\d\d.*(held|early|scheduled|latest date|projected) *")
            assert all(row.fullmatch(line) for line in lines[head + 2 : lines.index("", head)])
