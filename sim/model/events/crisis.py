"""A crisis: the perception of threat jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.distributions.families import Exponential
from sim.distributions.scalar import Scalar
from sim.model.declaring import parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class Crisis(Event):
    """Urgency jumps: A += size."""

    kind: Literal["crisis"]
    size: Scalar = parameter(
        Exponential(mean=0.7), "jump of urgency", unit="urgency", scope="event", low=0,
        evidence="judgement: Crimea 0.35, the invasion of 2022 1.0",
    )  # fmt: skip

    def apply(self, world: World, hit: Hit) -> None:
        """A += size on the paths hit."""
        world.urgency.jump(hit.paths, hit.draw("size", self.size), world.calendar.month)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return f"{self.label}: urgency jumps by {hit.first_value('size', self.size):.2f}."
