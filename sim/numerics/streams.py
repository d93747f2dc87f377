"""Random bits with an address: (seed, stream name, ally, period, path), and nothing else.

A stream is a name. Its key is a BLAKE2b hash of the version, the seed and the name; its bits are Philox 4x64
(Salmon et al. 2011) at the counter (path // 16, word, period, ally). Sixteen paths share one counter value, 16 bits
each, so a block of paths starts at a multiple of 16 and any stretch of paths can be drawn without the others.
Only `random_raw` is used: NumPy guarantees the bits of its bit generators, not of `Generator`.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.random import Philox
from numpy.typing import NDArray

STREAM_VERSION = 3
"""Raised whenever the same scenario and seed give other bits; stands in every manifest.

2: an election, the change it brings and what that drops are decided by one word in place of three.
3: parameters, the pledge kept in earnest and the rule of exposure are drawn unless a scenario says otherwise; of
several targets the one that binds to the highest share is followed; budgets are known; the base year's error has tails.
"""

LANES = 16
"""Paths per counter value; blocks start at multiples of it."""

STRETCH = 4_096
"""Paths that are drawn together, evenly: each stretch of so many is one replicate, from which intervals come."""

FEW = 8
"""Up to this many paths, drawing each by its own address is faster than drawing the block."""

UInt16 = NDArray[np.uint16]


def stream_key(seed: int, name: str) -> NDArray[np.uint64]:
    """The 128-bit Philox key of a stream."""
    digest = blake2b(f"{STREAM_VERSION}|{seed}|{name}".encode(), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


class Streams:
    """All streams of one seed, over the block of paths [first, first + paths)."""

    def __init__(self, seed: int, first: int, paths: int) -> None:
        if first % LANES:
            raise ValueError(f"a block starts at a multiple of {LANES}, not at {first}")
        self.seed, self.first, self.paths = seed, first, paths
        self._counters = -(-paths // LANES)
        self._open: dict[str, tuple[Philox, dict[str, object], dict[str, tuple[int, ...]]]] = {}

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        """One 16-bit word per path, uint16 array (paths,).

        `ally` is the ISO numeric code (0: the alliance), `period` the calendar year (0: once a path), `word` counts
        the words of one draw (1 refines 0).
        """
        generator, state, counter = self._open.get(name) or self._opened(name)
        counter["counter"] = self.first // LANES, word, period, ally
        generator.state = state  # type: ignore[assignment]  # a Philox state, set anew for each draw
        # little-endian, so that a path's sixteen bits are the same on every machine
        return generator.random_raw(self._counters * 4).astype("<u8", copy=False).view("<u2")[: self.paths]

    def uint16_of(self, paths: NDArray[np.intp], name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        """The words of some paths of the block, uint16 (len(paths),): the same bits, drawn path by path if few."""
        if len(paths) > FEW:
            return self.uint16(name, ally=ally, period=period, word=word)[paths]
        generator, state, counter = self._open.get(name) or self._opened(name)
        found = np.empty(len(paths), dtype=np.uint16)
        for number, path in enumerate(paths.tolist()):
            counter["counter"] = (self.first + path) // LANES, word, period, ally
            generator.state = state  # type: ignore[assignment]
            found[number] = generator.random_raw(4).astype("<u8", copy=False).view("<u2")[path % LANES]
        return found

    def _opened(self, name: str) -> tuple[Philox, dict[str, object], dict[str, tuple[int, ...]]]:
        """A stream's generator, its state, and the part of the state that says where it stands.

        NumPy takes a state of Python's own numbers three times as fast as one of arrays.
        """
        generator = Philox(key=stream_key(self.seed, name))
        state: dict[str, Any] = dict(generator.state)
        counter = {"key": tuple(map(int, state["state"]["key"]))}
        state |= {"state": counter, "buffer": tuple(map(int, state["buffer"]))}
        self._open[name] = generator, state, counter
        return self._open[name]
