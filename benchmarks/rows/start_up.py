"""What a command costs before it does anything, beside bare Python; and what it must not import."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.measure import WALL, Work, figure, in_turns, spread
from benchmarks.product import FILE
from benchmarks.report import Found, Line, verdict

TURNS, FEWER_TURNS = 11, 3
BARE = "bare Python"
CALLS = {
    "`sim --help`": (("--help",), 120, ()),
    "`sim check`": (("check", str(FILE)), 300, ("numpy",)),
    "`sim run` of 16 paths": (("run", str(FILE), "--paths", "16"), 700, ("pandas", "scipy.stats")),
}
"""What is called, milliseconds allowed on top of bare Python, and modules that must not have been imported."""

LOADED = """
import json, sys
from sim.cli import main
sys.argv = ["sim", *sys.argv[1:]]
try:
    main()
except SystemExit as left:
    assert not left.code
print(json.dumps(sorted(sys.modules)))
"""


def start_up() -> Found:
    """A process of its own for each call, its output thrown away."""
    works = {BARE: _call(("-c", "pass"), silent=True)}
    works |= {name: _call(("-m", "sim", *args)) for name, (args, _, _) in CALLS.items()}
    wall, processor = in_turns(works, TURNS, WALL), in_turns(works, FEWER_TURNS, _of_children)
    lines, figures = [], dict[str, Any]({BARE: spread(wall[BARE]).kept()})
    for name, (args, allowed, without) in CALLS.items():
        more, work = (
            spread(long - bare for long, bare in zip(seconds[name], seconds[BARE], strict=True))
            for seconds in (wall, processor)
        )
        there = sorted(set(without) & _modules(args))
        good = 1000 * more.middle <= allowed and not there
        reach = f"≤ {allowed} ms" + (f", no {' and no '.join(without)}" if without else "")
        measured = f"{more.text(1000, ' ms')}; {figure(1000 * work.middle)} ms of processor time"
        lines.append(Line(f"start-up: {name} over bare Python", measured, reach,
                          verdict(good, f"imports {', '.join(there)}" if there else "")))  # fmt: skip
        figures[name] = {"more_s": more.kept(), "processor_s": work.kept(), "imports": there}
    return Found(lines, figures | {"turns": TURNS})


def _of_children() -> float:
    """Processor time of all processes started so far that have ended: what a busy machine does not lengthen."""
    times = os.times()
    return times.children_user + times.children_system


def _call(args: tuple[str, ...], *, silent: bool = False) -> Work:
    return Work(
        lambda: subprocess.run([sys.executable, *args], capture_output=True, check=False),
        lambda done: done.returncode == 0 and bool(done.stdout) != silent,
    )


def _modules(args: tuple[str, ...]) -> set[str]:
    """What is imported when the command is over."""
    done = subprocess.run([sys.executable, "-c", LOADED, *args], capture_output=True, check=True, text=True)
    return set(json.loads(done.stdout.splitlines()[-1]))
