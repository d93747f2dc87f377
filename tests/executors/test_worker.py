"""Workers: no guard in the caller's script, no worker left behind, and a cause with a remedy for one that ended."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from multiprocessing import spawn
from pathlib import Path

import pytest

from sim.errors import RunError
from sim.execution import executors
from sim.execution.executors import processes
from sim.execution.executors.processes import Processes
from sim.worker import Worker, can_have_workers

PID = "__import__('os').getpid()"
KILLED = "__import__('os').kill(__import__('os').getpid(), 9)"

UNGUARDED = """
print("main part")
import sim
scenario = sim.loads('horizon = {last_year = 2028}\\n[targets.core]\\nshare_pct = 3.5\\nby = 2028')
ways = ({"workers": 2}, {"workers": 1})
print(*(sim.simulate(scenario, paths=4_112, seed=1, block=4_096, **how).digest() for how in ways))
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


def answer_of(worker: Worker) -> tuple[bool, object]:
    """The answer, after as many signs of life as come before it."""
    while (answer := worker.answer()) is None:
        pass
    return answer


@pytest.mark.parametrize("form", ["file", "stdin", "-c", "zip"])
def test_a_script_without_a_guard_runs_once_and_has_the_same_bits(form: str, tmp_path: Path) -> None:
    script, archive = tmp_path / "script.py", tmp_path / "script.zip"
    script.write_text(UNGUARDED)
    with zipfile.ZipFile(archive, "w") as into:
        into.write(script, "__main__.py")
    words = {"file": [str(script)], "stdin": ["-"], "-c": ["-c", UNGUARDED], "zip": [str(archive)]}[form]
    done = subprocess.run(
        [sys.executable, *words],
        input=UNGUARDED if form == "stdin" else "",
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert (done.returncode, done.stderr) == (0, "")
    first, digests = done.stdout.splitlines()
    assert first == "main part"
    assert len(set(digests.split())) == 1


def of_daemon() -> tuple[bool, int, str]:
    """What a daemon can have."""
    try:
        Worker()
    except RunError as error:
        return can_have_workers(), executors.cores(), str(error)
    return can_have_workers(), executors.cores(), ""


def test_a_daemon_computes_alone() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        able, cores, told = pool.apply(of_daemon)
    assert (able, cores) == (False, 1)
    assert "this process is a daemon" in told
    assert "leave their number out" in told
    assert can_have_workers(), "the control"


@pytest.mark.parametrize("workers", [1, 2])
@posix
def test_a_worker_that_is_killed_is_told_with_cause_and_remedy(workers: int) -> None:
    with Processes(workers) as executor:
        with pytest.raises(RunError, match=r"killed \(SIGKILL\), by the system where memory is short.*--workers 1"):
            list(executor.map(eval, ["1", "2", KILLED, *["3"] * 20]))
        assert list(executor.map(eval, ["1", "2"])) == [1, 2], "others are started for the next call"
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("workers", [1, 2])
@posix
def test_a_worker_that_dies_while_it_starts_is_told(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawn, "_python_exe", b"/bin/false")
    with pytest.raises(
        RunError, match=r"worker process (ended before|could not be started).*exit code 1;.*--workers 1"
    ):
        list(Processes(workers).map(eval, ["1"] * 9))
    assert not multiprocessing.active_children()


def test_a_worker_that_cannot_be_started_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spawn, "_python_exe", os.fsencode("/no/such/python"))
    monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", refused)
    with pytest.raises(RunError, match=r"could not be started \(.*Resource temporarily unavailable\).*--workers 1"):
        list(Processes(1).map(eval, ["1"]))


def refused(*_: object) -> int:
    """As the system does where no more processes may be had."""
    raise BlockingIOError(11, "Resource temporarily unavailable")


def test_an_error_that_cannot_be_sent_is_told_by_its_words() -> None:
    local = "(_ for _ in ()).throw(type('Odd', (Exception,), {})('so odd'))"
    with Processes(1) as executor:
        with pytest.raises(RuntimeError, match="Odd in a worker process: so odd"):
            list(executor.map(eval, [local]))
        with pytest.raises(ZeroDivisionError) as caught:
            list(executor.map(eval, ["1 / 0"]))
    assert "Traceback" in caught.value.__notes__[0]


def gone(pid: int, seconds: float = 60) -> bool:
    """Wait until a process is gone; a zombie is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except OSError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGHUP])
def test_a_worker_leaves_with_the_process_it_works_for(end: signal.Signals) -> None:
    code = (
        "from sim.worker import Worker\n"
        "worker = Worker(); worker.give(eval, \"[print(__import__('os').getpid(), flush=True), "
        "__import__('time').sleep(999)]\")\n"
        "while True: worker.answer()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    try:
        worker = int(parent.stdout.readline())
        assert not gone(worker, 0.2), "the control: it works"
        parent.send_signal(end)
        parent.wait(60)
        assert gone(worker)
    finally:
        parent.kill()
        parent.stdout.close()
        parent.wait()


def test_a_worker_shows_that_it_is_alive_while_it_computes() -> None:
    worker = Worker()
    try:
        worker.give(eval, "__import__('time').sleep(5)")
        heard = worker.heard
        assert worker.answer() is None
        assert worker.heard > heard
        assert answer_of(worker) == (True, None)
    finally:
        worker.kill()


def stop(pid: int) -> None:
    """Stop a child; it is stopped when this returns."""
    os.kill(pid, signal.SIGSTOP)
    os.waitpid(pid, os.WUNTRACED)


@posix
def test_a_stopped_worker_is_told_once_and_waited_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(processes, "PATIENCE", 0.5)
    with Processes(1) as executor:
        (pid,) = executor.map(eval, [PID])
        stop(pid)
        going_on = continue_when(lambda: caplog.records, pid)
        with caplog.at_level(logging.WARNING):
            assert list(executor.map(eval, [PID, PID])) == [pid, pid]
        going_on.join()
    assert f"`kill -CONT {pid}` lets a stopped one go on; Ctrl-C ends the run." in caplog.text


def continue_when(said: Callable[[], object], pid: int) -> threading.Thread:
    """Let a process go on some time after something was said."""

    def waiting() -> None:
        end = time.monotonic() + 60
        while not said() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(2.5)
        os.kill(pid, signal.SIGCONT)

    thread = threading.Thread(target=waiting)
    thread.start()
    return thread


@posix
def test_a_stopped_worker_does_not_keep_the_one_who_leaves() -> None:
    with Processes(1) as executor:
        (pid,) = executor.map(eval, [PID])
        found = executor.map(eval, ["1", "2"])
        assert next(found) == 1
        stop(pid)
    assert not multiprocessing.active_children()
