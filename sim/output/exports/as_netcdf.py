"""A run as one NetCDF file: the dataset of `Results.to_xarray` with all that the tables hold beside it.

By the conventions CF-1.8 (cfconventions.org), which know no money and no 64-bit integers, and want units as UDUNITS
reads them; what a unit means is said in `long_name`.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Hashable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray

from sim.output.exports.content import SCHEMA, Content, jsonable
from sim.output.exports.units import (
    COLUMNS,
    KEPT,
    LOG_ODDS,
    OF_GDP,
    OF_RUNS,
    PART,
    POINTS,
    RUNS,
    TEXT,
    USD_BN,
    ColumnUnit,
)
from sim.results.counts import GROUPS, TALLIES
from sim.results.tables import GROUP_NAMES, LEVELS, SPENT_ENDING

MARK = "burdenshare export"
UNITS = {OF_RUNS: "1", PART: "1", OF_GDP: "percent", POINTS: "percent", USD_BN: "1e9", LOG_ODDS: "1"}
"""As UDUNITS reads them: a probability is a pure number, and so is money, for want of a currency."""
LONG_NAMES = {
    "pillar": "what is measured; related and total rest on an assumption",
    "spent": "pillars that closing on paper lifts; total rests on an assumption",
    "ally": "ISO 3166-1 alpha-3 code",
    "year": "calendar year",
    "quantile": "level of a quantile, 0 to 1",
    "group": "EUC: Europe and Canada; NATO: all",
    "tally": "what compliant allies are counted by",
    "compliant": "number of allies that meet the yardstick",
    "first_year": "year in which a run first meets the core target; the base year: already",
}


def write(content: Content, destination: Path) -> None:
    """Write the dataset (NetCDF 4, by h5netcdf); a missing value is NaN."""
    data = dataset(content)
    encoding = {name: {"_FillValue": None} for name in data.coords}  # xarray gives one to every number with decimals
    data.to_netcdf(destination, engine="h5netcdf", encoding=encoding)


def is_ours(destination: Path) -> bool:
    """Whether the file is such a dataset."""
    try:
        with xarray.open_dataset(destination, engine="h5netcdf") as found:
            return bool(found.attrs.get("export") == MARK)
    except Exception:  # HDF5 has an error of its own for everything that is no NetCDF
        return False


def dataset(content: Content) -> xarray.Dataset:
    """All that is exported, over pillar, spent, ally, year, quantile, group, tally, compliant, first_year and path.

    As in the tables, a probability is missing where no yardstick binds the ally.
    """
    found = content.results.to_xarray()
    record = content.results.record
    steps = [record.description.base_year, *record.description.years]
    coords: dict[str, list[Any]] = {
        **{name: found[name].to_numpy().tolist() for name in ("pillar", "spent", "ally", "year", "quantile")},
        "group": list(GROUPS),
        "tally": list(TALLIES),
        "compliant": list(range(len(record.description.allies) + 1)),
        "first_year": steps,
    }
    variables = {**_compliance(content, coords), **_shares(content, coords), **_gap(content, coords)}
    variables |= {**_alliance(content, coords), **_first_year(content, coords), **_allies(content)}
    shares = ["share_pct_quantile", "spent_share_pct_quantile"]
    restated = [name for name in found.data_vars if name in shares or str(name).startswith("probability")]
    found = found.drop_vars(restated).assign_coords(coords).assign(variables)
    for name, meaning in LONG_NAMES.items():
        if found[name].dtype.kind == "i":
            found[name] = found[name].astype(np.int32)
        found[name].attrs = {"long_name": meaning} | ({} if found[name].dtype.kind == "U" else {"units": "1"})
    for name in record.counts.kept:
        found[f"path_{name}"].attrs = _attrs(KEPT[name].unit, f"{KEPT[name].meaning}, path by path")
    return found.assign_attrs(_attributes(content))


Variables = dict[Hashable, xarray.DataArray]
Coordinates = dict[str, list[Any]]


def _attrs(unit: str, meaning: str) -> dict[str, str]:
    """`units` and `long_name` of a variable; the second has the unit in words where the first does not say all."""
    return {"units": UNITS[unit], "long_name": meaning if UNITS[unit] == "1" else f"{meaning}; {unit}"}


def _spread(
    table: pd.DataFrame, column: str, coords: Coordinates, keys: dict[str, str], about: ColumnUnit
) -> xarray.DataArray:
    """A column over the dimensions that its keys (table's column: dimension) name; NaN where the table has no row."""
    values = np.full([len(coords[dimension]) for dimension in keys.values()], np.nan)
    if len(table):
        at = tuple(
            pd.Index(coords[dimension]).get_indexer(pd.Index(table[key].tolist())) for key, dimension in keys.items()
        )
        values[at] = table[column].to_numpy(dtype=float)
    return xarray.DataArray(values, dims=list(keys.values()), attrs=_attrs(about.unit, about.meaning))


def _compliance(content: Content, coords: Coordinates) -> Variables:
    table, keys = content.tables["compliance"], {"pillar": "pillar", "iso3": "ally", "year": "year"}
    found = _figures("compliance", table, coords, keys, but=("target_pct",))
    named: Variables = {
        name if str(name).startswith("probability") else f"probability_{name}": values for name, values in found.items()
    }
    about = COLUMNS["compliance"]["target_pct"]
    targets = table.drop_duplicates("pillar")
    return named | {"target_pct": _spread(targets, "target_pct", coords, {"pillar": "pillar"}, about)}


def _shares(content: Content, coords: Coordinates) -> Variables:
    table = content.tables["shares"]
    found: Variables = {}
    spent = table["pillar"].str.endswith(SPENT_ENDING)
    table = table.assign(pillar=table["pillar"].str.removesuffix(SPENT_ENDING))
    for prefix, rows, pillars in (("", table[~spent], "pillar"), ("spent_", table[spent], "spent")):
        allies, groups = _parted(rows)
        keys = {"pillar": pillars, "iso3": "ally", "year": "year"}
        found |= _figures("shares", allies, coords, keys, f"{prefix}share_pct_")
        found |= _figures("shares", groups, coords, {**keys, "iso3": "group"}, f"group_{prefix}share_pct_")
    return found


def _gap(content: Content, coords: Coordinates) -> Variables:
    allies, groups = _parted(content.tables["gap"])
    of_allies_only = [name for name in COLUMNS["gap"] if "_pct_" in name]
    found = _figures("gap", allies, coords, {"iso3": "ally", "year": "year"})
    return found | _figures("gap", groups, coords, {"iso3": "group", "year": "year"}, "group_", of_allies_only)


def _parted(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of allies, and those of groups."""
    of_groups = table["iso3"].isin(GROUPS)
    return table[~of_groups], table[of_groups]


def _figures(
    name: str,
    table: pd.DataFrame,
    coords: Coordinates,
    keys: dict[str, str],
    prefix: str = "",
    but: Collection[str] = (),
) -> Variables:
    """Every column of figures of a table, whatever a version adds; the levels of one thing are one variable."""
    about = COLUMNS[name]
    found: Variables = {}
    for column, entry in about.items():
        if column in keys or column in but or entry.unit in (TEXT, RUNS):
            continue
        stem, level = column[:-3], column[-3:]
        if level in LEVELS and all(f"{stem}{other}" in about for other in LEVELS):
            if level == next(iter(LEVELS)):
                found[f"{prefix}{stem}quantile"] = _levels(table, stem, coords, keys, entry)
        else:
            found[f"{prefix}{column}"] = _spread(table, column, coords, keys, entry)
    return found


def _levels(
    table: pd.DataFrame, stem: str, coords: Coordinates, keys: dict[str, str], first: ColumnUnit
) -> xarray.DataArray:
    stacked = xarray.concat([_spread(table, f"{stem}{level}", coords, keys, first) for level in LEVELS], "quantile")
    stacked.attrs = _attrs(first.unit, first.meaning[first.meaning.index("quantile") :])
    return stacked


def _alliance(content: Content, coords: Coordinates) -> Variables:
    keys = {"pillar": "tally", "year": "year", "compliant": "compliant"}
    return _figures("alliance", content.tables["alliance"], coords, keys, "number_")


def _first_year(content: Content, coords: Coordinates) -> Variables:
    table = content.tables["first_year"]
    reached, never = table[table["year"].notna()], table[table["year"].isna()]
    found = _figures("first_year", reached, coords, {"iso3": "ally", "year": "first_year"}, "first_year_")
    what = ColumnUnit(OF_RUNS, "runs that never meet the core target within the horizon, given the assumptions")
    return found | {"never_probability": _spread(never, "probability", coords, {"iso3": "ally"}, what)}


def _allies(content: Content) -> Variables:
    entries = content.facts["allies"]

    def of_allies(values: list[Any], **attrs: Any) -> xarray.DataArray:
        return xarray.DataArray(values, dims=["ally"], attrs=attrs)

    names, groups = [_text(entry["name"]) for entry in entries], [GROUP_NAMES[group] for group in GROUPS]
    estimated = {"flag_values": np.array([0, 1], np.int8), "flag_meanings": "actual estimate"}
    meant = "core share of the base year"
    return {
        "ally_name": of_allies(names, long_name="name of the ally"),
        "base_share_pct": of_allies([entry["base_share_pct"] for entry in entries], **_attrs(OF_GDP, meant)),
        "base_share_estimated": of_allies(
            [np.int8(entry["estimated"]) for entry in entries], long_name=f"what the {meant} is", **estimated
        ),
        "base_gdp_usd_bn": of_allies(
            [entry["gdp_usd_bn"] for entry in entries], **_attrs(USD_BN, "gross domestic product of the base year")
        ),
        "group_name": xarray.DataArray(groups, dims=["group"], attrs={"long_name": "name of the group"}),
    }


def _attributes(content: Content) -> dict[str, Any]:
    facts = content.facts
    manifest = facts["manifest"]
    made = f"burdenshare {manifest.get('burdenshare', '')}: {manifest.get('command', '')}".strip(" :")
    texts = {
        "Conventions": "CF-1.8",
        "history": made,
        "title": facts["title"],
        "source": facts["source"],
        "description": facts["description"],
        "based_on": facts["based_on"],
        "comment": "\n".join(facts["read_me"]),
        "yardsticks": json.dumps(facts["yardsticks"], ensure_ascii=False),
        "manifest": json.dumps(manifest, ensure_ascii=False),
        "digest": facts["digest"],
        "export": MARK,
    }
    return {**{name: _text(text) for name, text in texts.items()}, "schema": SCHEMA, "base_year": facts["base_year"]}


def _text(text: str) -> str:
    """HDF5 ends a text at a zero character."""
    return str(jsonable(text)).replace("\0", "\ufffd")
