"""The state of urgency: what a block keeps of A, the alliance's perception of threat, and what it reads of it once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from sim.model.equations.urgency import power
from sim.numerics.arrays import Array, Value, at, saturate


class UrgencyState:
    """A of every path, kept as B = A / D(month) with D the decay since January of the base year.

    A jump adds J / D to the paths it hits and a detente scales theirs; a path that nothing hits is never touched, so
    that it has the same bits whatever happens to its neighbours.
    """

    def __init__(self, level: Array, month: int, monthly: Value) -> None:
        """`level` is A in `month`, (paths,); `monthly` what a month leaves of it."""
        self._monthly = monthly
        self._decay: dict[int, Value] = {}
        self._undecayed: Array = level / self._left(month)
        self._read: dict[object, tuple[Array, object]] = {}
        self._month = month

    def jump(self, paths: NDArray[np.intp], size: Value, month: int) -> None:
        """A += size in `month` on `paths`, held at or above 0; a month before the run is one below 0."""
        self._undecayed[paths] = np.maximum(self._undecayed[paths] + size / at(self._left(month), paths), 0)
        self._read.clear()

    def scale(self, paths: NDArray[np.intp], factor: Value) -> None:
        """A *= factor on `paths`."""
        # A and B shrink alike, however much has faded since
        self._undecayed[paths] *= factor
        self._read.clear()

    def level(self, month: int) -> Array:
        """A in `month`, (paths,), at or above 0."""
        return self._once(month, "A", lambda: self._undecayed * self._left(month))

    def saturated(self, month: int) -> Array:
        """saturate(A) in `month`, (paths,)."""
        return self.shared(month, saturate)

    def shared(self, month: int, function: Callable[..., Array], **numbers: Value) -> Array:
        """function(A, **numbers) in `month`, (paths,): computed once for all allies whose numbers are the same."""
        # an array by its identity: what all allies share is one object, and is kept beside what was made of it
        known = ((name, id(value) if isinstance(value, np.ndarray) else value) for name, value in numbers.items())
        return self._once(month, (function, *known), lambda: function(self.level(month), **numbers), numbers)

    def _once(self, month: int, what: object, computed: Callable[[], Array], of: object = None) -> Array:
        """`of` lives as long as what was computed of it."""
        if month != self._month:
            self._read.clear()
            self._month = month
        found = self._read.get(what)
        if found is None:
            found = self._read[what] = computed(), of
        return found[0]

    def _left(self, month: int) -> Value:
        if month not in self._decay:
            left = power(np.asarray(self._monthly, dtype=np.float64), abs(month))
            left = 1 / left if month < 0 else left
            self._decay[month] = left.astype(np.float32) if left.ndim else float(left)
        return self._decay[month]
