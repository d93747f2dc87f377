"""A recession beyond the growth model's own: one ally or all lose growth in a year."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.distributions.scalar import Scalar
from sim.model.calendar import Phase
from sim.model.declaring import Iso3, parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class Recession(Event):
    """The year's growth surprise falls: surprise -= size_pct. Growth is annual: the month names the year only."""

    kind: Literal["recession"]
    ally: Iso3 | None = Field(None, description="the ally; all unless given")
    size_pct: Scalar = parameter(
        5.0, "loss of growth in the year", unit="percentage points", scope="event", low=0, high=40
    )

    phase: ClassVar[Phase] = Phase.MACRO

    def apply(self, world: World, hit: Hit) -> None:
        """Lower the year's growth surprise, which the allies' growth reads later in January."""
        world.lower_growth(self.ally, hit.paths, hit.draw("size_pct", self.size_pct))

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return (
            f"{self.label}: growth of {who} is {hit.first_value('size_pct', self.size_pct):.1f} points lower this year."
        )
