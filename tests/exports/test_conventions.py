"""NetCDF by the conventions CF-1.8, as other programs read them, not as xarray forgives."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import h5py
import numpy as np
import pytest

from sim.output.exports import export
from sim.output.exports.as_netcdf import UNITS
from sim.output.exports.units import COLUMNS, RUNS, TEXT
from sim.results.facade import Results
from sim.results.record import Record


def variables(file: h5py.File) -> Iterator[tuple[str, h5py.Dataset, dict[str, object]]]:
    """Those of the file, without dimensions that have no values."""
    for name, found in file.items():
        if not str(found.attrs.get("NAME", "")).startswith("b'This is a netCDF dimension"):
            yield name, found, dict(found.attrs)


@pytest.fixture
def place(rutte_results: Results, tmp_path: Path) -> Path:
    return export(rutte_results, "netcdf", tmp_path / "rutte.nc")


def test_every_variable_says_what_it_is_in_units_that_udunits_reads(place: Path) -> None:
    with h5py.File(place) as file:
        assert file.attrs["Conventions"] == "CF-1.8"
        assert file.attrs["history"].startswith("burdenshare ")
        names = set()
        for name, found, attrs in variables(file):
            names.add(name)
            assert attrs["long_name"], name
            flags, text = "flag_meanings" in attrs, found.dtype.kind not in "fiu"
            assert ("units" in attrs) == (not text and not flags), name
            assert attrs.get("units", "1") in {*UNITS.values()}, name
            assert text or found.dtype in (np.float64, np.float32, np.int32, np.int8), (name, found.dtype)
        assert {"probability", "group_name", "year", "path_share_pct"} <= names


def test_no_coordinate_has_a_fill_value(place: Path) -> None:
    """A coordinate is never missing; xarray gives one to every float unless it is told not to."""
    with h5py.File(place) as file:
        filled = {name for name, _, attrs in variables(file) if "_FillValue" in attrs}
    assert not filled & {"pillar", "ally", "year", "quantile", "group", "tally", "compliant", "first_year"}
    assert "probability" in filled


def test_every_figure_of_the_tables_has_a_variable(place: Path) -> None:
    """Also those that a later version adds: by their names, and levels as one."""
    with h5py.File(place) as file:
        names = " ".join(file)
    for table, columns in COLUMNS.items():
        for column, entry in columns.items():
            if entry.unit in (TEXT, RUNS) or column in ("year", "compliant"):
                continue
            wanted = "quantile" if column in ("q05", "q25", "q50", "q75", "q95") else column
            levels = f"{column[:-3]}quantile"
            assert wanted in names or levels in names, (table, column)


def test_a_new_column_flows_through(record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.output.exports import as_netcdf
    from sim.output.exports.content import content_of

    content = content_of(record, "netcdf")
    for table, unit in (("compliance", "probability"), ("shares", "mean"), ("gap", "shortfall_usd_bn_mean")):
        monkeypatch.setitem(COLUMNS, table, {**COLUMNS[table], "new": COLUMNS[table][unit]})
        content.tables[table]["new"] = 0.25
    data = as_netcdf.dataset(content)
    for name in ("probability_new", "share_pct_new", "group_share_pct_new", "new", "group_new"):
        assert float(data[name].max()) == 0.25, name


@pytest.mark.slow
def test_the_compliance_checker_finds_nothing(place: Path) -> None:
    checker = shutil.which("compliance-checker", path=str(Path(sys.executable).parent)) or shutil.which(
        "compliance-checker"
    )
    if checker is None:
        pytest.skip("compliance-checker is not installed")
    done = subprocess.run([checker, "--test", "cf:1.8", place], capture_output=True, encoding="utf-8", timeout=300)
    assert "All tests passed!" in done.stdout, done.stdout
