"""How often a block passes over its arrays: calls of NumPy's ufuncs counted, by the elements they touch.

Counted is what is made from the state of the allies and from what they draw. The sums of the groups are not.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, ClassVar

import numpy as np

from benchmarks.product import ALLY_YEARS, MAIN, SEED
from sim.distributions import draws
from sim.engine import december, recorder
from sim.engine.block import run_block
from sim.engine.observer import Observer
from sim.model.equations import outturn
from sim.model.state import World
from sim.numerics.grid import printed

PATHS = 4_096
COUNTING = "add.at"
"""The histograms: slower than any other pass, and counted apart."""


class Counted(np.ndarray[Any, Any]):
    """An array that notes each pass over it; what is computed from it is such an array again.

    A pass over bytes counts as a quarter of one over float32.
    """

    elements: ClassVar[defaultdict[str, float]] = defaultdict(float)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **options: Any) -> Any:
        plain = [bare(given) for given in inputs]
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        largest = max(map(np.asarray, plain[1 if method == "at" else 0 :]), key=np.size)
        self.elements[name] += largest.size if method == "at" else largest.nbytes / 4
        if out is not None:
            options["out"] = tuple(map(bare, out))
        made = getattr(ufunc, method)(*plain, **options)
        if out is not None:
            return out[0]
        return made.view(Counted) if isinstance(made, np.ndarray) else made


def bare(given: Any) -> Any:
    """The same memory as a plain array."""
    return given.view(np.ndarray) if isinstance(given, Counted) else given


def printed_and_counted(share_pct: Any) -> Any:
    """`printed` would leave the class of its array behind; the digest tells whether this is the same."""
    return (share_pct * 100 + 0.5).astype(np.int32) if isinstance(share_pct, Counted) else printed(share_pct)


class Onlooker(Observer):
    """Puts counted arrays into the place of the state; what is drawn is counted where it is looked up."""

    def begin(self, world: World) -> None:
        """December of the base year."""
        world.will, world.last_vote = world.will.view(Counted), world.last_vote.view(Counted)
        for row, ally in enumerate(world.allies.values()):
            ally.will, ally.last_vote = world.will[row], world.last_vote[row]
            for name in ("share_pct", "norm_pct", "related_pct", "gdp_usd_bn"):
                setattr(ally, name, getattr(ally, name).view(Counted))


def passes() -> dict[str, float]:
    """Passes an ally-year by ufunc, of the main scenario; words, look-ups, casts and elections are not among them.

    Raises:
        AssertionError: the counted block is another one.
    """
    plain, looked_up = run_block(MAIN, SEED, 0, PATHS), draws._looked_up
    Counted.elements.clear()
    draws._looked_up = lambda *place: looked_up(*place).view(Counted)  # all are put back below
    for module in (december, recorder, outturn):  # they import it by name
        module.printed = printed_and_counted  # type: ignore[attr-defined]  # counted, for this measurement
    try:
        counted = run_block(MAIN, SEED, 0, PATHS, observer=Onlooker())
    finally:
        draws._looked_up = looked_up
        for module in (december, recorder, outturn):
            module.printed = printed  # type: ignore[attr-defined]  # put back
    assert counted.digest() == plain.digest(), "counting has changed the block"
    return {name: elements / PATHS / ALLY_YEARS for name, elements in Counted.elements.items()}
