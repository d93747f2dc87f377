"""What was computed is found again, by what determines it; and no file of answers can be half a file."""

from __future__ import annotations

import ast
import io
import os
import shutil
import signal
import tracemalloc
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from calibration.known import SIZE, Formula
from sim.errors import RunError
from sim.evaluation.calibration import cache as caching
from sim.evaluation.calibration import evidence
from sim.evaluation.calibration.cache import EVERY, Cache, code_digest
from sim.evaluation.calibration.calibrate import calibrate, shares_of_edition
from sim.evaluation.calibration.evidence import Evidence, ScoringJob
from sim.evaluation.calibration.parameters import MIDDLE
from sim.execution.executors.serial import Serial
from sim.files import writing
from sim.model.estimated import Estimated
from test_layers import ROOT, imports

POINTS = np.random.Generator(np.random.PCG64(3)).uniform(size=(3, SIZE))
ANSWER = np.arange(6.0).reshape(1, 2, 3)


def asked(cache: Cache, cutoff: int = 2017, **facts: int) -> np.ndarray:
    settings: dict[str, Any] = {"seed": 1, "paths": 16} | facts
    return Evidence(cutoff, Serial(), cache, **settings).scores(POINTS)


def test_what_is_known_is_not_computed_again(formula: Formula, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "answers.npz"
    cache = Cache(file)
    first = asked(cache)
    assert formula.made == len(cache) == 3
    cache.save()
    again = Cache(file)
    assert len(again) == 3
    assert (asked(again) == first).all()
    assert formula.made == 3


def test_a_later_cutoff_asks_anew_only_where_years_are_added(formula: Formula) -> None:
    """Origin 2014 was judged to 2017 before and is to 2018 now: another question, until its five years are full."""
    cache = Cache()
    asked(cache, 2017)
    asked(cache, 2018)
    assert formula.made == 3 + 4
    asked(cache, 2020)
    made = formula.made
    asked(cache, 2021)
    assert formula.made == made + 7 - 2  # origins 2014 and 2015 have had all their five years by 2020


@pytest.mark.parametrize("facts", [{"seed": 2}, {"paths": 32}, {"cutoff": 2016}])
def test_another_question_has_another_answer(formula: Formula, facts: dict[str, int]) -> None:
    cache = Cache()
    asked(cache)
    made = formula.made
    asked(cache, **facts)
    assert formula.made > made


def test_changed_code_is_another_question(formula: Formula, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache()
    asked(cache)
    asked(cache)
    assert formula.made == 3
    monkeypatch.setattr(evidence, "code_digest", lambda: "of tomorrow")
    asked(cache)
    assert formula.made == 6


def test_changed_ranges_and_another_edition_are_other_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    job = ScoringJob(POINTS, 2014, 2016, 1, 16, None)
    keys = {
        job.key,
        ScoringJob(POINTS, 2014, 2016, 1, 16, shares_of_edition("2025-08")).key,
        ScoringJob(POINTS[:2], 2014, 2016, 1, 16, None).key,
    }
    wider = (Estimated("budget.speed", 0.0, 0.4, ""), *evidence.ESTIMATED[1:])
    monkeypatch.setattr(evidence, "ESTIMATED", wider)
    assert len(keys | {job.key}) == 4


def made_with(module: str) -> set[Path]:
    """The files of all modules of ours that a module imports, and those they import, also inside functions."""
    found: set[Path] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        place = ROOT.joinpath(*name.split(".")[1:])
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if name == "sim" or file in found or not file.is_file():  # a name imported may be no module
            continue
        found.add(file)
        waiting += [name.rpartition(".")[0], *imports(file)]
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module in imports(file):
                waiting += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def test_every_module_and_table_that_decides_an_answer_is_in_the_digest_of_the_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a copy of the package: each file is changed, and the key moves."""
    package = tmp_path / "sim"
    shutil.copytree(ROOT, package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(caching, "files", lambda _: package)
    digest, needed = code_digest.__wrapped__, made_with("sim.evaluation.calibration.evidence")
    data = [file for file in ROOT.rglob("*") if file.suffix in (".csv", ".toml", ".npy", ".bin")]
    results = [file for file in data if file.name in caching.RESULTS]
    assert len(results) == len(caching.RESULTS)  # what estimations leave decides no answer of one
    tables = [file for file in data if file not in results]
    assert {
        ROOT / name for name in ("numerics/streams.py", "numerics/exact.py", "engine/clock.py", "numerics/grid.py")
    } <= needed
    assert {file.parent.name for file in needed} >= {"backtest", "engine", "equations", "events", "scores", "data"}
    assert {file.parent.name for file in tables} >= {"tables", "shapes", "scenario"}
    seen = {digest()}
    for file in sorted([*needed, *tables]):
        copied = package / file.relative_to(ROOT)
        content = copied.read_bytes()
        copied.write_bytes(content + b" ")
        seen.add(digest())
        copied.write_bytes(content)
    assert len(seen) == 1 + len(needed) + len(tables)
    for file in results:
        (package / file.relative_to(ROOT)).write_bytes(b"other results")
    assert digest() in seen
    (package / "cli" / "app.py").write_text("shows what was found")
    assert digest() in seen


def test_another_version_of_a_library_is_another_question(monkeypatch: pytest.MonkeyPatch) -> None:
    digest = code_digest.__wrapped__
    before = digest()
    monkeypatch.setattr(caching, "version", lambda name: "99" if name == "numpy" else version(name))
    assert digest() != before


def test_the_file_is_written_as_answers_come(tmp_path: Path) -> None:
    file = tmp_path / "answers.npz"
    cache = Cache(file)
    for number in range(EVERY - 1):
        cache[str(number)] = ANSWER
    assert not file.exists()
    cache["last"] = ANSWER
    assert len(Cache(file)) == EVERY
    assert (Cache(file)["last"] == ANSWER).all()
    written = file.stat().st_mtime_ns
    cache.save()  # nothing new
    assert file.stat().st_mtime_ns == written


def test_an_interrupted_save_leaves_the_former_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "answers.npz"
    cache = Cache(file)
    cache["one"] = ANSWER
    cache.save()
    former = file.read_bytes()
    cache["two"] = ANSWER
    for place, name in ((caching.np, "savez"), (writing.os, "replace")):
        with monkeypatch.context() as broken:
            broken.setattr(place, name, interrupted)
            with pytest.raises(KeyboardInterrupt):
                cache.save()
        assert file.read_bytes() == former
        assert [entry.name for entry in tmp_path.iterdir()] == ["answers.npz"]
    cache.save()
    assert {"one", "two"} <= set(Cache(file)._known)


def interrupted(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_signal_while_saving_leaves_the_former_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real one, in the middle of the writing."""
    file = tmp_path / "answers.npz"
    cache = Cache(file)
    cache["one"] = ANSWER
    cache.save()
    former, write = file.read_bytes(), np.savez

    def slowly(stream: Any, **arrays: np.ndarray) -> None:
        write(stream, **arrays)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(caching.np, "savez", slowly)
    cache["two"] = ANSWER
    with pytest.raises(KeyboardInterrupt):
        cache.save()
    assert file.read_bytes() == former
    assert [entry.name for entry in tmp_path.iterdir()] == ["answers.npz"]


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = content.index(b"NUMPY") + 140  # in the numbers of the first answer
    return content[:middle] + bytes([content[middle] ^ 255]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "harm",
    [
        cut,
        flipped,
        lambda content: content[:-1],
        lambda _: b"",
        lambda _: b"not a zip",
        lambda _: b"\x93NUMPY",
        lambda _: b"PK\x03\x04",
    ],
    ids=["cut", "flipped", "one byte short", "empty", "text", "another kind", "a head only"],
)
def test_a_damaged_file_is_refused_with_its_name_and_a_remedy(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    file = tmp_path / "answers.npz"
    cache = Cache(file)
    cache["one"] = ANSWER
    cache.save()
    file.write_bytes(harm(file.read_bytes()))
    with pytest.raises(RunError) as error:
        Cache(file)
    assert str(error.value).startswith(f"{file} must hold the answers of an estimation, and cannot be used (")
    assert "remedy: remove it" in str(error.value)
    with pytest.raises(RunError):
        calibrate(2015, paths=16, workers=1, work=file)


def test_a_file_of_other_arrays_is_refused(tmp_path: Path) -> None:
    for name, array in {"words": np.array(["a"]), "flat": np.arange(3.0), "single": ANSWER.astype(np.float32)}.items():
        np.savez(tmp_path / f"{name}.npz", key=array)
        with pytest.raises(RunError, match=r"it holds something else|must be of float64"):
            Cache(tmp_path / f"{name}.npz")


def test_nothing_in_a_file_is_ever_executed(tmp_path: Path) -> None:
    """A pickled object can do anything when it is read; this one would make a folder."""

    class Hostile:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, (str(tmp_path / "done"),)

    np.savez(tmp_path / "objects.npz", key=np.array([Hostile()], dtype=object))
    with pytest.raises(RunError):
        Cache(tmp_path / "objects.npz")
    assert not (tmp_path / "done").exists()


def _claims(file: Path) -> None:
    """A head of 6.4 GB over three numbers."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (100, 100, 80_000)})
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one.npy", head.getvalue() + bytes(24))


def _below_zero(file: Path) -> None:
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (-1, -3, 1)})
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one.npy", head.getvalue() + bytes(24))


def _unpacks(file: Path) -> None:
    np.savez_compressed(file, one=np.zeros((100, 100, 1_000)))


def _pipe(file: Path) -> None:
    os.mkfifo(file)


def _link(file: Path) -> None:
    file.symlink_to("/dev/zero")


def _no_number(file: Path) -> None:
    np.savez(file, one=np.full((1, 2, 3), np.nan))


@pytest.mark.parametrize("make", [_claims, _below_zero, _unpacks, _pipe, _link, _no_number])
def test_a_file_of_a_strangers_is_refused_before_much_is_made_of_it(
    make: Callable[[Path], None], tmp_path: Path
) -> None:
    make(tmp_path / "answers.npz")
    tracemalloc.start()
    try:
        with pytest.raises(RunError, match="must hold the answers of an estimation"):
            Cache(tmp_path / "answers.npz")
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_an_answer_to_another_question_is_asked_for_again(formula: Formula) -> None:
    """A key may stand over an answer of another shape in a file that somebody made."""
    cache = Cache()
    first = asked(cache)
    for key in list(cache._known):
        cache._known[key] = ANSWER
    assert (asked(cache) == first).all()
    assert formula.made == 6


def test_a_folder_is_no_file_of_answers(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="must hold the answers"):
        Cache(tmp_path)


def test_an_interrupted_estimation_goes_on_where_it_stood(formula: Formula, tmp_path: Path) -> None:
    whole = calibrate(2016, paths=16, workers=1)
    needed = formula.made
    file = tmp_path / "answers.npz"
    formula.made, formula.fail_at = 0, 30
    with pytest.raises(KeyboardInterrupt):
        calibrate(2016, paths=16, workers=1, work=file)
    assert len(Cache(file)) == 29
    formula.made, formula.fail_at = 0, 0
    resumed = calibrate(2016, paths=16, workers=1, work=file)
    assert formula.made == needed - 29
    assert (resumed.estimate.point == whole.estimate.point).all()
    assert resumed.numbers == whole.numbers
    assert (resumed.uncertainty.resampled == whole.uncertainty.resampled).all()
    formula.made = 0
    assert calibrate(2016, paths=16, workers=1, work=file).numbers == whole.numbers
    assert formula.made == 0


def test_the_number_of_batches_is_told_as_they_come(formula: Formula) -> None:
    told: list[int] = []
    Evidence(2017, Serial(), Cache(), seed=1, paths=16, progress=told.append).scores(MIDDLE[None])
    assert sum(told) == formula.made == 3
