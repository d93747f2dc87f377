"""`sim init`, and commands that are given the name of a shipped scenario."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.conftest import Call
from sim.scenario import shipped


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_is_written_passes_the_check(call: Call) -> None:
    assert call("init", "new/mine.toml", "--extends", "hague_2035").out == "new/mine.toml\n"
    text = Path("new/mine.toml").read_text("utf-8")
    assert 'extends = "hague_2035" ' in text
    assert "sim compare hague_2035 mine.toml" in text
    said = call("check", "new/mine.toml")
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize("there", ["file", "link", "folder"])
def test_what_is_there_stays(call: Call, there: str) -> None:
    place = Path("mine.toml")
    if there == "file":
        place.write_text("# mine")
    elif there == "link":
        place.symlink_to("nowhere.toml")
    else:
        place.mkdir()
    said = call("init", "mine.toml")
    assert (said.code, said.out) == (2, "")
    assert "mine.toml is there already, and stays as it is" in said.err
    assert not Path("nowhere.toml").exists()
    assert there != "file" or place.read_text() == "# mine"


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["mine.txt"], 2, "must end in .toml"),
        (["mine.toml", "--extends", "ruttte_2032"], 2, "Did you mean 'rutte_2032'?"),
        (["mine.toml", "--extends", "../x"], 2, "There are ceasefire, hague_2035"),
        (["f/mine.toml"], 5, "cannot write f/mine.toml"),
    ],
)
def test_what_cannot_be_is_refused(call: Call, args: list[str], code: int, told: str) -> None:
    Path("f").write_text("")
    said = call("init", *args)
    assert (said.code, said.out) == (code, "")
    assert told in said.err
    assert [file.name for file in Path().iterdir()] == ["f"]


@pytest.mark.parametrize("name", [*shipped.files()])
def test_no_file_takes_the_name_of_a_shipped_scenario(call: Call, name: str) -> None:
    """It would come before that one in its folder, and so extend itself."""
    for args in ([f"{name}.toml"], [f"new/{name}.toml"], [f"{name}.toml", "--extends", "ceasefire"]):
        said = call("init", *args)
        assert (said.code, said.out) == (2, "")
        assert f"choose another name, such as my_{name}.toml" in said.err
    assert not list(Path().iterdir())
    assert call("init", f"my_{name}.toml", "--extends", name).code == 0
    assert call("check", f"my_{name}.toml").code == 0


def test_every_command_that_takes_a_scenario_takes_a_name(call: Call) -> None:
    assert call("check", "rutte_2032", "hague_2035.toml").code == 0
    assert call("replay", "rutte_2032", "--path", "3", "--ally", "ITA").code == 0
    said = call("compare", "rutte_2032", "recession", "--paths", "64", "--workers", "1", "--json")
    assert said.code == 0
    said = call("run", "ceasefire", "--paths", "64", "--no-half", "--out", "r", "--no-report", "--workers", "1")
    assert said.code == 0
    said = call("freeze", "ceasefire", "--date", "2026-11", "--paths", "64", "--out", "f.json", "--workers", "1")
    assert (said.code, said.err) == (0, "")
    for forecaster in json.loads(Path("f.json").read_text())["forecasters"]:
        assert [each["name"] for each in forecaster["scenarios"]] == ["ceasefire"]


def test_a_name_that_is_neither(call: Call) -> None:
    said = call("run", "ruttte_2032")
    assert (said.code, said.out) == (3, "")
    assert 'did you mean "rutte_2032"? Shipped scenarios: ceasefire, ' in said.err
