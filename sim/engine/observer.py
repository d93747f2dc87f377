"""Where an onlooker may stand: it sees what happens and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from sim.model.state import AllyState, Hit, World
from sim.numerics.arrays import Array


class Observer:
    """Sees nothing; a storyteller overrides what it wants to see."""

    asks_for_changes = False
    """Whether changes of government are to be counted as they happen."""

    def begin(self, world: World) -> None:
        """The block is set up: December of the base year."""

    def happening(
        self, describe: Callable[[Hit], str], ally: AllyState | None, hit: Hit
    ) -> AbstractContextManager[None]:
        """Around something that happens to one ally or to all; `describe` tells it of the first path of a hit."""
        return nullcontext()

    def budget(self, ally: AllyState, year: int, desired_pct: Array) -> None:
        """An ally has adopted its budget for `year`."""

    def outturn(self, ally: AllyState, year: int) -> None:
        """An ally's outturn of `year` is reported."""
