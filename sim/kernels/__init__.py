"""How functions of arrays are computed: by NumPy, one operation after the other, or each as one compiled loop.

Both have the same bits. NumPy is the reference and needs nothing else; the loops are traced from the same functions
(`sim.kernels.tracing`) and compiled by numba (`sim.kernels.compiling`), which takes a second or two to load, and longer
the first time, so that they pay in long runs only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any, ParamSpec, TypeVar

from sim.errors import MissingExtra, UsageError

P = ParamSpec("P")
R = TypeVar("R")

ENGINES = ("numpy", "fast")


@dataclass(frozen=True)
class Engine:
    """Computes functions of float32 arrays and numbers that return one array, or a tuple of them."""

    name: str
    compiled: Callable[[Any], Any] | None = None
    loops: Any = None
    """The functions of `sim.kernels.loops`, compiled; None: NumPy does what they do."""

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """The function, as this engine computes it."""
        if self.compiled is None:
            return function
        found: Callable[P, R] = self.compiled(function)
        return found


NUMPY = Engine("numpy")


@cache
def engine(name: str) -> Engine:
    """An engine by its name, one of ENGINES.

    Raises:
        UsageError: no such engine.
        MissingExtra: it needs a package that is not installed.
    """
    if name not in ENGINES:
        raise UsageError(f"no engine {name!r}; there are auto, {', '.join(ENGINES)}")
    if name == "numpy":
        return NUMPY
    try:
        from sim.kernels.compiling import compiled, compiled_loops
    except ImportError as error:
        why = f"the engine fast needs the extra fast: pip install 'burdenshare[fast]' ({error})"
        raise MissingExtra(why) from error
    return Engine(name, compiled, compiled_loops())


def can_be_fast() -> bool:
    """Whether what the engine fast needs is installed; it is not loaded."""
    return find_spec("numba") is not None
