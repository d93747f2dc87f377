"""The draws of one block of paths: values, yes or no, months. Every draw has an address: see `sim.numerics.streams`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from sim.distributions.families import Family
from sim.distributions.quantile_tables import CELLS, TAIL_CELLS, Float32, Quantiles, table_of
from sim.kernels import NUMPY, Engine
from sim.numerics.arrays import Array, Value, at
from sim.numerics.exact import Function
from sim.numerics.streams import Streams, UInt16

_ONE = np.uint16(1)

Mask = NDArray[np.bool_]
Paths = NDArray[np.intp]
"""Places in the block, rising."""

Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True)
class Distributions:
    """A number or a distribution for each variant of a block."""

    each: tuple[float | Family, ...]


@dataclass(frozen=True, eq=False)
class LocationScale:
    """A distribution whose mean and standard deviation each path has of its own."""

    standardised: Quantiles  # of mean 0 and standard deviation 1
    mean: Value
    sd: Value


Prepared = float | Quantiles | Distributions | LocationScale
"""What a value is drawn from again and again: a number is what it is, a table stands for its distribution."""

Distribution = Family | Prepared
"""What a value is drawn from."""


class Draws:
    """What the paths [first, first + paths) draw under one seed.

    With `variants` the block is cut into that many stretches of `paths`, for which parameters may differ; arrays are
    (variants * paths,). With `common_random_numbers` every stretch holds the same paths: what tells the
    variants apart is never chance. Without it they are paths like any others, one after the other.
    """

    def __init__(
        self, seed: int, first: int, paths: int, variants: int = 1, *, common_random_numbers: bool = True,
        engine: Engine = NUMPY,
    ) -> None:  # fmt: skip
        self._copies = variants if common_random_numbers else 1
        self.paths, self.variants = paths * variants, variants
        self.streams = Streams(seed, first, self.paths // self._copies)
        self.engine, self._loops = engine, engine.loops

    @overload
    def value(
        self, name: str, distribution: float, *, on: Paths | None = None, ally: int = 0, period: int = 0,
        of: Function | None = None,
    ) -> float: ...  # fmt: skip
    @overload
    def value(
        self, name: str, distribution: Family | Quantiles | Distributions | LocationScale, *, on: Paths | None = None,
        ally: int = 0, period: int = 0, of: Function | None = None,
    ) -> Array: ...  # fmt: skip
    @overload
    def value(
        self, name: str, distribution: Distribution, *, on: Paths | None = None, ally: int = 0, period: int = 0,
        of: Function | None = None,
    ) -> Value: ...  # fmt: skip
    def value(
        self, name: str, distribution: Distribution, *, on: Paths | None = None, ally: int = 0, period: int = 0,
        of: Function | None = None,
    ) -> Value:  # fmt: skip
        """A value per path, float32 (paths,), or per path of `on`; a number where the distribution is a number.

        `of` is a function of the value that is exact on every machine: the result is drawn from its own table.
        """
        if isinstance(distribution, Quantiles):
            return self.table(name, distribution, on=on, ally=ally, period=period)
        if isinstance(distribution, LocationScale):
            drawn = self.table(name, distribution.standardised, on=on, ally=ally, period=period)
            if on is None:
                return drawn * distribution.sd + distribution.mean
            return drawn * at(distribution.sd, on) + at(distribution.mean, on)
        if isinstance(distribution, Distributions):
            drawn = np.concatenate(list(self._of_each(name, distribution, ally, period, of)))
            return drawn if on is None else drawn[on]
        if not isinstance(distribution, Family):
            return float(distribution) if of is None else of(float(distribution))
        return self.table(name, table_of(distribution, of), on=on, ally=ally, period=period)

    def table(self, name: str, table: Quantiles, *, on: Paths | None = None, ally: int = 0, period: int = 0) -> Float32:
        """A value per path, or per path of `on`, from a table, float32."""
        drawn: Float32
        if self._loops is not None:
            draw, where = (
                (self._loops.drawn, self.streams.paths) if on is None else (self._loops.drawn_on, self._lanes(on))
            )
            drawn = draw(*self.streams.stretches(name, ally, period), where, table.cells, table.low, table.high)
        else:
            uint16, ends, second = self._cells(name, ally, period, on)
            drawn = _looked_up(table, uint16, ends, second)
        return drawn if on is not None else self._copied(drawn)

    def chance(self, name: str, probability: Value, *, on: Paths | None = None, ally: int = 0, period: int = 0) -> Mask:
        """True with `probability`, bool (paths,), or on each path of `on`; exact to 2**-32."""
        if isinstance(probability, float) and probability in (0.0, 1.0):
            return np.full(self.paths if on is None else len(on), probability == 1.0)
        return self._below(self._uint16(name, ally, period, on), probability, name, ally, period, on)

    def stages(
        self, name: str, first: Value, *further: Value, ally: int = 0, period: int = 0
    ) -> tuple[Paths, list[Mask]]:
        """Where a first thing comes true, and of these paths, where a second does as well, and so on: (paths, masks).

        One word a path decides all of them: each comes true where the word lies below the product of the chances so
        far. `further` are chances given that all before have come true; a mask is bool (len(paths),).
        """
        if isinstance(first, float) and first == 0.0:
            return np.empty(0, dtype=np.intp), [np.empty(0, dtype=np.bool_) for _ in further]
        chances = [each for each in (first, *further) if isinstance(each, float)]
        if self._loops is not None and len(chances) == 1 + len(further):
            scaled = np.cumprod(chances) * CELLS
            thresholds = scaled.astype(np.int64)
            made, rests = self.streams.stretches(name, ally, period), (scaled - thresholds) * CELLS
            paths, decided = self._loops.stages(*made, self.streams.paths, thresholds, rests)
            if self._copies > 1:
                starts = np.arange(0, self.paths, self.streams.paths)[:, np.newaxis]
                return (paths + starts).ravel(), [self._copied(mask) for mask in decided]
            return paths, list(decided)
        uint16, probability, masks = self._uint16(name, ally, period, None), first, []
        paths = _hits(self._below(uint16, first, name, ally, period))
        near = uint16[paths]
        for chance in further:
            probability = probability * chance
            masks.append(self._below(near, probability, name, ally, period, paths))
        return paths, masks

    def whole(self, name: str, count: int, *, ally: int = 0, period: int = 0) -> Paths:
        """One of the numbers 0 to `count` - 1 for each path, intp (paths,); each has as many words as the next, or one
        more or fewer.

        `count` is at most 65,536.
        """
        uint16 = self._uint16(name, ally, period, None).astype(np.intp)
        return (uint16 * count) >> 16

    def month(self, name: str, *, on: Paths | None = None, ally: int = 0, period: int = 0) -> NDArray[np.uint8]:
        """A month of the year, 1 to 12, (paths,), or on each path of `on`; each has 5,461 or 5,462 of the words."""
        # in 32 bits, since 12 words overflow 16; a shift in place of a division rounds nothing
        uint16 = self._uint16(name, ally, period, on).astype(np.uint32)
        return (((uint16 * np.uint32(12)) >> np.uint32(16)) + np.uint32(1)).astype(np.uint8)

    def _below(
        self, uint16: UInt16, probability: Value, name: str, ally: int, period: int, on: Paths | None = None
    ) -> Mask:
        """Where words, of the block or of the paths `on`, lie below a probability.

        It is compared with 16 bits; the one word on the threshold is decided by a second.
        """
        scaled: Value
        threshold: np.unsignedinteger | Array
        if isinstance(probability, float):
            scaled = probability * CELLS
            # 65,536, the threshold of a certainty, is one more than 16 bits hold
            threshold = np.uint32(scaled) if probability == 1.0 else np.uint16(scaled)  # twice as fast as with a float
        else:
            scaled = (probability if on is None else probability[on]) * np.float32(CELLS)
            threshold = np.floor(scaled)
        true: Mask = uint16 < threshold
        ties = (uint16 == threshold).nonzero()[0]
        if ties.size:
            paths = self._lanes(ties if on is None else on[ties])
            second = self.streams.uint16_of(paths, name, ally=ally, period=period, word=1)
            rest = (scaled - threshold) * CELLS
            true[ties] = second < (rest[ties] if isinstance(rest, np.ndarray) else rest)
        return true

    def _uint16(self, name: str, ally: int, period: int, on: Paths | None) -> UInt16:
        """The word of each path of the block, or of some."""
        uint16 = self._of_streams(name, ally, period, on)
        return self._copied(uint16) if on is None else uint16

    def _of_streams(self, name: str, ally: int, period: int, on: Paths | None) -> UInt16:
        """The word of each path of one variant, or of some of the block's; for no path none is drawn."""
        if on is not None and not on.size:
            return np.empty(0, dtype=np.uint16)
        if self._loops is not None:
            find, where = (
                (self._loops.words, self.streams.paths) if on is None else (self._loops.words_on, self._lanes(on))
            )
            words: UInt16 = find(*self.streams.stretches(name, ally, period), where)
            return words
        if on is not None:
            return self.streams.uint16_of(self._lanes(on), name, ally=ally, period=period)
        return self.streams.uint16(name, ally=ally, period=period)

    def _lanes(self, on: Paths) -> Paths:
        """Which of the streams' paths some of the block's are: they differ where variants share random numbers."""
        return on if self._copies == 1 else on % self.streams.paths

    def _cells(self, name: str, ally: int, period: int, on: Paths | None = None) -> tuple[UInt16, Paths, UInt16]:
        """The word of each path of one variant, or of some paths, which fall into an end cell, and where in it."""
        uint16 = self._of_streams(name, ally, period, on)
        ends = (uint16 + _ONE <= _ONE).nonzero()[0]  # the first and the last cell: 0, and 65,535 + 1 = 0
        second = uint16[:0]
        if ends.size:
            paths = ends if on is None else self._lanes(on[ends])
            second = self.streams.uint16_of(paths, name, ally=ally, period=period, word=1) // (CELLS // TAIL_CELLS)
        return uint16, ends, second

    def _of_each(
        self, name: str, distributions: Distributions, ally: int, period: int, of: Function | None
    ) -> Iterator[Float32]:
        """Each variant's own distribution, on its own stretch of the block."""
        size = self.paths // self.variants
        uint16, ends, second = self._cells(name, ally, period)
        for index, distribution in enumerate(distributions.each):
            if not isinstance(distribution, Family):
                yield np.full(size, distribution if of is None else of(distribution), dtype=np.float32)
            elif self._copies == self.variants:
                yield _looked_up(table_of(distribution, of), uint16, ends, second)
            else:
                own = (ends >= index * size) & (ends < (index + 1) * size)
                stretch = uint16[index * size : (index + 1) * size]
                yield _looked_up(table_of(distribution, of), stretch, ends[own] - index * size, second[own])

    def _copied(self, one: NDArray[Element]) -> NDArray[Element]:
        if self._copies == 1:
            return one
        copies = np.empty((self._copies, len(one)), dtype=one.dtype)  # in a third of the time of NumPy's tile
        copies[:] = one
        return copies.reshape(-1)


def _looked_up(table: Quantiles, uint16: UInt16, ends: NDArray[np.intp], second: UInt16) -> Float32:
    # 16 bits cannot leave the table, so the mode changes nothing but the time, of which wrap takes least
    drawn: Float32 = table.cells.take(uint16.astype(np.intp), mode="wrap")
    if ends.size:  # of 65,536 paths about two
        for path, part in zip(ends.tolist(), second.tolist(), strict=True):
            drawn[path] = (table.low if uint16[path] == 0 else table.high)[part]
    return drawn


def _hits(mask: Mask) -> Paths:
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
