"""The draws of one block of paths: values, yes or no, months. Every draw has an address (see `sim.streams`)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.families import Family
from sim.distributions.tables import CELLS, TAIL_CELLS, Float32, Quantiles, table_of
from sim.exact import Function
from sim.streams import Streams

Mask = NDArray[np.bool_]
Value = Any
"""A number for all paths, or float32 (paths,): NumPy's stubs would widen their products to float64, NumPy does not."""


class Draws:
    """What the paths [first, first + paths) draw under one seed."""

    def __init__(self, seed: int, first: int, paths: int) -> None:
        self.streams = Streams(seed, first, paths)
        self.paths = paths

    def value(
        self, name: str, law: float | Family, *, ally: int = 0, period: int = 0, of: Function | None = None
    ) -> Value:
        """A value per path, float32 (paths,); a number where the law is a number.

        `of` is a function of the value that is exact on every machine: the result is drawn from its own table.
        """
        if not isinstance(law, Family):
            return float(law) if of is None else of(float(law))
        return self.table(name, table_of(law, of), ally=ally, period=period)

    def table(self, name: str, table: Quantiles, *, ally: int = 0, period: int = 0) -> Float32:
        """A value per path from a table, float32 (paths,)."""
        words = self.streams.words(name, ally=ally, period=period)
        drawn: Float32 = np.take(table.cells, words, mode="clip")
        ends = np.flatnonzero(words + np.uint16(1) <= 1)  # the first and the last cell: 0, and 65,535 + 1 = 0
        if ends.size:
            second = self.streams.words_of(ends, name, ally=ally, period=period, word=1) // (CELLS // TAIL_CELLS)
            drawn[ends] = np.where(words[ends] == 0, table.low[second], table.high[second])
        return drawn

    def chance(self, name: str, probability: Value, *, ally: int = 0, period: int = 0) -> Mask:
        """True with `probability`, bool (paths,); exact to 2**-32.

        The probability is compared with 16 bits; the one word on the threshold is decided by a second.
        """
        if isinstance(probability, float) and probability in (0.0, 1.0):
            return np.full(self.paths, probability == 1.0)
        words = self.streams.words(name, ally=ally, period=period)
        scaled = np.float64(probability) * CELLS if isinstance(probability, float) else probability * np.float32(CELLS)
        threshold = np.floor(scaled)
        true: Mask = words < threshold
        ties = np.flatnonzero(words == threshold)
        if ties.size:
            second = self.streams.words_of(ties, name, ally=ally, period=period, word=1)
            rest = np.broadcast_to((scaled - threshold) * CELLS, words.shape)
            true[ties] = second < rest[ties]
        return true

    def month(self, name: str, *, ally: int = 0, period: int = 0) -> NDArray[np.int64]:
        """A month of the year, 1 to 12, (paths,); each has 5,461 or 5,462 of the 65,536 words."""
        words = self.streams.words(name, ally=ally, period=period)
        return ((words.astype(np.int64) * 12) >> 16) + 1
