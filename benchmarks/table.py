"""How fast the product is, as ratios inside one run: `python benchmarks/table.py [--only NAME ...] [--long]`.

Prints one table, and keeps its figures in benchmarks/figures.json; `python benchmarks/page.py` makes the page of them.
A row that could not be measured in full says what it needs, and its former figures are kept.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parent.parent))  # so that it runs as a program

from benchmarks import report
from benchmarks.peers.facts import Missing
from benchmarks.report import Found, Line, Row
from benchmarks.rows import costs, former, other_programs, scaling, start_up, whole, workers

ROWS: dict[str, Row] = {
    "former": former.former,
    "whole": whole.whole,
    "core": whole.core,
    "c_kernel": other_programs.c_kernel,
    "scalar_simpy": other_programs.scalar_simpy,
    "straightforward": other_programs.straightforward,
    "drawn": costs.drawn,
    "python": costs.python,
    "limit": costs.limit,
    "workers": workers.workers,
    "cold_start": workers.cold_start,
    "ten_thousand": whole.ten_thousand,
    "memory": scaling.memory,
    "scaling": scaling.scaling,
    "start_up": start_up.start_up,
}
LONG = ("cold_start",)
"""Rows that take minutes, and run with --long or when named."""


def measured(name: str) -> tuple[Found, bool]:
    """A row, and whether it could be measured."""
    try:
        found = ROWS[name]()
    except Missing as missing:
        return Found([Line(name, "not measured", "", str(missing))]), False
    return found, all(line.measured != "not measured" for line in found.lines)


def printed(lines: list[Line]) -> None:
    """The table."""
    table = Table("what", "measured", "reach", "reached", title="Ratios inside one run: median (smallest–largest)")
    for line in lines:
        table.add_row(*map(escape, (line.what, line.measured, line.reach, line.reached)))
    console = Console()
    Console(width=console.width if console.is_terminal else 160).print(table)


def main(args: list[str]) -> int:
    """Measure, keep, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=ROWS, help=f"some of {', '.join(ROWS)}")
    parser.add_argument("--long", action="store_true", help=f"also {', '.join(LONG)}")
    parser.add_argument("--out", type=Path, default=report.FIGURES, metavar="FILE", help="where the figures are kept")
    given = parser.parse_args(args)
    names = given.only or [name for name in ROWS if given.long or name not in LONG]
    lines: list[Line] = []
    for number, name in enumerate(names, 1):
        print(f"{number}/{len(names)} {name} ...", end="", file=sys.stderr, flush=True)
        conditions, start = report.conditions(), time.perf_counter()
        found, complete = measured(name)
        took = time.perf_counter() - start
        print(f" {took:.1f} s", file=sys.stderr, flush=True)
        if complete:
            report.keep(name, found, took, conditions, list(ROWS), given.out)
        else:
            print(f"    incomplete: the former figures of {name} are kept", file=sys.stderr)
        lines += found.lines
    printed(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
