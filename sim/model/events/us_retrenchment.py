"""The United States steps back from Europe's defence: the others feel it as urgency."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.distributions.families import Exponential
from sim.distributions.scalar import Scalar
from sim.model.declaring import parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class UsRetrenchment(Event):
    """Urgency jumps: A += size."""

    kind: Literal["us_retrenchment"]
    size: Scalar = parameter(
        Exponential(mean=0.4), "jump of urgency", unit="urgency", scope="event", low=0,
        evidence="judgement: the warnings of February 2025 0.7",
    )  # fmt: skip

    def apply(self, world: World, hit: Hit) -> None:
        """A += size on the paths hit."""
        world.urgency.jump(hit.paths, hit.draw("size", self.size), world.calendar.month)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return f"{self.label}: Washington steps back, and urgency rises by {hit.first_value('size', self.size):.2f}."
