"""Shipped scenarios by name: for every command, for `extends`, from any folder; and a file to start from."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

import pytest

import sim
from sim.scenario import shipped
from sim.scenario.starting import start
from support import present

ROOT = Path(__file__).parents[2]
NAMES = sorted(file.stem for file in (ROOT / "scenarios").glob("*.toml"))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of somebody's."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def fault_of(path: str | Path) -> sim.Fault:
    with pytest.raises(sim.ScenarioError) as caught:
        sim.load(path)
    (fault,) = caught.value.faults
    return fault


def test_every_scenario_of_the_folder_is_known_by_name() -> None:
    assert list(shipped.files()) == NAMES
    assert len(NAMES) >= 10


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_the_shipped_file(name: str) -> None:
    there = sim.load(ROOT / "scenarios" / f"{name}.toml")
    assert sim.load(name) == sim.load(f"{name}.toml") == there


def test_a_file_of_ones_own_comes_first(elsewhere: Path) -> None:
    Path("rutte_2032.toml").write_text('title = "Mine"\n')
    Path("recession").write_text('title = "Without an ending"\n')
    Path("ceasefire").mkdir()
    assert [sim.load(word).title for word in ("rutte_2032", "rutte_2032.toml")] == ["Mine", "Mine"]
    assert sim.load("recession").title == "Without an ending"
    assert sim.load("ceasefire").title == sim.load(ROOT / "scenarios" / "ceasefire.toml").title  # a folder is no file
    Path("x.toml").write_text('extends = "rutte_2032"\n[will]\npeer = 0.1\n')
    found = sim.load("x")
    assert (found.title, found.base and found.base.name, found.base and present(found.base.scenario).title) == (
        "X",
        "rutte_2032",
        "Mine",
    )


@pytest.mark.parametrize("wanted", ["hague_2035_review", "hague_2035_review.toml"])
def test_a_file_of_any_folder_can_build_on_a_shipped_one(wanted: str) -> None:
    """Which builds on its own neighbours, and not on a file of that folder that is called as they are."""
    Path("hague_2035.toml").write_text('title = "Not this one"\n[targets.other]\nshare_pct = 9\nby = 2030\n')
    Path("x.toml").write_text(f'extends = "{wanted}"\ntitle = "X"\n')
    found = sim.load("x.toml")
    assert (found.title, found.digest) == ("X", sim.load(ROOT / "scenarios" / "hague_2035_review.toml").digest)


def test_a_table_of_ones_own_lies_beside_the_file_that_names_it() -> None:
    shutil.copy(ROOT / "tests" / "scenarios" / "valid" / "own_pledges.csv", "p.csv")
    Path("x.toml").write_text('extends = "rutte_2032"\n[data]\npledges = "p.csv"\n')
    assert set(sim.load("x.toml").replacements) == {"pledges"}


def test_a_fault_of_what_is_added_to_a_shipped_one_has_its_place() -> None:
    Path("x.toml").write_text('extends = "rutte_2032"\n[targets.core]\nby = "soon"\n')
    fault = fault_of("x.toml")
    assert (fault.file, fault.line) == ("x.toml", 3)


def test_what_is_shipped_is_called_so_in_messages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "odd.toml").write_text("[will]\npeer = 9\n")
    monkeypatch.setattr(shipped, "files", lambda: {"odd": tmp_path / "odd.toml"})
    fault = fault_of("odd")
    assert (fault.file, fault.line) == ("odd.toml (shipped)", 2)


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("ruttte_2032", 'did you mean "rutte_2032"?'),
        ("hague_2035_revue.toml", 'did you mean "hague_2035_review"?'),
        ("zzz", "check the name and the folder."),
        ("nearly", 'did you mean "nearly_so.toml"?'),
    ],
)
def test_a_name_that_is_neither_gets_the_names_that_are(word: str, remedy: str) -> None:
    Path("nearly_so.toml").write_text("")
    Path("x.toml").write_text(f'title = "x"\nextends = "{word}"\n')
    told = f"{remedy} Shipped scenarios: {', '.join(NAMES)}"
    assert (fault_of(word).code, fault_of(word).remedy) == ("no-such-file", told)
    fault = fault_of("x.toml")
    assert (fault.file, fault.line, fault.code, fault.remedy) == ("x.toml", 2, "no-such-file", told)


def test_the_path_of_the_folder_of_the_repository_leads_to_the_name() -> None:
    assert fault_of("scenarios/rutte_2032.toml").remedy == 'did you mean the shipped scenario "rutte_2032"?'


def test_a_table_is_no_scenario() -> None:
    Path("x.toml").write_text('extends = "rutte_2032"\n[data]\nshares = "recession"\n')
    assert fault_of("x.toml").remedy == "check the name and the folder"


@pytest.mark.parametrize(
    "word",
    ["../rutte_2032", "./rutte_2032", "/rutte_2032", "..", "rutte_2032/", "sub/rutte_2032", "../own/rutte_2032.toml",
     "rutte_2032\0", "RUTTE_2032.TOML.toml", "", "a" * 300, "toml", ".toml"],
)  # fmt: skip
def test_a_name_never_becomes_a_path(word: str) -> None:
    assert fault_of(word).code in ("no-such-file", "not-a-file", "unreadable")
    Path("x.toml").write_text(f"extends = {word.encode('unicode_escape').decode()!r}".replace("'", '"') + "\n")
    assert fault_of("x.toml").code in ("no-such-file", "bad-file-name", "bad-toml", "not-a-file")


def test_a_link_out_of_the_folder_is_refused_also_under_a_shipped_name(tmp_path: Path) -> None:
    (tmp_path / "out.toml").write_text('title = "Out"\n')
    Path("rutte_2032.toml").symlink_to(tmp_path / "out.toml")
    Path("x.toml").write_text('extends = "rutte_2032"\n')
    assert fault_of("x.toml").code == "outside-folder"


def test_a_file_of_a_shipped_name_that_extends_it_is_told_what_to_do() -> None:
    Path("rutte_2032.toml").write_text('extends = "rutte_2032"\n')
    fault = fault_of("rutte_2032.toml")
    assert fault.code == "extends-circle"
    assert "give it another name" in fault.remedy


@pytest.mark.parametrize("base", NAMES)
def test_a_file_to_start_from_is_the_shipped_scenario_until_it_says_otherwise(base: str) -> None:
    Path("my.toml").write_text(start(base, "my.toml"))
    assert sim.load("my.toml").digest == sim.load(base).digest


@pytest.mark.parametrize("base", [name for name in NAMES if name != "wales_2014"])
def test_every_line_of_it_that_is_a_comment_can_be_used(base: str) -> None:
    """But for those that are sentences; and each of them changes something."""
    text = start(base, "my.toml")
    used = re.sub(r"^# (?=\[|[a-z_]+ = )", "", text, flags=re.MULTILINE)
    assert len(tomllib.loads(used)) > 6
    Path("my.toml").write_text(used)
    found, before = sim.load("my.toml"), sim.load(base)
    assert found.digest != before.digest
    assert {event.name for event in found.event} == {event.name for event in before.event} | {"offensive"}


def test_a_file_name_stays_in_its_comment() -> None:
    text = start(file='x\ntitle = "hacked".toml')
    assert "hacked" not in text
    assert tomllib.loads(text)["title"] == "A scenario of my own"
