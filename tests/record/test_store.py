"""Runs are saved without pickle, read back whole, and never half-written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

import sim
from sim.record.counts import Counts
from sim.record.record import AllyEntry, Description, Record, Yardstick


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


def test_saving_again_replaces_the_run_and_leaves_nothing_beside(results: sim.Results, rutte, tmp_path: Path) -> None:
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


def test_a_failed_write_leaves_the_former_run_whole(results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_damaged_or_missing_run_is_refused(results: sim.Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    facts = json.loads((tmp_path / "run" / "manifest.json").read_text())
    for change, message in [
        ({"digest": "0"}, "damaged"),
        ({"format": 99}, "format 99"),
        ({"paths": "x"}, "damaged|read"),
    ]:
        (tmp_path / "run" / "manifest.json").write_text(json.dumps(facts | change))
        with pytest.raises(sim.RunError, match=message):
            sim.Results.open(tmp_path / "run")
    with pytest.raises(sim.RunError, match=r"manifest\.json is missing"):
        sim.Results.open(tmp_path / "nowhere")


PARTS = ("counts.npz", "will.npy", "scenario.json", "manifest.json")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The folder of a small run made by hand, so that it is opened quickly."""
    counts = Counts.empty(0, 16, 2, 2, ["will"])
    for place, array in enumerate((*counts.arrays.values(), *counts.kept.values())):
        array.flat[:: place + 3] = place + 1
    allies = tuple(AllyEntry(iso3, iso3, 2.0, False, 100.0, True) for iso3 in ("DEU", "FRA"))
    description = Description(
        "made", "by hand", "", 2025, (2026, 2027), allies, (Yardstick("core", "core", 2, 2027, None),)
    )
    Record(description, counts, {"seed": 1}, '{"event": []}').save(tmp_path / "run")
    return tmp_path / "run"


@pytest.mark.parametrize("name", PARTS)
def test_a_file_cut_short_is_named_with_a_remedy(name: str, saved: Path) -> None:
    """Wherever it ends; only of the scenario may there be nothing, for a record may have none."""
    file = saved / name
    whole = file.read_bytes()
    lengths = {*range(150), *range(0, len(whole), len(whole) // 50 + 1), *range(len(whole) - 150, len(whole))}
    for length in lengths - ({0} if name == "scenario.json" else set()):
        if 0 <= length < len(whole):
            file.write_bytes(whole[:length])
            assert refusal(saved).startswith(f"{file} is damaged"), length


@pytest.mark.parametrize("name", PARTS)
def test_a_byte_that_is_another_is_found_or_of_no_consequence(name: str, saved: Path) -> None:
    """Refused by an error of ours, or opened with the same counts: an archive holds some bytes that mean nothing."""
    file, digest = saved / name, Record.open(saved).counts.digest()
    whole = file.read_bytes()
    random = Random(name)
    places = {*range(150), *range(len(whole) - 150, len(whole)), *random.choices(range(len(whole)), k=100)}
    refusals = 0
    for at in sorted(places & set(range(len(whole)))):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << random.randrange(8)]) + whole[at + 1 :])
        if refusal(saved):
            refusals += 1
        else:
            assert Record.open(saved).counts.digest() == digest
    assert refusals > (0 if name == "scenario.json" else 30)


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
    np.save(tmp_path / "run" / "will.npy", results.paths("will").astype(np.float64))
    with pytest.raises(sim.RunError, match=r"will\.npy is damaged"):
        sim.Results.open(tmp_path / "run")
    np.save(tmp_path / "run" / "will.npy", results.paths("will").astype(">f4"))
    assert sim.Results.open(tmp_path / "run").digest() == results.digest()


def test_what_may_not_be_read_is_not_called_damaged(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", forbidden)
    with pytest.raises(sim.RunError, match=r"manifest\.json must be readable .*\n  remedy: check who may read it"):
        sim.Results.open(saved)


def test_pickled_arrays_are_refused(results: sim.Results, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    np.save(tmp_path / "run" / "will.npy", np.array([print]), allow_pickle=True)
    with pytest.raises(sim.RunError, match="pickle"):
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
    assert (manifest["seed"], manifest["paths"], manifest["stream_version"]) == (1, 48, 2)
    assert {"burdenshare", "numpy", "scipy", "simpy", "python", "data_digest"} <= set(manifest)
    assert manifest["built_tables"] == {}
    skewed = sim.loads("[will]\nmean = { scipy = { name = 'skewnorm', a = 4.0 } }\n")
    built = sim.simulate(skewed, paths=16, executor="serial").manifest["built_tables"]
    assert list(built) == ["scipy:skewnorm_a4"]


def edited(folder: Path, change: Callable[[dict[str, Any]], None], name: str = "manifest.json") -> None:
    file = folder / name
    facts = json.loads(file.read_text("utf-8"))
    change(facts)
    file.write_text(json.dumps(facts), encoding="utf-8")


HAND_EDITED: dict[str, tuple[str, Callable[[dict[str, Any]], None]]] = {
    "kept out of the folder": ("manifest.json", lambda f: f.update(kept=["../outside"])),
    "kept nothing like a list": ("manifest.json", lambda f: f.update(kept="will")),
    "no seed": ("manifest.json", lambda f: f["manifest"].pop("seed")),
    "a seed in words": ("manifest.json", lambda f: f["manifest"].update(seed="x")),
    "a manifest that is a list": ("manifest.json", lambda f: f.update(manifest=[])),
    "a base that is null": ("manifest.json", lambda f: f["manifest"].update(builds_on=None)),
    "a base without changes": ("manifest.json", lambda f: f["manifest"].update(builds_on={"title": "t"})),
    "a change of two parts": (
        "manifest.json", lambda f: f["manifest"].update(builds_on={"title": "", "changes": [["a", "b"]]})
    ),
    "a title that is a number": ("manifest.json", lambda f: f["description"].update(title=3)),
    "a title of half a character": ("manifest.json", lambda f: f["description"].update(title="\ud800")),
    "no years": ("manifest.json", lambda f: f["description"].update(years=[])),
    "too many years": ("manifest.json", lambda f: f["description"]["years"].append(2099)),
    "no GDP": ("manifest.json", lambda f: f["description"]["allies"][0].update(gdp_usd_bn=0)),
    "a share that is no number": (
        "manifest.json", lambda f: f["description"]["allies"][0].update(base_share_pct=float("nan"))
    ),
    "an ally too few": ("manifest.json", lambda f: f["description"]["allies"].pop()),
    "a target of nobody": ("manifest.json", lambda f: f["description"]["yardsticks"][0].update(members=[])),
    "a target of another's": ("manifest.json", lambda f: f["description"]["yardsticks"][0].update(members=["XXX"])),
    "an unknown pillar": ("manifest.json", lambda f: f["description"]["yardsticks"][0].update(pillar="x")),
    "events that are none": ("scenario.json", lambda f: f.update(event=3)),
    "an event of text": ("scenario.json", lambda f: f.update(event=["x"])),
    "an event at no date": ("scenario.json", lambda f: f["event"][0].update(when="soon")),
    "a budget that is a list": ("scenario.json", lambda f: f.update(budget=[1])),
}  # fmt: skip


@pytest.mark.parametrize("what", HAND_EDITED)
def test_a_run_edited_by_hand_is_refused_and_never_a_bug(results: sim.Results, what: str, tmp_path: Path) -> None:
    results.save(tmp_path / "run")
    sim.Results.open(tmp_path / "run")
    name, change = HAND_EDITED[what]
    edited(tmp_path / "run", change, name)
    with pytest.raises(sim.RunError, match=r"is damaged, or of no saved run"):
        sim.Results.open(tmp_path / "run")


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
