"""A shock adds an amount to any state: the analyst's own what-if."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from sim.distributions.scalar import Scalar
from sim.model.events.base import Event, Iso3, parameter

if TYPE_CHECKING:
    from sim.model.state import Hit, World


WORDS = {
    "urgency": ("the urgency", ""),
    "will": ("the will", ""),
    "share_pct": ("the share", " points"),
    "norm_pct": ("the norm", " points"),
    "related_pct": ("security-related spending", " points"),
    "gdp_pct": ("real GDP", " %"),
}
"""What a state is called in a story, and its unit."""


class Shock(Event):
    """`amount` is added to `state`, of one ally or of all."""

    kind: Literal["shock"]
    state: Literal["urgency", "will", "share_pct", "norm_pct", "related_pct", "gdp_pct"] = Field(
        description="what is moved; gdp_pct moves real GDP by percent"
    )
    amount: Scalar = parameter(..., "what is added, in the unit of the state", unit="of the state", scope="event")
    ally: Iso3 | None = Field(None, description="the ally; all unless given")

    @model_validator(mode="after")
    def _urgency_is_shared(self) -> Self:
        if self.state == "urgency" and self.ally is not None:
            raise ValueError("urgency is the alliance's, not an ally's; leave ally out, or shock the ally's will")
        return self

    def apply(self, world: World, hit: Hit) -> None:
        """Add the amount on the paths hit."""
        amount = hit.draw("amount", self.amount)
        if self.state == "urgency":
            world.urgency.jump(hit.paths, amount, world.calendar.month)
        else:
            for state in world.states(self.ally):
                state.add(self.state, hit.paths, amount)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        what = WORDS[self.state]
        return f"{self.words}: {what[0]} of {who} moves by {hit.first_value('amount', self.amount):+.2f}{what[1]}."
