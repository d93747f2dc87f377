"""Draws have addresses: any stretch of paths is the same bits, whatever else is drawn."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Philox

from sim.numerics.streams import LANES, STREAM_VERSION, Streams, stream_key

addresses = st.fixed_dictionaries({
    "name": st.text("abc/._", min_size=1, max_size=12),
    "ally": st.integers(0, 999),
    "period": st.integers(0, 2100),
    "word": st.integers(0, 1),
})  # fmt: skip


@given(addresses, st.integers(0, 2**62), st.integers(0, 40), st.integers(1, 200))
def test_a_stretch_is_a_part_of_the_whole(address: dict[str, Any], seed: int, start: int, paths: int) -> None:
    whole = Streams(seed, 0, start * LANES + paths).uint16(**address)
    part = Streams(seed, start * LANES, paths).uint16(**address)
    assert part.tolist() == whole[start * LANES :].tolist()


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


def test_the_words_are_philox_at_the_stated_counter() -> None:
    """The layout of the contract, spelt out with NumPy's own generator."""
    words = Streams(5, 32, 16).uint16("x", ally=40, period=2030)
    raw = Philox(key=stream_key(5, "x"), counter=[2, 0, 2030, 40]).random_raw(4)
    assert words.tolist() == [(int(value) >> shift) & 0xFFFF for value in raw for shift in (0, 16, 32, 48)]


@given(addresses, st.integers(0, 40), st.sets(st.integers(0, 99), max_size=24).map(sorted))
def test_the_words_of_some_paths_are_those_of_the_whole(address: dict[str, Any], start: int, paths: list[int]) -> None:
    """Few are drawn one by one, more with the block."""
    whole = Streams(7, start * LANES, 100).uint16(**address)
    found = Streams(7, start * LANES, 100).uint16_of(np.array(paths, dtype=np.intp), **address)
    assert found.dtype == np.uint16
    assert found.tolist() == whole[paths].tolist()


def test_a_draw_is_the_alliances_once_a_path_and_its_first_word_unless_told_otherwise() -> None:
    streams, paths = Streams(7, 0, 40), np.arange(3, 40, 9)
    plain = streams.uint16("x", ally=0, period=0, word=0)
    assert streams.uint16("x").tolist() == plain.tolist()
    assert streams.uint16_of(paths, "x").tolist() == plain[paths].tolist()
    every = np.arange(40)
    assert streams.uint16_of(every, "x").tolist() == plain.tolist()


def test_a_key_is_the_hash_of_version_seed_and_name() -> None:
    digest = blake2b(b"3|2032|event/crisis/occurs", digest_size=16).digest()
    expected = [int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")]
    assert stream_key(2032, "event/crisis/occurs").tolist() == expected


def test_paths_are_told_apart_as_far_out_as_the_counter_goes() -> None:
    """Beyond what a double can count to."""
    far = 2**53 + 1
    raw = Philox(key=stream_key(5, "x"), counter=[far, 0, 0, 0]).random_raw(4)
    expected = [(int(value) >> shift) & 0xFFFF for value in raw for shift in (0, 16, 32, 48)]
    assert Streams(5, far * LANES, 16).uint16("x").tolist() == expected
    assert Streams(5, far * LANES, 16).uint16_of(np.array([3, 7]), "x").tolist() == [expected[3], expected[7]]


def test_golden_words() -> None:
    """These change only with STREAM_VERSION."""
    assert STREAM_VERSION == 3
    assert Streams(2032, 0, 8).uint16("outturn/execution", ally=276, period=2029).tolist() == GOLDEN


GOLDEN = [63112, 26851, 10004, 31637, 40209, 23211, 46631, 33999]


def test_blocks_start_at_lanes() -> None:
    with pytest.raises(ValueError, match=r"^a block starts at a multiple of 16, not at 8$"):
        Streams(0, 8, 16)


def test_words_are_uniform() -> None:
    counts = np.bincount(Streams(3, 0, 1 << 20).uint16("u") >> 8, minlength=256)
    expected = (1 << 20) / 256
    assert ((counts - expected) ** 2 / expected).sum() < 255 + 6 * np.sqrt(2 * 255)
