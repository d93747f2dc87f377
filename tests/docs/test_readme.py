"""The README: its table is what the command prints, its examples run."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_the_table_and_the_pictures_are_what_the_commands_print_and_draw(tmp_path: Path) -> None:
    def call(*args: str | Path) -> str:
        command = [sys.executable, "-m", "sim", *map(str, args)]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout

    assert blocks("text") == [call("run", "scenarios/rutte_2032.toml", "--out", tmp_path / "run", "--no-report")]
    pictures = re.findall(r"docs/pictures/([\w-]+?)-(light|dark)\.svg", README)
    assert sorted(set(pictures)) == [
        (name, theme) for name in ("europe-and-canada", "who-meets-it") for theme in ("dark", "light")
    ]
    for (name, theme), kind in zip(sorted(set(pictures)), ("fan", "fan", "ranked", "ranked"), strict=True):
        call("chart", kind, tmp_path / "run", "--theme", theme, "--out", tmp_path / "a.svg")
        kept = ROOT / "docs" / "pictures" / f"{name}-{theme}.svg"
        assert (tmp_path / "a.svg").read_bytes() == kept.read_bytes(), kept.name


def test_the_scenario_of_the_readme_loads_and_runs(tmp_path: Path) -> None:
    shutil.copy(ROOT / "scenarios" / "rutte_2032.toml", tmp_path)
    (text,) = blocks("toml")
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    scenario = sim.load(tmp_path / "mine.toml")
    usual = sim.simulate(sim.load(ROOT / "scenarios" / "rutte_2032.toml"), paths=2_000, executor="serial").compliance()
    mine = sim.simulate(scenario, paths=2_000, executor="serial").compliance()
    query = "iso3 == 'ITA' and pillar == 'core' and year == 2032"
    assert mine.query(query)["probability"].item() > usual.query(query)["probability"].item()


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = blocks("python")
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    exec(compile(code.replace("100_000", "100"), "README", "exec"), names)
    assert names["results"].paths_simulated == 100


def test_every_scenario_has_its_row() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", README, re.MULTILINE)
    assert sorted(rows) == sorted(file.stem for file in (ROOT / "scenarios").glob("*.toml"))


def test_the_size_is_the_one_measured_on_a_bare_machine() -> None:
    """`make fresh` keeps it; to the next ten, for a library's patch is no new figure."""
    measured = json.loads((ROOT / "tests" / "fresh" / "figures.json").read_text("utf-8"))["run"]["mb"]
    for text in (README, (ROOT / "Makefile").read_text("utf-8")):
        (told,) = re.findall(r"(?:installs|once, some) (\d+) MB(?! more)", text)
        assert int(told) == -(-measured // 10) * 10


def test_every_link_leads_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / link).exists(), link
