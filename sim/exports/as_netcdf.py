"""A run as one NetCDF file: the dataset of `Results.to_xarray` with all that the tables hold beside it."""

from __future__ import annotations

import json
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray

from sim.exports.content import SCHEMA, Content, plain
from sim.exports.units import COLUMNS, KEPT, OF_GDP, OF_RUNS, USD_BN, Column
from sim.record.counts import GROUPS, TALLIES
from sim.results.tables import GROUP_NAMES, LEVELS

MARK = "burdenshare export"
LONG_NAMES = {
    "pillar": "what is measured; related and total rest on an assumption",
    "ally": "ISO 3166-1 alpha-3 code",
    "year": "year",
    "quantile": "level of a quantile, 0 to 1",
    "group": "EUC: Europe and Canada; NATO: all",
    "tally": "what compliant allies are counted by",
    "compliant": "number of allies that meet the yardstick",
    "first_year": "first year at the core target; the base year: already",
}


def write(content: Content, place: Path) -> None:
    """Write the dataset (NetCDF 4, by h5netcdf); a missing value is NaN."""
    dataset(content).to_netcdf(place, engine="h5netcdf")


def is_ours(place: Path) -> bool:
    """Whether the file is such a dataset."""
    try:
        with xarray.open_dataset(place, engine="h5netcdf") as found:
            return bool(found.attrs.get("export") == MARK)
    except Exception:  # HDF5 has an error of its own for everything that is no NetCDF
        return False


def dataset(content: Content) -> xarray.Dataset:
    """All that is exported, over pillar, ally, year, quantile, group, tally, compliant, first_year and kept path.

    As in the tables, a probability is missing where no yardstick binds the ally.
    """
    found = content.results.to_xarray()
    record = content.results.record
    steps = [record.description.base_year, *record.description.years]
    places: dict[str, list[Any]] = {
        **{name: found[name].to_numpy().tolist() for name in ("pillar", "ally", "year", "quantile")},
        "group": list(GROUPS),
        "tally": list(TALLIES),
        "compliant": list(range(len(record.description.allies) + 1)),
        "first_year": steps,
    }
    variables = {**_compliance(content, places), **_shares(content, places), **_gap(content, places)}
    variables |= {**_alliance(content, places), **_first_year(content, places), **_allies(content)}
    found = found.drop_vars("probability").assign_coords(places).assign(variables)
    for name, meaning in LONG_NAMES.items():
        found[name].attrs["long_name"] = meaning
    found["share_pct_quantile"].attrs["long_name"] = "quantile of the reported share"
    for name in record.counts.kept:
        found[f"path_{name}"].attrs |= {"units": KEPT[name].unit, "long_name": f"{KEPT[name].meaning}, path by path"}
    return found.assign_attrs(_attributes(content))


Variables = dict[Hashable, xarray.DataArray]
Places = dict[str, list[Any]]


def _spread(table: pd.DataFrame, column: str, places: Places, keys: dict[str, str], about: Column) -> xarray.DataArray:
    """A column over the dimensions that its keys (table's column: dimension) name; NaN where the table has no row."""
    values = np.full([len(places[dimension]) for dimension in keys.values()], np.nan)
    if len(table):
        at = tuple(
            pd.Index(places[dimension]).get_indexer(pd.Index(table[key].tolist())) for key, dimension in keys.items()
        )
        values[at] = table[column].to_numpy(dtype=float)
    units = "1" if about.unit == OF_RUNS else about.unit
    return xarray.DataArray(values, dims=list(keys.values()), attrs={"units": units, "long_name": about.meaning})


def _compliance(content: Content, places: Places) -> Variables:
    table, about = content.tables["compliance"], COLUMNS["compliance"]
    keys = {"pillar": "pillar", "iso3": "ally", "year": "year"}
    names = {
        "probability": "probability", "ci_low": "probability_ci_low", "ci_high": "probability_ci_high",
        "without_late_push": "probability_without_late_push", "in_force": "probability_in_force",
    }  # fmt: skip
    found: Variables = {name: _spread(table, column, places, keys, about[column]) for column, name in names.items()}
    targets = table.drop_duplicates("pillar")
    found["target_pct"] = _spread(targets, "target_pct", places, {"pillar": "pillar"}, about["target_pct"])
    return found


def _shares(content: Content, places: Places) -> Variables:
    table, about = content.tables["shares"], COLUMNS["shares"]
    groups = table[table["iso3"].isin(GROUPS)]
    keys = {"pillar": "pillar", "iso3": "group", "year": "year"}
    allies = {"pillar": "pillar", "iso3": "ally", "year": "year"}
    return {
        "share_pct_mean": _spread(table[~table["iso3"].isin(GROUPS)], "mean", places, allies, about["mean"]),
        "group_share_pct_mean": _spread(groups, "mean", places, keys, about["mean"]),
        "group_share_pct_quantile": _levels(groups, "", places, keys, "quantile of the reported share"),
    }


def _gap(content: Content, places: Places) -> Variables:
    table, about = content.tables["gap"], COLUMNS["gap"]
    allies, groups = table[~table["iso3"].isin(GROUPS)], table[table["iso3"].isin(GROUPS)]
    keys = {"iso3": "ally", "year": "year"}
    found: Variables = {
        "shortfall_pct_mean": _spread(allies, "shortfall_pct_mean", places, keys, about["shortfall_pct_mean"]),
        "shortfall_pct_quantile": _levels(
            allies, "shortfall_pct_", places, keys, "quantile of the distance to the core target"
        ),
    }
    for column in ("shortfall_usd_bn_mean", "shortfall_usd_bn_q95"):
        found[column] = _spread(allies, column, places, keys, about[column])
        of_groups = _spread(groups, column, places, {"iso3": "group", "year": "year"}, about[column])
        found[f"group_{column}"] = of_groups
    return found


def _levels(table: pd.DataFrame, prefix: str, places: Places, keys: dict[str, str], meaning: str) -> xarray.DataArray:
    about = Column(OF_GDP, meaning)
    stacked = xarray.concat([_spread(table, f"{prefix}{level}", places, keys, about) for level in LEVELS], "quantile")
    stacked.attrs = {"units": OF_GDP, "long_name": meaning}
    return stacked


def _alliance(content: Content, places: Places) -> Variables:
    keys = {"pillar": "tally", "year": "year", "compliant": "compliant"}
    about = COLUMNS["alliance"]["probability"]
    return {"number_probability": _spread(content.tables["alliance"], "probability", places, keys, about)}


def _first_year(content: Content, places: Places) -> Variables:
    table, about = content.tables["first_year"], COLUMNS["first_year"]
    reached, never = table[table["year"].notna()], table[table["year"].isna()]
    keys = {"iso3": "ally", "year": "first_year"}
    found: Variables = {
        f"first_year_{column}": _spread(reached, column, places, keys, about[column])
        for column in ("probability", "probability_staying")
    }
    what = Column(OF_RUNS, "runs that never meet the core target within the horizon, given the assumptions")
    found["never_probability"] = _spread(never, "probability", places, {"iso3": "ally"}, what)
    return found


def _allies(content: Content) -> Variables:
    entries = content.facts["allies"]

    def of_allies(key: str, units: str, meaning: str) -> xarray.DataArray:
        values = [_text(entry[key]) if isinstance(entry[key], str) else entry[key] for entry in entries]
        return xarray.DataArray(values, dims=["ally"], attrs={"units": units, "long_name": meaning})

    return {
        "ally_name": of_allies("name", "text", "name of the ally"),
        "base_share_pct": of_allies("base_share_pct", OF_GDP, "published core share of the base year"),
        "base_share_estimated": of_allies("estimated", "0 or 1", "whether that share is an estimate"),
        "base_gdp_usd_bn": of_allies("gdp_usd_bn", USD_BN, "gross domestic product of the base year"),
        "group_name": xarray.DataArray([GROUP_NAMES[group] for group in GROUPS], dims=["group"]),
    }


def _attributes(content: Content) -> dict[str, Any]:
    facts = content.facts
    texts = {
        "title": facts["title"],
        "source": facts["source"],
        "description": facts["description"],
        "comment": "\n".join(facts["read_me"]),
        "yardsticks": json.dumps(facts["yardsticks"], ensure_ascii=False),
        "manifest": json.dumps(facts["manifest"], ensure_ascii=False),
        "digest": facts["digest"],
        "export": MARK,
    }
    return {**{name: _text(text) for name, text in texts.items()}, "schema": SCHEMA, "base_year": facts["base_year"]}


def _text(text: str) -> str:
    """HDF5 ends a text at a zero character."""
    return str(plain(text)).replace("\0", "\ufffd")
