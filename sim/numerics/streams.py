"""Random bits with an address: (seed, stream name, ally, period, path), and nothing else.

A stream is a name. Its words of 16 bits are drawn evenly: in each stretch of 4,096 paths every one of the 4,096 values
of their upper 12 bits comes once, so that the draws of a stretch are a Latin hypercube (McKay, Beckman and Conover
1979). A stretch's words are a permutation of the paths, one of 128, begun at one of its 4,096 places, times an odd
factor. The place makes the words of any one path uniform and those of two draws independent; permutation and factor
spread those of the stretch. Permutation, place and factor are what Philox 4x64 says (Salmon et al. 2011), its key a
BLAKE2b hash of the version, the seed and the name, its counter (stretch // 2, 0, period, ally). So any path can be
drawn without the others, and a word takes a quarter of the time of one from Philox.

Only `random_raw` is used: NumPy guarantees the bits of its bit generators, not of `Generator`.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import Philox
from numpy.typing import NDArray

STREAM_VERSION = 4
"""Raised whenever the same scenario and seed give other bits; stands in every manifest.

2: an election, the change it brings and what that drops are decided by one word in place of three.
3: parameters, the pledge kept in earnest and the rule of exposure are drawn unless a scenario says otherwise; of
several targets the one that binds to the highest share is followed; budgets are known; the base year's error has tails.
4: the words of a stretch of paths are spread evenly.
"""

STRETCH = 4_096
"""Paths that are drawn together, evenly: each stretch of so many is one replicate, from which intervals come."""

FEW = 8
"""Up to this many paths, drawing each by its own address is faster than drawing the block."""

PERMUTATIONS, ROUNDS = 128, 8
"""Permutations of a stretch, each of which starts at any of its places, and the rounds that mix one."""

UInt16 = NDArray[np.uint16]

START, FACTOR = (PERMUTATIONS - 1) * 2 * STRETCH | STRETCH - 1, 48
"""What a stretch takes of 64 bits from Philox: the bits of its beginning among the permutations, and how far to the
right those of its factor lie."""


def stream_key(seed: int, name: str) -> NDArray[np.uint64]:
    """The 128-bit Philox key of a stream."""
    return _key(f"{STREAM_VERSION}|{seed}|{name}")


def _key(text: str) -> NDArray[np.uint64]:
    return np.frombuffer(blake2b(text.encode(), digest_size=16).digest(), dtype="<u8").astype(np.uint64)


@lru_cache(maxsize=1)
def permutations() -> UInt16:
    """The permutations of a stretch, uint16 (PERMUTATIONS * 2 * STRETCH,): each twice in a row, in the upper 12 bits.

    So a permutation lies in one piece from whichever of its places it begins. The lower 4 bits are the same in all of a
    permutation: only then is it one in the upper bits of its words times an odd factor.
    """
    raw = Philox(key=_key(f"{STREAM_VERSION}|permutations")).random_raw(ROUNDS * 2 * PERMUTATIONS // 4)
    keys = raw.astype("<u8", copy=False).view("<u2").astype(np.uint16).reshape(ROUNDS, 2, PERMUTATIONS, 1)
    upper = np.uint16(STRETCH - 1)
    numbers = np.tile(np.arange(STRETCH, dtype=np.uint16), (PERMUTATIONS, 1))
    # an exclusive or, an odd factor and a shift to the right each permute the numbers of 12 bits
    for mask, factor in keys:
        numbers = (numbers ^ mask) * (factor | np.uint16(1)) & upper
        numbers ^= numbers >> np.uint16(6)
    lower = np.arange(PERMUTATIONS, dtype=np.uint16)[:, np.newaxis] % np.uint16(16)
    twice = np.tile(numbers << np.uint16(4) | lower, 2).ravel()
    twice.flags.writeable = False  # one for all streams
    return twice


class Streams:
    """All streams of one seed, over the block of paths [first, first + paths)."""

    def __init__(self, seed: int, first: int, paths: int) -> None:
        self.seed, self.first, self.paths = seed, first, paths
        self._stretch, self._position = divmod(first, STRETCH)
        self._stretches = -(-(self._position + paths) // STRETCH)
        # a counter has the two words of two stretches
        self._skipped = 2 * (self._stretch % 2)
        self._asked = (self._skipped + 2 * self._stretches + 3) // 4 * 4
        self._permutations = permutations()
        self._from = sliding_window_view(self._permutations, STRETCH)  # a stretch from each place on
        self._open: dict[str, tuple[Philox, dict[str, object], dict[str, tuple[int, ...]]]] = {}

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        """One 16-bit word per path, uint16 array (paths,).

        `ally` is the ISO numeric code (0: the alliance), `period` the calendar year (0: once a path), `word` counts
        the words of one draw (1 refines 0).
        """
        raw = self._raw(name, ally, period)
        if self._stretches == 1:
            start, factor = _taken(raw.item(self._skipped + word))
            start += self._position
            words: UInt16 = self._permutations[start : start + self.paths] * np.uint16(factor)
            return words
        raw = raw[self._skipped + word :: 2][: self._stretches, np.newaxis]
        words = self._from[(raw[:, 0] & np.uint64(START)).view(np.int64)]
        words *= (raw >> np.uint64(FACTOR)).astype(np.uint16) | np.uint16(1)
        return words.reshape(-1)[self._position : self._position + self.paths]

    def uint16_of(self, paths: NDArray[np.intp], name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        """The words of some paths of the block, uint16 (len(paths),): the same bits, drawn path by path if few."""
        if len(paths) > FEW:
            return self.uint16(name, ally=ally, period=period, word=word)[paths]
        raw, found = self._raw(name, ally, period), []
        for path in paths.tolist():
            stretch, position = divmod(path + self._position, STRETCH)
            start, factor = _taken(raw.item(self._skipped + word + 2 * stretch))
            found.append(self._permutations.item(start + position) * factor & 0xFFFF)
        return np.array(found, dtype=np.uint16)

    def stretches(self, name: str, ally: int, period: int) -> tuple[UInt16, NDArray[np.uint64], int]:
        """What the words are made of, for who makes them himself: see `sim.kernels.loops`."""
        return self._permutations, self._raw(name, ally, period)[self._skipped :], self._position

    def _raw(self, name: str, ally: int, period: int) -> NDArray[np.uint64]:
        """What Philox says of both words of each stretch of the block, one after the other."""
        generator, state, counter = self._open.get(name) or self._opened(name)
        counter["counter"] = self._stretch // 2, 0, period, ally
        generator.state = state  # type: ignore[assignment]  # a Philox state, set anew for each draw
        raw: NDArray[np.uint64] = generator.random_raw(self._asked)
        return raw

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


def _taken(raw: int) -> tuple[int, int]:
    """Where a stretch begins among the permutations, and its odd factor."""
    return raw & START, raw >> FACTOR | 1
