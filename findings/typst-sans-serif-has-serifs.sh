#!/usr/bin/env bash
# An SVG whose text is of the family sans-serif, as every chart of Vega or Matplotlib's default has it as a last choice, is set
# without serifs in a PDF, or a warning says that it is not. Typst sets it in Libertinus Serif, the font of its own text,
# and says nothing: generic families are no fonts to it. In its own text, an unknown font is a warning, which
# typst.compile keeps to itself and compile_with_warnings returns. Name a family that exists.
# Source: https://github.com/typst/typst/issues/1154 and https://github.com/typst/typst/pull/2122 (generic families are left
# for later); https://github.com/messense/typst-py.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check typst==0.15.2 pypdf==7.1.1
venv/bin/python - << 'END'
import io
from importlib.metadata import version
from pathlib import Path
import pypdf, typst

def fonts(page):
    reader = pypdf.PdfReader(io.BytesIO(page))
    found = (reader.get_object(pypdf.generic.IndirectObject(number, 0, reader)) for number in range(1, reader.trailer["/Size"]))
    return {str(entry["/BaseFont"]).partition("+")[2] for entry in found if isinstance(entry, dict) and "/BaseFont" in entry}

text = '<text x="5" y="25" font-family="sans-serif" font-size="14">Outlays</text>'
Path("chart.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40">{text}</svg>')
Path("chart.typ").write_text('#image("chart.svg")')
Path("text.typ").write_text('#set text(font: "No Such Font")\nOutlays')
page, said = typst.compile_with_warnings("chart.typ")
other, told = typst.compile_with_warnings("text.typ")
print("typst", version("typst"))
print("an SVG of sans-serif:", fonts(page), "warnings:", len(said))
print("an unknown font:     ", fonts(other), "warnings:", [warning.message for warning in told])
assert said == [] and len(told) == 1
assert all(name.startswith("LibertinusSerif") for name in (*fonts(page), *fonts(other)))
assert typst.compile("text.typ")
END
