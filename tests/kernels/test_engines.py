"""The engine changes the speed and no bit; it is loaded when asked for, or for a long run, and never else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim import kernels
from sim.errors import MissingExtra
from sim.execution import simulate
from sim.files.system import cache_folder
from sim.results.counts import KEEPABLE

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.toml"))
MADE = Path(__file__).parents[1] / "verification" / "bits" / "small.toml"

with_numba = pytest.mark.skipif(not kernels.can_be_fast(), reason="needs numba (pip install 'burdenshare[fast]')")


@with_numba
@pytest.mark.parametrize("file", [*SCENARIOS, MADE], ids=lambda file: file.stem)
def test_the_engines_have_the_same_bits(file: Path) -> None:
    scenario = sim.load(file)
    runs = {
        engine: sim.simulate(scenario, 480, 3, executor="serial", engine=engine, keep=KEEPABLE)
        for engine in kernels.ENGINES
    }
    assert runs["fast"].digest() == runs["numpy"].digest()
    assert {run.manifest["engine"] for run in runs.values()} == {"numpy", "fast"}


@with_numba
def test_equations_of_a_shipped_scenario_are_all_compiled(rutte: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """None is left to the function that it was traced from."""
    from sim.kernels import compiling

    found, whole = [], compiling._compiled

    def spied(*how: Any) -> Any:
        found.append(whole(*how))
        return found[-1]

    compiling.compiled.cache_clear()
    monkeypatch.setattr(compiling, "_compiled", spied)
    sim.simulate(rutte, 16, executor="serial", engine="fast")
    assert len(found) >= 3
    assert None not in found


@with_numba
def test_workers_compute_with_it_too(rutte: sim.Scenario) -> None:
    together = sim.simulate(rutte, 4_112, 3, executor="processes", workers=2, engine="fast", block=4_096)
    assert together.digest() == sim.simulate(rutte, 4_112, 3, executor="serial").digest()


@with_numba
def test_loops_are_kept_in_the_users_cache_and_compiled_once(tmp_path: Path) -> None:
    code = """
import numpy as np
from numba.core import event
from sim.kernels.compiling import compiled, compiled_loops
from sim.numerics.arrays import link
with event.install_recorder("numba:compile") as seen:
    compiled(link)(np.ones(4, dtype=np.float32))
    compiled_loops().counted(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int32))
print(len(seen.buffer))
"""
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path / "home")}
    found = [
        int(subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, timeout=120
        ).stdout)
        for _ in range(2)
    ]  # fmt: skip
    assert found[0] > 0
    assert found[1] == 0
    assert len(list((tmp_path / "burdenshare" / "kernels").glob("*.py"))) == 2


@with_numba
def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.kernels.compiling import compiled

    (tmp_path / "burdenshare").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiled(lambda a: a * 3 + 1)(np.ones(4, dtype=np.float32)).tolist() == [4] * 4


@with_numba
@pytest.mark.parametrize("inside", ["burdenshare", "burdenshare/kernels"])
def test_nothing_is_kept_where_others_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:  # fmt: skip
    """numba runs what it finds in the cache."""
    from sim.kernels import compiling

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert compiling._kept("loop.py", "x = 1\n") == tmp_path / "burdenshare" / "kernels" / "loop.py"
    (tmp_path / inside).chmod(0o770)
    assert compiling._kept("loop.py", "x = 1\n") is None


def test_the_cache_is_where_the_system_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "burdenshare"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    for platform, folder in (("linux", ".cache"), ("darwin", "Library/Caches")):
        monkeypatch.setattr(sys, "platform", platform)
        assert cache_folder() == tmp_path / folder / "burdenshare"
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert cache_folder() == tmp_path / "local" / "burdenshare"


def test_without_numba_the_remedy_is_told(rutte: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "sim.kernels.compiling", raising=False)
    kernels.engine.cache_clear()
    with pytest.raises(MissingExtra, match=r"pip install 'burdenshare\[fast\]'"):
        sim.simulate(rutte, 16, executor="serial", engine="fast")
    kernels.engine.cache_clear()


def test_an_engine_that_there_is_not(rutte: sim.Scenario) -> None:
    with pytest.raises(sim.UsageError, match="no engine 'slow'; there are auto, numpy, fast"):
        sim.simulate(rutte, 16, engine="slow")


def test_auto_is_fast_for_long_runs_where_it_can(rutte: sim.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    for installed in (True, False):
        monkeypatch.setattr(kernels, "can_be_fast", lambda installed=installed: installed)
        assert simulate.chosen_engine(rutte, 1_000_000) == "numpy"
        assert simulate.chosen_engine(rutte, 10_000_000) == ("fast" if installed else "numpy")


def test_a_short_run_never_loads_numba() -> None:
    code = """
import json, sys, sim
run = sim.simulate(sim.load('rutte_2032'), 16, executor='serial', engine='auto')
print(json.dumps([run.manifest['engine'], sorted({'numba', 'llvmlite'} & set(sys.modules))]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert json.loads(done.stdout) == ["numpy", []]
