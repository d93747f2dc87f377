"""A hand-written C kernel, compiled when first used with the machine's C compiler and called through ctypes.

What one thread of a processor can do when everything is bent to this one model: float32, one fused loop whose allies
are the lanes of the vector unit, a xorshift generator, the product's quantile tables.

Approximate are the draws: a word of 16 bits picks one of the 65,536 equally likely cells of a table, and the two end
cells are not split, so nothing is drawn from beyond their middle; a probability is right to 1 in 131,072. The lanes'
generators run on from path to path, so a path has no address and cannot be computed alone.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.peers.facts import CELLS, Facts, Missing, Outcome, outcome
from benchmarks.peers.parameters import Parameters
from sim.distributions.families import Beta, Exponential, Family, Lognormal, Normal, StudentT
from sim.distributions.quantile_tables import table_of

LANES = 32
"""Places for allies: two vectors of sixteen floats. The place of no ally holds a copy of the first, never counted."""

FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")
"""Without the two in the middle a root or a comparison might set a flag, and loops with them stay scalar."""

BY_ALLY = {
    name: "int32_t" if name == "election_month" else "float"
    for name in (
        "europe_canada", "base_share_pct", "estimated", "norm_pct", "gdp_usd_bn", "growth_sd_pct", "forecast_pct",
        "exposure", "room", "desired_cap_pct", "headroom_pct", "commitment", "late_push", "election_month",
        "early_probability", "pledge_pct", "pledge_by", "opt_out", "path_pct", "path_weight",
    )
}  # fmt: skip
"""Fields of `Facts` that the kernel reads, (LANES,) or (years, LANES), and their C type."""

TABLES = ("normal", "base_error", "ally_noise", "outlay_noise", "execution", "exponential", "level")


class CParameters(ctypes.Structure):
    """`Parameters` as float32."""

    _fields_ = [(name, ctypes.c_float) for name in Parameters._fields]


class CAllies(ctypes.Structure):
    """Pointers to the arrays by ally."""

    _fields_ = [(name, ctypes.c_void_p) for name in BY_ALLY]


class CTables(ctypes.Structure):
    """Pointers to the quantile tables."""

    _fields_ = [(name, ctypes.c_void_p) for name in TABLES]


def header() -> str:
    """facts.h: the structures above in C, so that they are written down once."""
    arrays = "".join(f"    const {kind} *{name};\n" for name, kind in BY_ALLY.items())
    tables = "".join(f"    const float *{name};\n" for name in TABLES)
    parameters = "".join(f"    float {name};\n" for name in Parameters._fields)
    return (
        f"#define LANES {LANES}\n#define CELLS {CELLS}\ntypedef struct {{\n{parameters}}} Parameters;\n"
        f"typedef struct {{\n{arrays}}} Allies;\ntypedef struct {{\n{tables}}} Tables;\n"
    )


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """The compiled kernel.

    Raises:
        Missing: there is no C compiler, or it cannot compile the kernel.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        raise Missing("no C compiler found: install one that is called as `cc`, such as gcc or clang")
    with TemporaryDirectory() as folder:
        work = Path(folder)
        (work / "facts.h").write_text(header(), encoding="ascii")
        source, built = Path(__file__).with_name("kernel.c"), work / "kernel.so"
        command = [compiler, *FLAGS, f"-I{work}", str(source), "-o", str(built), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"`cc` is there but cannot compile kernel.c: {done.stderr.strip()[:300]}")
        return ctypes.CDLL(str(built))


def laws(p: Parameters) -> dict[str, Family]:
    """The distribution of each table; a noise has its sd in the kernel, and 1 here."""
    return {
        "normal": Normal(mean=0.0, sd=1.0),
        "base_error": StudentT(df=p.base_error_df, sd=1.0),
        "ally_noise": StudentT(df=p.ally_noise_df, sd=1.0),
        "outlay_noise": StudentT(df=p.outlay_noise_df, sd=1.0),
        "execution": Beta(a=p.execution_a, b=p.execution_b),
        "exponential": Exponential(mean=1.0),
        "level": Lognormal(mean=p.level_mean, log_sd=p.level_log_sd),
    }


def lanes(values: np.ndarray, kind: str) -> np.ndarray:
    """An array by ally as the kernel reads it: allies last, one beside the other."""
    spare = LANES - len(values)
    filled = np.concatenate([values, np.repeat(values[:1], spare, axis=0)])
    return np.ascontiguousarray(filled.T, dtype=np.int32 if kind == "int32_t" else np.float32)


def run(facts: Facts, paths: int, seed: int) -> Outcome:
    """Simulate `paths` paths; the first call compiles.

    Raises:
        Missing: there is no C compiler.
    """
    if len(facts.iso3) > LANES:
        raise ValueError(f"the kernel has places for {LANES} allies, not {len(facts.iso3)}")
    simulate, p = library().simulate, facts.parameters
    arrays = {name: lanes(getattr(facts, name), kind) for name, kind in BY_ALLY.items()}
    arrays["europe_canada"][len(facts.iso3) :] = 0  # spare places add nothing to the sums
    tables = {name: table_of(law).cells for name, law in laws(p).items()}
    shares = np.zeros((len(facts.iso3), len(facts.years), CELLS), dtype=np.int64)
    total_met = np.zeros(shares.shape[:2], dtype=np.int64)
    simulate(
        ctypes.byref(CParameters(*p)), ctypes.byref(CAllies(*map(_address, arrays.values()))),
        ctypes.byref(CTables(*(_address(tables[name]) for name in TABLES))),
        ctypes.c_int32(len(facts.iso3)), ctypes.c_int32(len(facts.years)), ctypes.c_int32(facts.years[0]),
        ctypes.c_int64(paths), ctypes.c_uint64(seed), _address(shares), _address(total_met),
    )  # fmt: skip
    return outcome(facts, shares, total_met)


def _address(array: np.ndarray) -> Any:
    return ctypes.c_void_p(array.ctypes.data)
