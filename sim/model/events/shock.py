"""A shock adds an amount to any state: the analyst's own what-if."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal, Self

from pydantic import Field, model_validator

from sim.arguments import MOST_SHARE_PCT
from sim.distributions.families import Family
from sim.distributions.scalar import Scalar, bounds
from sim.model.declaring import Iso3, parameter
from sim.model.events.base import Event

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

AMOUNTS: Final[dict[str, tuple[float, float]]] = {
    "urgency": (-100.0, 100.0),
    "will": (-100.0, 100.0),
    "share_pct": (-MOST_SHARE_PCT, MOST_SHARE_PCT),
    "norm_pct": (-MOST_SHARE_PCT, MOST_SHARE_PCT),
    "related_pct": (-MOST_SHARE_PCT, MOST_SHARE_PCT),
    "gdp_pct": (-99.0, 100.0),
}
"""The least and the most that is added to a state: the range of will and of a share, and what leaves some GDP."""


class Shock(Event):
    """`amount` is added to `state`, of one ally or of all."""

    kind: Literal["shock"]
    state: Literal["urgency", "will", "share_pct", "norm_pct", "related_pct", "gdp_pct"] = Field(
        description="what is moved; gdp_pct moves real GDP by percent"
    )
    amount: Scalar = parameter(
        ...,
        "what is added, in the unit of the state: up to 100 of urgency and will, 50 of a share, up or down; -99 to 100 "
        "of gdp_pct",
        unit="of the state",
        scope="event",
    )
    ally: Iso3 | None = Field(None, description="the ally; all unless given")

    @model_validator(mode="after")
    def _urgency_is_shared(self) -> Self:
        if self.state == "urgency" and self.ally is not None:
            raise ValueError("urgency is the alliance's, not an ally's; leave ally out, or shock the ally's will")
        return self

    @model_validator(mode="after")
    def _in_the_range_of_its_state(self) -> Self:
        low, high = AMOUNTS[self.state]
        least, most = _reach(self.amount)
        if not low <= least <= most <= high:
            where = f"; most of this distribution lies from {least:g} to {most:g}"
            rule = f"the amount must be between {low:g} and {high:g} for {self.state}"
            raise ValueError(rule + (where if isinstance(self.amount, Family) else ""))
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
        return f"{self.label}: {what[0]} of {who} moves by {hit.first_value('amount', self.amount):+.2f}{what[1]}."


def _reach(amount: float | Family) -> tuple[float, float]:
    """Least and most of a number or a distribution: one without an end is measured by its mean and one sd around it."""
    low, high = bounds(amount)
    moments = amount.moments() if isinstance(amount, Family) else None
    if moments is None:  # a number, or one that only SciPy knows
        return (low if math.isfinite(low) else 0.0), (high if math.isfinite(high) else 0.0)
    mean, sd = moments
    return (low if math.isfinite(low) else mean - sd), (high if math.isfinite(high) else mean + sd)
