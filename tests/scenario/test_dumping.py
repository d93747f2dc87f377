"""A scenario written out is the scenario: run, extended, frozen and compared as the one it was written from."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

import sim
from sim.data.tables import load_tables
from sim.evaluation.forecasts.making import freeze
from sim.model.estimated import ESTIMATED
from sim.scenario.edit.compare import differences

USES = ("drawn", "estimated", "shipped")
SAID = """
[budget]
speed = 0.05
[targets.core]
share_pct = 3.5
by = 2032
[parameters]
use = "{use}"
"""


def both(folder: Path, text: str) -> tuple[Path, Path]:
    """A file, and what is written of its scenario."""
    files = folder / "original.toml", folder / "dump.toml"
    files[0].write_text(text, encoding="utf-8")
    files[1].write_text(sim.dump(sim.load(files[0])), encoding="utf-8")
    return files


@pytest.mark.parametrize("use", USES)
def test_it_runs_to_the_same_bits(use: str, tmp_path: Path) -> None:
    original, dump = (sim.load(file) for file in both(tmp_path, SAID.format(use=use)))
    assert dump == original
    assert dump.left_to_rows == original.left_to_rows
    assert {each.name for each in ESTIMATED} - {each.name for each in dump.unsaid} == {"budget.speed"}
    assert dump.unsaid == original.unsaid
    assert differences(original, dump) == differences(dump, original) == ()
    assert sim.simulate(dump, paths=64).digest() == sim.simulate(original, paths=64).digest()


@pytest.mark.parametrize(("use", "other"), [pair for pair in product(USES, USES) if pair[0] != pair[1]])
def test_a_file_over_it_is_the_file_over_its_original(use: str, other: str, tmp_path: Path) -> None:
    scenarios = []
    for file in both(tmp_path, SAID.format(use=use)):
        over = tmp_path / f"over_{file.name}"
        over.write_text(f'extends = "{file.name}"\ntitle = "over"\n[parameters]\nuse = "{other}"\n', encoding="utf-8")
        scenarios.append(sim.load(over))
    original, dump = scenarios
    assert dump == original
    assert sim.simulate(dump, paths=64).digest() == sim.simulate(original, paths=64).digest()


@pytest.mark.parametrize("use", USES)
def test_it_is_frozen_as_its_original(use: str, tmp_path: Path) -> None:
    """Each forecaster takes the parameters that the file does not say from where it takes them."""
    original, dump = (
        freeze({"one": sim.load(file)}, "2026-11", 2028, paths=64, seed=3, workers=1)
        for file in both(tmp_path, SAID.format(use=use))
    )
    assert dump.forecasters == original.forecasters


def test_what_no_file_says_stands_in_a_remark(tmp_path: Path) -> None:
    """As shipped, as estimated, lowest and highest of the rows drawn; what a file says stands as its own."""
    text = sim.dump(sim.loads(SAID.format(use="drawn")))
    remarks = {words[1]: words[2:] for line in text.splitlines() if (words := line.split())[:1] == ["#"]}
    assert {each.name for each in ESTIMATED} & {*remarks} == {each.name for each in ESTIMATED} - {"budget.speed"}
    table = load_tables().parameter_draws
    column = [row.will_mean_sd for row in table[1:]]
    numbers = [float(word) for word in remarks["will.mean.sd"] if word != "to"]
    assert " ".join(remarks["will.mean.mean"]).endswith(", 1.5 in earnest")
    assert numbers == pytest.approx([1.0, table[0].will_mean_sd, min(column), max(column)], rel=1e-3)
    assert "speed = 0.05" in text.splitlines()


def test_a_remark_has_the_rows_of_ones_own_table(tmp_path: Path) -> None:
    columns = [each.column for each in ESTIMATED]
    rows = [[str(draw), *(str(each.at(0.25 * (draw + 1))) for each in ESTIMATED)] for draw in range(3)]
    (tmp_path / "mine.csv").write_text("\n".join(",".join(row) for row in [["draw", *columns], *rows]) + "\n")
    (tmp_path / "own.toml").write_text('[parameters]\nuse = "drawn"\n[data]\nparameter_draws = "mine.csv"\n')
    text = sim.dump(sim.load(tmp_path / "own.toml"))
    (line,) = (line for line in text.splitlines() if line.startswith("# budget.speed "))
    assert line.split()[2:] == ["0.05", "0.075", "0.15", "to", "0.225"]
