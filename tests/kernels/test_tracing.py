"""A traced loop has the bits of the function that it was traced from, whatever its arguments are."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from sim.engine.december import reckoned
from sim.kernels.tracing import ARRAYS, NUMBERS, Level, LookUp, trace
from sim.model.equations import ally_year, budget, growth, outturn, will
from sim.numerics.arrays import MOST_PCT, at_least, at_most, clip, link, positive, saturate

pytest.importorskip("numba", reason="needs numba (pip install 'burdenshare[fast]')")

from sim.kernels.compiling import compiled

SIZE = 1_003
"""No multiple of what a vector unit holds."""

EDGES = np.array(
    [0, -0.0, 1, -1, 0.5, -0.5, 2, 4, 50, 100, -100, 1e-3, 1e7, -1e7, 1e-38, -1e-38, 1e-45, 3.495, 1e18],
    dtype=np.float32,
)


def values(random: np.random.Generator) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Of every size, edges and halves of hundredths among them."""
    drawn = random.normal(0, 10.0 ** random.integers(-3, 3, SIZE)).astype(np.float32)
    drawn[: len(EDGES)] = random.permutation(EDGES)
    drawn[len(EDGES) : 200] = np.round(drawn[len(EDGES) : 200] * 200) / np.float32(200)
    return random.permutation(drawn)


def bits(result: Any) -> list[bytes]:
    results = result if isinstance(result, tuple) else (result,)
    assert {each.dtype for each in results} == {np.dtype(np.float32)}
    return [each.tobytes() for each in results]


EQUATIONS: tuple[Callable[..., Any], ...] = (
    ally_year.january, ally_year.spending, ally_year.budgeting,
    budget.inclined, budget.felt, budget.speed_up, budget.within_reach, budget.toward_announced,
    growth.held_gdp, outturn.outturn, outturn.reported, will.drift, link, saturate, positive,
)  # fmt: skip


def count(function: Callable[..., Any]) -> int:
    """Of arguments."""
    return function.__code__.co_argcount + function.__code__.co_kwonlyargcount


def both(function: Callable[..., Any], arguments: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each result of the function and of its loop; of what is not a number no bits are promised."""
    code = function.__code__
    plain = code.co_argcount
    names = code.co_varnames[plain : plain + code.co_kwonlyargcount]
    named = dict(zip(names, arguments[plain:], strict=True))
    with np.errstate(all="ignore"):
        results = function(*arguments[:plain], **named), compiled(function)(*arguments[:plain], **named)
    for expected, found in zip(*(each if isinstance(each, tuple) else (each,) for each in results), strict=True):
        there = ~np.isnan(expected)
        assert np.count_nonzero(there) > SIZE / 2
        yield expected[there], found[there]


ROWS = 5


@pytest.mark.parametrize("function", EQUATIONS, ids=lambda function: function.__name__)
def test_equations_have_the_same_bits(function: Callable[..., Any]) -> None:
    """Of one ally and of several, with numbers of either kind, rows and paths in the place of some arguments."""
    random = np.random.default_rng(1)
    several = False
    ways: list[Callable[[], Any]] = [
        lambda: values(random),
        lambda: float(random.normal(0, 3)),
        lambda: np.float32(random.normal(0, 3)),
        lambda: np.stack([values(random) for _ in range(ROWS)]) if several else values(random),
        lambda: random.normal(0, 3, (ROWS, 1)).astype(np.float32) if several else 0.5,
    ]
    whole = ways[3]
    for turn in range(5):
        several = turn >= 3
        arguments: list[Any] = [whole() for _ in range(count(function))]
        for number in range(function.__code__.co_argcount if turn else len(arguments), len(arguments)):
            arguments[number] = random.choice(ways)()  # type: ignore[arg-type]
        for expected, found in both(function, arguments):
            assert bits(found) == bits(expected)


def test_every_way_in_which_kinds_meet() -> None:
    """A Python number is double among its like, and float32 once it meets one."""

    def meet(a: Any, b: Any, c: Any, d: Any) -> Any:
        return (a * b + 0.1) * c - b / 3 * (a - 1 / 7) + d

    ways: list[Callable[[Any], Any]] = [lambda x: x, lambda x: float(x[0]) + 1e-9, lambda x: x[0]]
    for kinds in itertools.product(ways, repeat=3):
        random = np.random.default_rng(2)
        arguments = [kind(random.normal(size=SIZE).astype(np.float32)) for kind in kinds]
        arguments.append(random.normal(size=SIZE).astype(np.float32))
        assert bits(compiled(meet)(*arguments)) == bits(meet(*arguments))


def test_nothing_is_contracted() -> None:
    """The product is rounded before it is added: for these a fused multiply-add leaves a remainder, and we leave 0."""

    def remainder(a: Any, b: Any, c: Any) -> Any:
        return a * b - c

    random = np.random.default_rng(3)
    a, b = (random.normal(size=SIZE).astype(np.float32) for _ in range(2))
    contracted = (a.astype(np.float64) * b.astype(np.float64) - (a * b)).astype(np.float32)
    assert np.count_nonzero(contracted) > SIZE / 2, "the control"
    assert not np.count_nonzero(compiled(remainder)(a, b, a * b))


def test_divisions_and_roots_are_exact() -> None:
    """No reciprocals or estimates in their place, of all numbers with some exponents."""

    def quotient(a: Any, b: Any) -> Any:
        return a / b, np.sqrt(b), 1 / b

    random = np.random.default_rng(4)
    a, b = (random.uniform(1, 4, 100_000).astype(np.float32) for _ in range(2))
    assert bits(compiled(quotient)(a, b)) == bits(quotient(a, b))


def in_place(a: Any, b: Any) -> Any:
    """`later` is `former` under another name."""
    former = a + b
    later = former
    later *= b
    np.sqrt(np.abs(later), out=former)
    return later, former + 1


def bounded(a: Any, b: Any) -> Any:
    return clip(a, b, MOST_PCT), clip(a, -1.0, b), at_most(a, b), at_least(a, 0.0), clip(a, np.float32(-0.0), 0.0)


@pytest.mark.parametrize("function", [in_place, bounded])
def test_names_and_signs_of_zero(function: Callable[..., Any]) -> None:
    random = np.random.default_rng(5)
    a, b = values(random), values(random)
    a[:4], b[:4] = [0, 0, -0.0, -0.0], [0, -0.0, 0, -0.0]
    assert bits(compiled(function)(a, b)) == bits(function(a.copy(), b.copy()))


def test_an_argument_that_is_changed_in_place_is() -> None:
    """It is read before it is written, whatever else is computed of it, and keeps its type."""

    def added(a: Any, total: Any, exact: Any) -> Any:
        total += a
        exact += total
        return total * 2 - exact.astype(np.float32)

    random = np.random.default_rng(10)
    arguments: list[list[Any]] = [[values(random), values(random), values(random).astype(np.float64)] for _ in "ab"]
    arguments[1] = [each.copy() for each in arguments[0]]
    assert bits(compiled(added)(*arguments[0])) == bits(added(*arguments[1]))
    for one, other in zip(*arguments, strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("goals", [(350, 150, 500), (350, None, None), (None, 150, 500), (None, None, None)])
def test_a_december_is_reckoned_to_the_bit(goals: tuple[int | None, ...]) -> None:
    """Prints, truth values and exact sums; halves of hundredths among the shares."""
    random = np.random.default_rng(11)
    shares = [np.abs(values(random)).clip(0, 100) for _ in range(2)]
    shares[0][:400] = np.round(shares[0][:400] * 200) / np.float32(200) + np.float32(3)
    given = [*shares, np.abs(values(random)) * 30]
    both_ways = []
    for engine in (lambda function: function, compiled):
        sums = [np.ones(SIZE, dtype=np.float32) for _ in range(3)] + [np.ones(SIZE)]
        results = engine(reckoned)(*given, *sums, 1.5, *goals)
        both_ways.append([None if each is None else (each.dtype, each.tobytes()) for each in (*results, *sums)])
    assert both_ways[0] == both_ways[1]
    assert [each is None for each in both_ways[1][3:7]] == [goal is None for goal in (*goals, goals[0])]


def test_what_a_table_says_is_taken() -> None:
    def looked_up(table: Any, a: Any) -> Any:
        return table.take(a.clip(0, 9).astype(np.int32), mode="wrap")

    table, a = np.arange(10, dtype=np.int32) ** 2, values(np.random.default_rng(12))
    assert (compiled(looked_up)(LookUp(table), a) == looked_up(table, a)).all()


def test_arguments_stay_as_they_were() -> None:
    random = np.random.default_rng(6)
    a, b = values(random), values(random)
    b.flags.writeable = False
    before = a.copy()
    compiled(in_place)(a, b)
    assert (a == before).all()


def strange() -> Iterator[tuple[str, Any]]:
    random = np.random.default_rng(7)
    whole = random.normal(size=(SIZE, 2)).astype(np.float32)
    yield "with gaps", whole[:, 0]
    yield "double", whole[:, 0].astype(np.float64)
    yield "one double", np.float64(0.1)


@pytest.mark.parametrize(
    ("name", "argument"), list(strange()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_cannot_be_traced_is_computed_by_the_function(name: str, argument: Any) -> None:
    other = np.random.default_rng(8).normal(size=SIZE).astype(np.float32)
    found, expected = compiled(at_most)(other, argument), at_most(other, argument)
    assert found.dtype == expected.dtype
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "function",
    [
        lambda a: np.asarray(a, dtype=np.float32) + 1,
        lambda a: a if a > 0 else -a,
        lambda a: np.exp(a),
        lambda a: np.add.reduce(a),
        lambda a: a + np.float64(1),
        lambda a: a * float("nan"),
        lambda a: np.where(a, 1, 0),
        lambda a: 1.0,
        lambda a: (a > 0) * a,
        lambda a: a.astype(np.int32) * 0.5,
        lambda a: a.take([0]),
    ],
)
def test_what_no_loop_can_say_is_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(TypeError):
        compiled(function)(np.ones(4, dtype=np.float32))


def test_a_loop_can_be_read() -> None:
    paths, rows = ARRAYS[Level.PATHS, "float32"], ARRAYS[Level.ROWS, "float32"]
    kinds = [paths, NUMBERS[float], rows, NUMBERS[type(None)]]
    loop = trace(lambda a, b, c, d=None: (2 * b * a + positive(a), a * -c), kinds)
    assert (loop.outputs, loop.alone) == ((paths, ARRAYS[Level.GRID, "float32"]), False)
    assert loop.source == (
        "def kernel(rows, paths, x0, x1, x2, y0, y1):\n"
        "    v0 = 2 * x1\n"
        "    v1 = float32(v0)\n"
        "    v4 = float32(0.0)\n"
        "    for r in range(rows):\n"
        "        v7 = x2[r, 0]\n"
        "        v8 = -v7\n"
        "        for p in range(paths):\n"
        "            v2 = x0[p]\n"
        "            v3 = v1 * v2\n"
        "            v5 = (v2 if v2 > v4 else v4)\n"
        "            v6 = v3 + v5\n"
        "            v9 = v2 * v8\n"
        "            y0[p] = v6\n"
        "            y1[r, p] = v9\n"
    )
