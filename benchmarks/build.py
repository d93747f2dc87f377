"""One build of the product in a process of its own, which works as it is told: `python benchmarks/build.py`.

Reads one JSON line a task and answers with one: the seconds of the thread, and what the work has left. It asks nothing
of the product but what builds since the first have, so that a former one can take turns with this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parent.parent
FORMER = "9351c6030e357dd455f6858969f17ff7d8ff9157"
"""The commit that speed is measured against: before draws were even, probabilities conditional and loops compiled."""


class Build:
    """A process that runs the product of one folder."""

    def __init__(self, folder: Path) -> None:
        environment = os.environ | {"PYTHONPATH": str(folder)}
        command = [sys.executable, __file__, str(folder)]
        self.process = subprocess.Popen(
            command, env=environment, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self._asked, self._answered = self.process.stdin, self.process.stdout

    def do(self, **task: Any) -> dict[str, Any]:
        """What a task has taken and left."""
        self._asked.write(json.dumps(task) + "\n")
        self._asked.flush()
        answer = self._answered.readline()
        assert answer, f"the build has ended with {self.process.wait()}"
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        """End the process."""
        self._asked.close()
        self.process.wait()
        self._answered.close()


@contextmanager
def builds() -> Iterator[tuple[Build, Build]]:
    """The former build, from the project's history, and this one.

    Raises:
        OSError, subprocess.CalledProcessError: there is no git, or no such history, here.
    """
    with ExitStack() as closing:
        folder = Path(closing.enter_context(TemporaryDirectory())) / "former"
        git = ["git", "-C", str(ROOT), "worktree"]
        subprocess.run([*git, "add", "--detach", str(folder), FORMER], check=True, capture_output=True)
        closing.callback(subprocess.run, [*git, "remove", "--force", str(folder)], check=True, capture_output=True)
        pair = Build(folder), Build(ROOT)
        for build in pair:
            closing.callback(build.close)
        yield pair


def work(name: str, **given: Any) -> dict[str, Any]:
    """Do one of the tasks below."""
    start = time.thread_time()
    tasks: dict[str, Any] = {
        "block": _block, "run": _run, "variants": _variants, "probabilities": _probabilities
    }  # fmt: skip
    left = tasks[name](**given)
    return {"seconds": time.thread_time() - start, **left()}


def _named(engine: dict[str, Any]) -> dict[str, Any]:
    """An engine by its name, of builds that have one."""
    if not engine:
        return {}
    from sim import kernels

    return {"engine": kernels.engine(engine["engine"])}


def _block(scenario: str, paths: int, **engine: Any) -> Any:
    """One block, everything recorded."""
    import sim
    from sim.engine.block import run_block

    counts = run_block(sim.load(scenario), 1, 0, paths, **_named(engine))
    return lambda: {"counted": int(counts.arrays["shares"][0].sum())}


def _run(scenario: str, paths: int | None = None, precision: float | None = None, **engine: Any) -> Any:
    """A whole run."""
    import sim

    results = sim.simulate(sim.load(scenario), paths=paths, precision=precision, executor="serial", **engine)
    return lambda: {"paths": results.paths_simulated, "counted": int(results.record.counts.arrays["shares"][0].sum())}


def _variants(scenario: str, variants: int, paths: int, **engine: Any) -> Any:
    """Settings of one scenario side by side in a block."""
    import sim
    from sim.engine.variants import reported_shares

    first = sim.load(scenario)
    each = [
        first.model_copy(update={"budget": first.budget.model_copy(update={"headroom_pct": 3.0 + 0.01 * number})})
        for number in range(variants)
    ]
    shares = reported_shares(each, 1, paths, **_named(engine))
    return lambda: {"counted": int((shares > 0).sum())}


def _probabilities(scenario: str, paths: int, seeds: list[int]) -> Any:
    """Of core compliance in the last year, seed by seed and ally by ally."""
    import sim

    loaded = sim.load(scenario)
    last = loaded.horizon.last_year
    tables = [sim.simulate(loaded, paths=paths, seed=seed, executor="serial").compliance() for seed in seeds]
    core = [table[(table.pillar == "core") & (table.year == last)].probability.tolist() for table in tables]
    return lambda: {"probabilities": core}


def main() -> None:
    """Answer until nothing more is asked."""
    import sim

    folder = Path(sys.argv[1]).resolve()
    assert Path(sim.__file__).resolve().is_relative_to(folder), f"{sim.__file__} is not of {folder}"
    for line in sys.stdin:
        print(json.dumps(work(**json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
