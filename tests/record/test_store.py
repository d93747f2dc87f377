"""Runs are saved without pickle, read back whole, and never half-written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

import sim
from record.crafted import changed, resealed, small
from sim.analysis.stories import scenario_of
from sim.numerics.streams import STREAM_VERSION
from sim.results.counts import Counts
from sim.results.record import Record


@pytest.fixture
def results(rutte: sim.Scenario) -> sim.Results:
    return sim.simulate(rutte, paths=48, seed=1, executor="serial", keep=["share_pct", "will"])


def test_a_saved_run_opens_equal(results: sim.Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    opened = sim.Results.open(tmp_path / "run")
    assert opened.digest() == results.digest()
    assert opened.record.description == results.record.description
    assert opened.manifest == results.manifest
    assert (opened.paths("will") == results.paths("will")).all()
    assert opened.compliance().equals(results.compliance())


def test_saving_again_replaces_the_run_and_leaves_nothing_beside(
    results: sim.Results, rutte: sim.Scenario, tmp_path: Path
) -> None:
    results.save(tmp_path / "run")
    other = sim.simulate(rutte, paths=16, seed=2, executor="serial")
    other.save(tmp_path / "run")
    assert sim.Results.open(tmp_path / "run").digest() == other.digest()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_a_link_goes_on_leading_where_it_led(results: sim.Results, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    for name in ("latest", "new"):  # there is a run, and there is none yet
        (tmp_path / name).symlink_to(tmp_path / "disk" / name, target_is_directory=True)
    results.save(tmp_path / "disk" / "latest")
    for name in ("latest", "new"):
        results.save(tmp_path / name)
        assert (tmp_path / name).is_symlink()
        assert sim.Results.open(tmp_path / "disk" / name).digest() == results.digest()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["disk", "latest", "new"]
    assert sorted(entry.name for entry in (tmp_path / "disk").iterdir()) == ["latest", "new"]


def test_a_failed_write_leaves_the_former_run_whole(
    results: sim.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results.save(tmp_path / "run")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", fail)
    with pytest.raises(sim.RunError, match="No space left"):
        results.save(tmp_path / "run")
    assert sim.Results.open(tmp_path / "run").digest() == results.digest()
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


def test_what_is_not_a_run_is_not_overwritten(results: sim.Results, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(sim.RunError, match="not a saved run"):
        results.save(tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "years of work"


def test_a_damaged_or_missing_run_is_refused(saved: Path, tmp_path: Path) -> None:
    changed(saved, lambda facts: facts.update(digest="0"))
    with pytest.raises(sim.RunError, match="is damaged: its counts do not match their digest"):
        sim.Results.open(saved)
    with pytest.raises(sim.RunError, match=r"manifest\.json is missing"):
        sim.Results.open(tmp_path / "nowhere")


@pytest.mark.parametrize("number", [1, 99])
def test_a_run_of_another_format_is_refused_in_a_clear_sentence(number: int, saved: Path) -> None:
    (saved / "manifest.json").write_text(json.dumps({"format": number, "manifest": {}, "digest": "0"}))
    with pytest.raises(sim.RunError) as raised:
        sim.Results.open(saved)
    assert str(raised.value) == (
        f"{saved} was saved in format {number}; this version reads format 4\n"
        "  remedy: open it with the version that saved it, or run the scenario again"
    )


PARTS = ("counts.npz", "will.npy", "scenario.json", "manifest.json")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The folder of a small run made by hand, so that it is opened quickly."""
    small().save(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("name", PARTS)
def test_a_file_cut_short_is_named_with_a_remedy(name: str, saved: Path) -> None:
    """Wherever it ends."""
    file = saved / name
    whole = file.read_bytes()
    lengths = {*range(150), *range(0, len(whole), len(whole) // 50 + 1), *range(len(whole) - 150, len(whole))}
    for length in lengths & {*range(len(whole))}:
        file.write_bytes(whole[:length])
        assert refusal(saved).startswith(f"{file} is damaged"), length


@pytest.mark.parametrize("name", PARTS)
def test_every_byte_that_is_another_is_noticed(name: str, saved: Path) -> None:
    """Of the texts each byte, of the arrays a part of them; nothing in them is of no consequence."""
    file, random = saved / name, Random(name)
    whole = file.read_bytes()
    places = [*range(len(whole))]
    for at in places if file.suffix == ".json" else random.sample(places, min(400, len(places))):
        other = random.choice([whole[at] ^ 1 << random.randrange(8), random.choice(b' \t"0/\n'), whole[at] ^ 0x20])
        if other != whole[at]:
            file.write_bytes(whole[:at] + bytes([other]) + whole[at + 1 :])
            assert "is damaged" in refusal(saved) or "was saved in format" in refusal(saved), (at, other)


def refusal(place: Path) -> str:
    """How opening a run is refused, on one line and with a remedy on the next; "" where it is not."""
    try:
        Record.open(place)
    except sim.RunError as error:
        (said, remedy) = str(error).split("\n")
        return said if remedy.startswith("  remedy: ") else f"without a remedy: {said}"
    return ""


@pytest.mark.parametrize("name", PARTS)
def test_a_missing_file_is_named(name: str, saved: Path) -> None:
    (saved / name).unlink()
    with pytest.raises(sim.RunError, match=rf"not a saved run: {name} is missing\n  remedy: name the folder"):
        sim.Results.open(saved)


def test_a_file_is_no_saved_run(saved: Path) -> None:
    with pytest.raises(sim.RunError, match=r"counts\.npz is not a saved run: manifest\.json is missing"):
        sim.Results.open(saved / "counts.npz")


def test_numbers_of_another_kind_are_refused(results: sim.Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    np.save(tmp_path / "run" / "will.npy", results.paths("will").astype(np.int32))
    resealed(tmp_path / "run")
    with pytest.raises(sim.RunError, match=r"will\.npy is damaged, .*will must be of float32"):
        sim.Results.open(tmp_path / "run")
    for kind in (">f4", "<f4"):
        for array in (results.paths("will").astype(kind), np.asfortranarray(results.paths("will").astype(kind))):
            np.save(tmp_path / "run" / "will.npy", array)
            resealed(tmp_path / "run")
            assert sim.Results.open(tmp_path / "run").digest() == results.digest()


def test_what_may_not_be_read_is_not_called_damaged(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(sim.RunError, match=r"manifest\.json must be readable .*\n  remedy: check who may read it"):
        sim.Results.open(saved)


def test_pickled_arrays_are_refused(results: sim.Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    np.save(tmp_path / "run" / "will.npy", np.array([print]), allow_pickle=True)
    resealed(tmp_path / "run")
    with pytest.raises(sim.RunError, match="will must have the shape"):
        sim.Results.open(tmp_path / "run")


def test_counts_merge_in_any_grouping_but_only_side_by_side() -> None:
    parts = [Counts.empty(first, 16, 2, 3, ["will"]) for first in (0, 16, 32)]
    for value, part in enumerate(parts):
        part.arrays["compliant"] += value + 1
        part.kept["will"] += value
    with pytest.raises(ValueError, match="do not join"):
        parts[0].merged(parts[2])
    tail = parts[2].merged(parts[1])
    whole = tail.merged(parts[0])
    assert (whole.first, whole.paths) == (0, 48)
    assert (whole.arrays["compliant"] == 6).all()
    assert whole.kept["will"][0, 0].tolist() == [0.0] * 16 + [1.0] * 16 + [2.0] * 16


def test_the_manifest_says_how_it_came_about(results: sim.Results, rutte: sim.Scenario) -> None:
    manifest = results.manifest
    assert manifest["scenario_digest"] == rutte.digest
    assert (manifest["seed"], manifest["paths"], manifest["stream_version"]) == (1, 48, STREAM_VERSION)
    assert {"burdenshare", "numpy", "scipy", "simpy", "python", "data_digest"} <= set(manifest)
    assert manifest["built_tables"] == {}
    skewed = sim.loads("[will]\nmean = { scipy = { name = 'skewnorm', a = 4.0 } }\n")
    built = sim.simulate(skewed, paths=16, executor="serial").manifest["built_tables"]
    assert list(built) == ["scipy:skewnorm_a4"]


def test_a_run_of_another_scenario_than_it_holds_tells_no_stories(results: sim.Results) -> None:
    record, named = results.record, results.record.description
    assert scenario_of(record).digest == record.manifest["scenario_digest"]
    with pytest.raises(sim.UsageError, match="another scenario than it holds"):
        scenario_of(replace(record, description=replace(named, allies=named.allies[::-1])))


def test_a_folder_that_holds_anything_else_is_not_replaced(results: sim.Results, tmp_path: Path) -> None:
    foreign, run = tmp_path / "proj", tmp_path / "run"
    foreign.mkdir()
    (foreign / "manifest.json").write_text('{"name": "my web app"}')
    results.save(run)
    (run / "report.html").write_text("")
    results.save(run)
    (run / "notes.txt").write_text("mine")
    for place in (foreign, run):
        before = {file.name: file.read_bytes() for file in place.iterdir()}
        with pytest.raises(sim.RunError, match=r"is not a saved run|holds other files as well \(notes\.txt\)"):
            results.save(place)
        assert {file.name: file.read_bytes() for file in place.iterdir()} == before


def _counts_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "counts.npz").write_bytes(b"years of work")


def _folder_called_report(folder: Path) -> None:
    Record.open(folder.with_name("made")).save(folder)
    (folder / "report.html").mkdir()
    (folder / "report.html" / "mine.txt").write_text("years of work")


def _link_called_report(folder: Path) -> None:
    Record.open(folder.with_name("made")).save(folder)
    (folder / "report.html").symlink_to(folder.with_name("made"))


def _manifest_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "manifest.json").write_text('{"format": 2, "digest": "", "description": {}, "mine": "years of work"}')


def _pipe_called_manifest(folder: Path) -> None:
    folder.mkdir()
    os.mkfifo(folder / "manifest.json")


def _protected_folder(folder: Path) -> None:
    Record.open(folder.with_name("made")).save(folder)
    folder.chmod(0o555)


def _protected_files(folder: Path) -> None:
    Record.open(folder.with_name("made")).save(folder)
    (folder / "manifest.json").chmod(0o444)


FOREIGN: dict[Callable[[Path], None], str] = {
    _counts_alone: "is not a saved run", _manifest_alone: "is not a saved run",
    _pipe_called_manifest: "is not a saved run", _folder_called_report: r"holds other files as well \(report\.html\)",
    _link_called_report: r"holds other files as well \(report\.html\)", _protected_folder: "is a write-protected run",
    _protected_files: "is a write-protected run",
}  # fmt: skip


@pytest.mark.parametrize("make", FOREIGN)
def test_only_a_run_of_ours_is_replaced(make: Callable[[Path], None], saved: Path, tmp_path: Path) -> None:
    saved.rename(tmp_path / "made")
    record = Record.open(tmp_path / "made")
    make(tmp_path / "out")
    before = {file: file.is_file() and file.read_bytes() for file in (tmp_path / "out").rglob("*")}
    with pytest.raises(sim.RunError, match=rf"out exists and {FOREIGN[make]}; nothing was changed\n  remedy: choose"):
        record.save(tmp_path / "out")
    assert {file: file.is_file() and file.read_bytes() for file in (tmp_path / "out").rglob("*")} == before


def test_what_was_left_of_a_report_does_not_keep_a_run_from_being_replaced(saved: Path) -> None:
    (saved / f".sim-{'0' * 16}-{'1' * 16}.part").write_text("half a report")
    Record.open(saved).save(saved)
    assert not [name for name in os.listdir(saved) if name.startswith(".")]


def test_an_empty_folder_becomes_a_run(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Record.open(saved).save(tmp_path / "empty")
    assert Record.open(tmp_path / "empty").counts.paths == 16
