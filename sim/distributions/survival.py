"""How probable a value of a distribution or more is, looked up in cells of one width."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.kernels.tracing import LookUp
from sim.numerics.arrays import Value

CERTAIN = 65_536
"""A probability of one: as many as a table of quantiles has cells."""

SURVIVAL_CELLS = 16_384
"""Cells of a survival function: half the cache nearest to the processor's."""

Float32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Survival:
    """How probable a value of x or more is: `chances`, int32 (cells,), of CERTAIN for certain.

    x lies in the cell `scale * x + offset`, cut to the table: numbers, or float32 (paths,). Cells are of one width, and
    hold the mean over it; the first is what lies below all values, the last what lies above them.
    """

    chances: NDArray[np.int32]
    scale: Value
    offset: Value

    @classmethod
    def of_values(cls, values: NDArray[np.float64]) -> Survival:
        """Of CERTAIN equally likely values, which rise."""
        if values[0] == values[-1]:
            return cls.of_number(float(values[0]))
        edges = np.linspace(values[0], values[-1], SURVIVAL_CELLS - 1)
        # how far the values lie above an edge, on average: between two edges it falls by the mean survival there
        above = np.append(np.cumsum(values[::-1])[::-1], 0.0)
        below = np.searchsorted(values, edges)
        excess = above[below] - (CERTAIN - below) * edges
        width = edges[1] - edges[0]
        between = np.rint((excess[:-1] - excess[1:]) / width).astype(np.int32)
        chances = np.concatenate([[CERTAIN], between, [0]], dtype=np.int32)
        return cls(chances, float(1 / width), float(1 - edges[0] / width))

    @classmethod
    def of_number(cls, value: float) -> Survival:
        """Of what is always the same: certain up to it. A power of two, as scale, rounds nothing."""
        return cls(np.array([CERTAIN, 0], dtype=np.int32), 2.0**40, 0.5 - 2.0**40 * value)

    def moved(self, mean: Value, sd: Value) -> Survival:
        """That of `mean + sd * value`, both numbers or a value a path; `sd` is above 0."""
        scale: Value = self.scale / sd
        offset: Value = self.offset - mean * scale
        return Survival(self.chances, scale, offset)

    @property
    def most(self) -> float:
        """No value is larger, nor is its opposite."""
        low, high = -self.offset / self.scale, (len(self.chances) - 1 - self.offset) / self.scale
        return float(np.max(np.maximum(np.abs(low), np.abs(high))))

    def at(self, cells: Float32) -> NDArray[np.int32]:
        """The chances at places `scale * x + offset`, float32 (paths,), which are used up: int32 (paths,)."""
        return chances_at(LookUp(self.chances), len(self.chances) - 1, cells)

    def __call__(self, x: Float32) -> NDArray[np.int32]:
        """The chance of x or more, float32 (paths,): int32 (paths,)."""
        return self.at(x * self.scale + self.offset)


def chances_at(chances: LookUp, last: int, cells: Float32) -> NDArray[np.int32]:
    """What a table says of cells, cut to it, which are used up."""
    cells.clip(0, last, out=cells)
    # the mode changes nothing but the time, of which wrap takes least
    found: NDArray[np.int32] = chances.take(cells.astype(np.int32), mode="wrap")
    return found
