#!/usr/bin/env bash
# The weighted interval score of a forecast that is exactly right is 0, and it is the mean of twice the pinball losses
# (Bracher and others 2021). Where numba is not installed, scoringrules 0.10.0 adds the weighted median itself, not its
# distance from the observation: a perfect forecast of 3 scores 0.6, and the score grows with the unit of measurement.
# Source: scoringrules 0.10.0, core/interval (NumPy's branch); https://github.com/frazane/scoringrules/pull/24 and
# https://github.com/frazane/scoringrules/issues/81 (only the backend numba was tested).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check scoringrules==0.10.0 numpy==2.4.6
venv/bin/python - << 'END'
from importlib.metadata import version
import numpy as np
import scoringrules as sr

def score(observed, levels):
    low5, low25, median, high75, high95 = levels
    lower, upper = np.array([[low5, low25]]), np.array([[high95, high75]])
    found = sr.weighted_interval_score(np.array([observed]), np.array([median]), lower, upper, np.array([0.1, 0.5]))
    losses = [sr.quantile_score(observed, q, a) for q, a in zip(levels, (0.05, 0.25, 0.5, 0.75, 0.95))]
    return round(float(found), 6), round(float(2 * np.mean(losses)), 6)

print("scoringrules", version("scoringrules"))
exact, spread = score(3.0, [3.0] * 5), score(3.0, [1.0, 1.5, 2.0, 2.5, 4.0])
print("exactly right: score, twice the mean pinball loss", exact)
print("spread:        score, twice the mean pinball loss", spread)
assert exact == (0.6, 0.0) and spread == (0.76, 0.56)
END
