"""Small wrong streams and draws, which the judge must catch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from judge.independence import LAG, NATO
from sim.distributions.draws import Distributions, Draws, LocationScale, Mask
from sim.distributions.quantile_tables import TAIL_CELLS, Quantiles
from sim.model.state import AllyState
from sim.numerics.streams import PERMUTATIONS, START, STRETCH, Streams, UInt16

WORDS, VALUE, CHANCE, BELOW, MONTH = Streams.uint16, Draws.value, Draws.chance, Draws._below, Draws.month
"""As they are; functions of this module take their place."""


class ReusedName(Streams):
    """Only the last part of a name counts: `will/noise`, `outturn/noise` and `related/noise` are one stream."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16(name.split("/")[-1], ally=ally, period=period, word=word)


class IgnoredPeriod(Streams):
    """Every year is the first."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16(name, ally=ally, period=min(period, 2026), word=word)


class OverlappingLane(Streams):
    """A year begins one path after the year before, in the same sequence."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        shift = max(period - 2026, 0)
        longer = Streams(self.seed, self.first, self.paths + shift)
        return longer.uint16(name, ally=ally, period=min(period, 2026), word=word)[shift:]


class OverlappingCounter(OverlappingLane):
    """The same by a whole counter, 16 paths."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16(name, ally=ally, period=2026 + LAG * max(period - 2026, 0), word=word)


class NeighbouringAlly(Streams):
    """One ally reads the draws of the one before it."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        code = NATO[NATO.index(ally) - 1] if ally in (100, 300) else ally
        return super().uint16(name, ally=code, period=period, word=word)


class SeedByThousands(Streams):
    """Seeds that differ by little are one."""

    def __init__(self, seed: int, first: int, paths: int) -> None:
        super().__init__(seed // 1000, first, paths)


class SameSecondWord(Streams):
    """The word that refines a draw is the draw's own."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16(name, ally=ally, period=period)

    def uint16_of(self, paths: NDArray[np.intp], name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16_of(paths, name, ally=ally, period=period)


class NoSecondWord(Streams):
    """The word that refines a draw is always 0, so that chances are as coarse as one word."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16(name, ally=ally, period=period, word=word) * np.uint16(word == 0)

    def uint16_of(self, paths: NDArray[np.intp], name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16_of(paths, name, ally=ally, period=period, word=word) * np.uint16(word == 0)


class LostBit(Streams):
    """A bit is lost: the lowest of every word is 0."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return super().uint16(name, ally=ally, period=period, word=word) & np.uint16(0xFFFE)


class Narrow(Streams):
    """The last two in a hundred words never come."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return np.minimum(super().uint16(name, ally=ally, period=period, word=word), np.uint16(64_225))


class Doubled(Streams):
    """Every second path has the word of its neighbour."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        drawn = super().uint16(name, ally=ally, period=period, word=word).copy()
        drawn[1::2] = drawn[: len(drawn) // 2 * 2 : 2]
        return drawn


class OneArrangement(Streams):
    """Every stretch of every stream begins at the same place of one permutation; only factors differ."""

    def _raw(self, name: str, ally: int, period: int) -> NDArray[np.uint64]:
        return super()._raw(name, ally, period) & ~np.uint64(START)


class Unmixed(Streams):
    """Stretches begin anywhere, but what they begin in is the numbers in their order."""

    def __init__(self, seed: int, first: int, paths: int) -> None:
        super().__init__(seed, first, paths)
        in_order = np.arange(STRETCH, dtype=np.uint16) << np.uint16(4)
        self._permutations = np.tile(in_order, 2 * PERMUTATIONS)
        self._from = sliding_window_view(self._permutations, STRETCH)


def draws_on(streams: type[Streams]) -> type[Draws]:
    """Draws that read wrong streams."""

    class On(Draws):
        def __init__(
            self, seed: int, first: int, paths: int, variants: int = 1, *, common_random_numbers: bool = True
        ) -> None:
            super().__init__(seed, first, paths, variants, common_random_numbers=common_random_numbers)
            self.streams = streams(seed, first, self.streams.paths)

    return On


class Wider(Draws):
    """A hundredth too wide."""

    def table(self, name: str, table: Quantiles, **address: Any) -> Any:
        return super().table(name, table, **address) * np.float32(1.01)


class Shifted(Draws):
    """A fiftieth too high, in standard deviations of a normal law with sd 1."""

    def table(self, name: str, table: Quantiles, **address: Any) -> Any:
        return super().table(name, table, **address) + np.float32(0.02)


class Turned(Draws):
    """Mirrored at the mean, so that mean and variance stay."""

    def table(self, name: str, table: Quantiles, **address: Any) -> Any:
        return np.float32(2 * table.moments()[0]) - super().table(name, table, **address)


class WithoutFunction(Draws):
    """The value, where a function of it was asked for."""

    def value(self, name: str, law: Any, *, of: Any = None, **address: Any) -> Any:
        return super().value(name, law, **address)


class MeanChance(Draws):
    """Chances that differ by path all become their mean."""

    def chance(self, name: str, probability: Any, **address: Any) -> Mask:
        return super().chance(name, float(np.mean(probability)), **address)


class Unrefined(Draws):
    """An end cell has one value."""

    def table(self, name: str, table: Quantiles, **address: Any) -> Any:
        ends = (np.full(TAIL_CELLS, end[TAIL_CELLS // 2], dtype=np.float32) for end in (table.low, table.high))
        return super().table(name, Quantiles(table.cells, *ends), **address)


def eleven_months(draws: Draws, name: str, **address: Any) -> Any:
    """December never comes."""
    months = MONTH(draws, name, **address)
    return np.where(months == 12, months.dtype.type(11), months)


class ElevenMonths(Draws):
    """The same, as draws of their own."""

    month = eleven_months


class NeverTheLast(Draws):
    """The last of several whole numbers never comes."""

    def whole(self, name: str, count: int, **address: Any) -> Any:
        return super().whole(name, count - 1, **address)


class OneWordForAll(Draws):
    """Row and map are picked by the same word."""

    def whole(self, name: str, count: int, **address: Any) -> Any:
        return super().whole("parameters/draw", count, **address)


def mean_spread(draws: Draws, name: str, law: Any, **address: Any) -> Any:
    """All paths have the mean spread."""
    return VALUE(draws, name, LocationScale(law.standardised, law.mean, float(np.mean(law.sd))), **address)


class MeanSpread(Draws):
    """The same, as draws of their own."""

    value = mean_spread  # type: ignore[assignment]


class SharedLuck(Draws):
    """Variants have the same random numbers whether they should or not."""

    def __init__(
        self, seed: int, first: int, paths: int, variants: int = 1, *, common_random_numbers: bool = True
    ) -> None:
        super().__init__(seed, first, paths, variants)


class FirstLaw(Draws):
    """All variants draw from the first one's law."""

    def value(self, name: str, law: Any, **address: Any) -> Any:
        return super().value(name, Distributions(law.each[:1] * len(law.each)), **address)


class Mirrored(Streams):
    """All years have the same size; only their signs are drawn: uncorrelated, and yet no draws of their own."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        drawn = super().uint16(name, ally=ally, period=min(period, 2026), word=word)
        signs = super().uint16(f"{name} turned", ally=ally, period=period, word=word) & 1
        return np.where(signs == 1, 65_535 - drawn, drawn).astype(np.uint16)


class TiltedLane(Streams):
    """One lane in sixteen never has its highest bit."""

    def uint16(self, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        drawn = super().uint16(name, ally=ally, period=period, word=word).copy()
        drawn[::LAG] &= np.uint16(0x7FFF)
        return drawn


def one_event(streams: Streams, name: str, **address: int) -> UInt16:
    """Every event is decided by the same draw."""
    shared = name.startswith("event/") and name.endswith("/occurs")
    return WORDS(streams, "event/occurs" if shared else name, **address)


def same_every_year(stream: str) -> Callable[..., UInt16]:
    """One stream forgets the year."""

    def words(streams: Streams, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return WORDS(streams, name, ally=ally, period=0 if name == stream else period, word=word)

    return words


def same_for_all(stream: str) -> Callable[..., UInt16]:
    """One stream forgets the ally."""

    def words(streams: Streams, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
        return WORDS(streams, name, ally=0 if name == stream else ally, period=period, word=word)

    return words


def never_at_first(streams: Streams, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
    """No event comes in the first year."""
    drawn = WORDS(streams, name, ally=ally, period=period, word=word)
    return drawn | np.uint16(65_535) if name.endswith("/occurs") and period == 2027 else drawn


def turned_every_other_year(streams: Streams, name: str, *, ally: int = 0, period: int = 0, word: int = 0) -> UInt16:
    """Of two years the second has the first one's numbers, mirrored."""
    second = name.startswith("event/") and name.endswith("/occurs") and period % 2 == 0
    drawn = WORDS(streams, name, ally=ally, period=period - second, word=word)
    return ~drawn if second else drawn


def value_times(factor: float, end: str) -> Callable[..., Any]:
    """All values whose stream ends so are off by a factor."""

    def value(draws: Draws, name: str, law: Any, **address: Any) -> Any:
        drawn = VALUE(draws, name, law, **address)
        return drawn * np.float32(factor) if name.endswith(end) else drawn

    return value


def chance_times(factor: float, end: str) -> Callable[..., Mask]:
    """All chances whose stream ends so are off by a factor."""

    def below(draws: Draws, words: Any, probability: Any, name: str, *address: Any) -> Mask:
        return BELOW(draws, words, probability * factor if name.endswith(end) else probability, name, *address)

    return below


def mean_value(stream: str) -> Callable[..., Any]:
    """One value is the mean on all paths."""

    def value(draws: Draws, name: str, law: Any, **address: Any) -> Any:
        drawn = VALUE(draws, name, law, **address)
        return np.full_like(drawn, drawn.mean()) if name == stream else drawn

    return value


def mean_chance(stream: str) -> Callable[..., Mask]:
    """One chance is its mean on all paths."""

    def chance(draws: Draws, name: str, probability: Any, **address: Any) -> Mask:
        return CHANCE(draws, name, float(np.mean(probability)) if name == stream else probability, **address)

    return chance


def drop_first(state: AllyState, where: NDArray[np.intp] | Mask) -> None:
    """Of several commitments the first lapses."""
    for holds in state.in_force()[:1]:
        holds[where] = False
