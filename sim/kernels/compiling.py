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
from sim.files.system import cache_folder, is_own
from sim.files.writing import write_new
from sim.kernels import loops
from sim.kernels.tracing import NOTHING, NUMBER, WHOLE, ArgumentKind, Level, LookUp, Loop, kind_of, trace

P = ParamSpec("P")
R = TypeVar("R")

compile_loop = partial(numba.njit, error_model="numpy", nogil=True)
"""As NumPy computes: no exception for a division by zero; and without fastmath nothing is contracted or reordered."""

DIMENSIONS = {Level.GRID: 2, Level.PATHS: 1, Level.ROWS: 2, Level.TABLE: 1}
KNOWN = {
    "__name__": __name__, "bool": np.bool_, "float32": np.float32, "float64": np.float64, "int32": np.int32,
    "sqrt": sqrt, "floor": np.floor, "inf": inf,
}  # fmt: skip
"""What a traced loop calls by these names."""


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
        found = known[key]
        if found is None:
            return function(*args, **named)
        kernel, loop = found
        rows = paths = 1
        for value, kind in zip(values, kinds, strict=True):
            if kind.level == Level.PATHS:  # type: ignore[union-attr]  # no argument is of no kind
                paths = len(value)
            elif kind.level == Level.GRID:  # type: ignore[union-attr]
                rows, paths = value.shape
            elif kind.level == Level.ROWS:  # type: ignore[union-attr]
                rows = len(value)
        shapes = {Level.GRID: (rows, paths), Level.PATHS: (paths,), Level.ROWS: (rows, 1)}
        made = [None if kind is None else np.empty(shapes[kind.level], dtype=kind.type) for kind in loop.outputs]
        given = [value.cells if isinstance(value, LookUp) else value for value in (*values, *made) if value is not None]
        kernel(rows, paths, *given)
        return made[0] if loop.alone else tuple(made)

    return cast("Callable[P, R]", call)


class Compiled(NamedTuple):
    """A compiled loop: see `sim.kernels.tracing.Loop`."""

    kernel: Callable[..., None]
    loop: Loop


def _compiled(
    function: Callable[..., Any], kinds: tuple[ArgumentKind | None, ...], names: tuple[str, ...]
) -> Compiled | None:
    known = [kind for kind in kinds if kind is not None]
    if len(known) < len(kinds) or all(kind.level == Level.ONE for kind in known):
        return None
    loop = trace(function, known, names)
    changed = zip(known, loop.changed, strict=True)
    inputs = [_type(kind, readonly=not by_it) for kind, by_it in changed if kind.type != NOTHING]
    outputs = [_type(kind, readonly=False) for kind in loop.outputs if kind is not None]
    signature = types.void(types.int64, types.int64, *inputs, *outputs)
    file, found = _read(function.__name__, loop.source, KNOWN)
    return Compiled(compile_loop(signature, cache=file is not None)(found["kernel"]), loop)


def _type(kind: ArgumentKind, *, readonly: bool) -> Any:
    """What numba calls the type of an argument."""
    if kind.type in (NUMBER, WHOLE):
        return types.float64 if kind.type == NUMBER else types.int64
    element = types.boolean if kind.type == "bool" else getattr(types, kind.type)
    return element if kind.level == Level.ONE else types.Array(element, DIMENSIONS[kind.level], "C", readonly=readonly)


def compiled_loops() -> SimpleNamespace:
    """The functions of `sim.kernels.loops`, each compiled when it is first called."""
    file, found = _read("loops", getsource(loops), {"__name__": __name__})
    for name, value in list(found.items()):
        if isfunction(value):
            found[name] = compile_loop(cache=file is not None)(value)  # which the others then call
    return SimpleNamespace(**found)


def _read(name: str, source: str, known: dict[str, Any]) -> tuple[Path | None, dict[str, Any]]:
    """What a source defines, beside what is known, and its file: numba keeps what it compiles beside that."""
    file = _kept(f"{name}-{sha256(source.encode()).hexdigest()[:16]}.py", source)
    found = dict(known)
    # numba compiles functions only: this one is written from the package's own, never from a file or a scenario
    exec(compile(source, file or "<kernel>", "exec"), found)
    return file, found


def _kept(name: str, source: str) -> Path | None:
    """The file of a loop in the user's cache folder; None where there can be none.

    numba runs what it finds there, so nobody else may write to it.
    """
    file = cache_folder() / "kernels" / name
    try:
        for folder in (file.parent.parent, file.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_own(folder):
                return None
        write_new(source.encode(), file)
    except (OSError, RunError):
        return None
    return file if os.access(file.parent, os.W_OK) else None
