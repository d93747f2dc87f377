#!/usr/bin/env bash
# vl-convert comes with Liberation Sans, which was drawn to be as wide as Arial letter by letter, so a chart that asks for
# Arial is laid out with it where there is no Arial, one would think. It is not: Arial is looked up as any other name, and a
# name that is unknown gets the widths of another face, so that the same chart is some pixels wider and its file differs
# between a machine with Arial and one without. `sans-serif` and `Liberation Sans` get the bundled face everywhere.
# Source: https://github.com/vega/vl-convert (vl-convert-rs/fonts), font-family of CSS; seen with 1.9.0.post1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check vl-convert-python==1.9.0.post1
venv/bin/python - << 'END'
import re
import subprocess
from importlib.metadata import version

import vl_convert

def width(font):
    chart = {
        "data": {"values": [{"ally": "North Macedonia", "share": 28}]}, "mark": "bar",
        "encoding": {"x": {"field": "share", "type": "quantitative"}, "y": {"field": "ally", "type": "nominal"}},
        "config": {"font": font},
    }
    return int(re.search(r'width="(\d+)"', vl_convert.vegalite_to_svg(chart)).group(1))

try:
    listed = subprocess.run(["fc-list", ":family=Arial"], capture_output=True, text=True).stdout
except FileNotFoundError:
    listed = ""
found = {name: width(name) for name in ("Arial", "No Such Face", "Liberation Sans", "sans-serif")}
print("vl-convert", version("vl-convert-python"), found, "with Arial" if listed else "without Arial")
assert found["Liberation Sans"] == found["sans-serif"]
assert listed or found["Arial"] == found["No Such Face"] != found["Liberation Sans"]
END
