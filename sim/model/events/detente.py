"""Detente: the perception of threat falls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sim.distributions.scalar import Scalar
from sim.model.declaring import parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class Detente(Event):
    """Urgency shrinks: A *= factor."""

    kind: Literal["detente"]
    factor: Scalar = parameter(0.5, "what is left of urgency", unit="1", scope="event", low=0, high=1)

    def apply(self, world: World, hit: Hit) -> None:
        """A *= factor on the paths hit."""
        world.urgency.scale(hit.paths, hit.draw("factor", self.factor))

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return f"{self.label}: tension eases, and {hit.first_value('factor', self.factor):.2f} of urgency is left."
