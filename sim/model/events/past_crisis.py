"""A crisis before the run that the model's history has not: what has not faded of it is felt at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import model_validator

from sim.distributions.families import Exponential
from sim.distributions.scalar import Scalar
from sim.model.calendar import split_month
from sim.model.declaring import parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class PastCrisis(Event):
    """Urgency jumped before the run, and has faded since as all urgency does: A += size * D(months since)."""

    kind: Literal["past_crisis"]
    size: Scalar = parameter(
        Exponential(mean=0.7), "jump of urgency in its month", unit="urgency", scope="event", low=0,
        evidence="judgement: that of the crises to come",
    )  # fmt: skip

    before_the_run: ClassVar[bool] = True

    @model_validator(mode="after")
    def _dated(self) -> Self:
        if self.rate is not None:
            raise ValueError("what lies before the run has a month (when), and no rate")
        return self

    def apply(self, world: World, hit: Hit) -> None:
        """The jump, in its own month."""
        assert self.when is not None
        month = world.calendar.month_of(*split_month(self.when))
        world.urgency.jump(hit.paths, hit.draw("size", self.size), month)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return f"{self.label}: in {self.when} urgency jumped by {hit.first_value('size', self.size):.2f}."
