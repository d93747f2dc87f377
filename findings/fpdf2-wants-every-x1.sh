#!/usr/bin/env bash
# fpdf2 sets SVG, so it sets the charts of Vega, one would think. A line without x1 begins at 0 by SVG 1.1 and 2, and Vega's
# axes are full of them; fpdf2 takes the attribute for required and refuses the picture as one that cannot be parsed.
# Source: https://www.w3.org/TR/SVG11/shapes.html#LineElement (x1 is 0 unless given); fpdf2 2.8.9, svg.py; https://py-pdf.github.io/fpdf2/SVG.html.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check fpdf2==2.8.9
venv/bin/python - << 'END'
from pathlib import Path
import fpdf

def sets(line):
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20">'
    Path("line.svg").write_text(f"{head}{line}</svg>")
    page = fpdf.FPDF()
    page.add_page()
    try:
        page.image("line.svg", w=20)
    except ValueError as error:
        return f"{type(error).__name__}: {str(error).split(':')[0]}"
    return "set"

whole = sets('<line x1="0" y1="0" x2="9" y2="9" stroke="black"/>')
short = sets('<line x2="9" y2="9" stroke="black"/>')
print("fpdf2", fpdf.__version__, "with x1:", whole, "without:", short)
assert (whole, short) == ("set", "ValueError: Could not parse file")
END
