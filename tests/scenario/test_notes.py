"""What is no fault, and is said all the same: `sim.scenario.notes`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sim
from cli.conftest import Call, call  # noqa: F401 (a fixture)
from sim.data.tables import load_tables
from sim.scenario.notes import notes

TABLES = Path(sim.__file__).parent / "data" / "tables"


def first_ally_alone(folder: Path, table: str) -> Path:
    """A scenario with a table that holds the rows of the first ally of the packaged one."""
    head, *rows = (TABLES / f"{table}.csv").read_text("utf-8").splitlines()
    (folder / "mine.csv").write_text("\n".join([head, *(row for row in rows if row[:3] == rows[0][:3]), ""]), "utf-8")
    file = folder / "mine.toml"
    file.write_text(f'extends = "rutte_2032"\n[data]\n{table} = "mine.csv"\n')
    return file


@pytest.mark.parametrize("table", ["pledges", "announced_paths"])
def test_whom_a_whole_table_leaves_out_is_said_and_how_to_keep_them(tmp_path: Path, table: str) -> None:
    file = first_ally_alone(tmp_path, table)
    (found,) = notes(sim.load(file))
    lost = {row.iso3 for row in load_tables().table(table)} - {(tmp_path / "mine.csv").read_text().splitlines()[1][:3]}
    assert f"the whole table {table}: {min(lost)}" in found
    assert f"and {len(lost) - 4} more" in found or len(lost) <= 4
    file.write_text(file.read_text().replace('"mine.csv"', '{ file = "mine.csv", overlay = true }'))
    assert f'{table} = {{ file = "mine.csv", overlay = true }}' in found
    assert notes(sim.load(file)) == ()


def test_a_table_with_everybody_in_it_is_no_news(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes((TABLES / "pledges.csv").read_bytes())
    (tmp_path / "mine.toml").write_text('extends = "rutte_2032"\n[data]\npledges = "p.csv"\n')
    assert notes(sim.load(tmp_path / "mine.toml")) == ()
    assert notes(sim.load("rutte_2032")) == ()


def test_commands_say_it_beside_their_results(tmp_path: Path, call: Call) -> None:  # noqa: F811
    file = first_ally_alone(tmp_path, "pledges")
    said = call("check", file)
    assert (said.code, said.out[:4]) == (0, "ok  ")
    assert "note: mine.csv stands in the place of the whole table pledges" in said.err
    assert len(json.loads(call("check", file, "--json").out)["files"][0]["notes"]) == 1
    said = call("run", file, "--paths", 16, "--workers", 1, "--no-half", "--csv")
    assert said.err.startswith("Note: mine.csv stands in the place of the whole table pledges")
    assert said.out.startswith("iso3,")
