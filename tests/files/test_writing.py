"""Where something is written, the former content or the new one stands whole: whoever else writes, and whoever dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from sim.errors import RunError
from sim.files import system, writing
from sim.files.writing import write_bytes, write_file, write_folder, write_new

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's exchange of folders is asked for")


def ours(place: Path) -> str:
    """A folder of ours is one that holds files "one" and "two" with the same content."""
    names = {file.name for file in place.iterdir()} if place.is_dir() else set()
    return "" if names <= {"one", "two"} else "is not ours"


def folder_of(content: str) -> Callable[[Path], None]:
    def fill(temporary: Path) -> None:
        (temporary / "one").write_text(content)
        (temporary / "two").write_text(content)

    return fill


def listed(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@pytest.fixture(params=["exchange", "renames"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of replacing a folder: in one step, and where a system has none."""
    if request.param == "renames":
        monkeypatch.setattr(writing, "exchange", lambda *_: False)
    elif system._system_call() is None:
        pytest.skip("this system exchanges no folders")
    return str(request.param)


@LINUX
def test_two_places_are_exchanged_in_one_step(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a")
    (tmp_path / "folder").mkdir()
    assert system.exchange(tmp_path / "file", tmp_path / "folder")
    assert (tmp_path / "file").is_dir()
    assert (tmp_path / "folder").read_text() == "a"
    with pytest.raises(FileNotFoundError):
        system.exchange(tmp_path / "file", tmp_path / "nothing")


def test_a_folder_of_ours_is_replaced_and_nothing_lies_beside(way: str, tmp_path: Path) -> None:
    for content in ("first", "second", "third"):
        write_folder(folder_of(content), tmp_path / "run", ours)
        assert (tmp_path / "run" / "two").read_text() == content
        assert listed(tmp_path) == ["run"]


def test_a_folder_is_replaced_by_default_only_where_it_is_empty(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write_folder(folder_of("first"), tmp_path / "run")
    with pytest.raises(RunError, match=r"run exists and is not an empty folder; nothing was changed\n  remedy: choose"):
        write_folder(folder_of("second"), tmp_path / "run")
    assert (tmp_path / "run" / "one").read_text() == "first"


def test_what_a_user_puts_there_at_the_last_moment_is_not_lost(way: str, tmp_path: Path) -> None:
    """Between the look at the place and the exchange: what came out is looked at again, and put back."""
    write_folder(folder_of("first"), tmp_path / "run", ours)
    looks = []

    def why_not(place: Path) -> str:
        looks.append(place.name)
        if len(looks) == 1:
            (place / "thesis.tex").write_text("years of work")
            return ""
        return ours(place)

    with pytest.raises(RunError, match="run exists and is not ours"):
        write_folder(folder_of("second"), tmp_path / "run", why_not)
    assert len(looks) == 2
    assert (tmp_path / "run" / "thesis.tex").read_text() == "years of work"
    assert (tmp_path / "run" / "one").read_text() == "first"
    assert listed(tmp_path) == ["run"]


@pytest.mark.parametrize("former", [True, False])
def test_a_writer_that_was_faster_is_no_hindrance(
    way: str, former: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one puts its folder there between the look at the place and the step, or takes it away."""
    place, rename = tmp_path / "run", Path.rename
    if former:
        write_folder(folder_of("first"), place, ours)

    def slower(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", rename)
        write_folder(folder_of("faster"), place, ours)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", slower)
    write_folder(folder_of("second"), place, ours)
    assert (place / "one").read_text() == "second"
    assert listed(tmp_path) == ["run"]


@pytest.mark.parametrize("content", ["file", "folder"])
def test_a_name_as_long_as_the_system_allows_can_be_written(content: str, tmp_path: Path) -> None:
    place = tmp_path / ("x" * 250)
    for _ in range(2):
        if content == "file":
            write_bytes(b"a", place)
        else:
            write_folder(folder_of("a"), place, ours)
    assert listed(tmp_path) == [place.name]


def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "file").chmod(0o444)
    with pytest.raises(RunError, match="it is write-protected"):
        write_bytes(b"new", tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


def test_of_several_writers_of_a_new_file_the_first_alone_wins(tmp_path: Path) -> None:
    assert write_new(b"first", tmp_path / "deep" / "file")
    assert not write_new(b"second", tmp_path / "deep" / "file")
    assert (tmp_path / "deep" / "file").read_bytes() == b"first"
    assert listed(tmp_path / "deep") == ["file"]


def test_a_file_system_without_links_has_one_winner_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    assert [write_new(text, tmp_path / "file") for text in (b"first", b"second")] == [True, False]
    assert (tmp_path / "file").read_bytes() == b"first"


def test_everything_is_on_the_disk_before_it_is_put_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut must not leave a name without its content."""
    taken: list[str] = []
    for name in ("synced", "exchange"):
        real = getattr(writing, name)

        def step(*paths: Path, name: str = name, real: Callable[..., object] = real) -> object:
            taken.append("put" if name == "exchange" else "inside" if "run" not in listed(paths[0].parent) else name)
            return real(*paths)

        monkeypatch.setattr(writing, name, step)
    write_folder(folder_of("first"), tmp_path / "run", ours)
    taken.clear()
    seen: list[Path] = []
    real_sync = system.synced

    def syncing(place: Path) -> None:
        seen.append(place)
        taken.append("folder above" if place == tmp_path else "of the new one")
        real_sync(place)

    monkeypatch.setattr(writing, "synced", syncing)
    write_folder(folder_of("second"), tmp_path / "run", ours)
    assert taken == ["of the new one"] * 3 + ["put", "folder above"]
    assert {place.name for place in seen[:2]} == {"one", "two"}


def left(folder: Path, name: str) -> Path:
    """What a writer that was killed leaves."""
    place = folder / f".sim-{writing._digest(name)}-{'0123456789abcdef'}.part"
    place.mkdir()
    (place / "new").write_text("half")
    return place


def test_what_a_dead_writer_left_is_swept_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    dead = left(tmp_path, "other")

    def fill(temporary: Path) -> None:
        write_bytes(b"", tmp_path / "another")  # sweeps while this one is being written
        assert temporary.exists()
        temporary.write_bytes(b"new")

    write_file(fill, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert not dead.exists()
    assert listed(tmp_path) == ["another", "file"]


def test_nothing_of_a_users_is_swept(tmp_path: Path) -> None:
    names = [".sim-settings", ".sim-0123456789abcdef.part", ".run.tmp", f".sim-{'0' * 16}-{'g' * 16}.part", "x.part"]
    for name in names:
        (tmp_path / name).write_text("mine")
    write_bytes(b"", tmp_path / "file")
    assert listed(tmp_path) == sorted([*names, "file"])


def test_where_there_are_no_locks_only_what_is_a_day_old_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "hold", lambda _: None)
    fresh = left(tmp_path, "fresh")
    old = left(tmp_path, "old")
    os.utime(old, (time.time() - 2 * 86_400,) * 2)
    write_bytes(b"", tmp_path / "file")
    assert listed(tmp_path) == sorted([fresh.name, "file"])


def test_a_writer_that_died_between_two_renames_is_recovered_from(tmp_path: Path) -> None:
    write_folder(folder_of("first"), tmp_path / "run", ours)
    former = tmp_path / f".sim-{writing._digest('run')}-{'0' * 16}.former"
    (tmp_path / "run").rename(former)
    write_bytes(b"", tmp_path / "file")  # sweeps, but this is the only copy
    assert former.exists()
    writing.recover(tmp_path / "run")
    assert (tmp_path / "run" / "one").read_text() == "first"
    (tmp_path / "run").rename(former)
    with pytest.raises(RunError):  # it is not an empty folder: found before it is asked
        write_folder(folder_of("second"), tmp_path / "run")
    assert (tmp_path / "run" / "one").read_text() == "first"
    write_folder(folder_of("second"), former, lambda _: "")
    write_bytes(b"", tmp_path / "file")
    assert listed(tmp_path) == ["file", "run"]


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from files.test_writing import folder_of, ours
from sim.files import writing
if {way!r} == "renames":
    writing.exchange = lambda *_: False
print("ready", flush=True)
for number in range({times}):
    writing.write_folder(folder_of({letter!r} * 20_000), Path({place!r}), ours)
"""


def writer(place: Path, letter: str, way: str, times: int = 10_000) -> subprocess.Popen[str]:
    """A process that writes a folder again and again."""
    tests = str(Path(__file__).parent.parent)
    code = WRITER.format(tests=tests, place=str(place), letter=letter, way=way, times=times)
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n", process.communicate()[1]
    return process


def test_two_writers_and_a_reader_never_meet_half_a_folder_or_none(way: str, tmp_path: Path) -> None:
    place = tmp_path / "run"
    write_folder(folder_of("a"), place, ours)
    writers = [writer(place, letter, way, times=40) for letter in "bc"]
    reads = missing = 0
    while any(process.poll() is None for process in writers):
        reads += 1
        missing += not place.exists()
    for process in writers:
        assert process.communicate()[1] == ""
        assert process.returncode == 0
    assert reads > 100
    if way == "exchange":
        assert missing == 0
    assert (place / "one").read_text() == (place / "two").read_text() in ("b" * 20_000, "c" * 20_000)
    write_folder(folder_of("d"), place, ours)
    assert listed(tmp_path) == ["run"]


@LINUX
def test_a_writer_killed_at_any_moment_leaves_a_whole_folder(way: str, tmp_path: Path) -> None:
    place, random = tmp_path / "run", Random(1)
    write_folder(folder_of("a"), place, ours)
    for letter in "bcde":
        process = writer(place, letter, way)
        time.sleep(random.uniform(0.0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        writing.recover(place)
        assert (place / "one").read_text() == (place / "two").read_text()
        assert len((place / "one").read_text()) in (1, 20_000)
    write_folder(folder_of("z"), place, ours)
    assert listed(tmp_path) == ["run"]
