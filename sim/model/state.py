"""The state of a block: what every path's alliance and allies are at this moment, and what may be done to them.

Every variable is an array over the block's paths (float32) or, where all paths agree, a number. Units stand in the
names: `_pct` is percent of GDP (of growth: percentage points), money is USD billion of the base year.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from sim.data.countries import in_prose
from sim.distributions.draws import Distribution, Distributions, Draws, Mask, Paths, Prepared
from sim.distributions.families import Family
from sim.distributions.quantile_tables import Quantiles
from sim.model.calendar import Calendar
from sim.model.equations.growth import held_gdp
from sim.model.equations.will import after_change
from sim.model.urgency_state import UrgencyState
from sim.numerics.arrays import MOST_PCT, Array, Value, at, broadcast, clip

LEAST_LEFT = np.float32(0.01)
"""What a shock leaves of GDP at least; it multiplies it by no more than the inverse."""

MOST_WILL = np.float32(100)
"""Beyond this log-odds say nothing more."""


Months = NDArray[np.int16]
"""Numbers of months on the clock."""

Changes = NDArray[np.uint16]
"""How often something has changed."""

LONG_AGO = -1_000
"""A month before any run."""


@dataclass
class TargetInForce:
    """A target in force: share, year and commitment, numbers until a summit or review moves them on some paths."""

    share_pct: Value
    by: Value
    commitment: Value
    size: int

    def set(self, paths: Paths, share_pct: float | None, by: float | None, commitment: float | None) -> None:
        """Replace what is given on `paths`."""
        for name, new in (("share_pct", share_pct), ("by", by), ("commitment", commitment)):
            if new is not None:
                self._spread(name)[paths] = new

    def move(self, paths: Paths, change_pct: float, years: int) -> None:
        """Add to share and year on `paths`; no target asks for less than nothing."""
        share = self._spread("share_pct")
        share[paths] = np.maximum(share[paths] + np.float32(change_pct), 0)
        self._spread("by")[paths] += np.float32(years)

    def _spread(self, name: str) -> Array:
        """A new array of a field, put in its place: budgets adopted before keep the old one."""
        copy = broadcast(getattr(self, name), self.size)
        setattr(self, name, copy)
        return copy


@dataclass
class OwnPledge:
    """A target an ally set itself, and the paths on which it still holds."""

    share_pct: float
    by: float
    commitment: float
    opt_out: bool
    holds: Mask


@dataclass
class OwnPath:
    """Shares a government announced, by year, and the paths on which they still hold."""

    points: dict[int, float]
    firm: bool
    holds: Mask

    def share_pct(self, year: int) -> float | None:
        """The announced share of a year, straight between points; None outside them."""
        years = sorted(self.points)
        if not years[0] <= year <= years[-1]:
            return None
        later = next(point for point in years if point >= year)
        if later == year:
            return self.points[year]
        earlier = max(point for point in years if point < year)
        part = (year - earlier) / (later - earlier)
        return self.points[earlier] + part * (self.points[later] - self.points[earlier])


@dataclass
class OwnBudget:
    """A year's budget that is known before the run."""

    share_pct: float
    stage: str  # "law", "adopted" or "draft"
    weight: Value  # what part of the year's plan follows it
    holds: Mask | None  # of a draft the paths on which it still holds; None of a law, or one adopted


@dataclass(frozen=True)
class Politics:
    """What elections do in an ally."""

    change_at_election: Value  # probability
    change_between_elections: Value  # probability in a year
    jump: Prepared  # change of will with a new government
    lapse_probability: Value


class Electorate(ABC):
    """Who votes: one ally on its paths, or all allies, whose paths are counted one ally's after the other's."""

    will: Array
    last_vote: Months
    changes: Changes | None

    def vote(
        self, month: int, held: Paths | Mask, where: Paths, jump: Value, lapsing: Paths, changing: Mask | None = None
    ) -> None:
        """What elections do, whatever called them: those `held` in `month` bring new governments to some of the paths.

        The rest are what `change_governments` takes.
        """
        last_vote = self.last_vote.reshape(-1)
        if held.dtype == np.bool_:  # of most paths: in a tenth of the time of NumPy's where
            last_vote += (np.int16(month) - last_vote) * held.view(np.int8)
        else:
            last_vote[held] = month
        self.change_governments(where, jump, lapsing, changing)

    def change_governments(self, where: Paths, jump: Value, lapsing: Paths, changing: Mask | None = None) -> None:
        """New governments: will jumps, and those of `lapsing` drop what was pledged and announced.

        They come to all of `where`, or to those where `changing` holds: to multiply by a mask of chance takes less time
        than to look up where it does.
        """
        will = self.will.reshape(-1)
        will[where] = after_change(will[where], jump if changing is None else jump * changing)
        if self.changes is not None:
            self.changes.reshape(-1)[where] += 1 if changing is None else changing
        self.drop_pledges(lapsing)

    @abstractmethod
    def by_ally(self, where: Paths) -> Iterator[tuple[AllyState, Paths]]:
        """The paths of each ally among these, which rise, where there are any."""

    def drop_pledges(self, where: Paths) -> None:
        """Own pledges, opt-outs and announced paths lapse for good there."""
        for ally, paths in self.by_ally(where):
            ally.drop_pledges(paths)


@dataclass(eq=False)
class AllyState(Electorate):
    """One ally on all paths of the block."""

    iso3: str
    code: int  # ISO numeric, the ally's address in the streams
    name: str
    europe_canada: bool
    share_pct: Array  # s: core outlays, % of GDP
    norm_pct: Array  # n: what would be spent without the threat
    row: int  # its place among the allies
    will: Array  # u: log-odds; this and the next two are its rows of what the world holds of all allies
    last_vote: Months
    changes: Changes | None  # of government so far, if somebody asks
    mean_will: Value  # ubar
    related_pct: Array  # q: security-related outlays, % of GDP
    gdp_usd_bn: Array  # real GDP at prices and exchange rates of the base year
    base_share_pct: float  # the published share of the base year
    base_year: int
    politics: Politics

    plan_pct: Array | None = None  # planned change of this year's share, from January
    next_plan_pct: Array | None = None  # the same for next year, once its budget is adopted
    willing: Value = 0.0  # w of the year's budget
    target_pct: Value = 0.0  # T of the year's budget
    due: Value = 9999.0  # the year it falls due
    surprise_pct: Value = 0.0  # the year's growth surprise
    growth_loss_pct: Array | None = None  # recessions of the year, this ally's own
    reported_pct: Array | None = None  # r: the share as reported
    spent_pct: Array | None = None  # the same before anything is closed on paper: what is spent
    pushed: Paths | None = None  # where the report was closed on paper (a late push)
    pledges: list[OwnPledge] = field(default_factory=list)
    announced: list[OwnPath] = field(default_factory=list)
    budgets: dict[int, OwnBudget] = field(default_factory=dict)  # by year, those that are still to be adopted

    @property
    def in_prose(self) -> str:
        """The name as it stands in a sentence."""
        return in_prose(self.name)

    @property
    def size(self) -> int:
        """Paths in the block."""
        return len(self.share_pct)

    def pledge(self, share_pct: float, by: float, commitment: float, opt_out: bool, paths: Paths) -> None:
        """Put a pledge in force on `paths`."""
        # what holds nowhere any more is forgotten, or every December would weigh it
        self.pledges = [former for former in self.pledges if former.holds.any()]
        self.pledges.append(OwnPledge(share_pct, by, commitment, opt_out, self._only(paths)))

    def announce(self, points: dict[int, float], firm: bool, paths: Paths) -> None:
        """Put an announced path in force on `paths`, straight from the base year's share; there it ends the former."""
        for former in self.announced:
            former.holds[paths] = False
        self.announced = [former for former in self.announced if former.holds.any()]
        self.announced.append(OwnPath({self.base_year: self.base_share_pct} | points, firm, self._only(paths)))

    def in_force(self) -> list[Mask]:
        """Where each of the ally's own pledges, opt-outs, announced paths and drafts still holds."""
        drafts = [budget.holds for budget in self.budgets.values() if budget.holds is not None]
        return [pledge.holds for pledge in self.pledges] + [path.holds for path in self.announced] + drafts

    def by_ally(self, where: Paths) -> Iterator[tuple[AllyState, Paths]]:
        """This one."""
        if where.size:
            yield self, where

    def drop_pledges(self, where: Paths) -> None:
        """The ally's own pledges, opt-outs, announced path and drafts lapse for good there."""
        for holds in self.in_force():
            holds[where] = False

    def add(self, state: str, paths: Paths, amount: Value) -> None:
        """Add to one state variable on `paths`; each state stays in its range."""
        if state == "gdp_pct":
            factor = clip(1 + amount * 0.01, LEAST_LEFT, 1 / LEAST_LEFT)
            self.gdp_usd_bn[paths] = held_gdp(self.gdp_usd_bn[paths] * factor)
            return
        values: Array = getattr(self, state)
        low, high = (-MOST_WILL, MOST_WILL) if state == "will" else (np.float32(0), MOST_PCT)
        values[paths] = clip(values[paths] + amount, low, high)

    def _only(self, paths: Paths) -> Mask:
        holds = np.zeros(self.size, dtype=np.bool_)
        holds[paths] = True
        return holds


@dataclass(slots=True)
class Hit:
    """The paths something happens to now, and the draws that belong to it, made once a period."""

    draws: Draws
    stream: str  # "event/crisis"
    period: int  # calendar year
    paths: Paths
    ally: int = 0
    drawn: dict[str, Any] = field(default_factory=dict)

    def at(self, paths: Paths) -> Hit:
        """The same happening on some of its paths."""
        # draws are shared on purpose: what was drawn for all of the paths is not drawn anew for some
        return Hit(self.draws, self.stream, self.period, paths, self.ally, self.drawn)

    @overload
    def draw(self, name: str, distribution: Family | Quantiles | Distributions) -> Array: ...
    @overload
    def draw(self, name: str, distribution: Distribution) -> Value: ...
    def draw(self, name: str, distribution: Distribution) -> Value:
        """A value for each path hit."""
        if name not in self.drawn:
            self.drawn[name] = self.draws.value(
                f"{self.stream}/{name}", distribution, ally=self.ally, period=self.period
            )
        drawn: Value = at(self.drawn[name], self.paths)
        return drawn

    def chosen(self, name: str, probability: Value) -> Paths:
        """Those of the paths hit on which a chance comes true."""
        if name not in self.drawn:
            self.drawn[name] = self.draws.chance(
                f"{self.stream}/{name}", probability, ally=self.ally, period=self.period
            )
        chosen: Paths = self.paths[self.drawn[name][self.paths]]
        return chosen

    def first_value(self, name: str, distribution: Distribution) -> float:
        """The value on the first path hit: for stories, which follow one path."""
        return float(np.ravel(self.draw(name, distribution))[0])


@dataclass(eq=False)
class World(Electorate):
    """The alliance and its allies on all paths of a block."""

    calendar: Calendar
    draws: Draws
    urgency: UrgencyState
    targets: dict[str, TargetInForce]
    allies: dict[str, AllyState]
    will: Array  # u of all allies, (allies, paths)
    last_vote: Months  # (allies, paths)
    changes: Changes | None  # of government so far, (allies, paths), if somebody asks
    past_jumps: Mapping[str, Value]  # sizes of what has happened to urgency, by the parameter
    common_surprise_pct: Value = 0.0
    growth_loss_pct: Array | None = None  # recessions of the year, all allies
    europe_canada_gdp_usd_bn: Value = 0.0  # last December
    europe_canada_outlays_usd_bn: Value = 0.0  # last December, core

    def state(self, iso3: str) -> AllyState:
        """One ally."""
        return self.allies[iso3]

    def past_jump(self, name: str, paths: Paths) -> Value:
        """The size of something that has happened to urgency, on some paths."""
        return at(self.past_jumps[name], paths)

    def states(self, iso3: str | None) -> Iterable[AllyState]:
        """One ally, or all."""
        return self.allies.values() if iso3 is None else (self.allies[iso3],)

    def lower_growth(self, iso3: str | None, paths: Paths, size_pct: Value) -> None:
        """Take `size_pct` from this year's growth surprise."""
        holder: World | AllyState = self if iso3 is None else self.allies[iso3]
        if holder.growth_loss_pct is None:
            holder.growth_loss_pct = np.zeros(self.draws.paths, dtype=np.float32)
        holder.growth_loss_pct[paths] += size_pct

    def by_ally(self, where: Paths) -> Iterator[tuple[AllyState, Paths]]:
        """The paths of each ally among these, which rise, where there are any."""
        size = self.draws.paths
        ends = where.searchsorted(np.arange(len(self.allies) + 1) * size)
        for ally in self.allies.values():
            here = where[ends[ally.row] : ends[ally.row + 1]]
            if here.size:
                yield ally, here - ally.row * size

    def close_year(self) -> None:
        """Sum outlays and GDP of Europe and Canada, in the allies' fixed order; the peers' average is read from it."""
        # float32 sums have their bits from their order: that of ISO numeric codes, whatever a file says
        members = [ally for ally in self.allies.values() if ally.europe_canada]
        zero: Array = np.zeros(self.draws.paths, dtype=np.float32)
        self.europe_canada_gdp_usd_bn = sum((ally.gdp_usd_bn for ally in members), zero)
        self.europe_canada_outlays_usd_bn = sum((ally.gdp_usd_bn * ally.share_pct for ally in members), zero)
