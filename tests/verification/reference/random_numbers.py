"""The draws, from the bits up: BLAKE2b, Philox, quantile tables, chances and months."""

from __future__ import annotations

import json
import math
from decimal import Context, Decimal
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from reference.bounded import single
from sim.distributions.quantile_tables import standardised
from sim.numerics.streams import Streams

STREAM_VERSION = 4
STRETCH = 4_096
"""Paths whose words are the numbers of 12 bits, each once, with four bits more."""

MASK = 2**64 - 1
MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
DIGITS = Context(prec=40)


def key(seed: int, name: str) -> tuple[int, int]:
    """The key of a stream."""
    found = blake2b(f"{STREAM_VERSION}|{seed}|{name}".encode("ascii"), digest_size=16).digest()
    return int.from_bytes(found[:8], "little"), int.from_bytes(found[8:], "little")


def philox(counter: tuple[int, int, int, int], words: tuple[int, int]) -> tuple[int, int, int, int]:
    """Philox 4x64 with 10 rounds."""
    a, b, c, d = counter
    first, second = words
    for _ in range(10):
        left, right = MULTIPLIERS[0] * a, MULTIPLIERS[1] * c
        a, b, c, d = (right >> 64) ^ b ^ first, right & MASK, (left >> 64) ^ d ^ second, left & MASK
        first, second = (first + WEYL[0]) & MASK, (second + WEYL[1]) & MASK
    return a, b, c, d


@lru_cache(maxsize=1)
def mixers() -> list[int]:
    """The words of 16 bits that permutations are mixed by: eight times the 128 masks, and the 128 factors."""
    found = blake2b(f"{STREAM_VERSION}|permutations".encode("ascii"), digest_size=16).digest()
    words = int.from_bytes(found[:8], "little"), int.from_bytes(found[8:], "little")
    results = [result for counter in range(1, 129) for result in philox((counter, 0, 0, 0), words)]
    return [result >> place & 0xFFFF for result in results for place in (0, 16, 32, 48)]


@lru_cache(maxsize=128)
def permutation(number: int) -> list[int]:
    """Where each path of a stretch stands in one of the 128 permutations."""
    found = list(range(STRETCH))
    for turn in range(8):
        mask, factor = mixers()[256 * turn + number], mixers()[256 * turn + 128 + number] | 1
        mixed = [(x ^ mask) * factor % STRETCH for x in found]
        found = [y ^ y >> 6 for y in mixed]
    return found


def word_of(seed: int, name: str, ally: int, period: int, path: int, word: int = 0) -> int:
    """The 16 bits of a draw, in plain Python."""
    stretch, place = divmod(path, STRETCH)
    result = philox((stretch // 2 + 1, 0, period, ally), key(seed, name))[stretch % 2 * 2 + word]
    number = result >> 13 & 127
    value = 16 * permutation(number)[(place + result) % STRETCH] + number % 16
    return value * (result >> 48 | 1) % 65_536


class RandomNumbers:
    """The words of one path. They come from the product's streams, which is faster; a test compares the two."""

    def __init__(self, seed: int, path: int, tables: dict[int, Quantiles]) -> None:
        self.seed = seed
        self.path = path
        self.tables = tables  # by the id of a distribution of the scenario, which outlives the path

    def word(self, name: str, ally: int, period: int, word: int = 0) -> int:
        """16 bits."""
        return block(self.seed, self.path // BLOCK, name, ally, period, word)[self.path % BLOCK]

    def value(self, spec: dict[str, Any], name: str, ally: int, period: int) -> float:
        """A draw from a distribution: the cell that the word picks; the second word refines the first and the last."""
        if id(spec) not in self.tables:
            self.tables[id(spec)] = table(json.dumps(spec))
        cells, low, high = self.tables[id(spec)]
        place = self.word(name, ally, period)
        if place in (0, 65_535):
            return (high if place else low)[self.word(name, ally, period, 1) // 16]
        return cells[place]

    def chance(self, probability: float, name: str, ally: int, period: int) -> bool:
        """Whether something of a given probability comes true."""
        if probability in (0.0, 1.0):
            return probability == 1.0
        x = 65_536.0 * probability
        whole = math.floor(x)
        word = self.word(name, ally, period)
        return word < whole or (word == whole and self.word(name, ally, period, 1) < 65_536.0 * (x - whole))

    def fraction(self, name: str, ally: int, period: int) -> float:
        """Both words as a number from 0 to 1: a chance comes true where it lies below the probability."""
        return (self.word(name, ally, period) + self.word(name, ally, period, 1) / 65_536.0) / 65_536.0

    def whole(self, name: str, count: int, ally: int = 0, period: int = 0) -> int:
        """One of the numbers from 0 to below `count`, each equally likely."""
        return (self.word(name, ally, period) * count) >> 16

    def month(self, name: str, ally: int, period: int) -> int:
        """A month of the year, each equally likely."""
        return self.whole(name, 12, ally, period) + 1


BLOCK = 16
"""Neighbouring paths whose words are kept together."""


@lru_cache(maxsize=200_000)
def block(seed: int, number: int, name: str, ally: int, period: int, word: int) -> list[int]:
    """The words of 16 paths."""
    streams = Streams(seed, number * BLOCK, BLOCK)
    found: list[int] = streams.uint16(name, ally=ally, period=period, word=word).tolist()
    return found


# Values ---------------------------------------------------------------------------------------------------------------

Quantiles = tuple[list[float], list[float], list[float]]
INFINITE = (-math.inf, math.inf)


@lru_cache(maxsize=10_000)
def exponential(x: float) -> float:
    """exp, rounded correctly from 40 digits."""
    return float(DIGITS.exp(Decimal(x)))


def logarithm(x: float) -> float:
    """ln, rounded correctly from 40 digits."""
    return float(DIGITS.ln(Decimal(x)))


@lru_cache(maxsize=10_000)
def probability_of(rate: float) -> float:
    """A rate becomes the probability of at least one."""
    return float(1 - DIGITS.exp(Decimal(-rate)))


def described(spec: dict[str, Any]) -> tuple[str, dict[str, float], float, float, tuple[float, float]]:
    """A distribution's family, its own shape parameters, mean, sd and support."""
    ((family, given),) = spec.items()
    low, high = given.get("low", 0.0), given.get("high", 1.0)
    match family:
        case "normal":
            return family, {}, given["mean"], given["sd"], INFINITE
        case "student_t":
            return family, {"df": given["df"]}, given.get("mean", 0.0), given["sd"], INFINITE
        case "lognormal":
            log_sd = given["log_sd"]
            spread = given["mean"] * math.sqrt(math.exp(log_sd * log_sd) - 1)
            return family, {"log_sd": log_sd}, given["mean"], spread, (0.0, math.inf)
        case "uniform":
            return family, {}, (low + high) / 2, (high - low) / math.sqrt(12), (low, high)
        case "triangular":
            m = given["mode"]
            spread = math.sqrt((low * low + m * m + high * high - low * m - low * high - m * high) / 18)
            return family, {"mode": (m - low) / (high - low)}, (low + m + high) / 3, spread, (low, high)
        case "beta":
            a, b = given["a"], given["b"]
            mean = low + (high - low) * a / (a + b)
            return family, {"a": a, "b": b}, mean, (high - low) * math.sqrt(a * b / (a + b + 1)) / (a + b), (low, high)
        case "exponential":
            return family, {}, given["mean"], given["mean"], (0.0, math.inf)
        case "gamma":
            shape = given["shape"]
            return family, {"shape": shape}, given["mean"], given["mean"] / math.sqrt(shape), (0.0, math.inf)
    import scipy.stats

    own = {name: x for name, x in given.items() if name not in ("name", "loc", "scale")}
    frozen = getattr(scipy.stats, given["name"])(**own, loc=given.get("loc", 0.0), scale=given.get("scale", 1.0))
    support = frozen.support()
    ends = (float(support[0]), float(support[1]))
    return f"scipy:{given['name']}", own, float(frozen.mean()), float(frozen.std()), ends


@lru_cache(maxsize=64)
def shape_of(family: str, own: tuple[tuple[str, float], ...]) -> Quantiles:
    """The standardised quantiles of a shape."""
    found = standardised((family, own))
    return found.cells.tolist(), found.low.tolist(), found.high.tolist()


@lru_cache(maxsize=64)
def table(spec: str) -> Quantiles:
    """The quantiles of a distribution, given as JSON so that it can be remembered."""
    family, own, mean, sd, (least, most) = described(json.loads(spec))
    shape = shape_of(family, tuple((name, float(x)) for name, x in own.items()))
    least, most = (x if math.isinf(x) else single(x) for x in (least, most))

    def placed(quantiles: list[float]) -> list[float]:
        return [min(max(single(mean + sd * x), least), most) for x in quantiles]

    return placed(shape[0]), placed(shape[1]), placed(shape[2])
