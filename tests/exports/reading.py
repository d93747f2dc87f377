"""Each format read back without the code that wrote it, and what should be found."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import xarray

from sim.output.exports.units import COLUMNS
from sim.results.facade import Results

NAMES = tuple(COLUMNS)
Table = list[dict[str, Any]]
Tables = dict[str, Table]


def expected(results: Results) -> Tables:
    """The tables of the results, None where a value is missing."""
    return {name: _records(getattr(results, name)()) for name in NAMES}


def _records(frame: pd.DataFrame) -> Table:
    return [
        {column: None if pd.isna(value) else value for column, value in row.items()} for row in frame.to_dict("records")
    ]


def whole(column: str) -> bool:
    return column in ("year", "compliant", "paths")


def read_csv(place: Path) -> Tables:
    found = {}
    for name in NAMES:
        with (place / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, strict=True))
        found[name] = [{column: _value(column, text) for column, text in row.items()} for row in rows]
    return found


def _value(column: str, text: str) -> object:
    if column in ("iso3", "ally", "pillar"):
        return text
    if text == "":
        return None
    return int(text) if whole(column) else float(text)


def read_json(place: Path) -> Tables:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    tables: Tables = json.loads(place.read_text("utf-8"), parse_constant=refuse)["tables"]
    return tables


def read_parquet(place: Path) -> Tables:
    return {name: pq.read_table(place / f"{name}.parquet").to_pylist() for name in NAMES}


def open_workbook(place: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(place.read_bytes()))  # whatever it is called


def read_excel(place: Path) -> Tables:
    book = open_workbook(place)
    found = {}
    for name in NAMES:
        header, *rows = book[name].iter_rows(values_only=True)
        found[name] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


READERS: dict[str, Callable[[Path], Tables]] = {
    "csv": read_csv, "json": read_json, "parquet": read_parquet, "excel": read_excel,
}  # fmt: skip


def read_netcdf(place: Path) -> xarray.Dataset:
    with xarray.open_dataset(place, engine="h5netcdf") as found:
        return found.load()


def head(form: str, place: Path) -> dict[str, Any]:
    """The facts of an export as it carries them."""
    if form == "netcdf":
        attributes = read_netcdf(place).attrs
        return {**attributes, **{key: json.loads(attributes[key]) for key in ("yardsticks", "manifest")}}
    file = place if form == "json" else place / "manifest.json"
    found: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return found


def excel_texts(place: Path) -> list[str]:
    """Every text of a workbook, straight from its XML, as Excel reads it; every part must be XML."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(place) as parts:
        for name in parts.namelist():
            ElementTree.fromstring(parts.read(name))
        strings = ElementTree.fromstring(parts.read("xl/sharedStrings.xml"))
    texts = ["".join(part.text or "" for part in entry.iter(f"{space}t")) for entry in strings.iter(f"{space}si")]
    return [re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), text) for text in texts]
