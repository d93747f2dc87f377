"""The draws of one block of paths: values, yes or no, months. Every draw has an address: see `sim.numerics.streams`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.distributions.families import Family
from sim.distributions.quantile_tables import CELLS, TAIL_CELLS, Float32, Quantiles, table_of
from sim.numerics.exact import Function
from sim.numerics.streams import Streams, Words

_ONE = np.uint16(1)

Mask = NDArray[np.bool_]
Paths = NDArray[np.intp]
"""Places in the block, rising."""

Value = Any
"""A number for all paths, or float32 (paths,): NumPy's stubs would widen their products to float64, NumPy does not."""


@dataclass(frozen=True)
class Distributions:
    """A number or a distribution for each variant of a block."""

    each: tuple[float | Family, ...]


Law = float | Family | Quantiles | Distributions
"""What a value is drawn from: a number is what it is, a table stands for its distribution."""


class Draws:
    """What the paths [first, first + paths) draw under one seed.

    With `variants` the block is cut into that many stretches of `paths`, for which parameters may differ; arrays are
    (variants * paths,). With `common_random_numbers` every stretch holds the same paths: what tells the
    variants apart is never chance. Without it they are paths like any others, one after the other.
    """

    def __init__(
        self, seed: int, first: int, paths: int, variants: int = 1, *, common_random_numbers: bool = True
    ) -> None:
        self._copies = variants if common_random_numbers else 1
        self.paths, self.variants = paths * variants, variants
        self.streams = Streams(seed, first, self.paths // self._copies)

    def value(
        self, name: str, law: Law, *, on: Paths | None = None, ally: int = 0, period: int = 0,
        of: Function | None = None,
    ) -> Value:  # fmt: skip
        """A value per path, float32 (paths,), or per path of `on`; a number where the law is a number.

        `of` is a function of the value that is exact on every machine: the result is drawn from its own table.
        """
        if isinstance(law, Quantiles):
            return self.table(name, law, on=on, ally=ally, period=period)
        if isinstance(law, Distributions):
            drawn = np.concatenate(list(self._of_each(name, law, ally, period, of)))
            return drawn if on is None else drawn[on]
        if not isinstance(law, Family):
            return float(law) if of is None else of(float(law))
        return self.table(name, table_of(law, of), on=on, ally=ally, period=period)

    def table(self, name: str, table: Quantiles, *, on: Paths | None = None, ally: int = 0, period: int = 0) -> Float32:
        """A value per path, or per path of `on`, from a table, float32."""
        words, ends, second = self._cells(name, ally, period, on)
        drawn = _looked_up(table, words, ends, second)
        return drawn if on is not None else self._copied(drawn)

    def chance(self, name: str, probability: Value, *, on: Paths | None = None, ally: int = 0, period: int = 0) -> Mask:
        """True with `probability`, bool (paths,), or on each path of `on`; exact to 2**-32."""
        if isinstance(probability, float) and probability in (0.0, 1.0):
            return np.full(self.paths if on is None else len(on), probability == 1.0)
        return self._below(self._words(name, ally, period, on), probability, name, ally, period, on)

    def stages(
        self, name: str, first: Value, *further: Value, ally: int = 0, period: int = 0
    ) -> tuple[Paths, list[Mask]]:
        """Where a first thing comes true, and of these paths, where a second does as well, and so on: (paths, masks).

        One word a path decides all of them: each comes true where the word lies below the product of the chances so
        far. `further` are chances given that all before have come true; a mask is bool (len(paths),).
        """
        if isinstance(first, float) and first == 0.0:
            return np.empty(0, dtype=np.intp), [np.empty(0, dtype=np.bool_) for _ in further]
        words, probability, masks = self._words(name, ally, period, None), first, []
        paths = _places(self._below(words, first, name, ally, period))
        near = words[paths]
        for chance in further:
            probability = probability * chance
            masks.append(self._below(near, probability, name, ally, period, paths))
        return paths, masks

    def month(self, name: str, *, on: Paths | None = None, ally: int = 0, period: int = 0) -> NDArray[np.uint8]:
        """A month of the year, 1 to 12, (paths,), or on each path of `on`; each has 5,461 or 5,462 of the words."""
        words = self._words(name, ally, period, on).astype(np.uint32)
        return (((words * np.uint32(12)) >> np.uint32(16)) + np.uint32(1)).astype(np.uint8)

    def _below(
        self, words: Words, probability: Value, name: str, ally: int, period: int, on: Paths | None = None
    ) -> Mask:
        """Where words, of the block or of the paths `on`, lie below a probability.

        It is compared with 16 bits; the one word on the threshold is decided by a second.
        """
        if isinstance(probability, float):
            scaled = probability * CELLS
            threshold = np.uint32(scaled) if probability == 1.0 else np.uint16(scaled)  # twice as fast as with a float
        else:
            scaled = (probability if on is None else probability[on]) * np.float32(CELLS)
            threshold = np.floor(scaled)
        true: Mask = words < threshold
        ties = (words == threshold).nonzero()[0]
        if ties.size:
            paths = self._lanes(ties if on is None else on[ties])
            second = self.streams.words_of(paths, name, ally=ally, period=period, word=1)
            rest = (scaled - threshold) * CELLS
            true[ties] = second < (rest[ties] if isinstance(rest, np.ndarray) else rest)
        return true

    def _words(self, name: str, ally: int, period: int, on: Paths | None) -> Words:
        """The word of each path of the block, or of some."""
        words = self._of_streams(name, ally, period, on)
        return self._copied(words) if on is None else words

    def _of_streams(self, name: str, ally: int, period: int, on: Paths | None) -> Words:
        """The word of each path of one variant, or of some of the block's; for no path none is drawn."""
        if on is not None and not on.size:
            return np.empty(0, dtype=np.uint16)
        words = self.streams.words(name, ally=ally, period=period)
        return words if on is None else words[self._lanes(on)]

    def _lanes(self, on: Paths) -> Paths:
        """Which of the streams' paths some of the block's are: they differ where variants share random numbers."""
        return on if self._copies == 1 else on % self.streams.paths

    def _cells(self, name: str, ally: int, period: int, on: Paths | None = None) -> tuple[Words, Paths, Words]:
        """The word of each path of one variant, or of some paths, which fall into an end cell, and where in it."""
        words = self._of_streams(name, ally, period, on)
        ends = (words + _ONE <= _ONE).nonzero()[0]  # the first and the last cell: 0, and 65,535 + 1 = 0
        second = words[:0]
        if ends.size:
            paths = ends if on is None else self._lanes(on[ends])
            second = self.streams.words_of(paths, name, ally=ally, period=period, word=1) // (CELLS // TAIL_CELLS)
        return words, ends, second

    def _of_each(
        self, name: str, laws: Distributions, ally: int, period: int, of: Function | None
    ) -> Iterator[Float32]:
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
    drawn: Float32 = table.cells.take(words.astype(np.intp), mode="wrap")
    if ends.size:  # of 65,536 paths about two
        for path, part in zip(ends.tolist(), second.tolist(), strict=True):
            drawn[path] = (table.low if words[path] == 0 else table.high)[part]
    return drawn


def _places(mask: Mask) -> Paths:
    """Where a mask holds, rising.

    NumPy looks one by one for what fills less than a tenth of a mask, at 9 ns each, and finds what fills more in one
    pass of 0.35 ns a path. So a mask of some in a hundred is filled up, with places that are cut off again.
    """
    found, size = np.count_nonzero(mask), mask.size
    if not 0.03 * size < found < 0.1 * size:
        return mask.nonzero()[0]
    filled = np.ones(size + size // 8, dtype=np.bool_)
    filled[:size] = mask
    return filled.nonzero()[0][:found]
