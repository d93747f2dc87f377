"""Type errors that the tests still have, by file and kind, in tests/mypy-baseline.txt: the list can only get shorter.

`python tools/type_baseline.py` holds mypy's findings against it; `--write` takes out of it what has been mended.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from mypy import api

ROOT: Final = Path(__file__).parents[1]
BASELINE: Final = ROOT / "tests" / "mypy-baseline.txt"
CHECKED: Final = ("sim", "tools", "benchmarks", "tests")
HEAD: Final = "# Lines with errors of a kind, by file; they can only get fewer: python tools/type_baseline.py --write\n"
_ERROR: Final = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): error: .*\[(?P<code>[a-z-]+)\]")


class Kind(NamedTuple):
    """Errors of one code in one file."""

    file: str
    code: str


def found() -> Counter[Kind]:
    """What mypy finds now, in the whole project.

    Raises:
        RuntimeError: mypy did not come to an end.
    """
    out, err, code = api.run([*(str(ROOT / name) for name in CHECKED), "--config-file", str(ROOT / "pyproject.toml"),
                              "--cache-dir", str(ROOT / ".mypy_cache"), "--no-error-summary"])  # fmt: skip
    if code > 1 or err:
        raise RuntimeError(f"mypy: {out}{err}")
    return counted(out.splitlines())


def counted(lines: Iterable[str]) -> Counter[Kind]:
    """Lines of code with an error of a kind: one value of many types is one mistake, however often it is told."""
    matches = filter(None, map(_ERROR.match, lines))
    places = {(Path(match["file"]), match["line"], match["code"]) for match in matches}
    inside = ((file.relative_to(ROOT) if file.is_absolute() else file, code) for file, _, code in places)
    return Counter(Kind(file.as_posix(), code) for file, code in inside)


def allowed(text: str) -> Counter[Kind]:
    """The baseline as its file has it: count, file and code on each line."""
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return Counter({Kind(file, code): int(count) for count, file, code in rows})


def written(kinds: Mapping[Kind, int]) -> str:
    """The text of the file."""
    return HEAD + "".join(f"{count:>4} {kind.file} {kind.code}\n" for kind, count in sorted(kinds.items()) if count)


def differences(now: Mapping[Kind, int], before: Mapping[Kind, int]) -> list[str]:
    """What is to be mended, and what has been and still stands in the list; a line each."""
    told = []
    for kind in sorted({*now, *before}):
        here, there = now.get(kind, 0), before.get(kind, 0)
        if here > there:
            told.append(f"{kind.file}: {here} lines with errors [{kind.code}], {there} allowed: mend what is new")
        elif here < there:
            told.append(f"{kind.file}: {here} lines with errors [{kind.code}], no more {there}: lower the baseline")
    return told


def main(arguments: list[str]) -> int:
    """Compare, or lower the baseline; 1 where something is to be done."""
    parser = argparse.ArgumentParser(prog="python tools/type_baseline.py", description=__doc__)
    parser.add_argument("--write", action="store_true", help="lower the baseline to what is found; never raise it")
    asked = parser.parse_args(arguments)
    now, before = found(), allowed(BASELINE.read_text("utf-8"))
    if asked.write:
        before &= now
        BASELINE.write_text(written(before), "utf-8")
    told = differences(now, before)
    print("\n".join(told) or f"{sum(before.values())} lines of the tests have type errors, as before")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
