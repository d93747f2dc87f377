"""Every figure of every table stands in every export, to the last digit."""

from __future__ import annotations

import datetime
import inspect
import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from exports.reading import NAMES, READERS, Tables, expected, head, read_netcdf, whole
from results.made import without
from sim.data.edition import LAST_YEAR, key_of, name_of
from sim.output.exports import FORMS, export
from sim.output.exports.as_netcdf import UNITS
from sim.output.exports.content import content_of
from sim.output.exports.overview import HISTORY
from sim.output.exports.units import COLUMNS, KEPT, TEXT
from sim.results.counts import KEEPABLE
from sim.results.facade import Results
from sim.results.record import Record


@pytest.fixture(params=["made", "rutte", "without core", "without any target"])
def run(request: pytest.FixtureRequest, record: Record, rutte_results: Results) -> Results:
    if request.param == "rutte":
        return rutte_results
    pillars = {"made": (), "without core": ("core",), "without any target": ("core", "related", "total")}
    return Results(without(record, *pillars[request.param]))


def test_every_table_and_column_of_the_results_has_its_unit(results: Results) -> None:
    tables = {
        name
        for name, method in inspect.getmembers(Results, inspect.isfunction)
        if inspect.signature(method).return_annotation == "pd.DataFrame"
    }
    assert tables == set(COLUMNS) == set(NAMES)
    for name, columns in COLUMNS.items():
        assert list(getattr(results, name)().columns) == list(columns)
    assert set(KEPT) == set(KEEPABLE)


@pytest.mark.parametrize("form", sorted(READERS))
def test_an_export_read_back_is_the_tables(form: str, run: Results, tmp_path: Path) -> None:
    found = READERS[form](export(run, form, tmp_path / "out"))
    assert found == expected(run)
    for name, table in found.items():
        for row in table:
            assert all(type(value) is not float for column, value in row.items() if whole(column)), name
            assert list(row) == list(COLUMNS[name])


def test_parquet_has_the_types_of_the_tables(run: Results, tmp_path: Path) -> None:
    place = export(run, "parquet", tmp_path / "out")
    for name in NAMES:
        schema = pq.read_schema(place / f"{name}.parquet")
        for field in schema:
            kind = pa.string() if field.name in ("iso3", "ally", "pillar") else pa.float64()
            assert field.type == (pa.int64() if whole(field.name) else kind)
            assert field.metadata[b"unit"].decode() == COLUMNS[name][field.name].unit
        assert json.loads(schema.metadata[b"burdenshare"])["title"] == run.title
        table = getattr(run, name)()
        if len(table):
            pd.testing.assert_frame_equal(pd.read_parquet(place / f"{name}.parquet"), table)
    if len(run.first_year()):
        assert pd.read_parquet(place / "first_year.parquet")["year"].dtype == "Int64"


def test_netcdf_holds_the_tables_over_dimensions(run: Results, tmp_path: Path) -> None:
    data = read_netcdf(export(run, "netcdf", tmp_path / "out.nc"))
    tables, seen = expected(run), dict.fromkeys(map(str, data.data_vars), 0)

    def same(variable: str, value: float | None, **at: object) -> None:
        found = float(data[variable].sel(at))
        assert found == value or (value is None and np.isnan(found)), (variable, at)
        seen[variable] += not np.isnan(found)

    _compare(tables, same)
    for name, count in seen.items():
        if data[name].dtype.kind == "f" and not name.startswith(("path_", "base_", "target_")):
            assert count == int(data[name].notnull().sum()), f"{name} holds what no table does"
        assert data[name].attrs["long_name"]
    for kept, values in run.record.counts.kept.items():
        np.testing.assert_array_equal(data[f"path_{kept}"], values)
        assert data[f"path_{kept}"].dtype == np.float32
        assert data[f"path_{kept}"].attrs["units"] == UNITS[KEPT[kept].unit]
    assert data["probability"].attrs["units"] == "1"
    assert "USD billion, prices" in data["shortfall_usd_bn_mean"].attrs["long_name"]
    names = {entry.iso3: entry.name for entry in run.record.description.allies}
    assert dict(zip(data["ally"].values, data["ally_name"].values, strict=True)) == names


def _compare(tables: Tables, same) -> None:  # type: ignore[no-untyped-def]
    levels = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
    chances = {
        "probability": "probability", "probability_ci_low": "ci_low", "probability_ci_high": "ci_high",
        "probability_without_late_push": "without_late_push", "probability_in_force": "in_force",
        "probability_not_yet_due": "not_yet_due", "probability_counted": "counted",
    }  # fmt: skip
    for row in tables["compliance"]:
        for variable, column in chances.items():
            same(variable, row[column], pillar=row["pillar"], ally=row["iso3"], year=row["year"])
        same("target_pct", row["target_pct"], pillar=row["pillar"])
    for table, prefix, stem in (("shares", "", "share_pct"), ("gap", "shortfall_pct_", "shortfall_pct")):
        for row in tables[table]:
            group = row["iso3"] in ("EUC", "NATO")
            at = {"group" if group else "ally": row["iso3"], "year": row["year"]}
            named = stem
            if table == "shares":
                pillar = row["pillar"].removesuffix("_spent")
                spent = pillar != row["pillar"]
                at["spent" if spent else "pillar"], named = pillar, f"{'spent_' if spent else ''}{stem}"
            if table == "gap":
                for column in ("shortfall_usd_bn_mean", "shortfall_usd_bn_q95", "on_paper_usd_bn_mean"):
                    same(f"{'group_' if group else ''}{column}", row[column], **at)
                if group:
                    continue
                same("on_paper_pct_mean", row["on_paper_pct_mean"], **at)
            same(f"{'group_' if group else ''}{named}_mean", row[f"{prefix}mean"], **at)
            if table == "shares":
                same(f"{'group_' if group else ''}{named}_above_grid", row["above_grid"], **at)
            for level, value in levels.items():
                same(f"{'group_' if group else ''}{named}_quantile", row[f"{prefix}{level}"], quantile=value, **at)
    for row in tables["alliance"]:
        at = {"tally": row["pillar"], "year": row["year"], "compliant": row["compliant"]}
        same("number_probability", row["probability"], **at)
    for row in tables["first_year"]:
        if row["year"] is None:
            same("never_probability", row["probability"], ally=row["iso3"])
            assert row["probability_staying"] == 0
        else:
            for column in ("probability", "probability_staying"):
                same(f"first_year_{column}", row[column], ally=row["iso3"], first_year=row["year"])


@pytest.mark.parametrize("form", sorted(set(FORMS) - {"excel"}))
def test_every_export_carries_the_facts_and_the_wording(form: str, rutte_results: Results, tmp_path: Path) -> None:
    facts = head(form, export(rutte_results, form, tmp_path / "out"))
    assert facts["title"] == "3.5 + 1.5 by 2032 (proposal of June 2025, not adopted)"
    assert [entry["agreed"] for entry in facts["yardsticks"]] == ["not agreed: proposed in June 2025"] * 3
    assert [entry["assumption"] for entry in facts["yardsticks"]] == [False, True, True]
    assert facts["manifest"] == rutte_results.manifest
    assert (facts["base_year"], facts["paths"], facts["seed"]) == (LAST_YEAR, 4_000, 2032)
    assert facts["digest"] == rutte_results.digest()
    _assert_worded(facts["comment"] if form == "netcdf" else "\n".join(facts["read_me"]))


def test_the_pages_of_csv_and_excel_say_the_same(rutte_results: Results, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(export(rutte_results, "excel", tmp_path / "out.xlsx"))
    assert book.properties.created == datetime.datetime.fromisoformat(f"{key_of()}-01"), (
        "the same whenever it is written"
    )
    assert book.sheetnames == ["Read me", "allies by year", *NAMES, "history", "columns"]
    page = "\n".join(str(cell) for row in book["Read me"].iter_rows(values_only=True) for cell in row if cell)
    text = (export(rutte_results, "csv", tmp_path / "out") / "readme.txt").read_text("utf-8")
    for said in (page, " ".join(text.split())):
        assert said.count("not agreed: proposed in June 2025") == 3
        assert "proposal of June 2025, not adopted" in said
        assert rutte_results.digest() in said
        assert str(rutte_results.manifest["scenario_digest"]) in said
        assert "It is a what-if, not a forecast" in said
        _assert_worded(said)
    assert "apostrophe (')" in text
    assert list(book["columns"].iter_rows(min_row=2, values_only=True)) == [
        (name, column, entry.unit, entry.meaning)
        for name, table in (*COLUMNS.items(), ("history", HISTORY))
        for column, entry in table.items()
    ]
    for name, columns in COLUMNS.items():
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        for cell, (column, entry) in zip(sheet[2], columns.items(), strict=True):
            if cell.value is not None and entry.unit != TEXT:
                assert cell.number_format != "General", column
    shown = dict(zip(COLUMNS["compliance"], book["compliance"][2], strict=True))
    assert shown["probability"].number_format == '[<0.005]"<1 %";[>0.995]">99 %";0.0 %'
    assert shown["target_pct"].number_format == "0.00"


def _assert_worded(said: str) -> None:
    for words in (
        "given the assumptions", "Monte Carlo error only", "Related and total rest on an assumption",
        "Closed on paper: the last distance", f"shares: NATO, {name_of()}",
        f"International Monetary Fund, {name_of('gdp')}",
    ):  # fmt: skip
        assert words in said


def test_tables_of_a_users_own_are_not_called_the_packaged_edition(record: Record, rutte_results: Results) -> None:
    assert content_of(rutte_results.record, "json").facts["read_me"][-1].startswith("Figures: the packaged edition")
    said = content_of(record, "json").facts["read_me"][-1]
    assert said.startswith("Figures: not those packaged")


@pytest.mark.parametrize("form", sorted(FORMS))
def test_the_same_run_gives_the_same_bytes(form: str, results: Results, tmp_path: Path) -> None:
    first, second = (export(results, form, tmp_path / name / "out") for name in ("a", "b"))
    if not first.is_dir():
        assert first.read_bytes() == second.read_bytes()
        return
    files = sorted(file.name for file in first.iterdir())
    assert files == sorted(file.name for file in second.iterdir())
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in files)
