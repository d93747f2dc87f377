"""The long verifications, one by one, then docs/verification.md: `python tests/verification/verify.py [PART ...]`.

A part whose figures were found on the code as it is is not run again, so that an interrupted `make verify` goes on
where it stopped; `--anew` runs it nevertheless.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from dataclasses import dataclass

import evidence
from mutation.campaign import MODULES


@dataclass(frozen=True)
class Verification:
    """One of the long ones: what it shows, what runs it, and what it needs beside the project's dependencies."""

    about: str
    command: tuple[str, ...]
    needs: str | None = None


VERIFICATIONS = {
    "closed_forms": Verification("what can be worked out without the engine", ("closed_forms/report.py",)),
    "reference": Verification("a second model, path by path", ("reference/report.py",)),
    "draws": Verification("every sampler and event process against its law", ("judge/report.py",)),
    "properties": Verification("what must hold for every scenario", ("properties/report.py",)),
    "bits": Verification("the same bits everywhere", ("bits/matrix.py",)),
    "fuzz": Verification("broken scenario files and tables", ("fuzz/campaign.py", "--cases", "100000")),
    "guided": Verification("the same, guided by coverage", ("fuzz/guided.py", "--seconds", "3600"), needs="atheris"),
    **{
        f"mutation_{name}": Verification(f"faults planted: {name}", ("mutation/campaign.py", name), needs="mutmut")
        for name in MODULES
    },
}


def main() -> int:
    """Run what is asked for or stale; 1 if a verification fails, 4 if something it needs is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"any of {', '.join(VERIFICATIONS)}; all unless given")
    parser.add_argument("--anew", action="store_true", help="run also what is up to date")
    parser.add_argument("--list", action="store_true", help="say what is up to date, run nothing")
    given = parser.parse_args()
    if unknown := sorted(set(given.parts) - set(VERIFICATIONS)):
        parser.error(f"no part called {', '.join(unknown)}; there are {', '.join(VERIFICATIONS)}")
    failed, missing = [], []
    for name in given.parts or VERIFICATIONS:
        verification = VERIFICATIONS[name]
        fresh = evidence.current(name)
        state = "up to date" if fresh else "stale" if evidence.kept(name) else "not run yet"
        print(f"{name}: {verification.about} ({state})", flush=True)
        if given.list or (fresh and not given.anew):
            continue
        if verification.needs and importlib.util.find_spec(verification.needs) is None:
            print(f"    needs {verification.needs}: {sys.executable} -m pip install {verification.needs}")
            missing.append(name)
        elif _run(verification):
            failed.append(name)
    if given.list:
        return 0
    subprocess.run([sys.executable, evidence.ROOT / "tools" / "verification.py"], check=True)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 4 if missing else 0


def _run(part: Verification) -> int:
    tests = evidence.ROOT / "tests" / "verification"
    started = time.monotonic()
    code = subprocess.run(
        [sys.executable, tests / part.command[0], *part.command[1:]], cwd=evidence.ROOT, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tests, tests.parent)))},
    ).returncode  # fmt: skip
    print(
        f"    {'done' if code == 0 else f'exit code {code}'} after {(time.monotonic() - started) / 60:.1f} min",
        flush=True,
    )
    return code


if __name__ == "__main__":
    raise SystemExit(main())
