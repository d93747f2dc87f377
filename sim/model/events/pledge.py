"""An ally's own pledge, opt-out or announced path. It lapses for good on a path where a new government drops it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, model_validator

from sim.arguments import LEAST_SHARE_PCT, MOST_SHARE_PCT
from sim.model.calendar import Phase
from sim.model.declaring import FrozenModel, Iso3, Year
from sim.model.events.base import Event

if TYPE_CHECKING:
    from sim.model.state import Hit, World


class Pledge(Event):
    """A target one ally has set itself; an opt-out wins over every other target until it lapses."""

    kind: Literal["pledge"]
    ally: Iso3 = Field(description="the ally whose it is")
    share_pct: float = Field(
        strict=True, ge=LEAST_SHARE_PCT, le=MOST_SHARE_PCT, description="the pledged share, % of GDP"
    )
    by: Year = Field(description="the pledged year")
    commitment: float = Field(1.0, strict=True, ge=0, le=1, description="1 for an agreed pledge, less for a wish")
    opt_out: bool = Field(
        False, strict=True, description="whether it replaces the alliance's target instead of joining it"
    )

    phase: ClassVar[Phase] = Phase.SUMMIT
    needs_time: ClassVar[bool] = False

    def apply(self, world: World, hit: Hit) -> None:
        """Put the pledge in force on the paths hit."""
        world.state(self.ally).pledge(self.share_pct, self.by, self.commitment, self.opt_out, hit.paths)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        if self.opt_out:
            return f"{self.label} of {who}: {self.share_pct:g} % of GDP by {self.by}, instead of the alliance's target."
        return f"{self.label} of {who}: {self.share_pct:g} % of GDP by {self.by}."


class PathPoint(FrozenModel):
    """A point of an announced path."""

    year: Year = Field(description="the year of the point")
    share_pct: float = Field(strict=True, ge=LEAST_SHARE_PCT, le=MOST_SHARE_PCT, description="% of GDP, NATO core")


class AnnouncedPath(Event):
    """Where a government has said its spending will go, year by year."""

    kind: Literal["announced_path"]
    ally: Iso3 = Field(description="the ally whose it is")
    points: tuple[PathPoint, ...] = Field(min_length=1, description="years and shares; straight between them")
    firm: bool = Field(
        False, strict=True, description="a law or a funded plan (true) or a plan (false): the weight it has"
    )

    phase: ClassVar[Phase] = Phase.SUMMIT
    needs_time: ClassVar[bool] = False

    @model_validator(mode="after")
    def _rising_years(self) -> Self:
        years = [point.year for point in self.points]
        if sorted(set(years)) != years:
            raise ValueError("the years of the points must rise")
        return self

    def apply(self, world: World, hit: Hit) -> None:
        """Put the path in force on the paths hit."""
        world.state(self.ally).announce({point.year: point.share_pct for point in self.points}, self.firm, hit.paths)

    def story(self, hit: Hit, who: str) -> str:
        """One sentence."""
        last = self.points[-1]
        return f"{self.label} of {who}: to {last.share_pct:g} % of GDP in {last.year}."
