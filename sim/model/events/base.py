"""What every event of a scenario has: a unique name, a kind, a time, and what it does to the world.

An event is frozen facts. Its fields are the keys of its `[[event]]` table; `apply` acts on the paths it hits; `story`
says in one sentence what happened. It is dated (`when`) or random (`rate`, at most once a path and year, in a month
that is equally likely to be any).
"""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from sim.distributions.scalar import Scalar
from sim.model.calendar import Phase
from sim.model.declaring import FrozenModel, Name, Text, parameter

if TYPE_CHECKING:
    from sim.model.state import Hit, World

Title = Annotated[Text | None, AfterValidator(lambda value: value or None)]  # "": none, also where one is inherited


def is_month(value: str) -> bool:
    """Whether a text is a month as an event has it."""
    return bool(re.fullmatch(r"(20[0-9][0-9]|2100)-(0[1-9]|1[0-2])", value))


def _calendar_month(value: str) -> str:
    if not is_month(value):
        raise ValueError('a month is written "YYYY-MM", such as "2028-05"')
    return value


Month = Annotated[str, AfterValidator(_calendar_month)]


class Event(FrozenModel):
    """Something that happens on some paths at some time."""

    name: Name
    kind: str
    title: Title = Field(None, description="words for stories and charts")
    when: Month | None = Field(None, description='the month of a dated event, "YYYY-MM"')
    rate: Scalar | None = parameter(
        None,
        "expected events a year of a random event; at most one a path and year",
        unit="1/year",
        scope="path",
        low=0,
        high=5,
    )
    probability: Scalar = parameter(
        1.0, "the part of the paths that a dated event hits", unit="1", scope="path", low=0, high=1
    )

    phase: ClassVar[Phase] = Phase.EVENT
    needs_time: ClassVar[bool] = True
    """Whether `when` or `rate` must be given; facts that hold from the start need neither."""
    before_the_run: ClassVar[bool] = False
    """Whether its month lies before the run; that of all others lies in it."""

    @model_validator(mode="after")
    def _timed_once(self) -> Self:
        if self.when is not None and self.rate is not None:
            raise ValueError("is either dated (when) or random (rate), not both")
        if self.needs_time and self.when is None and self.rate is None:
            raise ValueError('needs a time: when = "2028-05" for a dated event, or rate = 0.07 for a random one')
        if self.rate is not None and "probability" in self.model_fields_set:
            raise ValueError("probability belongs to a dated event; a random one has its rate")
        return self

    @property
    def label(self) -> str:
        """The title, or the name in words."""
        return self.title or self.name.replace("_", " ").capitalize()

    @abstractmethod
    def apply(self, world: World, hit: Hit) -> None:
        """Act on the paths of `hit`."""

    @abstractmethod
    def story(self, hit: Hit, who: str) -> str:
        """One sentence: what happened on the first path hit; `who` is the ally it concerns, or the alliance."""
