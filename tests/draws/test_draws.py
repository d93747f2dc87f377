"""Every draw spelt out from the two words at its address: values, chances and months, of all paths or of some."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.distributions import families as f
from sim.distributions.draws import Distributions, Draws
from sim.distributions.quantile_tables import CELLS, Quantiles, table_of
from sim.numerics.exact import Function, yearly_probability
from sim.numerics.streams import Streams

SEED, FIRST, PATHS = 9, 64, 400_000
AT: dict[str, Any] = {"ally": 276, "period": 2028}
PLACES: list[dict[str, Any]] = [{}, {"ally": 276}, {"period": 2028}, AT]

NORMAL, SKEWED = f.Normal(mean=0.3, sd=1.0), f.Gamma(shape=2.0, mean=0.3)


@pytest.fixture(scope="module", params=PLACES, ids=str)
def at(request: pytest.FixtureRequest) -> dict[str, Any]:
    return request.param


def words(at: dict[str, Any], first: int = FIRST, paths: int = PATHS) -> NDArray[np.int64]:
    """Both words of every path, (2, paths)."""
    streams, place = Streams(SEED, first, paths), {"ally": 0, "period": 0} | at
    return np.array([streams.uint16("x", word=word, **place) for word in (0, 1)], dtype=np.int64)


def looked_up(table: Quantiles, drawn: NDArray[np.int64]) -> NDArray[np.float32]:
    """The cell of the first word; in an end cell the second word picks one of 4,096."""
    first, part = drawn[0], drawn[1] // 16
    return np.select([first == 0, first == CELLS - 1], [table.low[part], table.high[part]], table.cells[first])


def below(drawn: NDArray[np.int64], probability: float) -> NDArray[np.bool_]:
    """Whether both words together, 32 bits, lie below the probability."""
    return drawn[0] * CELLS + drawn[1] < probability * 2**32


SOME = np.arange(5, PATHS, 3)
FEW = np.array([3, 40, 77_777])


def test_a_value_is_the_tables_at_the_words(at: dict[str, Any]) -> None:
    drawn, draws = words(at), Draws(SEED, FIRST, PATHS)
    assert {0, CELLS - 1} <= set(drawn[0].tolist()), "both end cells are among them"
    expected = looked_up(table_of(NORMAL), drawn)
    for law in (NORMAL, table_of(NORMAL)):
        value = draws.value("x", law, **at)
        assert value.dtype == np.float32
        assert (value == expected).all()
        for some in (SOME, FEW):
            assert (draws.value("x", law, on=some, **at) == expected[some]).all()
    assert (draws.table("x", table_of(NORMAL), **at) == expected).all()
    assert (draws.table("x", table_of(NORMAL), on=SOME, **at) == expected[SOME]).all()


def test_a_value_in_an_end_cell_is_refined_whether_it_is_asked_for_alone_or_not() -> None:
    """The paths whose first word falls into an end cell, alone and with their neighbours."""
    drawn, draws, table = words(AT), Draws(SEED, FIRST, PATHS), table_of(NORMAL)
    for end in (0, CELLS - 1):
        paths = np.flatnonzero(drawn[0] == end)
        for some in (paths, paths[:1], np.union1d(paths, np.arange(50))):
            assert draws.value("x", NORMAL, on=some, **AT).tolist() == looked_up(table, drawn[:, some]).tolist()


def test_a_function_of_a_value_has_a_table_of_its_own(at: dict[str, Any]) -> None:
    drawn, draws = words(at, paths=20_000), Draws(SEED, FIRST, 20_000)
    expected = looked_up(table_of(SKEWED, yearly_probability), drawn)
    assert (draws.value("x", SKEWED, of=yearly_probability, **at) == expected).all()
    assert (draws.value("x", SKEWED, on=FEW[:2], of=yearly_probability, **at) == expected[FEW[:2]]).all()


def test_a_number_is_what_it_is() -> None:
    draws = Draws(SEED, FIRST, 16)
    assert draws.value("x", 3) == 3.0
    assert isinstance(draws.value("x", 3), float)
    assert draws.value("x", 0.25, of=yearly_probability) == yearly_probability(0.25)


@pytest.mark.parametrize("probability", [1e-6, 0.07, 1 / 3, 0.5, 1 - 1e-6])
def test_a_chance_is_true_where_both_words_lie_below_it(probability: float, at: dict[str, Any]) -> None:
    drawn, draws = words(at), Draws(SEED, FIRST, PATHS)
    expected = below(drawn, probability)
    tied = np.flatnonzero(drawn[0] == int(probability * CELLS))
    assert (draws.chance("x", probability, **at) == expected).all()
    for some in (SOME, FEW, tied, tied[:1]):
        assert (draws.chance("x", probability, on=some, **at) == expected[some]).all()
    each = np.full(PATHS, probability, dtype=np.float32)
    expected = below(drawn, float(each[0]))
    assert (draws.chance("x", each, **at) == expected).all()
    for some in (SOME, FEW, tied):
        assert (draws.chance("x", each, on=some, **at) == expected[some]).all()


def test_a_chance_that_differs_by_path_is_each_paths_own() -> None:
    """A threshold of 0.25, and near it on both sides, on the words that decide."""
    drawn, draws = words(AT), Draws(SEED, FIRST, PATHS)
    each = (drawn[0] / CELLS + np.arange(PATHS) % 3 / 2 / CELLS).astype(np.float32)
    expected = drawn[0] * CELLS + drawn[1] < each.astype(np.float64) * 2**32
    assert 0.2 < expected.mean() < 0.8
    assert (draws.chance("x", each, **AT) == expected).all()
    assert (draws.chance("x", each, on=SOME, **AT) == expected[SOME]).all()


def test_never_and_always_draw_nothing() -> None:
    draws = Draws(SEED, FIRST, 40)
    for probability in (0.0, 1.0):
        for on, size in ((None, 40), (FEW[:2], 2)):
            assert draws.chance("x", probability, on=on).tolist() == [probability == 1.0] * size
    assert draws.streams._open == {}


@pytest.mark.parametrize("common_random_numbers", [True, False])
def test_for_no_path_nothing_is_drawn(common_random_numbers: bool) -> None:
    draws, nobody = Draws(SEED, FIRST, 40, 2, common_random_numbers=common_random_numbers), np.empty(0, dtype=np.intp)
    value, table = draws.value("x", NORMAL, on=nobody), draws.table("x", table_of(NORMAL), on=nobody)
    chance, month = draws.chance("x", 0.5, on=nobody), draws.month("x", on=nobody)
    assert [drawn.shape for drawn in (value, table, chance, month)] == [(0,)] * 4
    assert [drawn.dtype for drawn in (value, table, chance, month)] == [np.float32, np.float32, np.bool_, np.uint8]
    assert draws.streams._open == {}


@pytest.mark.parametrize(
    "chances",
    [(0.3,), (0.003, 0.5), (0.06, 0.5), (0.099, 0.5), (0.3, 0.45, 0.9), (1.0, 0.25, 1.0), (0.5, 0.0), (0.5, 1.0)],
)
def test_stages_lie_below_the_product_of_their_chances_in_one_word(
    chances: tuple[float, ...], at: dict[str, Any]
) -> None:
    drawn, draws = words(at), Draws(SEED, FIRST, PATHS)
    for each in (False, True):  # numbers, and the same ones path by path
        asked = [np.full(PATHS, chance, dtype=np.float32) if each else chance for chance in chances]
        exact = [float(np.float32(chance)) if each else chance for chance in chances]
        inside = np.flatnonzero(below(drawn, exact[0]))
        paths, masks = draws.stages("x", *asked, **at)
        assert paths.tolist() == inside.tolist()
        assert len(masks) == len(chances) - 1
        product = exact[0]
        for chance, mask in zip(exact[1:], masks, strict=True):
            product = float(np.float32(product * chance)) if each else product * chance
            assert mask.dtype == np.bool_
            assert mask.tolist() == below(drawn, product)[inside].tolist()


def test_a_stage_is_decided_by_the_second_word_where_the_first_lies_on_its_threshold() -> None:
    """Both thresholds are hit by some words of so many paths and places, and come out both ways."""
    first, second = 0.3, 0.45
    outcomes: dict[float, set[bool]] = {first: set(), first * second: set()}
    for place in PLACES:
        drawn, draws = words(place), Draws(SEED, FIRST, PATHS)
        paths, (mask,) = draws.stages("x", first, second, **place)
        for probability, came_true in ((first, np.isin(np.arange(PATHS), paths)), (first * second, None)):
            tied = np.flatnonzero(drawn[0] == int(probability * CELLS))
            outcome = came_true[tied] if came_true is not None else mask[np.isin(paths, tied)]
            outcomes[probability] |= set(outcome.tolist())
    assert list(outcomes.values()) == [{False, True}, {False, True}]


def test_what_never_comes_has_no_stages_and_draws_nothing() -> None:
    draws = Draws(SEED, FIRST, 40)
    paths, masks = draws.stages("x", 0.0, 0.5, 0.5)
    assert [paths.size, *(mask.size for mask in masks)] == [0, 0, 0]
    assert (paths.dtype, masks[0].dtype) == (np.intp, np.bool_)
    assert draws.streams._open == {}


@pytest.mark.parametrize("common_random_numbers", [True, False])
def test_stages_of_variants_are_those_of_each(common_random_numbers: bool) -> None:
    size, chances = 40_000, (0.2, 0.6)
    draws = Draws(SEED, FIRST, size, 2, common_random_numbers=common_random_numbers)
    first = np.repeat(np.float32([chances[0], 0.4]), size)
    paths, (mask,) = draws.stages("x", first, 0.6, **AT)
    for index, chance in enumerate((chances[0], 0.4)):
        drawn = words(AT, FIRST + (0 if common_random_numbers else index * size), size)
        own = (paths >= index * size) & (paths < (index + 1) * size)
        inside = np.flatnonzero(below(drawn, float(np.float32(chance))))
        assert (paths[own] - index * size).tolist() == inside.tolist()
        product = float(np.float32(np.float32(chance) * np.float32(0.6)))
        assert mask[own].tolist() == below(drawn, product)[inside].tolist()


def test_a_month_is_the_twelfth_that_the_word_lies_in(at: dict[str, Any]) -> None:
    drawn, draws = words(at), Draws(SEED, FIRST, PATHS)
    expected = drawn[0] * 12 // CELLS + 1
    months = draws.month("x", **at)
    assert months.dtype == np.uint8
    assert (months == expected).all()
    assert (draws.month("x", on=SOME, **at) == expected[SOME]).all()
    assert set(expected.tolist()) == set(range(1, 13))


LAWS = (NORMAL, 2.0, SKEWED)


@pytest.mark.parametrize("common_random_numbers", [True, False])
@pytest.mark.parametrize("of", [None, yearly_probability], ids=["as it is", "of a rate"])
def test_each_variant_has_its_own_law_and_the_same_luck_or_its_own(
    common_random_numbers: bool, of: Function | None, at: dict[str, Any]
) -> None:
    size = PATHS // 2
    draws = Draws(SEED, FIRST, size, 3, common_random_numbers=common_random_numbers)
    assert (draws.paths, draws.variants) == (3 * size, 3)
    value = draws.value("x", Distributions(LAWS), of=of, **at)
    assert value.dtype == np.float32
    number = np.full(size, 2.0 if of is None else of(2.0), dtype=np.float32)
    drawn = [words(at, FIRST + (0 if common_random_numbers else index * size), size) for index in range(3)]
    expected = np.concatenate([
        looked_up(table_of(NORMAL, of), drawn[0]), number, looked_up(table_of(SKEWED, of), drawn[2])
    ])  # fmt: skip
    assert (value == expected).all()
    some = np.arange(1, 3 * size, 7)
    assert (draws.value("x", Distributions(LAWS), on=some, of=of, **at) == expected[some]).all()


@pytest.mark.parametrize("law", [NORMAL, SKEWED])
def test_an_end_cell_at_the_edge_of_a_stretch_is_refined_by_the_law_of_its_own(law: f.Family) -> None:
    """The second stretch begins with a path whose word falls into an end cell; and a few paths have none such."""
    drawn = words(AT)
    size = int(np.flatnonzero(np.isin(drawn[0], (0, CELLS - 1)))[0])
    other = f.Exponential(mean=0.7)
    for paths in (size, 16):
        first, second = looked_up(table_of(law), drawn[:, :paths]), looked_up(table_of(other), drawn[:, paths:])
        value = Draws(SEED, FIRST, paths, 2, common_random_numbers=False).value("x", Distributions((law, other)), **AT)
        assert (value == np.concatenate([first, second[:paths]])).all()


@pytest.mark.parametrize("common_random_numbers", [True, False])
def test_what_variants_agree_on_is_drawn_for_all_their_paths(common_random_numbers: bool) -> None:
    size = PATHS // 2
    draws = Draws(SEED, FIRST, size, 2, common_random_numbers=common_random_numbers)
    drawn = np.concatenate(
        [words(AT, FIRST + (0 if common_random_numbers else index * size), size) for index in range(2)], axis=1
    )
    values = looked_up(table_of(NORMAL), drawn)
    ends = np.flatnonzero(np.isin(drawn[0], (0, CELLS - 1)))
    ties = np.flatnonzero(drawn[0] == int(0.07 * CELLS))
    assert ends.max() > size
    assert ties.max() > size
    each = np.linspace(0, 1, 2 * size, dtype=np.float32)
    whole = (
        ("value", NORMAL, values),
        ("chance", 0.07, below(drawn, 0.07)),
        ("chance", each, drawn[0] * CELLS + drawn[1] < each.astype(np.float64) * 2**32),
    )
    for kind, law, expected in whole:
        draw = getattr(draws, kind)
        assert (draw("x", law, **AT) == expected).all(), kind
        for some in (np.arange(2, 2 * size, 5), ends, ends[-1:], ties, ties[-1:]):
            assert (draw("x", law, on=some, **AT) == expected[some]).all(), kind
    months = drawn[0] * 12 // CELLS + 1
    assert (draws.month("x", **AT) == months).all()
    assert (draws.month("x", on=ends, **AT) == months[ends]).all()


def test_variants_share_their_luck_unless_told_otherwise() -> None:
    assert Draws(SEED, FIRST, 48).paths == 48
    one, two = Draws(SEED, FIRST, 48, 2).value("x", NORMAL).reshape(2, 48)
    assert (one == two).all()
