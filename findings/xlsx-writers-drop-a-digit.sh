#!/usr/bin/env bash
# A workbook holds doubles, so a number that is written should be read back as it was. XlsxWriter and openpyxl both print 16
# significant digits into the file, and a double may need 17: 0.1 + 0.2 comes back as 0.3. The file format is text and would
# carry the 17th: Excel itself writes it.
# Source: xlsxwriter 3.3.1, worksheet.py ("%.16G"); openpyxl 3.1.5, cell/_writer.py; https://github.com/jmcnamara/XlsxWriter/issues/873
# asks about it, and is answered by Excel's 15 shown digits.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check xlsxwriter==3.3.1 openpyxl==3.1.5
venv/bin/python - << 'END'
import openpyxl, xlsxwriter

number = 0.1 + 0.2
with xlsxwriter.Workbook("one.xlsx") as book:
    book.add_worksheet().write_number(0, 0, number)
other = openpyxl.Workbook()
other.active["A1"] = number
other.save("two.xlsx")
print("xlsxwriter", xlsxwriter.__version__, "openpyxl", openpyxl.__version__, "written", repr(number))
for file in ("one.xlsx", "two.xlsx"):
    found = openpyxl.load_workbook(file).active["A1"].value
    print(file, repr(found))
    assert found == 0.3 and found != number
END
