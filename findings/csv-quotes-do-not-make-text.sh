#!/usr/bin/env bash
# Quotes tell a text from a number, one would think: "004" in quotes stays 004. To three of four readers quotes are only
# there to protect commas: pandas, pyarrow and polars make it the number 4; DuckDB keeps the text. And what is missing
# differs again: a quoted "NA" is missing to pandas alone, a quoted empty text to pandas and DuckDB, an empty cell of texts
# to all but pyarrow. So a code of digits needs a letter, whatever quotes it has.
# Source: documentation of pandas.read_csv (dtype, keep_default_na), pyarrow.csv.ConvertOptions
# (strings_can_be_null, false by default), polars.read_csv (missing_utf8_is_empty_string), duckdb.org/docs/data/csv.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0 duckdb==2.0.1
venv/bin/python - << 'END'
from pathlib import Path
import duckdb, pandas, polars, pyarrow, pyarrow.csv

def read(text):
    Path("x.csv").write_text(text)
    table = pandas.read_csv("x.csv")["code"]
    return {
        "pandas": [None if pandas.isna(cell) else cell for cell in table.tolist()],
        "pyarrow": pyarrow.csv.read_csv("x.csv")["code"].to_pylist(),
        "polars": polars.read_csv("x.csv")["code"].to_list(),
        "duckdb": [row[0] for row in duckdb.read_csv("x.csv").fetchall()],
    }

print({module.__name__: module.__version__ for module in (pandas, pyarrow, polars, duckdb)})
digits, words = read('code,n\n"004",1\n"010",2\n'), read('code,n\n"NA",1\n"",2\n,3\n"x",4\n')
print(digits, words, sep="\n")
assert digits == {"pandas": [4, 10], "pyarrow": [4, 10], "polars": [4, 10], "duckdb": ["004", "010"]}
assert words["pandas"] == [None, None, None, "x"] and words["polars"] == ["NA", "", None, "x"]
assert words["pyarrow"] == ["NA", "", "", "x"]
assert words["duckdb"] == ["NA", None, None, "x"]
END
