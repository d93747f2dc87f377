"""One digest over many environments: `python tests/verification/bits/matrix.py` measures, prints and keeps the table.

Cells already measured on this code are taken from the cache unless `--anew`. Interpreters are sought on PATH; what is
not there is reported as not run.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bits.axes import ALL, MAIN, Cell, cells  # noqa: E402  # tests/ is put on the path above
from bits.digest import ROOT  # noqa: E402
from bits.environments import VERSION_LINES, NotRun, in_utf8, measured, packages, printed  # noqa: E402
from evidence import MODEL, digest, keep  # noqa: E402

MAKERS = ("axes", "digest", "environments")
SOURCES = (
    *MODEL,
    "sim/execution",
    "sim/worker.py",
    "sim/cli",
    "sim/results",
    "scenarios",
    *(f"tests/verification/bits/{name}.py" for name in MAKERS),
)


COLUMNS = ["axis", "value", "scenarios", "paths", "digest", "verdict", "seconds"]


class Cache:
    """What was measured on this code, by cell."""

    def __init__(self, file: Path, anew: bool) -> None:
        self.file, self.code = file, digest(SOURCES)
        stored = json.loads(file.read_text("utf-8")) if file.exists() and not anew else {}
        self.found: dict[str, Any] = stored.get("cells", {}) if stored.get("code") == self.code else {}

    def of(self, cell: Cell) -> dict[str, Any]:
        """The cell's finding, measured now if it is not there; what failed is tried again next time."""
        if cell.impossible:
            return {"not run": cell.impossible}
        key = json.dumps([asdict(cell.spec), cell.environment, cell.python, cell.prints], sort_keys=True)
        if key not in self.found:
            self.found[key] = _measure(cell)
            self.file.parent.mkdir(parents=True, exist_ok=True)
            done = {key: found for key, found in self.found.items() if "digests" in found}
            self.file.write_text(json.dumps({"code": self.code, "cells": done}), encoding="utf-8")
        found: dict[str, Any] = self.found[key]
        return found


def _measure(cell: Cell) -> dict[str, Any]:
    try:
        found = measured(cell.spec, cell.environment, cell.python)
        if cell.prints:
            document = in_utf8(printed(cell.spec, cell.environment, cell.python))
            found["printed"] = sha256(VERSION_LINES.sub(b"", document)).hexdigest()
    except NotRun as reason:
        return {"not run": str(reason)}
    except RuntimeError as error:
        return {"failed": str(error)[-2_000:]}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, default=ROOT / "runs" / "bits", help="virtual environments and findings")
    parser.add_argument("--oldest", default="python3.11", help="interpreter for the lowest versions allowed")
    parser.add_argument("--newest", default="python3.13", help="interpreter for the newest versions")
    parser.add_argument("--anew", action="store_true", help="measure every cell again")
    given = parser.parse_args()
    cache = Cache(given.cache / "cells.json", given.anew)
    wanted = cells(given.cache, given.oldest, given.newest)
    base: dict[tuple[str, int], str] = {}
    text: dict[tuple[str, ...], str] = {}
    rows: list[list[Any]] = []
    print("  ".join(COLUMNS))
    other = missing = 0
    for index, cell in enumerate(wanted, 1):
        if sys.stderr.isatty():
            print(
                f"\r{index} of {len(wanted)}: {cell.axis}: {cell.value}".ljust(100), end="", file=sys.stderr, flush=True
            )
        found = cache.of(cell)
        if "digests" not in found:
            missing += "not run" in found
            other += "failed" in found
            verdict = f"not run: {found['not run']}" if "not run" in found else f"failed: {found['failed'][-200:]}"
            rows.append([cell.axis, cell.value, len(cell.spec.scenarios), cell.spec.paths, "", verdict, 0.0])
            print("  ".join(map(str, rows[-1])))
            continue
        same = all(base.setdefault((name, cell.spec.paths), own) == own for name, own in found["digests"].items())
        if "printed" in found:
            same &= text.setdefault(cell.spec.scenarios, found["printed"]) == found["printed"]
        other += same == bool(cell.spec.change)  # a control must differ
        verdict = ("same" if same else "other") + (" (control)" if cell.spec.change else "")
        short = sha256("".join(found["digests"].values()).encode()).hexdigest()[:12]
        rows.append([cell.axis, cell.value, len(found["digests"]), cell.spec.paths, short, verdict, found["seconds"]])
        print("  ".join(map(str, rows[-1])))
    figures = {
        "cells": len(rows), "same": sum(row[5] == "same" for row in rows), "not_run": missing, "wrong": other,
        "controls_that_differ": sum(row[5] == "other (control)" for row in rows),
        "printed_compared": sum("printed" in cache.of(cell) for cell in wanted),
        "digest": sha256("".join(base[name, paths] for name, paths in sorted(base)).encode()).hexdigest(),
        "digest_by_scenario": {name: own for (name, paths), own in sorted(base.items()) if paths == ALL.paths},
        "ways_libm_rounds": _seen(cache, wanted, "libm"), "ways_numpy_rounds": _seen(cache, wanted, "numpy_functions"),
        "main_scenario": MAIN, "versions": _versions(wanted),
        "columns": COLUMNS, "rows": rows,
    }  # fmt: skip
    print(json.dumps({name: value for name, value in figures.items() if name != "rows"}, indent=1))
    keep("bits", figures, command="python tests/verification/bits/matrix.py", sources=SOURCES)
    return 1 if other else 0


def _seen(cache: Cache, wanted: list[Cell], name: str) -> int:
    """In how many ways elementary functions rounded in the cells, which the digest is to be indifferent to."""
    return len({found[name] for found in map(cache.of, wanted) if name in found})


def _versions(wanted: list[Cell]) -> dict[str, dict[str, str]]:
    """What the environments hold, by the word they are called in the table."""
    pythons = {cell.called: cell.python for cell in wanted if not cell.impossible}
    return {called: packages(python) for called, python in pythons.items()}


if __name__ == "__main__":
    sys.exit(main())
