#!/usr/bin/env bash
# The same chart gives the same file: vl-convert's SVG and PNG do, its PDF does not, within one process and without a date in
# it: as long, and some of its bytes differ. A test that compares bytes, or a cache by digest, needs the SVG.
# Source: seen with the version pinned here; https://github.com/vega/vl-convert says nothing of it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check vl-convert-python==1.9.0.post1
venv/bin/python - << 'END'
import warnings
import vl_convert

values = [{"ally": "POL", "share": 4.68}, {"ally": "ITA", "share": 2.1}]
chart = {
    "data": {"values": values}, "mark": "bar",
    "encoding": {"x": {"field": "ally", "type": "nominal"}, "y": {"field": "share", "type": "quantitative"}},
}
writers = {"svg": vl_convert.vegalite_to_svg, "png": vl_convert.vegalite_to_png, "pdf": vl_convert.vegalite_to_pdf}
seen = {name: {write(chart) for _ in range(10)} for name, write in writers.items()}
print("vl-convert", vl_convert.__version__, "different files of ten:", {name: len(files) for name, files in seen.items()})
assert len(seen["svg"]) == len(seen["png"]) == 1 < len(seen["pdf"])
assert len({len(file) for file in seen["pdf"]}) == 1
END
