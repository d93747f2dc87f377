#!/usr/bin/env bash
# One output that is not a number makes every index not a number, one would think, or raises. SALib's Sobol' analysis says
# that no input has any influence: 0 for each, as for a constant output. So look for nan before, not after.
# Source: SALib 1.6.0, analyze/sobol.py: indices of an output without variance are set to 0, and a comparison with nan
# falls into that branch; https://salib.readthedocs.io/en/latest/api.html.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check SALib==1.6.0 numpy==2.4.6
venv/bin/python - << 'END'
import warnings
from importlib.metadata import version
import numpy as np
from SALib.analyze import sobol
from SALib.sample import sobol as sample

warnings.simplefilter("ignore")
problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1], [0, 1]]}
inputs = sample.sample(problem, 64, seed=1)
output = 2 * inputs[:, 0] + inputs[:, 1]
whole = sobol.analyze(problem, output, seed=1)["S1"]
output[3] = np.nan
torn = sobol.analyze(problem, output, seed=1)["S1"]
print("SALib", version("SALib"), "first order", whole.round(2), "with one nan", torn)
assert whole[0] > 0.7 and whole[1] > 0.1 and (torn == 0).all()
END
