"""Draws have addresses: any run of paths is the same bits, whatever else is drawn; each stretch is spread evenly."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Philox
from numpy.typing import NDArray

from sim.numerics.streams import PERMUTATIONS, STREAM_VERSION, STRETCH, Streams, permutations, stream_key

addresses = st.fixed_dictionaries({
    "name": st.text("abc/._", min_size=1, max_size=12),
    "ally": st.integers(0, 999),
    "period": st.integers(0, 2100),
    "word": st.integers(0, 1),
})  # fmt: skip


@given(addresses, st.integers(0, 2**62), st.integers(0, 3 * STRETCH), st.integers(1, 3 * STRETCH))
def test_some_paths_are_a_part_of_the_whole(address: dict[str, Any], seed: int, start: int, paths: int) -> None:
    """Wherever they start and end, at a stretch or inside one."""
    whole = Streams(seed, 0, start + paths).uint16(**address)
    part = Streams(seed, start, paths).uint16(**address)
    assert part.tolist() == whole[start:].tolist()


@given(addresses, addresses)
def test_other_draws_move_nothing(one: dict[str, Any], other: dict[str, Any]) -> None:
    alone, mixed = Streams(7, 16, 32), Streams(7, 16, 32)
    mixed.uint16(**other)
    assert alone.uint16(**one).tolist() == mixed.uint16(**one).tolist()


def test_every_part_of_the_address_counts() -> None:
    base: dict[str, Any] = {"name": "outturn/noise", "ally": 8, "period": 2027, "word": 0}
    others: list[dict[str, Any]] = [{"name": "outturn/noise2"}, {"ally": 9}, {"period": 2028}, {"word": 1}]
    first = Streams(1, 0, 64).uint16(**base).tolist()
    for change in others:
        assert Streams(1, 0, 64).uint16(**(base | change)).tolist() != first
    assert Streams(2, 0, 64).uint16(**base).tolist() != first


def expected(result: int) -> NDArray[np.uint16]:
    """The words of a stretch for which Philox says `result`, spelt out."""
    permutation = permutations().reshape(PERMUTATIONS, 2, STRETCH)[result >> 13 & PERMUTATIONS - 1, 0]
    words: NDArray[np.uint16] = np.roll(permutation, -(result % STRETCH)) * np.uint16(result >> 48 | 1)
    return words


@pytest.mark.parametrize("word", [0, 1])
@pytest.mark.parametrize("stretch", [0, 5])
def test_the_words_are_a_permutation_times_a_factor_as_philox_says(stretch: int, word: int) -> None:
    """The layout of the contract, spelt out with NumPy's own generator."""
    words = Streams(5, stretch * STRETCH, STRETCH).uint16("x", ally=40, period=2030, word=word)
    raw = Philox(key=stream_key(5, "x"), counter=[stretch // 2, 0, 2030, 40]).random_raw(4)
    assert words.tolist() == expected(int(raw[stretch % 2 * 2 + word])).tolist()


@given(addresses, st.integers(0, 2**62), st.integers(0, 2**40))
def test_each_stretch_has_every_value_of_its_upper_bits_once(
    address: dict[str, Any], seed: int, stretch: int
) -> None:  # fmt: skip
    words = Streams(seed, stretch * STRETCH, 2 * STRETCH).uint16(**address)
    for half in words.reshape(2, STRETCH):
        assert sorted((half >> 4).tolist()) == list(range(STRETCH))


def test_the_permutations_stand_twice_in_a_row_and_cannot_be_written_to() -> None:
    twice = permutations().reshape(PERMUTATIONS, 2, STRETCH)
    assert (twice[:, 0] == twice[:, 1]).all()
    assert (np.sort(twice[:, 0] >> 4, axis=1) == np.arange(STRETCH)).all()
    assert (twice[:, 0] & 15 == np.arange(PERMUTATIONS)[:, np.newaxis] % 16).all()
    assert len(np.unique(twice[:, 0], axis=0)) == PERMUTATIONS
    with pytest.raises(ValueError, match="read-only"):
        permutations()[0] = 1


@given(
    addresses, st.integers(0, 3 * STRETCH), st.sampled_from([100, 2 * STRETCH + 100]),
    st.sets(st.integers(0, 99), max_size=24).map(sorted),
)  # fmt: skip
def test_the_words_of_some_paths_are_those_of_the_whole(
    address: dict[str, Any], start: int, size: int, paths: list[int]
) -> None:
    """Few are drawn one by one, more with the block."""
    places = np.array(paths, dtype=np.intp) * (size // 100)
    whole = Streams(7, start, size).uint16(**address)
    found = Streams(7, start, size).uint16_of(places, **address)
    assert found.dtype == np.uint16
    assert found.tolist() == whole[places].tolist()


def test_a_draw_is_the_alliances_once_a_path_and_its_first_word_unless_told_otherwise() -> None:
    streams, paths = Streams(7, 0, 40), np.arange(3, 40, 9)
    plain = streams.uint16("x", ally=0, period=0, word=0)
    assert streams.uint16("x").tolist() == plain.tolist()
    assert streams.uint16_of(paths, "x").tolist() == plain[paths].tolist()
    every = np.arange(40)
    assert streams.uint16_of(every, "x").tolist() == plain.tolist()


def test_a_key_is_the_hash_of_version_seed_and_name() -> None:
    digest = blake2b(b"4|2032|event/crisis/occurs", digest_size=16).digest()
    expected = [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")]
    assert stream_key(2032, "event/crisis/occurs").tolist() == expected


def test_paths_are_told_apart_as_far_out_as_the_counter_goes() -> None:
    """Beyond what a double can count to."""
    far = 2**53 + 1
    raw = Philox(key=stream_key(5, "x"), counter=[far, 0, 0, 0]).random_raw(4)
    words = expected(int(raw[0]))
    assert Streams(5, 2 * far * STRETCH, 16).uint16("x").tolist() == words[:16].tolist()
    assert Streams(5, 2 * far * STRETCH, 16).uint16_of(np.array([3, 7]), "x").tolist() == words[[3, 7]].tolist()


def test_golden_words() -> None:
    """These change only with STREAM_VERSION."""
    assert STREAM_VERSION == 4
    assert Streams(2032, 0, 8).uint16("outturn/execution", ally=276, period=2029).tolist() == GOLDEN


GOLDEN = [26887, 4519, 4327, 40167, 28711, 3431, 33495, 4343]


def test_words_are_uniform_across_stretches() -> None:
    """The first path of each of 4,096 stretches: there nothing is spread evenly, and only the shift makes it so."""
    first = [Streams(3, stretch * STRETCH, 1).uint16("u")[0] for stretch in range(STRETCH)]
    counts = np.bincount(np.array(first) >> 8, minlength=256)
    expected = STRETCH / 256
    assert abs(((counts - expected) ** 2 / expected).sum() - 255) < 6 * np.sqrt(2 * 255)
