"""Ctrl-C: exit 130, no traceback, nothing half-written, no process left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.cli import app

Call = Callable[..., Any]


def alive(session: int) -> list[int]:
    """Processes of a session that run (a zombie does not)."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            state, _, _, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(its_session) == session and state != "Z":
            found.append(int(entry.name))
    return found


def until(happens: Callable[[], object], seconds: float = 20) -> bool:
    """Wait for something; whether it happened."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happens():
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("whole_group", [False, True])
def test_a_long_run_can_be_interrupted(
    scenario: Path, tmp_path: Path, workers: int, number: signal.Signals, code: int, whole_group: bool
) -> None:
    interrupt(scenario, tmp_path / "runs" / "x", ("--paths", "90000000"), workers, number, code, whole_group)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_to_a_precision_can_be_interrupted(scenario: Path, tmp_path: Path, workers: int) -> None:
    interrupt(scenario, tmp_path / "runs" / "x", ("--precision", "0.01"), workers, signal.SIGINT, 130, True)


def interrupt(
    scenario: Path, out: Path, length: tuple[str, str], workers: int, number: signal.Signals, code: int, group: bool
) -> None:
    """Start a run that takes minutes, and stop it once every process has computed for a second."""
    line = [sys.executable, "-m", "sim", "run", str(scenario), *length, "--out", str(out)]
    running = subprocess.Popen(
        [*line, "--workers", str(workers)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        if workers == 1:
            assert until(lambda: time_used(running.pid) > 1.0, 120)
        else:
            assert until(lambda: sum(time_used(pid) > 1.0 for pid in alive(running.pid)) >= workers, 120)
        (os.killpg if group else os.kill)(running.pid, number)
        said, complained = running.communicate(timeout=60)
    finally:
        running.kill()
        running.wait()
    assert (running.returncode, said) == (code, "")
    assert "Traceback" not in complained
    assert ("Interrupted" in complained) == (code == 130)
    assert not out.parent.exists()
    assert until(lambda: not alive(running.pid))


def time_used(pid: int) -> float:
    """Processor seconds of a process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_an_interrupt_while_saving_waits_until_the_run_stands(
    call: Call, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    call("run", scenario, "--no-half", "--workers", 1, "--out", out)
    from sim.files import writing

    exchange = writing.exchange

    def interrupted(beside: Path, place: Path) -> bool:
        os.kill(os.getpid(), signal.SIGINT)
        return exchange(beside, place)

    monkeypatch.setattr(writing, "exchange", interrupted)
    assert call("run", scenario, "--no-half", "--workers", 1, "--out", out, "--seed", 9).code == 130
    assert sim.Results.open(out).manifest["seed"] == 9
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["proposal.toml", "run"]


def test_an_interrupt_while_the_report_is_written_says_that_the_run_is_saved(
    call: Call, scenario: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)

    monkeypatch.setattr("sim.cli.reporting.write_report", interrupted)
    out = tmp_path / "my run"
    said = call("run", scenario, "--no-half", "--workers", 1, "--out", out)
    assert said.code == 130
    assert f"The run is saved in {out}; its report is not written: `sim report '{out}'` writes it.\n" in said.err
    assert sim.Results.open(out).paths_simulated == 320


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_a_run_whose_workers_are_stopped_can_be_interrupted(scenario: Path) -> None:
    line = [sys.executable, "-m", "sim", "run", str(scenario), "--paths", "90000000", "--workers", "2"]
    running = subprocess.Popen(line, stderr=subprocess.PIPE, text=True, start_new_session=True)
    try:
        assert until(lambda: sum(time_used(pid) > 1.0 for pid in alive(running.pid)) >= 2, 120)
        for pid in alive(running.pid):
            if pid != running.pid and time_used(pid) > 1.0:  # a worker
                os.kill(pid, signal.SIGSTOP)
        running.send_signal(signal.SIGINT)
        complained = running.communicate(timeout=60)[1]
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 130
    assert "Interrupted" in complained
    assert until(lambda: not alive(running.pid), 20)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_that_a_library_has_renamed_is_still_one(
    call: Call, scenario: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    """As pydantic does with whatever ends one of its serializers."""

    def renamed(*_: Any, **__: Any) -> None:
        try:
            os.kill(os.getpid(), number)
            time.sleep(5)
        except BaseException as error:
            raise ValueError("Error calling function") from error

    monkeypatch.setattr("sim.scenario.load", renamed)
    said = call("run", scenario)
    assert (said.code, said.out) == (code, "")
    assert "bug" not in said.err
    monkeypatch.setattr("sim.scenario.load", lambda _: [][0])
    assert call("run", scenario).code == 1, "the next fault is one of its own again"


def test_the_handlers_of_the_caller_are_left_as_they_were(call: Call) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    assert call("--version").code == 0
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
    assert app.INTERRUPTED == 130


STARTS = {
    "module": ["-m", "sim"],
    "script": ["-c", "import sys; sys.argv[0] = 'sim'; from sim.cli import main; sys.exit(main())"],
}
"""`python -m sim`, and what an installed `sim` holds."""


def started(start: str, path: Path) -> subprocess.CompletedProcess[str]:
    """`sim --version` with modules of a folder before all others."""
    line = [sys.executable, *STARTS[start], "--version"]
    return subprocess.run(line, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(path)})


@pytest.mark.parametrize("start", STARTS)
def test_an_interrupt_while_everything_is_imported_is_quiet(tmp_path: Path, start: str) -> None:
    (tmp_path / "click").mkdir()
    (tmp_path / "click" / "__init__.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    said = started(start, tmp_path)
    assert (said.returncode, said.stdout, said.stderr) == (130, "", "")


@pytest.mark.parametrize("start", STARTS)
def test_an_interrupt_once_all_is_done_is_quiet(tmp_path: Path, start: str) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import atexit, os, signal\natexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))\n"
    )
    said = started(start, tmp_path)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("burdenshare ")


def test_nothing_is_imported_before_interrupts_are_heard() -> None:
    code = "import sys; before = set(sys.modules); import sim.cli; print(*sorted(set(sys.modules) - before))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(said.stdout.split()) <= {"__future__", "sim", "sim.cli"}
