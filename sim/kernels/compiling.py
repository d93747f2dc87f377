"""Traced functions compiled by numba, and kept in the user's cache folder: compiling takes a second a function."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache, partial
from hashlib import sha256
from inspect import getsource, isfunction
from math import inf, sqrt
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba import types

from sim.errors import RunError
from sim.files.system import cache_folder
from sim.files.writing import write_new
from sim.kernels import loops
from sim.kernels.tracing import ARRAYS, ArgumentKind, kind_of, trace

P = ParamSpec("P")
R = TypeVar("R")

compile_loop = partial(numba.njit, error_model="numpy", nogil=True)
"""As NumPy computes: no exception for a division by zero; and without fastmath nothing is contracted or reordered."""

DIMENSIONS = {ArgumentKind.GRID: 2, ArgumentKind.PATHS: 1, ArgumentKind.ROWS: 2}
INPUTS = {
    ArgumentKind.SINGLE: types.float32,
    ArgumentKind.NUMBER: types.float64,
    **{kind: types.Array(types.float32, count, "C", readonly=True) for kind, count in DIMENSIONS.items()},
}


@cache
def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """A function as one compiled loop, traced anew for each kind of arguments that it is called with.

    Where no loop can have its bits, because an argument is no float32 array and no number, it is called itself.
    """
    known: dict[tuple[object, ...], Compiled | None] = {}

    def call(*args: Any, **named: Any) -> Any:
        values = (*args, *named.values())
        kinds = tuple(map(kind_of, values))
        key = *kinds, *named
        if key not in known:
            known[key] = _compiled(function, kinds, tuple(named))
        loop = known[key]
        if loop is None:
            return function(*args, **named)
        rows = paths = 1
        for value, kind in zip(values, kinds, strict=True):
            if kind is ArgumentKind.GRID:
                rows, paths = value.shape
            elif kind is ArgumentKind.PATHS:
                (paths,) = value.shape
            elif kind is ArgumentKind.ROWS:
                rows = len(value)
        shapes = {ArgumentKind.GRID: (rows, paths), ArgumentKind.PATHS: (paths,), ArgumentKind.ROWS: (rows, 1)}
        made = tuple(np.empty(shapes[kind], dtype=np.float32) for kind in loop.outputs)
        loop.kernel(rows, paths, *(value for value in values if value is not None), *made)
        return made[0] if loop.alone else made

    return cast("Callable[P, R]", call)


class Compiled(NamedTuple):
    """A compiled loop: see `sim.kernels.tracing.Loop`."""

    kernel: Callable[..., None]
    outputs: tuple[ArgumentKind, ...]
    alone: bool


def _compiled(
    function: Callable[..., Any], kinds: tuple[ArgumentKind | None, ...], names: tuple[str, ...]
) -> Compiled | None:
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds) or not set(known) & set(ARRAYS):
        return None
    loop = trace(function, known, names)
    inputs = [INPUTS[kind] for kind in known if kind is not ArgumentKind.NOTHING]
    outputs = [types.Array(types.float32, DIMENSIONS[kind], "C") for kind in loop.outputs]
    signature = types.void(types.int64, types.int64, *inputs, *outputs)
    file, kernel = _read(function.__name__, loop.source, {"float32": np.float32, "sqrt": sqrt, "inf": inf})
    return Compiled(compile_loop(signature, cache=file is not None)(kernel["kernel"]), loop.outputs, loop.alone)


def compiled_loops() -> SimpleNamespace:
    """The functions of `sim.kernels.loops`, each compiled when it is first called."""
    file, found = _read("loops", getsource(loops), {})
    for name, value in list(found.items()):
        if isfunction(value):
            found[name] = compile_loop(cache=file is not None)(value)  # which the others then call
    return SimpleNamespace(**found)


def _read(name: str, source: str, known: dict[str, Any]) -> tuple[Path | None, dict[str, Any]]:
    """What a source defines, beside what is known, and its file: numba keeps what it compiles beside that."""
    file = _kept(f"{name}-{sha256(source.encode()).hexdigest()[:16]}.py", source)
    found = {"__name__": __name__, **known}
    exec(compile(source, file or "<kernel>", "exec"), found)
    return file, found


def _kept(name: str, source: str) -> Path | None:
    """The file of a loop in the user's cache folder; None where there can be none."""
    file = cache_folder() / "kernels" / name
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new(source.encode(), file)
    except (OSError, RunError):
        return None
    return file if os.access(file.parent, os.W_OK) else None
