"""The catalogue describes every table and every column, and docs/data.md every table."""

import datetime
import tomllib
from importlib import resources
from pathlib import Path

import pytest

from sim.data.catalogue import TableInfo, catalogue
from sim.data.rows import ROWS
from sim.data.tables import load_tables

DOCS = Path(__file__).parents[2] / "docs" / "data.md"


def test_every_table_is_described_once_in_order() -> None:
    assert [info.name for info in catalogue()] == list(ROWS)


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.name)
def test_an_entry_says_what_who_when_and_how_many(info: TableInfo) -> None:
    for text in (info.title, info.publisher, info.edition, info.citation):
        assert text.strip()
    assert isinstance(info.cutoff, datetime.date)
    assert info.rows == len(load_tables().table(info.name)) > 0


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.name)
def test_every_column_has_a_unit_and_a_description_and_stands_in_the_file(info: TableInfo) -> None:
    text = resources.files("sim.data").joinpath("tables", f"{info.name}.csv").read_text(encoding="utf-8")
    assert [column.name for column in info.columns] == text.partition("\n")[0].split(",")
    assert all(column.unit and column.description for column in info.columns)


def test_nothing_is_described_that_is_not_packaged() -> None:
    entries = tomllib.loads(resources.files("sim.data").joinpath("tables.toml").read_text(encoding="utf-8"))
    assert entries.keys() == ROWS.keys()
    for name, entry in entries.items():
        assert entry["columns"].keys() == ROWS[name].model_fields.keys()


def test_no_file_lies_in_the_folder_that_no_model_reads() -> None:
    folder = resources.files("sim.data").joinpath("tables")
    assert {item.name for item in folder.iterdir()} == {f"{name}.csv" for name in ROWS}


@pytest.mark.parametrize("info", catalogue(), ids=lambda info: info.name)
def test_the_documentation_names_each_table_with_its_edition(info: TableInfo) -> None:
    text = DOCS.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith(f"| `{info.name}` |"))
    assert info.edition in line
    assert info.cutoff.isoformat() in line
