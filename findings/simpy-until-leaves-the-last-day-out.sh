#!/usr/bin/env bash
# A simulation of 24 months run with until=24 lives through month 24, one would think: its clock stands at 24 afterwards. What is
# due at 24 has not happened: the stop is an event of highest priority at that time. Events of equal time and priority
# otherwise come in the order of their making, so one cannot be put in before it. Run until an event of one's own instead.
# Source: https://simpy.readthedocs.io/en/latest/api_reference/simpy.core.html (Environment.run); simpy 4.1.2, core.py (URGENT).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check simpy==4.1.2
venv/bin/python - << 'END'
from importlib.metadata import version
import simpy

def lived(until):
    environment, months = simpy.Environment(), []

    def life():
        while True:
            yield environment.timeout(1)
            months.append(int(environment.now))

    environment.process(life())
    environment.run(until=until)
    return environment.now, months[-1]

now, last = lived(24)
print("simpy", version("simpy"), "clock", now, "last month lived", last)
assert (now, last) == (24, 23)
END
