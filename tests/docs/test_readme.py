"""The README: short, in order, its pictures are what the commands draw, its examples run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str, page: str = README) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


def test_the_pictures_are_what_the_commands_draw(tmp_path: Path) -> None:
    def call(*args: str | Path) -> str:
        command = [sys.executable, "-m", "sim", *map(str, args)]
        return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout

    call("run", "scenarios/rutte_2032.toml", "--out", tmp_path / "run", "--no-report")
    outcomes = (ROOT / "docs" / "model" / "outcomes.md").read_text(encoding="utf-8")
    pictures = set(re.findall(r"pictures/([\w-]+)-(light|dark)\.svg", README + outcomes))
    assert pictures == {("europe-and-canada", "light"), ("who-meets-it", "light"), ("who-meets-it", "dark")}
    for name, theme in sorted(pictures):
        kind = {"europe-and-canada": "fan", "who-meets-it": "ranked"}[name]
        call("chart", kind, tmp_path / "run", "--theme", theme, "--out", tmp_path / "a.svg")
        kept = ROOT / "docs" / "pictures" / f"{name}-{theme}.svg"
        assert (tmp_path / "a.svg").read_bytes() == kept.read_bytes(), kept.name


def test_the_readme_opens_with_what_a_reader_does_first() -> None:
    """One sentence, the two commands, eight allies, one picture, five lines of Python; then links."""
    head = README.split("\n## ")[0]
    marks = (
        r"^\*\*Which NATO allies", r"^\$ make run", r"^\$ make test", r"^<!-- output: sim run", r"^<picture>",
        r"^import sim$", r"^\*\*Learn it:\*\*",
    )  # fmt: skip
    places = [re.search(mark, head, re.MULTILINE) for mark in marks]
    assert all(places), places
    assert (starts := [place.start() for place in places if place]) == sorted(starts)
    (command,) = re.findall(r"^<!-- output: (.*) -->$", head, re.MULTILINE)
    assert (command.count("--ally"), head.count("<picture>")) == (8, 1)
    assert len([line for line in blocks("python")[0].splitlines() if line]) == 5


def test_the_readme_is_short() -> None:
    typed = re.sub(r"<!-- output.*?<!-- end of output -->", "", README, flags=re.DOTALL)
    assert len(" ".join(line for line in typed.splitlines() if not line.startswith("|")).split()) <= 900


def test_the_sentence_has_the_figures_of_the_table() -> None:
    (table,) = re.findall(r"<!-- output.*?<!-- end of output -->", README, re.DOTALL)
    said = (
        r"\*In (\d+) of 100 simulated runs, given the assumptions, (\w+) reports .*: (\d+) to (\d+) over the parameters"
    )
    told = re.search(said, README)
    assert told is not None
    (row,) = re.findall(rf"^{told[2]} .*$", table, re.MULTILINE)
    assert re.search(rf" {told[1]} +{told[3]}–{told[4]} ", row)
    told = re.search(
        r"expects (\d+) at the target; runs that keep the pledge in\s+earnest (\d+), the others (\d+);", README
    )
    assert told is not None
    expected = re.search(r"Allies at 3\.5 % +(\d+) of 31 expected", table)
    kept = re.search(r"(\d+) of 31 expected in runs that keep the pledge in earnest, (\d+) in the others", table)
    assert expected is not None
    assert kept is not None
    assert told.groups() == (expected[1], *kept.groups())


def test_what_other_forecasters_say_is_what_the_page_of_outcomes_has() -> None:
    told = re.search(r"the parameters as shipped (\d+); a straight line to the target (\d+)", README)
    page = (ROOT / "docs" / "model" / "outcomes.md").read_text(encoding="utf-8")
    shipped = re.search(r"^\| parameters as shipped [^|]*\| ([\d.]+) ", page, re.MULTILINE)
    line = re.search(r"a straight line of every ally to 3\.5 % in 2032 gives ([\d.]+) ", page)
    assert told is not None
    assert shipped is not None
    assert line is not None
    assert [int(number) for number in told.groups()] == [round(float(found[1])) for found in (shipped, line)]


def test_the_scenario_of_the_recipe_does_what_it_says(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "write-a-scenario.md").read_text(encoding="utf-8")
    (text,) = (block for block in blocks("toml", page) if "Italy" in block)
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


def test_every_link_leads_to_a_file_and_a_heading() -> None:
    for link, anchor in re.findall(r"\]\(([^)#:]+)(?:#([^)]+))?\)", README):
        assert (ROOT / link).exists(), link
        if anchor:
            page = (ROOT / link).read_text(encoding="utf-8")
            headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
            assert anchor in [re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in headings], anchor
