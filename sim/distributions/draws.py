"""The draws of one block of paths: values, yes or no, months. Every draw has an address (see `sim.streams`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.families import Family
from sim.distributions.tables import CELLS, TAIL_CELLS, Float32, Quantiles, table_of
from sim.exact import Function
from sim.streams import Streams, Words

Mask = NDArray[np.bool_]
Value = Any
"""A number for all paths, or float32 (paths,): NumPy's stubs would widen their products to float64, NumPy does not."""


@dataclass(frozen=True)
class Laws:
    """A number or a distribution for each variant of a block."""

    each: tuple[float | Family, ...]


class Draws:
    """What the paths [first, first + paths) draw under one seed.

    With `variants` the block is cut into that many stretches of `paths`, for which parameters may differ; arrays are
    (variants * paths,). With `same_luck` every stretch holds the same paths: what tells the variants apart is never
    luck. Without it they are paths like any others, one after the other.
    """

    def __init__(self, seed: int, first: int, paths: int, variants: int = 1, *, same_luck: bool = True) -> None:
        self._copies = variants if same_luck else 1
        self.paths, self.variants = paths * variants, variants
        self.streams = Streams(seed, first, self.paths // self._copies)

    def value(
        self, name: str, law: float | Family | Laws, *, ally: int = 0, period: int = 0, of: Function | None = None
    ) -> Value:
        """A value per path, float32 (paths,); a number where the law is a number.

        `of` is a function of the value that is exact on every machine: the result is drawn from its own table.
        """
        if isinstance(law, Laws):
            return np.concatenate(list(self._of_each(name, law, ally, period, of)))
        if not isinstance(law, Family):
            return float(law) if of is None else of(float(law))
        return self.table(name, table_of(law, of), ally=ally, period=period)

    def table(self, name: str, table: Quantiles, *, ally: int = 0, period: int = 0) -> Float32:
        """A value per path from a table, float32 (paths,)."""
        words, ends, second = self._cells(name, ally, period)
        drawn: Float32 = self._copied(_looked_up(table, words, ends, second))
        return drawn

    def chance(self, name: str, probability: Value, *, ally: int = 0, period: int = 0) -> Mask:
        """True with `probability`, bool (paths,); exact to 2**-32.

        The probability is compared with 16 bits; the one word on the threshold is decided by a second.
        """
        if isinstance(probability, float) and probability in (0.0, 1.0):
            return np.full(self.paths, probability == 1.0)
        words = self._copied(self.streams.words(name, ally=ally, period=period))
        scaled = np.float64(probability) * CELLS if isinstance(probability, float) else probability * np.float32(CELLS)
        threshold = np.floor(scaled)
        true: Mask = words < threshold
        ties = np.flatnonzero(words == threshold)
        if ties.size:
            second = self.streams.words_of(ties % self.streams.paths, name, ally=ally, period=period, word=1)
            rest = np.broadcast_to((scaled - threshold) * CELLS, words.shape)
            true[ties] = second < rest[ties]
        return true

    def month(self, name: str, *, ally: int = 0, period: int = 0) -> NDArray[np.int64]:
        """A month of the year, 1 to 12, (paths,); each has 5,461 or 5,462 of the 65,536 words."""
        words = self.streams.words(name, ally=ally, period=period)
        months: NDArray[np.int64] = self._copied(((words.astype(np.int64) * 12) >> 16) + 1)
        return months

    def _cells(self, name: str, ally: int, period: int) -> tuple[Words, NDArray[np.intp], Words]:
        """The word of each path of one variant, which of them fall into an end cell, and where in it."""
        words = self.streams.words(name, ally=ally, period=period)
        ends = np.flatnonzero(words + np.uint16(1) <= 1)  # the first and the last cell: 0, and 65,535 + 1 = 0
        second = words[:0]
        if ends.size:
            second = self.streams.words_of(ends, name, ally=ally, period=period, word=1) // (CELLS // TAIL_CELLS)
        return words, ends, second

    def _of_each(self, name: str, laws: Laws, ally: int, period: int, of: Function | None) -> Iterator[Float32]:
        """Each variant's own law, on its own stretch of the block."""
        size = self.paths // self.variants
        words, ends, second = self._cells(name, ally, period)
        for place, law in enumerate(laws.each):
            if not isinstance(law, Family):
                yield np.full(size, law if of is None else of(law), dtype=np.float32)
            elif self._copies == self.variants:
                yield _looked_up(table_of(law, of), words, ends, second)
            else:
                own = (ends >= place * size) & (ends < (place + 1) * size)
                stretch = words[place * size : (place + 1) * size]
                yield _looked_up(table_of(law, of), stretch, ends[own] - place * size, second[own])

    def _copied(self, one: Any) -> Any:
        return one if self._copies == 1 else np.tile(one, self._copies)


def _looked_up(table: Quantiles, words: Words, ends: NDArray[np.intp], second: Words) -> Float32:
    drawn: Float32 = np.take(table.cells, words, mode="clip")
    if ends.size:
        drawn[ends] = np.where(words[ends] == 0, table.low[second], table.high[second])
    return drawn
