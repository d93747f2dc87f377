"""A function of arrays as one loop: it is called once with symbols, and what it computes is written down as Python.

NumPy passes over its arrays once for each operation; the loop passes once for all of them. It takes the operations that
the function takes, in the same order and precision, so that it has the same bits:

- a Python number is double precision among its like, and float32 where it meets float32 (NEP 50);
- `maximum` and `minimum` take the second of two equal values, `clip` between two numbers the value itself: that tells
  0 from -0;
- nothing is contracted to a multiply-add, reordered or replaced by a reciprocal; whoever compiles the loop must see to
  it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class ArgumentKind(Enum):
    """What a value is to NumPy."""

    GRID = "g"
    """float32, one for each path of each row."""
    PATHS = "p"
    """float32, one for each path."""
    ROWS = "r"
    """float32, one for each row: an array (rows, 1)."""
    SINGLE = "s"
    """A float32."""
    NUMBER = "n"
    """A Python number: it takes the precision of what it meets."""
    NOTHING = "-"
    """None, which a function may tell from a value."""


ARRAYS = ArgumentKind.GRID, ArgumentKind.PATHS, ArgumentKind.ROWS


def kind_of(value: object) -> ArgumentKind | None:
    """The kind of an argument; None of what cannot be traced, such as arrays of other types or with gaps."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    if not isinstance(value, np.ndarray) or value.dtype != np.float32 or not value.flags.c_contiguous:
        return None
    if value.ndim == 2:
        return ArgumentKind.ROWS if value.shape[1] == 1 else ArgumentKind.GRID
    return {0: ArgumentKind.SINGLE, 1: ArgumentKind.PATHS}.get(value.ndim)


_KINDS: dict[type, ArgumentKind] = {
    float: ArgumentKind.NUMBER,
    int: ArgumentKind.NUMBER,
    np.float32: ArgumentKind.SINGLE,
    type(None): ArgumentKind.NOTHING,
}

LARGER, SMALLER = "({0} if {0} > {1} else {1})", "({0} if {0} < {1} else {1})"
AT_LEAST, AT_MOST = "({1} if {0} < {1} else {0})", "({1} if {0} > {1} else {0})"
OPERATIONS: dict[np.ufunc, str] = {
    np.add: "{} + {}",
    np.subtract: "{} - {}",
    np.multiply: "{} * {}",
    np.divide: "{} / {}",
    np.maximum: LARGER,
    np.minimum: SMALLER,
    np.negative: "-{}",
    np.absolute: "abs({})",
    np.sqrt: "sqrt({})",
}
"""What a function may do with symbols, as it is written."""


@dataclass(frozen=True, eq=False)
class Node:
    """A value that is computed: how it is written, of what."""

    written: str
    operands: tuple[Node, ...]
    kind: ArgumentKind


class Symbol(NDArrayOperatorsMixin):
    """Stands for a value while a function is traced; like an array it can be changed in place."""

    def __init__(self, node: Node) -> None:
        self.node = node

    shape = ()

    def __array__(self, *_: object, **__: object) -> Any:
        """Raises TypeError: what turns symbols into arrays would lose them."""
        raise TypeError("a traced function turns a value into a NumPy array of its own")

    def __bool__(self) -> bool:
        """Raises TypeError: which branch is taken cannot hang on a path."""
        raise TypeError("a traced function branches by a value")

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: object, out: tuple[Symbol] | None = None, **more: object
    ) -> Symbol:
        """Write an operation down."""
        if method != "__call__" or more or ufunc not in OPERATIONS:
            raise TypeError(f"a traced function calls numpy.{ufunc.__name__}{'.' + method if more else ''}")
        made = _node(OPERATIONS[ufunc], *map(_operand, inputs))
        if out is None:
            return Symbol(made)
        out[0].node = made
        return out[0]

    def __array_function__(self, function: object, types: object, args: Sequence[Any], named: dict[str, Any]) -> Symbol:
        """`np.clip` alone is no universal function."""
        if function is not np.clip or named:
            raise TypeError(f"a traced function calls {function}")
        return Symbol(_clipped(*map(_operand, args)))

    def clip(self, low: object, high: object) -> Symbol:
        """As the method of arrays."""
        return Symbol(_clipped(self.node, _operand(low), _operand(high)))


def _clipped(value: Node, low: Node, high: Node) -> Node:
    if low.kind in ARRAYS or high.kind in ARRAYS:
        return _node(SMALLER, _node(LARGER, value, low), high)
    return _node(AT_MOST, _node(AT_LEAST, value, low), high)


def _operand(value: object) -> Node:
    if isinstance(value, Symbol):
        return value.node
    kind = kind_of(value)
    if kind not in (ArgumentKind.NUMBER, ArgumentKind.SINGLE):
        raise TypeError(f"a traced function takes {value!r} from elsewhere")
    number = float(value)  # type: ignore[arg-type]  # a number, by its kind
    if math.isnan(number):
        raise TypeError("a traced function takes NaN from elsewhere")
    return Node(repr(number) if math.isfinite(number) else f"{'-' if number < 0 else ''}inf", (), kind)


def _node(written: str, *operands: Node) -> Node:
    kinds = {operand.kind for operand in operands}
    if kinds >= {ArgumentKind.PATHS, ArgumentKind.ROWS}:
        return Node(written, operands, ArgumentKind.GRID)
    return Node(written, operands, next(kind for kind in ArgumentKind if kind in kinds))


@dataclass(frozen=True)
class Loop:
    """A traced function: the source of `kernel(rows, paths, inputs..., outputs...)`.

    It needs the names `float32`, `sqrt` and `inf`. Inputs are arrays of one dimension (PATHS) or two, float32 numbers
    and doubles, in the place of the function's arguments but those that are None; outputs are arrays. Without arrays of
    two dimensions there is one row.
    """

    source: str
    outputs: tuple[ArgumentKind, ...]
    alone: bool  # whether the function returns one array, and not a tuple of them


def trace(function: Callable[..., Any], kinds: Sequence[ArgumentKind], names: Sequence[str] = ()) -> Loop:
    """The loop of a function for arguments of these kinds, the last of which have names.

    Raises:
        TypeError: it does what no loop can do, or returns something other than arrays.
    """
    arguments = [
        None if kind is ArgumentKind.NOTHING else Symbol(Node(f"x{position}", (), kind))
        for position, kind in enumerate(kinds)
    ]
    plain = len(arguments) - len(names)
    result = function(*arguments[:plain], **dict(zip(names, arguments[plain:], strict=True)))
    results = result if isinstance(result, tuple) else (result,)
    if not all(isinstance(each, Symbol) and each.node.kind in ARRAYS for each in results):
        raise TypeError(f"{function.__name__} returns something other than arrays")
    written = _Writer()
    for position, each in enumerate(results):
        written.store(f"y{position}", each.node)
    inputs = [f"x{position}" for position, kind in enumerate(kinds) if kind is not ArgumentKind.NOTHING]
    parameters = ", ".join(["rows", "paths", *inputs, *(f"y{position}" for position in range(len(results)))])
    lines = [f"def kernel({parameters}):", *(f"    {line}" for line in written.before)]
    lines += ["    for r in range(rows):", *(f"        {line}" for line in written.of_row)]
    lines += ["        for p in range(paths):", *(f"            {line}" for line in written.of_path)]
    kinds_out = tuple(each.node.kind for each in results)
    return Loop("\n".join(lines) + "\n", kinds_out, not isinstance(result, tuple))


INDEX = {ArgumentKind.GRID: "[r, p]", ArgumentKind.PATHS: "[p]", ArgumentKind.ROWS: "[r, 0]"}


class _Writer:
    """Gives every value a name and writes its line once, as far out of the loops as it is the same."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.of_row: list[str] = []
        self.of_path: list[str] = []
        self._lines: dict[str, str] = {}
        self._nodes: dict[Node, str] = {}

    def store(self, output: str, node: Node) -> None:
        """Write a result."""
        self._in(node.kind).append(f"{output}{INDEX[node.kind]} = {self.name(node)}")

    def name(self, node: Node) -> str:
        """The name of a value in its own precision."""
        if node not in self._nodes:
            self._nodes[node] = self._named(node)
        return self._nodes[node]

    def _named(self, node: Node) -> str:
        if node.operands:
            single = node.kind is not ArgumentKind.NUMBER
            operands = [self._in_single(each) if single else self.name(each) for each in node.operands]
            return self._line(node.written.format(*operands), node.kind)
        if node.kind in ARRAYS:
            return self._line(f"{node.written}{INDEX[node.kind]}", node.kind)
        if node.kind is ArgumentKind.NUMBER:
            return node.written
        return self._line(f"float32({node.written})", ArgumentKind.SINGLE)

    def _in_single(self, node: Node) -> str:
        name = self.name(node)
        return self._line(f"float32({name})", ArgumentKind.SINGLE) if node.kind is ArgumentKind.NUMBER else name

    def _line(self, written: str, kind: ArgumentKind) -> str:
        if written not in self._lines:
            self._lines[written] = name = f"v{len(self._lines)}"
            self._in(kind).append(f"{name} = {written}")
        return self._lines[written]

    def _in(self, kind: ArgumentKind) -> list[str]:
        if kind in (ArgumentKind.GRID, ArgumentKind.PATHS):
            return self.of_path
        return self.of_row if kind is ArgumentKind.ROWS else self.before
