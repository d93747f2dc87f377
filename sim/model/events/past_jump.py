"""A jump of urgency that has happened, for runs that start before it: its size is the one that history is read with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class PastJump(Event):
    """Urgency jumps by as much as a run that starts afterwards takes it to have: A += urgency.<jump>."""

    kind: Literal["past_jump"]
    jump: Literal["crimea_jump", "invasion_jump", "us_warning_jump"] = Field(
        description="which of the parameters of [urgency] says its size"
    )

    def apply(self, world: World, hit: Hit) -> None:
        """A += the parameter on the paths hit."""
        world.urgency.jump(hit.paths, world.past_jump(self.jump, hit.paths), world.calendar.month)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        return f"{self.label}: urgency jumps as it did."
