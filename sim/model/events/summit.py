"""A summit sets an alliance target anew; a review shifts it. Both may act on a share of the paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from sim.arguments import LEAST_SHARE_PCT
from sim.distributions.scalar import Scalar
from sim.model.calendar import Phase
from sim.model.declaring import Name, Year, parameter
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class Summit(Event):
    """On the paths hit, the target has another share, another year or another commitment from the next budget on."""

    kind: Literal["summit"]
    target: Name = Field("core", description="the target it sets, by its name under [targets]")
    share_pct: float | None = Field(None, strict=True, ge=LEAST_SHARE_PCT, le=20, description="new share, % of GDP")
    by: Year | None = Field(None, description="new year, not before the summit")
    commitment: float | None = Field(None, strict=True, ge=0, le=1, description="new commitment, 0 to 1")

    phase: ClassVar[Phase] = Phase.SUMMIT

    def apply(self, world: World, hit: Hit) -> None:
        """Set what is given on the paths hit."""
        world.targets[self.target].set(hit.paths, self.share_pct, self.by, self.commitment)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        new = [
            f"{self.share_pct:g} % of GDP" if self.share_pct is not None else "",
            f"by {self.by}" if self.by is not None else "",
            f"with a commitment of {self.commitment:g}" if self.commitment is not None else "",
        ]
        return f"{self.label}: the {self.target} target is now {' '.join(part for part in new if part) or 'confirmed'}."


class Review(Event):
    """On the paths hit, the target moves by years or by percentage points from the next budget on."""

    kind: Literal["review"]
    target: Name = Field("core", description="the target it moves, by its name under [targets]")
    probability: Scalar = parameter(
        0.0, "the part of the paths on which the review moves the target", unit="1", scope="path", low=0, high=1
    )
    years_later: int = Field(
        0, strict=True, ge=-20, le=20, description="years by which the target's date moves, not to before the review"
    )
    change_pct: float = Field(
        0.0, strict=True, ge=-10, le=10, description="percentage points by which its share moves, to one of 0.1 to 20"
    )

    phase: ClassVar[Phase] = Phase.SUMMIT

    def apply(self, world: World, hit: Hit) -> None:
        """Move the target on the paths hit."""
        world.targets[self.target].move(hit.paths, self.change_pct, self.years_later)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        moved = [
            f"{self.years_later:+d} years" if self.years_later else "",
            f"{self.change_pct:+g} points" if self.change_pct else "",
        ]
        by = " and ".join(part for part in moved if part) or "nothing"
        return f"{self.label}: the {self.target} target moves by {by}."
