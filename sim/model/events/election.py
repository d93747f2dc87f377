"""An election beside the calendar: a government's fall or a snap election, in a named month."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.distributions.scalar import Scalar
from sim.model.calendar import Phase
from sim.model.declaring import Iso3, parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class Election(Event):
    """An election in one ally: the government may change, and with it will, pledge and plan."""

    kind: Literal["election"]
    ally: Iso3 = Field(description="the ally that votes")
    change_probability: Scalar | None = parameter(
        None, "probability that the government changes; the ally's will.change_at_election unless given",
        unit="1", scope="path", low=0, high=1,
    )  # fmt: skip

    phase: ClassVar[Phase] = Phase.ELECTION

    def apply(self, world: World, hit: Hit) -> None:
        """Hold the election on the paths hit."""
        ally = world.state(self.ally)
        chance = (
            ally.politics.change_at_election
            if self.change_probability is None
            else hit.draws.value(f"param/event.{self.name}.change_probability", self.change_probability)
        )
        changed = hit.at(hit.chosen("change", chance))
        lapsing = changed.chosen("lapse", ally.politics.lapse_probability)
        ally.vote(world.calendar.month, hit.paths, changed.paths, changed.draw("jump", ally.politics.jump), lapsing)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return f"{self.label}: voters are called to the polls in {who}."
