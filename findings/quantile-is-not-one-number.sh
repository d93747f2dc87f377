#!/usr/bin/env bash
# A quantile of four numbers is the same in all data frames, one would think, or at least a library's quantile(0.5) is its own
# median. NumPy, pandas and DuckDB's quantile_cont interpolate between neighbours; polars' quantile takes the nearest value,
# DuckDB's quantile the one below. polars' median does interpolate: it is not its quantile(0.5).
# Source: documentation of polars.Series.quantile (interpolation="nearest") and of DuckDB's aggregate functions
# (quantile is quantile_disc), read for the versions pinned here.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy==2.4.6 pandas==3.1.1 polars==2.1.0 duckdb==2.0.1
venv/bin/python - << 'END'
import duckdb, numpy, pandas, polars

values = [1.0, 2.0, 3.0, 4.0]
row = duckdb.sql("select quantile(v, 0.25), quantile_cont(v, 0.25) from (select unnest([1.0, 2.0, 3.0, 4.0]::double[]) v)")
((disc, cont),) = row.fetchall()
series = polars.Series(values)
seen = {
    "numpy": float(numpy.quantile(values, 0.25)), "pandas": float(pandas.Series(values).quantile(0.25)),
    "polars": series.quantile(0.25), "duckdb quantile": disc, "duckdb quantile_cont": cont,
    "polars quantile(0.5)": series.quantile(0.5), "polars median": series.median(),
}
print({module.__name__: module.__version__ for module in (numpy, pandas, polars, duckdb)})
for name, value in seen.items():
    print(f"{name:22} {value}")
assert list(seen.values()) == [1.75, 1.75, 2.0, 1.0, 1.75, 3.0, 2.5]
END
