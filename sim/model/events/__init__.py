"""What can happen: one file per kind of event. This catalogue is the whole list."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from sim.model.events.base import Event
from sim.model.events.crisis import Crisis
from sim.model.events.detente import Detente
from sim.model.events.election import Election
from sim.model.events.past_crisis import PastCrisis
from sim.model.events.past_jump import PastJump
from sim.model.events.pledge import AnnouncedPath, Pledge
from sim.model.events.recession import Recession
from sim.model.events.shock import Shock
from sim.model.events.summit import Review, Summit
from sim.model.events.us_retrenchment import UsRetrenchment

AnyEvent = Annotated[
    Crisis
    | UsRetrenchment
    | Detente
    | Recession
    | Election
    | Summit
    | Review
    | Pledge
    | AnnouncedPath
    | Shock
    | PastJump
    | PastCrisis,
    Field(discriminator="kind"),
]

FIRST_IN_A_MONTH = ("us_retrenchment", "crisis", "detente")
"""The events every scenario has, in their order inside a month; all others follow by name."""


def in_order(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Events as they happen inside a month."""
    first = {name: index for index, name in enumerate(FIRST_IN_A_MONTH)}
    return tuple(sorted(events, key=lambda event: (first.get(event.name, len(first)), event.name)))
