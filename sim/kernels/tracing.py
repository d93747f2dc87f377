"""A function of arrays as one loop: it is called once with symbols, and what it computes is written down as Python.

NumPy passes over its arrays once for each operation; the loop passes once for all of them. It takes the operations that
the function takes, in the same order and precision, so that it has the same bits:

- a Python number is double precision among its like, and takes the type of the array that it meets (NEP 50);
- `maximum` and `minimum` take the second of two equal values, `clip` between two numbers the value itself: that tells
  0 from -0;
- nothing is contracted to a multiply-add, reordered or replaced by a reciprocal; whoever compiles the loop must see to
  it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class Level:
    """What a value is the same for, and how it is read of an array: texts, which take no time as keys."""

    GRID = "[r, p]"
    """For nothing: an array (rows, paths)."""
    PATHS = "[p]"
    """For all rows: (paths,)."""
    ROWS = "[r, 0]"
    """For all paths: (rows, 1)."""
    ONE = ""
    """For all rows and paths: a number."""
    TABLE = "[{}]"
    """Nobody's: an array (any,) that is looked up in."""


class ArgumentKind(NamedTuple):
    """What an argument or a result is."""

    level: str
    """One of Level."""
    type: str
    """A type of NumPy; NUMBER or WHOLE, a Python number, which takes the type of what it meets; NOTHING, None."""


NUMBER, WHOLE, NOTHING = "number", "whole", "nothing"
NUMBERS: dict[type, ArgumentKind] = {
    float: ArgumentKind(Level.ONE, NUMBER),
    int: ArgumentKind(Level.ONE, WHOLE),
    np.float32: ArgumentKind(Level.ONE, "float32"),
    type(None): ArgumentKind(Level.ONE, NOTHING),
}
TYPES = {np.dtype(name): name for name in ("float32", "float64", "int32", "bool")}
ARRAYS = {
    (level, name): ArgumentKind(level, name)
    for level in (Level.GRID, Level.PATHS, Level.ROWS)
    for name in TYPES.values()
}


class LookUp(NamedTuple):
    """An argument that is looked up in: an array (cells,)."""

    cells: np.ndarray[Any, Any]

    def take(self, cells: Any, mode: str = "raise") -> Any:
        """As arrays do."""
        return self.cells.take(cells, mode=mode)  # type: ignore[call-overload]  # a mode of NumPy's


def kind_of(value: object) -> ArgumentKind | None:
    """The kind of an argument; None of what cannot be traced, such as arrays of other types or with gaps."""
    kind = NUMBERS.get(type(value))
    if kind is not None:
        return kind
    if isinstance(value, LookUp):
        return ArgumentKind(Level.TABLE, TYPES[value.cells.dtype])
    if not isinstance(value, np.ndarray) or not value.flags.c_contiguous or value.dtype not in TYPES:
        return None
    if value.ndim == 1:
        return ARRAYS[Level.PATHS, TYPES[value.dtype]]
    if value.ndim == 2:
        return ARRAYS[Level.ROWS if value.shape[1] == 1 else Level.GRID, TYPES[value.dtype]]
    return NUMBERS[np.float32] if value.ndim == 0 and value.dtype == np.float32 else None


LARGER, SMALLER = "({0} if {0} > {1} else {1})", "({0} if {0} < {1} else {1})"
AT_LEAST, AT_MOST = "({1} if {0} < {1} else {0})", "({1} if {0} > {1} else {0})"
OPERATIONS: dict[np.ufunc, str] = {
    np.add: "{} + {}",
    np.subtract: "{} - {}",
    np.multiply: "{} * {}",
    np.divide: "{} / {}",
    np.maximum: LARGER,
    np.minimum: SMALLER,
    np.positive: "{}",
    np.negative: "-{}",
    np.absolute: "abs({})",
    np.sqrt: "sqrt({})",
    np.floor: "floor({})",
}
QUESTIONS: dict[np.ufunc, str] = {
    np.greater_equal: "{} >= {}",
    np.greater: "{} > {}",
    np.less_equal: "{} <= {}",
    np.less: "{} < {}",
    np.bitwise_and: "{} & {}",
    np.invert: "not {}",
}
"""What a function may do with symbols, as it is written; questions have truth values as answers."""


@dataclass(frozen=True, eq=False)
class Node:
    """A value that is computed: how it is written, of what; the operands are taken in the type of which it is made."""

    written: str
    operands: tuple[Node, ...]
    level: str
    type: str
    made_of: str


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
        self, ufunc: np.ufunc, method: str, *inputs: object, out: tuple[Symbol] | None = None,
        dtype: Any = None, **more: object,
    ) -> Symbol:  # fmt: skip
        """Write an operation down."""
        if method != "__call__" or more or ufunc not in OPERATIONS | QUESTIONS:
            raise TypeError(f"a traced function calls numpy.{ufunc.__name__}{'.' + method if more else ''}")
        operands = list(map(_operand, inputs))
        if dtype is not None:
            operands = [_cast(each, np.dtype(dtype).name) for each in operands]
        made = _node(OPERATIONS[ufunc], *operands) if ufunc in OPERATIONS else _question(QUESTIONS[ufunc], *operands)
        if out is None:
            return Symbol(made)
        out[0].node = _cast(made, out[0].node.type)
        return out[0]

    def __array_function__(self, function: object, types: object, args: Sequence[Any], named: dict[str, Any]) -> Symbol:
        """`np.clip` alone is no universal function."""
        if function is not np.clip or named:
            raise TypeError(f"a traced function calls {function}")
        return Symbol(_clipped(*map(_operand, args)))

    def clip(self, low: object, high: object, out: Symbol | None = None) -> Symbol:
        """As the method of arrays."""
        found = _clipped(self.node, _operand(low), _operand(high))
        if out is None:
            return Symbol(found)
        out.node = found
        return out

    def astype(self, dtype: Any, copy: bool = True) -> Symbol:
        """As the method of arrays; it is no new one where the type is the same and no copy is asked for."""
        if not copy and self.node.type == np.dtype(dtype).name:
            return self
        return Symbol(_cast(self.node, np.dtype(dtype).name))

    def take(self, cells: Symbol, mode: str = "wrap") -> Symbol:
        """As the method of a table; the cells are in it."""
        if self.node.level != Level.TABLE or mode != "wrap" or cells.node.type != "int32":
            raise TypeError("a traced function takes from something other than a table")
        return Symbol(Node(f"{self.node.written}[{{}}]", (cells.node,), cells.node.level, self.node.type, "int32"))


def _clipped(value: Node, low: Node, high: Node) -> Node:
    if low.level != Level.ONE or high.level != Level.ONE:
        return _node(SMALLER, _node(LARGER, value, low), high)
    return _node(AT_MOST, _node(AT_LEAST, value, low), high)


def _operand(value: object) -> Node:
    if isinstance(value, Symbol):
        return value.node
    kind = kind_of(value)
    if kind is None or kind.level != Level.ONE or kind.type == NOTHING:
        raise TypeError(f"a traced function takes {value!r} from elsewhere")
    if kind.type == WHOLE:
        return Node(repr(value), (), *kind, WHOLE)
    number = float(value)  # type: ignore[arg-type]  # a number, by its kind
    if math.isnan(number):
        raise TypeError("a traced function takes NaN from elsewhere")
    written = repr(number) if math.isfinite(number) else f"{'-' if number < 0 else ''}inf"
    return _cast(Node(written, (), Level.ONE, NUMBER, NUMBER), kind.type)


def _node(written: str, *operands: Node) -> Node:
    common = _common({operand.type for operand in operands}, written)
    return Node(written, operands, _level(operands), common, common)


def _question(written: str, *operands: Node) -> Node:
    made_of = _common({operand.type for operand in operands}, written)
    if (made_of == "bool") is not (written in (QUESTIONS[np.bitwise_and], QUESTIONS[np.invert])):
        raise TypeError(f"a traced function asks {written} of {made_of}")
    return Node(written, operands, _level(operands), "bool", made_of)


def _cast(node: Node, to: str) -> Node:
    return node if node.type == to else Node("{}", (node,), node.level, to, to)


def _common(types: set[str], written: str) -> str:
    """The type of a result, as NumPy has it."""
    strong = types - {NUMBER, WHOLE}
    divided, floats = written == OPERATIONS[np.divide], {"float32", "float64"}
    if not strong:
        return NUMBER if NUMBER in types or divided else WHOLE
    if strong == floats:
        return "float64"
    (only,) = strong if len(strong) == 1 else ("mixed",)
    if only in floats or (only == "int32" and NUMBER not in types and not divided) or types == {"bool"}:
        return only
    raise TypeError(f"a traced function mixes {', '.join(sorted(types))}")


def _level(operands: Sequence[Node]) -> str:
    levels = {operand.level for operand in operands}
    if levels >= {Level.PATHS, Level.ROWS}:
        return Level.GRID
    return next(level for level in (Level.GRID, Level.PATHS, Level.ROWS, Level.ONE) if level in levels)


class Loop(NamedTuple):
    """A traced function: the source of `kernel(rows, paths, inputs..., outputs...)`.

    It needs the names `bool`, `float32`, `float64`, `int32`, `sqrt`, `floor` and `inf`. Inputs stand in the place of
    the function's arguments but those that are None, Python numbers as doubles and 64-bit integers; outputs are arrays.
    Without arrays of two dimensions there is one row.
    """

    source: str
    inputs: tuple[ArgumentKind, ...]
    changed: tuple[bool, ...]
    """Of each argument, whether the function changes it in place."""
    outputs: tuple[ArgumentKind | None, ...]
    """None: the function returns None there."""
    alone: bool
    """Whether the function returns one array, and not a tuple of them."""


def trace(function: Callable[..., Any], kinds: Sequence[ArgumentKind], names: Sequence[str] = ()) -> Loop:
    """The loop of a function for arguments of these kinds, the last of which have names.

    Raises:
        TypeError: it does what no loop can do, or returns something other than arrays and None.
    """
    arguments = [
        None if kind.type == NOTHING else Symbol(Node(f"x{position}", (), *kind, kind.type))
        for position, kind in enumerate(kinds)
    ]
    plain = len(arguments) - len(names)
    result = function(*arguments[:plain], **dict(zip(names, arguments[plain:], strict=True)))
    results = result if isinstance(result, tuple) else (result,)
    stored: dict[str, Node] = {}
    for position, each in enumerate(results):
        if each is not None:
            if not isinstance(each, Symbol) or (each.node.level, each.node.type) not in ARRAYS:
                raise TypeError(f"{function.__name__} returns something other than arrays")
            stored[f"y{position}"] = each.node
    parameters = [*(f"x{position}" for position, kind in enumerate(kinds) if kind.type != NOTHING), *stored]
    changed = [each is not None and bool(each.node.operands) for each in arguments]
    for position, (each, kind) in enumerate(zip(arguments, kinds, strict=True)):
        if each is not None and changed[position]:
            if each.node.level != kind.level:
                raise TypeError(f"{function.__name__} changes an argument to an array of another shape")
            stored[f"x{position}"] = each.node
    written = _Writer()
    written.store(stored)
    lines = [f"def kernel({', '.join(['rows', 'paths', *parameters])}):"]
    lines += [f"    {line}" for line in written.before]
    lines += ["    for r in range(rows):", *(f"        {line}" for line in written.of_row)]
    lines += ["        for p in range(paths):", *(f"            {line}" for line in written.of_path)]
    outputs = tuple(None if each is None else ArgumentKind(each.node.level, each.node.type) for each in results)
    return Loop("\n".join(lines) + "\n", tuple(kinds), tuple(changed), outputs, not isinstance(result, tuple))


class _Writer:
    """Gives every value a name and writes its line once, as far out of the loops as it is the same."""

    def __init__(self) -> None:
        self.before: list[str] = []
        self.of_row: list[str] = []
        self.of_path: list[str] = []
        self._lines: dict[str, str] = {}
        self._nodes: dict[Node, str] = {}

    def store(self, results: dict[str, Node]) -> None:
        """Write results, when all of them are known: some may be arguments that are changed."""
        names = [self.name(node) for node in results.values()]
        for (output, node), name in zip(results.items(), names, strict=True):
            self._in(node.level).append(f"{output}{node.level} = {name}")

    def name(self, node: Node) -> str:
        """The name of a value in its own type."""
        if node not in self._nodes:
            self._nodes[node] = self._named(node)
        return self._nodes[node]

    def _named(self, node: Node) -> str:
        if not node.operands:
            return node.written if node.level == Level.ONE else self._line(node.written + node.level, node.level)
        operands = [self._typed(each, node.made_of) for each in node.operands]
        return operands[0] if node.written == "{}" else self._line(node.written.format(*operands), node.level)

    def _typed(self, node: Node, wanted: str) -> str:
        name = self.name(node)
        return name if wanted in (NUMBER, WHOLE, node.type) else self._line(f"{wanted}({name})", node.level)

    def _line(self, written: str, level: str) -> str:
        if written not in self._lines:
            self._lines[written] = name = f"v{len(self._lines)}"
            self._in(level).append(f"{name} = {written}")
        return self._lines[written]

    def _in(self, level: str) -> list[str]:
        if level in (Level.GRID, Level.PATHS):
            return self.of_path
        return self.of_row if level == Level.ROWS else self.before
