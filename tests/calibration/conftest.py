"""What the tests of calibration share: the model replaced by a formula, the command line, a terminal."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from calibration.known import Formula
from sim.cli import app
from sim.evaluation.calibration import evidence


@pytest.fixture
def formula(monkeypatch: pytest.MonkeyPatch) -> Formula:
    """The model replaced by a formula, as long as one process computes."""
    made = Formula()
    monkeypatch.setattr(evidence, "score_points", made)
    return made


@dataclass(frozen=True)
class Said:
    """What a call left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


Call = Callable[..., Said]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Call:
    """Call the command line in this process and in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def calling(*args: object) -> Said:
        code = app.run([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return calling


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], io.StringIO]:
    """Make stdout a terminal of some columns."""

    class Terminal(io.StringIO):
        encoding = "utf-8"

        def isatty(self) -> bool:
            return True

    def wide(columns: int) -> io.StringIO:
        stream = Terminal()
        monkeypatch.setattr(shutil, "get_terminal_size", lambda *_: os.terminal_size((columns, 24)))
        monkeypatch.setattr(sys, "stdout", stream)
        return stream

    return wide
