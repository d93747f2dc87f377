"""Mutation testing with mutmut, module by module: `python tests/verification/verify.py mutation_results`.

A module is mutated in a copy of the project, against the tests that are about it: the quickest first, and none that
compares with stored numbers, so that a mutant dies of what the code means and not of having changed. The copy is kept
under `runs/mutation`, and what was tried there is not tried again unless its function has changed; `--again` tries the
survivors once more, for when tests have changed. A survivor counts against the module unless `equivalent.toml` says why
no test could tell it from the original; what stands there and does not survive is an error. Each module keeps its
figures with the code that they were found on.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import tomli_w

from evidence import ROOT, keep

HERE = Path(__file__).parent
NEEDED = ("sim", "tests", "scenarios", "pyproject.toml")
KILLED = {1, 3, -11, 255}
TIMED_OUT = {24, 36, -24, 152, -9, 137}
"""Exit codes of mutmut's workers; a mutant that runs for ever is noticed as well."""
LEAST = 0.9
"""What part of the mutants must die."""
SECONDS = 20.0
"""Added to what the tests of a mutant took; fifteen times as long counts as running for ever. Fixtures are not in what
they took, and a machine may be slow."""


@dataclass(frozen=True)
class MutatedModule:
    """What is mutated, and the tests that are held against it."""

    mutate: tuple[str, ...]
    tests: tuple[str, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The files and folders that are mutated."""
        return tuple(each.removesuffix("/*") for each in self.mutate)

    def has(self, function: str) -> bool:
        """Whether a function, by its full name, is one of those mutated."""
        place = function.replace(".", "/")
        return any(place.startswith(f"{source.removesuffix('.py')}/") for source in self.sources)


ENGINE = (
    "absurd", "block", "by_hand", "clock", "december", "inputs", "invariants", "order", "parameter_rows", "parameters",
    "recorder", "variants",
)  # fmt: skip
"""The files of tests/engine that compare with no stored number."""

MODULES = {
    "results": MutatedModule(
        ("sim/results/*",),
        (
            "tests/results/test_by_path.py",
            "tests/results/test_intervals.py",
            "tests/results/test_parameter_range.py",
        ),
    ),
    "draws": MutatedModule(
        (
            "sim/distributions/draws.py",
            "sim/distributions/quantile_tables.py",
            "sim/distributions/survival.py",
            "sim/numerics/streams.py",
            "sim/numerics/exact.py",
        ),
        ("tests/draws", "tests/verification/judge/test_exact.py", "tests/engine/test_variants.py"),
    ),
    "model": MutatedModule(
        ("sim/model/*",), ("tests/model", "tests/verification/reference/test_few.py", "tests/events")
    ),
    "engine": MutatedModule(
        ("sim/engine/*", "sim/numerics/arrays.py"),
        (
            "tests/verification/reference/test_few.py",
            "tests/events",
            "tests/verification/properties/test_adding_up.py",
            "tests/verification/properties/test_paths.py",
            "tests/data/test_replacements.py",
            *(f"tests/engine/test_{name}.py" for name in ENGINE),
        ),
    ),
    "comparison": MutatedModule(
        ("sim/analysis/comparison/*",),
        (
            "tests/comparison/test_counting.py",
            "tests/comparison/test_tables.py",
            "tests/comparison/test_paired.py",
            "tests/results/test_intervals.py",
        ),
    ),
    "report": MutatedModule(
        (
            "sim/output/report/money.py",
            "sim/output/report/figures.py",
            "sim/output/report/contents.py",
            "sim/output/report/sentences.py",
        ),
        (
            "tests/report/test_album.py",
            "tests/report/test_contents.py",
            "tests/report/test_money.py",
            "tests/report/test_sentences.py",
        ),
    ),
}


@dataclass(frozen=True)
class Survivor:
    """A mutant that no test of its module noticed."""

    name: str
    function: str
    before: str
    after: str


def main() -> int:
    """Mutate, print and keep the score of every module; 1 if one stays below LEAST or equivalents do not survive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "modules", nargs="*", choices=[*MODULES, []], help=f"any of {', '.join(MODULES)}; all unless given"
    )
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "mutation", help="where the copies are kept")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="mutants tried at once")
    parser.add_argument("--again", action="store_true", help="try survivors again")
    parser.add_argument("--only-count", action="store_true", help="try nothing, count what was tried")
    given = parser.parse_args()
    rows, wrong = [], list[tuple[str, str, str]]()
    for name in given.modules or MODULES:
        module, work = MODULES[name], given.work / name
        if not given.only_count:
            copy(module, work)
            mutate(work, given.children, [s.name for s in survivors(work)] if given.again else [])
        rows.append(score(name, work))
        print(pd.DataFrame(rows).drop(columns=["left"]).to_string(index=False, float_format="{:.3f}".format))
        for line in rows[-1]["left"]:
            print("   ", line)
        lived = {(s.function, s.before, s.after) for s in survivors(work)}
        wrong += sorted(each for each in equivalent() - lived if module.has(each[0]))
        if rows[-1]["mutants"]:
            keep(
                f"mutation_{name}", {"least": LEAST, **rows[-1]}, sources=module.sources,
                command=f"python tests/verification/mutation/campaign.py {name}",
            )  # fmt: skip
    for function, before, after in wrong:
        print(f"listed as equivalent, but it died or is no more: {function}: {before}  ->  {after}")
    return 0 if not wrong and all(row["score"] >= LEAST for row in rows) else 1


def copy(module: MutatedModule, work: Path) -> None:
    """Bring the copy of the project up to date, leaving untouched what has not changed."""
    work.mkdir(parents=True, exist_ok=True)
    wanted = {
        file.relative_to(ROOT)
        for source in NEEDED
        for file in ([ROOT / source] if (ROOT / source).is_file() else (ROOT / source).rglob("*"))
        if file.is_file() and "__pycache__" not in file.parts
    }
    for file in wanted:
        text = (ROOT / file).read_bytes()
        if file.name == "pyproject.toml":
            text += settings(module).encode()
        if not (work / file).is_file() or (work / file).read_bytes() != text:
            (work / file).parent.mkdir(parents=True, exist_ok=True)
            (work / file).write_bytes(text)
    for place in NEEDED:
        for file in [file for file in (work / place).rglob("*") if file.is_file()]:
            if file.relative_to(work) not in wanted and "__pycache__" not in file.parts:
                file.unlink()
    # mutmut copies tests beside its mutants but never takes one away, nor does it ask which functions a new one calls.
    shutil.rmtree(work / "mutants" / "tests", ignore_errors=True)
    (work / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)


def settings(module: MutatedModule) -> str:
    """mutmut's section of pyproject.toml."""
    return "\n" + tomli_w.dumps({"tool": {"mutmut": {
        "source_paths": ["sim"], "only_mutate": list(module.mutate), "also_copy": ["scenarios"],
        "pytest_add_cli_args_test_selection": list(module.tests),
        "pytest_add_cli_args": [
            "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not slow", "--hypothesis-profile", "unshrunk",
        ],
        "timeout_constant": SECONDS, "use_git_change_detection": False,
    }}})  # fmt: skip


def mutate(work: Path, children: int, names: list[str]) -> None:
    """Run mutmut in the copy; its progress goes where ours does."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children), *names]
    if subprocess.run(command, cwd=work, check=False).returncode:
        raise SystemExit(f"mutmut failed in {work}; the tests of the module must pass without mutations")


def tried(work: Path) -> Iterator[tuple[str, int | None]]:
    """Every mutant of a module and how its tests ended; None: not tried yet."""
    for meta in sorted((work / "mutants" / "sim").rglob("*.meta")):
        yield from json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items()


def survivors(work: Path) -> list[Survivor]:
    """The mutants of a module that were tried and lived."""
    names = [name for name, code in tried(work) if code is not None and code not in KILLED | TIMED_OUT]
    if not names:
        return []
    from mutmut.configuration import reset_config
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    before = Path.cwd()
    os.chdir(work)  # mutmut reads its settings, once, and its mutants where it stands
    reset_config()
    try:
        return [_survivor(name, get_diff_for_mutant(name)) for name in names]
    finally:
        os.chdir(before)


def _survivor(name: str, diff: str) -> Survivor:
    changed: dict[str, list[str]] = {"-": [], "+": []}
    for line in diff.splitlines()[2:]:
        if line[:1] in changed:
            changed[line[0]].append(line[1:].strip())
    function = name.split("__mutmut_")[0].replace(".x_", ".").replace(".xǁ", ".").replace("ǁ", ".")
    return Survivor(name, function, " ".join(changed["-"]), " ".join(changed["+"]))


def score(module: str, work: Path) -> dict[str, Any]:
    """How many mutants of a module there are, died, are equivalent, live."""
    codes = Counter("untried" if c is None else "killed" if c in KILLED else "timed out" if c in TIMED_OUT else "lived"
                    for _, c in tried(work))  # fmt: skip
    known = equivalent()
    lived = survivors(work)
    same = [s for s in lived if (s.function, s.before, s.after) in known]
    left = [f"{s.function}: {s.before}  ->  {s.after}" for s in lived if s not in same]
    could_die = codes.total() - len(same) - codes["untried"]
    return {
        "module": module, "mutants": codes.total(), "killed": codes["killed"], "timed_out": codes["timed out"],
        "equivalent": len(same), "lived": len(left), "untried": codes["untried"],
        "score": (codes["killed"] + codes["timed out"]) / could_die if could_die else 0.0, "left": left,
    }  # fmt: skip


def equivalent() -> set[tuple[str, str, str]]:
    """The mutants that are the original in other words, each with its reason in equivalent.toml."""
    listed = tomllib.loads((HERE / "equivalent.toml").read_text("utf-8"))["mutant"]
    assert all(entry["reason"] for entry in listed)
    return {(entry["function"], entry["before"], entry["after"]) for entry in listed}


if __name__ == "__main__":
    raise SystemExit(main())
