"""Loops that no equation says: draws by their words, and counting; plain Python for `sim.kernels.compiling`.

Each has the bits of what NumPy does in its position; tests hold them together. Of stretches of paths they take what
`sim.numerics.streams.Streams` says of them: `raw`, two numbers a stretch for its two words; `first`, where the first
path lies in the first stretch; and the permutations.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.numerics.streams import FACTOR, START, STRETCH

Raw = NDArray[np.uint64]
Words = NDArray[np.uint16]
Singles = NDArray[np.float32]
Positions = NDArray[np.intp]

TAIL_SHIFT = 4
"""A second word picks one of 4,096 cells of a tail."""


def one_word(permutations: Words, raw: Raw, path: int, word: int) -> Any:
    """A word of the path in a position counted from the beginning of the first stretch."""
    said = raw[2 * (path // STRETCH) + word]
    start, factor = int(said & np.uint64(START)), np.uint16(said >> np.uint64(FACTOR)) | np.uint16(1)
    return np.uint16(permutations[start + path % STRETCH] * factor)


def fill(words: Words, permutations: Words, raw: Raw, position: int, stretch: int) -> None:
    """Write the words of a stretch from one of its nearby on."""
    said = raw[2 * stretch]
    start, factor = int(said & np.uint64(START)) + position, np.uint16(said >> np.uint64(FACTOR)) | np.uint16(1)
    numbers = permutations[start : start + len(words)]
    for i in range(len(words)):
        words[i] = np.uint16(numbers[i] * factor)


def words(permutations: Words, raw: Raw, first: int, paths: int) -> Words:
    """The words of all paths, uint16 (paths,)."""
    out = np.empty(paths, dtype=np.uint16)
    done, position, stretch = 0, first, 0
    while done < paths:
        count = min(STRETCH - position, paths - done)
        fill(out[done : done + count], permutations, raw, position, stretch)
        done, position, stretch = done + count, 0, stretch + 1
    return out


def words_on(permutations: Words, raw: Raw, first: int, on: Positions) -> Words:
    """The words of some paths, uint16 (len(on),)."""
    out = np.empty(len(on), dtype=np.uint16)
    for i in range(len(on)):
        out[i] = one_word(permutations, raw, first + on[i], 0)
    return out


def drawn(
    permutations: Words, raw: Raw, first: int, paths: int, cells: Singles, low: Singles, high: Singles
) -> Singles:
    """What the words of all paths pick from a table, float32 (paths,); the end cells are refined by the second word."""
    out, buffer = np.empty(paths, dtype=np.float32), np.empty(STRETCH, dtype=np.uint16)
    done, position, stretch = 0, first, 0
    while done < paths:
        count = min(STRETCH - position, paths - done)
        near, found, ends = buffer[:count], out[done : done + count], 0
        fill(near, permutations, raw, position, stretch)
        for i in range(count):
            found[i] = cells[near[i]]
        for i in range(count):  # the first and the last cell: 0, and 65,535 + 1 = 0
            ends += int(np.uint16(near[i] + np.uint16(1)) <= np.uint16(1))
        for i in range(count if ends else 0):
            if near[i] in (0, 65_535):
                part = one_word(permutations, raw, first + done + i, 1) >> TAIL_SHIFT
                found[i] = low[part] if near[i] == 0 else high[part]
        done, position, stretch = done + count, 0, stretch + 1
    return out


def drawn_on(
    permutations: Words, raw: Raw, first: int, on: Positions, cells: Singles, low: Singles, high: Singles
) -> Singles:
    """The same of some paths, float32 (len(on),)."""
    out = np.empty(len(on), dtype=np.float32)
    for i in range(len(on)):
        word = one_word(permutations, raw, first + on[i], 0)
        if np.uint16(word + np.uint16(1)) <= np.uint16(1):
            part = one_word(permutations, raw, first + on[i], 1) >> TAIL_SHIFT
            out[i] = low[part] if word == 0 else high[part]
        else:
            out[i] = cells[word]
    return out


def is_below(word: int, second: int, threshold: int, rest: float) -> bool:
    """Whether a word lies below a probability; on the threshold a second decides."""
    return word < threshold or (word == threshold and second < rest)


def stages(
    permutations: Words, raw: Raw, first: int, paths: int, thresholds: NDArray[np.int64], rests: NDArray[np.float64]
) -> tuple[Positions, NDArray[np.bool_]]:
    """Where the words lie below the first of some probabilities, rising, and of these paths, where below the others.

    (hits,) and (thresholds - 1, hits).
    """
    hits, masks = np.empty(paths, dtype=np.intp), np.empty((len(thresholds) - 1, paths), dtype=np.bool_)
    buffer, nearby = np.empty(STRETCH, dtype=np.uint16), np.empty(STRETCH + 1, dtype=np.uint16)
    found, done, position, stretch, most = 0, 0, first, 0, np.uint32(thresholds[0])
    while done < paths:
        count = min(STRETCH - position, paths - done)
        fill(buffer[:count], permutations, raw, position, stretch)
        close = 0
        for i in range(count):  # without a branch: of words of chance the processor guesses wrong which are near
            nearby[close] = i
            close += int(buffer[i] <= most)
        for j in range(close):
            path, word, second = done + nearby[j], int(buffer[nearby[j]]), 0
            for k in range(len(thresholds)):
                if word == thresholds[k]:
                    second = int(one_word(permutations, raw, first + path, 1))
            if is_below(word, second, thresholds[0], rests[0]):
                hits[found] = path
                for k in range(1, len(thresholds)):
                    masks[k - 1, found] = is_below(word, second, thresholds[k], rests[k])
                found += 1
        done, position, stretch = done + count, 0, stretch + 1
    return hits[:found].copy(), masks[:, :found].copy()


def counted(histogram: NDArray[np.int64], cells: NDArray[np.int32]) -> None:
    """Count the paths of each cell; what lies above the grid goes to the last."""
    last = len(histogram) - 1
    # in turns, since neighbours are often alike, and a count waits for the one before it
    turns = np.zeros((4, len(histogram)), dtype=np.uint32)
    one, two, three, four = turns[0], turns[1], turns[2], turns[3]
    whole = len(cells) // 4 * 4
    for i in range(0, whole, 4):
        one[np.uint32(min(cells[i], last))] += np.uint32(1)
        two[np.uint32(min(cells[i + 1], last))] += np.uint32(1)
        three[np.uint32(min(cells[i + 2], last))] += np.uint32(1)
        four[np.uint32(min(cells[i + 3], last))] += np.uint32(1)
    for i in range(whole, len(cells)):
        one[np.uint32(min(cells[i], last))] += np.uint32(1)
    for cell in range(len(histogram)):
        histogram[cell] += np.int64(one[cell]) + np.int64(two[cell]) + np.int64(three[cell]) + np.int64(four[cell])
