#!/usr/bin/env bash
# A fuzzy search over countries finds "Turkey", the name in most tables of NATO and the IMF before 2023, one would think: it finds
# "Turkiye" without its dots, and "Czech Republic" by the official name. ISO 3166 has only Türkiye now, and pycountry adds no
# former names: LookupError. A look-up by name of older tables needs a list of its own.
# Source: https://github.com/pycountry/pycountry (data of Debian's iso-codes); ISO 3166-1 newsletter of July 2022.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pycountry==26.2.16
venv/bin/python - << 'END'
from importlib.metadata import version
import pycountry

def found(name):
    try:
        return pycountry.countries.search_fuzzy(name)[0].alpha_3
    except LookupError:
        return None

seen = {name: found(name) for name in ("Turkey", "Turkiye", "Czech Republic", "Macedonia")}
print("pycountry", version("pycountry"), seen)
assert seen == {"Turkey": None, "Turkiye": "TUR", "Czech Republic": "CZE", "Macedonia": "MKD"}
END
