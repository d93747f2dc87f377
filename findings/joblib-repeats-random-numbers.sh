#!/usr/bin/env bash
# A NumPy generator handed to tasks goes on from task to task, as in a loop. In joblib it is pickled once a batch: with two
# workers and batches of one, every task draws the same number; with one worker, or in larger batches (which joblib chooses
# by how long tasks take), others. The same code so gives other results by the machine's load. Spawn a generator a task.
# Source: https://joblib.readthedocs.io/en/stable/parallel.html (batch_size);
# https://numpy.org/doc/stable/reference/random/parallel.html (SeedSequence.spawn).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check joblib==1.6.0 numpy==2.4.6
venv/bin/python - << 'END'
import joblib
import numpy as np
from joblib import Parallel, delayed

def draws(jobs, batch):
    generator = np.random.default_rng(1)
    return [round(x, 3) for x in Parallel(n_jobs=jobs, batch_size=batch)(delayed(generator.random)() for _ in range(6))]

one, alone, pairs = draws(1, 1), draws(2, 1), draws(2, 2)
print("joblib", joblib.__version__, "numpy", np.__version__)
print("one worker               ", one, "two workers, batches of 1", alone, "two workers, batches of 2", pairs, sep="\n")
assert len(set(one)) == 6 and len(set(alone)) == 1 and len(set(pairs)) == 2
END
