"""Draws have addresses: any stretch of paths is the same bits, whatever else is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import Philox

from sim.streams import LANES, STREAM_VERSION, Streams, stream_key

addresses = st.fixed_dictionaries({
    "name": st.text("abc/._", min_size=1, max_size=12),
    "ally": st.integers(0, 999),
    "period": st.integers(0, 2100),
    "word": st.integers(0, 1),
})  # fmt: skip


@given(addresses, st.integers(0, 2**62), st.integers(0, 40), st.integers(1, 200))
def test_a_stretch_is_a_part_of_the_whole(address: dict, seed: int, start: int, paths: int) -> None:
    whole = Streams(seed, 0, start * LANES + paths).words(**address)
    part = Streams(seed, start * LANES, paths).words(**address)
    assert part.tolist() == whole[start * LANES :].tolist()


@given(addresses, addresses)
def test_other_draws_move_nothing(one: dict, other: dict) -> None:
    alone, mixed = Streams(7, 16, 32), Streams(7, 16, 32)
    mixed.words(**other)
    assert alone.words(**one).tolist() == mixed.words(**one).tolist()


def test_every_part_of_the_address_counts() -> None:
    base = {"name": "outturn/noise", "ally": 8, "period": 2027, "word": 0}
    others = [{"name": "outturn/noise2"}, {"ally": 9}, {"period": 2028}, {"word": 1}]
    first = Streams(1, 0, 64).words(**base).tolist()
    for change in others:
        assert Streams(1, 0, 64).words(**(base | change)).tolist() != first
    assert Streams(2, 0, 64).words(**base).tolist() != first


def test_the_words_are_philox_at_the_stated_counter() -> None:
    """The layout of the contract, spelt out with NumPy's own generator."""
    words = Streams(5, 32, 16).words("x", ally=40, period=2030)
    raw = Philox(key=stream_key(5, "x"), counter=[2, 0, 2030, 40]).random_raw(4)
    assert words.tolist() == [(int(value) >> shift) & 0xFFFF for value in raw for shift in (0, 16, 32, 48)]


def test_golden_words() -> None:
    """These change only with STREAM_VERSION."""
    assert STREAM_VERSION == 1
    assert Streams(2032, 0, 8).words("outturn/execution", ally=276, period=2029).tolist() == GOLDEN


GOLDEN = [24334, 31676, 34007, 28338, 54864, 43881, 24420, 64970]


def test_blocks_start_at_lanes() -> None:
    with pytest.raises(ValueError, match="multiple of 16"):
        Streams(0, 8, 16)


def test_words_are_uniform() -> None:
    counts = np.bincount(Streams(3, 0, 1 << 20).words("u") >> 8, minlength=256)
    expected = (1 << 20) / 256
    assert ((counts - expected) ** 2 / expected).sum() < 255 + 6 * np.sqrt(2 * 255)
