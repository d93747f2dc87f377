"""The matrix itself: what differs is told, what is measured is not measured again, what cannot be run is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bits import axes, matrix
from bits.axes import ALL, GRID, ONE, SHIPPED, Cell, cells
from bits.digest import ROOT
from bits.environments import NotRun, virtual

BASE = Cell("base", "serial", ONE)
OTHER = Cell("zone", "Mars", replace(ONE, workers=2), {"TZ": "Mars"}, prints=True)
CONTROL = Cell("control", "seed", replace(ONE, change="seed"))
MISSING = Cell("versions", "newest", ONE, impossible="no python9 on PATH")


class Bench:
    """A matrix of a few cells whose findings are made up."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
        self.calls: list[str] = []
        self.kept: dict[str, Any] = {}
        self.digests = {"serial": "a", "Mars": "a", "seed": "b"}
        self.call = ["matrix.py", "--cache", str(place)]
        monkeypatch.setattr(matrix, "cells", lambda *_: [BASE, OTHER, CONTROL, MISSING])
        monkeypatch.setattr(matrix, "_measure", self._measure)
        monkeypatch.setattr(matrix, "_versions", lambda _: {})
        monkeypatch.setattr(matrix, "keep", lambda _, figures, **more: self.kept.update(figures))
        self.monkeypatch = monkeypatch

    def _measure(self, cell: Cell) -> dict[str, Any]:
        self.calls.append(cell.value)
        own = self.digests[cell.value]
        if own == "failed":
            return {"failed": "Traceback: it fell over"}
        return {"digests": {"rutte_2032": own}, "seconds": 1.0, "libm": own, "numpy_functions": "f"}

    def run(self, *more: str) -> int:
        self.monkeypatch.setattr("sys.argv", [*self.call, *more])
        return matrix.main()


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Bench:
    return Bench(monkeypatch, tmp_path)


def test_equal_digests_and_controls_that_differ_are_right(bench: Bench) -> None:
    assert bench.run() == 0
    counts = [bench.kept[name] for name in ("cells", "same", "not_run", "wrong", "controls_that_differ")]
    assert counts == [4, 2, 1, 0, 1]
    assert (bench.kept["ways_libm_rounds"], bench.kept["ways_numpy_rounds"]) == (2, 1)
    assert [row[5] for row in bench.kept["rows"]] == [
        "same", "same", "other (control)", "not run: no python9 on PATH",
    ]  # fmt: skip


@pytest.mark.parametrize(("value", "digest"), [("Mars", "c"), ("seed", "a"), ("Mars", "failed")])
def test_whatever_is_wrong_fails(value: str, digest: str, bench: Bench) -> None:
    """Another digest, a control that changes nothing, a cell that falls over."""
    bench.digests[value] = digest
    assert bench.run() == 1
    assert bench.kept["wrong"] == 1


def test_what_was_measured_on_this_code_is_not_measured_again(bench: Bench) -> None:
    bench.digests["Mars"] = "failed"
    bench.run()
    bench.digests["Mars"] = "a"
    bench.run()
    assert bench.calls == ["serial", "Mars", "seed", "Mars"]  # what failed is tried again
    bench.run()
    assert len(bench.calls) == 4
    bench.run("--anew")
    assert len(bench.calls) == 7
    bench.monkeypatch.setattr(matrix, "digest", lambda _: "other code")
    bench.run()
    assert len(bench.calls) == 10


def test_an_interpreter_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotRun, match="no python9 on PATH"):
        virtual(tmp_path / "none", "python9", "highest")


def test_the_axes_are_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The full grid of the main scenario; every shipped scenario in the base; paths that fill a block and more."""
    monkeypatch.setattr(axes, "compiled_locales", lambda *_: {})
    monkeypatch.setattr(axes, "dispatched", lambda *_: ["AVX2", "AVX512F"])
    found = cells(tmp_path, "python9", "python9")
    assert set(SHIPPED) == {file.stem for file in (ROOT / "scenarios").glob("*.toml")} == set(found[0].spec.scenarios)
    assert found[0].spec == ALL
    grid = {
        (cell.spec.paths, cell.spec.workers, cell.spec.block, cell.spec.executor)
        for cell in found
        if cell.axis == "grid"
    }
    assert len(grid) == 5 * 3 * 2
    assert {block for _, _, block, _ in grid} == {4_096, 8_192, 16_384, None}
    assert all((block or 0) < spec.paths for spec, blocks in GRID.items() for block in blocks)
    assert {cell.value for cell in found if cell.impossible} == {"oldest", "newest", "de_DE", "tr_TR"}
