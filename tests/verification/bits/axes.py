"""The cells of the matrix: a full grid of workers, blocks and executors; each other axis by itself; some mixtures."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from bits.digest import ROOT, Spec
from bits.environments import WITHOUT_FMA, NotRun, compiled_locales, dispatched, virtual

MAIN = "rutte_2032"
SHIPPED = tuple(sorted(file.stem for file in (ROOT / "scenarios").glob("*.toml")))
ALL = Spec(SHIPPED, 2_000)
ONE = Spec((MAIN,), 2_000)
LONG = Spec((MAIN,), 20_000)
"""More paths than a block of 16,384."""
MADE = Spec(
    tuple(str(ROOT / "tests" / "verification" / "bits" / f"{name}.toml") for name in ("small", "constants")),
    5_000,
    seed=7,
)
"""Something of everything, drawn and as plain numbers: roundings that no shipped scenario has."""

GRID = {LONG: (4_096, 8_192, 16_384, None), MADE: (4_096,)}
WORKERS = (1, 2, 3)
EXECUTORS = ("serial", "processes")
HASHES = ("1", "77", "4294967295", "random")
ZONES = ("UTC", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns")
LOCALES = ("de_DE", "tr_TR")
PROCESSORS = {
    "as it is": {},
    **{name: {"NUMBA_CPU_NAME": name, "NUMBA_CPU_FEATURES": ""} for name in ("x86-64", "x86-64-v2", "x86-64-v3")},
}
"""What compiled loops are compiled for."""
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
MIXTURES, MIXTURE_SEED, MIXED = 8, 2032, 10_000


@dataclass(frozen=True)
class Cell:
    """What is computed, in what environment."""

    axis: str
    value: str
    spec: Spec
    environment: dict[str, str] = field(default_factory=dict)
    python: str = sys.executable
    called: str = "here"  # the interpreter, in the table
    prints: bool = False  # whether what the command line prints is compared as well
    impossible: str = ""  # why it cannot be run


def cells(cache: Path, oldest: str, newest: str) -> list[Cell]:
    """All cells, the base first."""
    found = [Cell("base", "serial, one block", spec) for spec in (ALL, replace(ALL, paths=MIXED), LONG, MADE)]
    found.append(Cell("printed", "sim run --json", ONE, prints=True))
    found += [Cell("control", change, replace(ONE, change=change)) for change in ("seed", "stream version", "table")]
    for spec, blocks in GRID.items():
        for workers, block, executor in product(WORKERS, blocks, EXECUTORS):
            own = replace(spec, workers=workers, block=block, executor=executor)
            found.append(Cell("grid", f"{workers} x {block or 'all'} x {executor}", own))
    for processor, more in PROCESSORS.items():
        for spec in (ALL, LONG, MADE) if not more else (ALL, MADE):
            found.append(Cell("engine", f"fast, {processor}", replace(spec, engine="fast"), more))
    found += [Cell("hashes", number, ONE, {"PYTHONHASHSEED": number}) for number in HASHES]
    found += [Cell("zone", zone, ONE, {"TZ": zone}, prints=True) for zone in ZONES]
    found += _locales(cache / "locales")
    found += _features("here", sys.executable)
    found.append(Cell("libm", "without FMA and AVX2", ALL, {"GLIBC_TUNABLES": WITHOUT_FMA}))
    pythons = {"here": sys.executable}
    for called, python, resolution in (("oldest", oldest, "lowest-direct"), ("newest", newest, "highest")):
        try:
            inside = virtual(cache / called, python, resolution)
        except NotRun as reason:
            found.append(Cell("versions", called, ALL, called=called, impossible=str(reason)))
            continue
        pythons[called] = inside
        found.append(Cell("versions", called, ALL, {}, inside, called))
        found.append(Cell("printed", f"sim run --json, {called}", ONE, {}, inside, called, prints=True))
        found += _features(called, inside)
    return found + _mixtures(cache / "locales", pythons)


def _locales(folder: Path) -> list[Cell]:
    made = compiled_locales(folder, LOCALES)
    found = [
        Cell("locale", "C, ASCII only", ONE, ASCII, prints=True),
        Cell("locale", "C.UTF-8", replace(ONE, locale="C.UTF-8"), {"LC_ALL": "C.UTF-8"}, prints=True),
    ]
    for name in LOCALES:
        own = replace(ONE, locale=f"{name}.UTF-8")
        more = {"LOCPATH": made.get(name, ""), "LC_ALL": f"{name}.UTF-8"}
        why = "" if name in made else "no localedef, or no sources of this locale"
        found.append(Cell("locale", name, own, more, prints=True, impossible=why))
    return found


def _features(called: str, python: str) -> list[Cell]:
    """From all features off to all but the strongest; all on is the base. All scenarios where all are off."""
    known = dispatched(python)
    found = []
    for on in range(len(known)):
        left_out = " ".join(known[on:])
        value = f"{called}: without {left_out}" if on else f"{called}: baseline only"
        spec = ONE if on else ALL
        found.append(Cell("SIMD", value, spec, {"NPY_DISABLE_CPU_FEATURES": left_out}, python, called))
    return found


def _mixtures(folder: Path, pythons: dict[str, str]) -> list[Cell]:
    """Some of everything at once, drawn with a fixed seed."""
    random, found = Random(MIXTURE_SEED), []
    made = compiled_locales(folder, LOCALES)
    for _number in range(MIXTURES):
        called = random.choice(sorted(pythons))
        workers, block, executor = random.choice(WORKERS), random.choice((4_096, 8_192, None)), random.choice(EXECUTORS)
        scenario, zone, hashes = random.choice(SHIPPED), random.choice(ZONES), random.choice(HASHES)
        name, off, plain = random.choice(sorted(made) or ["C"]), random.random() < 0.5, random.random() < 0.5
        more: dict[str, Any] = {"TZ": zone, "PYTHONHASHSEED": hashes}
        if name in made:
            more |= {"LC_ALL": f"{name}.UTF-8", "LOCPATH": made[name]}
        if off:
            more["NPY_DISABLE_CPU_FEATURES"] = " ".join(dispatched(pythons[called]))
        if plain:
            more["GLIBC_TUNABLES"] = WITHOUT_FMA
        spec = Spec((scenario,), MIXED, workers=workers, block=block, executor=executor)
        spec = replace(spec, locale=f"{name}.UTF-8" if name in made else "")
        words = [called, scenario, f"{workers} x {block or 'all'} x {executor}", zone, f"hashes {hashes}", name]
        words += ["baseline only"] * off + ["without FMA"] * plain
        found.append(Cell("mixture", ", ".join(words), spec, more, pythons[called], called))
    return found
