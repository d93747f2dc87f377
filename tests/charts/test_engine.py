"""The chart engine in a process of its own: the same bytes, one process for many pictures, a clear error."""

from __future__ import annotations

import subprocess
import sys
from multiprocessing import active_children, get_context
from pathlib import Path

import pytest

from sim.errors import RunError
from sim.output.charts import engine

SPEC = {
    "data": {"values": [{"a": 1}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}},
}


@pytest.fixture(autouse=True)
def by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process that another test keeps."""
    monkeypatch.setattr(engine._Engine, "worker", None)
    monkeypatch.setattr(engine._Engine, "wanted", 0)


@pytest.mark.parametrize("form", ["svg", "png"])
def test_the_picture_is_the_one_of_this_process(form: str) -> None:
    assert engine.picture(SPEC, form) == engine._picture((SPEC, form))
    assert engine._Engine.worker is None
    assert not active_children()


def test_one_process_draws_all_pictures_inside_kept() -> None:
    with engine.kept():
        engine.picture(SPEC, "svg")
        first = engine._Engine.worker
        with engine.kept():
            engine.picture(SPEC, "svg")
        assert engine._Engine.worker is first is not None
    assert not active_children()


def test_an_error_of_the_engine_is_told_as_it_is_and_ends_nothing() -> None:
    with engine.kept():
        with pytest.raises(ValueError, match="failed"):
            engine.picture({"mark": 1}, "svg")
        assert engine.picture(SPEC, "svg").startswith(b"<svg")


def of_daemon() -> bytes:
    """A picture where no process can be started."""
    return engine.picture(SPEC, "svg")


def test_a_daemon_draws_by_itself() -> None:
    with get_context("spawn").Pool(1) as pool:
        assert pool.apply(of_daemon) == engine.picture(SPEC, "svg")


def exit_at_once(_: object) -> None:
    """What the engine does where it can get no memory."""
    import os

    os.abort()


def test_an_engine_that_ends_its_process_is_told_and_the_next_picture_has_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usual = engine._picture
    with engine.kept():
        monkeypatch.setattr(engine, "_picture", exit_at_once)
        with pytest.raises(RunError, match=r"no picture can be drawn: .*SIGABRT.*ulimit -v unlimited.*--no-report"):
            engine.picture(SPEC, "svg")
        monkeypatch.setattr(engine, "_picture", usual)
        assert engine.picture(SPEC, "svg").startswith(b"<svg")
    assert not active_children()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps to a limit of addresses")
def test_under_a_limit_of_memory_the_run_is_saved_and_the_rest_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("horizon = { last_year = 2028 }\n[targets.core]\nshare_pct = 3.5\nby = 2028\n")
    command = '"$0" -m sim run a.toml --paths 64 --workers 1 --no-half --out my_run'
    done = subprocess.run(
        ["sh", "-c", f"ulimit -c 0; ulimit -v 4000000; {command}", sys.executable],
        cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 5
    *_, saved, told = done.stderr.strip().split("\n")
    assert saved == "The run is saved in my_run; its report is not written: `sim report my_run` writes it."
    assert told.startswith("Error: no picture can be drawn: the chart engine (vl-convert) could not work here (")
    assert "Traceback" not in done.stderr
