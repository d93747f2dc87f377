"""Elections and the governments they bring: one process for all allies.

What an election does is the same everywhere, and a month's elections touch few paths of each ally. So they are held
together: January draws the year's early elections and buckets them by month, and one event wakes a month's bucket,
with what the calendar has in that month.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.clock import Phase, Process
from sim.distributions.draws import Mask, Paths, Value
from sim.engine.ally import Ally, Years
from sim.engine.inputs import RATE_WITHOUT_CALENDAR
from sim.engine.observer import Observer
from sim.exact import yearly_probability
from sim.model.links import Array, spread
from sim.model.world import Hit, World

RANK = 500
"""Place in the phase of elections: after those that are events."""

MONTHS_BETWEEN = 12
"""The calendar's election is skipped where there was a vote in as many months before."""

GOVERNMENT, EARLY, SCHEDULED = "government", "election/early", "election/scheduled"
WORDS = {
    GOVERNMENT: "The government of {} falls.",
    EARLY: "An early election in {}.",
    SCHEDULED: "A scheduled election in {}.",
}


@dataclass(frozen=True)
class Turnover:
    """New governments of one year in all allies: arrays (changes,).

    A place counts the paths of all allies one after the other, as `World.will` holds them; places rise.
    """

    places: Paths
    lapsing: Mask  # where the new government drops what was pledged and announced
    jump: Array  # of will

    def __getitem__(self, chosen: slice | Paths) -> Turnover:
        """Some of them."""
        return Turnover(self.places[chosen], self.lapsing[chosen], self.jump[chosen])


class Elections:
    """The process of all elections but those that are events."""

    def __init__(self, world: World, allies: Sequence[Ally], years: Years, observer: Observer) -> None:
        self.world, self.allies, self.years, self.observer = world, allies, years, observer
        self._bound = [ally for ally in allies if ally.ever_bound]
        self._watched = type(observer).happening is not Observer.happening

    def live(self) -> Process:
        """Governments fall in January; early and scheduled elections come in their months, early ones first."""
        clock = self.world.clock
        for year in self.years.simulated:
            yield clock.at(clock.month_of(year, 1), Phase.ELECTION, RANK)
            falls = self._falls(year)
            self._hold(GOVERNMENT, falls.places, falls, year)
            early = self._early(year)
            calendar = {ally.inputs.elections[year] for ally in self.allies if year in ally.inputs.elections}
            for month in sorted({*early, *calendar}):
                yield clock.at(clock.month_of(year, month), Phase.ELECTION, RANK)
                if month in early:
                    self._hold(EARLY, *early[month], year)
                for ally in self.allies:
                    if ally.inputs.elections.get(year) == month:
                        self._hold_scheduled(ally, year)

    def _falls(self, year: int) -> Turnover:
        """Governments that fall between elections."""
        found = []
        for ally in self.allies:
            chance = ally.state.politics.change_between_elections
            fallen = self._chance(ally, "government/change", chance, year).nonzero()[0]
            found.append(self._turnover(ally, GOVERNMENT, year, fallen))
        return _joined(found)

    def _early(self, year: int) -> dict[int, tuple[Paths, Turnover]]:
        """Places that vote early and the governments that come of it by month, each equally likely."""
        draws, size = self.world.draws, self.world.draws.paths
        voting, found, months, months_changing = [], [], [], []
        for ally in self.allies:
            voters = self._chance(ally, "election/early/occurs", _early_chance(ally, year), year).nonzero()[0]
            month_of = draws.month("election/early/month", on=voters, ally=ally.inputs.code, period=year)
            changing = self._chance(ally, "election/early/change", ally.state.politics.change_at_election, year, voters)
            voting.append(ally.state.row * size + voters)
            found.append(self._turnover(ally, EARLY, year, voters[changing]))
            months.append(month_of)
            months_changing.append(month_of[changing])
        places, turnover = np.concatenate(voting), _joined(found)
        return {
            month: (places[asked], turnover[changing])
            for month, (asked, changing) in enumerate(
                zip(_by_month(months), _by_month(months_changing), strict=True), 1
            )
            if asked.size
        }

    def _turnover(self, ally: Ally, stream: str, year: int, paths: Paths) -> Turnover:
        """What new governments bring on some paths of one ally."""
        jump = spread(self._jump(ally, stream, year, paths), paths.size)
        lapsing = self._lapse(ally, stream, year, paths) if ally.ever_bound else np.zeros(paths.size, dtype=np.bool_)
        return Turnover(ally.state.row * self.world.draws.paths + paths, lapsing, jump)

    def _hold(self, stream: str, asked: Paths, turnover: Turnover, year: int) -> None:
        """The falls or early elections of this month, at the places `asked`."""
        world = self.world
        with ExitStack() as seen:
            for ally, paths in self._by_ally(asked, self.allies if self._watched else ()):
                seen.enter_context(self._seen(ally, stream, paths, year))
            if stream == EARLY:
                world.last_vote.reshape(-1)[asked] = world.clock.month
            world.change_governments(turnover.places, turnover.jump)
            for ally, paths in self._by_ally(turnover.places[turnover.lapsing], self._bound):
                ally.state.drop_pledges(paths)

    def _hold_scheduled(self, ally: Ally, year: int) -> None:
        """The calendar's election of one ally, where it has not voted a short while ago: on most paths."""
        state, month = ally.state, self.world.clock.month
        voting = state.last_vote < month - MONTHS_BETWEEN
        changing = voting & self._chance(ally, "election/scheduled/change", state.politics.change_at_election, year)
        lapsing = changing & self._lapse(ally, SCHEDULED, year) if ally.ever_bound else None
        with self._seen(ally, SCHEDULED, voting.nonzero()[0], year) if self._watched else nullcontext():
            state.last_vote[:] = np.where(voting, np.int16(month), state.last_vote)
            state.change_governments(changing, self._jump(ally, SCHEDULED, year), lapsing)

    def _seen(self, ally: Ally, stream: str, paths: Paths, year: int) -> AbstractContextManager[None]:
        """Let the observer see what befalls an ally."""
        words = WORDS[stream].format(ally.state.in_prose)
        hit = Hit(self.world.draws, stream, year, paths, ally.inputs.code)
        return self.observer.happening(lambda _: words, ally.state, hit) if paths.size else nullcontext()

    def _by_ally(self, places: Paths, allies: Sequence[Ally]) -> Iterator[tuple[Ally, Paths]]:
        """The paths of some allies among places that rise, where there are any."""
        size = self.world.draws.paths
        ends = places.searchsorted(np.arange(len(self.allies) + 1) * size)
        for ally in allies:
            row = ally.state.row
            if ends[row + 1] > ends[row]:
                yield ally, places[ends[row] : ends[row + 1]] - row * size

    def _chance(self, ally: Ally, name: str, chance: Value, year: int, on: Paths | None = None) -> Mask:
        return self.world.draws.chance(name, chance, on=on, ally=ally.inputs.code, period=year)

    def _lapse(self, ally: Ally, stream: str, year: int, on: Paths | None = None) -> Mask:
        return self._chance(ally, f"{stream}/lapse", ally.state.politics.lapse_probability, year, on)

    def _jump(self, ally: Ally, stream: str, year: int, on: Paths | None = None) -> Value:
        law = ally.state.politics.jump
        return self.world.draws.value(f"{stream}/jump", law, on=on, ally=ally.inputs.code, period=year)


def _early_chance(ally: Ally, year: int) -> Value:
    """The probability of an early election in a year; where the calendar ends it stands in for scheduled ones too."""
    chance: Value = ally.will.early_election_rate
    if chance is None:
        chance = yearly_probability(ally.inputs.early_election_rate)
    if year not in ally.inputs.calendar:
        chance = chance + (1 - chance) * yearly_probability(RATE_WITHOUT_CALENDAR)
    return chance


def _joined(found: Sequence[Turnover]) -> Turnover:
    """The turnovers of allies, one after the other."""
    return Turnover(*(np.concatenate([getattr(each, name.name) for each in found]) for name in fields(Turnover)))


def _by_month(months: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.intp]]:
    """For each month of the year, which entries of all these arrays, one after the other, fall into it; they rise."""
    month_of = np.concatenate(months)
    in_order = month_of.argsort(kind="stable")
    return np.split(in_order, np.bincount(month_of, minlength=13)[1:12].cumsum())
