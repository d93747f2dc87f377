"""A run in a process of its own: `python benchmarks/alone.py SCENARIO PATHS [--workers N] [--turns N] [--warm]`.

Prints one JSON line: seconds (processor time of the thread, and wall) of each turn, and the most memory the process
has held. It imports nothing but the product, so that what it measures is the product's. With `--warm` 16 paths are
simulated first, so that tables are read and modules imported.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from functools import lru_cache
from pathlib import Path
from typing import Any


def most_memory_mb() -> float:
    """The most memory this process has held, MB.

    From /proc where there is one: `getrusage` there begins with what the calling process held when it started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)


def fresh(scenario: Path, paths: int, *, workers: int = 1, turns: int = 1, warm: bool = False) -> dict[str, Any]:
    """What a process of its own prints.

    Raises:
        AssertionError: it has not counted every path.
    """
    command = [sys.executable, __file__, str(scenario), str(paths), "--workers", str(workers), "--turns", str(turns)]
    command += ["--warm"] if warm else []
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["counted"] == paths * found["ally_years"], "a run that leaves out paths is not the run"
    return found


alone = lru_cache(fresh)
"""The same; a run that two rows need is not repeated."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenario")
    parser.add_argument("paths", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--warm", action="store_true")
    given = parser.parse_args()
    import sim
    from sim.execution.simulate import simulate

    scenario = sim.load(given.scenario)
    executor = "serial" if given.workers == 1 else "processes"
    if given.warm:
        simulate(scenario, 16, executor="serial")
    thread_s, wall_s = [], []
    for _ in range(given.turns):
        wall, thread = time.perf_counter(), time.thread_time()
        counts = simulate(scenario, given.paths, executor=executor, workers=given.workers).counts
        thread_s.append(time.thread_time() - thread)
        wall_s.append(time.perf_counter() - wall)
    shares = counts.arrays["shares"][0]
    found = {
        "thread_s": thread_s, "wall_s": wall_s, "memory_mb": most_memory_mb(), "counted": int(shares.sum()),
        "ally_years": shares.shape[0] * shares.shape[1],
    }  # fmt: skip
    print(json.dumps(found))


if __name__ == "__main__":
    main()
